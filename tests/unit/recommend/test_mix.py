"""One list out of several sources."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from portal.recommend.mix import Candidate, Dislikes, Source, mix
from portal.recommend.types import Reason, ReasonCode

candidates = st.builds(
    Candidate,
    document=st.integers(1, 40),
    reason=st.just(Reason(ReasonCode.CO_READ)),
    author=st.none() | st.integers(1, 5),
    topic=st.none() | st.integers(1, 5),
)
sources = st.lists(
    st.builds(Source, share=st.sampled_from([1.0, 2.0, 8.0]), candidates=st.lists(candidates)),
    max_size=5,
)


def proposed(code: ReasonCode, *documents: int, author: int | None = None) -> list[Candidate]:
    return [Candidate(each, Reason(code), author) for each in documents]


def test_sources_take_turns_by_their_shares() -> None:
    found = mix(
        [
            Source(2, proposed(ReasonCode.CO_READ, 1, 2, 3, 4, 5, 6)),
            Source(1, proposed(ReasonCode.GAP, 11, 12, 13)),
        ],
        6,
    )
    assert [each.document for each in found] == [1, 2, 11, 3, 4, 12]


def test_the_reason_is_that_of_the_source_which_chose_it() -> None:
    found = mix(
        [
            Source(1, proposed(ReasonCode.GAP, 7)),
            Source(9, proposed(ReasonCode.CO_READ, 8, 7)),
        ],
        3,
    )
    assert {each.document: each.reason.code for each in found} == {
        8: ReasonCode.CO_READ,
        7: ReasonCode.CO_READ,
    }


def test_an_author_has_at_most_every_third_place_where_there_are_others() -> None:
    diligent = proposed(ReasonCode.CO_READ, *range(1, 30), author=1)
    others = [Candidate(each, Reason(ReasonCode.CO_READ), author=each) for each in range(100, 130)]
    found = mix([Source(1, [*diligent, *others])], 12)
    assert Counter(each.author for each in found)[1] == 4


def test_where_there_is_one_author_alone_the_list_is_still_full() -> None:
    found = mix([Source(1, proposed(ReasonCode.CO_READ, *range(1, 30), author=1))], 8)
    assert [each.document for each in found] == list(range(1, 9))


def test_what_is_like_something_dismissed_comes_later() -> None:
    liked = Candidate(2, Reason(ReasonCode.CO_READ), author=6, topic="case")
    others = [
        Candidate(1, Reason(ReasonCode.CO_READ), author=5),
        liked,
        Candidate(3, Reason(ReasonCode.CO_READ), author=7),
    ]
    found = mix([Source(1, others)], 3, Dislikes(authors={5: 2}))
    assert [each.document for each in found] == [2, 3, 1]


@given(sources, st.integers(0, 20))
def test_every_document_comes_once_and_the_list_is_as_long_as_it_can_be(
    given_sources: list[Source], length: int
) -> None:
    found = mix(given_sources, length)
    there = {each.document for source in given_sources for each in source.candidates}
    assert len({each.document for each in found}) == len(found) == min(length, len(there))
    assert {each.document for each in found} <= there


@given(sources)
def test_the_same_sources_make_the_same_list(given_sources: list[Source]) -> None:
    assert mix(given_sources, 10) == mix(given_sources, 10)
