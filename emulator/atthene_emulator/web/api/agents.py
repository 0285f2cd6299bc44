"""Handlers of `/agent/`."""

from typing import Any

from atthene_emulator.errors import NotFound
from atthene_emulator.web import wire
from atthene_emulator.web.call import Call


async def list_agents(call: Call) -> Any:
    """The account's agents."""
    found = await call.namespace.agents.list(call.account)
    return wire.agents(found if call.rulings["D17"] == "oldest first" else reversed(found), call.contract)


async def create_agent(call: Call) -> Any:
    """Keep a new agent."""
    agent = await call.namespace.agents.create(call.account, call.body["system_config"], call.language)
    return wire.agent(call.noting(agent), call.contract)


async def get_agent(call: Call) -> Any:
    """One agent."""
    return wire.agent(await call.namespace.agents.get(call.account, await _name(call)), call.contract)


async def update_agent(call: Call) -> Any:
    """Merge a part into an agent's configuration."""
    name, part = await _name(call), call.body["system_config"]
    agent = await call.namespace.agents.update(call.account, name, part, call.language)
    return wire.agent(call.noting(agent), call.contract)


async def delete_agent(call: Call) -> None:
    """Forget an agent."""
    await call.namespace.agents.delete(call.account, await _name(call))


async def _name(call: Call) -> str:
    """What the path calls the agent.

    Raises:
        NotFound: it is a key, and keys are ruled out (D19).
    """
    name = call.path["agent_id"]
    if not call.rulings["D19"] and (await call.namespace.agents.get(call.account, name)).id != name:
        raise NotFound("Agent not found")
    return name


async def validate(call: Call) -> Any:
    """Say what is wrong with a configuration, and keep nothing."""
    wrong = call.examine_configuration()
    call.status = call.rulings["D05b"] if wrong else None
    return wire.validation(wrong)
