"""Handlers of the control plane: sessions of all accounts."""

import re
from collections.abc import Callable, Mapping
from heapq import nlargest
from typing import Any, NamedTuple, get_args

from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.domain.run import Run
from atthene_emulator.domain.session import Session, Status
from atthene_emulator.domain.sessions import last_activity_of, status_of
from atthene_emulator.domain.weight import weight
from atthene_emulator.errors import Misuse, Unknown
from atthene_emulator.execution.happenings import RunStarted
from atthene_emulator.limits import MESSAGES, SESSIONS
from atthene_emulator.timestamps import format_time
from atthene_emulator.web import wire
from atthene_emulator.web.aside import aside
from atthene_emulator.web.control.journal import count_of
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.wording import did_you_mean

FILTERS = ("status", "agent_key", "config_hash", "q")
_PAGE = 50
_HASH = 12  # digits of a configuration's hash
_LOOKED_AT = 400  # bytes that looking at a session, and showing it, is worth


async def list_sessions(exchange: Exchange) -> Any:
    """A page of the sessions that pass the filters, those with the newest activity first; without secrets."""
    namespace, passes = exchange.namespace, _passes(exchange)
    limit, offset = count_of(exchange, "limit", _PAGE), count_of(exchange, "offset", 0)
    if limit > SESSIONS.most:
        raise Misuse(f"limit is {SESSIONS.shown} at most, not {limit:,}; offset leads to further ones")
    sessions, secrets = tuple(namespace.records.sessions), exchange.secrets

    def looked_through() -> tuple[int, Any]:
        found = [
            _Found(last_activity_of(namespace, one), place, one) for place, one in enumerate(sessions) if passes(one)
        ]
        page = nlargest(offset + limit, found)[offset:]
        return len(found), redact_value([_session(namespace, one.session) for one in page], secrets)

    count, shown = await aside(len(sessions) * _LOOKED_AT, looked_through)
    exchange.notes.append((b"x-total-count", str(count).encode()))
    return shown


class _Found(NamedTuple):
    """A session in its order: by its last activity, and of several at once the one that was made last."""

    at: float
    place: int
    session: Session


def _passes(exchange: Exchange) -> Callable[[Session], bool]:
    """Whether a session passes the filters of a request.

    Raises:
        Misuse: a filter could never match anything.
    """
    wanted, namespace = {name: exchange.query[name] for name in FILTERS if name in exchange.query}, exchange.namespace
    status, agent_key, digest = wanted.get("status"), wanted.get("agent_key"), wanted.get("config_hash", "")
    part = wanted.get("q", "").lower()
    if status is not None and status not in (known := get_args(Status)):
        near = did_you_mean(status, known, f"; there are {', '.join(known)}.")
        raise Misuse(f"No session has the status {status[:60]}{near}")
    if not re.fullmatch(f"[0-9a-f]{{0,{_HASH}}}", digest):
        raise Misuse(f"config_hash is {_HASH} hexadecimal digits, or their beginning, not {digest[:60]!r}")

    def passes(one: Session) -> bool:
        return (
            (status is None or status_of(namespace, one) == status)
            and (agent_key is None or one.agent_key == agent_key)
            and one.configuration.digest.startswith(digest)
            and part in one.id.lower()
        )

    return passes


async def get_session(exchange: Exchange) -> Any:
    """A session with its usage, its variables and a key that may use it; without secrets but for that."""
    namespace, session = exchange.namespace, _session_named(exchange)
    run = namespace.running.get(session.id)
    about = {
        **_session(namespace, session),
        "usage": wire.usage(session.usage),
        "variables": dict(session.variables),
        "running": None if run is None else _running(run, namespace.clock.elapsed()),
    }
    shown: Mapping[str, Any] = await aside(
        weight((session.variables, run and run.start.content)), redact_value, about, exchange.secrets
    )
    return {**shown, "api_key": _key(exchange, session)}


async def list_messages(exchange: Exchange) -> Any:
    """The newest messages of a session, oldest first, as its owner is shown them; without secrets."""
    transcript = _session_named(exchange).transcript
    total, tail = len(transcript), count_of(exchange, "tail", MESSAGES.most)
    if tail > MESSAGES.most:
        raise Misuse(f"tail is {MESSAGES.shown} at most, not {tail:,}")
    offset, secrets = max(0, total - tail), exchange.secrets

    def shown() -> Any:
        return redact_value(wire.messages(transcript.page(offset, tail), total, offset), secrets)

    return await aside(transcript.weight, shown)


def _session_named(exchange: Exchange) -> Session:
    """The session that the path names.

    Raises:
        Unknown: there is none.
    """
    session_id, sessions = exchange.path["session_id"], exchange.namespace.records.sessions
    found: Session | None = sessions.get(session_id)
    if found is None:
        near = did_you_mean(session_id, [one.id for one in sessions], "; GET /__emulator/sessions lists them")
        raise Unknown(f"There is no session {session_id[:80]!r}{near}")
    return found


def _session(namespace: Namespace, one: Session) -> dict[str, Any]:
    run, configuration = namespace.running.get(one.id), one.configuration
    return {
        "session_id": one.id,
        "owner": one.owner,
        "user": one.user,
        "agent_id": one.agent_id,
        "agent_key": one.agent_key,
        "configuration": {"name": configuration.name, "config_hash": configuration.digest[:_HASH]},
        "status": status_of(namespace, one),
        "waits_for": None if run is None else _waits_for(run),
        "turns": one.turns if run is None else run.start.situation.turn,
        "message_count": len(one.transcript),
        "created_at": format_time(one.created_at),
        "last_activity": format_time(last_activity_of(namespace, one)),
    }


def _waits_for(run: Run) -> dict[str, Any]:
    """What an execution waits for: a person, a gate or time."""
    if run.wait.pause is not None:
        return {"pause": run.wait.pause.id}
    return {"time": True} if run.wait.gate is None else {"gate": run.wait.gate}


def _running(run: Run, elapsed: float) -> dict[str, Any]:
    """An execution on its way: what the user has said, whose turn it is, and how long it may still take."""
    begun = (one.agent for one in reversed(run.start.walk.record.happened) if isinstance(one, RunStarted))
    return {
        "turn": run.start.situation.turn,
        "started_at": format_time(run.start.at),
        "content": run.start.content,
        "agent": next(begun, None),
        "seconds_left": round(max(0.0, run.deadline - elapsed), 3),
    }


def _key(exchange: Exchange, session: Session) -> str | None:
    """A key of the session's owner that may do everything now: that of the namespace, which leads there by itself, if it is one.

    Who has that key alone is told no other.
    """
    namespace = exchange.namespace
    now, minted = namespace.clock.now(), namespace.minted
    able = (
        one
        for one in sorted(namespace.keys.values(), key=lambda one: one != minted)
        if one.account.id == session.owner
        and one.permissions is None
        and (one.expires_at is None or one.expires_at > now)
        and (exchange.caller.access == "emulator" or one == minted)
    )
    return next((one.key for one in able), None)
