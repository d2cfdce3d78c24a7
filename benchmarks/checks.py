"""Whether what the engines found is right. A fast wrong answer is a failed benchmark."""

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.corpus import BenchDocument, BenchQuery
from benchmarks.engines import LIMIT, Case, Engine
from benchmarks.measure import Timed
from benchmarks.report import Check

KNOWN_ITEM_SLACK = 0.1
OVERLAP = 0.5


def known_items(timed: Mapping[str, Timed], queries: Sequence[BenchQuery]) -> Iterator[Check]:
    """Each engine finds the documents that queries were taken from about as often as the best."""
    shares = {
        name: sum(
            query.source in found.documents
            for query, found in zip(queries, result.found, strict=True)
        )
        / len(queries)
        for name, result in timed.items()
    }
    best = max(shares.values(), default=0.0)
    for name, share in shares.items():
        passed = share > 0 and share >= best - KNOWN_ITEM_SLACK
        yield Check(f"{name} finds the source", passed, f"{share:.0%} of queries")


def filters_hold(
    timed: Mapping[str, Timed], queries: Sequence[BenchQuery], documents: Sequence[BenchDocument]
) -> Iterator[Check]:
    """Every document that a filtered query returns carries both codes."""
    for name, result in timed.items():
        strays = sum(
            code not in documents[number - 1].keys.get(facet, ())
            for query, found in zip(queries, result.found, strict=True)
            for number in found.documents
            for facet, code in query.filters.items()
        )
        yield Check(f"{name} keeps to the filters", not strays, f"{strays} strays")


def counts_agree(timed: Mapping[str, Timed], engines: Sequence[Engine]) -> Iterator[Check]:
    """Engines of like semantics count the same number of documents for every code."""
    alike = [engine.name for engine in engines if engine.alike and engine.name in timed]
    for name in alike[1:]:
        differing = sum(
            left.counts != right.counts
            for left, right in zip(timed[alike[0]].found, timed[name].found, strict=True)
        )
        yield Check(f"{name} counts as {alike[0]} does", not differing, f"{differing} differ")


def rankings_agree(timed: Mapping[str, Timed], ours: str, peer: str) -> Iterator[Check]:
    """Our best documents are mostly the peer's best documents."""
    if ours not in timed or peer not in timed:
        return
    shares = [
        len(set(left.documents) & set(right.documents)) / max(1, len(right.documents))
        for left, right in zip(timed[ours].found, timed[peer].found, strict=True)
    ]
    mean = sum(shares) / max(1, len(shares))
    detail = f"{mean:.0%} of the best {LIMIT} in common"
    yield Check(f"{ours} ranks as {peer} does", mean >= OVERLAP, detail)


def case_checks(
    case: Case,
    timed: Mapping[str, Timed],
    engines: Sequence[Engine],
    queries: Sequence[BenchQuery],
    documents: Sequence[BenchDocument],
) -> Iterator[Check]:
    """Everything that can be said about one case; each name begins with the case."""
    found = [*known_items(timed, queries)]
    if case.filtered:
        found += filters_hold(timed, queries, documents)
    if case.counted:
        found += counts_agree(timed, engines)
    for check in found:
        yield Check(f"{case}: {check.name}", check.passed, check.detail)
