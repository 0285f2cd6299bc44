"""What is said of blocks of requests that are not even."""

from typing import Any

import pytest

from tests.soak.flat import Block, Side, faults

EVEN = [Block(Side(4000, 0.2), Side(8000, 0.1), 50)] * 10


def ending(**changes: Any) -> list[Block]:
    """Blocks of which the last three are others."""
    return [*EVEN[:7], *[EVEN[0]._replace(**changes)] * 3]


@pytest.mark.parametrize(
    ("blocks", "found"),
    [
        pytest.param(EVEN, [], id="even"),
        pytest.param(ending(memory=52.4), [], id="a-little-more-memory"),
        pytest.param(ending(memory=52.6), ["Memory grows: 50.0 MB after 3 blocks, 52.6 MB at the end."], id="memory"),
        pytest.param([EVEN[0]._replace(memory=40)] * 2 + EVEN[2:], [], id="memory-of-the-first-two"),
        pytest.param(ending(emulator=Side(3640, 0.2198)), [], id="a-little-slower"),
        pytest.param(
            ending(emulator=Side(3560, 0.2247)),
            ["It gets slower: a ratio of 0.500 in the first 3 blocks, 0.445 in the last."],
            id="slower",
        ),
        pytest.param(ending(emulator=Side(2000, 0.4), bare=Side(4000, 0.2)), [], id="a-machine-that-slows-down"),
    ],
)
def test_blocks_are_even_or_it_is_said_what_is_not(blocks: list[Block], found: list[str]) -> None:
    assert faults(blocks) == found
