"""Handlers of the control plane: graphs, with the path of an execution laid over them."""

from typing import TYPE_CHECKING, Any

from atthene_emulator.domain.session import Session
from atthene_emulator.errors import Unknown
from atthene_emulator.web.aside import aside
from atthene_emulator.web.control.journal import count_of
from atthene_emulator.web.exchange import Exchange

if TYPE_CHECKING:
    from atthene_emulator.web.control.graph_answers import Seen


async def session_graph(exchange: Exchange) -> Any:
    """The graph of a session's configuration, with the path of one of its executions."""
    from atthene_emulator.web.control import graph_answers  # noqa: PLC0415  # the start is quicker without

    session_id, namespace = exchange.path["session_id"], exchange.namespace
    session = namespace.records.sessions.get(session_id)
    if session is None:
        raise Unknown(f"There is no session {session_id!r}; GET /__emulator/state lists them")
    seen, style = _execution(exchange, session), exchange.query.get("format", "json")
    given = (session, namespace.language(), seen, style, exchange.secrets)
    return await aside(len(session.configuration.text), graph_answers.session_graph, *given)


def _execution(exchange: Exchange, session: Session) -> "Seen | None":
    """The execution of the turn that the query names, else the newest one; None for turn 0, and where there is none.

    Raises:
        Unknown: it is not kept.
    """
    from atthene_emulator.web.control.graph_answers import Seen  # noqa: PLC0415  # as above

    kept = exchange.namespace.executions.of_session(session.id)
    found = {one.turn: Seen(one.id, one.turn, one.outcome.status, one.outcome) for one in kept}
    run = exchange.namespace.running.get(session.id)
    if run is not None:
        start, status = run.start, "paused" if run.is_paused else "running"
        turn = start.situation.turn
        found[turn] = Seen(start.events.execution_id, turn, status, start.walk.so_far())
    if "turn" not in exchange.query:
        return found[max(found)] if found else None
    wanted = count_of(exchange, "turn", 0)
    if wanted and wanted not in found:
        kept_ones = f"turns {min(found)} to {max(found)} are kept" if found else "none of its executions is kept"
        raise Unknown(f"Session {session.id} has no turn {wanted}; {kept_ones}")
    return found[wanted] if wanted else None
