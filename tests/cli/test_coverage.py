"""`atthene-emulator coverage` and what it asks: which parts of which graphs were exercised, and how often."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from atthene_emulator.client.coverage import added, share
from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.coverage import Coverage
from atthene_emulator.server import EmulatorServer
from tests.cli.running import Done, invoke
from tests.conftest import Api
from tests.execution.walking import walked
from tests.execution.worlds import SESSION, world

SEED = """
    sessions:
      - id: s1
        config:
          name: Desk
          entry_point: sorter
          recursion_limit: 10
          agents:
            - name: sorter
              agent_type: llm_agent
              structured_output: {enabled: true, schema: {team: {type: str}}}
            - {name: billing, agent_type: llm_agent}
            - {name: general, agent_type: llm_agent}
            - {name: checker, agent_type: llm_agent}
          edges:
            - from: sorter
              condition: "{{ sorter.output.team }}"
              condition_type: literal
              possible_outputs: [billing, general]
            - {from: billing, to: checker}
            - {from: general, to: checker}
            - {from: checker, condition: Good?, condition_type: boolean, routing: {yes: END, no: sorter}}
    scripts:
      - {name: money, when: {agent: sorter}, then: {output: {team: billing}}}
"""
ELEMENTS = [
    ("agent", "sorter", None, None),
    ("agent", "billing", None, None),
    ("agent", "general", None, None),
    ("agent", "checker", None, None),
    ("output", "sorter", "billing", None),
    ("output", "sorter", "general", None),
    ("edge", "billing", "checker", None),
    ("edge", "general", "checker", None),
    ("arm", "checker", "__end__", "yes"),
    ("arm", "checker", "sorter", "no"),
]
TABLE = """\
Desk (HASH): 6 of 10 parts, 60 %
  agent   sorter                  2
  agent   billing                 2
  agent   general                 never
  agent   checker                 2
  output  sorter -> billing       2
  output  sorter -> general       never
  edge    billing -> checker      2
  edge    general -> checker      never
  arm     checker -yes-> __end__  2
  arm     checker -no-> sorter    never
"""


def coverage(*arguments: str, **more: str) -> Done:
    return invoke("coverage", *arguments, **more)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Api]:
    """An emulator with a graph that nothing has exercised."""
    with world(tmp_path, SEED) as api:
        yield api


def test_every_part_is_told_with_its_count(desk: Api) -> None:
    for _ in range(2):
        assert desk.execute(SESSION).status_code == 200
    (one,) = desk.control("GET", "/coverage").json()
    assert (one["name"], one["executions"], one["covered"], one["total"]) == ("Desk", 2, 6, 10)
    told = [(part["kind"], part["from"], part["to"], part["arm"]) for part in one["elements"]]
    assert told == ELEMENTS
    assert [part["count"] for part in one["elements"]] == [2, 2, 0, 2, 2, 0, 2, 0, 2, 0]


def test_the_table_shows_what_was_never_exercised(desk: Api) -> None:
    for _ in range(2):
        desk.execute(SESSION)
    shown = coverage("--url", desk.server.url)
    digest = desk.control("GET", "/coverage").json()[0]["config_hash"]
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == TABLE.replace("HASH", digest)


def test_json_is_what_the_control_plane_tells(desk: Api) -> None:
    desk.execute(SESSION)
    shown = coverage("--url", desk.server.url, "--json")
    assert shown.returncode == 0
    assert json.loads(shown.stdout) == desk.control("GET", "/coverage").json()


def test_before_anything_was_executed_it_says_so(desk: Api) -> None:
    shown = coverage("--url", desk.server.url)
    assert (shown.returncode, shown.stdout) == (0, "Nothing was executed yet.\n")
    assert json.loads(coverage("--url", desk.server.url, "--json").stdout) == []


def test_the_address_may_come_from_the_environment(desk: Api) -> None:
    shown = coverage(ATTHENE_EMULATOR_URL=desk.server.url + "/")
    assert (shown.returncode, shown.stdout) == (0, "Nothing was executed yet.\n")


def test_both_arms_and_all_outputs_can_be_covered(desk: Api) -> None:
    again = {"name": "again", "when": {"agent": "checker"}, "times": 1, "then": {"reply": "No.", "route": "no"}}
    other = {"name": "other", "when": {"agent": "sorter", "turn": 2}, "then": {"output": {"team": "general"}}}
    desk.control("POST", "/scripts", json=[again, other])
    for _ in range(2):
        assert desk.execute(SESSION).json()["status"] == "completed"
    (one,) = desk.control("GET", "/coverage").json()
    assert (one["covered"], one["total"]) == (10, 10)
    assert coverage("--url", desk.server.url).stdout.splitlines()[0].endswith(": 10 of 10 parts, 100 %")


def test_sessions_of_one_configuration_are_counted_together_and_others_apart(desk: Api) -> None:
    flat = {"name": "Flat", "agent_type": "llm_agent"}
    for session_id in (SESSION, desk.create_session(flat), desk.create_session(flat)):
        desk.execute(session_id)
    told = desk.control("GET", "/coverage").json()
    assert [(one["name"], one["executions"]) for one in told] == [("Desk", 1), ("Flat", 2)]
    assert told[1]["elements"] == [{"kind": "agent", "from": "main", "to": None, "arm": None, "count": 2}]
    lines = coverage("--url", desk.server.url).stdout.splitlines()
    assert [line.split(" (")[0] for line in lines if line and not line.startswith(" ")] == ["Desk", "Flat"]


def test_a_reset_keeps_what_was_covered_unless_it_is_named(desk: Api) -> None:
    desk.execute(SESSION)
    desk.control("POST", "/reset")
    assert [one["executions"] for one in desk.control("GET", "/coverage").json()] == [1]
    desk.control("POST", "/reset?scope=coverage")
    assert desk.control("GET", "/coverage").json() == []


def test_failed_executions_cover_what_they_reached(desk: Api) -> None:
    desk.control("POST", "/scripts", json={"when": {"agent": "billing"}, "then": {"error": {}}})
    desk.execute(SESSION)
    (one,) = desk.control("GET", "/coverage").json()
    assert [part["count"] for part in one["elements"]] == [1, 1, 0, 0, 1, 0, 0, 0, 0, 0]


def test_without_an_emulator_it_exits_with_3_and_says_what_to_do() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    shown = coverage("--url", url)
    assert (shown.returncode, shown.stdout) == (3, "")
    assert shown.stderr == (
        f"atthene-emulator: No emulator answers at {url}; "
        "start one with `atthene-emulator serve`, or name another URL (--url).\n"
    )


def test_an_address_that_is_none_exits_with_3() -> None:
    shown = coverage("--url", "nowhere")
    assert (shown.returncode, shown.stdout) == (3, "")
    assert "No emulator answers at http://nowhere" in shown.stderr


def test_another_path_at_the_address_exits_with_3(desk: Api) -> None:
    shown = coverage("--url", desk.server.url + "/elsewhere")
    assert (shown.returncode, shown.stdout) == (3, "")
    assert "404" in shown.stderr


def test_the_base_url_that_serve_prints_will_do(desk: Api) -> None:
    shown = coverage("--url", desk.server.base_url)
    assert (shown.returncode, shown.stdout) == (0, "Nothing was executed yet.\n")


def test_a_control_token_is_sent() -> None:
    with EmulatorServer(seeds=("empty",), control_token="secret") as server:
        assert coverage("--url", server.url).returncode == 3
        assert coverage("--url", server.url, "--control-token", "secret").returncode == 0


def test_agents_that_never_ran_are_shown() -> None:
    with EmulatorServer() as server:
        shown = coverage("--url", server.url).stdout
    assert "Customer Support Agent" in shown
    assert "Research Assistant" in shown
    assert shown.count(" 0 %") == 2


def test_a_hand_over_is_no_edge() -> None:
    configuration = {
        "name": "Mixed",
        "entry_point": "lead",
        "agents": [
            {"name": "lead", "agent_type": "supervisor", "supervised_agents": ["ann"]},
            {"name": "ann", "agent_type": "llm_agent"},
            {"name": "bob", "agent_type": "llm_agent"},
        ],
        "edges": [
            {"from": "lead", "condition": "Who?", "condition_type": "literal", "possible_outputs": ["bob", "ann"]},
            {"from": "ann", "to": "END"},
            {"from": "bob", "to": "END"},
        ],
    }
    counts = Coverage()
    counts.count(Configuration(configuration), walked(configuration))
    told = {(part.kind, part.source, part.target): count for part, count in next(counts.all()).elements}
    assert told["output", "lead", "bob"] == 1
    assert told["output", "lead", "ann"] == 0
    assert told["edge", "ann", "__end__"] == 0


def test_of_many_configurations_those_used_last_are_remembered() -> None:
    counts = Coverage()
    outcome = walked("{name: A, agent_type: llm_agent}")

    def use(number: int) -> None:
        counts.count(Configuration({"name": f"A{number}", "agent_type": "llm_agent"}), outcome)

    for number in range(1000):
        use(number)
    use(0)
    use(1000)
    names = [one.configuration.name for one in counts.all()]
    assert len(names) == 1000
    assert "A0" in names
    assert "A1" not in names


@pytest.mark.parametrize(("percent", "status"), [("0", 0), ("60", 0), ("60.1", 1), ("100", 1)])
def test_fail_under_judges_all_configurations_together(desk: Api, percent: str, status: int) -> None:
    for _ in range(2):
        desk.execute(SESSION)
    shown = coverage("--url", desk.server.url, "--fail-under", percent)
    assert shown.returncode == status
    assert shown.stdout.startswith("Desk (")
    wanted = f"atthene-emulator: 6 of 10 parts were exercised, 60.0 %; wanted are {percent} %.\n"
    assert shown.stderr == (wanted if status else "")


def test_fail_under_fails_where_nothing_was_executed(desk: Api) -> None:
    shown = coverage("--url", desk.server.url, "--fail-under", "1", "--json")
    assert (shown.returncode, json.loads(shown.stdout)) == (1, [])
    assert shown.stderr == "atthene-emulator: nothing was executed; wanted are 1 %.\n"


@pytest.mark.parametrize("percent", ["-1", "101", "most"])
def test_a_percentage_that_is_none_is_2(percent: str) -> None:
    assert coverage("--fail-under", percent).returncode == 2


def test_a_namespace_has_its_own_coverage(desk: Api) -> None:
    desk.execute(SESSION)
    name = desk.control("POST", "/namespaces", json={}).json()["name"]
    for option in (("--namespace", name), ()):
        more = {} if option else {"ATTHENE_EMULATOR_NAMESPACE": name}
        shown = coverage("--url", desk.server.url, *option, **more)
        assert shown.stdout == "Nothing was executed yet.\n"


# All namespaces together


def test_what_was_exercised_outlives_its_namespace(desk: Api) -> None:
    for _ in range(2):
        with desk.server.client.create_namespace() as world:
            world.http.post(f"{world.base_url}/runtime/{SESSION}/execute/", json={"content": "Hm"}, timeout=10)
    desk.execute(SESSION)
    assert [one["executions"] for one in desk.control("GET", "/coverage").json()] == [1]
    (one,) = desk.control("GET", "/coverage?namespaces=all").json()
    assert (one["executions"], one["covered"], one["total"]) == (3, 6, 10)
    assert [part["count"] for part in one["elements"]] == [3, 3, 0, 3, 3, 0, 3, 0, 3, 0]
    shown = coverage("--url", desk.server.url, "--fail-under", "60")
    assert (shown.returncode, shown.stdout.splitlines()[1]) == (0, "  agent   sorter                  3")


def test_agents_of_namespaces_that_are_gone_count_as_never_executed(desk: Api) -> None:
    with desk.server.client.create_namespace(seed="default"):
        pass
    told = desk.server.client.coverage(everywhere=True)
    assert [(one["name"], one["covered"]) for one in told] == [
        ("Customer Support Agent", 0),
        ("Research Assistant", 0),
    ]


def test_a_namespace_that_is_named_is_judged_alone(desk: Api) -> None:
    desk.execute(SESSION)
    with desk.server.client.create_namespace() as world:
        shown = coverage("--url", desk.server.url, "--namespace", world.namespace)
    assert shown.stdout == "Nothing was executed yet.\n"


def test_namespaces_are_all_or_that_of_the_request(desk: Api) -> None:
    answer = desk.control("GET", "/coverage?namespaces=some")
    assert answer.status_code == 400
    assert "namespaces is all, or left out, not 'some'" in answer.text


def test_coverages_of_several_emulators_add_up(desk: Api) -> None:
    desk.execute(SESSION)
    one, other = desk.control("GET", "/coverage").json(), EmulatorServer(seeds=("default",))
    with other, other.client:
        told = added([one, one, other.client.coverage()])
    assert (told[0]["name"], told[0]["executions"]) == ("Desk", 2)
    assert str(share(told)) == "6 of 15 parts were exercised, 40.0 %"


def test_the_key_of_a_namespace_tells_of_that_one() -> None:
    with EmulatorServer(control_token="open sesame") as server:
        mine, other = (server.client.create_namespace() for _ in range(2))
        other.http.post(f"{other.base_url}/runtime/session_abc123/execute/", json={"content": "Hi"}, timeout=10)
        for key, executions in ((other.api_key, 1), (mine.api_key, 0), ("open sesame", 1)):
            shown = coverage("--url", server.url, "--json", ATTHENE_EMULATOR_CONTROL_TOKEN=key)
            assert sum(one["executions"] for one in json.loads(shown.stdout)) == executions
        assert coverage("--url", server.url, ATTHENE_EMULATOR_CONTROL_TOKEN="wrong").returncode == 3
