"""Use cases of sessions, each seen by its own account only (D07): create, start from an agent, list, get, delete."""

from collections.abc import Sequence

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.contracts import Contract
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.agent import Agent
from atthene_emulator.domain.agents import get_agent
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.session import Session, Status
from atthene_emulator.errors import NotFound, NotYours

IDLE_AFTER = 30 * 60.0  # seconds, D40


def create_session(
    namespace: Namespace, account: Account, configuration: Configuration, contract: Contract, agent: Agent | None = None
) -> Session:
    """Keep a new session with this configuration; its id has the style of the contract."""
    now = namespace.clock.now()
    session = Session(
        id=namespace.ids.session(contract.session_ids),
        owner=account.id,
        configuration=configuration,
        created_at=now,
        last_activity=now,
        agent_id=agent.id if agent else None,
        agent_key=agent.key if agent else None,
    )
    namespace.records.sessions.add(session)
    return session


def start_session(namespace: Namespace, account: Account, agent_name: str, contract: Contract) -> Session:
    """A new session with the configuration that an agent has now (D22).

    Raises:
        NotFound, NotYours: as for the agent.
    """
    agent = get_agent(namespace, account, agent_name)
    return create_session(namespace, account, agent.configuration, contract, agent)


def list_sessions(
    namespace: Namespace,
    account: Account,
    *,
    agent_key: str | None = None,
    limit: int | None = None,
    offset: int = 0,
    newest_first: bool = True,
) -> Sequence[Session]:
    """The account's sessions, newest first unless ruled otherwise (D20)."""
    index, value = ("owner", account.id) if agent_key is None else ("owner_agent", (account.id, agent_key))
    return namespace.records.sessions.page(index, value, newest_first=newest_first, limit=limit, offset=offset)


def get_session(namespace: Namespace, account: Account, session_id: str) -> Session:
    """A session.

    Raises:
        NotFound: there is none.
        NotYours: it belongs to another account.
    """
    session = namespace.records.sessions.get(session_id)
    if session is None:
        raise NotFound("Session not found")
    if session.owner != account.id:
        raise NotYours
    return session


def delete_session(namespace: Namespace, account: Account, session_id: str) -> None:
    """Forget a session (D23).

    Raises:
        NotFound, NotYours: as `get_session`.
    """
    namespace.records.sessions.remove(get_session(namespace, account, session_id).id)


def delete_sessions_of_agent(namespace: Namespace, account: Account, agent_key: str) -> int:
    """Forget the account's sessions of an agent, which may be gone itself; how many there were.

    Raises:
        NotFound: the account has neither such an agent nor sessions of one.
    """
    found = list_sessions(namespace, account, agent_key=agent_key)
    if not found:
        get_agent(namespace, account, agent_key)
    for session in found:
        namespace.records.sessions.remove(session.id)
    return len(found)


def status_of(namespace: Namespace, session: Session) -> Status:
    """The session's status now (D40)."""
    if session.id in namespace.running:
        return "processing"
    if session.failed:
        return "error"
    return "idle" if namespace.clock.now() - session.last_activity >= IDLE_AFTER else "active"


def last_activity_of(namespace: Namespace, session: Session) -> float:
    """When something happened in the session last, in unix seconds; the beginning of an execution counts."""
    run = namespace.running.get(session.id)
    return session.last_activity if run is None else run.start.at
