"""The type notation of variables and structured outputs: `str`, `list[int]`, `dict[str, float]`, `str | None`.

This module is its grammar, text to `Type`, and whether a value fits [documented: type-notation@G4].

    type    = member { "|" member }
    member  = "str" | "int" | "float" | "bool" | "Any" | "any" | "None"
            | "list" [ "[" type "]" ] | "dict" [ "[" type "," type "]" ]
            | "Optional" "[" type "]" | "Union" "[" type { "," type } "]"
"""

import ast
import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from atthene_emulator.configuration.document import brief
from atthene_emulator.limits import NESTING, TYPE_CHARACTERS, TYPE_NAMES

_NAMES = ("str", "int", "float", "bool", "list", "dict", "any", "Any", "Optional", "Union")
_ARGUMENTS = MappingProxyType({"list": 1, "dict": 2, "Optional": 1})
_EXAMPLES = MappingProxyType(
    {"list": "list[str]", "dict": "dict[str, int]", "Optional": "Optional[str]", "Union": "Union[str, None]"}
)
_LONG_NAMES = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "double": "float",
    "boolean": "bool",
    "array": "list",
    "object": "dict",
    "map": "dict",
    "none": "None",
    "null": "None",
}


_WORD = r"\w+"
_LAST_COMMA = r",\s*[\])]"


class TypeNotationError(ValueError):
    """The text is not a type: `message` is the service's to the letter, `hint` what it may have meant."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class Type(NamedTuple):
    """A type: `name` is one of the grammar's names or `|`; `of` holds the item, key and value, or member types."""

    name: str
    of: "tuple[Type, ...]" = ()

    def __str__(self) -> str:
        """The notation, in its canonical spelling."""
        if self.name == "|":
            return " | ".join(map(str, self.of))
        return f"{self.name}[{', '.join(map(str, self.of))}]" if self.of else self.name

    @property
    def nullable(self) -> bool:
        """Whether it is a union with None; `Any` has null among its values, and is none."""
        return self.name == "|" and Type("None") in self.of

    @property
    def members(self) -> "tuple[Type, ...]":
        """The types beside None that a value may have."""
        return tuple(member for member in self.of if member.name != "None") if self.name == "|" else (self,)

    def fits(self, value: Any) -> bool:  # noqa: PLR0911  # a table
        """Whether a JSON value is of this type. Whole numbers fit `float`; booleans never fit numbers (K24)."""
        match self.name:
            case "Any":
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
                return isinstance(value, dict) and (not self.of or self._fits_entries(value))

    def _fits_entries(self, value: Mapping[str, Any]) -> bool:
        of_key, of_value = self.of
        return all((of_key.fits(key) or of_key.fits(_number(key))) and of_value.fits(one) for key, one in value.items())


def _number(key: str) -> float | None:
    """A key of JSON as the number that it writes (K12); what is none fits no type of keys as a number."""
    try:
        return float(key)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def parse_type(text: str) -> Type:
    """Read a type, as the service does, with the grammar of Python's expressions.

    Raises:
        TypeNotationError: with the message that the service gives [documented: type-notation@G4].
    """
    if len(text) > TYPE_CHARACTERS.most:
        raise _invalid(brief(text), f"it is longer than {TYPE_CHARACTERS.most} characters")
    if len(re.findall(_WORD, text)) > TYPE_NAMES.most:
        raise _invalid(text, f"it has more than {TYPE_NAMES.most} names")
    if max(text.count("["), text.count("(")) > TYPE_NAMES.most:
        raise _invalid(text, "it has too many brackets")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        message = f"Cannot parse type string '{text}': {error}. Valid examples: 'str', 'list[str]', 'dict[str, int]'"
        item = text.strip().removesuffix("[]")
        raise TypeNotationError(message, f"A list is written 'list[{item}]'." if item in _NAMES else "") from None
    if re.search(_LAST_COMMA, text):
        raise _invalid(text, "a comma stands between two types")
    return _Reader(text).whole(node)


def _invalid(text: str, error: str) -> TypeNotationError:
    return TypeNotationError(f"Invalid type '{text}': {error}")


class _Reader:
    """What an expression means as a type."""

    def __init__(self, text: str) -> None:
        self._text = text

    def whole(self, node: ast.expr, depth: int = 0) -> Type:
        """A type that is not None alone (K12)."""
        found = self._union([node], depth)
        if found == Type("None"):
            raise _invalid(self._text, "None stands beside another type only, as in 'str | None'")
        return found

    def _union(self, waiting: list[ast.expr], depth: int) -> Type:
        """The union of some types; unions inside are part of it, and what stands twice counts once."""
        members: dict[Type, None] = {}
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
                waiting = [node.left, node.right, *waiting]
                continue
            one = self._member(node, depth)
            members.update(dict.fromkeys(one.of if one.name == "|" else (one,)))
        return next(iter(members)) if len(members) == 1 else Type("|", tuple(members))

    def _member(self, node: ast.expr, depth: int) -> Type:
        if depth > NESTING.most:
            raise _invalid(self._text, f"it is nested more than {NESTING.most} levels deep")
        match node:
            case ast.Constant(value=None):
                return Type("None")
            case ast.Name(id=name):
                return self._named(name)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=arguments)):
                return self._with_arguments(name, arguments, depth + 1)
            case ast.Subscript(value=ast.Name(id=name), slice=argument):
                return self._with_arguments(name, [argument], depth + 1)
        raise _invalid(self._text, "types are made of names, [ ] and | only")

    def _named(self, name: str) -> Type:
        self._check(name)
        if name in ("Optional", "Union"):
            raise _invalid(self._text, f"{name} needs types, as in '{_EXAMPLES[name]}'")
        return Type("Any" if name == "any" else name)

    def _with_arguments(self, name: str, arguments: list[ast.expr], depth: int) -> Type:
        self._check(name)
        if name == "Union" and not arguments:
            return self._named(name)
        if name == "Union":
            return self._union(list(arguments), depth)
        if name not in _ARGUMENTS:
            raise _invalid(self._text, f"{name} holds no other type")
        if len(arguments) != _ARGUMENTS[name]:
            needed = "a key and a value" if name == "dict" else "one type"
            raise _invalid(self._text, f"{name} needs {needed}, as in '{_EXAMPLES[name]}'")
        of = tuple(self.whole(argument, depth) for argument in arguments)
        return self._optional(of[0]) if name == "Optional" else Type(name, of)

    @staticmethod
    def _optional(inner: Type) -> Type:
        members = inner.of if inner.name == "|" else (inner,)
        return Type("|", tuple(dict.fromkeys((*members, Type("None")))))

    @staticmethod
    def _check(name: str) -> None:
        if name not in _NAMES:
            from difflib import get_close_matches  # noqa: PLC0415  # only who mistypes something needs it

            near = _LONG_NAMES.get(name.lower()) or next(iter(get_close_matches(name, _NAMES, 1, 0.5)), None)
            hint = f"Did you mean {near!r}?" if near else ""
            if name.lower() in ("enum", "literal"):
                hint = "Use 'str', and name the allowed values in the description."
            raise TypeNotationError(f"Unknown type '{name}'. Valid types: {[*_NAMES]}", hint)
