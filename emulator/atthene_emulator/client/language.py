"""The language of scripts and faults, which is that of seed files. This module is its types, and how a call becomes JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict


class Filters(TypedDict, total=False):
    """Which entries of the journal are meant; all that is given must be equal. `path` has /api/v1."""

    operation: str
    status: int
    outcome: str
    session_id: str
    method: str
    path: str


class When(TypedDict, total=False):
    """When a script answers, as in seed files; a plain `content` is the whole text, `{"contains": …}` a part of it."""

    agent: str
    agent_key: str
    session: str
    turn: int | Mapping[str, int]
    content: str | Mapping[str, Any]
    variables: Mapping[str, Any]
    has_image: bool


class Step(TypedDict, total=False):
    """What a script does besides its reply, as in seed files; `delay_ms` passes at once while the clock is frozen."""

    tool_calls: Sequence[Mapping[str, Any]]
    output: Mapping[str, Any]
    route: str | bool
    assign: Mapping[str, Any]
    usage: Mapping[str, int]
    delay_ms: int
    gate: str
    error: Mapping[str, str]
    timeout: bool


class ScriptParts(When, Step, total=False):
    """Everything that a script may have but its reply."""

    name: str
    times: int


class FaultParts(TypedDict, total=False):
    """Everything that a fault may have, as in seed files."""

    id: str
    operation: str
    session: str
    after: int
    first: int
    every: int
    probability: float
    kind: str
    status: int
    type: str
    message: str
    retry_after: int
    delay_ms: int


def whole_script(reply: Any, parts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The script as a seed file has it.

    Raises:
        TypeError: there is no such part, or something is said twice.
    """
    if isinstance(reply, Mapping) and "then" in reply:
        if parts:
            raise TypeError(f"script() was given a whole script; write {', '.join(parts)} into it")
        return reply
    known = ScriptParts.__annotations__
    if unknown := [name for name in parts if name not in known]:
        raise TypeError(f"script() has no {unknown[0]}; it has {', '.join(known)}")
    step = {name: parts[name] for name in Step.__annotations__ if name in parts}
    several = isinstance(reply, Sequence) and not isinstance(reply, str)
    replies = reply if several else [{} if reply is None else reply]
    steps = [{**({"reply": one} if isinstance(one, str) else one), **step} for one in replies]
    script = {name: parts[name] for name in ("name", "times") if name in parts}
    when = {name: parts[name] for name in When.__annotations__ if name in parts}
    return {**script, "when": when, "then": steps if several else steps[0]}


def whole_fault(what: int | str | Mapping[str, Any] | None, parts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fault as a seed file has it."""
    if isinstance(what, Mapping):
        return {**what, **parts}
    if what is None:
        return parts
    return {"kind" if isinstance(what, str) else "status": what, **parts}
