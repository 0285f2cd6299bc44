"""Query parameters: their declaration and their reading. This module is that step of the road."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl

from atthene_emulator.errors import InvalidRequest, Problem
from atthene_emulator.evidence.levels import Evidence
from atthene_emulator.wording import shown

_DIGITS = 9


class Parameter(NamedTuple):
    """A query parameter. For integers `least` and `most` are the bounds; a default of None means absent."""

    name: str
    type: Literal["integer", "string"]
    description: str
    evidence: Evidence
    required: bool = False
    default: int | None = None
    least: int = 0
    most: int = 10**_DIGITS - 1


def read_query(query: bytes, parameters: Sequence[Parameter]) -> Mapping[str, Any]:
    """The values of the declared parameters; others are ignored.

    Raises:
        InvalidRequest: a value is missing, given twice, or not acceptable.
    """
    if not parameters:
        return {}
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        given.setdefault(name, []).append(value)
    values: dict[str, Any] = {}
    problems = []
    for parameter in parameters:
        texts = given.get(parameter.name, [])
        problem = None
        if len(texts) > 1:
            problem = "is given more than once."
        elif texts:
            values[parameter.name], problem = _value(parameter, texts[0])
        else:
            values[parameter.name] = parameter.default
            problem = "is required." if parameter.required else None
        if problem:
            problems.append(Problem(parameter.name, f"{parameter.name} {problem}"))
    if problems:
        raise InvalidRequest("The query is not what this operation takes", problems)
    return values


def _value(parameter: Parameter, text: str) -> tuple[Any, str | None]:
    if parameter.type == "string":
        return text, None if text else "must not be empty."
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
    if number is None or not parameter.least <= number <= parameter.most:
        return None, f"must be a whole number from {parameter.least} to {parameter.most:,}, not {shown(text)}."
    return number, None
