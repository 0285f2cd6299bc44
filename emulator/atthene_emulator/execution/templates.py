"""Filling in templates as the service documents it: again and again, ten rounds at most. This module is that rule."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from atthene_emulator.configuration.templates import Reference, references

_ROUNDS = 10
_MOST_CHARACTERS = 1024 * 1024


class Scope(NamedTuple):
    """What templates can name.

    Attributes:
        user_input: the user's text.
        history: gives the last messages as `role: text` lines; None gives all.
        variables: values by name.
        outputs: structured outputs of agents that have run; `agents` are all that there are.
        prompts: stored prompts of the seed.
    """

    user_input: str
    history: Callable[[int | None], str]
    variables: Mapping[str, Any]
    outputs: Mapping[str, Mapping[str, Any]]
    agents: Mapping[str, Any]
    prompts: Mapping[str, str]


def fill(text: str, scope: Scope) -> str:
    """The text with every reference replaced; what names nothing is left as it stands (K27).

    Text that was filled in is looked at again, ten rounds at most, and never grows beyond a megabyte.
    """
    for _ in range(_ROUNDS):
        if "{{" not in text:
            break
        filled = _round(text, scope)
        if filled == text or len(filled) > _MOST_CHARACTERS:
            break
        text = filled
    return text


def _round(text: str, scope: Scope) -> str:
    parts = []
    end = 0
    for reference in references(text):
        value = _value(reference, scope)
        if value is not None:
            parts += [text[end : reference.start], value]
            end = reference.end
    return "".join([*parts, text[end:]])


def _value(reference: Reference, scope: Scope) -> str | None:
    match reference.kind:
        case "user_input":
            return scope.user_input
        case "history":
            return scope.history(reference.last)
        case "variables" if reference.name in scope.variables:
            return text(inside(scope.variables[reference.name], reference.path))
        case "prompts":
            return scope.prompts.get(reference.name)
        case "output" if reference.name in scope.agents:
            return text(inside(scope.outputs.get(reference.name), reference.path))
        case _:
            return None


def inside(value: Any, path: Sequence[str]) -> Any:
    """What stands below a value; None if nothing does."""
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def text(value: Any) -> str:
    """Text as it is, nothing for null, everything else as JSON (K27)."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=dict)
