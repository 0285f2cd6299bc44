"""Configurations of ten kinds of graphs, and their graphs."""

from typing import Any

from atthene_emulator.configuration.accepted import Configuration, accepted
from atthene_emulator.configuration.language import Language
from atthene_emulator.graph.graph import Graph, graph_of

Json = dict[str, Any]
TOPICS = ("weather", "news", "travel", "sports", "finance")
DEPARTMENTS = ("billing", "returns_desk", "shipping", "complaints", "sales", "press")


def agent(name: str, kind: str = "llm_agent", **more: Any) -> Json:
    return {"name": name, "agent_type": kind, "prompt_config": {"system_prompt": "Say it."}, **more}


def system(name: str, agents: list[Json], edges: list[Json] | None = None, **more: Any) -> Json:
    edges_too = {} if edges is None else {"edges": edges}
    return {"name": name, "description": "A graph.", "agents": agents, **edges_too, **more}


def way(source: str, target: str) -> Json:
    return {"from": source, "to": target}


def branch(source: str, yes: str, no: str) -> Json:
    routing = {"yes": yes, "no": no}
    return {"from": source, "condition_type": "boolean", "condition": "Is it good?", "routing": routing}


def choice(source: str, outputs: list[str]) -> Json:
    asked = {"condition_type": "literal", "condition": "Which department?"}
    return {"from": source, **asked, "possible_outputs": outputs}


def tree(count: int) -> Json:
    """So many agents, each of which leads to two others."""
    names = [f"agent_{number}" for number in range(count)]
    edges = [
        branch(name, names[2 * number + 1], names[2 * number + 2]) if 2 * number + 2 < count else way(name, "END")
        for number, name in enumerate(names)
    ]
    return system("Tree", [agent(name) for name in names], edges, entry_point="agent_0")


KINDS: dict[str, Json] = {
    "one agent": {
        "name": "Helper",
        "description": "Helps.",
        "agent_type": "react_agent",
        "prompt_config": {"system_prompt": "Help."},
        "tools": ["tavily_search", "calculator"],
    },
    "chain": system(
        "Chain",
        [agent("collector", "react_agent", tools=["tavily_search"]), agent("writer"), agent("editor")],
        [way("collector", "writer"), way("writer", "editor"), way("editor", "END")],
        entry_point="collector",
    ),
    "boolean": system(
        "Branch",
        [agent("check"), agent("good_news"), agent("bad")],
        [branch("check", "good_news", "bad"), way("good_news", "END"), way("bad", "END")],
        entry_point="check",
    ),
    "literal": system(
        "Desk",
        [agent("router"), *map(agent, DEPARTMENTS)],
        [choice("router", [*DEPARTMENTS]), *(way(name, "END") for name in DEPARTMENTS)],
        entry_point="router",
    ),
    "loop": system(
        "Loop",
        [agent("plan"), agent("write"), agent("review"), agent("publish")],
        [
            way("plan", "write"),
            way("write", "review"),
            branch("review", "publish", "write"),
            branch("publish", "END", "plan"),
        ],
        entry_point="plan",
    ),
    "supervisor": system(
        "Team",
        [
            agent("boss", "supervisor", supervised_agents=[*TOPICS]),
            *(agent(name, "react_agent", tools=["tavily_search"]) for name in TOPICS),
        ],
        architecture="supervisor",
    ),
    "nested": system(
        "Nested",
        [
            agent("top", "supervisor", supervised_agents=["research", "writer"]),
            agent("research", "supervisor", supervised_agents=["web", "papers"]),
            *map(agent, ("writer", "web", "papers")),
        ],
        architecture="supervisor",
        entry_point="top",
    ),
    "diamond": system(
        "Diamond",
        [*map(agent, ("split", "left", "right", "join"))],
        [way("split", "left"), way("split", "right"), way("left", "join"), way("right", "join"), way("join", "END")],
        entry_point="split",
    ),
    "two starts": system(
        "Starts",
        [*map(agent, ("news", "weather", "summary"))],
        [
            way("START", "news"),
            way("START", "weather"),
            way("news", "summary"),
            way("weather", "summary"),
            way("summary", "END"),
        ],
    ),
    "forty agents": tree(40),
    "everything": system(
        "Everything",
        [agent(f"step_{number}") for number in range(7)],
        [
            branch("step_0", "step_1", "step_4"),
            choice("step_1", ["step_2", "step_3"]),
            way("step_2", "step_3"),
            way("step_3", "step_4"),
            branch("step_4", "step_5", "step_1"),
            branch("step_5", "step_6", "step_5"),
            branch("step_6", "END", "step_0"),
        ],
        entry_point="step_0",
    ),
    "both arms alike": system(
        "Alike", [agent("x"), agent("y")], [branch("x", "y", "y"), way("y", "END")], entry_point="x"
    ),
}


def configuration(document: Json) -> Configuration:
    return accepted(document, Language())


def graph(kind: str) -> Graph:
    return graph_of(configuration(KINDS[kind]), Language())
