"""What a graph is made of, and what is laid over it."""

from typing import Any

import pytest

from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.system import END, START
from atthene_emulator.graph.graph import Graph, graph_of
from atthene_emulator.graph.marks import Taken, listed, with_coverage
from tests.graph.documents import KINDS, agent, configuration, graph, system


def ways(whole: Graph) -> list[str]:
    return [f"{edge.source} -{edge.arm or ''}-> {edge.target} {edge.kind}" for edge in whole.edges]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("one agent", ["__start__ --> main plain", "main --> __end__ plain"]),
        (
            "boolean",
            [
                "__start__ --> check plain",
                "check -yes-> good_news boolean",
                "check -no-> bad boolean",
                "good_news --> __end__ plain",
                "bad --> __end__ plain",
            ],
        ),
        (
            "nested",
            [
                "__start__ --> top plain",
                "top --> research handoff",
                "research --> top returns",
                "top --> writer handoff",
                "writer --> top returns",
                "research --> web handoff",
                "web --> research returns",
                "research --> papers handoff",
                "papers --> research returns",
                "top --> __end__ handoff",
            ],
        ),
        (
            "both arms alike",
            ["__start__ --> x plain", "x -yes-> y boolean", "x -no-> y boolean", "y --> __end__ plain"],
        ),
    ],
)
def test_the_ways_of_a_configuration(kind: str, expected: list[str]) -> None:
    assert ways(graph(kind)) == expected


def test_an_output_of_a_literal_edge_is_its_arm() -> None:
    assert "router -billing-> billing literal" in ways(graph("literal"))


def test_whoever_does_not_return_ends() -> None:
    agents = [agent("boss", "supervisor", supervised_agents=["clerk"], return_to_supervisor=False), agent("clerk")]
    document = system("Desk", agents, architecture="supervisor")
    assert ways(graph_of(configuration(document), Language())) == [
        "__start__ --> boss plain",
        "boss --> clerk handoff",
        "clerk --> __end__ returns",
        "boss --> __end__ handoff",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_start_and_end_are_there_once(kind: str) -> None:
    nodes = [node.id for node in graph(kind).nodes]
    assert (nodes[0], nodes[-1]) == (START, END)
    assert len(set(nodes)) == len(nodes)
    assert len({edge.id for edge in graph(kind).edges}) == len(graph(kind).edges)


@pytest.mark.parametrize(
    ("tool", "requirement", "asks"),
    [
        ("calculator", {}, False),
        ("mail_delete_email", {}, True),
        ({"tool_type": "calculator", "hitl_config": {"requires_human_approval": True}}, {}, True),
        ("house_tool", {("house_tool", "mandatory")}, True),
    ],
)
def test_a_tool_says_whether_a_person_is_asked(tool: Any, requirement: Any, asks: bool) -> None:  # noqa: FBT001  # a table
    document = {**KINDS["one agent"], "tools": [tool]}
    language = Language(tools=frozenset(requirement))
    (node,) = (one for one in graph_of(configuration(document), language).nodes if one.kind == "agent")
    assert [one.asks for one in node.tools] == [asks]


def test_coverage_is_laid_over_what_it_counts() -> None:
    marked = with_coverage(graph("boolean"), 2, {("check", "", None): 2, ("check", "bad", "no"): 2})
    assert {edge.target: marked.counts.get(edge.id) for edge in marked.graph.edges if edge.source != "good_news"} == {
        "check": 2, "good_news": None, "bad": 2, END: None,
    }  # fmt: skip
    assert marked.visits == {START: 2, "check": 2, "good_news": 0, "bad": 0, END: 0}


@pytest.mark.parametrize(
    ("orders", "text"),
    [([1], "1"), ([1, 4, 7], "1, 4, 7"), ([1, 4, 7, 9], "1, 4, 7 … 9"), ([*range(1, 99)], "1, 2, 3 … 98")],
)
def test_many_numbers_are_shortened(orders: list[int], text: str) -> None:
    assert listed([Taken(order, "edge") for order in orders]) == text
