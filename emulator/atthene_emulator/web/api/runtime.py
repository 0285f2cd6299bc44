"""Handlers of `/runtime/{session_id}/`."""

from typing import Any

from atthene_emulator.domain import runtime
from atthene_emulator.domain.sessions import get_session, last_activity_of, status_of
from atthene_emulator.web import wire
from atthene_emulator.web.exchange import Exchange


async def execute(exchange: Exchange) -> Any:
    """Give the session a message and answer what came of it."""
    body = exchange.body
    content = body["content"]
    execution = await runtime.execute(
        exchange.namespace,
        exchange.account,
        exchange.path["session_id"],
        content if isinstance(content, str) else tuple(content),
        inputs=body.get("inputs") or {},
        correlation_id=body.get("correlation_id"),
        strict=exchange.strict,
        waiter=exchange.waiter,
    )
    exchange.scripts = execution.outcome.answered_by
    return wire.execution(execution, exchange.contract)


def list_messages(exchange: Exchange) -> Any:
    """A page of the session's history."""
    session_id, limit, offset = exchange.path["session_id"], exchange.query["limit"], exchange.query["offset"]
    page, total = runtime.list_messages(exchange.namespace, exchange.account, session_id, limit=limit, offset=offset)
    return wire.messages(page, total, offset)


def get_status(exchange: Exchange) -> Any:
    """How the session is."""
    namespace = exchange.namespace
    session = get_session(namespace, exchange.account, exchange.path["session_id"])
    return wire.session_status(session, status_of(namespace, session), last_activity_of(namespace, session))
