"""The type notation of variables and structured outputs: `str`, `list[int]`, `dict[str, float]`, `str | None` (K12).

This module is its grammar: text to `Type`, and whether a value fits.

    type    = member { "|" member }
    member  = name | "list" [ "[" type "]" ] | "dict" [ "[" "str" "," type "]" ] | "Optional" "[" type "]"
    name    = "str" | "int" | "float" | "bool" | "any" | "None"
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

_NAMES = ("str", "int", "float", "bool", "any", "list", "dict", "None", "Optional")
_LONG_NAMES = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "double": "float",
    "boolean": "bool",
    "array": "list",
    "object": "dict",
    "null": "None",
    "map": "dict",
}
_TOKEN = re.compile(r"\s*([A-Za-z_]\w*|[\[\],|]|\S)")
_MAX_DEPTH = 16
_MAX_LENGTH = 500


class TypeNotationError(ValueError):
    """The text is not a type. `offset` counts characters from 0."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message, self.offset = message, offset


@dataclass(frozen=True, slots=True)
class Type:
    """A type: `name` is one of the grammar's names or `|`; `of` holds the item, value or member types."""

    name: str
    of: "tuple[Type, ...]" = ()

    def __str__(self) -> str:
        """The notation, in its canonical spelling."""
        if self.name == "|":
            return " | ".join(map(str, self.of))
        if not self.of:
            return self.name
        return f"dict[str, {self.of[0]}]" if self.name == "dict" else f"{self.name}[{self.of[0]}]"

    def fits(self, value: Any) -> bool:  # noqa: PLR0911  # a table
        """Whether a JSON value is of this type. Whole numbers fit `float`; booleans never fit numbers (K24)."""
        match self.name:
            case "any":
                return True
            case "None":
                return value is None
            case "|":
                return any(member.fits(value) for member in self.of)
            case "str":
                return isinstance(value, str)
            case "bool":
                return isinstance(value, bool)
            case "int":
                whole = isinstance(value, float) and value.is_integer()
                return whole or (isinstance(value, int) and not isinstance(value, bool))
            case "float":
                return isinstance(value, int | float) and not isinstance(value, bool)
            case "list":
                return isinstance(value, list) and all(item.fits(entry) for item in self.of for entry in value)
            case _:
                return isinstance(value, dict) and all(item.fits(entry) for item in self.of for entry in value.values())


def parse_type(text: str) -> Type:
    """Read a type.

    Raises:
        TypeNotationError: with what is wrong and where.
    """
    if len(text) > _MAX_LENGTH:
        raise TypeNotationError(f"the type is longer than {_MAX_LENGTH} characters", _MAX_LENGTH)
    parser = _Parser(text)
    found = parser.union(0)
    if parser.token:
        raise TypeNotationError(f"{parser.token!r} is not expected here", parser.offset)
    return found


class _Parser:
    """Recursive descent over the tokens of one type."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = 0
        self.token = ""
        self.offset = 0
        self._advance()

    def _advance(self) -> None:
        match = _TOKEN.match(self._text, self._end)
        if match is None:
            self.token, self.offset = "", len(self._text)
            return
        self.token, self.offset, self._end = match[1], match.start(1), match.end()

    def _expect(self, token: str) -> None:
        if self.token != token:
            seen = repr(self.token) if self.token else "the end"
            raise TypeNotationError(f"{token!r} is expected instead of {seen}", self.offset)
        self._advance()

    def union(self, depth: int) -> Type:
        members = [self._member(depth)]
        while self.token == "|":
            self._advance()
            members.append(self._member(depth))
        return members[0] if len(members) == 1 else Type("|", tuple(members))

    def _member(self, depth: int) -> Type:
        name, offset = self.token, self.offset
        if name not in _NAMES:
            raise self._unknown(name, offset)
        if depth > _MAX_DEPTH:
            raise TypeNotationError(f"the type is nested more than {_MAX_DEPTH} levels deep", offset)
        self._advance()
        if name == "Optional":
            self._expect("[")
            inner = self.union(depth + 1)
            self._expect("]")
            return Type("|", (inner, Type("None")))
        if name not in ("list", "dict") or self.token != "[":
            return Type(name)
        self._advance()
        if name == "dict":
            self._key()
        item = self.union(depth + 1)
        self._expect("]")
        return Type(name, (item,))

    def _key(self) -> None:
        if self.token != "str":
            seen = repr(self.token) if self.token else "the end"
            raise TypeNotationError(f"the keys of a dict are 'str', not {seen}", self.offset)
        self._advance()
        self._expect(",")

    def _unknown(self, name: str, offset: int) -> TypeNotationError:
        if not name:
            return TypeNotationError("a type is expected instead of the end", offset)
        if name.lower() in ("enum", "literal"):
            return TypeNotationError(
                f"{name} types are not supported; use 'str' and name the allowed values in the description", offset
            )
        near = _LONG_NAMES.get(name.lower()) or next(iter(get_close_matches(name, _NAMES, 1, 0.5)), None)
        hint = f"; did you mean {near!r}?" if near else f"; the types are {', '.join(_NAMES)}"
        return TypeNotationError(f"{name!r} is not a type{hint}", offset)
