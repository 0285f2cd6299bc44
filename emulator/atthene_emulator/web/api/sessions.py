"""Handlers of `/sessions/`."""

from typing import Any

from atthene_emulator.domain import sessions
from atthene_emulator.web import wire
from atthene_emulator.web.exchange import Exchange


def list_sessions(exchange: Exchange) -> Any:
    """The account's sessions."""
    namespace, newest_first = exchange.namespace, exchange.rulings["D20"] == "newest first"
    found = sessions.list_sessions(namespace, exchange.account, newest_first=newest_first, **exchange.query)
    return [wire.listed_session(one, sessions.status_of(namespace, one), exchange.contract) for one in found]


async def create_session(exchange: Exchange) -> Any:
    """Keep a new session with the configuration in the body."""
    configuration = await exchange.accept_configuration()
    session = sessions.create_session(exchange.namespace, exchange.account, configuration, exchange.contract)
    return wire.created_session(exchange.noting(session), exchange.contract)


def get_session(exchange: Exchange) -> Any:
    """One session."""
    session = sessions.get_session(exchange.namespace, exchange.account, exchange.path["session_id"])
    return wire.session(session, sessions.status_of(exchange.namespace, session), exchange.contract)


def delete_session(exchange: Exchange) -> None:
    """Forget a session."""
    sessions.delete_session(exchange.namespace, exchange.account, exchange.path["session_id"])


def delete_all_sessions(exchange: Exchange) -> None:
    """Forget the account's sessions, or those of the end user that it speaks for."""
    sessions.delete_all_sessions(exchange.namespace, exchange.account)


def start_session(exchange: Exchange) -> Any:
    """A new session of an agent named in the path."""
    return _started(exchange, exchange.path["agent_id"], None)


def start_session_by_key(exchange: Exchange) -> Any:
    """A new session of an agent named in the query. D22: a GET that creates."""
    return _started(exchange, exchange.query["agent_key"], exchange.query["version"])


def _started(exchange: Exchange, agent: str, version: str | None) -> Any:
    started = sessions.start_session(exchange.namespace, exchange.account, agent, exchange.contract, version)
    exchange.noting(started.session)
    return wire.started_session(started, exchange.contract)


def start_default_session(exchange: Exchange) -> Any:
    """A new session of the server's own default agent (D63). D22: a GET that creates."""
    namespace = exchange.namespace
    configuration = namespace.seed.default_agent or exchange.emulator.library.default_agent
    session = sessions.create_session(namespace, exchange.account, configuration, exchange.contract)
    return wire.created_session(exchange.noting(session), exchange.contract)


def delete_sessions_of_agent(exchange: Exchange) -> Any:
    """Forget the account's sessions of an agent."""
    agent_key = exchange.query["agent_key"]
    return {"deleted": sessions.delete_sessions_of_agent(exchange.namespace, exchange.account, agent_key)}


def give_feedback(exchange: Exchange) -> Any:
    """Keep what a user says of a message."""
    said = {name: exchange.body[name] for name in ("rating", "comment") if name in exchange.body}
    message = exchange.body["message"]
    return wire.feedback(sessions.give_feedback(exchange.namespace, exchange.account, message, said))
