"""Handlers of the control plane that are about whole worlds: namespaces, state, reset, snapshots, scenarios."""

import re
from typing import Any

from atthene_emulator.addresses import API
from atthene_emulator.configuration.document import Document
from atthene_emulator.configuration.findings import errors
from atthene_emulator.domain.clock import format_time
from atthene_emulator.domain.namespace import SCOPES, STATE, Namespace
from atthene_emulator.domain.records import AGENTS, SESSIONS
from atthene_emulator.domain.seed import Scenario, Seed
from atthene_emulator.domain.snapshots import Snapshot
from atthene_emulator.errors import EmulatorRefusal, SetupError
from atthene_emulator.seeds.reader import examine_seed
from atthene_emulator.web.control.road import ControlCall, ControlReply
from atthene_emulator.wording import did_you_mean


async def list_namespaces(call: ControlCall) -> ControlReply:
    """Every namespace with a key of it."""
    return ControlReply(200, [_namespace(one, call) for one in call.emulator.namespaces])


def _namespace(one: Namespace, call: ControlCall) -> dict[str, Any]:
    return {"name": one.name, "api_key": one.working_key or None, "base_url": f"http://{call.host}{API}"}


async def create_namespace(call: ControlCall) -> ControlReply:
    """A new namespace, from a seed or as a fork of another."""
    name, source, given = call.body.get("name"), call.body.get("from"), call.body.get("seed")
    if source is not None:
        made = await call.emulator.fork(name, call.emulator.namespace(source), call.body.get("snapshot"))
    elif isinstance(given, dict):
        seed = _inline_seed(given)
        made = await call.emulator.create(name, seed, seed.contract)
    else:
        made = await call.emulator.create(name, None if given is None else _seed(call, given))
    return ControlReply(201, _namespace(made, call))


def _seed(call: ControlCall, name: str) -> Seed:
    known = call.emulator.library.seeds
    if name not in known:
        near = did_you_mean(name, known, f"; there are {', '.join(known)}, or send a seed itself.")
        raise EmulatorRefusal(404, f"There is no seed {name[:60]}{near}")
    return call.emulator.library.seed(name)


def _inline_seed(value: dict[str, Any]) -> Seed:
    seed, findings = examine_seed(Document(value, "", lambda _: {}))
    wrong = errors(findings)
    if wrong or seed is None:
        raise EmulatorRefusal(400, "The seed has mistakes", [finding.below("seed").problem() for finding in wrong])
    return seed


async def delete_namespace(call: ControlCall) -> ControlReply:
    """Forget a namespace."""
    await call.emulator.delete(call.path["name"])
    return ControlReply(204)


async def state(call: ControlCall) -> ControlReply:
    """Counts, accounts with masked keys, agents, sessions."""
    namespace = call.namespace
    agents = await namespace.store.collection(AGENTS).all()
    sessions = await namespace.store.collection(SESSIONS).all()
    shown = {
        "namespace": namespace.name,
        "contract": namespace.contract,
        "clock": {"mode": namespace.clock.mode, "now": format_time(namespace.clock.now())},
        "scenario": namespace.scenario,
        "counts": {
            "accounts": len(namespace.accounts),
            "agents": len(agents),
            "sessions": len(sessions),
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


async def reset(call: ControlCall) -> ControlReply:
    """Back to the seed, wholly or in the scopes that the query names."""
    scopes = tuple(call.query["scope"].split(",")) if "scope" in call.query else STATE
    for scope in scopes:
        if scope not in SCOPES:
            near = did_you_mean(scope, SCOPES, f"; there are {', '.join(SCOPES)}.")
            raise EmulatorRefusal(400, f"There is no scope {scope[:60]}{near}")
    await call.namespace.reset(scopes)
    return ControlReply(200, {"reset": call.namespace.name, "scope": list(scopes)})


async def clear(call: ControlCall) -> ControlReply:
    """Empty: no agents, sessions and scripts."""
    await call.namespace.clear()
    return ControlReply(200, {"cleared": call.namespace.name})


async def list_snapshots(call: ControlCall) -> ControlReply:
    """Every snapshot, oldest first."""
    return ControlReply(200, [_snapshot(one) for one in call.namespace.snapshots])


def _snapshot(one: Snapshot) -> dict[str, Any]:
    return {
        "name": one.name,
        "taken_at": format_time(one.taken_at),
        "agents": one.agents,
        "sessions": one.sessions,
    }


async def take_snapshot(call: ControlCall) -> ControlReply:
    """Keep what the namespace is now."""
    return ControlReply(201, _snapshot(await call.namespace.take_snapshot(call.body.get("name"))))


async def export_snapshot(call: ControlCall) -> ControlReply:
    """One JSON document."""
    from atthene_emulator.domain.snapshot_document import exported  # noqa: PLC0415  # the start is quicker without

    return ControlReply(200, await exported(call.namespace.snapshots.get(call.path["name"]), call.namespace))


async def import_snapshot(call: ControlCall) -> ControlReply:
    """Keep a snapshot that was exported."""
    name = call.path["name"]
    if not _is_name(name):
        raise EmulatorRefusal(400, "A name has up to 64 letters, digits, -, _ and ., and does not begin with .")
    from atthene_emulator.domain.snapshot_document import imported  # noqa: PLC0415  # the same

    snapshot = await imported(call.body, name, call.namespace)
    call.namespace.snapshots.put(snapshot)
    return ControlReply(201, _snapshot(snapshot))


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}", name) is not None


async def drop_snapshot(call: ControlCall) -> ControlReply:
    """Forget a snapshot."""
    call.namespace.snapshots.drop(call.path["name"])
    return ControlReply(204)


async def restore_snapshot(call: ControlCall) -> ControlReply:
    """Go back to a snapshot."""
    return ControlReply(200, _snapshot(await call.namespace.restore_snapshot(call.path["name"])))


async def list_scenarios(call: ControlCall) -> ControlReply:
    """Every scenario, those of the seed first, and which one is active."""
    shown = [
        {"name": name, "description": description, "active": name == call.namespace.scenario}
        for name, description in _descriptions(call, call.namespace.seed).items()
    ]
    return ControlReply(200, shown)


def _descriptions(call: ControlCall, seed: Seed) -> dict[str, str]:
    own = {name: one.description for name, one in seed.scenarios.items()}
    return {**own, **{name: text for name, text in call.emulator.library.scenarios.items() if name not in own}}


def _scenario(call: ControlCall, name: str, seed: Seed) -> Scenario:
    own = seed.scenarios.get(name)
    if own is not None:
        return own
    try:
        return call.emulator.library.scenario(name, seed)
    except SetupError as error:
        raise EmulatorRefusal(409, f"The scenario {name} does not fit this namespace: {error}") from None


async def use_scenario(call: ControlCall) -> ControlReply:
    """Switch to a scenario."""
    name, known = call.path["name"], tuple(_descriptions(call, call.namespace.seed))
    if name not in known:
        there = f"; there are {', '.join(known)}" if known else "; a seed defines them below scenarios"
        raise EmulatorRefusal(404, f"There is no scenario {name[:60]!r}{did_you_mean(name, known, there)}")
    scenario = _scenario(call, name, call.namespace.seed)
    await call.namespace.switch(scenario)
    return ControlReply(200, {"name": name, "description": scenario.description, "active": True})


async def provider_state(call: ControlCall) -> ControlReply:
    """Go to a state that a Pact names, or back to the seed."""
    name, namespace = call.body["state"], call.namespace
    if call.body.get("action") == "teardown":
        await namespace.reset()
    elif name in namespace.snapshots:
        await namespace.restore_snapshot(name)
    elif name in (scenarios := _descriptions(call, namespace.origin)):
        scenario = _scenario(call, name, namespace.origin)
        await namespace.reset()
        await namespace.switch(scenario)
    elif name in call.emulator.library.seeds:
        await namespace.reset(seed=call.emulator.library.seed(name))
    else:
        known = (*(one.name for one in namespace.snapshots), *scenarios, *call.emulator.library.seeds)
        near = did_you_mean(name, known, f"; there are {', '.join(known[:30])}")
        raise EmulatorRefusal(404, f"No snapshot, scenario or seed is called {name[:60]!r}{near}")
    return ControlReply(200, {"state": name, "action": call.body.get("action", "setup")})
