"""Handlers of the control plane, a few lines each."""

from typing import Any, get_args

from emulator import __version__
from emulator.configuration.document import Unreadable
from emulator.configuration.json_text import read_json
from emulator.configuration.schema import did_you_mean
from emulator.domain.clock import format_time
from emulator.domain.journal import Entry, Outcome
from emulator.domain.records import AGENTS, SESSIONS
from emulator.errors import EmulatorRefusal
from emulator.web.control.road import ControlCall, ControlReply
from emulator.web.operations import OPERATIONS, PREFIX

_FILTERS = ("operation", "status", "outcome", "session_id", "method", "path")


async def health(call: ControlCall) -> ControlReply:
    """Alive, and as what."""
    shown = {
        "status": "ok",
        "version": __version__,
        "contract": call.emulator.default.contract,
        "uptime_seconds": int(call.emulator.uptime()),
        "namespaces": len(call.emulator.namespaces),
    }
    return ControlReply(200, shown)


async def ready(call: ControlCall) -> ControlReply:
    """200 once the seeds are loaded, 503 before."""
    if not call.emulator.ready:
        raise EmulatorRefusal(503, "The seeds are being loaded; ask again")
    return ControlReply(200, {"status": "ready"})


async def operations(_: ControlCall) -> ControlReply:
    """The rows of the imitated API."""
    shown = [
        {
            "name": row.name,
            "method": row.method,
            "path": PREFIX + row.path,
            "summary": row.summary,
            "status": row.status,
            "evidence": {"level": row.evidence.level, "source": row.evidence.source},
            "status_evidence": {"level": row.status_evidence.level, "source": row.status_evidence.source},
            "errors": sorted({error.status for error in row.errors}),
        }
        for row in OPERATIONS
    ]
    return ControlReply(200, shown)


async def reset(call: ControlCall) -> ControlReply:
    """Back to the seed."""
    await call.namespace.reset()
    return ControlReply(200, {"reset": call.namespace.name})


async def state(call: ControlCall) -> ControlReply:
    """Counts, accounts with masked keys, agents, sessions."""
    namespace = call.namespace
    agents = await namespace.store.collection(AGENTS).all()
    sessions = await namespace.store.collection(SESSIONS).all()
    shown = {
        "namespace": namespace.name,
        "contract": namespace.contract,
        "clock": {"mode": namespace.clock.mode, "now": format_time(namespace.clock.now())},
        "counts": {
            "accounts": len(namespace.seed.accounts),
            "agents": len(agents),
            "sessions": len(sessions),
            "journal": len(namespace.journal),
            "journal_dropped": namespace.journal.dropped,
        },
        "accounts": [
            {
                "id": account.id,
                "company": account.company,
                "api_keys": [_masked(key.key) for key in namespace.keys.values() if key.account == account],
            }
            for account in namespace.seed.accounts
        ],
        "agents": [{"id": one.id, "agent_key": one.key, "owner": one.owner} for one in agents],
        "sessions": [
            {
                "session_id": one.id,
                "owner": one.owner,
                "status": namespace.sessions.status(one),
                "message_count": len(one.transcript),
            }
            for one in sessions
        ],
    }
    return ControlReply(200, shown)


def _masked(key: str) -> str:
    """The first two characters, which tell keys of a seed apart without giving one away."""
    return f"{key[:2]}…"


async def journal(call: ControlCall) -> ControlReply:
    """Entries, newest last, that match the filters."""
    wanted = _wanted(call)
    limit, offset = _count(call, "limit", 1000), _count(call, "offset", 0)
    found = [entry for entry in call.namespace.journal if _matches(entry, wanted)]
    page = found[offset : offset + limit]
    return ControlReply(200, [_entry(entry) for entry in page], {"X-Total-Count": str(len(found))})


def _wanted(call: ControlCall) -> dict[str, str]:
    """The filters of a request.

    Raises:
        EmulatorRefusal: 400, a filter is unknown, or could never match anything.
    """
    known = (*_FILTERS, "limit", "offset", "namespace")
    for name in call.query:
        if name not in known:
            raise EmulatorRefusal(400, f"There is no filter {name[:60]}{did_you_mean(name, known)}")
    possible = {"outcome": get_args(Outcome), "operation": tuple(row.name for row in OPERATIONS)}
    for name, values in possible.items():
        value = call.query.get(name)
        if value is not None and value not in values:
            near = did_you_mean(value, values, f"; there are {', '.join(values)}.")
            raise EmulatorRefusal(400, f"No request has the {name} {value[:60]}{near}")
    status = call.query.get("status", "0")
    if not (status.isascii() and status.isdigit()):
        raise EmulatorRefusal(400, f"status must be a number, not {status[:60]!r}")
    return {name: call.query[name] for name in _FILTERS if name in call.query}


def _count(call: ControlCall, name: str, default: int) -> int:
    text = call.query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004
        raise EmulatorRefusal(400, f"{name} must be a whole number, not {text!r}")
    return int(text)


def _matches(entry: Entry, wanted: dict[str, str]) -> bool:
    return all(str(getattr(entry, name)) == value for name, value in wanted.items())


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": format_time(entry.at),
        "operation": entry.operation,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "headers": _headers(entry.headers),
        "body": _readable(entry.body),
        "status": entry.status,
        "response": _readable(entry.response),
        "duration_ms": round(entry.duration * 1000, 3),
        "outcome": entry.outcome,
        "session_id": entry.session_id,
        "script": list(entry.scripts),
        "evidence": entry.evidence,
        "findings": list(entry.findings),
        "delivered": entry.delivered,
    }


def _headers(lines: bytes) -> dict[str, str]:
    pairs = (line.partition(": ") for line in lines.decode("latin-1").split("\n") if line)
    return {name: value for name, _, value in pairs}


def _readable(body: bytes) -> Any:
    """The body as JSON where it is JSON, else as text; None for none."""
    if not body:
        return None
    try:
        return read_json(body).value
    except Unreadable:
        return body.decode(errors="replace")
