"""Use cases of sessions: create, start from an agent, list, get, delete. This module is those of one namespace."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.planting import SESSION_STYLES
from atthene_emulator.domain.records import SESSIONS, Account, Agent, Session, Status
from atthene_emulator.errors import NotFound, NotYours
from atthene_emulator.settings import Contract

if TYPE_CHECKING:
    from atthene_emulator.domain.namespace import Namespace


class Sessions:
    """The sessions of a namespace, each seen by its own account only (D07)."""

    def __init__(self, namespace: "Namespace") -> None:
        self._namespace = namespace
        self._sessions = namespace.store.collection(SESSIONS)

    async def create(
        self, account: Account, configuration: Configuration, contract: Contract, agent: Agent | None = None
    ) -> Session:
        """Keep a new session with this configuration; its id has the style of the contract."""
        now = self._namespace.clock.now()
        session = Session(
            id=self._namespace.ids.session(SESSION_STYLES[contract]),
            owner=account.id,
            configuration=configuration,
            created_at=now,
            last_activity=now,
            agent_id=agent.id if agent else None,
            agent_key=agent.key if agent else None,
        )
        await self._sessions.add(session)
        return session

    async def start(self, account: Account, agent_name: str, contract: Contract) -> Session:
        """A new session with the configuration that an agent has now (D22).

        Raises:
            NotFound, NotYours: as for the agent.
        """
        agent = await self._namespace.agents.get(account, agent_name)
        return await self.create(account, agent.configuration, contract, agent)

    async def list(
        self,
        account: Account,
        *,
        agent_key: str | None = None,
        limit: int | None = None,
        offset: int = 0,
        newest_first: bool = True,
    ) -> Sequence[Session]:
        """The account's sessions, newest first unless ruled otherwise (D20)."""
        index, value = ("owner", account.id) if agent_key is None else ("owner_agent", (account.id, agent_key))
        return await self._sessions.page(index, value, newest_first=newest_first, limit=limit, offset=offset)

    async def get(self, account: Account, session_id: str) -> Session:
        """A session.

        Raises:
            NotFound: there is none.
            NotYours: it belongs to another account.
        """
        session = await self._sessions.get(session_id)
        if session is None:
            raise NotFound("Session not found")
        if session.owner != account.id:
            raise NotYours
        return session

    async def delete(self, account: Account, session_id: str) -> None:
        """Forget a session (D23).

        Raises:
            NotFound, NotYours: as `get`.
        """
        await self._sessions.remove(await self.get(account, session_id))

    async def delete_of_agent(self, account: Account, agent_key: str) -> int:
        """Forget the account's sessions of an agent, which may be gone itself; how many there were.

        Raises:
            NotFound: the account has neither such an agent nor sessions of one.
        """
        found = await self.list(account, agent_key=agent_key)
        if not found:
            await self._namespace.agents.get(account, agent_key)
        for session in found:
            await self._sessions.remove(session)
        return len(found)

    def status(self, session: Session) -> Status:
        """The session's status now (D40)."""
        return session.status(self._namespace.clock.now(), self._namespace.idle_after)
