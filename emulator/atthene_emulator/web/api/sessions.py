"""Handlers of `/sessions/`."""

from typing import Any

from atthene_emulator.web import wire
from atthene_emulator.web.call import Call


async def list_sessions(call: Call) -> Any:
    """The account's sessions."""
    sessions = call.namespace.sessions
    newest_first = call.rulings["D20"] == "newest first"
    found = await sessions.list(call.account, newest_first=newest_first, **call.query)
    return [wire.listed_session(one, sessions.status(one), call.contract) for one in found]


async def create_session(call: Call) -> Any:
    """Keep a new session with the configuration in the body."""
    configuration = call.accept_configuration()
    session = await call.namespace.sessions.create(call.account, configuration, call.contract)
    return wire.created_session(call.noting(session), call.contract)


async def get_session(call: Call) -> Any:
    """One session."""
    session = await call.namespace.sessions.get(call.account, call.path["session_id"])
    return wire.session(session, call.namespace.sessions.status(session), call.contract)


async def delete_session(call: Call) -> None:
    """Forget a session."""
    await call.namespace.sessions.delete(call.account, call.path["session_id"])


async def start_session(call: Call) -> Any:
    """A new session of an agent named in the path."""
    session = await call.namespace.sessions.start(call.account, call.path["agent_id"], call.contract)
    return wire.started_session(call.noting(session), call.contract)


async def start_session_by_key(call: Call) -> Any:
    """A new session of an agent named in the query. D22: a GET that creates."""
    session = await call.namespace.sessions.start(call.account, call.query["agent_key"], call.contract)
    return wire.started_session(call.noting(session), call.contract)


async def delete_sessions_of_agent(call: Call) -> Any:
    """Forget the account's sessions of an agent."""
    return {"deleted": await call.namespace.sessions.delete_of_agent(call.account, call.query["agent_key"])}
