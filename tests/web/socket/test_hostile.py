"""Clients that mean harm, and authors of scripts that do: nothing grows, nothing stands still, nothing leaks."""

import asyncio
import gc
import socket
import time
import weakref
from typing import Any

import pytest

from atthene_emulator.boot import build_emulator
from atthene_emulator.domain import runtime
from atthene_emulator.domain.fault import Fault
from atthene_emulator.execution import record
from atthene_emulator.limits import FAULTS, SOCKET_BEHIND, SOCKET_TYPES
from atthene_emulator.settings import Settings
from atthene_emulator.web.app import create_app
from atthene_emulator.web.socket import visit
from atthene_emulator.web.socket.connection import Socket
from atthene_emulator.web.socket.credentials import Visitor
from atthene_emulator.web.socket.faults import Damage
from atthene_emulator.web.socket.visit import Visit
from tests.conftest import Api
from tests.domain.test_parts import make
from tests.protocol.test_connection import limited
from tests.web.socket.client import PATIENCE, Json, Line, events, frame, ids, joined, opened, text_of, types
from tests.web.socket.test_opening import HELLO

MIB = 1024 * 1024


def test_the_control_plane_shows_as_much_of_a_stream_as_an_answer_has_room_for(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        frames = line.turn("hello " * 40, correlation_id="c" * (MIB - 1000))
        shown = frozen.control("GET", "/sessions/plain/events").json()
    assert 10 < len(shown["events"]) < 17
    assert shown["events"] == events(frames)[-len(shown["events"]) :]
    assert shown["left_out"] == len(events(frames)) - len(shown["events"])


# Clients that vanish


def kept(api: Api) -> tuple[int, bool]:
    """How many sockets there are, and whether a session is followed."""
    followers = api.server.emulator.default.followers
    return len(followers.sockets), bool(followers)


def until_nothing_is_kept(api: Api) -> None:
    until = time.monotonic() + PATIENCE
    while kept(api) != (0, False):
        assert time.monotonic() < until, kept(api)


HANGS = [
    {"operation": "socket.open", "kind": "hang"},
    {"operation": "socket.user_message", "kind": "hang"},
    {"operation": "socket.user_message", "kind": "hang", "after_events": 3},
    {"operation": "socket.cancel_execution", "kind": "hang"},
]


@pytest.mark.parametrize("entry", HANGS, ids=lambda entry: f"{entry['operation']} {entry.get('after_events', '')}")
@pytest.mark.parametrize("ends", ["closes", "is cut off"])
def test_who_leaves_while_a_fault_hangs_leaves_nothing_behind(frozen: Api, entry: Json, ends: str) -> None:
    frozen.control("POST", "/faults", json=[entry])
    with opened(frozen) as line:
        line.send("connect", session_id="plain")
        line.say("hello")
        line.send("cancel_execution")
        line.send("cancel_execution")
        frozen.control("GET", "/health")
        assert kept(frozen)[0] == 1
        if ends == "is cut off":
            line.connection.socket.shutdown(socket.SHUT_RDWR)
    until_nothing_is_kept(frozen)


def test_who_leaves_while_a_delay_passes_leaves_nothing_behind_and_has_asked_nothing(running: Api) -> None:
    running.control("POST", "/faults", json=[{"operation": "socket.user_message", "delay_ms": 3_600_000}])
    with joined(running, "plain") as line:
        line.say("hello")
        running.control("GET", "/health")
    until_nothing_is_kept(running)
    running.control("POST", "/clock/advance", json={"seconds": 3600})
    assert running.get("/runtime/plain/messages/").json()["total"] == 0


def test_what_was_sent_before_the_client_left_is_done(frozen: Api) -> None:
    with opened(frozen) as line:
        line.send("connect", session_id="plain")
        line.say("hold")
        for number in range(50):
            line.send("connect", session_id="plain", event_types=[f"{number}" * 2000])
        line.send("cancel_execution")
    until_nothing_is_kept(frozen)
    came = frozen.control("GET", "/journal?operation=socket.execution_result").json()
    assert [one["outcome"] for one in came] == ["cancelled"]


@pytest.mark.parametrize("entry", [{"kind": "hang"}, {"delay_ms": 3_600_000}])
def test_a_reset_closes_a_socket_that_is_being_opened(running: Api, entry: Json) -> None:
    running.control("POST", "/faults", json=[{"operation": "socket.open", **entry}])
    with opened(running) as line:
        until = time.monotonic() + PATIENCE
        while kept(running)[0] == 0:
            assert time.monotonic() < until
        running.control("POST", "/reset")
        assert line.closed()[0] == 1012
    until_nothing_is_kept(running)


# Faults that wait for events


def test_of_many_faults_each_strikes_an_event_of_its_own(frozen: Api) -> None:
    frozen.control("POST", "/faults", json=[{"operation": "socket.connect", "kind": "duplicate", "times": 200}])
    with opened(frozen) as line:
        for _ in range(200):  # which would be 2**200 copies of one event
            line.send("connect", session_id="plain")
        assert types(line.turn("hello")) == [one for one in HELLO[:-1] for _ in range(2)] + HELLO[-1:]


def test_two_gaps_leave_two_events_out(frozen: Api) -> None:
    frozen.control("POST", "/faults", json=[{"operation": "socket.connect", "kind": "gap", "after_events": 2}])
    with opened(frozen) as line:
        for _ in range(2):
            line.send("connect", session_id="plain")
        assert types(line.turn("hello")) == HELLO[:2] + HELLO[4:]


def test_no_more_faults_wait_than_a_namespace_may_have() -> None:
    damage = Damage()
    for _ in range(FAULTS.most + 10):
        damage.expect(Fault("f", "gap"))
    assert [list(damage.event("x")) for _ in range(FAULTS.most + 1)] == [[]] * FAULTS.most + [["x"]]


# Sessions that are joined


def stalled(api: Api, line: Line) -> str:
    """Have a socket send nothing from the fourth event of session plain on; the id of the fault that holds it."""
    fault = api.control("POST", "/faults", json=[{"operation": "socket.connect", "kind": "hang", "after_events": 3}])
    line.send("connect", session_id="plain")
    line.say("hello")
    assert types([line.receive() for _ in range(3)]) == HELLO[:3]
    name: str = fault.json()[0]["id"]
    return name


def test_who_connects_again_loses_nothing_that_waits_to_be_sent() -> None:
    namespace = make()
    session = next(iter(namespace.records.sessions))
    account = next(one for one in namespace.accounts if one.id == session.owner)
    visiting = Visit(namespace, Visitor(account), lambda: None, lambda _: None)
    visiting.join(session, None)
    runtime.start(namespace, account, session.id, "hello", inputs={})
    visiting.join(session, frozenset(("RunStarted",)))
    [joined_once] = visiting.joined.values()
    assert joined_once.types == {"RunStarted"}
    read = [event.type if event else "execution_result" for _, event in joined_once.following.ready()]
    assert (read[0], read[-1]) == ("ExecutionStarted", "execution_result")
    visiting.leave_all()
    assert not namespace.followers


def test_a_session_that_was_deleted_is_not_meant_any_more(frozen: Api) -> None:
    with joined(frozen, "plain", "plain-2") as line:
        frozen.delete("/sessions/plain/")
        assert types(line.turn("hello")) == HELLO
        frozen.delete("/sessions/plain-2/")
        assert line.ask("user_message", content="hello") == (
            "session_id_not_found",
            "No session_id is given, and no sessions are joined",
        )


def test_sessions_that_were_deleted_make_room_for_others(frozen: Api) -> None:
    with limited(visit, SOCKET_SESSIONS=2), joined(frozen, "plain", "plain-2") as line:
        assert line.ask("connect", session_id="shop") == ("connect_failed", "A socket joins 2 sessions at most")
        frozen.delete("/sessions/plain/")
        line.send("connect", session_id="shop")
        assert types(line.turn("hello", session_id="shop")) == HELLO


def test_a_filter_has_so_many_types_at_most_and_none_that_is_too_long_for_one(frozen: Api) -> None:
    with joined(frozen, "plain", event_types=["RunStarted", "x" * 900_000]) as line:
        assert types(line.turn("hello")) == ["RunStarted", "execution_result"]
        names = [f"Custom{number}" for number in range(SOCKET_TYPES.most)]
        line.send("connect", session_id="plain", event_types=names)
        for kind, more in (("connect", {}), ("reconnect", {"last_message_id": "0-0"})):
            code, message = line.ask(kind, session_id="plain", event_types=[*names, "Custom"], **more)
            assert (code, message) == ("invalid_message_format", "event_types names 200 types at most; * is all")
        assert types(line.turn("hello")) == ["execution_result"]


def test_a_long_replay_does_not_count_as_being_behind(frozen: Api) -> None:
    for _ in range(SOCKET_BEHIND.most + 20):
        frozen.execute("plain", "fail")
    frozen.control("POST", "/faults", json=[{"operation": "socket.reconnect", "kind": "hang", "after_events": 3}])
    with opened(frozen) as line:
        line.send("reconnect", session_id="plain", last_message_id="0-0")
        assert types([line.receive() for _ in range(3)]) == ["ExecutionStarted", "RunStarted", "RunError"]
        frozen.execute("plain", "hello")
        frozen.control("DELETE", "/faults")
        frames = line.pending()
    assert types(frames)[-9:] == HELLO
    assert types(frames).count("execution_result") == SOCKET_BEHIND.most + 21


def test_who_is_too_far_behind_is_cut_off(frozen: Api) -> None:
    with opened(frozen) as line:
        stalled(frozen, line)
        for _ in range(SOCKET_BEHIND.most):
            frozen.execute("plain", "fail")
        assert line.closed() == (None, "")
    until_nothing_is_kept(frozen)


# Secrets


@pytest.mark.parametrize("chunk", ["word", "character", 5, "all"])
@pytest.mark.parametrize("more", [{}, {"delay_ms": 5}, {"gate": "door", "after": 3}])
def test_secrets_are_hidden_in_the_stream_however_a_text_is_cut(frozen: Api, chunk: object, more: Json) -> None:
    secret = "hunter2-hunter2"
    reply = f"Send Authorization: Bearer {secret} and password: {secret} today"
    frozen.control("POST", "/gates/door/open")
    frozen.control(
        "POST", "/scripts", json=[{"name": "s", "then": {"reply": reply, "stream": {"chunk": chunk, **more}}}]
    )
    with joined(frozen, "plain") as line:
        frames = line.turn("hello")
    assert text_of(frames) == reply
    shown = frozen.control("GET", "/sessions/plain/events").json()["events"]
    assert [one["message_id"] for one in shown] == ids(frames)
    told = text_of(shown)
    assert "hunter2" not in told
    assert (told[:5], told[-5:]) == ("Send ", "today")


def test_a_turn_that_waits_holds_nothing_of_the_socket_that_has_left(frozen: Api) -> None:
    with joined(frozen, "tools") as line:
        line.say("mail")
        line.until("HitlRequired")
        alive = [weakref.ref(one) for one in gc.get_objects() if type(one) is Socket]
        assert alive
    until_nothing_is_kept(frozen)
    until = time.monotonic() + PATIENCE
    while any(one() for one in alive):
        assert time.monotonic() < until
        gc.collect()
    assert frozen.get("/runtime/tools/status/").json()["status"] == "processing"


def test_a_turn_that_ends_while_a_frame_hangs_is_in_the_journal_then(frozen: Api) -> None:
    frozen.control("POST", "/faults", json=[{"operation": "socket.cancel_execution", "kind": "hang"}])
    with joined(frozen, "plain") as line:
        line.say("hold")
        line.until("TextMessageContent")
        line.send("cancel_execution")
        frozen.control("POST", "/gates/door/open")
        came = frozen.control("POST", "/journal/wait", json={"match": {"operation": "socket.execution_result"}})
        assert [one["outcome"] for one in came.json()] == ["ok"]


# Other servers, which know no bounds


class Pipe:
    """A socket below ASGI, as the application of an emulator has it."""

    def __init__(self) -> None:
        self.emulator = build_emulator(Settings())
        self.sent: list[Any] = []
        self._said: asyncio.Queue[Any] = asyncio.Queue()
        self.reads = asyncio.Event()
        self.reads.set()
        self.say({"type": "websocket.connect"})

    def say(self, message: Any) -> None:
        self._said.put_nowait(message)

    def send(self, kind: str, **fields: Any) -> None:
        self.say({"type": "websocket.receive", "text": frame(kind, **fields)})

    async def _send(self, message: Any) -> None:
        self.sent.append(message)
        await self.reads.wait()

    async def serve(self) -> None:
        key = self.emulator.default.working_key.encode()
        scope = {"type": "websocket", "path": "/ws/amas/", "raw_path": b"/ws/amas/", "query_string": b""}
        app = create_app(self.emulator)
        await app({**scope, "headers": [(b"host", b"localhost"), (b"x-api-key", key)]}, self._said.get, self._send)


def test_who_is_too_far_behind_is_left_with_any_server() -> None:
    async def run() -> None:
        pipe = Pipe()
        namespace = pipe.emulator.default
        session = next(iter(namespace.records.sessions))
        account = next(one for one in namespace.accounts if one.id == session.owner)
        pipe.send("connect", session_id=session.id)
        serving = asyncio.ensure_future(pipe.serve())
        while not namespace.followers:  # noqa: ASYNC110  # nothing else tells
            await asyncio.sleep(0)
        pipe.reads.clear()
        for _ in range(SOCKET_BEHIND.most + 1):
            runtime.start(namespace, account, session.id, "hello", inputs={})
            await asyncio.sleep(0)
        await asyncio.wait_for(serving, PATIENCE)
        assert not namespace.followers
        assert not namespace.followers.sockets
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


@pytest.mark.parametrize("data", [{"text": "\u00fc" * (MIB // 2 + 1)}, {"bytes": b"a" * (MIB + 1)}])
def test_a_message_that_is_too_large_closes_it_with_any_server(data: Json) -> None:
    async def run() -> None:
        pipe = Pipe()
        pipe.say({"type": "websocket.receive", **data})
        await asyncio.wait_for(pipe.serve(), PATIENCE)
        assert pipe.sent[1:] == [
            {"type": "websocket.close", "code": 1009, "reason": "A message has 1 MiB at most"},
        ]

    asyncio.run(run())


# What a person says


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("approval", {"kind": "accept", "tool_args": {"a": "x" * (MIB - 1000)}}),
        ("approval", {"kind": "decline", "feedback": "x" * (MIB - 1000)}),
        ("ask_user_question", {"kind": "answer", "text": "x" * (MIB - 1000)}),
    ],
)
def test_what_people_say_counts_towards_what_an_execution_may_hold(frozen: Api, kind: str, data: Json) -> None:
    asked = {"kind": kind, **({"question": "Which?"} if kind == "ask_user_question" else {})}
    calls = [{"name": "calculator", "arguments": {"a": ""}, "hitl": asked}] * 8
    frozen.control("POST", "/scripts", json=[{"name": "asks", "then": {"tool_calls": calls, "reply": "Done."}}])
    with limited(record, EXECUTION=3 * MIB), joined(frozen, "tools") as line:
        line.say("go")
        for _ in range(4):
            call = line.until("HitlRequired")[-1]["payload"]["payload"]["tool_call_id"]
            line.send("hitl_response", session_id="tools", tool_call_id=call, data=data)
        frames = line.turn()
    assert types(frames) == ["RunError", "ExecutionError", "ExecutionFinished", "execution_result"]
