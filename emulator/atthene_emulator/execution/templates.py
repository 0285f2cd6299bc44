"""Filling in templates as the service documents it: again and again, ten rounds at most. This module is that rule.

[documented: prompt-configuration@G1t, variables-system@G3]
"""

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from atthene_emulator.configuration.templates import Reference, references
from atthene_emulator.knowledge.hit import Hit
from atthene_emulator.limits import TEXT

as_json = json.JSONEncoder(
    ensure_ascii=False, default=dict
).encode  # made once, since making it costs as much as its use

NEWEST = ""
Prompts = Mapping[str, Mapping[str, str]]  # stored prompts: texts by name and version; NEWEST has a text as well
_ROUNDS = 10


class Scope(NamedTuple):
    """What templates can name.

    Attributes:
        user_input: the user's text.
        history, full_history: give the last messages as `role: text` lines; None gives all.
        variables: values by name.
        output_of: gives the output of an agent; None if there is none.
        prompts: stored prompts of the seed.
        hitl: what a person has said to the last pause of the turn: `feedback`, `answer`.
        knowledge: what was found in knowledge bases for the turn.
    """

    user_input: str
    history: Callable[[int | None], str]
    full_history: Callable[[int | None], str]
    variables: Mapping[str, Any]
    output_of: Callable[[str], Any]
    prompts: Prompts
    hitl: Mapping[str, str] = MappingProxyType({})
    knowledge: Sequence[Hit] = ()


def fill(text: str, scope: Scope) -> str:
    """The text with every reference replaced: nothing where it names nothing; braces that do not close stay (K27).

    Text that was filled in is looked at again, ten rounds at most, and never grows beyond a megabyte.
    """
    for _ in range(_ROUNDS):
        if "{{" not in text:
            break
        filled = _round(text, scope)
        if filled is None or filled == text:
            break
        text = filled
    return text


def _round(text: str, scope: Scope) -> str | None:
    """The text with its references replaced once; None if that makes it too long.

    What stands many times is looked up once: a text has room for tens of thousands of references.
    """
    parts, known = [], dict[tuple[object, ...], str]()
    end, length = 0, len(text)
    for reference in references(text):
        if reference.closed:
            named = (reference.kind, reference.name, reference.path, reference.last)
            value = known.get(named)
            if value is None:
                value = known[named] = _value(reference, scope)
            length += len(value) - (reference.end - reference.start)
            if length > TEXT.most:
                return None
            parts += [text[end : reference.start], value]
            end = reference.end
    return "".join([*parts, text[end:]])


def _value(reference: Reference, scope: Scope) -> str:  # noqa: PLR0911  # a table
    match reference.kind:
        case "user_input":
            return scope.user_input
        case "history":
            return scope.history(reference.last)
        case "full_history":
            return scope.full_history(reference.last)
        case "variables":
            return text(inside(scope.variables.get(reference.name), reference.path))
        case "prompts":
            version = reference.path[0] if reference.path else NEWEST
            return scope.prompts.get(reference.name, {}).get(version, "")
        case "output":
            return text(inside(scope.output_of(reference.name), reference.path))
        case "unknown" if reference.name == "hitl":  # ours, for scripts
            return scope.hitl.get(".".join(reference.path), "")
        case "unknown" if reference.name == "knowledge" and reference.last is not None:  # ours as well
            return _part(scope.knowledge, reference.last, reference.path[0])
        case _:
            return ""


def _part(hits: Sequence[Hit], number: int, name: str) -> str:
    """The text, source or score of a hit; nothing where there are fewer."""
    if number >= len(hits):
        return ""
    hit = hits[number]
    return str({"text": hit.text, "source": hit.source_name, "score": hit.score}[name])


def inside(value: Any, path: Sequence[str], missing: Any = None) -> Any:
    """What stands below a value; `missing` if nothing does."""
    for step in path:
        value = value.get(step, missing) if isinstance(value, Mapping) else missing
    return value


def text(value: Any) -> str:
    """Text as it is, nothing for null, everything else as JSON (K27)."""
    if value is None:
        return ""
    return value if isinstance(value, str) else as_json(value)
