"""Values made to fit the types of variables [documented: type-notation@G4]. This module is that table.

Output fields are never coerced. What cannot be converted stays as it is, and so does what no document could hold (K22).
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from atthene_emulator.configuration.document import Unreadable
from atthene_emulator.configuration.json_text import read_json
from atthene_emulator.configuration.type_notation import Type

_WORDS = {"true": True, "1": True, "false": False, "0": False}
_INTEGERS = range(-(2**63), 2**64)


def coerce(wanted: Type, value: Any) -> Any:
    """The value as the type wants it, or the value itself where that fails; it need not fit then.

    Null, and values for `Any` and for unions of several types, stay as they are (K14).
    """
    if value is None or len(wanted.members) != 1:
        return value
    try:
        return _converted(wanted.members[0].name, value)
    except (ValueError, TypeError, OverflowError, Unreadable):
        return value


def _converted(name: str, value: Any) -> Any:
    match name:
        case "str":
            return str(value)
        case "int":
            whole = int(value)
            return whole if whole in _INTEGERS else value
        case "float":
            number = float(value)
            return number if isfinite(number) else value
        case "bool":
            return _WORDS.get(value.strip().lower(), bool(value)) if isinstance(value, str) else bool(value)
        case "list" | "dict" if isinstance(value, str):
            return read_json(value.encode()).value
    return value


def python_name(value: Any) -> str:
    """What messages call a value's type: Python's name, `NoneType` for null."""
    if isinstance(value, Mapping):
        return "dict"
    return "list" if isinstance(value, Sequence) and not isinstance(value, str) else type(value).__name__
