"""What services say in Chinese is said in the reader's language."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.ingest import errors
from portal.web.sentences import recognised
from tests.web.visitor import Visitor

INGEST = Path(errors.__file__).parent
NAMES = {name for name, value in vars(errors).items() if isinstance(value, type)}


def refusals() -> Iterator[str]:
    """Every literal sentence with which a file is refused, places filled with a sample."""
    for path in INGEST.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in NAMES and node.args:
                if isinstance(node.args[0], ast.Constant):
                    yield str(node.args[0].value)
                elif isinstance(node.args[0], ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else _sample(part)
                        for part in node.args[0].values
                    )


def _sample(part: ast.expr) -> str:
    samples = {
        "_SUPPORTED": "请上传 Word、PowerPoint、Excel、PDF、网页或文本文件。",
        "_NEEDS_OCR": "没有可检索的文字，需要 OCR",
    }
    name = ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else ""
    return samples.get(name, "64")


def test_every_refusal_of_a_file_is_known_to_the_translators() -> None:
    sentences = {text for text in refusals() if not text.isascii()}
    defaults = [
        kind().message
        for kind in (
            errors.EmptyFile,
            errors.Encrypted,
            errors.Corrupt,
            errors.NoText,
            errors.TooSlow,
            errors.Crashed,
            errors.ScanFailed,
            errors.StorageFull,
        )
    ]
    assert len(sentences) > 12
    assert [text for text in (*sentences, *defaults) if recognised(text) is None] == []


def test_what_stands_in_a_sentence_is_taken_out_whole() -> None:
    sentence = "“a” 不是 kind 的取值。可用的取值：template（模板）、case（案例）"
    assert recognised(sentence) == (
        "“%(value)s” 不是 %(facet)s 的取值。可用的取值：%(valid)s",
        {"value": "a", "facet": "kind", "valid": "template（模板）、case（案例）"},
    )
    assert recognised("别的句子。") is None


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "日期应写成 after:2026-01-31 的样子，“昨天” 不是日期"),
        ("zh-Hant", "日期應寫成 after:2026-01-31 的樣子，「昨天」 不是日期"),
        ("en", "Write a date as after:2026-01-31; “昨天” is none"),
    ],
)
def test_a_search_that_cannot_be_read_is_explained_in_the_readers_language(
    guest: Visitor, language: str, sentence: str
) -> None:
    guest.submit("/language", language=language)
    page = guest.get("/search?q=after:昨天")
    assert page.status == 400
    assert sentence in page.text


def test_a_documents_words_say_their_language_where_the_page_speaks_another(
    guest: Visitor,
) -> None:
    def languages(selector: str) -> set[str | None]:
        return {each.attributes.get("lang") for each in guest.get("/search?q=校园").all(selector)}

    assert languages(".hit h2 a") == {None}
    guest.submit("/language", language="en")
    assert languages(".hit h2 a") == {"zh-CN"}
