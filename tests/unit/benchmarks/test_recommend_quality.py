"""The measurement of recommendations: what it reads, and what it counts."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.ratings import Ratings, load, simulate
from benchmarks.recommend_quality import gains
from benchmarks.recommenders import ways

FORMS = {
    "u.data": "1\t10\t3\t100\n1\t20\t5\t300\n1\t30\t4\t200\n2\t10\t1\t50\n",
    "ratings.dat": "1::10::3::100\n1::20::5::300\n1::30::4::200\n2::10::1::50\n",
    "ratings.csv": "userId,movieId,rating,timestamp\n"
    "1,10,3.0,100\n1,20,5.0,300\n1,30,4.0,200\n2,10,1.0,50\n",
    "ml.inter": "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
    "1\t10\t3\t100\n1\t20\t5\t300\n1\t30\t4\t200\n2\t10\t1\t50\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_every_usual_form_of_ratings_is_read_in_order_of_time(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(FORMS[name], encoding="utf-8")
    ratings = load(file)
    assert [history.tolist() for history in ratings.histories] == [[0, 2, 1]]
    assert ratings.published.tolist() == [50, 300, 200]


def test_a_line_that_is_no_rating_is_named(tmp_path: Path) -> None:
    file = tmp_path / "u.data"
    file.write_text("1\t10\t3\t100\n这不是评分\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        load(file)


def test_the_simulation_is_the_same_for_the_same_seed() -> None:
    one, other = simulate(30, 100, 7), simulate(30, 100, 7)
    assert [each.tolist() for each in one.histories] == [each.tolist() for each in other.histories]
    assert all(len(set(each.tolist())) == len(each) for each in one.histories)


def test_the_first_place_counts_one_and_later_ones_less() -> None:
    assert gains([[5, 6, 7], [5, 6, 7], [5, 6, 7]], [5, 7, 9]) == [1, 0.5, 0]


def test_the_portal_learns_what_goes_together_and_popularity_does_not() -> None:
    # Ten circles that go through the same documents; half of each has come one further.
    histories = [
        np.arange(circle * 10, circle * 10 + steps, dtype=np.int32)
        for circle in range(10)
        for steps in (5, 6)
        for _ in range(4)
    ]
    ratings = Ratings([each for each in histories if len(each) == 5], np.arange(100.0))
    answers = [int(each[0]) + 4 for each in ratings.histories]
    known = [each[:-1] for each in ratings.histories] + [
        each for each in histories if len(each) > 5
    ]
    quality = {}
    for name in ("portal", "most popular"):
        recommend = ways(ratings, seed=1)[name].learn(known, {})
        lists = [list(recommend(place, each)) for place, each in enumerate(known[: len(answers)])]
        quality[name] = np.mean(gains(lists, answers))
    assert quality["portal"] > 0.6
    assert quality["most popular"] < 0.3


def test_what_the_reader_has_used_is_not_named_again() -> None:
    ratings = simulate(40, 60, 3)
    for name, way in ways(ratings, seed=1).items():
        recommend = way.learn(ratings.histories, way.grid[0])
        for place, history in enumerate(ratings.histories):
            assert not set(recommend(place, history)) & set(history.tolist()), name
