"""Where the walk goes next, without a model. This module is the order in which that is decided.

A script's `route` decides; else the one output field that the condition names; else the policy: the first target on the
first pass, the next one on each further pass, so that loops end (K32).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from atthene_emulator.configuration.system import END, ENDS, START, Agent, Edge, System, node
from atthene_emulator.errors import Unscripted
from atthene_emulator.execution.templates import inside, text
from atthene_emulator.wording import did_you_mean

_YES, _NO = "yes", "no"
_WORDS = {"yes": True, "true": True, "no": False, "false": False}
_FALLBACK = "three invalid answers lead to the end"  # documented: conditional-edges@G3; that a route plays it is K47


class Move(NamedTuple):
    """One step to a node, and why it was taken.

    `arm` is yes or no of a boolean edge; `handoff` marks steps between a supervisor and its agents, which are no edges;
    `is_conditional` those where a condition decides.
    """

    source: str
    target: str
    why: str
    arm: str | None = None
    handoff: bool = False
    is_conditional: bool = False


def moves(
    system: System,
    source: str,
    route: tuple[str, str] | None,
    outputs: Mapping[str, Any],
    passes: int,
) -> tuple[Move, ...]:
    """The steps from a node: one for a conditional edge, one for each plain one.

    Args:
        system: the configuration.
        source: the node that is left.
        route: name of the script and its `route`, if it has one.
        outputs: structured outputs so far.
        passes: how often the source has been left before in this execution.

    Raises:
        Unscripted: the script routes to where no edge leads.
    """
    edges = system.edges.get(source, ())
    if not edges and (route is None or node(route[1]) == END):
        return ()
    if edges and edges[0].kind != "plain":
        return (_choice(edges[0], route, outputs, passes)._replace(is_conditional=True),)
    why = "entry point" if source == START else "edge"
    if len(edges) == 1 and route is None:
        return (Move(source, edges[0].targets[0], why),)
    targets = [edge.targets[0] for edge in edges]
    if route is not None:
        script, target = route
        if node(target) not in targets:
            raise _no_way(script, source, target, targets)
        return (Move(source, node(target), f"script {script}"),)
    return tuple(Move(source, target, why) for target in dict.fromkeys(targets))


def _choice(edge: Edge, route: tuple[str, str] | None, outputs: Mapping[str, Any], passes: int) -> Move:
    if route is not None:
        return _scripted(edge, *route)
    value = None
    why = ""
    if edge.decided_by is not None:
        agent, field = edge.decided_by
        value = inside(outputs.get(agent), field.split(".") if field else ())
        why = f"output {f'{agent}.{field}' if field else agent} is {text(value)}"
    if edge.kind == "boolean":
        answer = _WORDS.get(value.strip().lower()) if isinstance(value, str) else value
        if isinstance(answer, bool):
            return Move(edge.source, edge.targets[0 if answer else 1], why, _YES if answer else _NO)
        if answer is None and isinstance(value, str) and value in edge.targets:
            return Move(edge.source, value, why, (_YES, _NO)[edge.targets.index(value)])
        index = passes % len(edge.targets)
        return Move(edge.source, edge.targets[index], f"policy, pass {passes + 1}", (_YES, _NO)[index])
    if isinstance(value, str) and value in edge.targets:
        return Move(edge.source, value, why)
    return Move(edge.source, edge.targets[passes % len(edge.targets)], f"policy, pass {passes + 1}")


def _scripted(edge: Edge, script: str, target: str) -> Move:
    why = f"script {script}"
    if target in ENDS:
        return Move(edge.source, END, f"{why}: {_FALLBACK}")
    if edge.kind == "boolean":
        if target in (_YES, _NO):
            return Move(edge.source, edge.targets[0 if target == _YES else 1], why, target)
        if target in edge.targets:
            return Move(edge.source, target, why, (_YES, _NO)[edge.targets.index(target)])
        raise _no_way(script, edge.source, target, [_YES, _NO, *edge.targets])
    if target not in edge.targets:
        raise _no_way(script, edge.source, target, edge.targets)
    return Move(edge.source, target, why)


def check_route(system: System, agent: Agent, route: str, script: str) -> None:
    """Refuse a script's route that leads nowhere from an agent, as far as that is known before its turn has ended.

    Raises:
        Unscripted: it does.
    """
    if agent.type != "supervisor":
        moves(system, agent.name, (script, route), {}, 0)
    elif route not in ENDS:
        check_worker(agent, route, script)


def check_worker(supervisor: Agent, worker: str, script: str) -> None:
    """Refuse a script that has a supervisor hand over to who is none of its agents.

    Raises:
        Unscripted: it does.
    """
    if worker not in supervisor.supervised:
        near = did_you_mean(worker, supervisor.supervised, f"; it supervises {', '.join(supervisor.supervised)}")
        raise Unscripted(f"Script {script}: {supervisor.name} does not supervise {worker}{near}")


def _no_way(script: str, source: str, target: str, targets: Sequence[str]) -> Unscripted:
    near = did_you_mean(target, targets, f"; it leads to {', '.join(targets) or 'nothing'}")
    return Unscripted(f"Script {script}: no edge leads from {source} to {target}{near}")
