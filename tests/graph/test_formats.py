"""Graphs as texts: a stand-alone SVG, a flowchart of Mermaid, and lines for a terminal."""

import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.system import END, START
from atthene_emulator.graph.canvas import plain
from atthene_emulator.graph.drawing import columns
from atthene_emulator.graph.formats import FORMATS, Format, written
from atthene_emulator.graph.graph import Edge, Graph, Node, graph_of
from atthene_emulator.graph.marks import Marked, Taken, with_coverage
from atthene_emulator.graph.text import WIDTH
from atthene_emulator.limits import DRAWN, DRAWN_PLACES
from tests.graph.documents import KINDS, agent, configuration, graph, system, way
from tests.graph.test_drawing import graphs

HOSTILE = '<script>alert("1")</script> & ]]> `x` %% \u202e\x1b[31m'
STEPS = (
    "1: __start__ -> plan, entry point",
    "2: plan -> write, edge",
    "3: write -> review, edge",
    "4: review -no-> write, script again",
    "5: write -> review, edge",
    "6: review -yes-> publish, output review.ok is true",
    "7: publish -yes-> __end__, policy, pass 1",
)
SVG = "{http://www.w3.org/2000/svg}"
each_format = pytest.mark.parametrize("style", FORMATS)


def drawn(marked: Marked, style: Format) -> str:
    text = written(marked, style)
    assert text is not None
    return text


def svg(marked: Marked) -> Any:
    return ET.fromstring(drawn(marked, "svg"))  # noqa: S314  # our own


def marked_loop() -> Marked:
    """A path through the loop that went back once."""
    edges = {(edge.source, edge.target): edge.id for edge in graph("loop").edges}
    path = (
        (START, "plan", 1, "entry point"),
        ("plan", "write", 2, "edge"),
        ("write", "review", 3, "edge"),
        ("review", "write", 4, "script again"),
        ("write", "review", 5, "edge"),
        ("review", "publish", 6, "output review.ok is true"),
        ("publish", END, 7, "policy, pass 1"),
    )
    taken: dict[str, tuple[Taken, ...]] = {}
    for source, target, order, why in path:
        edge = edges[source, target]
        taken[edge] = (*taken.get(edge, ()), Taken(order, why))
    return Marked(graph("loop"), {node.id: 1 for node in graph("loop").nodes}, taken)


def of_hostile_names() -> Marked:
    nodes = (Node(START, "start", "start"), Node(HOSTILE, HOSTILE, "agent", "llm_agent"), Node(END, "end", "end"))
    edges = (Edge("e1", START, HOSTILE, "plain"), Edge("e2", HOSTILE, END, "boolean", "yes", HOSTILE))
    return Marked(Graph(HOSTILE, "0" * 12, nodes, edges), None, {"e2": (Taken(1, HOSTILE),)})


@each_format
@pytest.mark.parametrize("kind", KINDS)
def test_equal_graphs_are_equal_texts(kind: str, style: Format) -> None:
    assert drawn(Marked(graph(kind)), style) == drawn(Marked(graph(kind)), style)


@each_format
@settings(max_examples=60, deadline=None)
@given(marked=graphs(8))
def test_any_graph_is_written(marked: Marked, style: Format) -> None:
    assert drawn(marked, style).endswith("\n")


# SVG


def test_a_picture_says_what_it_shows_to_those_who_cannot_see_it() -> None:
    root = svg(marked_loop())
    assert root.attrib["role"] == "img"
    labels = root.attrib["aria-labelledby"].split()
    said = {one.attrib["id"]: one.text for one in root if "id" in one.attrib}
    assert [said[one] for one in labels] == [
        "Graph of Loop",
        f"4 agents. The path: {'; '.join(STEPS)}.",
    ]


def test_edges_and_nodes_of_a_picture_have_titles() -> None:
    titles = [one.text for one in svg(marked_loop()).iter(f"{SVG}title")]
    assert "write -> review; 3: edge; 5: edge" in titles
    assert "review; LLM agent; 1 turn" in titles


def test_the_path_is_strong_and_the_rest_is_pale() -> None:
    classes = {one.attrib["data-edge"]: one.attrib["class"] for one in svg(marked_loop()) if "data-edge" in one.attrib}
    strange = [edge.id for edge in graph("loop").edges if (edge.source, edge.target) == ("publish", "plan")]
    assert [name for name, said in classes.items() if "pale" in said] == strange
    assert all("taken" in said for name, said in classes.items() if name not in strange)


def test_a_picture_is_for_light_and_dark() -> None:
    assert "prefers-color-scheme: dark" in drawn(Marked(graph("chain")), "svg")


def test_names_are_no_markup() -> None:
    text = drawn(of_hostile_names(), "svg")
    assert "<script" not in text
    assert "\x1b" not in text
    assert {one.tag.removeprefix(SVG) for one in ET.fromstring(text).iter()} <= {  # noqa: S314  # our own
        "svg", "title", "desc", "style", "g", "path", "polygon", "rect", "text",
    }  # fmt: skip


# Mermaid


def test_a_flowchart() -> None:
    assert drawn(marked_loop(), "mermaid") == (
        "flowchart TD\n"
        '    n0(["start"])\n'
        '    n1["plan"]\n'
        '    n2["write"]\n'
        '    n3["review"]\n'
        '    n4["publish"]\n'
        '    n5(["end"])\n'
        '    n0 -->|"1"| n1\n'
        '    n1 -->|"2"| n2\n'
        '    n2 -->|"3, 5"| n3\n'
        '    n3 -->|"yes · 6"| n4\n'
        '    n3 -->|"no · 4"| n2\n'
        '    n4 -->|"yes · 7"| n5\n'
        '    n4 -->|"no"| n1\n'
        "    linkStyle 0,1,2,3,4,5 stroke:#0757b8,stroke-width:3px\n"
        "    classDef reached fill:#ddefff,stroke:#0757b8,color:#1f2328\n"
        "    class n0,n1,n2,n3,n4,n5 reached\n"
    )


def test_names_mean_nothing_to_mermaid() -> None:
    text = drawn(of_hostile_names(), "mermaid")
    (label,) = re.findall(r'n1\["(.*)"\]', text)
    assert re.fullmatch(r"(?:[\w ,.…·-]|#\d+;)*", label)


# Terminal


def test_a_path_on_a_terminal_has_numbers_and_reasons() -> None:
    assert (
        drawn(marked_loop(), "text")
        == """\
 ┏━━━━━━━┓
 ┃ start ┃
 ┗━━━┳━━━┛
     ┃
     1
     ▼
 ┏━━━━━━━┓
 ┃ plan  ┃◄───────────┐
 ┗━━━┳━━━┛            │
     ┃                │
     2                │
     ▼                │
 ┏━━━━━━━┓            │
 ┃ write ┃◄━━━━┓      │
 ┗━━━┳━━━┛     ┃      │
     ┃         ┃      │
   3, 5     no · 4    │
     ┗┓        ┃      │
      ▼        ┃      │
 ┏━━━━━━━━━┓   ┃      │
 ┃ review  ┣━━━┛      │
 ┗━━━━┳━━━━┛          │
      ┃               │
   yes · 6           no
      ▼               │
 ┏━━━━━━━━━┓          │
 ┃ publish ┣──────────┘
 ┗━━━━┳━━━━┛
      ┃
   yes · 7
      ▼
   ┏━━━━━┓
   ┃ end ┃
   ┗━━━━━┛

1  __start__ -> plan       entry point
2  plan -> write           edge
3  write -> review         edge
4  review -no-> write      script again
5  write -> review         edge
6  review -yes-> publish   output review.ok is true
7  publish -yes-> __end__  policy, pass 1
"""
    )


@pytest.mark.parametrize("kind", KINDS)
def test_no_line_is_wider_than_a_terminal(kind: str) -> None:
    assert max(map(columns, drawn(Marked(graph(kind)), "text").splitlines())) <= WIDTH


@pytest.mark.parametrize("kind", KINDS)
def test_ascii_suffices(kind: str) -> None:
    assert plain(drawn(Marked(graph(kind)), "text")).isascii()


def test_what_is_too_wide_is_a_table() -> None:
    first, second, *_ = drawn(Marked(graph("forty agents")), "text").splitlines()
    assert first.split() == ["FROM", "TO", "WHEN"]
    assert second.split() == ["__start__", "agent_0"]


def test_a_table_says_what_was_taken_and_why() -> None:
    names = [f"{letter}{'_' * 24}{letter}" for letter in "abcde"]
    edges = [*(way("START", name) for name in names), *(way(name, "END") for name in names)]
    whole = graph_of(configuration(system("Wide", [*map(agent, names)], edges)), Language())
    taken = {whole.edges[0].id: (Taken(1, "entry point"),)}
    lines = drawn(Marked(whole, dict.fromkeys([node.id for node in whole.nodes], 0), taken), "text").splitlines()
    assert lines[0].split() == ["FROM", "TO", "TAKEN", "WHY"]
    assert lines[1].split() == [START, names[0], "1", "entry", "point"]


def test_counts_are_at_the_edges() -> None:
    counts = {("check", "", None): 3, ("check", "good_news", "yes"): 3, ("check", "bad", "no"): 0}
    text = drawn(with_coverage(graph("boolean"), 3, counts), "text")
    assert "yes · 3x" in text
    assert "no\n" in text


# Too large


def of_many(count: int, edges: int) -> Marked:
    names = [f"a{number}" for number in range(count)]
    ways = [(START, names[0]), *pairwise(names), *((names[0], one) for one in names[2 : edges + 2])]
    nodes = (Node(START, "start", "start"), *(Node(one, one, "agent") for one in names), Node(END, "end", "end"))
    return Marked(
        Graph("Many", "0" * 12, nodes, tuple(Edge(f"e{number}", *ends, "plain") for number, ends in enumerate(ways)))
    )


@pytest.mark.parametrize(("count", "edges"), [(DRAWN.most - 1, 0), (40, DRAWN_PLACES.most // 20)])
def test_one_that_is_too_large_is_not_drawn_but_listed(count: int, edges: int) -> None:
    marked = of_many(count, edges)
    assert written(marked, "svg") is None
    assert drawn(marked, "text").startswith("FROM")


def test_the_largest_is_drawn() -> None:
    assert written(of_many(DRAWN.most - 2, 0), "svg") is not None
