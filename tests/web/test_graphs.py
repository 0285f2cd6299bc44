"""The control plane shows a session's configuration as a graph, with the path of an execution laid over it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import FLAT, Api
from tests.graph.documents import KINDS

LOOP, TEAM, BRANCH = KINDS["loop"], KINDS["supervisor"], KINDS["boolean"]


def graph_of(api: Api, session: str, query: str = "") -> Any:
    answer = api.control("GET", f"/sessions/{session}/graph{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def steps(shown: Any) -> list[str]:
    """The path, as the graph has it."""
    taken = [(one["order"], edge, one["why"]) for edge in shown["graph"]["edges"] for one in edge["taken"]]
    return [
        f"{edge['from']} -{edge['arm'] or ''}-> {edge['to']} ({edge['kind']}): {why}"
        for _, edge, why in sorted(taken, key=lambda one: one[0])
    ]


def visits(shown: Any) -> dict[str, int]:
    return {node["id"]: node["visits"] for node in shown["graph"]["nodes"]}


def test_the_path_of_the_newest_execution_is_laid_over_it(api: Api) -> None:
    session = api.create_session(LOOP)
    api.execute(session)
    shown = graph_of(api, session)
    assert shown["execution"].keys() == {"id", "turn", "status"}
    assert (shown["execution"]["turn"], shown["execution"]["status"]) == (1, "completed")
    assert steps(shown) == [
        "__start__ --> plan (plain): entry point",
        "plan --> write (plain): edge",
        "write --> review (plain): edge",
        "review -yes-> publish (boolean): policy, pass 1",
        "publish -yes-> __end__ (boolean): policy, pass 1",
    ]
    assert visits(shown) == {"__start__": 1, "plan": 1, "write": 1, "review": 1, "publish": 1, "__end__": 1}


def test_what_the_path_says_is_what_executions_tell(api: Api) -> None:
    session = api.create_session(TEAM)
    api.execute(session)
    (execution,) = api.control("GET", f"/sessions/{session}/executions").json()["executions"]
    shown = graph_of(api, session)
    orders = sorted(one["order"] for edge in shown["graph"]["edges"] for one in edge["taken"])
    assert orders == [*range(1, len(execution["path"]) + 1)]
    assert [line.partition(": ")[2] for line in steps(shown)] == [step["why"] for step in execution["path"]]


def test_a_supervisor_hands_over_and_is_returned_to(api: Api) -> None:
    session = api.create_session(TEAM)
    edges = graph_of(api, session)["graph"]["edges"]
    assert [(one["from"], one["to"], one["kind"]) for one in edges if "news" in (one["from"], one["to"])] == [
        ("boss", "news", "handoff"),
        ("news", "boss", "returns"),
    ]


def test_a_supervisor_that_was_handed_work_answers_by_returning(api: Api) -> None:
    session = api.create_session(KINDS["nested"])
    api.execute(session)
    lines = steps(graph_of(api, session))
    assert "research --> top (returns): policy: all had their turn" in lines
    assert lines[-1] == "top --> __end__ (handoff): policy: all had their turn"


@pytest.mark.parametrize(("query", "turn"), [("", 2), ("?turn=1", 1), ("?turn=2", 2)])
def test_another_execution_may_be_asked_for(api: Api, query: str, turn: int) -> None:
    session = api.create_session()
    api.execute(session)
    api.execute(session)
    assert graph_of(api, session, query)["execution"]["turn"] == turn


@pytest.mark.parametrize("query", ["", "?turn=0"])
def test_without_an_execution_nothing_is_laid_over_it(api: Api, query: str) -> None:
    session = api.create_session()
    if query:
        api.execute(session)
    shown = graph_of(api, session, query)
    assert shown["execution"] is None
    assert set(visits(shown).values()) == {None}
    assert steps(shown) == []


def test_where_nothing_leads_on_is_the_end(api: Api) -> None:
    session = api.create_session()
    api.execute(session)
    assert steps(graph_of(api, session)) == [
        "__start__ --> main (plain): entry point",
        "main --> __end__ (plain): nothing leads on",
    ]


def test_a_step_for_which_there_is_no_edge_becomes_one(api: Api) -> None:
    session = api.create_session(BRANCH)
    script = {"name": "fails", "when": {"agent": "check"}, "then": {"reply": "Hm.", "route": "END"}}
    api.control("POST", "/scripts", json=script)
    api.execute(session)
    why = "script fails: three invalid answers lead to the end"
    assert steps(graph_of(api, session))[-1] == f"check --> __end__ (plain): {why}"
    assert len(graph_of(api, session, "?turn=0")["graph"]["edges"]) == 5


def test_an_execution_that_waits_shows_how_far_it_is(api: Api) -> None:
    session = api.create_session(LOOP)
    api.control("POST", "/scripts", json={"when": {"agent": "review"}, "then": {"reply": "Good.", "gate": "slow"}})
    with ThreadPoolExecutor(1) as background:
        answer = background.submit(api.execute, session)
        api.server.client.gate("slow").wait_until_waiting()
        shown = graph_of(api, session)
        api.control("POST", "/gates/slow/open")
        assert answer.result().status_code == 200
    assert shown["execution"]["status"] == "running"
    assert [line.partition(" ")[0] for line in steps(shown)] == ["__start__", "plan", "write"]
    assert visits(shown)["review"] == 0


@pytest.mark.parametrize(
    ("style", "media", "said"),
    [
        ("svg", "image/svg+xml", "<svg "),
        ("mermaid", "text/plain; charset=utf-8", "flowchart TD\n"),
        ("text", "text/plain; charset=utf-8", "start"),
    ],
)
def test_it_is_drawn_in_other_formats(api: Api, style: str, media: str, said: str) -> None:
    session = api.create_session()
    answer = api.control("GET", f"/sessions/{session}/graph?format={style}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media)
    assert said in answer.text


@pytest.mark.parametrize("style", ["json", "text", "svg", "mermaid"])
def test_names_and_conditions_tell_no_secrets(api: Api, style: str) -> None:
    (edge, *edges) = BRANCH["edges"]
    secret = "Is it api_key=s3cr3t-Dr1ve-Key?"
    name = "Team of api_key=s3cr3t-Team-Key"
    session = api.create_session({**BRANCH, "name": name, "edges": [{**edge, "condition": secret}, *edges]})
    answer = api.control("GET", f"/sessions/{session}/graph?format={style}")
    assert "s3cr3t" not in answer.text
    assert style == "mermaid" or "Is it api_key=" in answer.text


def test_a_picture_runs_no_scripts(api: Api) -> None:
    answer = api.control("GET", f"/sessions/{api.create_session()}/graph?format=svg")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_agents_have_tools_outputs_and_models(api: Api) -> None:
    tool = {"tool_type": "mail_send_email", "name": "send"}
    output = {"enabled": True, "schema": {"mood": {"type": "str", "description": "How it is."}}}
    session = api.create_session(
        {**FLAT, "agent_type": "react_agent", "tools": ["calculator", tool], "structured_output": output}
    )
    (node,) = (one for one in graph_of(api, session)["graph"]["nodes"] if one["kind"] == "agent")
    assert node == {
        "id": "main",
        "label": "main",
        "kind": "agent",
        "type": "react_agent",
        "tools": [{"name": "calculator", "asks": False}, {"name": "send", "asks": True}],
        "outputs": ["mood"],
        "model": "gpt-4o",
        "visits": None,
    }


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/sessions/nobody/graph", 404, "There is no session 'nobody'; GET /__emulator/state lists them"),
        ("/sessions/{}/graph?turn=3", 404, "has no turn 3; turns 1 to 1 are kept"),
        ("/sessions/{}/graph?turn=x", 400, "turn must be a whole number"),
        ("/sessions/{}/graph?format=mermeid", 400, "There is no format mermeid; did you mean mermaid?"),
        ("/sessions/{}/graph?format=png", 400, "There is no format png; there are json, text, svg, mermaid."),
    ],
)
def test_what_is_not_there_is_said(api: Api, path: str, status: int, said: str) -> None:
    session = api.create_session()
    api.execute(session)
    answer = api.control("GET", path.format(session))
    assert answer.status_code == status
    assert said in answer.text
