"""`atthene-emulator why`: what answered a session, and why no script did. This module is that command."""

from typing import TYPE_CHECKING, Any

import click

from atthene_emulator.cli.connection import connected, json_option
from atthene_emulator.cli.output import json_text, say
from atthene_emulator.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atthene_emulator.client import EmulatorClient, Execution, Json, Script

_REPLY = "Write the answer here."
_LONGEST = 500  # characters of a message that a script repeats
_BY_NAME = "!emulator "  # begins a message that names its script


@click.command()
@click.argument("session", metavar="SESSION")
@click.argument("turn", metavar="[TURN]", type=click.IntRange(min=1), required=False)
@connected
@json_option
def why(client: "EmulatorClient", /, session: str, turn: int | None, *, as_json: bool) -> None:
    """Say what answered in a session, and why.

    For each agent's turn that is the script which answered, or, for a default answer, the scripts that came nearest with
    the first condition that failed, and a script that would have answered, ready to be pasted into a seed. TURN is the
    number of an execution of the session; the newest is meant without it.

    \b
    Examples:
      atthene-emulator why session_abc123
      atthene-emulator why session_abc123 2 --json
    """
    execution = _execution(client, session, turn)
    suggested = list(_suggested(execution))
    if as_json:
        shown = {
            "session_id": session,
            "turn": execution.turn,
            "status": execution.status,
            "turns": [{key: one[key] for key in ("agent", "script", "text", "nearest")} for one in execution.turns],
            "suggested": suggested,
        }
        click.echo(json_text(shown))
        return
    say(f"Turn {execution.turn} of {session} ({execution.status})")
    scripts = {one.name: one for one in client.scripts()}
    for one in execution.turns:
        say("\n".join(["", *_lines(one, scripts)]))
    if suggested:
        _suggest(suggested)


def _execution(client: "EmulatorClient", session: str, turn: int | None) -> "Execution":
    """The execution that is meant.

    Raises:
        SetupError: there is none.
    """
    found = client.executions(session, tail=1 if turn is None else 0, prompts=True)
    for one in reversed(found):
        if turn in (None, one.turn):
            return one
    first, last = (found[0].turn, found[-1].turn) if found else (0, 0)
    kept = (
        f"; there {'are' if first < last else 'is'} {first if first == last else f'{first} to {last}'}" if found else ""
    )
    what = "turn" if turn is None else f"turn {turn}"
    raise SetupError(f"There is no {what} of {session}{kept}.")


def _lines(turn: "Json", scripts: "dict[str, Script]") -> "Iterator[str]":
    """What answered a turn, and why."""
    from atthene_emulator.wording import unmet  # noqa: PLC0415  # not for --help

    agent, script, nearest = turn["agent"], turn["script"], turn["nearest"]
    if script is not None:
        yield f"{agent}: the script {script}, {_when(scripts.get(script))}"
        return
    yield f"{agent}: the default answer, since no script matches{': there is none' if not nearest else '; the nearest are'}"
    for one in nearest:
        more = f", and {one['failed'] - 1} more of its conditions failed" if one["failed"] > 1 else ""
        yield f"  {unmet(one['script'], one['condition'], one['wanted'], one['got'])}{more} ({one['from']})"


def _when(script: "Script | None") -> str:
    """When a script answers."""
    from atthene_emulator.client.reading import shortened  # noqa: PLC0415  # not for --help

    if script is None:
        return "which is there no longer"
    if script.when is None:
        return "which is too large to be shown"
    return f"which answers when {shortened(script.when)}" if script.when else "which answers every turn"


def _suggested(execution: "Execution") -> "Iterator[dict[str, Any]]":
    """A script for each turn that none has answered, each once; none for a message that names a script."""
    known: list[Any] = []
    for turn in execution.turns:
        content = _content(turn)
        when = {"agent": turn["agent"], **_this_message(content, execution.turn)}
        if turn["script"] is None and when not in known and not content.startswith(_BY_NAME):
            known.append(when)
            yield {"when": when, "then": {"reply": _REPLY} if turn["output"] is None else {"output": turn["output"]}}


def _content(turn: "Json") -> str:
    """The user's message, if it is a text that the agent was sent; empty otherwise."""
    said = [one["content"] for one in turn["prompt"] or () if one["role"] == "user"]
    return said[-1] if said and isinstance(said[-1], str) else ""


def _this_message(content: str, turn: int) -> dict[str, Any]:
    """The condition for this message alone: its text, or the number of the execution where that cannot be repeated."""
    is_repeatable = 0 < len(content) <= _LONGEST and "[redacted" not in content
    return {"content": content} if is_repeatable else {"turn": turn}


def _suggest(scripts: list[dict[str, Any]]) -> None:
    from atthene_emulator.configuration.yaml_text import write_yaml  # noqa: PLC0415  # not for --help

    say("\nThis would have answered; put it into a seed, or send it to POST /__emulator/scripts:\n")
    say(write_yaml({"scripts": scripts}).rstrip())
