"""How things look on the wire: field names, times, hashes, contracts, JSON. This module is the one that knows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.contracts import Contract
from atthene_emulator.domain.agent import Agent, Version
from atthene_emulator.domain.feedback import Feedback
from atthene_emulator.domain.session import Session, Status
from atthene_emulator.domain.sessions import Started
from atthene_emulator.domain.transcript import CalledTool, Message
from atthene_emulator.execution.scripts import NOTHING
from atthene_emulator.execution.usage import Usage
from atthene_emulator.knowledge.hit import Hit
from atthene_emulator.secrecy import redact_sentence
from atthene_emulator.timestamps import format_time

if TYPE_CHECKING:
    from atthene_emulator.domain.execution import Execution

Json = dict[str, Any]


def encode(value: Any) -> bytes:
    """JSON in UTF-8."""
    return orjson.dumps(value)


def embedded(text: bytes) -> orjson.Fragment:
    """JSON that stands in other JSON as it is, in one line.

    Raises:
        ValueError: it is none, or it is nested too deeply.
    """
    try:
        return orjson.Fragment(orjson.dumps(orjson.loads(text)))
    except orjson.JSONEncodeError as error:
        raise ValueError(str(error)) from None


def config_hash(configuration: Configuration, contract: Contract) -> str:
    """The hash of a session's configuration as a contract writes it."""
    return contract.hash_form.format(configuration.digest)


def _document(configuration: Configuration) -> orjson.Fragment:
    """The user's document as it was sent, without decoding it again."""
    return orjson.Fragment(configuration.text)


def agent(one: Agent) -> Json:
    """An agent object, alike in every contract [documented: agents/get@G1]."""
    architecture, entry_point = one.configuration.system.declared
    return {
        "id": one.id,
        "agent_key": one.key,
        "name": one.name,
        "architecture": architecture,
        "entry_point": entry_point,
        "is_public": one.is_public,
        "is_shared": one.is_shared,
        "origin_url": one.origin_url,
        "owner": one.owner,
        "company": one.company,
        "system_config": _document(one.configuration),
        "version_number": _number(one.current),
        "config_hash": one.configuration.digest[:12],
        "created_at": format_time(one.created_at),
        "updated_at": format_time(one.updated_at),
    }


def _number(version: Version) -> str:
    return ".".join(map(str, version.number))


def agents(all_of_them: Iterable[Agent]) -> list[Json]:
    """A bare array [documented: agents/list@G1]."""
    return [agent(one) for one in all_of_them]


def current_version(one: Agent) -> Json:
    """The version that sessions are started from [documented: agents/current-version@G3; own id D60]."""
    return {
        "id": one.id_of(one.current),
        "version_number": _number(one.current),
        "system_config": _document(one.configuration),
        "metadata": {},
        "agent": one.id,
    }


def validation(findings: Sequence[Finding]) -> Json:
    """The answer of validate [documented: agents/validate@G1]; `findings` are errors only."""
    if not findings:
        return {"valid": True, "message": "Configuration is valid"}
    return {"valid": False, "errors": problems(finding.problem() for finding in findings)}


def problems(all_of_them: Iterable[Any]) -> list[Json]:
    """Items of `errors` [documented: agents/validate@G1]."""
    return [{"field": one.field, "message": one.message} for one in all_of_them]


def created_session(one: Session, contract: Contract) -> Json:
    """A session from a configuration [documented: sessions/create@G1, default-agent@G3, connecting-your-agent@G4]."""
    return _made(one, contract, contract.created)


def started_session(one: Started, contract: Contract) -> Json:
    """A session from an agent [documented: sessions/from-agent@G1, sessions/from-agent@G4, connecting-your-agent@G4]."""
    return _made(one.session, contract, contract.started, one.agent.name)


def _made(one: Session, contract: Contract, fields: Collection[str], agent_name: str | None = None) -> Json:
    known = {
        "success": True,
        "session_id": one.id,
        "agent_id": one.agent_id,
        "agent_key": one.agent_key,
        "agent_name": agent_name,
        "config_hash": config_hash(one.configuration, contract),
        "created_at": format_time(one.created_at) if "created_at" in fields else None,
    }
    return {field: known[field] for field in fields}


def session(one: Session, status: Status, contract: Contract) -> Json:
    """A session [documented: sessions/get@G1]."""
    return {
        "session_id": one.id,
        "config_hash": config_hash(one.configuration, contract),
        "created_at": format_time(one.created_at),
        "status": status,
        "agent_config": _document(one.configuration),
    }


def listed_session(one: Session, status: Status, contract: Contract) -> Json:
    """An item of the list [documented: sessions/list@G1]."""
    return {
        "session_id": one.id,
        "config_hash": config_hash(one.configuration, contract),
        "created_at": format_time(one.created_at),
        "status": status,
    }


def feedback(one: Feedback) -> Json:
    """What was said of a message (D64)."""
    return {
        "id": one.id,
        "message": one.message,
        "rating": one.rating,
        "comment": one.comment,
        "created_at": format_time(one.created_at),
        "updated_at": format_time(one.updated_at),
    }


def execution(one: "Execution", contract: Contract) -> Json:
    """The answer of execute, in the shape of a contract."""
    return _EXECUTIONS[contract.execution](one)


def _agent_session(one: "Execution") -> Json:
    """Contract `current` [documented: rest-api-tutorial@G4; times D30]."""
    outcome, failure = one.outcome, one.outcome.failure
    if outcome.status == "timeout":
        return _overtime(one)
    started, completed = int(one.started_at), int(one.completed_at)
    metadata: Json = {
        "correlation_id": one.correlation_id,
        "event_count": one.event_count,
        "execution_id": one.id,
        "usage": usage(outcome.usage),
    }
    if failure is not None:  # D10
        metadata["error"] = {"type": failure.type, "message": failure.message, **failure.details}
    return {
        "id": one.session_id,
        "object": "agent.session",
        "status": outcome.status,
        "created_at": started,
        "completed_at": completed,
        "config": {},
        "messages": [_produced(message) for message in one.messages],
        "execution_time": completed - started,
        "metadata": metadata,
    }


def _success(one: "Execution") -> Json:
    """Contract `reference` [documented: runtime/execute@G4; tool calls D31]."""
    match one.outcome.status:
        case "timeout":
            return _overtime(one)
        case "error":
            return {"success": False, "error": _why(one), "error_code": "EXECUTION_FAILED"}
        case "cancelled":
            return {"success": False, "error": _why(one), "error_code": "EXECUTION_CANCELLED"}
    last = one.messages[-1] if one.messages else None
    return {
        "success": True,
        "message_id": last.id if last else None,
        "response": {
            "content": last.content if last else "",
            "tool_calls": tool_calls(one.tool_calls),
        },
        "correlation_id": one.correlation_id,
    }


def _execution_result(one: "Execution") -> Json:
    """Contract `connecting` [documented: connecting-your-agent@G4]."""
    status = one.outcome.status
    messages = [
        {
            "type": "assistant_message",
            "role": message.role,
            "content": message.content,
            "timestamp": format_time(message.created_at),
        }
        for message in one.messages
    ]
    return _result(
        one.session_id,
        "error" if status == "cancelled" else status,  # D58: its page lists no other
        one.correlation_id,
        started_at=one.started_at,
        ended_at=one.completed_at,
        messages=messages,
        error=_why(one),
    )


def not_started(session_id: str, correlation_id: str | None, at: float, why: str) -> Json:
    """An execution whose variables have no values, in contract `connecting` (D34)."""
    return _result(session_id, "error", correlation_id, started_at=at, ended_at=at, messages=[], error=why)


def _result(
    session_id: str,
    status: str,
    correlation_id: str | None,
    *,
    started_at: float,
    ended_at: float,
    messages: list[Json],
    error: str | None,
) -> Json:
    return {
        "type": "execution_result",
        "client_type": "backend",
        "session_id": session_id,
        "status": status,
        "execution_time": round(ended_at - started_at, 3),
        "messages": messages,
        "error": error,
        "events": [],  # D69
        "timestamp": format_time(ended_at),
        "correlation_id": correlation_id,
    }


_EXECUTIONS = {"agent.session": _agent_session, "success": _success, "execution_result": _execution_result}


def _overtime(one: "Execution") -> Json:
    """An execution that took too long [documented: runtime@G0; status D57]."""
    return {"status": "error", "error": f"Execution timeout ({one.time_limit:g}s)", "session_id": one.session_id}


def _why(one: "Execution") -> str | None:
    """Why an execution came to no good end, in a sentence; None for one that did, and for one that took too long."""
    match one.outcome.status:
        case "cancelled":
            return "Execution cancelled"
        case "error":
            return one.outcome.failure.message if one.outcome.failure else None
        case _:
            return None


def cancelled(session_id: str) -> Json:
    """The answer of cancel [documented: runtime/cancel@G4]."""
    return {"id": session_id, "status": "cancelled", "message": "Execution cancelled successfully"}


def usage(one: Usage) -> Json:
    """Estimated tokens [documented: rest-api-tutorial@G4]."""
    return {"input_tokens": one.input_tokens, "output_tokens": one.output_tokens}


def hit(one: Hit) -> Json:
    """A chunk that was found in a knowledge base (D112)."""
    return {
        "source": one.source_name,
        "source_id": one.source_id,
        "chunk": one.chunk,
        "score": one.score,
        "text": one.text,
    }


def tool_calls(calls: Iterable[CalledTool]) -> list[Json]:
    """Items of `tool_calls` (D31)."""
    return [{"id": call.id, "name": call.name, "arguments": call.arguments, "result": call.result} for call in calls]


def _produced(message: Message) -> Json:
    """An item of an execution's messages."""
    shown: Json = {
        "id": message.id,
        "role": message.role,
        "content": message.content,
        "created_at": int(message.created_at),
    }
    return {**shown, "tool_calls": tool_calls(message.tool_calls)} if message.tool_calls else shown


def messages(page: Sequence[Message], total: int, offset: int) -> Json:
    """A page of history [documented: runtime/messages@G1]."""
    return {"messages": [_kept(message) for message in page], "total": total, "has_more": offset + len(page) < total}


def _kept(message: Message) -> Json:
    """An item of the history; what was thought belongs to its metadata (D75)."""
    shown: Json = {
        "id": message.id,
        "role": message.role,
        "content": message.content,
        "timestamp": format_time(message.created_at),
    }
    return {**shown, "metadata": {"thinking": message.thinking}} if message.thinking else shown


def session_status(one: Session, status: Status, last_activity: float) -> Json:
    """A session's status [documented: runtime/status@G1; transitions D40]."""
    return {
        "session_id": one.id,
        "status": status,
        "message_count": len(one.transcript),
        "last_activity": format_time(last_activity),
        "created_at": format_time(one.created_at),
        "health": "unhealthy" if status == "error" else "healthy",
    }


def error(kind: str, message: str, all_problems: Sequence[Any], members: Mapping[str, Any] = NOTHING) -> Json:
    """The envelope of errors, without secrets that they may quote [documented: authentication@G4; inside of details D03, D04].

    `members` stand beside type and message.
    """
    body: Json = {"type": kind, "message": redact_sentence(message), **members}
    if all_problems:
        told = problems(one._replace(message=redact_sentence(one.message)) for one in all_problems)
        body["details"] = {**body.get("details", NOTHING), "errors": told}
    return {"error": body}
