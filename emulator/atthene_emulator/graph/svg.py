"""A graph as a stand-alone SVG, for light and dark. This module is that document."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from atthene_emulator.graph.curves import Point, sign
from atthene_emulator.graph.drawing import PIXELS, BoxDrawn, Drawing, Label, Line
from atthene_emulator.graph.graph import Edge, Node
from atthene_emulator.graph.marks import Marked
from atthene_emulator.graph.sentences import edge_sentence, node_sentence, summary
from atthene_emulator.wording import printable

_DETAIL = ' class="detail"'
_STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #818b98; --pale: #c4cbd3;
  --box: #f6f8fa; --path: #0757b8; --reached: #ddefff; }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --line: #7d8590;
  --pale: #3d444d; --box: #161b22; --path: #58a6ff; --reached: #10294a; } }
svg { background: var(--paper); font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
.edge path { fill: none; stroke: var(--line); stroke-width: 1.5; }
.edge polygon { fill: var(--line); }
.pale path { stroke: var(--pale); }
.pale polygon { fill: var(--pale); }
.taken path { stroke: var(--path); stroke-width: 2.5; }
.taken polygon { fill: var(--path); }
.label rect { fill: var(--paper); }
.label text { font-size: 12px; fill: var(--soft); text-anchor: middle; dominant-baseline: central; }
.label.taken text { fill: var(--path); font-weight: 600; }
.node rect { fill: var(--box); stroke: var(--line); stroke-width: 1.5; }
.node text { text-anchor: middle; dominant-baseline: central; fill: var(--ink); font-size: 14px; font-weight: 600; }
.node text.detail { fill: var(--soft); font-size: 11.5px; font-weight: 400; }
.node.supervisor rect { stroke-width: 3; }
.node.pale rect { stroke: var(--pale); }
.node.pale text { fill: var(--soft); font-weight: 400; }
.node.reached rect { fill: var(--reached); stroke: var(--path); }
"""


def svg(marked: Marked, drawing: Drawing) -> str:
    """The document; what people read in the picture is in its description, too."""
    graph = marked.graph
    edges, nodes = {edge.id: edge for edge in graph.edges}, {node.id: node for node in graph.nodes}
    lines = sorted(drawing.lines, key=lambda line: marked.is_strong(edges[line.id]))  # the path above all others
    title = _text(f"Graph of {graph.name}")
    size = f'width="{drawing.width}" height="{drawing.height}" viewBox="0 0 {drawing.width} {drawing.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title description">',
        f'<title id="title">{title}</title>',
        f'<desc id="description">{_text(summary(marked))}</desc>',
        f"<style>{_STYLE}</style>",
        *(_line(line, edges[line.id], marked) for line in lines),
        *(_label(line.label, edges[line.id], marked) for line in lines if line.label),
        *_nodes(drawing.boxes, nodes, marked),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _text(text: str) -> str:
    """A text that cannot be taken for markup, nor hold what XML forbids."""
    return escape(printable(text))


def _quoted(text: str) -> str:
    """The same as the value of an attribute."""
    return quoteattr(printable(text))


def _classes(edge: Edge, marked: Marked) -> str:
    state = "pale" if marked.is_pale(edge) else "taken" if marked.is_strong(edge) else ""
    return " ".join(filter(None, (edge.kind, state)))


def _line(line: Line, edge: Edge, marked: Marked) -> str:
    said = _text(edge_sentence(edge, marked))
    *_, before, end = line.points
    return (
        f'<g class="edge {_classes(edge, marked)}" data-edge={_quoted(edge.id)}><title>{said}</title>'
        f'<path d="{line.path}"/><polygon points="{_arrow(before, end)}"/></g>'
    )


def _arrow(before: Point, end: Point) -> str:
    """The head of an arrow; a line comes to a box from above, from below or from its side."""
    x, y = end
    if before[1] == y:
        side = sign(before[0] - x)
        return f"{x},{y} {x + 9 * side},{y - 5} {x + 9 * side},{y + 5}"
    side = sign(before[1] - y)
    return f"{x},{y} {x - 5},{y + 9 * side} {x + 5},{y + 9 * side}"


def _label(label: Label, edge: Edge, marked: Marked) -> str:
    width = PIXELS.text(label.text)
    return (
        f'<g class="label {_classes(edge, marked)}"><rect x="{label.x - width // 2}" y="{label.y - 8}" width="{width}" '
        f'height="16" rx="3"/><text x="{label.x}" y="{label.y}">{_text(label.text)}</text></g>'
    )


def _nodes(boxes: Sequence[BoxDrawn], nodes: dict[str, Node], marked: Marked) -> Iterator[str]:
    reached = marked.reached()
    for box in boxes:
        node = nodes[box.id]
        state = "" if reached is None else "reached" if node.id in reached else "pale"
        kind = node.type if node.type == "supervisor" else node.kind
        radius = box.height // 2 if node.kind != "agent" else 8
        middle, height = box.x + box.width // 2, box.y + box.height // 2
        shifts = [0] if len(box.lines) == 1 else [-9, 10]
        texts = (
            f'<text x="{middle}" y="{height + shift}"{_DETAIL if place else ""}>{_text(line)}</text>'
            for place, (line, shift) in enumerate(zip(box.lines, shifts, strict=True))
        )
        yield (
            f'<g class="node {" ".join(filter(None, (kind, state)))}" data-node={_quoted(node.id)}>'
            f"<title>{_text(node_sentence(node, marked))}</title>"
            f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="{radius}"/>{"".join(texts)}</g>'
        )
