"""Lines through points as SVG writes them: straight, in curves, and round at corners. This module is that notation."""

from collections.abc import Sequence

Point = tuple[int, int]

_RADIUS = 8
_STEEPEST = 1.5  # pixels aside for each one down, in the middle of a curve


def sign(number: float) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


def curve(points: Sequence[Point]) -> str:
    """A line through points, all of which it meets.

    Between two that differ in both numbers it curves, never beyond what is between them; elsewhere it is straight.
    """
    parts = ["M{} {}".format(*points[0])]
    for place in range(1, len(points)):
        (x0, y0), (x1, y1) = points[place - 1], points[place]
        if x0 != x1 and y0 != y1:
            half = (y1 - y0) / 2
            before, after = (
                (x0 + _slope(points, place - 1) * half, y0 + half),
                (x1 - _slope(points, place) * half, y0 + half),
            )
            parts.append(f"C{_written(before)} {_written(after)} {x1} {y1}")
        elif _is_corner(points, place):
            parts.append(f"L{_written(_towards(points[place], points[place - 1]))}")
            parts.append(f"Q{x1} {y1} {_written(_towards(points[place], points[place + 1]))}")
        else:
            parts.append(f"L{x1} {y1}")
    return "".join(parts)


def _written(point: tuple[float, float]) -> str:
    return " ".join(f"{round(number, 1):g}" for number in point)


def _slope(points: Sequence[Point], place: int) -> float:
    """How far aside for each step down a line goes through a point: none at its ends, and where it turns back."""
    if place in (0, len(points) - 1):
        return 0.0
    (x0, y0), (x1, y1), (x2, y2) = points[place - 1 : place + 2]
    if 0 in (y1 - y0, y2 - y1):
        return 0.0
    before, after = (x1 - x0) / (y1 - y0), (x2 - x1) / (y2 - y1)
    if before * after <= 0:
        return 0.0
    return sign(before) * min(abs(before), abs(after), _STEEPEST)


def _is_corner(points: Sequence[Point], place: int) -> bool:
    if place + 1 == len(points):
        return False
    (x0, y0), (x1, y1), (x2, y2) = points[place - 1 : place + 2]
    return (y0 == y1 and x1 == x2) or (x0 == x1 and y1 == y2)


def _towards(corner: Point, other: Point) -> Point:
    """The point at the radius from a corner on the way to another one in the same row or column."""
    (x, y), (to_x, to_y) = corner, other
    far = min(_RADIUS, (abs(to_x - x) + abs(to_y - y)) // 2)
    return x + far * sign(to_x - x), y + far * sign(to_y - y)
