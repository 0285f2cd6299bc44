"""What becomes of those who want something when their Redis fails: a sentence, in time, and afterwards all goes on."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
import redis.exceptions as failures
import uvloop
from redis.asyncio.connection import AbstractConnection

from atthene_emulator.domain.rows import Changes
from atthene_emulator.errors import NotKept, SetupError
from atthene_emulator.vault.redis import RedisVault
from atthene_emulator.vault.redis_failures import explained
from tests.redis_server import RedisServer
from tests.vault.emulators import Emulator, row

ADDRESS = "http://a:1"
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
SECRET = "s3cret/@:pass"
QUOTED = "s3cret%2F%40%3Apass"

Start = Callable[..., Emulator]


def refused(url: str) -> str:
    """Why a vault does not open; it takes no longer than five seconds to say so."""
    begun = time.monotonic()
    with pytest.raises(SetupError) as caught:
        Emulator(RedisVault(url, ADDRESS)).open()
    assert time.monotonic() - begun < 5
    assert "\n" not in str(caught.value)
    return str(caught.value)


@contextmanager
def listening(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """A URL at which somebody answers who is no Redis; nothing comes where the answer is empty."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                while received := connection.recv(1 << 16):
                    if said := answer(received):
                        connection.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        thread.join(20)


def as_redis_5(received: bytes) -> bytes:
    """What an old Redis says to each command, as far as it is asked."""
    info = b"# Server\r\nredis_version:5.0.14\r\n"
    known = {b"INFO": b"$%d\r\n%b\r\n" % (len(info), info), b"EVALSHA": b"*1\r\n$1\r\n1\r\n"}
    return b"".join(known.get(name, b"+OK\r\n") for name in re.findall(rb"\*\d+\r\n\$\d+\r\n(\w+)", received))


def test_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert refused(f"redis://me:{QUOTED}@127.0.0.1:{port}/3").startswith(
        f"Redis at redis://127.0.0.1:{port}/3 cannot be reached ("
    )


def test_no_such_host() -> None:
    assert "Redis at redis://nowhere.invalid:6379/0 cannot be reached" in refused("redis://nowhere.invalid")


def test_it_wants_a_password(own_redis: RedisServer) -> None:
    own_redis.command("CONFIG", "SET", "requirepass", SECRET)
    port = own_redis.port
    assert "wants a password" in refused(f"redis://127.0.0.1:{port}")
    wrong = refused(f"redis://:wr0ng@127.0.0.1:{port}")
    assert "does not accept the user and the password" in wrong
    assert "wr0ng" not in wrong
    Emulator(RedisVault(f"redis://:{QUOTED}@127.0.0.1:{port}", ADDRESS)).open().close()
    Emulator(RedisVault(f"redis://default:{QUOTED}@127.0.0.1:{port}/1", ADDRESS)).open().close()


def test_its_user_may_not_do_enough(own_redis: RedisServer) -> None:
    own_redis.command("ACL", "SETUSER", "me", "on", ">word", "~*", "+@all", "-info")
    assert "does not permit its user" in refused(f"redis://me:word@127.0.0.1:{own_redis.port}")


def test_its_user_needs_no_more_than_is_said(own_redis: RedisServer) -> None:
    rights = ["+@read", "+@write", "+@scripting", "+@connection", "+info", "+pubsub", "&{mine}*", "~{mine}*"]
    own_redis.command("ACL", "SETUSER", "me", "on", ">word", *rights)
    one = Emulator(RedisVault(f"redis://me:word@127.0.0.1:{own_redis.port}/0?prefix=mine", ADDRESS)).open()
    one.add("n", row("k"), keys=["key"])
    one.claim("n")
    one.save("n", row("k", b"2"), emptied=["sessions"])
    one.run(one.vault.remove("n"))
    one.close()


def test_it_is_a_replica(own_redis: RedisServer) -> None:
    own_redis.command("REPLICAOF", "127.0.0.1", "1")
    assert "is a replica" in refused(own_redis.url)


def test_it_has_no_such_database(own_redis: RedisServer) -> None:
    assert "no database of that number" in refused(own_redis.url.replace("/0", "/9999"))


def test_it_is_too_old() -> None:
    with listening(as_redis_5) as url:
        assert "is version 5.0.14, and needs to be 6.0 or newer" in refused(url)


def test_it_is_none() -> None:
    with listening(lambda _: b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as url:
        assert "does not answer as a Redis does" in refused(url)


def test_it_says_nothing() -> None:
    with listening(lambda _: b"") as url:
        assert "does not answer in time" in refused(url)


@pytest.mark.parametrize(
    "command",
    [
        ("SET", "{atthene-emulator}", "something"),
        ("HSET", "{atthene-emulator}", "a", "b"),
        ("HSET", "{atthene-emulator}:abouts", "a", "b"),
    ],
    ids=" ".join,
)
def test_something_else_is_in_its_place(own_redis: RedisServer, command: tuple[str, ...]) -> None:
    own_redis.command(*command)
    before = own_redis.command("DBSIZE")
    assert "has something else where the emulator's state is kept" in refused(own_redis.url)
    assert own_redis.command("DBSIZE") == before
    Emulator(RedisVault(f"{own_redis.url}?prefix=other", ADDRESS)).open().close()


@pytest.fixture(params=LOOPS.values(), ids=LOOPS)
def one(request: pytest.FixtureRequest, own_redis: RedisServer, emulator: Start) -> Emulator:
    """An emulator that owns the namespace `n`, of which a row is kept, on a Redis of its own."""
    started = emulator(RedisVault(own_redis.url, ADDRESS), loop=request.param)
    started.claim("n")
    started.save("n", row("k", b"kept"))
    return started


def not_kept(one: Emulator, said: str) -> None:
    """A save fails in time, for a reason, and the namespace is owned no longer."""
    begun = time.monotonic()
    with pytest.raises(NotKept, match=said):
        one.save("n", row("k", b"lost"), emptied=["sessions"])
    assert time.monotonic() - begun < 4
    assert isinstance(one.vault, RedisVault)
    assert one.vault.owns("n") is False


def goes_on(one: Emulator, *kept: bytes) -> None:
    """Redis is well again: what is kept is what is expected, and more is kept."""

    async def claim() -> None:
        async with asyncio.timeout(20):
            while True:
                try:
                    await one.vault.claim("n")
                except NotKept:
                    await asyncio.sleep(0.05)
                else:
                    return

    one.run(claim())
    assert [found.value for found in one.load("n")["sessions"]] in [[value] for value in kept]
    one.save("n", row("k", b"again"))
    assert one.load("n")["sessions"] == [row("k", b"again")]


def test_it_does_not_answer_for_a_while(one: Emulator, own_redis: RedisServer) -> None:
    own_redis.pause()
    not_kept(one, "does not answer in time")
    begun = time.monotonic()
    with pytest.raises(NotKept):
        one.load("n")
    assert time.monotonic() - begun < 4
    own_redis.go_on()
    goes_on(one, b"kept", b"lost")


def test_what_was_given_up_does_not_come_after_what_follows(one: Emulator, own_redis: RedisServer) -> None:
    own_redis.pause()
    not_kept(one, "does not answer in time")
    own_redis.go_on()
    goes_on(one, b"kept", b"lost")
    own_redis.command("PING")
    assert one.load("n")["sessions"] == [row("k", b"again")]


def test_its_memory_is_full(one: Emulator, own_redis: RedisServer) -> None:
    own_redis.command("CONFIG", "SET", "maxmemory", "1")
    with pytest.raises(NotKept, match="raise its maxmemory"):
        one.save("n", row("k", b"lost"), row("l"))
    with pytest.raises(NotKept, match="raise its maxmemory"):
        one.add("m", row("k"))
    own_redis.command("CONFIG", "SET", "maxmemory", "0")
    goes_on(one, b"kept")
    assert one.names() == []


def test_what_follows_a_write_that_was_refused_is_refused_too(one: Emulator, own_redis: RedisServer) -> None:
    async def save_both() -> list[BaseException | None]:
        saving = (one.vault.save("n", changes) for changes in (Changes((), (row("k"),)), Changes(("sessions",), ())))
        return await asyncio.gather(*saving, return_exceptions=True)

    own_redis.command("CONFIG", "SET", "maxmemory", "1")
    assert [isinstance(result, NotKept) for result in one.run(save_both())] == [True, True]
    own_redis.command("CONFIG", "SET", "maxmemory", "0")
    goes_on(one, b"kept")


def test_it_becomes_a_replica(one: Emulator, own_redis: RedisServer) -> None:
    own_redis.command("REPLICAOF", "127.0.0.1", "1")
    before = connections(own_redis)
    not_kept(one, "is a replica")
    own_redis.command("REPLICAOF", "NO", "ONE")
    goes_on(one, b"kept")
    assert before.isdisjoint(connections(own_redis))  # behind the name, there may be another one by now


def connections(server: RedisServer) -> set[bytes]:
    """Where those are that are connected."""
    return {word for word in server.command("CLIENT", "LIST", "TYPE", "normal").split() if word.startswith(b"addr=")}


def test_it_cannot_write_to_its_disk(one: Emulator, own_redis: RedisServer) -> None:
    own_redis.command("CONFIG", "SET", "save", "3600 1")
    Path(own_redis.folder, "dump.rdb").mkdir()
    own_redis.command("BGSAVE")
    one.until(lambda: b"rdb_last_bgsave_status:err" in own_redis.command("INFO", "persistence"))
    not_kept(one, "cannot write its data to its disk")
    own_redis.command("CONFIG", "SET", "stop-writes-on-bgsave-error", "no")
    goes_on(one, b"kept")


def test_too_few_replicas_follow_it(one: Emulator, own_redis: RedisServer) -> None:
    own_redis.command("CONFIG", "SET", "min-replicas-to-write", "1")
    not_kept(one, "min-replicas-to-write")
    own_redis.command("CONFIG", "SET", "min-replicas-to-write", "0")
    goes_on(one, b"kept")


def test_it_forgets_the_scripts(one: Emulator, own_redis: RedisServer) -> None:
    own_redis.command("SCRIPT", "FLUSH")
    one.save_at_once("n", [row("k", b"%d" % number) for number in range(50)])
    assert one.load("n")["sessions"] == [row("k", b"49")]


def test_it_closes_the_connection(one: Emulator, own_redis: RedisServer) -> None:
    own_redis.command("CLIENT", "KILL", "TYPE", "normal")
    with pytest.raises(NotKept, match="cannot be reached"):
        one.save("n", row("k", b"lost"))
    goes_on(one, b"kept", b"lost")


@pytest.mark.parametrize("command", ["FLUSHALL", "FLUSHDB"])
def test_it_is_emptied(one: Emulator, own_redis: RedisServer, command: str) -> None:
    own_redis.command(command)
    not_kept(one, "was emptied while it was used; start every emulator that uses it again")
    for wanted in (
        one.vault.load("n"),
        one.vault.all(),
        one.vault.find("n"),
        one.vault.holder("k"),
        one.vault.claim("n"),
    ):
        with pytest.raises(NotKept, match="was emptied"):
            one.run(wanted)
    with pytest.raises(NotKept, match="was emptied"):
        one.add("m")
    assert own_redis.command("DBSIZE") == b":0\r\n"


def test_another_begins_anew_where_it_was_emptied(one: Emulator, own_redis: RedisServer, emulator: Start) -> None:
    own_redis.command("FLUSHALL")
    emulator(RedisVault(own_redis.url, "http://b:2"))
    not_kept(one, "was emptied")
    with pytest.raises(NotKept, match="was emptied"):
        one.names()


def test_it_is_killed_and_starts_with_nothing(one: Emulator, own_redis: RedisServer) -> None:
    own_redis.kill()
    not_kept(one, "cannot be reached")
    own_redis.start()
    with pytest.raises(NotKept, match="was emptied"):
        until_it_answers(one)


def until_it_answers(one: Emulator) -> None:
    async def ask() -> None:
        async with asyncio.timeout(20):
            while True:
                try:
                    await one.vault.all()
                except NotKept as failure:
                    if "cannot be reached" not in failure.message:
                        raise
                    await asyncio.sleep(0.05)

    one.run(ask())


def test_it_is_killed_and_starts_with_what_it_had(emulator: Start) -> None:
    with RedisServer("--appendonly", "yes", "--appendfsync", "always") as server:
        one = emulator(RedisVault(server.url, ADDRESS))
        one.claim("n")
        one.save("n", row("k", b"kept"))
        server.kill()
        not_kept(one, "cannot be reached")
        server.start()
        goes_on(one, b"kept")
        one.close()


@pytest.mark.parametrize("error", [ValueError, MemoryError, KeyError])
def test_a_reply_that_was_not_read_is_not_taken_for_the_next(
    one: Emulator, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    read = AbstractConnection.read_response
    monkeypatch.setattr(AbstractConnection, "read_response", AsyncMock(side_effect=error("odd")))
    not_kept(one, "Redis at")
    monkeypatch.setattr(AbstractConnection, "read_response", read)
    goes_on(one, b"kept", b"lost")


def test_who_has_closed_gets_nothing(one: Emulator) -> None:
    async def close_and_ask() -> None:
        await one.vault.close()
        await one.vault.all()

    with pytest.raises(NotKept, match="as the emulator ends"):
        one.run(close_and_ask())


def test_it_ends_in_time_when_nobody_answers(one: Emulator, own_redis: RedisServer) -> None:
    own_redis.pause()
    begun = time.monotonic()
    one.close()
    own_redis.go_on()
    assert time.monotonic() - begun < 5


ERRORS = [
    (failures.BusyLoadingError("Redis is loading the dataset in memory"), "is still reading its data"),
    (failures.ResponseError("LOADING Redis is loading the dataset in memory"), "is still reading its data"),
    (failures.ResponseError("BUSY Redis is busy running a script."), "is busy with a script"),
    (failures.ResponseError("ERR unknown command `EVALSHA`"), "from version 6.0 on"),
    (
        failures.ResponseError("ERR Error running script (call to f_1): @user_script:9: -OOM command not allowed"),
        "maxmemory",
    ),
    (failures.MovedError("3999 127.0.0.1:6381"), "127.0.0.1:6381 has our keys; name that one"),
    (failures.ConnectionError("max number of clients reached"), "maxclients"),
    (failures.ConnectionError("Error 1 connecting: [SSL: CERTIFICATE_VERIFY_FAILED]"), "by TLS"),
    (failures.AuthenticationError("AUTH <password> called without any password configured"), "wants no password"),
    (failures.ResponseError("WRONGTYPE Operation against a key"), "refuses what it is asked for: WRONGTYPE"),
    (EOFError(), "cannot be reached (EOFError)"),
]


@pytest.mark.parametrize(("error", "said"), ERRORS, ids=[said for _, said in ERRORS])
def test_each_error_has_a_sentence(error: Exception, said: str) -> None:
    sentence = explained(error, "Redis at redis://r:1/0")
    assert sentence.startswith("Redis at redis://r:1/0 ")
    assert said in sentence
