"""The feed of events tells everything once and in order, and keeps nothing for who does not read."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection
from time import monotonic
from typing import Any, NamedTuple, Self

import pytest
import requests
from starlette.types import Message

from atthene_emulator.domain.common_feed import CommonFeed
from atthene_emulator.domain.feed import EventSource
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.control import events
from atthene_emulator.web.control.events import EventStream
from tests.conftest import Api

SESSION_ID = "session_abc123"
HELD = {"name": "held", "when": {"content": "Wait"}, "then": {"reply": "Done", "gate": "held"}}


class Event(NamedTuple):
    """One event as it was sent."""

    kind: str
    id: int
    data: Any


class Reader:
    """Reads a feed; a context manager, because a feed never ends by itself."""

    def __init__(self, api: Api, query: str = "", headers: dict[str, str] | None = None) -> None:
        self.answer = requests.get(f"{api.server.control_url}/events{query}", headers=headers, stream=True, timeout=10)
        self._lines = self.answer.iter_lines(chunk_size=1 << 20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.answer.close()

    def line(self) -> str:
        """The next line."""
        return str(next(self._lines), "utf-8")

    def greeted(self) -> "Reader":
        """This reader, when it follows."""
        assert [self.line(), self.line()] == [": hello", ""]
        return self

    def event(self) -> Event:
        """The next event."""
        kind, number, data, end = (self.line() for _ in range(4))
        assert end == ""
        return Event(
            kind.removeprefix("event: "), int(number.removeprefix("id: ")), json.loads(data.removeprefix("data: "))
        )

    def events(self, count: int) -> list[Event]:
        """So many events."""
        return [self.event() for _ in range(count)]


@pytest.fixture
def api() -> Iterator[Api]:
    """A client of an emulator whose feed is empty."""
    with EmulatorServer() as server:
        yield Api(server)


def refused(answer: requests.Response, status: int) -> bool:
    """Whether the emulator itself refused."""
    return answer.status_code == status and answer.json()["error"]["type"] == "emulator_error"


def until(condition: Callable[[], bool]) -> None:
    """Ask again until it holds."""
    deadline = monotonic() + 10
    while not condition():
        assert monotonic() < deadline, "it never came"


def waiting(api: Api) -> int:
    """How many executions wait at a gate."""
    return sum(gate["waiting"] for gate in api.control("GET", "/gates").json())


def silent(server: EmulatorServer, query: str = "") -> HTTPConnection:
    """A reader that follows and never reads."""
    connection = HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=10)
    connection.request("GET", f"/__emulator/events{query}")
    return connection


# What is sent


def test_a_feed_is_a_stream_of_server_sent_events(api: Api) -> None:
    with Reader(api) as reader:
        assert reader.answer.status_code == 200
        assert reader.answer.headers["Content-Type"].startswith("text/event-stream")
        assert reader.answer.headers["Cache-Control"] == "no-store"
        assert "Content-Length" not in reader.answer.headers
        assert [reader.line(), reader.line()] == [": hello", ""]
        asked = api.get("/agent/").headers["X-Request-Id"]
        assert [reader.line(), reader.line()] == ["event: request", "id: 1"]
        data = reader.line()
        assert data.startswith("data: {")
        assert json.loads(data.removeprefix("data: "))["id"] == asked
        assert reader.line() == ""


def test_a_request_is_told_as_the_journal_shows_it(api: Api) -> None:
    with Reader(api).greeted() as reader:
        api.execute(SESSION_ID, "Hello")
        event = reader.event()
    assert (event.kind, event.id) == ("request", 1)
    assert event.data == api.control("GET", "/journal").json()[0]


def test_secrets_are_not_told(api: Api) -> None:
    with Reader(api).greeted() as reader:
        api.get("/agent/?api_key=s3cret")
        assert "s3cret" not in json.dumps(reader.event())


def test_a_control_request_is_told_if_it_may_change_something(api: Api) -> None:
    api.control("PUT", "/clock", json={"mode": "frozen", "now": "2025-01-15T10:30:00Z"})
    with Reader(api).greeted() as reader:
        api.control("GET", "/state")
        api.control("POST", "/faults", json={"status": 503})
        api.control("POST", "/faults", json={"status": 299})
        api.control("DELETE", "/faults")
        found = reader.events(2)
    at = "2025-01-15T10:30:00Z"
    assert found == [
        Event(
            "control",
            2,
            {"at": at, "namespace": "default", "method": "POST", "path": "/__emulator/faults", "status": 201},
        ),
        Event(
            "control",
            3,
            {"at": at, "namespace": "default", "method": "DELETE", "path": "/__emulator/faults", "status": 204},
        ),
    ]


def test_a_session_that_is_executed_is_told_before_its_answer(api: Api) -> None:
    api.control("POST", "/scripts", json=HELD)
    with Reader(api).greeted() as reader, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Api(api.server).execute, SESSION_ID, "Wait")
        event = reader.event()
        assert event.kind == "session"
        assert event.data.keys() == {"at", "namespace", "session_id", "status"}
        assert (event.data["session_id"], event.data["status"]) == (SESSION_ID, "processing")
        api.control("POST", "/gates/held/open")
        assert asked.result(10).status_code == 200
        told = [(one.kind, one.data) for one in reader.events(3)]
    assert [kind for kind, _ in told] == ["control", "session", "request"]
    assert told[0][1]["path"] == "/__emulator/gates/held/open"
    assert (told[1][1]["session_id"], told[1][1]["status"]) == (SESSION_ID, "active")
    assert told[2][1]["session_id"] == SESSION_ID


def test_a_session_that_comes_to_another_gate_is_told_of_again(api: Api) -> None:
    steps = [{"gate": "first", "reply": "It was a dark night.", "stream": {"gate": "second", "after": 2}}]
    api.control("POST", "/scripts", json={"when": {"content": "Wait"}, "then": steps})
    with Reader(api).greeted() as reader, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(Api(api.server).execute, SESSION_ID, "Wait")
        found = [reader.event()]
        api.control("POST", "/gates/first/open")
        found += reader.events(2)
        api.control("POST", "/gates/second/open")
        found += reader.events(2)
        assert asked.result(10).status_code == 200
    assert [(one.data.get("path"), one.data["status"]) for one in found] == [
        (None, "processing"),
        ("/__emulator/gates/first/open", 200),
        (None, "processing"),
        ("/__emulator/gates/second/open", 200),
        (None, "active"),
    ]


def test_events_come_in_order_with_ids_that_count_up(api: Api) -> None:
    with Reader(api).greeted() as reader:
        for _ in range(5):
            api.get("/agent/")
            api.control("POST", "/gates/any/open")
        found = reader.events(10)
    assert [event.id for event in found] == list(range(1, 11))
    assert [event.kind for event in found] == ["request", "control"] * 5


def test_no_event_is_held_back_until_the_next_one_comes(api: Api) -> None:
    with Reader(api).greeted() as reader, ThreadPoolExecutor(8) as pool:
        clients = [Api(api.server) for _ in range(8)]
        for turn in range(100):
            for client in clients:
                pool.submit(client.get, "/agent/")
            found = reader.events(8)  # one that is held back would time out here
            assert [event.id for event in found] == list(range(turn * 8 + 1, turn * 8 + 9))


def test_every_reader_is_told_the_same(api: Api) -> None:
    with Reader(api).greeted() as one, Reader(api).greeted() as two:
        for path in ("/agent/", "/sessions/", "/nothing/"):
            api.get(path)
        assert one.events(3) == two.events(3)


def test_a_feed_is_of_one_namespace(api: Api) -> None:
    made = api.control("POST", "/namespaces", json={}).json()
    with Reader(api, f"?namespace={made['name']}").greeted() as reader:
        api.get("/agent/")
        asked = api.as_account(made["api_key"]).get("/sessions/").headers["X-Request-Id"]
        event = reader.event()
    assert (event.id, event.data["id"], event.data["operation"]) == (1, asked, "sessions.list")


def test_a_reader_that_names_no_event_begins_now(api: Api) -> None:
    api.get("/agent/")
    with Reader(api).greeted() as reader:
        api.get("/sessions/")
        assert reader.event().data["operation"] == "sessions.list"


# Going on


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        pytest.param("", {"Last-Event-ID": "2"}, id="header"),
        pytest.param("?last_event_id=2", {}, id="query"),
        pytest.param("?last_event_id=1", {"Last-Event-ID": "2"}, id="header wins"),
    ],
)
def test_a_reader_goes_on_after_the_event_that_it_names(api: Api, query: str, headers: dict[str, str]) -> None:
    for _ in range(4):
        api.get("/agent/")
    with Reader(api, query, headers).greeted() as reader:
        assert [event.id for event in reader.events(2)] == [3, 4]
        api.get("/sessions/")
        assert reader.event().id == 5


def test_a_reader_can_begin_with_the_first_event(api: Api) -> None:
    for _ in range(3):
        api.get("/agent/")
    with Reader(api, "?last_event_id=0").greeted() as reader:
        assert [event.id for event in reader.events(3)] == [1, 2, 3]


def test_a_reader_gets_more_than_one_page_of_what_it_has_missed(api: Api) -> None:
    for _ in range(250):
        api.get("/agent/")
    with Reader(api, "?last_event_id=0").greeted() as reader:
        assert [event.id for event in reader.events(250)] == list(range(1, 251))


def test_a_large_event_comes_whole(api: Api) -> None:
    for content in ("x" * 300_000, "short", "y" * 300_000):
        api.execute(SESSION_ID, content)
    with Reader(api, "?last_event_id=0").greeted() as reader:
        told = [event.data["body"]["content"] for event in reader.events(3)]
    assert [(content[0], len(content)) for content in told] == [("x", 300_000), ("s", 5), ("y", 300_000)]


def test_a_reader_of_another_run_is_told_so_and_gets_all_that_is_kept(api: Api) -> None:
    api.get("/agent/")
    with Reader(api, "?last_event_id=999999") as reader:
        gap = reader.event()
        assert (gap.kind, gap.data["restarted"]) == ("gap", True)
        assert reader.event().id == gap.id + 1


def test_a_reader_is_told_how_many_it_has_missed_for_good() -> None:
    with EmulatorServer(journal_entries=3) as server:
        api = Api(server)
        for _ in range(10):
            api.get("/agent/")
        with Reader(api, "?last_event_id=2") as reader:
            assert reader.event() == Event("gap", 7, {"missed": 5, "restarted": False})
            assert [event.id for event in reader.events(3)] == [8, 9, 10]


def test_a_reader_of_a_journal_that_was_dropped_is_told_so(api: Api) -> None:
    for _ in range(3):
        api.get("/agent/")
    api.control("DELETE", "/journal")
    with Reader(api, "?last_event_id=1") as reader:
        assert reader.event() == Event("gap", 3, {"missed": 2, "restarted": False})
        assert reader.event().data["path"] == "/__emulator/journal"


def test_a_reset_of_everything_does_not_end_a_feed(api: Api) -> None:
    api.get("/agent/")
    with Reader(api).greeted() as reader:
        api.control("POST", "/reset")
        api.get("/agent/")
        assert [event.id for event in reader.events(2)] == [2, 3]


# Of all namespaces

ALL = "?namespaces=all"


def made(api: Api, name: str) -> Api:
    """A client of a new namespace."""
    return api.as_account(api.control("POST", "/namespaces", json={"name": name}).json()["api_key"])


def places(events: list[Event]) -> list[tuple[str, str]]:
    """Kinds and namespaces."""
    return [(event.kind, event.data["namespace"]) for event in events]


def test_what_happens_in_all_namespaces_is_told_in_order(api: Api) -> None:
    one = made(api, "one")
    with Reader(api, ALL).greeted() as reader:
        one.get("/agent/")
        api.get("/agent/")
        one.execute(SESSION_ID, "Hello")
        api.control("POST", "/reset?namespace=one")
        found = reader.events(4)
    assert places(found) == [("request", "one"), ("request", "default"), ("request", "one"), ("control", "one")]
    assert [event.id for event in found] == [1, 2, 3, 4]
    assert [found[0].data, found[2].data] == api.control("GET", "/journal?namespace=one").json()


def test_namespaces_that_are_made_later_are_told_and_that_they_are_gone(api: Api) -> None:
    with Reader(api, ALL).greeted() as reader:
        made(api, "late").get("/agent/")
        api.control("DELETE", "/namespaces/late")
        found = reader.events(5)
    kinds = sorted(
        places(found), key=lambda place: place[1]
    )  # what order namespaces have among each other is not promised
    assert kinds == [("control", "default")] * 2 + [("namespace", "late"), ("request", "late"), ("namespace", "late")]
    assert [one.data["change"] for one in found if one.kind == "namespace"] == ["created", "deleted"]


def test_a_request_is_told_that_was_sent_away_with_its_namespace(api: Api) -> None:
    one = made(api, "one")
    api.control("POST", "/scripts?namespace=one", json=HELD)
    with Reader(api, ALL).greeted() as reader, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(one.execute, SESSION_ID, "Wait")
        assert reader.event().kind == "session"
        api.control("DELETE", "/namespaces/one")
        assert asked.result(10).status_code == 503
        told = [(event.kind, event.data.get("outcome")) for event in reader.events(3)]
    assert sorted(told, key=str) == [("control", None), ("namespace", None), ("request", "aborted")]


def test_keys_of_namespaces_are_not_told(api: Api) -> None:
    one = made(api, "one")
    with Reader(api, ALL).greeted() as reader:
        one.get(f"/agent/{one.key}/")
        assert str(one.key) not in json.dumps(reader.event())


def test_who_comes_back_while_another_follows_misses_nothing(api: Api) -> None:
    with Reader(api, ALL).greeted():
        with Reader(api, ALL).greeted() as reader:
            api.get("/agent/")
            last = reader.event().id
        api.get("/sessions/")
        with Reader(api, ALL, {"Last-Event-ID": str(last)}).greeted() as reader:
            assert reader.event().data["operation"] == "sessions.list"


@pytest.mark.in_memory(reason="an event of another emulator may arrive after the one who comes back")
def test_who_comes_back_when_nobody_has_followed_begins_now_and_is_told_so(api: Api) -> None:
    with Reader(api, ALL).greeted() as reader:
        api.get("/agent/")
        last = reader.event().id

    def nobody_follows() -> bool:
        with Reader(api, ALL, {"Last-Event-ID": str(last)}) as one:
            return one.line() == "event: gap"

    until(nobody_follows)
    api.get("/agent/")
    with Reader(api, ALL, {"Last-Event-ID": str(last)}) as reader:
        gap = reader.event()
        assert (gap.kind, gap.data["restarted"], gap.data["missed"] >= 1) == ("gap", False, True)
        api.get("/sessions/")
        assert reader.event().data["operation"] == "sessions.list"


def test_a_follower_of_all_keeps_no_namespace_alive_and_nothing_when_it_has_left() -> None:
    with EmulatorServer(store=None) as server:
        api, feed = Api(server), server.emulator.feed
        with Reader(api, ALL).greeted():
            one = made(api, "one")
            one.get("/agent/")
            assert not server.emulator.namespace("one").is_busy
            assert len(feed.since(0)[1]) == 3
        until(lambda: feed.readers == 0)
        one.get("/agent/")
        assert feed.since(feed.last - 1)[1] == []
        assert all(space.journal.listener is None for space in server.emulator.namespaces)


def test_a_hundred_may_follow_all(api: Api) -> None:
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(Reader(api, ALL).greeted())
        assert refused(requests.get(f"{api.server.control_url}/events{ALL}", timeout=10), 429)
        with Reader(api).greeted():
            pass


def test_a_slow_follower_of_all_is_dropped_and_others_go_on(api: Api) -> None:
    one = made(api, "one")
    with closing(silent(api.server, ALL)) as slow, Reader(api, ALL).greeted() as live:
        for first in range(1, 101, 10):  # more than is on its way through several emulators
            for _ in range(10):
                assert one.post("/agent/validate/", data=b" " * 500_000).status_code == 400
            assert [event.id for event in live.events(10)] == list(range(first, first + 10))
        assert drained(slow)
        api.get("/sessions/")
        assert live.event().data["operation"] == "sessions.list"


def test_a_server_stops_at_once_though_all_is_followed() -> None:
    server = EmulatorServer().start()
    with Reader(Api(server), ALL).greeted() as reader:
        started = monotonic()
        server.stop()
        assert monotonic() - started < 4
        with pytest.raises((StopIteration, requests.RequestException)):
            reader.line()


# Wrong uses and ends


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "1e3", "", "1 2", "9999999999999999", "\u00b2", "0x1"])
@pytest.mark.parametrize("way", ["header", "query"])
def test_what_is_no_event_is_refused(server: EmulatorServer, way: str, given: str) -> None:
    sent: dict[str, Any] = (
        {"headers": {"Last-Event-ID": given.encode("latin-1")}}
        if way == "header"
        else {"params": {"last_event_id": given}}
    )
    answer = requests.get(f"{server.control_url}/events", timeout=10, **sent)
    assert refused(answer, 400)
    assert answer.json()["error"]["message"] == (
        "Last-Event-ID must be the id of an event; leave it out to begin now"
    )  # fmt: skip


def test_head_tells_what_a_feed_is_and_ends(api: Api) -> None:
    answer = requests.head(f"{api.server.control_url}/events", timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"].startswith("text/event-stream")


def test_a_hundred_may_follow_and_no_more(api: Api) -> None:
    with ExitStack() as stack:
        readers = [stack.enter_context(Reader(api).greeted()) for _ in range(100)]
        answer = requests.get(f"{api.server.control_url}/events", timeout=10)
        assert refused(answer, 429)
        assert answer.json()["error"]["message"] == "100 readers follow these events already; close one"
        other = api.control("POST", "/namespaces", json={}).json()["name"]
        with Reader(api, f"?namespace={other}").greeted():
            pass
        readers[0].answer.close()

        def admitted() -> bool:
            with Reader(api) as one:
                return one.answer.status_code == 200

        until(admitted)
        asked = api.get("/agent/").headers["X-Request-Id"]
        for reader in readers[1:]:
            assert "namespaces" in reader.event().data["path"]
            assert reader.event().data["id"] == asked


def test_a_feed_ends_with_its_namespace(api: Api) -> None:
    name = api.control("POST", "/namespaces", json={}).json()["name"]
    with Reader(api, f"?namespace={name}").greeted() as reader:
        assert api.control("DELETE", f"/namespaces/{name}").status_code == 204
        with pytest.raises(StopIteration):
            reader.line()


def test_a_server_stops_at_once_though_feeds_are_read() -> None:
    with ExitStack() as stack:
        server = EmulatorServer().start()
        api = Api(server)
        readers = [stack.enter_context(Reader(api).greeted()) for _ in range(3)]
        stack.enter_context(closing(silent(server)))
        started = monotonic()
        server.stop()
        assert monotonic() - started < 4
        for reader in readers:
            with pytest.raises((StopIteration, requests.RequestException)):
                reader.line()


# Slow readers


def drained(connection: HTTPConnection) -> bool:
    """Whether the server has closed the connection: whatever is still on its way is read."""
    with suppress(ConnectionError):
        while connection.sock.recv(1 << 20):
            pass
    return True


@pytest.mark.parametrize("query", ["", "?last_event_id=0"], ids=["from now", "from the first"])
def test_a_reader_that_does_not_read_is_dropped_and_others_go_on(query: str) -> None:
    with EmulatorServer(journal_entries=20) as server:
        api = Api(server)
        api.get("/agent/")
        with closing(silent(server, query)) as slow, Reader(api).greeted() as live:
            for first in range(2, 102, 10):  # more than is on its way through several emulators
                for _ in range(10):
                    assert api.post("/agent/validate/", data=b" " * 500_000).status_code == 400
                assert [event.id for event in live.events(10)] == list(range(first, first + 10))
            assert drained(slow)  # a connection that was kept would time out here
            api.get("/sessions/")
            assert live.event().data["operation"] == "sessions.list"
        assert api.control("GET", "/health").status_code == 200


def test_a_reader_that_leaves_makes_room(api: Api) -> None:
    for _ in range(3):
        connections = [silent(api.server) for _ in range(40)]
        for connection in connections:
            connection.close()
    until(lambda: requests.head(f"{api.server.control_url}/events", timeout=10).status_code == 200)
    assert api.get("/agent/").status_code == 200


@pytest.mark.parametrize("is_taken", [True, False], ids=["taken late", "never taken"])
def test_a_feed_that_ends_lets_the_client_have_what_is_being_sent(
    monkeypatch: pytest.MonkeyPatch, *, is_taken: bool
) -> None:
    """And a client that does not take it is let go of, so that nothing waits for it."""
    monkeypatch.setattr(events, "_LOOK_SECONDS", 0.05)
    sent: list[Message] = []

    async def follow() -> None:
        feed, sending, taken = CommonFeed(tuple), asyncio.Event(), asyncio.Event()

        async def send(message: Message) -> None:
            if b"event: " in message.get("body", b""):
                sending.set()
                await taken.wait()
            sent.append(message)

        async def receive() -> Message:
            await asyncio.Event().wait()
            raise AssertionError

        following = asyncio.ensure_future(EventStream(feed, 0)({"type": "http", "method": "GET"}, receive, send))
        await asyncio.sleep(0)  # it follows now
        feed.note(EventSource("mine"), "created", 0.0)
        await asyncio.wait_for(sending.wait(), 5)
        feed.signal.end()
        for _ in range(10):  # it learns of that
            await asyncio.sleep(0)
        if is_taken:
            taken.set()
        await asyncio.wait_for(following, 5)

    asyncio.run(follow())
    assert (sent[-1] == {"type": "http.response.body"}) is is_taken
