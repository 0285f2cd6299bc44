"""Handlers of `/runtime/{session_id}/`."""

from typing import Any

from atthene_emulator.web import wire
from atthene_emulator.web.call import Call


async def execute(call: Call) -> Any:
    """Give the session a message and answer what came of it."""
    body = call.body
    content = body["content"]
    execution = await call.namespace.runtime.execute(
        call.account,
        call.path["session_id"],
        content if isinstance(content, str) else tuple(content),
        inputs=body.get("inputs") or {},
        correlation_id=body.get("correlation_id"),
        strict=call.strict,
        patience=call.patience,
    )
    call.scripts = execution.outcome.answered_by
    return wire.execution(execution, call.contract)


async def list_messages(call: Call) -> Any:
    """A page of the session's history."""
    session_id, limit, offset = call.path["session_id"], call.query["limit"], call.query["offset"]
    page, total = await call.namespace.runtime.messages(call.account, session_id, limit=limit, offset=offset)
    return wire.messages(page, total, offset)


async def get_status(call: Call) -> Any:
    """How the session is."""
    session = await call.namespace.sessions.get(call.account, call.path["session_id"])
    return wire.session_status(session, call.namespace.sessions.status(session))
