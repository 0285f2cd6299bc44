"""Seeds that give the very ids that come next: the ones that are made pass over them."""

from typing import Any

import pytest

from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.server import EmulatorServer
from tests.conftest import FLAT, Api

ACCOUNTS = [{"id": "ada", "api_keys": ["ada-key"]}]


def run(server: EmulatorServer, seed: dict[str, Any]) -> dict[str, list[str]]:
    """The ids of what is made in a new namespace with this seed."""
    made = Api(server).control("POST", "/namespaces", json={"seed": seed}).json()
    api = Api(server, made["api_key"])
    contracts = [api.with_contract(name) for name in CONTRACTS]
    agents = [
        api.post("/agent/", json={"system_config": {**FLAT, "name": f"Made {number}"}}).json()["id"]
        for number in range(3)
    ]
    sessions = [one.create_session() for one in contracts for _ in range(2)]
    assert {api.get(f"/agent/{one}/").status_code for one in agents} == {200}
    assert {api.execute(one).status_code for one in sessions} == {200}
    query = {"namespace": made["name"]}

    def added(path: str, body: Any) -> list[str]:
        answer = api.control("POST", path, params=query, json=body)
        assert answer.status_code == 201, answer.text
        return [one.get("id") or one["name"] for one in answer.json()]

    fault, script = {"operation": "agents.list", "status": 503}, {"then": {"reply": "Hello"}}
    faults = [*added("/faults", fault), *added("/faults", [fault, fault])]
    scripts = [*added("/scripts", script), *added("/scripts", [script, script])]
    known = api.control("GET", "/scripts", params=query).json()
    assert len({one["name"] for one in known}) == len(known)
    api.control("DELETE", f"/namespaces/{made['name']}")
    return {"agents": agents, "sessions": sessions, "faults": faults, "scripts": scripts}


def naming(made: dict[str, list[str]]) -> dict[str, Any]:
    """What a seed says that gives these ids."""
    sessions = [{"id": one, "config": FLAT} for one in made["sessions"]]
    agents = [{"id": one, "system_config": {**FLAT, "name": f"Given {n}"}} for n, one in enumerate(made["agents"])]
    faults = [{"id": one, "operation": "agents.list", "status": 500} for one in made["faults"]]
    scripts = [{"name": one, "when": {"content": one}, "then": {"reply": one}} for one in made["scripts"]]
    return {"agents": agents, "sessions": sessions, "faults": faults, "scripts": scripts}


@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("place", ["seed", "scenario"])
def test_a_run_works_in_a_seed_that_gives_its_ids(server: EmulatorServer, contract: ContractName, place: str) -> None:
    seed: dict[str, Any] = {"accounts": ACCOUNTS, "contract": contract}
    first = run(server, seed)
    second = run(server, {**seed, **(naming(first) if place == "seed" else {"scenarios": {"more": naming(first)}})})
    kinds = first if place == "seed" else ("agents", "sessions")  # those of a scenario replace faults and scripts
    assert all(set(first[kind]).isdisjoint(second[kind]) for kind in kinds)


def test_what_has_no_id_passes_over_those_beside_it(server: EmulatorServer) -> None:
    first = run(server, {"accounts": ACCOUNTS})
    given = naming(first)
    nameless = {
        "agents": [{"system_config": {**FLAT, "name": "First"}}],
        "sessions": [{"config": FLAT}],
        "faults": [{"operation": "sessions.delete", "status": 500}] * 2,
        "scripts": [{"when": {"content": "x"}, "then": {"reply": "y"}}] * 2,
    }
    both = {key: [*nameless[key], *given[key]] for key in given}
    run(server, {"accounts": ACCOUNTS, **both})
    run(server, {"accounts": ACCOUNTS, **{key: [*given[key], *nameless[key]] for key in given}})


def test_a_scenario_that_gives_the_next_id_can_be_used_after_one_was_made(server: EmulatorServer) -> None:
    first = run(server, {"accounts": ACCOUNTS})
    seed = {"accounts": ACCOUNTS, "scenarios": {"more": naming(first)}}
    made = Api(server).control("POST", "/namespaces", json={"seed": seed}).json()
    api = Api(server, made["api_key"])
    api.create_session()
    api.post("/agent/", json={"system_config": FLAT})
    used = api.control("POST", "/scenarios/more", params={"namespace": made["name"]})
    assert used.status_code == 200, used.text


def test_a_snapshot_document_may_name_the_next_ids(server: EmulatorServer) -> None:
    source = Api(server).control("POST", "/namespaces", json={"seed": {"accounts": ACCOUNTS}}).json()
    query = {"namespace": source["name"]}
    api = Api(server, source["api_key"])
    api.create_session()
    api.post("/agent/", json={"system_config": FLAT})
    api.control("POST", "/snapshots", params=query, json={"name": "kept"})
    document = api.control("GET", "/snapshots/kept", params=query).json()
    document["ids"]["counts"] = {}
    assert api.control("PUT", "/snapshots/edited", params=query, json=document).status_code == 201
    assert api.control("POST", "/snapshots/edited/restore", params=query).status_code == 200
    assert api.post("/agent/", json={"system_config": {**FLAT, "name": "Another"}}).status_code == 201
    api.create_session()
    assert len(api.get("/sessions/").json()) == 2
