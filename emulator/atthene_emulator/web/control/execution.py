"""Handlers of the control plane that are about executions: what happened, scripts, coverage, gates."""

from typing import Any

from atthene_emulator.domain.clock import format_time
from atthene_emulator.domain.coverage import Covered
from atthene_emulator.domain.records import AGENTS, SESSIONS
from atthene_emulator.domain.runtime import Execution
from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.execution.walk import AgentTurn
from atthene_emulator.seeds.scripts import read_scripts
from atthene_emulator.web import wire
from atthene_emulator.web.control.road import ControlCall, ControlReply


async def list_executions(call: ControlCall) -> ControlReply:
    """What happened in a session: paths with their reasons, rendered prompts, tool calls, usage."""
    session_id = call.path["session_id"]
    session = await call.namespace.store.collection(SESSIONS).get(session_id)
    found = [one for one in call.namespace.executions if one.session_id == session_id]
    if session is None and not found:
        raise EmulatorRefusal(404, f"There is no session {session_id!r}; GET /__emulator/state lists them")
    shown = {
        "session_id": session_id,
        "usage": wire.usage(session.usage) if session else None,
        "executions": [_execution(one) for one in found],
    }
    return ControlReply(200, shown)


def _execution(one: Execution) -> dict[str, Any]:
    outcome = one.outcome
    return {
        "id": one.id,
        "turn": one.turn,
        "status": outcome.status,
        "error": {"type": outcome.failure.type, "message": outcome.failure.message} if outcome.failure else None,
        "started_at": format_time(one.started_at),
        "completed_at": format_time(one.completed_at),
        "path": [{"from": move.source, "to": move.target, "arm": move.arm, "why": move.why} for move in outcome.moves],
        "turns": [_turn(turn) for turn in outcome.turns],
        "variables": dict(outcome.variables),
        "usage": wire.usage(outcome.usage),
        "scripts": list(outcome.answered_by),
    }


def _turn(turn: AgentTurn) -> dict[str, Any]:
    return {
        "agent": turn.agent,
        "script": turn.script,
        "prompt": turn.prompt.messages(),
        "text": turn.text,
        "shown": turn.shown,
        "output": turn.output,
        "tool_calls": [
            {"name": call.name, "arguments": call.arguments, "result": call.result} for call in turn.tool_calls
        ],
        "usage": wire.usage(turn.usage),
    }


async def list_scripts(call: ControlCall) -> ControlReply:
    """The scripts in the order in which they are tried, and how often each has answered."""
    scripts = call.namespace.scripts
    shown = [
        {"name": one.name, "from": layer, "hits": scripts.hits[one.key], "times": one.times}
        for layer, one in scripts.layered()
    ]
    return ControlReply(200, shown)


async def add_scripts(call: ControlCall) -> ControlReply:
    """Put a script, a list of them, or what a seed has below `scripts`, in front of all others."""
    whole = call.body["scripts"] if isinstance(call.body, dict) and call.body.keys() == {"scripts"} else call.body
    entries = whole if isinstance(whole, list) else [whole]
    scripts = call.namespace.scripts
    read = read_scripts(entries, first=scripts.next_number)
    scripts.add(read)
    return ControlReply(201, [{"name": one.name} for one in read])


async def drop_scripts(call: ControlCall) -> ControlReply:
    """Forget the scripts that were added; those of the seed stay."""
    call.namespace.scripts.drop_added()
    return ControlReply(204)


async def coverage(call: ControlCall) -> ControlReply:
    """Which agents, edges, arms and outputs were exercised, by configuration; agents that never ran are there, too."""
    agents = await call.namespace.store.collection(AGENTS).all()
    covered = call.namespace.coverage.all(agent.configuration for agent in agents)
    return ControlReply(200, [_covered(one) for one in covered])


def _covered(one: Covered) -> dict[str, Any]:
    return {
        "name": one.configuration.name,
        "config_hash": one.configuration.digest[:12],
        "executions": one.executions,
        "covered": sum(count > 0 for _, count in one.elements),
        "total": len(one.elements),
        "elements": [
            {
                "kind": element.kind,
                "from": element.source,
                "to": element.target or None,
                "arm": element.arm,
                "count": count,
            }
            for element, count in one.elements
        ],
    }


async def list_gates(call: ControlCall) -> ControlReply:
    """Gates that are open or waited at."""
    gates = call.namespace.gates.list()
    return ControlReply(200, [{"name": name, "open": is_open, "waiting": n} for name, (is_open, n) in gates.items()])


async def open_gate(call: ControlCall) -> ControlReply:
    """Let executions through."""
    name, gates = call.path["name"], call.namespace.gates
    waiting = {gate: count for gate, (_, count) in gates.list().items() if count}
    gates.open(name)
    return ControlReply(200, {"name": name, "open": True, "released": waiting.pop(name, 0), "still_waiting": waiting})


async def close_gate(call: ControlCall) -> ControlReply:
    """Hold executions from now on."""
    call.namespace.gates.close(call.path["name"])
    return ControlReply(200, {"name": call.path["name"], "open": False})
