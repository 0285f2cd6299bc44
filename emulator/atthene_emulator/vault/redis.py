"""Namespaces in a Redis, which any number of emulators share. This module is the `RedisVault`.

Whose a namespace is. An emulator is a node of the vault: under its address, Redis keeps the id of the node for `TTL` seconds,
and a heartbeat renews that every second. A namespace's record says which node has claimed it, and with which claim. Whoever
claims it gets it unless that node lives. Five facts make this safe:

- Every write names its claim, and how many writes of this claim were saved before, and Redis compares both in the same
  step in which it writes. Each claim has a token of its own: Redis is asked for it once, and nothing is written with it until it
  has agreed. So a claim that was given up on and arrives later lets no write in; who was overtaken writes nothing, however late;
  a write that was given up on and arrives later does nothing if another has followed it; and after one that was lost none of
  the same claim is taken, so the order has no holes.
- The ids of an emulator's nodes and claims begin with a random part of its own, and count up. Redis puts none in the place of a
  later one of the same emulator, so what arrives late takes nothing from what it has now.
- A namespace is added only if none was added or removed since Redis was asked, so what arrives late brings back none.
- What is read in memory is right as long as nobody else can have claimed it. `owns` says so for `TTL` seconds from before the
  last successful heartbeat was sent, by the steady clock, so it ends before Redis lets the node go. A heartbeat that finds the
  node gone forgets every claim, and the node goes on under a new id: a heartbeat that comes late can only renew an old one.
- Only lengths of time count, each measured by one machine, so clocks may differ.

Every step is also given the vault's secret. Where Redis does not have that any more, it was emptied, and nothing is done.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from atthene_emulator.domain.ids import unguessable
from atthene_emulator.domain.rows import Changes, Row, as_bytes
from atthene_emulator.errors import Conflict, Damaged, NotKept, Overtaken, SetupError
from atthene_emulator.steady_clock import steady
from atthene_emulator.vault import redis_scripts as scripts
from atthene_emulator.vault.futures import unawaited
from atthene_emulator.vault.redis_connection import AGAIN, Line, messages
from atthene_emulator.vault.redis_scripts import Script
from atthene_emulator.vault.redis_url import located
from atthene_emulator.vault.terms import agreed, differing
from atthene_emulator.vault.vault import About, Elsewhere, Stamp
from atthene_emulator.wording import shown

TTL = 5.0  # seconds that a node lives without a heartbeat
BEATS = 5  # heartbeats in that time
LONG = 60.0  # seconds that many rows may take
OLDEST = 6  # major version of Redis


@dataclass(slots=True)
class _Claim:
    """A claim to a namespace; `is_certain` once Redis has said so in its reply, which all wait for who claim it meanwhile."""

    token: bytes
    reply: "asyncio.Future[bytes | None]"
    saved: int = 0
    is_certain: bool = False


class RedisVault:
    """Keeps namespaces in a Redis from version 6 on, or in Valkey; a `Vault`.

    Args:
        url: `redis://[user:password@]host:port/db`, `rediss://…` or `unix:///path`, perhaps with `?prefix=`.
        address: where other emulators reach this one; it may be set until `open`. No other emulator has the same.
        ttl: seconds after which others take over what this one owned, if it does not answer for itself.

    Attributes:
        address: as above.
        secret: that all emulators of this vault know, and nobody else; known once it is open.
        is_followed: somebody followed the events at the last heartbeat or save, so that `publish` does something.

    Raises:
        SetupError: the URL is none of a Redis.
    """

    at_once = False

    def __init__(self, url: str, address: str = "", ttl: float = TTL) -> None:
        self.address = address
        self.secret = ""
        self._location = located(url)
        self._vault = f"{{{self._location.prefix}}}".encode()
        self._ttl = ttl
        self._line, self._long = Line(self._location), Line(self._location, LONG)
        self._node = self._terms = b""
        self._numbers = count(1)
        self._claims: dict[str, _Claim] = {}
        self._lives_until = 0.0
        self.is_followed = False
        self._renewal: asyncio.Task[None] | None = None
        self._heart: asyncio.Task[None] | None = None

    async def open(self, stamp: Stamp) -> None:
        """Be ready; as `Vault`. It takes some seconds at most."""
        try:
            info: bytes = await self._line.call(b"INFO", b"server") + await self._line.call(b"INFO", b"memory")
            self._check_server(info)
            said = str(stamp.format), stamp.seeds, unguessable()
            self.secret = self._check(stamp, await self._ask(scripts.OPEN, *(one.encode() for one in said)))
            self._node, self._terms = unguessable().encode(), agreed(stamp.version, stamp.terms).encode()
            await self._join()
        except NotKept as failure:
            await self._hang_up()
            raise SetupError(f"{failure.message}.") from None
        except SetupError:
            await self._hang_up()
            raise
        self._heart = asyncio.create_task(self._beat())

    def _check_server(self, info: bytes) -> None:
        where = self._location.shown
        lines = dict(line.split(":", 1) for line in info.decode().splitlines() if ":" in line)
        version = lines.get("redis_version", "0")
        major = version.partition(".")[0]
        if major.isdigit() and int(major) < OLDEST:
            raise SetupError(f"{where} is version {version}, and needs to be {OLDEST}.0 or newer; or use Valkey.")
        policy = lines.get("maxmemory_policy", "")
        if lines.get("maxmemory", "0") != "0" and policy.startswith("allkeys-"):
            raise SetupError(
                f"{where} removes any key when its memory is full (maxmemory-policy {policy}), so what was kept would be "
                "lost; CONFIG SET maxmemory-policy noeviction, or name another one."
            )

    def _check(self, stamp: Stamp, found: Sequence[bytes | None]) -> str:
        """The secret, where what is kept is of this stamp."""
        where, another = self._location.shown, "choose another ?prefix= in the URL"
        told = [one.decode() for one in found if one is not None]
        if len(told) < len(("format", "seeds", "secret")):
            raise SetupError(
                f"{where} has something else where the emulator's state is kept, below {{{self._location.prefix}}}; "
                f"choose another place with ?prefix= in the URL."
            )
        if told[0] != str(stamp.format):
            raise SetupError(
                f"{where} keeps the state in the format {told[0]}, and this version reads {stamp.format}: go on with the version "
                f"that wrote it, or {another}."
            )
        if told[1] != stamp.seeds:
            raise SetupError(
                f"{where} keeps the state of emulators with other seeds, or these say something else now: start with the same "
                f"seeds, or {another}, or empty the database."
            )
        return told[2]

    async def close(self) -> None:
        """Give up what is owned, so that others may have it at once."""
        self._claims.clear()
        if self._heart is not None:
            self._heart.cancel()
            with suppress(asyncio.CancelledError):
                await self._heart
            with suppress(NotKept):
                if self._renewal is not None:  # which would make it live on
                    await self._renewal
                await self._run(scripts.LEAVE, self.address.encode(), self._node)
        await self._hang_up()

    async def _hang_up(self) -> None:
        for line in (self._line, self._long):
            await line.close(f"{self._location.shown} is used no longer, as the emulator ends")

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._ttl / BEATS)
            try:
                await self.renew()
            except NotKept as failure:  # what takes long may do so only as long as there are heartbeats
                await self._long.close(failure.message, AGAIN)

    async def renew(self) -> None:
        """Have a heartbeat, as comes every second anyway; those who want one at the same time share it.

        Raises:
            NotKept: Redis does not answer, or has lost the vault; or another emulator has the address; or this one was away,
                and by now there are others with other terms.
        """
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._live_on())
            unawaited(self._renewal)
        await asyncio.shield(self._renewal)

    async def _live_on(self) -> None:
        sent = steady()
        reply = await self._run(scripts.BEAT, *self._life)
        if reply is None:
            self._claims.clear()
            await self._join()
        elif isinstance(reply, bytes):
            self._claims.clear()
            self._lives_until = 0.0
            raise NotKept(
                f"Another emulator of {self._location.shown} has the address {self.address}, too; give each its own"
            )
        else:
            self._live(sent, reply)

    async def _join(self) -> None:
        self._node, self._lives_until = self._unique(), 0.0
        sent = steady()
        reply = await self._run(scripts.JOIN, *self._life, self._terms)
        if isinstance(reply, bytes):
            differ = " and ".join(differing(self._terms.decode(), reply.decode()))
            raise NotKept(
                f"{self._location.shown} is used by emulators with another {differ}; start all of them with the same, "
                f"or this one when they have ended for {self._ttl:g} seconds, or choose another ?prefix= in the URL"
            )
        self._live(sent, reply)

    def _live(self, sent: float, reply: Sequence[int]) -> None:
        self._lives_until = sent + self._ttl
        self.is_followed = reply[1] > 0

    @property
    def _life(self) -> tuple[bytes, bytes, bytes]:
        return self.address.encode(), self._node, b"%d" % (self._ttl * 1000)

    def _unique(self) -> bytes:
        return b"%b.%d" % (self._node.partition(b".")[0], next(self._numbers))

    def owns(self, name: str) -> bool:
        """Whether a namespace is owned for certain, so that what is known of it here is what is kept; at once."""
        claim = self._claims.get(name)
        return claim is not None and claim.is_certain and steady() < self._lives_until

    async def claim(self, name: str) -> Elsewhere | None:
        """Own a namespace; as `Vault`. One that was owned before may have changed since, unless `owns` says that it is owned."""
        if steady() >= self._lives_until:
            await self.renew()
        claim = self._claims.get(name)
        if claim is None:
            token, (address, node, _) = self._unique(), self._life
            claim = _Claim(token, self._run(scripts.CLAIM, name.encode(), address, node, token))
            self._claims[name] = claim
            claim.reply.add_done_callback(partial(self._answered, name, claim))
        if claim.is_certain:
            return None
        holder = await asyncio.shield(claim.reply)
        if holder is not None:
            return Elsewhere(holder.decode())
        if self._claims.get(name) is not claim:
            raise self._lost(name)
        return None

    def _answered(self, name: str, claim: _Claim, reply: "asyncio.Future[bytes | None]") -> None:
        """Before anybody who waits for it goes on."""
        claim.is_certain = reply.exception() is None and reply.result() is None
        if not claim.is_certain:
            self._forget(name, claim)

    async def release(self, name: str) -> None:
        """Own a namespace no longer."""
        claim = self._claims.pop(name, None)
        if claim is not None:
            await self._run(scripts.RELEASE, *_owned(name, claim))

    async def save(self, name: str, changes: Changes) -> None:
        """Have changes; as `Vault`. Where that fails, the namespace is owned no longer: claim it, and load what is kept."""
        claim = self._claims.get(name)
        if claim is None or not claim.is_certain:
            raise self._lost(name)
        command = *_owned(name, claim), *_written(changes)
        claim.saved += 1  # before it is sent: what is called next follows this one
        await self._change(scripts.SAVE, name, claim, command)

    async def remove(self, name: str) -> None:
        """Forget a namespace that is owned, with its rows and its keys."""
        about = await self.find(name)
        claim = self._claims.get(name)
        if claim is None or not claim.is_certain:
            raise self._lost(name)
        keys = () if about is None else about.keys
        await self._change(scripts.REMOVE, name, claim, (*_owned(name, claim), *(key.encode() for key in keys)))
        self._forget(name, claim)

    async def _change(self, script: Script, name: str, claim: _Claim, command: Sequence[bytes]) -> None:
        try:
            done = await self._run(script, *command)
        except NotKept:
            self._forget(name, claim)
            raise
        if not done:
            self._forget(name, claim)
            raise self._lost(name)
        self.is_followed = done > 1

    def _forget(self, name: str, claim: _Claim) -> None:
        if self._claims.get(name) is claim:
            del self._claims[name]

    def _lost(self, name: str) -> Overtaken:
        return Overtaken(
            f"The namespace {shown(name)} in {self._location.shown} is not owned by this emulator any more; send the request again"
        )

    async def add(self, about: About, changes: Changes) -> None:
        """Have a new namespace; as `Vault`."""
        keys = [key.encode() for key in about.keys]
        entry = as_bytes({"keys": about.keys, "entry": about.entry})
        command = entry, b"%d" % len(keys), *keys, *_written(changes)
        done = None
        while done is None:
            number = await self._run(scripts.NUMBER)
            done = await self._run(scripts.ADD, about.name.encode(), number, *command, line=self._long)
        if not done:
            raise Conflict(f"There is a namespace {shown(about.name)} already")

    async def all(self) -> Sequence[About]:
        """Every namespace, in the order in which they were made."""
        found = await self._run(scripts.ALL, line=self._long)
        names, values = found[::2], found[1::2]
        return sorted(map(_about, names, values), key=lambda about: about.number)

    async def find(self, name: str) -> About | None:
        """A namespace, if there is one of that name."""
        value = await self._run(scripts.FIND, name.encode())
        return None if value is None else _about(name.encode(), value)

    async def holder(self, key: str) -> str | None:
        """The name of the namespace that has a key, of several the one that was made first."""
        names = await self._run(scripts.HOLDER, key.encode())
        return names[0].decode() if names else None

    async def load(self, name: str) -> Mapping[str, Sequence[Row]]:
        """The rows of a namespace; as `Vault`."""
        found = await self._run(scripts.LOAD, name.encode(), line=self._long)
        return {
            table.decode(): _rows(table.decode(), fields) for table, fields in zip(found[::2], found[1::2], strict=True)
        }

    def tidy(self) -> bool:
        """Nothing is put off."""
        return False

    def publish(self, name: str, payload: bytes) -> None:
        """Tell all who follow the events something of a namespace, if there are any; nobody waits, and it may be lost."""
        if self.is_followed:
            told = self._line.call(b"PUBLISH", self._vault + b":events", b"%b\n%b" % (name.encode(), payload))
            unawaited(told)

    async def subscribe(self) -> AsyncIterator[tuple[str, bytes]]:
        """Names and payloads that any emulator publishes; first an empty name, from which on those who save know of it.

        Raises:
            NotKept: the connection was lost, and perhaps events with it; subscribe again.
        """
        async for message in messages(self._location, self._vault + b":events"):
            name, _, payload = message.partition(b"\n")
            yield name.decode(), payload

    def _run(self, script: Script, *arguments: bytes, line: Line | None = None) -> "asyncio.Future[Any]":
        return self._ask(script, self.secret.encode(), *arguments, line=line)

    def _ask(self, script: Script, *arguments: bytes, line: Line | None = None) -> "asyncio.Future[Any]":
        return (line or self._line).call(b"EVALSHA", script.digest, b"1", self._vault, *arguments)


def _owned(name: str, claim: _Claim) -> tuple[bytes, bytes, bytes]:
    return name.encode(), claim.token, b"%d" % claim.saved


def _written(changes: Changes) -> list[bytes]:
    command = [b"%d" % len(changes.emptied), *(table.encode() for table in changes.emptied)]
    for table, key, place, value in changes.rows:
        command += table.encode(), key.encode(), b"" if value is None else b"%d %b" % (place, value)
    return command


def _rows(table: str, fields: Sequence[bytes]) -> Sequence[Row]:
    rows = []
    for key, value in zip(fields[::2], fields[1::2], strict=True):
        place, _, rest = value.partition(b" ")
        rows.append(Row(table, key.decode(), int(place), rest))
    return sorted(rows, key=lambda row: (row.place, row.key))


def _about(name: bytes, value: bytes) -> About:
    number, _, entry = value.partition(b" ")
    try:
        read = json.loads(entry)
        return About(name.decode(), tuple(read["keys"]), read["entry"], int(number))
    except (ValueError, TypeError, LookupError) as error:
        raise Damaged(name.decode(errors="replace"), repr(error)) from None
