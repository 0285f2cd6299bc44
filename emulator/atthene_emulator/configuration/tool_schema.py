"""The schema of what a tool takes, as a seed says it. This module is how it is used: nothing outside it is read.

The drafts of JSON Schema from 4 on are known by their `$schema`; without one it is the newest.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from atthene_emulator.limits import SMALL_EXPRESSION, STEPS


def mistake_of(schema: Mapping[str, Any]) -> str | None:
    """What is wrong with a schema; None if it can be used."""
    try:
        _compiled(schema)
    except ValueError as error:
        return _first_line(error)
    return None


def misfit(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> str | None:
    """Why a tool does not take these arguments; None if it does. The schema has no mistake."""
    try:
        _compiled(schema).validate(dict(arguments))
    except ValueError as error:
        return _first_line(error)
    return None


def _compiled(schema: Mapping[str, Any]) -> Any:
    import jsonschema_rs  # noqa: PLC0415  # loaded with the first check, not with the package

    bounded = jsonschema_rs.FancyRegexOptions(backtrack_limit=STEPS.most, size_limit=SMALL_EXPRESSION.most)
    return jsonschema_rs.validator_for(dict(schema), retriever=_refuse, pattern_options=bounded)


def _refuse(address: str) -> NoReturn:
    raise ValueError(f"{address} is outside")


def _first_line(error: ValueError) -> str:
    return str(error).splitlines()[0]
