"""A client that works without end: makes sessions and namespaces, executes, uploads, adds scripts, deletes, and reads what is there."""

import random
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import Any

from atthene_emulator.addresses import API, CONTROL
from tests.kill.caller import Answer, Caller, Hung
from tests.kill.world import Session, World
from tests.multipart import CONTENT_TYPE, file, multipart

IN_SESSIONS = 0.6  # of what it does
TURNS = 12  # of a session; the emulator keeps 20 executions, and shows 50 messages at once
AGENT = {
    "name": "Support Session",
    "agent_type": "llm_agent",
    "system_prompt": "You are a helpful customer support agent.",
    "llm_config": {"model": "gpt-4o", "temperature": 0.7},
}
GONE = (401, 404)  # the first one where its whole namespace is gone, and the key with it
NAMESPACES = f"{CONTROL}/namespaces"


class Client(Thread):
    """One client; others read its sessions, too.

    Args:
        number: of the client.
        world: what was told.
        addresses: of the emulators.
        chance: what it does next.
    """

    def __init__(self, number: int, world: World, addresses: list[tuple[str, int]], chance: random.Random) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.calls = Caller(addresses, number)
        self.stopping = Event()
        self.done = 0
        self._number = number
        self._world = world
        self._chance = chance
        self._own: list[Session] = []
        self._made: list[str] = []
        self._names = iter(range(1 << 30))

    def run(self) -> None:
        try:
            while not self.stopping.is_set() and not self._world.failures:
                self._work()
                self.done += 1
        except Hung as hung:
            self._world.fail(f"{self.name}: {hung}")
        except Exception as error:  # noqa: BLE001  # told to whoever started us
            self._world.fail(f"{self.name}: {type(error).__name__}: {error}")
        finally:
            self.calls.close()

    def _work(self) -> None:
        there = [one for one in self._own if one.is_there and len(one.sent) < TURNS]
        anything: tuple[Callable[[], object], ...] = (self.create, self.read, self.add_script, self.make, self.drop)
        in_a_session = (self.execute, self.upload, self.delete)
        if there and self._chance.random() < IN_SESSIONS:
            self._chance.choices(in_a_session, (50, 5, 3))[0](self._chance.choice(there))
        else:
            self._chance.choices(anything, (8, 25, 4, 2, 1))[0]()

    def _next(self, what: str) -> str:
        return f"{what}-{self._number}-{next(self._names)}"

    def _expect(self, answer: Answer, status: int, what: str) -> Any:
        assert answer.status == status, f"{what}: {answer.status} {answer.body[:500]!r}"
        return answer.json if answer.body else None

    def create(self) -> None:
        """Make a session in one of the namespaces of all, or of its own."""
        shared = [name for name in self._world.namespaces if name == "default" or name.startswith("shared")]
        name = self._chance.choice(shared + self._made[-2:])
        key = self._world.namespaces[name][0]
        answer = self.calls.try_once("POST", f"{API}/sessions/", key, AGENT)
        if answer is None:
            return
        what = self._next("create")
        session = Session(key, name, self._expect(answer, 201, what)["session_id"])
        self._world.answered(name, what, answer)
        self._world.give(name, session.id, what)
        self._own.append(session)
        self._world.sessions.append(session)

    def execute(self, session: Session) -> None:
        """Say something in a session."""
        content = self._next("turn")
        answer = self.calls.try_once("POST", f"{API}/runtime/{session.id}/execute/", session.key, {"content": content})
        session.sent.append((content, answer is not None))
        if answer is None:
            return
        body = self._expect(answer, 200, f"execute in {session.id} of {session.namespace}")
        self._world.answered(session.namespace, content, answer)
        self._world.give(session.namespace, body["metadata"]["execution_id"], content)
        said = body["messages"][0]["content"]
        assert said.endswith(content), f"{content} was answered with {said}"

    def read(self) -> None:
        """Read the history of anybody's session."""
        if not self._world.sessions:
            return
        newest = self._world.sessions[-60:]
        self.read_one(self._chance.choice(newest))

    def read_one(self, session: Session) -> bool:
        """Whether it is there; its history is held against what was seen of it."""
        known: Sequence[Any] = session.seen
        was_there = session.is_there
        answer = self.calls.ask("GET", f"{API}/runtime/{session.id}/messages/", session.key)
        if answer.status in GONE and session.is_there is not True:
            session.is_there = False
            session.why = f"{answer.status} {answer.body[:200]!r} for {answer.headers.get('x-request-id')}"
            return False
        body = self._expect(
            answer, 200, f"history of {session.id} of {session.namespace}, is there: {session.is_there}"
        )
        where = f"session {session.id} of {session.namespace}"
        assert was_there is not False, f"{where} was gone ({session.why}), and is there: {session.is_there}"
        self._world.answered(session.namespace, self._next("read"), answer)
        self._world.see(session, known, body)
        return True

    def upload(self, session: Session) -> None:
        """Upload a document into a session."""
        data = self._chance.randbytes(self._chance.choice((50, 2_500, 100_000))).hex().encode()
        answer = self.calls.try_once(
            "POST",
            f"{API}/sessions/{session.id}/artifacts/",
            session.key,
            multipart(file(data, "a.txt")),
            {"Content-Type": CONTENT_TYPE},
        )
        if answer is None:
            return
        artifact = self._expect(answer, 201, f"upload to {session.id}")["artifact_id"]
        self._world.answered(session.namespace, self._next("upload"), answer)
        self._world.give(session.namespace, artifact, session.id)
        session.artifacts[artifact] = data

    def add_script(self) -> None:
        """Add a script that never applies to the control plane of a namespace that all use."""
        name, script = self._chance.choice(("default", "shared-0", "shared-1")), self._next("script")
        body = {"scripts": [{"name": script, "when": {"content": f"never {script}"}, "then": {"reply": "no"}}]}
        answer = self.calls.try_once("POST", f"{CONTROL}/scripts?namespace={name}", body=body)
        if answer is not None:
            self._expect(answer, 201, script)
            self._world.scripts[name].add(script)

    def delete(self, session: Session) -> None:
        """Delete a session."""
        session.is_there = None
        session.why = "deleted"
        answer = self.calls.try_once("DELETE", f"{API}/sessions/{session.id}/", session.key)
        if answer is not None:
            self._expect(answer, 204, f"delete {session.id} of {session.namespace}")
            session.is_there = False
            self._world.answered(session.namespace, self._next("delete"), answer)

    def make(self) -> None:
        """Make a namespace with a name that the emulator chooses."""
        answer = self.calls.try_once("POST", NAMESPACES, body={})
        if answer is None:
            return
        made = self._expect(answer, 201, "a namespace")
        self._world.give("", made["name"], self._next("namespace"))
        self._world.give("", made["api_key"], made["name"])
        self._world.namespaces[made["name"]] = made["api_key"], True
        self._made.append(made["name"])

    def drop(self) -> None:
        """Delete a namespace of its own, with the sessions in it."""
        if len(self._made) < 3:
            return
        name = self._made.pop(0)
        key, _ = self._world.namespaces[name]
        sessions = [one for one in self._world.sessions if one.namespace == name]
        for one in sessions:
            one.is_there = None
            one.why = "deleted with its namespace"
        self._world.namespaces[name] = key, None
        answer = self.calls.try_once("DELETE", f"{NAMESPACES}/{name}")
        if answer is None:
            return
        self._expect(answer, 204, f"delete the namespace {name}")
        self._world.namespaces[name] = key, False
        for one in sessions:
            one.is_there = False
