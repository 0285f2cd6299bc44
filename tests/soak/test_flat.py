"""What is said of blocks of requests that are not even."""

import pytest

from tests.soak.flat import Block, faults

EVEN = [Block(4000, 8000, 50)] * 10


def ending(**changes: float) -> list[Block]:
    """Blocks of which the last three are others."""
    return [*EVEN[:7], *[EVEN[0]._replace(**changes)] * 3]


@pytest.mark.parametrize(
    ("blocks", "found"),
    [
        pytest.param(EVEN, [], id="even"),
        pytest.param(ending(memory=52.4), [], id="a-little-more-memory"),
        pytest.param(ending(memory=52.6), ["Memory grows: 50.0 MB after 3 blocks, 52.6 MB at the end."], id="memory"),
        pytest.param([Block(4000, 8000, 40)] * 2 + EVEN[2:], [], id="memory-of-the-first-two"),
        pytest.param(ending(rate=3640), [], id="a-little-slower"),
        pytest.param(
            ending(rate=3560),
            ["It gets slower: a ratio of 0.500 in the first 3 blocks, 0.445 in the last."],
            id="slower",
        ),
        pytest.param(ending(rate=2000, bare=4000), [], id="a-machine-that-slows-down"),
    ],
)
def test_blocks_are_even_or_it_is_said_what_is_not(blocks: list[Block], found: list[str]) -> None:
    assert faults(blocks) == found
