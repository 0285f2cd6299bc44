"""Handlers of the control plane: executions."""

from collections.abc import Sequence
from typing import Any

from atthene_emulator.configuration.document import brief
from atthene_emulator.domain.execution import Execution
from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.domain.room import Room
from atthene_emulator.domain.run import Run
from atthene_emulator.domain.weight import weight
from atthene_emulator.errors import Misuse, Unknown
from atthene_emulator.execution.failures import Failure
from atthene_emulator.execution.nearest import Near
from atthene_emulator.execution.prompts import Prompt
from atthene_emulator.execution.turn import AgentTurn
from atthene_emulator.limits import ANSWER, LISTED
from atthene_emulator.timestamps import format_time
from atthene_emulator.web import wire
from atthene_emulator.web.aside import aside
from atthene_emulator.web.control.journal import count_of
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.wording import did_you_mean

_BEGINNING = 200  # characters of a text that is cut
_MESSAGE = 100  # bytes of a message without its text


async def list_executions(exchange: Exchange) -> Any:
    """What happened in a session: paths with their reasons, tool calls, usage, and prompts if they are wanted; without secrets."""
    session_id, namespace = exchange.path["session_id"], exchange.namespace
    session = namespace.records.sessions.get(session_id)
    kept = namespace.executions.of_session(session_id)
    if session is None and not kept:
        known = [one.id for one in namespace.records.sessions]
        near = did_you_mean(session_id, known, "; GET /__emulator/state lists them")
        raise Unknown(f"There is no session {session_id!r}{near}")
    tail, with_prompts = count_of(exchange, "tail", LISTED.most), _wants_prompts(exchange)
    wanted = kept[-tail:] if tail else kept
    counts = {b"x-total-count": len(kept), b"x-emulator-dropped": namespace.executions.dropped}
    exchange.notes += [(name, str(count).encode()) for name, count in counts.items()]
    usage, paused = wire.usage(session.usage) if session else None, _paused(namespace.running.get(session_id))

    def shown() -> Any:
        found, left_out = _newest(wanted, with_prompts=with_prompts)
        about = {"session_id": session_id, "usage": usage, "executions": found, "left_out": left_out, "paused": paused}
        return redact_value(about, exchange.secrets)

    return await aside(sum(one.weight for one in wanted), shown)


def _wants_prompts(exchange: Exchange) -> bool:
    wanted: str = exchange.query.get("prompts", "false")
    if wanted not in ("true", "false"):
        raise Misuse(f"prompts must be true or false, not {wanted[:60]!r}")
    return wanted == "true"


def _newest(found: Sequence[Execution], *, with_prompts: bool) -> tuple[list[dict[str, Any]], int]:
    """As many of the newest as there is room for in an answer, oldest first, and how many are left out.

    The newest one is always there; what of it is too large is cut.
    """
    room, shown = Room(ANSWER.most), list[dict[str, Any]]()
    for one in reversed(found):
        is_cut = not room.take(one.weight)
        if is_cut and shown:
            break
        shown.append(_cut(one) if is_cut else _execution(one, room if with_prompts else None))
    return shown[::-1], len(found) - len(shown)


def _paused(run: Run | None) -> dict[str, Any] | None:
    """What a person is to decide about."""
    if run is None or run.wait.pause is None:
        return None
    start, pause = run.start, run.wait.pause._asdict()
    about = {"turn": start.situation.turn, "started_at": format_time(start.at), "tool_call_id": pause.pop("id")}
    del pause["schema"]
    return {**about, **pause}


def _execution(one: Execution, room: Room | None) -> dict[str, Any]:
    """An execution; its prompts as far as there is room for them, or not at all."""
    outcome = one.outcome
    return {
        "id": one.id,
        "turn": one.turn,
        "status": outcome.status,
        "error": _error(outcome.failure) if outcome.failure else None,
        "started_at": format_time(one.started_at),
        "completed_at": format_time(one.completed_at),
        "path": [{"from": move.source, "to": move.target, "arm": move.arm, "why": move.why} for move in outcome.moves],
        "turns": [_turn(turn, room) for turn in outcome.turns],
        "variables": dict(outcome.variables),
        "usage": wire.usage(outcome.usage),
        "scripts": list(outcome.answered_by),
        "notes": list(outcome.notes),
        "cut": False,
    }


def _error(failure: Failure) -> dict[str, Any]:
    return {"type": failure.type, "message": failure.message, **failure.details}


def _turn(turn: AgentTurn, room: Room | None) -> dict[str, Any]:
    return {
        "agent": turn.agent,
        "script": turn.script,
        "prompt": turn.prompt.messages() if room and room.take(_weight(turn.prompt)) else None,
        "text": turn.text,
        "shown": turn.shown,
        "output": turn.output,
        "tool_calls": [
            {"name": call.name, "arguments": call.arguments, "result": call.result, "failed": call.failed}
            for call in turn.tool_calls
        ],
        "artifacts": [{"artifact_id": one.id or None, "name": one.name} for one in turn.artifacts],
        "knowledge": [{"knowledge_base": hit.knowledge_base, **wire.hit(hit)} for hit in turn.knowledge],
        "usage": wire.usage(turn.usage),
        "nearest": [_near(one) for one in turn.nearest],
    }


def _near(near: Near) -> dict[str, Any]:
    shown = near._asdict()
    return {"script": shown.pop("script"), "from": shown.pop("layer"), **shown}


def _weight(prompt: Prompt) -> int:
    """Bytes that a prompt takes at most, in memory."""
    agent = prompt.agent
    total = weight((prompt.system_prompt, agent.few_shot_examples, prompt.content, prompt.calls))
    if agent.include_history:
        total += prompt.history.weight + sum(_MESSAGE + weight(one.text) for one in prompt.said)
    return total


def _cut(one: Execution) -> dict[str, Any]:
    """An execution that is too large by itself: its path and its agents, and how their texts begin."""
    whole = _execution(one._replace(outcome=one.outcome._replace(turns=(), variables={})), None)
    turns = [
        turn._replace(text=brief(turn.text, _BEGINNING), output=None, tool_calls=(), artifacts=(), knowledge=())
        for turn in one.outcome.turns
    ]
    return {**whole, "turns": [_turn(turn, None) for turn in turns], "cut": True}
