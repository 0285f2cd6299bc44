"""Graphs as answers: JSON, or a text in another format. This module is that form; it is loaded when the first graph is asked for."""

from typing import Any, NamedTuple

from starlette.responses import Response

from atthene_emulator.configuration.language import Language
from atthene_emulator.domain.redaction import redact_value
from atthene_emulator.domain.session import Session
from atthene_emulator.errors import Misuse
from atthene_emulator.execution.walk import Outcome
from atthene_emulator.graph.drawing import Drawing, Line, drawing_of
from atthene_emulator.graph.formats import FORMATS, Format, written
from atthene_emulator.graph.graph import Edge, Node, graph_of
from atthene_emulator.graph.marks import Marked, with_path
from atthene_emulator.secrecy import Redaction
from atthene_emulator.wording import did_you_mean

_JSON = "json"
_NO_SCRIPTS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


class Seen(NamedTuple):
    """What is shown of an execution, which may be under way; `status` is running or paused then."""

    id: str
    turn: int
    status: str
    outcome: Outcome


def session_graph(session: Session, language: Language, seen: Seen | None, style: str, secrets: tuple[str, ...]) -> Any:
    """The graph of a session's configuration, with the path of an execution if one is given.

    Args:
        session: whose configuration it is.
        language: of its namespace.
        seen: the execution.
        style: json, or one of the other formats.
        secrets: what is never shown.

    Raises:
        Misuse: there is no such format, or the graph is too large for a picture.
    """
    chosen = _format(style)
    graph = graph_of(session.configuration, language)
    marked = Marked(graph) if seen is None else with_path(graph, seen.outcome)
    if chosen is not None:
        return _response(marked.rewritten(Redaction(secrets).text), chosen)
    answer = {
        "session_id": session.id,
        "configuration": {"name": graph.name, "config_hash": graph.config_hash},
        "execution": None if seen is None else {"id": seen.id, "turn": seen.turn, "status": seen.status},
        "graph": shown_graph(marked),
    }
    return redact_value(answer, secrets)


def _format(wanted: str) -> Format | None:
    """The format of that name; None for JSON."""
    for style in FORMATS:
        if wanted == style:
            return style
    if wanted != _JSON:
        known = (_JSON, *FORMATS)
        near = did_you_mean(wanted[:60], known, f"; there are {', '.join(known)}.")
        raise Misuse(f"There is no format {wanted[:60]}{near}")
    return None


def _response(marked: Marked, style: Format) -> Response:
    text = written(marked, style)
    if text is None:
        raise Misuse("The graph is too large for a picture; format=text has it as a table")
    return Response(text, media_type="image/svg+xml" if style == "svg" else "text/plain", headers=_NO_SCRIPTS)


def shown_graph(marked: Marked) -> dict[str, Any]:
    """A graph as JSON, with what is laid over it, and its picture unless it is too large for one."""
    drawing = drawing_of(marked)
    return {
        "nodes": [_node(node, marked) for node in marked.graph.nodes],
        "edges": [_edge(edge, marked) for edge in marked.graph.edges],
        "drawing": None if drawing is None else _drawing(drawing),
    }


def _node(node: Node, marked: Marked) -> dict[str, Any]:
    return {
        "id": node.id,
        "label": node.label,
        "kind": node.kind,
        "type": node.type,
        "tools": [{"name": tool.name, "asks": tool.asks} for tool in node.tools],
        "outputs": list(node.outputs),
        "model": node.model,
        "visits": None if marked.visits is None else marked.visits.get(node.id, 0),
    }


def _edge(edge: Edge, marked: Marked) -> dict[str, Any]:
    taken = () if marked.taken is None else marked.taken.get(edge.id, ())
    return {
        "id": edge.id,
        "from": edge.source,
        "to": edge.target,
        "kind": edge.kind,
        "arm": edge.arm,
        "condition": edge.condition or None,
        "taken": [{"order": one.order, "why": one.why} for one in taken],
        "count": marked.counts.get(edge.id),
    }


def _drawing(drawing: Drawing) -> dict[str, Any]:
    return {
        "width": drawing.width,
        "height": drawing.height,
        "nodes": [
            {"id": box.id, "x": box.x, "y": box.y, "width": box.width, "height": box.height, "lines": list(box.lines)}
            for box in drawing.boxes
        ],
        "edges": [_line(line) for line in drawing.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    label = line.label
    return {
        "id": line.id,
        "points": [list(point) for point in line.points],
        "path": line.path,
        "label": None if label is None else {"x": label.x, "y": label.y, "text": label.text},
    }
