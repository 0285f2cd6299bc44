"""Places in a row, and tracks between two rows of a terminal."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atthene_emulator.graph.spacing import spaced
from atthene_emulator.graph.tracks import Segment, tracks

NEAR = 1e-6


@pytest.mark.parametrize(
    ("wanted", "apart", "places"),
    [
        ([], [], []),
        ([5], [], [5]),
        ([0, 10], [4], [0, 10]),
        ([0, 0], [4], [-2, 2]),
        ([0, 0, 0], [4, 4], [-4, 0, 4]),
        ([9, 0], [4], [2.5, 6.5]),
        ([0, 1, 20], [4, 4], [-1.5, 2.5, 20]),
    ],
)
def test_what_stands_too_near_is_put_around_its_middle(
    wanted: list[float], apart: list[float], places: list[float]
) -> None:
    assert spaced([(x, 1.0) for x in wanted], apart) == places


def test_what_has_more_weight_moves_less() -> None:
    assert spaced([(0, 3.0), (0, 1.0)], [4]) == [-1, 3]


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(0.1, 10), st.floats(0, 50)), min_size=1, max_size=20))
def test_the_order_and_the_distances_are_kept(things: list[tuple[float, float, float]]) -> None:
    apart = [distance for _, _, distance in things[1:]]
    places = spaced([(x, weight) for x, weight, _ in things], apart)
    assert all(right - left >= least - NEAR for (left, right), least in zip(pairwise(places), apart, strict=True))


columns = st.integers(0, 30)


@given(st.lists(st.builds(Segment, columns, columns), max_size=12))
def test_ways_that_have_no_column_in_common_do_not_touch(segments: list[Segment]) -> None:
    found = tracks(segments)
    assert found.keys() == {one for one in segments if one.above != one.below}
    for one, other in combinations(found, 2):
        touch = min(one) <= max(other) and min(other) <= max(one)
        if touch and one.above != other.above and one.below != other.below:
            assert found[one] != found[other]


def test_lines_of_one_column_share_a_track() -> None:
    assert set(tracks([Segment(5, 0), Segment(5, 10), Segment(5, 5)]).values()) == {0}


def test_one_that_ends_where_another_begins_is_below_it() -> None:
    found = tracks([Segment(0, 5), Segment(5, 9)])
    assert found[Segment(5, 9)] < found[Segment(0, 5)]
