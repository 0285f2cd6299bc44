"""Handlers of the control plane: executions."""

from typing import Any

from atthene_emulator.domain.executions import Execution
from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.domain.run import Run
from atthene_emulator.errors import Unknown
from atthene_emulator.execution.failures import Failure
from atthene_emulator.execution.turn import AgentTurn
from atthene_emulator.timestamps import format_time
from atthene_emulator.web import wire
from atthene_emulator.web.exchange import Exchange


def list_executions(exchange: Exchange) -> Any:
    """What happened in a session: paths with their reasons, rendered prompts, tool calls, usage; without secrets."""
    session_id = exchange.path["session_id"]
    session = exchange.namespace.records.sessions.get(session_id)
    found = exchange.namespace.executions.of_session(session_id)
    if session is None and not found:
        raise Unknown(f"There is no session {session_id!r}; GET /__emulator/state lists them")
    shown = {
        "session_id": session_id,
        "usage": wire.usage(session.usage) if session else None,
        "executions": [_execution(one) for one in found],
        "paused": _paused(exchange.namespace.running.get(session_id)),
    }
    return redact_value(shown, exchange.secrets)


def _paused(run: Run | None) -> dict[str, Any] | None:
    """What a person is to decide about."""
    if run is None or run.wait.approval is None:
        return None
    start = run.start
    return {"turn": start.situation.turn, "started_at": format_time(start.at), **run.wait.approval._asdict()}


def _execution(one: Execution) -> dict[str, Any]:
    outcome = one.outcome
    return {
        "id": one.id,
        "turn": one.turn,
        "status": outcome.status,
        "error": _error(outcome.failure) if outcome.failure else None,
        "started_at": format_time(one.started_at),
        "completed_at": format_time(one.completed_at),
        "path": [{"from": move.source, "to": move.target, "arm": move.arm, "why": move.why} for move in outcome.moves],
        "turns": [_turn(turn) for turn in outcome.turns],
        "variables": dict(outcome.variables),
        "usage": wire.usage(outcome.usage),
        "scripts": list(outcome.answered_by),
        "notes": list(outcome.notes),
    }


def _error(failure: Failure) -> dict[str, Any]:
    return {"type": failure.type, "message": failure.message, **failure.details}


def _turn(turn: AgentTurn) -> dict[str, Any]:
    return {
        "agent": turn.agent,
        "script": turn.script,
        "prompt": turn.prompt.messages(),
        "text": turn.text,
        "shown": turn.shown,
        "output": turn.output,
        "tool_calls": [call._asdict() for call in turn.tool_calls],
        "usage": wire.usage(turn.usage),
    }
