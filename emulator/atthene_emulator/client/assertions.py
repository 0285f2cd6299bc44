"""What a test says about a namespace when it is done. This module is the assertions, which tell what came instead."""

from collections.abc import Sequence

from atthene_emulator.client.connection import ERROR
from atthene_emulator.client.executions import Execution, Executions
from atthene_emulator.client.journal import Journal, JournalEntry, listed
from atthene_emulator.wording import counted

_EXECUTED = ("runtime.execute", "socket.execution_result")
_ENDS = ("START", "END", "__start__", "__end__")


class Assertions(Journal, Executions):
    """Assertions about executions; each raises AssertionError with what happened."""

    def _executed(self) -> list[JournalEntry]:
        """The ends of executions, of requests and of sockets, oldest first."""
        found = [one for operation in _EXECUTED for one in self.journal(operation=operation)]
        return sorted((one for one in found if 0 < one.status < ERROR), key=lambda one: (len(one.id), one.id))

    def assert_executed(
        self,
        session_id: str | None = None,
        *,
        content: str | None = None,
        script: str | None = None,
        times: int | None = None,
    ) -> tuple[JournalEntry, ...]:
        """There were executions, or just so many `times`; their entries in the journal.

        Args:
            session_id: of this session.
            content: with this text, less white space around it.
            script: answered by this script, perhaps among others; `default` is a default answer.
            times: None is at least once.

        Raises:
            AssertionError: with what came instead.
        """
        __tracebackhide__ = True
        executed = self._executed()
        found = [
            one
            for one in executed
            if session_id in (None, one.session_id)
            and (content is None or content.strip() == (one.content or "").strip())
            and (script is None or script in one.script)
        ]
        if len(found) == times or (times is None and found):
            return tuple(found)
        wanted = {"session": session_id, "content": content, "script": script}
        shown = ", ".join(f"{name} {value!r}" for name, value in wanted.items() if value is not None)
        often = counted(len(found), "execution") if found else "no execution"
        expected = "" if times is None else f" where {times} should be"
        came = executed or self.journal()
        instead = f"this came:\n{listed(came)}" if came else "no request came at all"
        raise AssertionError(
            f"There {'were' if len(found) > 1 else 'was'} {often}{f' with {shown}' if shown else ''}{expected}; {instead}"
        )

    def assert_path(self, *agents: str, session_id: str | None = None) -> Execution:
        """The last execution ran these agents in this order; the execution. START and END may be named, too.

        Args:
            agents: every agent that had a turn, a supervisor each time.
            session_id: None is the session that was executed last.

        Raises:
            AssertionError: with the path that it took, and why.
        """
        __tracebackhide__ = True
        executed = self._executed()
        session = session_id or (executed[-1].session_id if executed else None)
        executions = self.executions(session, tail=1) if session else ()
        if not executions:
            raise AssertionError(f"Nothing was executed{f' in {session}' if session else ''}")
        last = executions[-1]
        if last.agents == tuple(name for name in agents if name not in _ENDS):
            return last
        moves = "\n".join(f"  {one.source} → {one.target}: {one.why}" for one in last.path)
        raise AssertionError(
            f"Execution {last.turn} of {session} ({last.status}) ran {' → '.join(last.agents) or 'no agent'}, "
            f"not {' → '.join(agents)}; its path was\n{moves}"
        )

    def assert_no_default_answers(self) -> None:
        """Scripts have answered every turn.

        Raises:
            AssertionError: with the messages that no script has answered.
        """
        __tracebackhide__ = True
        found = self.journal(outcome="default_answer")
        if found:
            raise AssertionError(f"{default_answers(found)}\n{listed(found)}")


def default_answers(found: Sequence[JournalEntry]) -> str:
    """A sentence about messages that no script has answered."""
    contents = ", ".join(dict.fromkeys(repr(one.content) for one in found))
    return f"No script answered {contents}; add one, such as atthene.script('…', content={found[0].content!r})"
