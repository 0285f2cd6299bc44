"""What agents answer. This module is that part of the client; its language of scripts is that of seed files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, Unpack

from atthene_emulator.client.connection import NamespaceControl, quoted
from atthene_emulator.client.reading import read

DisconnectRule = Literal["abandon", "finish"]  # what becomes of an execution whose client leaves


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

    thinking: str
    knowledge: Sequence[Mapping[str, Any]]
    tool_calls: Sequence[Mapping[str, Any]]
    artifacts: Sequence[Mapping[str, str]]
    on_decline: Mapping[str, Any]
    output: Any
    route: str | bool
    assign: Mapping[str, Any]
    usage: Mapping[str, int]
    delay_ms: int
    gate: str
    error: Mapping[str, str]
    timeout: bool
    finish_reason: str
    stream: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    on_disconnect: DisconnectRule


class ScriptParts(When, Step, total=False):
    """Everything that a script may have but its reply."""

    name: str
    times: int


@dataclass(frozen=True, slots=True)
class Script:
    """A script in the order in which they are tried.

    Attributes:
        name: of the script.
        source: added, scenario or seed.
        hits: how often it has answered.
        times: after so many answers it steps aside; None for never.
        when, then: as they were written, without secrets; None where there are so many that the answer has no room.
    """

    name: str
    source: str
    hits: int
    times: int | None
    when: Mapping[str, Any] | None
    then: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class Scripts(NamespaceControl):
    """Saying what agents answer."""

    def scripts(self) -> tuple[Script, ...]:
        """The scripts in the order in which they are tried."""
        return tuple(read(Script, one) for one in self._ask("GET", "/scripts"))

    def script(
        self,
        reply: str | Mapping[str, Any] | Sequence[str | Mapping[str, Any]] | None = None,
        **parts: Unpack[ScriptParts],
    ) -> str:
        """Put a script in front of all others; its name.

        Args:
            reply: the answer; or a step (`{"reply": …, "delay_ms": …}`); or a list of either, one for each match, the
                last repeats; or a whole script (`{"when": …, "then": …}`). None leaves the reply out.
            parts: when it answers (`content`, `agent`, `turn`, …), what else it does in every step (`tool_calls`,
                `route`, `gate`, `error`, …), its `name`, and how many `times`.

        Raises:
            TypeError: there is no such part.
        """
        return self.add_scripts([_whole(reply, parts)])[0]

    def add_scripts(self, scripts: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """Put scripts, as a seed file has them, in front of all others; their names."""
        return tuple(one["name"] for one in self._ask("POST", "/scripts", scripts))

    def drop_scripts(self) -> None:
        """Forget the scripts that were added; those of the seed and of the scenario stay."""
        self._ask("DELETE", "/scripts")

    def drop_script(self, name: str) -> None:
        """Forget one script that was added; those of the seed and of the scenario stay.

        Raises:
            EmulatorRefused: none of that name was added.
        """
        self._ask("DELETE", f"/scripts/{quoted(name)}")


def _whole(reply: Any, parts: Mapping[str, Any]) -> Mapping[str, Any]:
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
