"""A wrong result is noticed, whichever engine is wrong."""

from collections.abc import Sequence

from benchmarks.checks import counts_agree, filters_hold, known_items, rankings_agree
from benchmarks.corpus import BenchDocument, BenchQuery
from benchmarks.engines import Case, Found, Question
from benchmarks.measure import Timed, time_cold, time_warm

QUERY = BenchQuery("校园宽带资费", ("校园宽带", "资费"), 1, {"industry": "education"})
DOCUMENTS = [
    BenchDocument(1, "校园宽带资费", ("首年每月五十九元",), {"industry": ("education",)}),
    BenchDocument(2, "银行专线", ("两地三中心",), {"industry": ("finance",)}),
]


class Answers:
    """An engine that always gives the same answer."""

    alike = True

    def __init__(self, name: str, documents: Sequence[int], counts: dict[str, int]) -> None:
        self.name = name
        self.cases: tuple[Case, ...] = (Case.WORDS, Case.FACET)
        self.cooled = 0
        self._found = Found(tuple(documents), counts)

    def question(self, _query: BenchQuery, _case: Case) -> Question:
        return lambda: self._found

    def cool(self) -> None:
        self.cooled += 1


def timed(**found: Found) -> dict[str, Timed]:
    return {name: Timed((1.0,), (item,)) for name, item in found.items()}


def test_an_engine_that_misses_what_others_find_is_wrong() -> None:
    checks = known_items(timed(good=Found((1, 2)), bad=Found((2,))), [QUERY])

    assert [check.passed for check in checks] == [True, False]


def test_engines_that_all_find_nothing_are_all_wrong() -> None:
    checks = known_items(timed(one=Found(()), other=Found(())), [QUERY])

    assert [check.passed for check in checks] == [False, False]


def test_a_document_outside_of_the_filters_is_wrong() -> None:
    checks = filters_hold(timed(good=Found((1,)), bad=Found((1, 2))), [QUERY], DOCUMENTS)

    assert [check.passed for check in checks] == [True, False]


def test_counts_that_differ_between_like_engines_are_wrong() -> None:
    engines = [Answers("one", [1], {"a": 2}), Answers("two", [1], {"a": 3})]

    checks = counts_agree(time_warm(engines, [QUERY], Case.FACET, 1), engines)

    assert [check.passed for check in checks] == [False]


def test_rankings_with_little_in_common_are_wrong() -> None:
    found = timed(ours=Found((1, 2, 3)), near=Found((3, 1, 4)), far=Found((7, 8, 9)))

    assert [check.passed for check in rankings_agree(found, "ours", "near")] == [True]
    assert [check.passed for check in rankings_agree(found, "ours", "far")] == [False]


def test_an_engine_is_timed_only_in_the_cases_that_it_knows() -> None:
    engines = [Answers("one", [1], {})]

    assert time_warm(engines, [QUERY], Case.FILTERS, 1) == {}


def test_a_cold_engine_forgets_before_each_query() -> None:
    engine = Answers("one", [1], {})

    found = time_cold([engine], [QUERY, QUERY])

    assert engine.cooled == 2
    assert len(found["one"].milliseconds) == 2
