"""Scripts: what an agent answers in place of a model. This module is their records and how one is chosen."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class ContentMatch(NamedTuple):
    """A test of the user's text: `kind` is equals, contains, matches or any."""

    kind: str
    text: str = ""
    ignore_case: bool = False

    def holds(self, content: str) -> bool:
        """Whether the text passes. Equality trims both sides."""
        if self.kind == "any":
            return True
        if self.kind == "matches":
            return re.search(self.text, content, re.IGNORECASE if self.ignore_case else 0) is not None
        wanted, given = (self.text.casefold(), content.casefold()) if self.ignore_case else (self.text, content)
        return wanted in given if self.kind == "contains" else wanted.strip() == given.strip()


class When(NamedTuple):
    """When a script answers; every part that is given must hold. `turns` counts executions from 1, both ends included."""

    agent: str | None = None
    turns: tuple[int, int | None] | None = None
    content: ContentMatch | None = None

    def holds(self, agent: str, turn: int, content: str) -> bool:
        """Whether this turn is meant."""
        if self.agent is not None and self.agent != agent:
            return False
        if self.turns is not None and not (self.turns[0] <= turn and (self.turns[1] is None or turn <= self.turns[1])):
            return False
        return self.content is None or self.content.holds(content)


class Step(NamedTuple):
    """What a script does: the answer, after waiting `delay` seconds and at a gate."""

    reply: str = ""
    delay: float = 0.0
    gate: str | None = None


class Script(NamedTuple):
    """One scripted answer."""

    name: str
    when: When
    then: Step


def choose(scripts: Sequence[Script], agent: str, turn: int, content: str) -> Script | None:
    """The first script that answers this turn, or None."""
    return next((script for script in scripts if script.when.holds(agent, turn, content)), None)


def read_script(entry: Mapping[str, Any], number: int) -> Script:
    """Read an entry that fits the seed schema; `number` names one without a name."""
    when, then = entry.get("when", {}), entry["then"]
    return Script(
        name=entry.get("name", f"script-{number}"),
        when=When(when.get("agent"), _turns(when.get("turn")), _content(when.get("content"))),
        then=Step(then.get("reply", ""), then.get("delay_ms", 0) / 1000, then.get("gate")),
    )


def _turns(value: Any) -> tuple[int, int | None] | None:
    if value is None:
        return None
    if isinstance(value, int):
        return value, value
    return value.get("from", 1), value.get("to")


def _content(value: Any) -> ContentMatch | None:
    if value is None:
        return None
    if isinstance(value, str):
        return ContentMatch("equals", value)
    kind = next(kind for kind in ("equals", "contains", "matches", "any") if kind in value)
    return ContentMatch(kind, "" if kind == "any" else value[kind], value.get("ignore_case", False))
