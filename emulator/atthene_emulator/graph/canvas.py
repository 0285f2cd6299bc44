"""Lines and texts in the characters of a terminal. This module is that canvas."""

import unicodedata
from collections.abc import Sequence

_UP, _RIGHT, _DOWN, _LEFT = 1, 2, 4, 8
_LIGHT = " ╵╶└╷│┌├╴┘─┴┐┤┬┼"
_HEAVY = " ╹╺┗╻┃┏┣╸┛━┻┓┫┳╋"
_ASCII = " |-+||++-+-+++++"
_SIGNS = "▲▼◄·…", "^v<:~"
_PLAIN = str.maketrans(_LIGHT + _HEAVY + _SIGNS[0], _ASCII + _ASCII + _SIGNS[1])


def plain(text: str) -> str:
    """A drawn text in ASCII, as far as it is drawn."""
    return text.translate(_PLAIN)


class Canvas:
    """What is drawn, by column and row; texts are above lines."""

    def __init__(self) -> None:
        self._ways: dict[tuple[int, int], int] = {}
        self._strong = set[tuple[int, int]]()
        self._texts: dict[tuple[int, int], str] = {}

    def line(self, points: Sequence[tuple[int, int]], *, is_strong: bool = False) -> None:
        """A line along rows and columns, from point to point."""
        x, y = points[0]
        for to_x, to_y in points[1:]:
            while (x, y) != (to_x, to_y):
                dx, dy = _sign(to_x - x), _sign(to_y - y) if to_x == x else 0
                self._join((x, y), _WAY[dx, dy], is_strong=is_strong)
                x, y = x + dx, y + dy
                self._join((x, y), _WAY[-dx, -dy], is_strong=is_strong)

    def _join(self, cell: tuple[int, int], way: int, *, is_strong: bool) -> None:
        self._ways[cell] = self._ways.get(cell, 0) | way
        if is_strong:
            self._strong.add(cell)

    def box(self, x: int, y: int, width: int, height: int, *, is_strong: bool) -> None:
        """A box with its left upper corner there."""
        right, bottom = x + width - 1, y + height - 1
        self.line([(x, y), (right, y), (right, bottom), (x, bottom), (x, y)], is_strong=is_strong)

    def write(self, x: int, y: int, text: str) -> None:
        """A text from there to the right; wide letters take two columns, marks above letters none."""
        for one in text:
            if unicodedata.combining(one):
                continue
            self._texts[x, y] = one
            if unicodedata.east_asian_width(one) in "WF":
                self._texts[x + 1, y] = ""
                x += 1
            x += 1

    def lines(self) -> list[str]:
        """Everything, row by row."""
        cells = self._ways.keys() | self._texts.keys()
        width, height = (max(cell[axis] for cell in cells) + 1 for axis in (0, 1))
        return ["".join(self._sign((x, y)) for x in range(width)).rstrip() for y in range(height)]

    def _sign(self, cell: tuple[int, int]) -> str:
        text = self._texts.get(cell)
        if text is not None:
            return text
        return (_HEAVY if cell in self._strong else _LIGHT)[self._ways.get(cell, 0)]


_WAY = {(0, -1): _UP, (1, 0): _RIGHT, (0, 1): _DOWN, (-1, 0): _LEFT}


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
