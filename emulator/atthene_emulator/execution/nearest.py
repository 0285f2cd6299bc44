"""The scripts that came nearest to answering a turn which none has answered. This module finds them, and says what failed.

A script is the nearer, the fewer of its conditions have failed; of equally near ones, that is nearer which is tried first.
"""

import json
from bisect import insort
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from atthene_emulator.configuration.document import brief
from atthene_emulator.execution.scripts import Moment, Script, When
from atthene_emulator.limits import LOOKED_INTO
from atthene_emulator.secrecy import REDACTED, is_secret, redact_text
from atthene_emulator.wording import counted, unmet

_MOST, _IN_A_SENTENCE = 3, 2
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
    tried: Tried
    failed: int
    first: str


def nearest(tried: Iterable[Tried], moment: Moment) -> tuple[Near, ...]:
    """The nearest of the scripts that have not answered a turn, three at most.

    Args:
        tried: all of them, in the order in which they are tried.
        moment: the turn.
    """
    found: list[_Found] = []
    for one in tried:
        most = found[-1].failed if len(found) == _MOST else None
        if most == 1:
            break
        failed = tuple(islice(_failed(one, moment), most))
        if most is None or len(failed) < most:
            insort(found, _Found(one, len(failed), failed[0]), key=lambda each: each.failed)
            del found[_MOST:]
    return tuple(_near(one, moment) for one in found)


def sentence(near: tuple[Near, ...]) -> str:
    """`; the nearest is greeting, whose content wants "hello" and got "Hi"`, or the two that are; empty if there are none."""
    alike = [one for one in near[:_IN_A_SENTENCE] if one.failed == near[0].failed]
    said = [unmet(one.script, one.condition, one.wanted, one.got) for one in alike]
    return f"; the nearest {'are' if len(said) > 1 else 'is'} {'; and '.join(said)}" if said else ""


def _failed(tried: Tried, moment: Moment) -> Iterator[str]:
    """The conditions that have failed, in the order in which they are asked for."""
    when, failed = tried.script.when, 0
    for condition in _failed_but_content(when, moment, is_used_up=tried.is_used_up):
        failed += 1
        yield condition
    if when.content is not None and not (_is_looked_at(when, moment, failed) and when.content.holds(moment.content)):
        yield "content"


def _is_looked_at(when: When, moment: Moment, failed: int) -> bool:
    """Whether it is worth while to look at the text; where it is not, the condition counts as failed.

    Where nothing else has failed, it was looked at already, to choose a script.
    """
    return not failed or (len(moment.content) <= LOOKED_INTO.most and not when.is_slow)


def _failed_but_content(when: When, moment: Moment, *, is_used_up: bool) -> Iterator[str]:
    if when.agent not in (None, moment.agent):
        yield "agent"
    if when.agent_key not in (None, moment.agent_key):
        yield "agent_key"
    if when.session not in (None, moment.session):
        yield "session"
    if not when.has_turn(moment.turn):
        yield "turn"
    if when.has_image not in (None, moment.has_image):
        yield "has_image"
    variable = when.other_variable(moment.variables)
    if variable is not None:
        yield _VARIABLE + variable
    if is_used_up:
        yield "times"


def _near(found: _Found, moment: Moment) -> Near:
    (layer, script, _), failed, first = found
    wanted, got = _difference(script, first, moment)
    return Near(script.name, layer, first, wanted, got, failed)


def _difference(script: Script, condition: str, moment: Moment) -> tuple[str, str]:
    """What a script wants, and what there was."""
    when = script.when
    match condition:
        case "turn":
            return _turns(when), str(moment.turn)
        case "has_image":
            return ("an image", "none") if when.has_image else ("no image", "one")
        case "times":
            return f"{counted(script.times or 0, 'answer')} at most", "one more"
        case "content":
            return _content(script.entry["when"]["content"]), _shown(moment.content)
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
        return json.dumps(brief(redact_text(value[:_LOOKED_THROUGH]), _SHOWN), ensure_ascii=False)
    return brief(redact_text(json.dumps(value, ensure_ascii=False)[:_LOOKED_THROUGH]), _SHOWN)
