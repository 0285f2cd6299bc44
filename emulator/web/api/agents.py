"""Handlers of `/agent/`."""

from typing import Any

from emulator.web import wire
from emulator.web.call import Call


async def list_agents(call: Call) -> Any:
    """The account's agents."""
    return wire.agents(await call.namespace.agents.list(call.account), call.contract)


async def create_agent(call: Call) -> Any:
    """Keep a new agent."""
    agent = await call.namespace.agents.create(call.account, call.body["system_config"], call.language)
    return wire.agent(call.noting(agent), call.contract)


async def get_agent(call: Call) -> Any:
    """One agent."""
    return wire.agent(await call.namespace.agents.get(call.account, call.path["agent_id"]), call.contract)


async def update_agent(call: Call) -> Any:
    """Merge a part into an agent's configuration."""
    name, part = call.path["agent_id"], call.body["system_config"]
    agent = await call.namespace.agents.update(call.account, name, part, call.language)
    return wire.agent(call.noting(agent), call.contract)


async def delete_agent(call: Call) -> None:
    """Forget an agent."""
    await call.namespace.agents.delete(call.account, call.path["agent_id"])


async def validate(call: Call) -> Any:
    """Say what is wrong with a configuration, and keep nothing."""
    return wire.validation(call.examine_configuration())
