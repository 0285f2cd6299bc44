"""Regular expressions, matched in bounded time. This module is that kind of pattern.

The engine is that of the schema validator. It needs time in proportion to the text and to the expression, in which a repetition counts
as often as it says: a large one is looked for in texts of bounded length only. So is what has look-around or references to groups,
which backtracks, and is given up after a bounded number of steps.
"""

import re
from functools import cached_property
from typing import Any, NamedTuple

from atthene_emulator.limits import EXPRESSION, LOOKED_INTO, SMALL_EXPRESSION, STEPS

_TOO_LARGE = "it is too large, or of a kind that cannot be matched in bounded time"


class _Engine(NamedTuple):
    """What matches one expression; one that is slow may need long for each character."""

    validator: Any
    is_slow: bool


class Pattern:
    """A regular expression that is looked for in texts; the engine is loaded when the first one is used.

    Args:
        text: the expression.
        ignore_case: whether upper and lower case are the same.
    """

    def __init__(self, text: str, *, ignore_case: bool = False) -> None:
        self._text = f"(?i){text}" if ignore_case else text
        self._last = ("", False)  # every turn of an execution asks about the same text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def found_in(self, text: str) -> bool:
        """Whether the expression matches somewhere; not, if that is not seen within the bound."""
        if self._last[0] is not text:
            engine = self._engine
            looks = not engine.is_slow or len(text) <= LOOKED_INTO.most
            self._last = text, looks and bool(engine.validator.is_valid(text))
        return self._last[1]

    @property
    def is_slow(self) -> bool:
        """Whether it may need long for each character; it can be used."""
        return self._engine.is_slow

    @property
    def mistake(self) -> str | None:
        """What is wrong with the expression; None if it can be used."""
        if len(self._text) > EXPRESSION.most // 10:  # of which each character would need ten bytes at least
            return _TOO_LARGE
        try:
            self._engine  # noqa: B018  # compiles it
        except ValueError:
            try:
                re.compile(self._text)
            except re.error as error:
                return error.msg
            except (RecursionError, OverflowError):
                pass
            return _TOO_LARGE
        return None

    @cached_property
    def _engine(self) -> _Engine:
        import jsonschema_rs  # noqa: PLC0415  # loaded with the first check, not with the package

        small, large = SMALL_EXPRESSION.most, EXPRESSION.most
        engines: tuple[tuple[Any, bool], ...] = (
            (jsonschema_rs.RegexOptions(size_limit=small), False),
            (jsonschema_rs.RegexOptions(size_limit=large), True),
            (jsonschema_rs.FancyRegexOptions(backtrack_limit=STEPS.most, size_limit=small), True),
        )
        for options, is_slow in engines:
            try:
                validator = jsonschema_rs.Draft202012Validator({"pattern": self._text}, pattern_options=options)
                return _Engine(validator, is_slow)
            except jsonschema_rs.ValidationError:
                continue
        raise ValueError(self._text)
