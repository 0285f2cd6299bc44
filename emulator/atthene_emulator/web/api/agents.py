"""Handlers of `/agent/`."""

from typing import Any

from atthene_emulator.domain import agents
from atthene_emulator.errors import NotFound
from atthene_emulator.web import wire
from atthene_emulator.web.exchange import Exchange

_INSIDE = ("system_config",)


def list_agents(exchange: Exchange) -> Any:
    """The account's agents."""
    found = agents.list_agents(exchange.namespace, exchange.account)
    is_oldest_first = exchange.rulings["D17"] == "oldest first"
    return wire.agents(found if is_oldest_first else reversed(found), exchange.contract)


def create_agent(exchange: Exchange) -> Any:
    """Keep a new agent."""
    exchange.inside, value = _INSIDE, exchange.body["system_config"]
    agent = agents.create_agent(exchange.namespace, exchange.account, value, exchange.language)
    return wire.agent(exchange.noting(agent), exchange.contract)


def get_agent(exchange: Exchange) -> Any:
    """One agent."""
    return wire.agent(agents.get_agent(exchange.namespace, exchange.account, _name(exchange)), exchange.contract)


def update_agent(exchange: Exchange) -> Any:
    """Merge a part into an agent's configuration."""
    name, part = _name(exchange), exchange.body["system_config"]
    exchange.inside = _INSIDE
    agent = agents.update_agent(exchange.namespace, exchange.account, name, part, exchange.language)
    return wire.agent(exchange.noting(agent), exchange.contract)


def delete_agent(exchange: Exchange) -> None:
    """Forget an agent."""
    agents.delete_agent(exchange.namespace, exchange.account, _name(exchange))


def _name(exchange: Exchange) -> str:
    """What the path calls the agent.

    Raises:
        NotFound: it is a key, and keys are ruled out (D19).
    """
    name = exchange.path["agent_id"]
    if not exchange.rulings["D19"] and agents.get_agent(exchange.namespace, exchange.account, name).id != name:
        raise NotFound("Agent not found")
    return name


def validate(exchange: Exchange) -> Any:
    """Say what is wrong with a configuration, and keep nothing."""
    wrong = exchange.validate_configuration()
    exchange.status = exchange.rulings["D05b"] if wrong else None
    return wire.validation(wrong)
