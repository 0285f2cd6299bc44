"""The scripts that came nearest to answering a turn which none has answered. This module finds them, and says what failed.

Scripts for other agents and sessions are farther than all others. Besides, a script is the nearer, the fewer of its conditions
have failed; of equally near ones, that is nearer which is tried first.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from atthene_emulator.configuration.document import brief
from atthene_emulator.execution.scripts import Moment, Script, When
from atthene_emulator.execution.templates import as_json
from atthene_emulator.limits import LOOKED_INTO
from atthene_emulator.secrecy import REDACTED, is_secret, redact_text
from atthene_emulator.wording import counted, unmet

_MOST, _IN_A_SENTENCE = 3, 2
_OF_OTHERS = frozenset(("agent", "agent_key", "session"))
_NEAREST = (False, 1)
_VARIABLE = "variables."
_SHOWN, _LOOKED_THROUGH = 60, 240  # characters of a value; those that secrets are taken out of before it is cut


class Near(NamedTuple):
    """A script that nearly answered a turn.

    Attributes:
        script: its name.
        layer: where it comes from: added, scenario or seed.
        condition: the first one that has failed: agent, agent_key, session, turn, has_image, variables.NAME, times or content.
        wanted, got: what it wants and what there was, in words for people; short, and without secrets.
        failed: how many of its conditions have failed; all variables are one.
    """

    script: str
    layer: str
    condition: str
    wanted: str
    got: str
    failed: int


class Tried(NamedTuple):
    """A script that was tried: `is_used_up` if it has answered as often as it may."""

    layer: str
    script: Script
    is_used_up: bool


class _Found(NamedTuple):
    distance: tuple[bool, int]  # whether it is for another agent or session, and how many of its conditions have failed
    tried: Tried
    first: str


def nearest(tried: Iterable[Tried], moment: Moment) -> tuple[Near, ...]:
    """The nearest of the scripts that have not answered a turn, three at most.

    Args:
        tried: all of them, in the order in which they are tried.
        moment: the turn.
    """
    found: list[_Found] = []
    for one in tried:
        if len(found) == _MOST and found[-1].distance == _NEAREST:
            break
        failed = _failed(one, moment)
        insort(found, _Found(_distance(failed[0], len(failed)), one, failed[0]), key=lambda each: each.distance)
        del found[_MOST:]
    said = _shown(moment.content) if found else ""
    return tuple(_near(one, moment, said) for one in found)


def _distance(first: str, failed: int) -> tuple[bool, int]:
    return first in _OF_OTHERS, failed


def sentence(near: tuple[Near, ...]) -> str:
    """`; the nearest is greeting, whose content wants "hello" and got "Hi"`, or the two that are; empty if there are none."""
    distances = [_distance(one.condition, one.failed) for one in near]
    alike = [one for one, at in zip(near[:_IN_A_SENTENCE], distances, strict=False) if at == distances[0]]
    said = [unmet(one.script, one.condition, one.wanted, one.got) for one in alike]
    return f"; the nearest {'are' if len(said) > 1 else 'is'} {'; and '.join(said)}" if said else ""


def _failed(tried: Tried, moment: Moment) -> list[str]:
    """The conditions that have failed, in the order in which they are asked for."""
    when = tried.script.when
    failed, content = [*_failed_but_content(when, moment, is_used_up=tried.is_used_up)], when.content
    if content is not None and not (_is_looked_at(when, moment, failed) and content.holds(moment.content)):
        failed.append("content")
    return failed


def _is_looked_at(when: When, moment: Moment, failed: Sequence[str]) -> bool:
    """Whether it is worth while to look at the text; where it is not, the condition counts as failed.

    Where nothing else has failed, it was looked at already, to choose a script.
    """
    return not failed or (len(moment.content) <= LOOKED_INTO.most and not when.is_slow)


def _failed_but_content(when: When, moment: Moment, *, is_used_up: bool) -> Iterator[str]:
    agent, agent_key, session, turns, _, variables, has_image = when
    if agent is not None and agent != moment.agent:
        yield "agent"
    if agent_key is not None and agent_key != moment.agent_key:
        yield "agent_key"
    if session is not None and session != moment.session:
        yield "session"
    if turns is not None and not when.has_turn(moment.turn):
        yield "turn"
    if has_image is not None and has_image != moment.has_image:
        yield "has_image"
    variable = None if variables is None else when.other_variable(moment.variables)
    if variable is not None:
        yield _VARIABLE + variable
    if is_used_up:
        yield "times"


def _near(found: _Found, moment: Moment, said: str) -> Near:
    (_, failed), (layer, script, _), first = found
    wanted, got = _difference(script, first, moment, said)
    return Near(script.name, layer, first, wanted, got, failed)


def _difference(script: Script, condition: str, moment: Moment, said: str) -> tuple[str, str]:
    """What a script wants, and what there was; `said` is the user's text, as it is shown."""
    when = script.when
    match condition:
        case "turn":
            return _turns(when), str(moment.turn)
        case "has_image":
            return ("an image", "none") if when.has_image else ("no image", "one")
        case "times":
            return f"{counted(script.times or 0, 'answer')} at most", "one more"
        case "content":
            return _content(script.entry["when"]["content"]), said
        case "agent" | "agent_key" | "session":
            got = getattr(moment, condition)
            return _shown(getattr(when, condition)), "none" if got is None else _shown(got)
    name, values = condition.removeprefix(_VARIABLE), moment.variables
    return _shown((when.variables or {})[name], name), _shown(values[name], name) if name in values else "no value"


def _turns(when: When) -> str:
    first, last = when.turns or (1, None)
    if last is None:
        return f"{first} or later"
    return str(first) if first == last else f"{first} to {last}"


def _content(wanted: Any) -> str:
    """What is wanted of a text, as the script has it."""
    if isinstance(wanted, str):
        return _shown(wanted)
    case = " (in any case)" if wanted.get("ignore_case") else ""
    if "equals" in wanted:
        return _shown(wanted["equals"]) + case
    kind, words = ("contains", "a text with") if "contains" in wanted else ("matches", "a match of")
    return f"{words} {_shown(wanted[kind])}{case}"


def _shown(value: Any, name: str = "") -> str:
    """A value as JSON, short and without secrets; it may be that of a variable."""
    if name and is_secret(name):
        return REDACTED
    if isinstance(value, str):
        return as_json(brief(redact_text(value[:_LOOKED_THROUGH]), _SHOWN))
    return brief(redact_text(as_json(value)[:_LOOKED_THROUGH]), _SHOWN)
