"""Handlers of the control plane: coverage."""

from typing import Any

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.coverage import Covered
from atthene_emulator.domain.room import Room
from atthene_emulator.limits import ANSWER
from atthene_emulator.web.control.everywhere import is_everywhere
from atthene_emulator.web.exchange import Exchange

_ELEMENT = 100  # bytes of an element without its names


async def get_coverage(exchange: Exchange) -> Any:
    """Which agents, edges, arms and outputs were exercised, by configuration; agents that never ran are there, too."""
    counted, configurations = exchange.namespace.coverage, list[Configuration]()
    if is_everywhere(exchange):
        async with exchange.emulator.all_in_view():
            counted = exchange.emulator.coverage()
    else:
        configurations = [agent.configuration for agent in exchange.namespace.records.agents]
    room, shown = Room(ANSWER.most), list[dict[str, Any]]()
    for one in counted.all(configurations):
        if not room.take(sum(_ELEMENT + len(element.source) + len(element.target) for element, _ in one.elements)):
            break
        shown.append(_covered(one))
    told = counted.known(configurations) - len(shown) + counted.dropped
    exchange.notes.append((b"x-emulator-dropped", str(told).encode()))
    return shown


def _covered(one: Covered) -> dict[str, Any]:
    return {
        "name": one.configuration.name,
        "config_hash": one.configuration.digest[:12],
        "executions": one.executions,
        "covered": sum(count > 0 for _, count in one.elements),
        "total": len(one.elements),
        "elements": [
            {
                "kind": element.kind,
                "from": element.source,
                "to": element.target or None,
                "arm": element.arm,
                "count": count,
            }
            for element, count in one.elements
        ],
    }
