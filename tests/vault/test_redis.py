"""Several emulators on one Redis: whose a namespace is, what they tell each other, and how they find one another."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from atthene_emulator.domain.rows import Changes
from atthene_emulator.errors import NotKept, Overtaken, SetupError
from atthene_emulator.vault import redis_connection
from atthene_emulator.vault import redis_scripts as scripts
from atthene_emulator.vault.redis import BEATS, RedisVault
from atthene_emulator.vault.redis_scripts import Script
from atthene_emulator.vault.vault import EMULATOR, About, Elsewhere, Stamp, Vault
from tests.redis_server import RedisServer
from tests.vault.delays import Delays
from tests.vault.emulators import STAMP, Emulator, row

Start = Callable[[Vault], Emulator]
A, B, C = "http://a:1", "http://b:2", "http://c:3"
SHORT = 0.5  # seconds


def one(number: int) -> Changes:
    return Changes((), (row("k", b"%d" % number),))


@pytest.fixture
def a(url: str, emulator: Start) -> Emulator:
    return emulator(RedisVault(url, A))


@pytest.fixture
def b(url: str, emulator: Start) -> Emulator:
    return emulator(RedisVault(url, B))


def vault_of(one: Emulator) -> RedisVault:
    assert isinstance(one.vault, RedisVault)
    return one.vault


def owns(one: Emulator, name: str = "n") -> bool:
    return vault_of(one).owns(name)


def is_gone(redis: RedisServer, url: str, address: str) -> None:
    """The heartbeats of an emulator have not come for too long."""
    prefix = url.partition("prefix=")[2]
    assert redis.command("DEL", f"{{{prefix}}}:node:{address}") == b":1\r\n"


@pytest.fixture
def delays(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Delays:
    monkeypatch.setattr(redis_connection, "AGAIN", 0.0)
    return Delays(redis, monkeypatch)


def given_up(one: Emulator, delays: Delays, script: Script, doing: Any) -> None:
    """What somebody does fails, as a script that belongs to it is delayed."""
    with delays.hold(script), pytest.raises(NotKept, match="delayed"):
        one.run(doing)


def test_one_of_two_owns_a_namespace(a: Emulator, b: Emulator) -> None:
    assert (owns(a), owns(b)) == (False, False)
    assert a.claim("n") is None
    assert b.claim("n") == Elsewhere(A)
    assert (owns(a), owns(b)) == (True, False)
    with pytest.raises(NotKept):
        b.save("n", row("k"))


def test_all_may_read_it(a: Emulator, b: Emulator) -> None:
    a.add("n", keys=["key"])
    a.claim("n")
    a.save("n", row("k"))
    assert b.load("n") == {"sessions": [row("k")]}
    assert (b.names(), b.run(b.vault.holder("key"))) == (["n"], "n")


def test_who_releases_it_lets_others_have_it(a: Emulator, b: Emulator) -> None:
    a.claim("n")
    a.run(a.vault.release("n"))
    assert owns(a) is False
    assert b.claim("n") is None
    assert a.claim("n") == Elsewhere(B)


def test_who_ends_lets_others_have_all_of_it_at_once(a: Emulator, b: Emulator) -> None:
    for name in ("n", "m", EMULATOR):
        a.claim(name)
    a.close()
    assert [b.claim(name) for name in ("n", "m", EMULATOR)] == [None, None, None]


def test_what_was_called_before_the_end_is_kept(a: Emulator, b: Emulator) -> None:
    async def save_and_end() -> None:
        saving = asyncio.gather(*(vault_of(a).save("n", one(number)) for number in range(20)))
        await asyncio.sleep(0)  # they are called now
        await vault_of(a).close()
        await saving

    a.claim("n")
    a.run(save_and_end())
    assert b.load("n") == {"sessions": [row("k", b"19")]}


def test_who_is_paused_is_overtaken_and_changes_nothing_any_more(url: str, b: Emulator, emulator: Start) -> None:
    paused = emulator(RedisVault(url, A, ttl=SHORT))
    paused.claim("n")
    paused.save("n", row("k", b"before"))
    assert b.claim("n") == Elsewhere(A)
    b.claim_when_it_is_free("n")
    b.save("n", row("k", b"after"))
    assert owns(paused) is False
    with pytest.raises(NotKept, match="not owned by this emulator any more"):
        paused.save("n", row("k", b"late"))
    with pytest.raises(NotKept):
        paused.run(paused.vault.remove("n"))
    paused.run(paused.vault.release("n"))
    assert b.load("n") == {"sessions": [row("k", b"after")]}
    b.save("n", row("k", b"still"))
    assert paused.claim("n") == Elsewhere(B)


def test_a_claim_ends_by_the_clock_of_its_owner_alone(own_redis: RedisServer, emulator: Start) -> None:
    a = emulator(RedisVault(own_redis.url, A, ttl=SHORT))
    a.claim("n")
    a.until(lambda: owns(a))
    own_redis.pause()
    a.until(lambda: not owns(a))
    own_redis.go_on()
    a.claim_when_it_is_free("n")
    assert owns(a) is True


def test_heartbeats_keep_what_is_claimed(own_redis: RedisServer, emulator: Start) -> None:
    a = emulator(RedisVault(own_redis.url, A, ttl=SHORT))
    b = emulator(RedisVault(own_redis.url, B))
    a.claim("n")

    def has_lived_on() -> bool:
        counts = own_redis.command("INFO", "commandstats")
        assert owns(a)
        return int(counts.partition(b"cmdstat_pexpire:calls=")[2].partition(b",")[0] or b"0") > 2 * BEATS

    a.until(has_lived_on)
    assert b.claim("n") == Elsewhere(A)


def test_who_finds_its_time_over_forgets_what_it_claimed(
    url: str, redis: RedisServer, b: Emulator, emulator: Start
) -> None:
    a = emulator(RedisVault(url, A, ttl=SHORT))
    a.claim("n")
    a.claim("m")
    is_gone(redis, url, A)
    assert b.claim("n") is None
    b.run(b.vault.release("n"))
    a.until(lambda: not owns(a))
    assert b.claim("m") is None
    with pytest.raises(NotKept):
        a.save("n", row("k"))
    a.claim_when_it_is_free("n")
    a.save("n", row("k"))
    assert b.claim("n") == Elsewhere(A)


def test_a_write_of_an_earlier_claim_is_not_taken(url: str, redis: RedisServer, a: Emulator, b: Emulator) -> None:
    a.claim("n")
    is_gone(redis, url, A)
    b.claim("n")
    b.run(b.vault.release("n"))
    with pytest.raises(NotKept):
        a.save("n", row("k"))
    assert b.load("n") == {}


def test_who_is_the_second_at_an_address_has_it(url: str, emulator: Start) -> None:
    a = emulator(RedisVault(url, A, ttl=SHORT))
    a.claim("n")
    a.claim("m")
    again = emulator(RedisVault(url, A))
    assert again.claim("n") is None
    with pytest.raises(NotKept):
        a.save("n", row("k"))
    a.until(lambda: not owns(a, "m"))
    with pytest.raises(NotKept, match=f"has the address {A}, too"):
        a.claim("m")
    assert owns(again) is True


def test_of_those_that_claim_at_once_one_gets_it(a: Emulator, b: Emulator) -> None:
    async def claim_both() -> list[Elsewhere | None]:
        return list(await asyncio.gather(*(a.vault.claim(name) for name in ("n", "m", "n", "n"))))

    b.claim("m")
    assert a.run(claim_both()) == [None, Elsewhere(B), None, None]
    a.save("n", row("k"))
    assert owns(a) is True


def test_a_claim_that_was_given_up_on_lets_no_old_write_in(a: Emulator, delays: Delays) -> None:
    given_up(a, delays, scripts.CLAIM, a.vault.claim("n"))
    assert a.claim("n") is None
    given_up(a, delays, scripts.SAVE, a.vault.save("n", Changes((), (row("k", b"old"),))))
    assert a.claim("n") is None
    a.save("n", row("k", b"new"))
    delays.deliver()
    delays.deliver()
    assert a.load("n") == {"sessions": [row("k", b"new")]}


def test_a_claim_that_comes_late_takes_nothing_from_a_newer_one(a: Emulator, b: Emulator, delays: Delays) -> None:
    given_up(a, delays, scripts.CLAIM, a.vault.claim("n"))
    assert a.claim("n") is None
    a.save("n", row("k", b"1"))
    delays.deliver()
    a.save("n", row("k", b"2"))
    assert b.claim("n") == Elsewhere(A)


def test_a_claim_that_comes_late_to_what_nobody_owns_is_followed_by_another(
    a: Emulator, b: Emulator, delays: Delays
) -> None:
    given_up(a, delays, scripts.CLAIM, a.vault.claim("n"))
    delays.deliver()
    assert (owns(a), b.claim("n")) == (False, Elsewhere(A))
    assert a.claim("n") is None
    a.save("n", row("k"))


def test_who_came_back_is_not_displaced_by_its_own_earlier_attempt(
    url: str, redis: RedisServer, a: Emulator, b: Emulator, delays: Delays
) -> None:
    is_gone(redis, url, A)
    given_up(a, delays, scripts.JOIN, vault_of(a).renew())
    a.run(vault_of(a).renew())
    a.claim("n")
    delays.deliver()
    assert b.claim("n") == Elsewhere(A)
    a.save("n", row("k"))


def test_who_waits_for_a_claim_no_longer_does_not_take_it_from_others(a: Emulator) -> None:
    async def claim_twice() -> Elsewhere | None:
        first, second = (asyncio.create_task(a.vault.claim("n")) for _ in range(2))
        await asyncio.sleep(0)  # they are called now
        first.cancel()
        return await second

    assert a.run(claim_twice()) is None
    a.save("n", row("k"))


def test_nothing_is_saved_before_the_claim_is_known(a: Emulator) -> None:
    async def claim_and_save() -> list[Any]:
        return await asyncio.gather(a.vault.claim("n"), a.vault.save("n", one(1)), return_exceptions=True)

    claimed, saved = a.run(claim_and_save())
    assert (claimed, type(saved)) == (None, Overtaken)
    assert a.load("n") == {}
    a.save("n", row("k"))


def test_those_that_claim_at_once_share_a_claim(a: Emulator, redis: RedisServer) -> None:
    async def claim_all() -> list[Elsewhere | None]:
        return await asyncio.gather(*(a.vault.claim("n") for _ in range(50)))

    redis.command("CONFIG", "RESETSTAT")
    assert a.run(claim_all()) == [None] * 50
    assert b"cmdstat_evalsha:calls=1," in redis.command("INFO", "commandstats")


def test_ten_thousand_namespaces_are_claimed_by_one_heartbeat(a: Emulator, b: Emulator, redis: RedisServer) -> None:
    async def claim_all() -> None:
        for first in range(0, 10_000, 500):  # between which its heart may beat, also on a slow machine
            await asyncio.gather(*(a.vault.claim(f"n{number}") for number in range(first, first + 500)))

    a.run(claim_all())
    assert b.claim("n9999") == Elsewhere(A)
    assert b"Keyspace" in redis.command("INFO", "keyspace")
    a.close()
    assert b.claim("n9999") is None


def test_all_keys_begin_with_the_prefix(own_redis: RedisServer, emulator: Start) -> None:
    one = emulator(RedisVault(f"{own_redis.url}?prefix=mine", A))
    one.add("n", row("k"), keys=["key"])
    one.claim("n")
    one.save("n", row("k"))
    keys = [line for line in own_redis.command("KEYS", "*").split(b"\r\n") if line[:1] not in (b"*", b"$", b"")]
    assert len(keys) == 7
    assert [key for key in keys if not key.startswith(b"{mine}")] == []


def test_emulators_of_one_vault_know_its_secret(url: str, a: Emulator, b: Emulator) -> None:
    assert vault_of(a).secret == vault_of(b).secret
    assert len(vault_of(a).secret) == 32
    other = Emulator(RedisVault(f"{url}-other", A)).open()
    assert vault_of(other).secret != vault_of(a).secret
    other.close()


def test_events_reach_all_who_follow(url: str, emulator: Start) -> None:
    vault = vault_of(one := emulator(RedisVault(url, A, ttl=SHORT)))

    async def follow() -> list[tuple[str, bytes]]:
        events = vault.subscribe()
        async with asyncio.timeout(20):
            received = [await anext(events)]
            await vault.claim("n")
            await vault.save("n", Changes((), (row("k"),)))  # by which it learns that somebody follows
            vault.publish("n", bytes(range(256)))
            received.append(await anext(events))
        return received

    assert one.run(follow()) == [("", b""), ("n", bytes(range(256)))]


def test_nothing_is_sent_where_nobody_follows(a: Emulator, redis: RedisServer) -> None:
    async def publish() -> None:
        vault_of(a).publish("n", b"event")
        await vault_of(a).find("n")

    def published() -> bool:
        return b"cmdstat_publish" in redis.command("INFO", "commandstats")

    redis.command("CONFIG", "RESETSTAT")
    a.run(publish())
    assert published() is False


def test_a_follower_is_told_that_the_connection_was_lost(own_redis: RedisServer, emulator: Start) -> None:
    a = emulator(RedisVault(own_redis.url, A))

    async def follow() -> None:
        events = vault_of(a).subscribe()
        async with asyncio.timeout(20):
            assert await anext(events) == ("", b"")
            own_redis.kill()
            await anext(events)

    with pytest.raises(NotKept, match="cannot be reached"):
        a.run(follow())


OTHER_VERSION = STAMP._replace(version="0.9")


def test_all_who_use_it_at_a_time_have_the_same_version(url: str, emulator: Start) -> None:
    emulator(RedisVault(url, A))
    refused = r"is used by emulators with another version \(1\.0\); start all of them with the same, or this one when they have ended"
    with pytest.raises(SetupError, match=refused):
        Emulator(RedisVault(url, B)).open(OTHER_VERSION)


@pytest.mark.parametrize("is_killed", [False, True])
def test_another_version_goes_on_when_all_have_ended(
    url: str, redis: RedisServer, emulator: Start, *, is_killed: bool
) -> None:
    before = Emulator(RedisVault(url, A)).open()
    before.add("n", row("k"), keys=["key"])
    if is_killed:
        is_gone(redis, url, A)
    else:
        before.close()
    after = Emulator(RedisVault(url, B)).open(OTHER_VERSION)
    assert (after.names(), after.load("n"), after.claim("n")) == (["n"], {"sessions": [row("k")]}, None)
    with pytest.raises(SetupError, match=r"another version \(0\.9\)"):
        Emulator(RedisVault(url, C)).open()
    before.close()
    after.close()
    assert emulator(RedisVault(url, A)).names() == ["n"]


def test_who_was_away_does_not_come_back_to_another_version(url: str, redis: RedisServer, a: Emulator) -> None:
    a.claim("n")
    is_gone(redis, url, A)
    other = Emulator(RedisVault(url, B)).open(OTHER_VERSION)
    with pytest.raises(NotKept, match=r"with another version \(0\.9\)"):
        a.run(vault_of(a).renew())
    assert owns(a) is False
    with pytest.raises(NotKept):
        a.save("n", row("k"))
    other.close()


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (
            STAMP._replace(format=99),
            "keeps the state in the format 1, and this version reads 99: go on with the version",
        ),
        (
            STAMP._replace(seeds="others"),
            "keeps the state of emulators with other seeds, or these say something else now:",
        ),
    ],
)
def test_format_and_seeds_stay_when_all_have_ended(url: str, a: Emulator, others: Stamp, said: str) -> None:
    a.close()
    with pytest.raises(SetupError, match=said):
        Emulator(RedisVault(url, B)).open(others)


@pytest.mark.parametrize("is_there_before", [False, True])
def test_a_namespace_that_was_deleted_is_not_brought_back(
    a: Emulator, b: Emulator, delays: Delays, *, is_there_before: bool
) -> None:
    if is_there_before:
        b.add("n", row("k", b"new"), keys=["key"])
    given_up(a, delays, scripts.ADD, a.vault.add(About("n", ("late",), {}), one(1)))
    if not is_there_before:
        b.add("n", row("k", b"new"), keys=["key"])
    b.claim("n")
    b.run(b.vault.remove("n"))
    delays.deliver()
    assert (b.names(), b.load("n"), b.run(b.vault.holder("late"))) == ([], {}, None)
    a.add("n", row("k", b"again"))
    assert b.load("n") == {"sessions": [row("k", b"again")]}


def test_those_that_are_added_at_once_are_all_there(a: Emulator) -> None:
    async def add_all() -> None:
        await asyncio.gather(*(a.vault.add(About(f"n{number}", (), {}), one(number)) for number in range(20)))

    a.run(add_all())
    assert sorted(a.names()) == sorted(f"n{number}" for number in range(20))
    assert [about.number for about in a.run(a.vault.all())] == list(range(1, 21))


TERMS = [STAMP._replace(terms=f'{{"--strict":{strict}}}') for strict in ("true", "false")]


def test_of_those_that_start_at_once_with_other_options_one_is_refused(url: str) -> None:
    async def open_both() -> list[BaseException | None]:
        vaults = [RedisVault(url, address) for address in (A, B)]
        opening = (vault.open(stamp) for vault, stamp in zip(vaults, TERMS, strict=True))
        came = await asyncio.gather(*opening, return_exceptions=True)
        for vault in vaults:
            await vault.close()
        return came

    refused = [came for came in asyncio.run(open_both()) if came is not None]
    assert [type(one) for one in refused] == [SetupError]
    assert "is used by emulators with another --strict" in str(refused[0])


def test_who_was_away_does_not_come_back_to_others_with_other_options(url: str, redis: RedisServer) -> None:
    away = Emulator(RedisVault(url, A)).open(TERMS[0])
    is_gone(redis, url, A)
    other = Emulator(RedisVault(url, B)).open(TERMS[1])
    for _ in range(2):
        with pytest.raises(NotKept, match="with another --strict"):
            away.run(vault_of(away).renew())
    assert other.claim("n") is None
    other.close()
    away.run(vault_of(away).renew())
    assert away.claim("n") is None
    away.close()
