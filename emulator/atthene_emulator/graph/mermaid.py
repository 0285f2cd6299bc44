"""A graph as a flowchart of Mermaid. This module is that text."""

import re
from collections.abc import Iterator

from atthene_emulator.graph.marks import Marked
from atthene_emulator.wording import printable

_UNSAFE = re.compile(r"[^\w ,.…·-]")
_PATH = "stroke:#0757b8,stroke-width:3px"
_REACHED = "fill:#ddefff,stroke:#0757b8,color:#1f2328"
_PALE = "fill:none,stroke:#8c959f,color:#8c959f"


def mermaid(marked: Marked) -> str:
    """The text; what is laid over the graph is in labels, classes and the styles of links."""
    return "\n".join(_lines(marked)) + "\n"


def _lines(marked: Marked) -> Iterator[str]:
    graph, reached = marked.graph, marked.reached()
    names = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    yield "flowchart TD"
    for node in graph.nodes:
        opening, closing = ("[", "]") if node.kind == "agent" else ("([", "])")
        yield f'    {names[node.id]}{opening}"{_escaped(node.label)}"{closing}'
    for edge in graph.edges:
        said = marked.label(edge)
        label = f'|"{_escaped(said)}"|' if said else ""
        yield f"    {names[edge.source]} -->{label} {names[edge.target]}"
    strong = [str(number) for number, edge in enumerate(graph.edges) if marked.is_strong(edge)]
    if strong:
        yield f"    linkStyle {','.join(strong)} {_PATH}"
    if reached is not None:
        for name, style, nodes in (
            ("reached", _REACHED, [names[node] for node in names if node in reached]),
            ("pale", _PALE, [names[node] for node in names if node not in reached]),
        ):
            if nodes:
                yield f"    classDef {name} {style}"
                yield f"    class {','.join(nodes)} {name}"


def _escaped(text: str) -> str:
    """A text that means nothing to Mermaid: whatever is no letter, digit or plain sign is written as its number."""
    return _UNSAFE.sub(lambda found: f"#{ord(found[0])};", printable(text))
