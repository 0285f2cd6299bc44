"""Use cases of sessions: create, start from an agent, list, get, delete, give feedback.

A session is seen by its own account only (D07); one that was made for an end user, by nobody who speaks for another (D65). A page
without a key sees those of its public agent (D66).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.contracts import Contract
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.agent import Agent
from atthene_emulator.domain.agents import get_agent, get_version
from atthene_emulator.domain.feedback import Feedback
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.session import Session, Status
from atthene_emulator.errors import NotFound

IDLE_AFTER = 30 * 60.0  # seconds, D40


def create_session(
    namespace: Namespace, account: Account, configuration: Configuration, contract: Contract, agent: Agent | None = None
) -> Session:
    """Keep a new session with this configuration; its id has the style of the contract.

    Raises:
        NoRoom: so much is kept that no more is.
    """
    namespace.check_room(configuration)
    now = namespace.clock.now()
    session_id = namespace.ids.session(contract.session_ids)
    agent_id, agent_key = (agent.id, agent.key) if agent else (None, None)
    session = Session(session_id, account.id, configuration, now, now, agent_id, agent_key, user=account.user)
    namespace.records.sessions.add(session)
    return session


class Started(NamedTuple):
    """A session, and the agent that it was started from."""

    session: Session
    agent: Agent


def start_session(
    namespace: Namespace, account: Account, agent_name: str, contract: Contract, version: str | None = None
) -> Started:
    """A new session with the configuration that an agent has now, or that one of its versions has (D22).

    Raises:
        NotFound: as for the agent; or it has no such version.
        NoRoom: as `create_session`.
    """
    agent = get_agent(namespace, account, agent_name)
    chosen = agent.current if version is None else get_version(agent, version)
    return Started(create_session(namespace, account, chosen.configuration, contract, agent), agent)


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
    sees_all = account.user is None and account.agent_key is None
    return namespace.records.sessions.page(
        index,
        value,
        newest_first=newest_first,
        limit=limit,
        offset=offset,
        where=None if sees_all else lambda one: _sees(account, one),
    )


def _sees(account: Account, session: Session) -> bool:
    return account.agent_key in (None, session.agent_key) and (
        account.user is None or session.user in (None, account.user)
    )


def get_session(namespace: Namespace, account: Account, session_id: str) -> Session:
    """A session.

    Raises:
        NotFound: there is none, or it is another's.
    """
    session = namespace.records.sessions.get(session_id)
    if session is None or session.owner != account.id or not _sees(account, session):
        raise NotFound("Session not found")
    return session


def delete_session(namespace: Namespace, account: Account, session_id: str) -> None:
    """Forget a session.

    Raises:
        NotFound: as `get_session`.
    """
    _forget(namespace, get_session(namespace, account, session_id))


def _forget(namespace: Namespace, session: Session) -> None:
    """Forget a session, and what was said of its messages."""
    namespace.records.sessions.remove(session.id)
    for feedback in namespace.records.feedback.page("session", session.id):
        namespace.records.feedback.remove(feedback.id)


def delete_all_sessions(namespace: Namespace, account: Account) -> None:
    """Forget the account's sessions; for an end user, those that were made for that user (D65)."""
    for session in list_sessions(namespace, account):
        if session.user == account.user or account.user is None:
            _forget(namespace, session)


def delete_sessions_of_agent(namespace: Namespace, account: Account, agent_key: str) -> int:
    """Forget the account's sessions of an agent, which may be gone itself; how many there were.

    Raises:
        NotFound: the account has neither such an agent nor sessions of one.
    """
    found = list_sessions(namespace, account, agent_key=agent_key)
    if not found:
        get_agent(namespace, account, agent_key)
    for session in found:
        _forget(namespace, session)
    return len(found)


def give_feedback(namespace: Namespace, account: Account, message_id: str, said: Mapping[str, Any]) -> Feedback:
    """Keep what a user says of a message; what is said again replaces what was, and what is left out stays (D64).

    Args:
        namespace: where the message is.
        account: who calls.
        message_id: of a message in a session that the account sees.
        said: `rating`, `comment`, or both.

    Raises:
        NotFound: there is no such message.
    """
    session = next((one for one in list_sessions(namespace, account) if _has(one, message_id)), None)
    if session is None:
        raise NotFound("Message not found")
    kept, now = namespace.records.feedback, namespace.clock.now()
    before = kept.find("message", message_id)
    if before is not None:
        changed = before._replace(**said, updated_at=now)
        kept.replace(changed)
        return changed
    feedback = Feedback(namespace.ids.uuid("feedback"), account.id, session.id, message_id, now, now, **said)
    kept.add(feedback)
    return feedback


def _has(session: Session, message_id: str) -> bool:
    return any(message.id == message_id for message in session.transcript)


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
