"""Handlers of the control plane: scenarios."""

from typing import Any

from atthene_emulator.domain import scenarios
from atthene_emulator.web.exchange import Exchange


def list_scenarios(exchange: Exchange) -> Any:
    """Every scenario, those of the seed first, and which one is active."""
    namespace = exchange.namespace
    return [
        {"name": name, "description": description, "active": name == namespace.scenario.name}
        for name, description in scenarios.descriptions(namespace.seed, exchange.emulator.library).items()
    ]


def use_scenario(exchange: Exchange) -> Any:
    """Switch to a scenario."""
    scenario = scenarios.use_scenario(exchange.namespace, exchange.path["name"], exchange.emulator.library)
    return {"name": scenario.name, "description": scenario.description, "active": True}
