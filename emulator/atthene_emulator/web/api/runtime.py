"""Handlers of `/runtime/{session_id}/`."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.domain import runtime
from atthene_emulator.domain.journal import Outcome
from atthene_emulator.domain.sessions import get_session, last_activity_of, status_of
from atthene_emulator.errors import NotAMessage, Problem, VariableError
from atthene_emulator.execution.message_content import Content
from atthene_emulator.execution.walk import Status
from atthene_emulator.web import wire
from atthene_emulator.web.corpora import read_all, unread_of
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.unread import undeclared

_WENT: Mapping[Status, Outcome] = {"completed": "ok", "error": "failed", "timeout": "timeout", "cancelled": "cancelled"}


async def execute(exchange: Exchange) -> Any:
    """Give the session a message and answer what came of it."""
    body, namespace, session_id = exchange.body, exchange.namespace, exchange.path["session_id"]
    correlation_id, inputs = body.get("correlation_id"), body.get("inputs") or {}
    if inputs:
        variables = get_session(namespace, exchange.account, session_id).configuration.system.variables
        exchange.tell_unread(undeclared(inputs, variables))
    content = _content(body)
    if namespace.records.knowledge_bases:
        bases = unread_of(namespace, get_session(namespace, exchange.account, session_id))
        await read_all(namespace, bases)
    try:
        execution = await runtime.execute(
            namespace,
            exchange.account,
            session_id,
            content,
            inputs=inputs,
            correlation_id=correlation_id,
            strict=exchange.strict,
            waiter=lambda: exchange.waiter_with(session_id),
        )
    except VariableError as error:
        if exchange.contract.execution != "execution_result":
            raise
        exchange.went = "failed"
        return wire.not_started(session_id, correlation_id, namespace.clock.now(), error.explanation)
    exchange.scripts = execution.outcome.answered_by
    exchange.went = "paused" if execution.is_paused else _WENT[execution.outcome.status]
    return wire.execution(execution, exchange.contract)


def _content(body: Mapping[str, Any]) -> Content | None:
    """The user's message; None where only inputs are given (D52).

    Raises:
        NotAMessage: there is neither.
    """
    content = body.get("content", body.get("message", ""))  # D53
    if content.strip() if isinstance(content, str) else content:
        return content if isinstance(content, str) else tuple(content)
    if body.get("inputs") is None:
        raise NotAMessage(None, [Problem("content", "content is required where no inputs are given.")])
    return None


def cancel(exchange: Exchange) -> Any:
    """End what runs in the session."""
    session_id = exchange.path["session_id"]
    runtime.cancel(exchange.namespace, exchange.account, session_id)
    return wire.cancelled(session_id)


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
