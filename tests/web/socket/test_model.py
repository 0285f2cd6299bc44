"""Whatever a client sends, in any order, and whatever happens over REST meanwhile: the answer is that of a small model."""

import time
from contextlib import ExitStack
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atthene_emulator.server import EmulatorServer
from tests.conftest import Api
from tests.web.socket.client import PATIENCE, Json, Line, frame, opened, type_of
from tests.web.socket.test_opening import HELLO
from tests.web.socket.test_pauses import CALL, SAID

NOON = 1736937000000
SESSIONS = ("plain", "plain-2", "tools")
RESULT = "execution_result"
BEGIN = ["ExecutionStarted", "RunStarted"]
FAILED = [*BEGIN, "RunError", "ExecutionError", "ExecutionFinished", RESULT]
TWO_PIECES = HELLO[2:]
CANCELLED = ["ExecutionCancelled", RESULT]

BROKEN = {
    "[]": "invalid_message_format",
    "{}": "missing_client_type",
    '{"client_type": "api", "type": "x"}': "unknown_message_type",
    frame("connect"): "invalid_message_format",
    frame("connect", session_id="nowhere"): "invalid_session",
    frame("reconnect", session_id="plain", last_message_id="x"): "reconnect_failed",
}


class Told(NamedTuple):
    """A frame of a session's stream; a result stands where the last event of its turn does."""

    type: str
    place: int


class Side:
    """A session in the model.

    Attributes:
        stream: all that was told of it.
        phase: idle, running or paused.
    """

    def __init__(self) -> None:
        self.stream: list[Told] = []
        self.phase = "idle"
        self.place = -1

    def tell(self, types: list[str]) -> list[Told]:
        told = []
        for one in types:
            self.place += one != RESULT
            told.append(Told(one, self.place))
        self.stream += told
        if RESULT in types:
            self.phase = "idle"
        return told


class Model:
    """What the protocol says, for one socket and three sessions."""

    def __init__(self) -> None:
        self.sides = {name: Side() for name in SESSIONS}
        self.joined: dict[str, frozenset[str] | None] = {}

    def heard(self, session: str, told: list[Told]) -> list[str]:
        """What of it this socket is sent."""
        if session not in self.joined:
            return []
        wanted = self.joined[session]
        return [one.type for one in told if wanted is None or one.type == RESULT or one.type in wanted]

    def meant(self, session: str | None) -> tuple[str, list[str]]:
        """The session that a frame is about, or the error that there is none."""
        if session is None:
            if len(self.joined) != 1:
                return "", ["session_id_not_found"]
            return next(iter(self.joined)), []
        return session, [] if session in self.joined else ["not_subscribed"]

    def connect(self, session: str, wanted: frozenset[str] | None) -> list[str]:
        self.joined.pop(session, None)
        self.joined[session] = wanted
        return []

    def reconnect(self, session: str, last: int) -> list[str]:
        wanted = self.joined.pop(session, None)
        self.joined[session] = wanted
        return self.heard(session, [one for one in self.sides[session].stream if one.place > last])

    def disconnect(self, session: str | None) -> list[str]:
        name, error = self.meant(session)
        if not error:
            del self.joined[name]
        return error

    def message(self, session: str | None, content: str) -> list[str]:
        name, error = self.meant(session)
        if error:
            return error
        busy = {"running": "execution_start_failed", "paused": "hitl_session_busy"}.get(self.sides[name].phase)
        if busy:
            return [busy]
        if not content.strip():
            return ["empty_content"]
        if content == "mail" and name != "tools":  # it has no such tool
            return ["execution_error"]
        return self.heard(name, self.turn(name, content))

    def turn(self, name: str, content: str) -> list[Told]:
        side = self.sides[name]
        told = side.tell({"hello": HELLO, "fail": FAILED, "wait": BEGIN, "mail": [*BEGIN, "HitlRequired"]}[content])
        side.phase = {"wait": "running", "mail": "paused"}.get(content, "idle")
        return told

    def answer(self, session: str, kind: str, *, right: bool) -> list[str]:
        _, error = self.meant(session)
        if error:
            return error
        side = self.sides[session]
        if side.phase != "paused":
            return ["hitl_no_pending_pause"]
        if not right:
            return ["hitl_tool_call_mismatch"]
        if kind == "answer":
            return ["hitl_response_failed"]
        called = CALL if kind == "accept" else []
        return self.heard(session, side.tell(["HitlResolved", *called, *SAID]))

    def cancel(self, session: str | None) -> list[str]:
        name, error = self.meant(session)
        if error:
            return error
        if self.sides[name].phase == "idle":
            return ["execution_cancel_failed"]
        return self.heard(name, self.sides[name].tell(CANCELLED))

    def execute(self, session: str, content: str) -> tuple[int, list[str]]:
        phase = self.sides[session].phase
        if phase != "idle":
            return {"running": 429, "paused": 409}[phase], []
        return 200, self.heard(session, self.turn(session, content))

    def cancel_over_rest(self, session: str) -> tuple[int, list[str]]:
        if self.sides[session].phase == "idle":
            return 400, []
        return 200, self.heard(session, self.sides[session].tell(CANCELLED))

    def open_gate(self) -> list[list[str]]:
        """What is sent of each session that goes on; which of them comes first is nobody's promise."""
        waiting = [name for name, side in self.sides.items() if side.phase == "running"]
        return [self.heard(name, self.sides[name].tell(TWO_PIECES)) for name in waiting]


class Play:
    """The model beside a real socket."""

    def __init__(self, api: Api, stack: ExitStack) -> None:
        self.api = api
        self.stack = stack
        self.model = Model()
        self.line = self.opened()

    def opened(self) -> Line:
        return self.stack.enter_context(opened(self.api))

    def call(self, session: str) -> str:
        """The id of the call that a person is asked about."""
        paused = self.api.control("GET", f"/sessions/{session}/executions").json().get("paused")
        return str(paused["tool_call_id"]) if paused else "call_0"

    def sent(self, kind: str, **fields: Any) -> list[str]:
        given = {name: value for name, value in fields.items() if value is not None}
        return self.told([frame(kind, **given)])

    def told(self, frames: list[str]) -> list[str]:
        for one in frames:
            self.line.connection.send(one)
        return [one.get("error_code") or type_of(one) for one in self.line.pending()]

    def do(self, action: tuple[Any, ...]) -> None:
        """Do it to both, and hold the one against the other."""
        name, *given = action
        getattr(self, name)(*given)

    def broken(self, text: str) -> None:
        assert self.told([text]) == [BROKEN[text]]

    def connect(self, session: str, wanted: frozenset[str] | None) -> None:
        types = None if wanted is None else sorted(wanted)
        assert self.sent("connect", session_id=session, event_types=types) == self.model.connect(session, wanted)

    def reconnect(self, session: str, last: int) -> None:
        place = f"{NOON}-{last}" if last >= 0 else f"{NOON - 1}-9"
        assert self.sent("reconnect", session_id=session, last_message_id=place) == self.model.reconnect(session, last)

    def disconnect(self, session: str | None) -> None:
        assert self.sent("disconnect", session_id=session) == self.model.disconnect(session)

    def message(self, session: str | None, content: str) -> None:
        assert self.sent("user_message", session_id=session, content=content) == self.model.message(session, content)

    def answer(self, session: str, kind: str, *, right: bool = True) -> None:
        call = self.call(session) if right else "call_0"
        data: Json = {"kind": kind, **({"text": "Yes"} if kind == "answer" else {})}
        told = self.sent("hitl_response", session_id=session, tool_call_id=call, data=data)
        assert told == self.model.answer(session, kind, right=right)

    def answer_wrongly(self, session: str, kind: str) -> None:
        self.answer(session, kind, right=False)

    def cancel(self, session: str | None) -> None:
        assert self.sent("cancel_execution", session_id=session) == self.model.cancel(session)

    def execute(self, session: str, content: str) -> None:
        status, expected = self.model.execute(session, content)
        assert self.api.execute(session, content).status_code == status
        assert self.told([]) == expected

    def cancel_over_rest(self, session: str) -> None:
        status, expected = self.model.cancel_over_rest(session)
        assert self.api.post(f"/runtime/{session}/cancel/").status_code == status
        assert self.told([]) == expected

    def open_gate(self) -> None:
        expected = self.model.open_gate()
        self.api.control("POST", "/gates/door/open")
        deadline = time.monotonic() + PATIENCE
        for session in SESSIONS:
            wanted = {"paused": "processing"}.get(self.model.sides[session].phase)
            while (self.status(session) == "processing") != (wanted is not None):
                assert time.monotonic() < deadline
        self.api.control("POST", "/gates/door/close")
        assert sorted(self.told([])) == sorted(one for part in expected for one in part)

    def reopen(self) -> None:
        """Lose the connection, and have another one."""
        self.line.connection.close()
        self.line = self.opened()
        self.model.joined.clear()
        assert self.told([]) == []

    def several(self, sessions: list[str]) -> None:
        """Frames that are sent without waiting for answers."""
        frames, expected = [], []
        for session in sessions:
            frames.append(frame("user_message", session_id=session, content="hello"))
            expected += self.model.message(session, "hello")
        assert self.told(frames) == expected

    def status(self, session: str) -> str:
        return str(self.api.get(f"/runtime/{session}/status/").json()["status"])

    def end(self) -> None:
        """The sessions are in the state of the model, and so are their streams."""
        for session, side in self.model.sides.items():
            assert (self.status(session) == "processing") == (side.phase != "idle")
            shown = self.api.control("GET", f"/sessions/{session}/events").json()["events"]
            assert [(one["payload"]["type"], one["message_id"]) for one in shown] == [
                (one.type, f"{NOON}-{one.place}") for one in side.stream if one.type != RESULT
            ]


sessions = st.sampled_from(SESSIONS)
perhaps = st.one_of(st.none(), sessions, sessions)
wanted = st.sampled_from([None, None, None, frozenset[str](), frozenset({"RunStarted", "TextMessageContent"})])
actions = st.one_of(
    st.tuples(st.just("connect"), sessions, wanted),
    st.tuples(st.just("message"), perhaps, st.sampled_from(["hello", "hello", "wait", "mail", "mail", "fail", " "])),
    st.tuples(st.just("answer"), sessions, st.sampled_from(["accept", "decline", "answer"])),
    st.tuples(st.just("message"), st.just("tools"), st.just("mail")),
    st.tuples(st.just("message"), sessions, st.just("wait")),
    *[st.tuples(st.just("answer"), st.just("tools"), st.sampled_from(["accept", "decline", "answer"]))] * 2,
    st.tuples(st.just("answer_wrongly"), sessions, st.sampled_from(["accept", "answer"])),
    st.tuples(st.just("cancel"), perhaps),
    st.tuples(st.just("reconnect"), sessions, st.integers(-1, 30)),
    st.tuples(st.just("disconnect"), perhaps),
    st.tuples(st.just("execute"), sessions, st.sampled_from(["hello", "fail"])),
    st.tuples(st.just("cancel_over_rest"), sessions),
    st.tuples(st.just("open_gate")),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("several"), st.lists(sessions, max_size=4)),
    st.tuples(st.just("broken"), st.sampled_from(sorted(BROKEN))),
)


@given(
    joined=st.sampled_from([SESSIONS, SESSIONS, ("tools",), ("tools", "plain"), ()]),
    played=st.lists(actions, min_size=5, max_size=30),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_other_answer_than_the_models(
    frozen_server: EmulatorServer, joined: tuple[str, ...], played: list[tuple[Any, ...]]
) -> None:
    api = Api(frozen_server)
    api.control("POST", "/reset")
    with ExitStack() as stack:
        stack.callback(api.http.close)
        play = Play(api, stack)
        for session in joined:
            play.connect(session, None)
        for action in played:
            play.do(action)
        play.end()
