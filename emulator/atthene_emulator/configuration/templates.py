"""Templates: `{{ user_input }}`, `{{ history[3] }}`, `{{ variables.x }}`, `{{ agent.output.field }}`, `{{ prompts.x.2 }}`.

This module is their grammar: text to references [documented: variables-system@G3, prompt-configuration@G3]. It is not a
programming language: nothing is computed.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["user_input", "history", "full_history", "variables", "prompts", "output", "unknown"]

_OPEN = r"(?s)\{\{(.*?)(\}\}|(?=\{\{)|\Z)"
_HISTORY = r"(full_)?history(?:\[(\d{1,6})\])?"
_KNOWLEDGE = r"knowledge\[(\d{1,6})\]\.(text|source|score)"
_JOINTS = r"([.\[\]])"  # blanks beside them do not count
_NAME = r"[A-Za-z_][\w-]*"
_DOTTED = rf"({_NAME})((?:\.[\w-]+)+)"


class Reference(NamedTuple):
    """One `{{ … }}`.

    Attributes:
        kind: what it refers to; `unknown` when it is none of the documented forms.
        name: the variable, stored prompt or agent.
        path: below an agent's output or a variable; empty for all of it. Of a stored prompt, its version; empty for the newest.
        last: N of `history[N]`, `full_history[N]` or `knowledge[N]`; None for all.
        source: what stands between the braces.
        start, end: its place in the text, braces included.
        closed: whether the closing braces are there.
    """

    kind: Kind
    name: str
    path: tuple[str, ...]
    last: int | None
    source: str
    start: int
    end: int
    closed: bool


def references(text: str) -> Iterator[Reference]:
    """Every reference in a text, in order."""
    for match in re.finditer(_OPEN, text) if "{{" in text else ():
        source = match[1].strip()
        kind, name, path, last = _meaning("".join(map(str.strip, re.split(_JOINTS, source))))
        closed = match[2] == "}}"
        yield Reference(kind if closed else "unknown", name, path, last, source, match.start(), match.end(), closed)


def _meaning(source: str) -> tuple[Kind, str, tuple[str, ...], int | None]:
    if source == "user_input":
        return "user_input", "", (), None
    history = re.fullmatch(_HISTORY, source)
    if history:
        return ("full_history" if history[1] else "history"), "", (), int(history[2]) if history[2] else None
    knowledge = re.fullmatch(_KNOWLEDGE, source)
    if knowledge:  # ours, for scripts
        return "unknown", "knowledge", (knowledge[2],), int(knowledge[1])
    return _dotted(source)


def _dotted(source: str) -> tuple[Kind, str, tuple[str, ...], int | None]:
    dotted = re.fullmatch(_DOTTED, source)
    if not dotted:
        return "unknown", "", (), None
    name, path = dotted[1], tuple(dotted[2][1:].split("."))
    if name == "variables":
        return "variables", path[0], path[1:], None
    if name == "prompts":
        version = path[1:]
        return ("prompts" if not version or _is_version(version) else "unknown"), path[0], version, None
    return ("output", name, path[1:], None) if path[0] == "output" else ("unknown", name, path, None)


def _is_version(path: tuple[str, ...]) -> bool:
    return len(path) == 1 and path[0].isdecimal() and path[0].isascii()
