"""Query parameters: their declaration and their reading. This module is that step of the order."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from atthene_emulator.errors import InvalidRequest, Misuse, Problem
from atthene_emulator.evidence.levels import OURS, Evidence
from atthene_emulator.wording import did_you_mean, either, shown

_DIGITS = 9
_PAGE = ("limit", "offset")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}  # in any case: Python writes True


class Parameter(NamedTuple):
    """A query parameter. For integers `least` and `most` are the bounds; a default of None means absent.

    Of type `strings` it may be given several times, and its value is a tuple. A string is one of the `options`, if there are
    any, and fits the `pattern`, which the operation checks by itself. `older` is a name that it had before, which is still read
    where it is not given by its own.
    """

    name: str
    type: Literal["integer", "string", "strings", "boolean"]
    description: str
    evidence: Evidence = OURS
    required: bool = False
    default: Any = None
    least: int = 0
    most: int = 10**_DIGITS - 1
    example: Any = None
    older: str = ""
    options: tuple[str, ...] = ()
    pattern: str = ""


def read_query(pairs: Sequence[tuple[str, str]], parameters: Sequence[Parameter]) -> Mapping[str, Any]:
    """The values of the declared parameters; others are ignored.

    Raises:
        InvalidRequest: a value is missing, given twice, or not acceptable.
    """
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    values: dict[str, Any] = {}
    problems = []
    for parameter in parameters:
        texts = given.get(parameter.name) or given.get(parameter.older, [])
        problem = None
        if parameter.type == "strings":
            values[parameter.name] = tuple(filter(None, texts))
        elif len(texts) > 1:
            problem = "is given more than once."
        elif texts:
            values[parameter.name], problem = _value(parameter, texts[0])
        else:
            values[parameter.name] = parameter.default
            problem = "is required." if parameter.required else None
        if problem:
            problems.append(Problem(parameter.name, f"{parameter.name} {problem}"))
    if problems:
        raise InvalidRequest(None, problems)
    return values


def filters_and_page(query: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What a list is asked for: which of its items, and which page of those, by `limit` and `offset`."""
    page = {name: query[name] for name in _PAGE}
    return {name: value for name, value in query.items() if name not in page}, page


def _value(parameter: Parameter, text: str) -> tuple[Any, str | None]:
    if parameter.options and text not in parameter.options:
        return (
            None,
            f"must be {either(parameter.options)}, not {shown(text)}{did_you_mean(text, parameter.options)}",
        )
    if parameter.type == "string":
        return text, None if text else "must not be empty."
    if parameter.type == "boolean":
        return (
            _BOOLEANS.get(text.lower()),
            None if text.lower() in _BOOLEANS else f"must be true or false, not {shown(text)}.",
        )
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
    if number is None or not parameter.least <= number <= parameter.most:
        return None, f"must be a whole number from {parameter.least} to {parameter.most:,}, not {shown(text)}."
    return number, None


def read_every_parameter(
    pairs: Sequence[tuple[str, str]], parameters: Sequence[Parameter], *, others: bool = False
) -> Mapping[str, str]:
    """The texts of all parameters of a control request; `namespace` is one of each.

    Raises:
        Misuse: a parameter is there twice, or unknown where there may not be `others`.
    """
    known, query = (*(one.name for one in parameters), "namespace"), dict[str, str]()
    for name, value in pairs:
        if name not in known and not others:
            near = did_you_mean(name, known, f"; there are {', '.join(known)}")
            raise Misuse(f"There is no parameter {name[:60]}{near}")
        if name in query:
            raise Misuse(f"{name} is given twice; separate values by commas where there may be several")
        query[name] = value
    return query
