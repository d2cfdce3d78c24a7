"""Whatever the bytes are, extraction gives text or one of its own errors."""

import io
import zipfile

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal.ingest.errors import IngestError
from portal.ingest.extract import extract
from portal.ingest.types import Extraction

from .builders import docx_bytes, pdf_bytes, pptx_bytes, song_page, with_parts, xlsx_bytes
from .test_sniff import _slides, _word

SEEDS = (
    docx_bytes(_word),
    pptx_bytes(_slides),
    xlsx_bytes(lambda workbook: workbook.active.append(["套餐", 99.5])),
    pdf_bytes([song_page(["校园宽带资费"])]),
    "<html><h1>资费</h1><table><tr><td>甲</td></tr></table></html>".encode("gb18030"),
    "# 手册\n\n|甲|乙|\n|-|-|\n|1|2|\n".encode(),
)
OFFICE = SEEDS[:3]
# A file name that says nothing, so that nothing but the bytes is at play.
NAME = "附件"
slow = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def result(data: bytes) -> Extraction | IngestError:
    try:
        return extract(data, NAME)
    except IngestError as error:
        return error


def assert_is_sound(data: bytes) -> None:
    got = result(data)
    if isinstance(got, IngestError):
        assert got.message.endswith("。")
        return
    assert got.title.strip()
    assert got.sections
    for section in got.sections:
        assert section.text.strip()
        section.text.encode("utf-8")


@slow
@given(st.binary(max_size=2000))
@example(b"PK\x03\x04")
@example(b"PK\x05\x06" + bytes(18))
@example(b"%PDF-1.4")
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
@example(b"\xff\xfe\x00")
@example(b"<html>" + b"<b>" * 50_000)
@example(b"[" * 20_000)
@example(b"> " * 5_000)
def test_any_bytes_give_text_or_a_sentence(data: bytes) -> None:
    assert_is_sound(data)


@slow
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=8),
)
def test_damaged_files_give_text_or_a_sentence(
    seed: bytes, damages: list[tuple[float, bytes]]
) -> None:
    data = bytearray(seed)
    for where, new in damages:
        at = int(where * len(data))
        data[at : at + len(new)] = new
    assert_is_sound(bytes(data))


@slow
@given(st.sampled_from(SEEDS), st.floats(0, 1))
def test_files_cut_anywhere_give_text_or_a_sentence(seed: bytes, where: float) -> None:
    assert_is_sound(seed[: int(where * len(seed))])


@slow
@given(st.sampled_from(OFFICE), st.data())
def test_damaged_parts_in_a_sound_zip_give_text_or_a_sentence(
    seed: bytes, choose: st.DataObject
) -> None:
    with zipfile.ZipFile(io.BytesIO(seed)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        name = choose.draw(st.sampled_from(names))
        part = archive.read(name)
    start = choose.draw(st.integers(0, len(part)))
    length = choose.draw(st.integers(0, 60))
    new = choose.draw(
        st.sampled_from([b"", b"<", b">", b"/", b'"', b"&#0;", b"-1", b"\xff", b"<p>"])
    )
    assert_is_sound(with_parts(seed, {name: part[:start] + new + part[start + length :]}))


@slow
@given(st.text(max_size=300), st.sampled_from(["a.md", "a.txt", "a.html", "a"]))
def test_any_text_gives_text_or_a_sentence(text: str, name: str) -> None:
    try:
        got = extract(text.encode("utf-8", errors="replace"), name)
    except IngestError:
        return
    assert all(section.text.strip() for section in got.sections)


@slow
@given(st.text(max_size=300))
def test_any_name_gives_a_title_on_one_line(name: str) -> None:
    title = extract("这是一句完整的话，没有标题。".encode(), name).title
    assert 0 < len(title) <= 200
    assert "\n" not in title
