"""Handlers of the control plane: a namespace's state as a whole."""

from typing import Any

from atthene_emulator.domain.namespace import SCOPES, STATE
from atthene_emulator.domain.sessions import status_of
from atthene_emulator.errors import Misuse
from atthene_emulator.timestamps import format_time
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.wording import did_you_mean


def get_state(exchange: Exchange) -> Any:
    """Counts, accounts with masked keys, agents, sessions."""
    namespace = exchange.namespace
    records = namespace.records
    agents, sessions = records.agents, records.sessions
    return {
        "namespace": namespace.name,
        "contract": namespace.contract.name,
        "clock": {"mode": namespace.clock.mode, "now": format_time(namespace.clock.now())},
        "scenario": namespace.scenario.name,
        "counts": {
            "accounts": len(namespace.accounts),
            "agents": len(agents),
            "sessions": len(sessions),
            "files": sum(not file.is_deleted for file in records.files),
            "collections": len(records.collections),
            "knowledge_bases": len(records.knowledge_bases),
            "artifacts": len(records.artifacts),
            "images": len(records.images),
            "content_bytes": namespace.contents.weight,
            "content_dropped": namespace.contents.dropped,
            "scripts": len(tuple(namespace.scripts)),
            "faults": len(namespace.faults),
            "snapshots": len(namespace.snapshots),
            "journal": len(namespace.journal),
            "journal_dropped": namespace.journal.dropped,
        },
        "accounts": [
            {
                "id": account.id,
                "company": account.company,
                "api_keys": [_masked(key.key) for key in namespace.keys.values() if key.account == account],
            }
            for account in namespace.accounts
        ],
        "agents": [{"id": one.id, "agent_key": one.key, "owner": one.owner} for one in agents],
        "sessions": [
            {
                "session_id": one.id,
                "owner": one.owner,
                "status": status_of(namespace, one),
                "message_count": len(one.transcript),
            }
            for one in sessions
        ],
    }


def _masked(key: str) -> str:
    """The first two characters, which tell keys of a seed apart without giving one away."""
    return f"{key[:2]}…"


def reset(exchange: Exchange) -> Any:
    """Back to the seed, wholly or in the scopes that the query names."""
    scopes = tuple(exchange.query["scope"].split(",")) if "scope" in exchange.query else STATE
    for scope in scopes:
        if scope not in SCOPES:
            near = did_you_mean(scope, SCOPES, f"; there are {', '.join(SCOPES)}.")
            raise Misuse(f"There is no scope {scope[:60]}{near}")
    exchange.namespace.reset(scopes)
    return {"reset": exchange.namespace.name, "scope": list(scopes)}


def clear(exchange: Exchange) -> Any:
    """Empty: no agents, sessions and scripts."""
    exchange.namespace.clear()
    return {"cleared": exchange.namespace.name}
