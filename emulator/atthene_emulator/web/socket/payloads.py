"""How events and errors of a socket look on the wire. This module is the one that knows their field names."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.domain.execution import Execution
from atthene_emulator.domain.stream import Event, Events
from atthene_emulator.execution.happenings import Scripted
from atthene_emulator.execution.templates import text
from atthene_emulator.execution.usage import Usage
from atthene_emulator.execution.waits import Pause
from atthene_emulator.secrecy import redact_sentence
from atthene_emulator.web import wire

Json = dict[str, Any]
Fields = Callable[[Events, Event], Json]

_CLIENT_TYPE = "backend"
_JSON_TYPES: Mapping[type, str] = {
    bool: "boolean", int: "integer", float: "number", str: "string", list: "array", tuple: "array", dict: "object",
}  # fmt: skip


def event_frame(events: Events, event: Event) -> Json:
    """An `event` frame [documented: websocket-api@G4]."""
    return {
        "type": "event",
        "client_type": _CLIENT_TYPE,
        "message_id": str(event.mark),
        "prev_message_id": str(event.previous) if event.previous else None,
        "payload": payload(events, event),
    }


def payload(events: Events, event: Event) -> Json:
    """What an event frame is about; every payload has a time and, if its turn has one, the correlation id."""
    fields = _scripted if isinstance(event.what, Scripted) else _FIELDS[event.type]
    told: Json = {"type": event.type, **fields(events, event)}
    told.setdefault("timestamp", _timestamp(event.what.at))
    if events.correlation_id is not None:
        told.setdefault("correlation_id", events.correlation_id)
    return told


def result_frame(execution: Execution) -> Json:
    """The end of a turn: as execute answers in contract `connecting` [documented: connecting-your-agent@G4]."""
    return wire.execution(execution, CONTRACTS["connecting"])


def error_frame(code: str, message: str) -> Json:
    """An `error` frame [documented: websocket-api@G4]."""
    return {"type": "error", "client_type": _CLIENT_TYPE, "message": redact_sentence(message), "error_code": code}


@lru_cache(256)
def _timestamp(at: float) -> str:
    """ISO-8601 in UTC with microseconds."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")


def _execution(events: Events, _: Event) -> Json:
    return {"execution_id": events.execution_id, "session_id": events.session_id}


def _failed_execution(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {**_execution(events, event), "error_type": what.type, "message": what.message}


def _finished(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {"execution_id": events.execution_id, "finish_reason": what.finish_reason, "usage": _usage(what.usage)}


def _usage(one: Usage) -> Json:
    """Token counts, with a cost that nobody knows here (D114)."""
    total = one.input_tokens + one.output_tokens
    return {**wire.usage(one), "total_tokens": total, "estimated_cost": 0.0}


def _run(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {"run_id": events.run_id(what.run), "agent_name": what.agent}


def _failed_run(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {**_run(events, event), "message": what.message}


def _message(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {"messageId": what.id, "run_id": events.run_id(what.run)}


def _delta(events: Events, event: Event) -> Json:
    return {**_message(events, event), "delta": event.text}


def _introduction(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {**_run(events, event), "main_chatbox": what.main_chatbox}


def _introduced(events: Events, event: Event) -> Json:
    return {**_introduction(events, event), "delta": event.text}


def _call(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {"tool_call_id": what.id, "run_id": events.run_id(what.run)}


def _call_start(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {**_call(events, event), "tool_name": what.name, "agent_name": what.agent}


def _call_arguments(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {**_call(events, event), "delta": text(dict(what.arguments))}


def _call_result(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {**_call(events, event), "content": text(what.result)}


def _call_error(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {**_call(events, event), "message": text(what.result)}


def _look_up_start(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {**_call(events, event), "knowledge_base_name": what.knowledge_base, "agent_name": what.agent}


def _look_up_arguments(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {**_call(events, event), "delta": text({"query": what.query})}


def _look_up_result(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {**_call(events, event), "content": text([wire.hit(one) for one in what.hits])}


def _pause(events: Events, event: Event) -> Json:
    what: Any = event.what
    pause: Pause = what.pause
    asked: Json = {
        "kind": pause.kind,
        "tool_call_id": pause.id,
        "tool_name": pause.tool,
        "display_name": display_name(pause.tool),
        "agent_name": pause.agent,
        "display_text": pause.prompt,
        **_session(events),
        "run_id": events.run_id(what.run),
        "archetype": "generic",
        "tool_args": pause.arguments,
        "args_schema": _arguments_schema(pause),
    }
    if pause.kind == "ask_user_question":
        asked |= {"question": pause.question, "options": list(pause.options)}  # D98
    return {**_session(events), "payload": asked}


def _session(events: Events) -> Json:
    return {"session_id": events.session_id, "execution_id": events.execution_id}


def display_name(tool: str) -> str:
    """A tool's name for people: first word, colon, the rest, capitalised (inferred from `Mail: Send Email`)."""
    first, _, rest = tool.replace("-", "_").partition("_")
    words = " ".join(word.capitalize() for word in rest.split("_") if word)
    return f"{first.capitalize()}: {words}" if words else first.capitalize()


def _arguments_schema(pause: Pause) -> Json:
    """A schema for each argument: the seed's, else the type of what is proposed (D94)."""
    known = pause.schema.get("properties") if pause.schema else None
    if isinstance(known, Mapping):
        return {name: one if isinstance(one, Mapping) else {} for name, one in known.items()}
    return {
        name: {} if value is None else {"type": _JSON_TYPES.get(type(value), "object")}
        for name, value in pause.arguments.items()
    }


def _resolved(events: Events, event: Event) -> Json:
    what: Any = event.what
    return {**_session(events), "tool_call_id": what.id, "outcome": what.resolution}


def _condition(_: Events, event: Event) -> Json:
    what: Any = event.what
    return {"from": what.source, "to": what.target, "result": what.result, "reasoning": what.reasoning}


def _scripted(_: Events, event: Event) -> Json:
    what: Any = event.what
    return dict(what.event)


_FIELDS: Mapping[str, Fields] = {
    "ExecutionStarted": _execution,
    "ExecutionFinished": _finished,
    "ExecutionCancelled": _execution,
    "ExecutionError": _failed_execution,
    "RunStarted": _run,
    "RunFinished": _run,
    "RunError": _failed_run,
    "TextMessageStart": _message,
    "TextMessageContent": _delta,
    "TextMessageEnd": _message,
    "ThinkingStart": _message,
    "ThinkingContent": _delta,
    "ThinkingEnd": _message,
    "AgentIntroductionStart": _introduction,
    "AgentIntroductionContent": _introduced,
    "AgentIntroductionEnd": _introduction,
    "ToolCallStart": _call_start,
    "ToolCallArgs": _call_arguments,
    "ToolCallEnd": _call,
    "ToolCallResult": _call_result,
    "ToolCallError": _call_error,
    "KnowledgeBaseCallStart": _look_up_start,
    "KnowledgeBaseCallArgs": _look_up_arguments,
    "KnowledgeBaseCallEnd": _call,
    "KnowledgeBaseCallResult": _look_up_result,
    "HitlRequired": _pause,
    "HitlResolved": _resolved,
    "ConditionChecked": _condition,
}
