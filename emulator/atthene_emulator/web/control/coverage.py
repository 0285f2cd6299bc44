"""Handlers of the control plane: coverage."""

from typing import Any

from atthene_emulator.domain.coverage import Covered
from atthene_emulator.errors import Misuse
from atthene_emulator.web.exchange import Exchange


def get_coverage(exchange: Exchange) -> Any:
    """Which agents, edges, arms and outputs were exercised, by configuration; agents that never ran are there, too."""
    namespaces = exchange.query.get("namespaces")
    if namespaces == "all":
        return [_covered(one) for one in exchange.emulator.coverage().all()]
    if namespaces is not None:
        raise Misuse(
            f"namespaces is all, or left out, not {namespaces[:60]!r}; one alone is meant by X-Emulator-Namespace"
        )
    namespace = exchange.namespace
    covered = namespace.coverage.all(agent.configuration for agent in namespace.records.agents)
    return [_covered(one) for one in covered]


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
