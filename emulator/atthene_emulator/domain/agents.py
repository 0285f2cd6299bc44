"""Use cases of agents: list, create, get, update, delete. This module is those of one namespace."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from atthene_emulator.domain.records import AGENTS, Account, Agent
from atthene_emulator.domain.slug import agent_key
from atthene_emulator.errors import AlreadyExists, NotFound, NotYours
from atthene_emulator.store import DuplicateError, StaleError

if TYPE_CHECKING:
    from atthene_emulator.configuration.language import Language
    from atthene_emulator.domain.namespace import Namespace


class Agents:
    """The agents of a namespace, each seen by its own account only (D07)."""

    def __init__(self, namespace: "Namespace") -> None:
        self._namespace = namespace
        self._agents = namespace.store.collection(AGENTS)

    async def list(self, account: Account) -> Sequence[Agent]:
        """The account's agents, oldest first (D17)."""
        return await self._agents.page("owner", account.id)

    async def get(self, account: Account, name: str) -> Agent:
        """An agent by its id or its key (D19).

        Raises:
            NotFound: there is none.
            NotYours: it belongs to another account.
        """
        agent = await self._agents.get(name) or await self._agents.find("owner_key", (account.id, name))
        if agent is None:
            raise NotFound("Agent not found")
        if agent.owner != account.id:
            raise NotYours
        return agent

    async def create(self, account: Account, value: Any, language: "Language") -> Agent:
        """Keep a new agent with this configuration.

        Raises:
            InvalidConfiguration: the configuration has errors.
            AlreadyExists: the account has an agent with the key that the name gives (D14).
        """
        configuration = self._namespace.acceptance.accept(value, language)
        name = configuration.name
        now = self._namespace.clock.now()
        agent = Agent(
            id=self._namespace.ids.uuid("agent"),
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
            await self._agents.add(agent)
        except DuplicateError:
            raise AlreadyExists(f"An agent with the key {agent.key} exists already; choose another name") from None
        return agent

    async def update(self, account: Account, name: str, part: Mapping[str, Any], language: "Language") -> Agent:
        """Merge `part` deeply into the agent's configuration; None removes a key (D16).

        A part that changes nothing leaves version and time as they are (D15).

        Raises:
            NotFound, NotYours: as `get`.
            InvalidConfiguration: the result has errors; nothing is changed.
            AlreadyExists: it was changed meanwhile, which only a store that waits lets happen.
        """
        agent = await self.get(account, name)
        configuration = self._namespace.acceptance.accept(merged(agent.configuration.value, part), language)
        if configuration.text == agent.configuration.text:
            return agent
        major, minor, patch = agent.version
        changed = agent._replace(
            configuration=configuration,
            name=configuration.name,
            version=(major, minor, patch + 1),
            updated_at=self._namespace.clock.now(),
        )
        try:
            await self._agents.replace(agent, changed)
        except StaleError:
            raise AlreadyExists(f"The agent {agent.key} was changed meanwhile; send the update again") from None
        return changed

    async def delete(self, account: Account, name: str) -> None:
        """Forget an agent; its sessions stay (D18).

        Raises:
            NotFound, NotYours: as `get`.
        """
        await self._agents.remove(await self.get(account, name))


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
