"""Handlers of `/agent/`."""

from typing import Any

from starlette.responses import Response

from atthene_emulator.configuration.accepted import accepted, read
from atthene_emulator.domain import agents
from atthene_emulator.errors import NotFound
from atthene_emulator.web import wire
from atthene_emulator.web.aside import aside
from atthene_emulator.web.exchange import Exchange


def list_agents(exchange: Exchange) -> Any:
    """The agents that the account has access to."""
    found = agents.list_agents(exchange.namespace, exchange.account)
    is_oldest_first = exchange.rulings["D17"] == "oldest first"
    return wire.agents(found if is_oldest_first else reversed(found))


async def create_agent(exchange: Exchange) -> Any:
    """Keep a new agent."""
    value = _configuration(exchange)
    configuration = await aside(len(exchange.data or b""), accepted, value, exchange.language)
    agent = agents.create_agent(exchange.namespace, exchange.account, configuration)
    return wire.agent(exchange.noting(agent))


def get_agent(exchange: Exchange) -> Any:
    """One agent."""
    return wire.agent(agents.get_agent(exchange.namespace, exchange.account, _name(exchange)))


def get_current_version(exchange: Exchange) -> Any:
    """The version that sessions are started from."""
    return wire.current_version(agents.get_agent(exchange.namespace, exchange.account, _name(exchange)))


def update_agent(exchange: Exchange) -> Any:
    """Merge a part into an agent's configuration."""
    name, part = _name(exchange), _configuration(exchange)
    agent = agents.update_agent(exchange.namespace, exchange.account, name, part, exchange.language)
    return wire.agent(exchange.noting(agent))


def replace_agent(exchange: Exchange) -> Any:
    """Give an agent another configuration."""
    name, value = _name(exchange), _configuration(exchange)
    agent = agents.replace_agent(exchange.namespace, exchange.account, name, value, exchange.language)
    return wire.agent(exchange.noting(agent))


def import_yaml(exchange: Exchange) -> Any:
    """Give an agent the configuration of a YAML text: that in `yaml_content`, or the body itself."""
    name = _name(exchange)
    value = exchange.body or read(exchange.data or b"", exchange.media).value
    if isinstance(value, dict) and isinstance(value.get("yaml_content"), str):
        exchange.inside = ("yaml_content",)
        value = read(value["yaml_content"].encode(), "yaml").value
    agent = agents.import_agent(exchange.namespace, exchange.account, name, value, exchange.language)
    return wire.agent(exchange.noting(agent))


def export_yaml(exchange: Exchange) -> Response:
    """An agent's configuration as YAML, which import takes."""
    agent = agents.get_agent(exchange.namespace, exchange.account, _name(exchange))
    from atthene_emulator.configuration.yaml_text import write_yaml  # noqa: PLC0415  # for whoever downloads

    return Response(write_yaml(agent.configuration.value), media_type="application/yaml")


def delete_agent(exchange: Exchange) -> None:
    """Forget an agent."""
    agents.delete_agent(exchange.namespace, exchange.account, _name(exchange))


def _configuration(exchange: Exchange) -> Any:
    exchange.inside = ("system_config",)
    return exchange.body["system_config"]


def _name(exchange: Exchange) -> str:
    """What the path calls the agent.

    Raises:
        NotFound: it is a key, and keys are ruled out (D19).
    """
    name = exchange.path["agent_id"]
    if not exchange.rulings["D19"] and agents.get_agent(exchange.namespace, exchange.account, name).id != name:
        raise NotFound("Agent not found")
    return name


async def validate(exchange: Exchange) -> Any:
    """Say what is wrong with a configuration, and keep nothing."""
    wrong = await exchange.validate_configuration()
    exchange.status = exchange.rulings["D05b"] if wrong else None
    return wire.validation(wrong)
