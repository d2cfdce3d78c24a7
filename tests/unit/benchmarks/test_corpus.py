"""Synthetic documents are the same for everyone, and look like text."""

import statistics

from benchmarks.corpus import make_queries, query_terms, synthesise

CODES = {"industry": ("education", "finance"), "stage": ("visit",), "work_type": ("key-event",)}


def test_a_seed_always_gives_the_same_documents() -> None:
    assert list(synthesise(5, 1, CODES)) == list(synthesise(5, 1, CODES))


def test_another_seed_gives_others() -> None:
    assert list(synthesise(5, 1, CODES)) != list(synthesise(5, 2, CODES))


def test_more_documents_begin_with_the_fewer() -> None:
    assert list(synthesise(9, 1, CODES))[:5] == list(synthesise(5, 1, CODES))


def test_documents_have_about_500_characters_and_some_have_several_sections() -> None:
    documents = list(synthesise(200, 3, CODES))

    lengths = [sum(map(len, document.sections)) for document in documents]
    assert 450 < statistics.mean(lengths) < 600
    assert 0.05 < statistics.mean(len(item.sections) > 1 for item in documents) < 0.3


def test_every_document_carries_one_code_of_each_facet() -> None:
    for document in synthesise(20, 4, CODES):
        assert set(document.keys) == set(CODES)
        assert all(codes[0] in CODES[facet] for facet, codes in document.keys.items())


def test_queries_are_about_8_characters_from_documents_that_everyone_may_read() -> None:
    documents = list(synthesise(200, 5, CODES))

    queries = make_queries(documents, 50, 5)

    assert len({query.source for query in queries}) == 50
    for query in queries:
        source = documents[query.source - 1]
        assert source.visibility == "everyone"
        assert query.text in "".join(source.sections).replace("，", "").replace("。", "")
        assert all((code,) == source.keys[facet] for facet, code in query.filters.items())
    assert 6 <= statistics.mean(len(query.text) for query in queries) <= 10


def test_query_terms_hold_words_and_their_parts_but_no_function_words() -> None:
    terms = query_terms("怎么写项目建议书")

    assert {"项目建议书", "建议书", "项目"} <= set(terms)
    assert "怎么" not in terms
