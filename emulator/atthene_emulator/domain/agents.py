"""Use cases of agents, each seen by its own account only (D07): list, create, get, update, delete."""

from collections.abc import Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.language import Language
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.agent import Agent
from atthene_emulator.domain.collection import DuplicateError
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.slug import agent_key
from atthene_emulator.errors import AlreadyExists, NotFound


def list_agents(namespace: Namespace, account: Account) -> Sequence[Agent]:
    """The account's agents, oldest first (D17)."""
    return namespace.records.agents.page("owner", account.id)


def get_agent(namespace: Namespace, account: Account, name: str) -> Agent:
    """An agent by its id or its key (D19).

    Raises:
        NotFound: there is none.
    """
    agents = namespace.records.agents
    agent = agents.get(name) or agents.find("owner_key", (account.id, name))
    if agent is None or agent.owner != account.id:
        raise NotFound("Agent not found")
    return agent


def create_agent(namespace: Namespace, account: Account, value: Any, language: Language) -> Agent:
    """Keep a new agent with this configuration.

    Raises:
        InvalidConfiguration: the configuration has errors.
        AlreadyExists: the account has an agent with the key that the name gives (D14).
    """
    configuration = namespace.acceptance.accept(value, language)
    name, now = configuration.name, namespace.clock.now()
    agent = Agent(
        id=namespace.ids.uuid("agent"),
        key=agent_key(name),
        owner=account.id,
        company=account.company,
        configuration=configuration,
        name=name,
        version=(1, 0, 0),
        created_at=now,
        updated_at=now,
    )
    try:
        namespace.records.agents.add(agent)
    except DuplicateError:
        raise AlreadyExists from None
    return agent


def update_agent(
    namespace: Namespace, account: Account, name: str, part: Mapping[str, Any], language: Language
) -> Agent:
    """Merge `part` deeply into the agent's configuration; None removes a key (D16).

    A part that changes nothing leaves version and time as they are (D15).

    Raises:
        NotFound: as `get_agent`.
        InvalidConfiguration: the result has errors; nothing is changed.
    """
    agent = get_agent(namespace, account, name)
    configuration = namespace.acceptance.accept(merged(agent.configuration.value, part), language)
    if configuration.text == agent.configuration.text:
        return agent
    major, minor, patch = agent.version
    changed = agent._replace(
        configuration=configuration,
        name=configuration.name,
        version=(major, minor, patch + 1),
        updated_at=namespace.clock.now(),
    )
    namespace.records.agents.replace(changed)
    return changed


def delete_agent(namespace: Namespace, account: Account, name: str) -> None:
    """Forget an agent; its sessions stay (D18).

    Raises:
        NotFound: as `get_agent`.
    """
    namespace.records.agents.remove(get_agent(namespace, account, name).id)


def merged(value: Any, part: Any) -> Any:
    """`part` merged deeply into `value`: mappings by key, None removes, everything else replaces."""
    if not isinstance(value, dict) or not isinstance(part, Mapping):
        return without_nulls(part)
    result = dict(value)
    for key, item in part.items():
        if item is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), item)
    return result


def without_nulls(part: Any) -> Any:
    """A new mapping without the keys that None would remove."""
    if isinstance(part, Mapping):
        return {key: without_nulls(item) for key, item in part.items() if item is not None}
    return part
