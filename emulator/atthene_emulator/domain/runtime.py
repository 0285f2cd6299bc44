"""Use cases of the runtime: execute, cancel, messages. `pauses` has what a person says."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.execution import Execution
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.run import Run
from atthene_emulator.domain.running import Waiter, begin, go_on, step, unanswered
from atthene_emulator.domain.sessions import get_session
from atthene_emulator.domain.signal import either
from atthene_emulator.domain.transcript import Message
from atthene_emulator.errors import ApiError, NothingRuns, RateLimited, WaitingForApproval
from atthene_emulator.execution.message_content import Content
from atthene_emulator.execution.waits import Cancelled


async def wait_for_ever(waiting: Awaitable[None]) -> None:
    """Wait for as long as it takes."""
    await waiting


async def execute(
    namespace: Namespace,
    account: Account,
    session_id: str,
    content: Content | None,
    *,
    inputs: Mapping[str, Any],
    correlation_id: str | None = None,
    strict: bool = False,
    waiter: Callable[[], Waiter] = lambda: wait_for_ever,
) -> Execution:
    """Give a session a message, or inputs alone (D52), and run its configuration.

    It ends when its time is over (D57); what was said until then is kept. One that a person must approve of stays paused in
    the session when its time is over, and is answered like that (D56).

    Nothing is kept of an execution that does not end: what `waiter` gives, which is asked for with the first wait, may raise
    while something is waited for, unless it is paused.
    A session that is deleted while it runs stays deleted; the caller still gets the answer.

    Raises:
        NotFound: as for the session.
        RateLimited: another execution of this session runs (D08).
        WaitingForApproval: another one is paused (D56).
        MissingVariable, UncoercibleVariable: the variables have no values that fit (D34).
        Unscripted: no script matched, and default answers are not wanted.
        SentAway: the namespace was reset, restored or deleted while something was waited for.
        NoRoom: so much is kept that no more is, or the agents say more than one execution may.
    """
    run = start(namespace, account, session_id, content, inputs=inputs, correlation_id=correlation_id, strict=strict)
    if isinstance(run, Execution):
        return run
    wait_for = waiter()
    await go_on(namespace, run, wait_for)
    if run.came is None:
        left = run.deadline - namespace.clock.elapsed()
        await wait_for(either(namespace.clock.wait(left), run.over.wait()))
    return run.result() or unanswered(namespace, run)


def start(
    namespace: Namespace,
    account: Account,
    session_id: str,
    content: Content | None,
    *,
    inputs: Mapping[str, Any],
    correlation_id: str | None = None,
    strict: bool = False,
) -> Run | Execution:
    """The beginning of `execute`, up to the first wait: an execution that waits, or has ended without waiting.

    Raises:
        NotFound, RateLimited, WaitingForApproval, MissingVariable, UncoercibleVariable, Unscripted, NoRoom: as `execute`.
    """
    session = get_session(namespace, account, session_id)
    if session.id in namespace.running:
        raise _busy(namespace.running[session.id])
    namespace.check_room()
    return begin(namespace, session, content, inputs, correlation_id=correlation_id, strict=strict)


def _busy(run: Run) -> ApiError:
    if run.is_paused:
        return WaitingForApproval()
    return RateLimited("This session is handling another message; try again when it has ended", retry_after=1)


def cancel(namespace: Namespace, account: Account, session_id: str) -> None:
    """End what runs in a session, or is paused; what was said until then is kept [documented: runtime/cancel@G4].

    Raises:
        NotFound: as for the session.
        NothingRuns: nothing does.
    """
    run = namespace.running.get(get_session(namespace, account, session_id).id)
    if run is None:
        raise NothingRuns
    step(namespace, run, Cancelled())


def list_messages(
    namespace: Namespace, account: Account, session_id: str, *, limit: int, offset: int
) -> tuple[Sequence[Message], int]:
    """A page of the session's messages, oldest first, and how many there are (D39).

    Raises:
        NotFound: as for the session.
    """
    session = get_session(namespace, account, session_id)
    if not session.configuration.system.save_messages:
        return (), 0
    return session.transcript.page(offset, limit), len(session.transcript)
