"""A taxonomy and words as plain values: the pure half of search needs no database."""

import pytest

from portal.catalogue import Taxonomy, Term
from portal.search.query import Language
from portal.text import Segmenter, segmenter

_TERMS = {
    "industry": (
        ("government", "党政军", "Government and military"),
        ("public-safety", "公安政法", "Public safety and justice"),
        ("education", "教育", "Education"),
        ("healthcare", "医疗卫生", "Healthcare"),
    ),
    "work_type": (
        ("customer-sales", "客户销售", "Customer sales"),
        ("tariff-design", "资费制定", "Tariff design"),
    ),
    "stage": (
        ("needs", "需求挖掘", "Needs discovery"),
        ("solution", "方案整合", "Solution design"),
        ("contract", "合同签订", "Contract signing"),
    ),
    "library": (("needs", "客户需求库", "Customer needs"), ("partners", "合作伙伴库", "Partners")),
    "kind": (("tariff", "资费方案", "Tariff"), ("template", "模板", "Template")),
    "product": (("line", "专线宽带", "Leased line"), ("cloud", "云与IDC", "Cloud and IDC")),
    "phase": (("pre-sale", "售前", "Pre-sale"),),
}


@pytest.fixture(scope="session")
def words() -> Segmenter:
    return segmenter()


@pytest.fixture(scope="session")
def language(words: Segmenter) -> Language:
    """Codes and words without synonyms."""
    taxonomy = Taxonomy(
        {
            facet: tuple(
                Term(number, code, zh, en) for number, (code, zh, en) in enumerate(terms, 1)
            )
            for facet, terms in _TERMS.items()
        }
    )
    return Language(taxonomy, words, {})
