"""What clients of emulators have been told, all of it, and whether it is still true.

A request that was not answered has happened or not; it is never half there.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from threading import Lock
from typing import Any

from tests.kill.caller import Answer

Message = tuple[str, str, str]  # id, role, content


class Session:
    """A session as its clients know it.

    Attributes:
        sent: contents in order; whether each was answered.
        seen: the longest history that anybody was shown.
        is_there: None where a request to delete it was not answered.
        why: it is not there, or may not be.
        artifacts: bytes by id.
    """

    def __init__(self, key: str, namespace: str, session_id: str) -> None:
        self.key, self.namespace, self.id = key, namespace, session_id
        self.sent: list[tuple[str, bool]] = []
        self.seen: Sequence[Message] = ()
        self.is_there: bool | None = True
        self.why = ""
        self.artifacts: dict[str, bytes] = {}


class World:
    """Everything that was told to anybody.

    Attributes:
        failures: what was not true.
    """

    def __init__(self) -> None:
        self.failures: list[str] = []
        self.sessions: list[Session] = []
        self.namespaces: dict[str, tuple[str, bool | None]] = {"default": ("test-key", True)}
        self.scripts: dict[str, set[str]] = defaultdict(set)
        self.given: dict[tuple[str, str], object] = {}
        self.requests: dict[str, dict[str, str]] = defaultdict(dict)
        self.lock = Lock()

    def fail(self, what: str) -> None:
        """Note that something is not true."""
        with self.lock:
            self.failures.append(what)

    def give(self, namespace: str, what: str, to: object) -> None:
        """Note that an id was given; it is a failure if it was given to something else before."""
        with self.lock:
            before = self.given.setdefault((namespace, what), to)
        if before != to:
            self.fail(f"{what} in {namespace} was given to {before}, and then to {to}")

    def answered(self, namespace: str, what: str, answer: Answer) -> None:
        """Note the id of a request that was answered."""
        request_id = answer.headers.get("x-request-id")
        if request_id is None or answer.status >= 500:
            return
        with self.lock:
            before = self.requests[namespace].setdefault(request_id, what)
        if before is not what:
            self.fail(f"{request_id} in {namespace} was given to {before}, and then to {what}")

    def see(self, session: Session, known: Sequence[Message], body: Any) -> None:
        """Hold a history that was shown against what had been shown before it was asked for."""
        shown = tuple((one["id"], one["role"], one["content"]) for one in body["messages"])
        where = f"session {session.id} in {session.namespace}"
        if shown[: len(known)] != tuple(known):
            self.fail(f"{where} went back or changed: {known} was shown before {shown}")
        with self.lock:
            longest = max(session.seen, shown, key=len)
            is_one = shown == longest[: len(shown)] and tuple(session.seen) == longest[: len(session.seen)]
            session.seen = longest
        if not is_one:
            self.fail(f"{where} has two histories: {session.seen} and {shown}")
        for number, (message_id, _, _) in enumerate(shown):
            self.give(session.namespace, message_id, (session.id, number))
        if re.fullmatch("(ua)*", "".join(role[0] for _, role, _ in shown)) is None:
            self.fail(f"{where} has half of a turn: {shown}")
        for asked, said in zip(shown[::2], shown[1::2], strict=False):
            if asked[2] not in said[2]:
                self.fail(f"{where} has the answer of another turn: {asked} {said}")

    def check_history(self, session: Session) -> None:
        """Everything that was answered is in the history, in order; what was not may be, once, later than it was sent."""
        shown = [content for _, role, content in session.seen if role == "user"]
        answered = [content for content, is_answered in session.sent if is_answered]
        known = dict(session.sent)
        where = f"session {session.id} in {session.namespace}"
        if [content for content in shown if known.get(content)] != answered:
            self.fail(f"{where} has lost turns, or their order: {answered} were answered, there are {shown}")
        if len(set(shown)) < len(shown) or set(shown) - set(known):
            self.fail(f"{where} has turns twice, or of somebody else: {shown}")
