"""Things in a row that must not stand too near to one another. This module is where they go."""

from collections.abc import Sequence


def spaced(wanted: Sequence[tuple[float, float]], apart: Sequence[float]) -> list[float]:
    """Places in order, at least so far apart, that are as near to the wanted ones as can be; each with its weight.

    The sum of weighted squares is least: what would stand too near is put together, and goes to its common mean.
    """
    offset, offsets, blocks = 0.0, [], list[tuple[float, float, int]]()  # mean, weight, count
    for number, (x, own_weight) in enumerate(wanted):
        offset += apart[number - 1] if number else 0.0
        offsets.append(offset)
        mean, weight, count = x - offset, own_weight, 1
        while blocks and blocks[-1][0] >= mean:
            before, heavy, many = blocks.pop()
            mean, weight, count = (before * heavy + mean * weight) / (heavy + weight), heavy + weight, many + count
        blocks.append((mean, weight, count))
    means = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
