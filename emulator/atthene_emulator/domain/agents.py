"""Use cases of agents: list, create, get, change, import, delete.

An account sees its own agents and those that its company shares, which it may not change (D07, D51).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.document import check_size
from atthene_emulator.configuration.language import Language
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.agent import FIRST, Agent, Version
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.record_set import DuplicateError
from atthene_emulator.domain.slug import agent_key
from atthene_emulator.errors import AlreadyExists, NotFound, NotPermitted


def list_agents(namespace: Namespace, account: Account) -> Sequence[Agent]:
    """The account's agents and those shared with it, oldest first (D17)."""
    agents = namespace.records.agents
    own = agents.page("owner", account.id)
    shared = [agent for agent in agents.page("shared", account.company) if agent.owner != account.id]
    return sorted([*own, *shared], key=lambda agent: agent.created_at) if shared else own


def get_agent(namespace: Namespace, account: Account, name: str) -> Agent:
    """An agent by its id or its key (D19), of the account's own before those shared with it.

    Raises:
        NotFound: there is none, or it is another's (D07).
    """
    agents = namespace.records.agents
    found = agents.get(name) or agents.find("owner_key", (account.id, name))
    if found is None:
        found = next((agent for agent in agents.page("shared", account.company) if agent.key == name), None)
    if found is None or not (found.owner == account.id or (found.is_shared and found.company == account.company != "")):
        raise NotFound("Agent not found")
    return found


def public_agent(namespace: Namespace, key: str, origin: str) -> Agent | None:
    """The agent of that key which pages of this origin may start without a key of their own, if there is one (D66).

    Raises:
        NotPermitted: there are only agents of other origins [documented: connecting-your-agent@G4].
    """
    agents = namespace.records.agents.page("public", key)
    if agents and all(agent.origin_url != origin for agent in agents):
        raise NotPermitted
    return next((agent for agent in agents if agent.origin_url == origin), None)


def get_version(agent: Agent, number: str) -> Version:
    """The version of that number, such as `1.0.0` [documented: sessions/from-agent@G4].

    Raises:
        NotFound: the agent has none (D60).
    """
    for version in agent.versions:
        if ".".join(map(str, version.number)) == number:
            return version
    raise NotFound("Agent version not found")


def create_agent(namespace: Namespace, account: Account, configuration: Configuration) -> Agent:
    """Keep a new agent with this configuration.

    Raises:
        AlreadyExists: the account has an agent with the key that the name gives (D14).
        NoRoom: so much is kept that no more is.
    """
    namespace.check_room(configuration)
    now = namespace.clock.now()
    agent = Agent(
        id=namespace.ids.uuid("agent"),
        key=agent_key(configuration.name),
        owner=account.id,
        company=account.company,
        created_at=now,
        versions=(Version(FIRST, configuration, now),),
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

    Raises:
        NotFound, NotPermitted: as `own_agent`.
        Unreadable: the result is larger than a document may be (K23).
        InvalidConfiguration: the result has errors; nothing is changed.
    """
    agent = own_agent(namespace, account, name)
    return _save(namespace, agent, merged(agent.configuration.value, part), language)


def replace_agent(namespace: Namespace, account: Account, name: str, value: Any, language: Language) -> Agent:
    """Give the agent another configuration in the place of its own (D16).

    Raises:
        NotFound, NotPermitted: as `own_agent`.
        InvalidConfiguration: it has errors; nothing is changed.
    """
    return _save(namespace, own_agent(namespace, account, name), value, language)


def import_agent(namespace: Namespace, account: Account, name: str, value: Any, language: Language) -> Agent:
    """Replace the agent's configuration; a document that is none by itself is merged into it (D61).

    In such a part, `architecture` means the agent type of a flat configuration, as the page's own example has it
    [documented: agents/import-yaml@G3].

    Raises:
        NotFound, NotPermitted: as `own_agent`.
        InvalidConfiguration: the result has errors; nothing is changed.
    """
    agent = own_agent(namespace, account, name)
    if isinstance(value, dict) and "agents" not in value and "agent_type" not in value:
        whole = agent.configuration.value
        flat = "agents" not in whole
        value = merged(whole, {"agent_type" if flat and key == "architecture" else key: value[key] for key in value})
    return _save(namespace, agent, value, language)


def delete_agent(namespace: Namespace, account: Account, name: str) -> None:
    """Forget an agent with all its versions; its sessions stay (D18).

    Raises:
        NotFound, NotPermitted: as `own_agent`.
    """
    namespace.records.agents.remove(own_agent(namespace, account, name).id)


def own_agent(namespace: Namespace, account: Account, name: str) -> Agent:
    """An agent that the account may change.

    Raises:
        NotFound: as `get_agent`.
        NotPermitted: it is only shared with the account (D51).
    """
    agent = get_agent(namespace, account, name)
    if agent.owner != account.id:
        raise NotPermitted
    return agent


def _save(namespace: Namespace, agent: Agent, value: Any, language: Language) -> Agent:
    """The agent with a new version, which is the current one; what changes nothing makes none (D15)."""
    check_size(value)  # parts that were merged may be many
    configuration = namespace.acceptance.accept(value, language)
    if configuration.text == agent.configuration.text:
        return agent
    namespace.check_room(configuration)
    changed = agent.saved(configuration, namespace.clock.now())
    namespace.records.agents.replace(changed)
    return changed


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
