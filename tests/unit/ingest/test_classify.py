"""What is proposed for a text, and from what it is learnt."""

from pathlib import Path

import numpy as np

from portal.catalogue import Taxonomy, Term
from portal.ingest.classify import example_of, load_model, propose, save_model, train
from portal.ingest.learn import FEWEST, Example, Model

NAMES = {
    "industry": {"education": "教育", "finance": "金融保险"},
    "work_type": {"customer-sales": "客户销售"},
    "stage": {"solution": "方案整合", "follow-up": "客户回访"},
    "library": {"solutions": "解决方案库"},
    "kind": {"tariff": "资费方案", "template": "模板"},
    "product": {"line": "专线宽带"},
}
TAXONOMY = Taxonomy(
    {
        facet: tuple(Term(number, code, zh, code) for number, (code, zh) in enumerate(of.items()))
        for facet, of in NAMES.items()
    }
)


def school(number: int) -> Example:
    text = f"校园宽带学生宿舍套餐第{number}档，学年价按学期结算，寝室网络由学校代收。"
    keys = {"industry": ("education",), "kind": ("tariff",), "stage": ("solution",)}
    return example_of(f"校园宽带资费表{number}", "资费.xlsx", [text], keys)


def bank(number: int) -> Example:
    text = f"网点专线回访第{number}次，银行柜员反映终端稳定，贷款业务未受影响。"
    keys = {"industry": ("finance",), "kind": ("template",), "stage": ("follow-up",)}
    return example_of(f"银行网点回访话术{number}", "话术.docx", [text], keys)


def learnt() -> Model:
    model = train([make(n) for n in range(FEWEST) for make in (school, bank)], TAXONOMY)
    assert model is not None
    return model


def test_a_text_gets_the_keys_of_the_documents_it_is_like() -> None:
    proposal = propose(
        learnt(), TAXONOMY, "新学期校园宽带价目", "价目.xlsx", ["学生宿舍套餐，按学期结算。"]
    )
    codes = {facet: [each.code for each in found] for facet, found in proposal.keys.items()}
    assert codes["industry"] == ["education"]
    assert codes["kind"] == ["tariff"]
    sure = proposal.keys["industry"][0].confidence
    assert sure is not None
    assert 0.5 < sure < 0.995


def test_too_few_documents_teach_nothing() -> None:
    assert train([school(n) for n in range(FEWEST - 1)], TAXONOMY) is None


def test_without_a_model_names_in_the_title_speak_and_have_no_confidence() -> None:
    proposal = propose(None, TAXONOMY, "教育行业客户回访模板", "a.docx", ["您好。"])
    found = {each.code: each.confidence for keys in proposal.keys.values() for each in keys}
    assert found == {"education": None, "follow-up": None, "template": None}


def test_a_retired_code_is_not_proposed() -> None:
    kept = dict(TAXONOMY.terms) | {"industry": (TAXONOMY.terms["industry"][1],)}
    proposal = propose(learnt(), Taxonomy(kept), "校园宽带资费", "a.xlsx", ["学生宿舍套餐。"])
    assert "education" not in {each.code for each in proposal.keys["industry"]}


def test_a_model_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    model, path = learnt(), tmp_path / "classifier.npz"
    save_model(model, path)
    read = load_model(path)
    assert read is not None
    assert read.vocabulary == model.vocabulary
    assert read.rarity("校园宽带") == model.rarity("校园宽带")
    for facet, one in model.facets.items():
        assert np.array_equal(read.facets[facet].weights, one.weights)
        assert read.facets[facet].codes == one.codes
        assert read.facets[facet].platt == one.platt
    assert [path.name for path in tmp_path.iterdir()] == ["classifier.npz"]


def test_a_missing_or_damaged_file_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "classifier.npz"
    assert load_model(path) is None
    path.write_bytes(b"PK\x03\x04 damaged")
    assert load_model(path) is None


def test_rare_words_weigh_more() -> None:
    model = learnt()
    assert model.rarity("从未见过") > model.rarity("贷款") > 1
