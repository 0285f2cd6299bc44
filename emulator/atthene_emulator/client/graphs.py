"""Graphs of sessions. This module is that part of the client."""

from typing import Literal

from atthene_emulator.client.connection import NamespaceControl, quoted
from atthene_emulator.client.reading import Json

Style = Literal["svg", "mermaid", "text"]


class Graphs(NamespaceControl):
    """Reading graphs, with the paths of executions."""

    def session_graph(self, session_id: str, *, turn: int | None = None) -> Json:
        """The graph of a session's configuration: `configuration`, the `execution` whose path is laid over it, and `graph`.

        Args:
            session_id: of the session.
            turn: which execution of it, from 1; 0 for the graph alone, None for the newest one.
        """
        shown: Json = self._ask("GET", f"/sessions/{quoted(session_id)}/graph", query=_query(turn))
        return shown

    def drawn_session_graph(self, session_id: str, style: Style = "text", *, turn: int | None = None) -> str:
        """The same as a text: a stand-alone SVG, a flowchart of Mermaid, or lines for a terminal.

        Args:
            session_id: of the session.
            style: svg, mermaid or text.
            turn: as of `session_graph`.
        """
        query = {**_query(turn), "format": style}
        return self._control.ask_for_text(f"/sessions/{quoted(session_id)}/graph", self.namespace, query)


def _query(turn: int | None) -> Json:
    return {} if turn is None else {"turn": turn}
