"""What was asked, and what was answered. This module is that part of the client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from atthene_emulator.client.connection import NamespaceControl, quoted
from atthene_emulator.client.event_loops import blocked
from atthene_emulator.client.reading import Json, quoted_text, read, shortened
from atthene_emulator.errors import EmulatorRefused
from atthene_emulator.wording import printable

_NOTHING_CAME = 408


class Filters(TypedDict, total=False):
    """Which entries of the journal are meant; all that is given must be equal. `path` has /api/v1."""

    operation: str
    status: int
    outcome: str
    session_id: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One request and its answer.

    Attributes:
        id: of the request, as in `X-Request-Id`.
        at: ISO-8601 in the namespace's time.
        operation: such as runtime.execute; None for a path that there is not.
        method, path, query: of the request; the path has /api/v1.
        headers: of the request, secrets masked.
        body, response: JSON where they are JSON, else text; None for none.
        status: of the answer; 0 for a request that was not answered.
        duration_ms: real time until the answer.
        outcome: ok, default_answer, failed, timeout, cancelled, paused, client_error, auth_error, not_found, rate_limited,
            fault, server_error or aborted.
        session_id: which it was about, if any.
        script: names of the scripts that answered; `default` for a default answer.
        evidence: what the answer rests on, documented, inferred or decided.
        findings: codes of what is doubtful, as in `X-Emulator-Diagnostics`.
        delivered: whether the answer was sent whole.
        unread: what nobody reads of the request, a sentence each.
        fault: short form of the one that struck it, as in `X-Emulator-Fault`; None for none.
        namespace: where it came.

    As text it is a line: method, path, status, outcome, scripts.
    """

    id: str
    at: str
    operation: str | None
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: Any
    status: int
    response: Any
    duration_ms: float
    outcome: str
    session_id: str | None
    script: tuple[str, ...]
    evidence: str
    findings: tuple[str, ...]
    delivered: bool
    unread: tuple[str, ...] = ()
    fault: str | None = None
    namespace: str = ""

    @property
    def content(self) -> str | None:
        """The user's text in a message to a session, its text blocks joined by line breaks; None without one."""
        content = self.body.get("content") if isinstance(self.body, dict) else None
        if isinstance(content, list):
            texts = [block.get("text", "") for block in content if isinstance(block, dict) and "text" in block]
            return "\n".join(texts)
        return content if isinstance(content, str) else None

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        scripts = f" · {', '.join(self.script)}" if self.script else ""
        return printable(f"{self.method} {self.path}{query} → {self.status or 'no answer'} {self.outcome}{scripts}")

    def with_bodies(self) -> str:
        """The line, and one more for each body, shortened; a reply that is cut off by that has a line of its own, in whole."""
        lines = [str(self)]
        for mark, body in ((">", self.body), ("<", self.response)):
            if body:
                line = shortened(body)
                lines.append(f"    {mark} {line}")
                lines += [f"    {mark} … {text}" for text in map(quoted_text, _said(body)) if text not in line]
        return "\n".join(lines)


class Journal(NamespaceControl):
    """Reading the journal, and waiting for what it will say."""

    def journal(
        self, *, limit: int = 1000, offset: int = 0, tail: int = 0, everywhere: bool = False, **filters: Unpack[Filters]
    ) -> tuple[JournalEntry, ...]:
        """What was asked and answered, newest last; with `tail` so many of the newest, with `everywhere` of all namespaces."""
        query = {
            "limit": limit,
            "offset": offset,
            "tail": tail,
            **filters,
            **({"namespaces": "all"} if everywhere else {}),
        }
        return _entries(self._ask("GET", "/journal", query=query))

    def entry(self, request_id: str) -> JournalEntry:
        """A request and its answer, by the `X-Request-Id` of that."""
        return _entries([self._ask("GET", f"/journal/{quoted(request_id)}")])[0]

    def wait(
        self, count: int = 1, timeout: float = 5.0, after: str | None = None, **filters: Unpack[Filters]
    ) -> tuple[JournalEntry, ...]:
        """Return when `count` requests have come that match; those that the journal has already count.

        Args:
            count: how many.
            timeout: real seconds.
            after: id of an entry; only later ones count.
            filters: as for `journal`.

        Raises:
            AssertionError: they have not come; with what came instead.
        """
        __tracebackhide__ = True
        body: Json = {"match": filters, "count": count, "timeout_seconds": timeout}
        if after is not None:
            body["after"] = after
        try:
            shown = self._control.ask("POST", "/journal/wait", self.namespace, body=body, extra_seconds=timeout)
        except EmulatorRefused as refused:
            if refused.status != _NOTHING_CAME:
                raise
            raise AssertionError(f"{refused}{blocked('wait()')}") from None
        return _entries(shown)

    def clear_journal(self) -> None:
        """Forget what was asked."""
        self._ask("DELETE", "/journal")


def _entries(shown: Sequence[Mapping[str, Any]]) -> tuple[JournalEntry, ...]:
    lists = ("script", "findings", "unread")
    return tuple(
        read(
            JournalEntry,
            one,
            **{name: tuple(one.get(name, ())) for name in lists},
            fault=one.get("fault"),
            namespace=one.get("namespace", ""),
        )
        for one in shown
    )


def _said(body: Any) -> list[str]:
    """What is said to a user, or by one, in a body of any contract."""
    match body:
        case {"messages": _, "total": _}:  # a page of history
            said = []
        case {"messages": list(messages)}:
            said = [one.get("content") for one in messages if isinstance(one, dict)]
        case {"response": {"content": content}} | {"content": content}:
            said = [content]
        case _:
            said = []
    return [one for one in said if isinstance(one, str) and one]


def listed(entries: Sequence[JournalEntry]) -> str:
    """Entries below one another, with their bodies."""
    return "\n".join(f"  {one.with_bodies()}" for one in entries)
