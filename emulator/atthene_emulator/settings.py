"""What a user can choose when starting the emulator.

This module is the list of choices with their defaults; the command line and the Python API fill it in.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from atthene_emulator import origins
from atthene_emulator.addresses import API, CONTROL, is_loopback
from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.errors import SetupError
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.limits import BODY, CONTENT, JOURNAL_ENTRIES, LATENCY, STORED
from atthene_emulator.store_address import is_shared, mistake_of, store_of, without_password
from atthene_emulator.wording import did_you_mean

if TYPE_CHECKING:
    from dataclasses import Field

DEFAULT_SEEDS = ("default",)
LOG_LEVELS = ("critical", "error", "warning", "info", "debug")

_KINDS: Mapping[type, str] = MappingProxyType({bool: "True or False", int: "a whole number", str: "a text"})
_LEAST = MappingProxyType({"max_body": 1, "journal_entries": 0, "max_stored": 1, "workers": 1})
_LAST_PORT = 65535


@dataclass(frozen=True)
class Settings:
    """The emulator's settings.

    Files may be named by a `pathlib.Path`, too.

    Attributes:
        host: address to listen at; `localhost` is both loopback addresses, anything but a loopback address needs `allow_remote`.
        port: 0 picks a free one.
        seeds: names of bundled fixtures or paths of seed files; later ones add.
        contract: overrides the contract that the seeds name.
        strict: unknown keys are errors, and a default answer is refused with 501.
        cors_origins: origins, besides loopback ones, whose pages may call the imitated API, as `origins.origins` reads them.
        max_body: bytes a request body may have.
        journal_entries: how many requests the journal keeps.
        max_stored: bytes that a namespace's agents and sessions may have, its snapshots together, and its files; without
            it, 512 MiB, and of files 64 MiB.
        latency: milliseconds that each answer of the imitated API is late, such as 300, or a range such as 300-1200;
            overrides the seeds'.
        allow_remote: permits other addresses than loopback ones.
        allow_hosts: `Host` names, besides loopback ones, that reach the control plane, and at which pages may call the
            imitated API, as `origins.hosts` reads them.
        control_cors_origins: origins whose pages may use the control plane, too.
        control_token: what the control plane wants as `Authorization: Bearer`, if set.
        public_url: where clients find it, if that is not where it listens: behind a proxy that speaks https, or below a path.
        trusted_proxies: addresses and networks of proxies, whose forwarded headers say where clients find it; `*` is any.
        certificate: a file of PEM; with it, https is served.
        certificate_key: the file of its key; None if the certificate's file holds it, too.
        log_level: of the server's own log.
        rulings: how decided rows are decided.
        observations: a file of `atthene-emulator verify`, whose findings win over `rulings`, and whose contract is taken
            unless one is chosen.
        no_ui: leaves out the pages for people: the inspector, the reference, the start page.
        watch: seed files named by their path, and the configurations that they name, are looked at twice a second; when
            one changes, the namespace `default` starts from what they say then. Needs a seed that is named by its path.
        opened: a document of a whole emulator, as `export` writes it, that is gone on from; it has seeds of its own.
        store: what keeps all state beyond the process: `sqlite:PATH`, or `redis://HOST/…`; None for nothing.
        workers: processes that serve together; several need a store that they share.
        peer_address: `HOST` or `HOST:PORT` where other emulators that share the store reach this one; by default the host that
            it listens at, and for all of them the machine's own address; a free port without one.
    """

    host: str = "localhost"
    port: int = 8484
    seeds: tuple[str, ...] = DEFAULT_SEEDS
    contract: ContractName | None = None
    strict: bool = False
    cors_origins: tuple[str, ...] = ()
    max_body: int = BODY.most
    journal_entries: int = JOURNAL_ENTRIES.most
    max_stored: int | None = None
    latency: str | None = None
    allow_remote: bool = False
    allow_hosts: tuple[str, ...] = ()
    control_cors_origins: tuple[str, ...] = ()
    control_token: str | None = field(default=None, repr=False)
    public_url: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    certificate: str | None = None
    certificate_key: str | None = None
    log_level: str = "warning"
    rulings: Rulings = field(default_factory=Rulings)
    observations: str | None = None
    no_ui: bool = False
    watch: bool = False
    store: str | None = field(default=None, repr=False)  # it may have a password
    opened: str | None = None
    workers: int = 1
    peer_address: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.public_url, str):
            object.__setattr__(self, "public_url", _without_planes(self.public_url))
        if isinstance(self.latency, int) and not isinstance(self.latency, bool):
            object.__setattr__(self, "latency", str(self.latency))
        for name in ("observations", "certificate", "certificate_key", "opened"):
            given = getattr(self, name)
            if isinstance(given, os.PathLike):
                object.__setattr__(self, name, os.fspath(given))
        if isinstance(self.store, str | os.PathLike):
            object.__setattr__(self, "store", store_of(self.store))
        if isinstance(self.seeds, tuple | list):  # with a slash, since a mere name is a bundled seed's
            seeds = (os.path.join(os.curdir, one) if isinstance(one, os.PathLike) else one for one in self.seeds)  # noqa: PTH118  # pathlib is not loaded for --help
            object.__setattr__(self, "seeds", tuple(seeds))

    @property
    def max_content(self) -> int:
        """Bytes that a namespace's files, artifacts and images may have."""
        return CONTENT.most if self.max_stored is None else self.max_stored

    @property
    def max_records(self) -> int:
        """Bytes that a namespace's agents and sessions may have, and its snapshots together."""
        return STORED.most if self.max_stored is None else self.max_stored

    @property
    def start(self) -> str:
        """What it starts from, for people."""
        return self.opened or ", ".join(self.seeds)

    def check(self) -> None:
        """Refuse what cannot be served, and what would open the emulator to others unguarded.

        Raises:
            SetupError: a setting is wrong.
        """
        for one in fields(self):
            self._check_kind(one)
        if not isinstance(self.rulings, Rulings):
            raise SetupError(f"rulings is a `Rulings` of atthene_emulator.evidence.rulings, not {self.rulings!r}.")
        self._check_choices()
        if not is_loopback(self.host) and not self.allow_remote:
            raise SetupError(
                f"{self.host} is not a loopback address; add --allow-remote to be reachable from elsewhere."
            )
        if self.allow_remote and not self.control_token:
            raise SetupError("--allow-remote needs --control-token, so that nobody else controls the emulator.")
        if self.certificate_key is not None and self.certificate is None:
            raise SetupError("--certificate-key needs --certificate, whose key it is.")
        if self.opened is not None:
            self._check_opened()
        _ = self.latency_range
        self._check_store()
        self._check_workers()
        self._check_token()
        self._check_names()

    def _check_opened(self) -> None:
        if self.seeds != DEFAULT_SEEDS:
            raise SetupError("--import has what its emulator started from; leave --seed out.")
        if self.store is not None:
            raise SetupError(
                "--import opens a document to look at, and --store keeps what is there; leave one of them out."
            )
        if self.watch:
            raise SetupError("--import has no seed file to look at; leave --watch out.")

    def _check_kind(self, setting: "Field[Any]") -> None:
        """Refuse what is of another kind, which would fail only when it is used."""
        name, usual = setting.name, int if setting.name in _LEAST else str
        kind = usual if setting.default is None else type(setting.default)
        given = getattr(self, name)
        if kind is tuple:
            if not isinstance(given, tuple | list) or not all(isinstance(one, str) for one in given):
                raise SetupError(f"{name} is a tuple of names, such as ('default',), not {given!r}.")
            return
        if given is None and setting.default is None:
            return
        if kind in _KINDS and (not isinstance(given, kind) or (kind is int and isinstance(given, bool))):
            shown = repr(given) if setting.repr else f"of the type {type(given).__name__}"
            raise SetupError(f"{name} is {_KINDS[kind]}, not {shown}.")

    def _check_choices(self) -> None:
        for name, known in (("contract", tuple(CONTRACTS)), ("log_level", LOG_LEVELS)):
            given = getattr(self, name)
            if given is not None and given not in known:
                near = did_you_mean(given, known, f"; there are {', '.join(known)}.")
                raise SetupError(f"There is no {name.replace('_', ' ')} {given}{near}")
        if not 0 <= self.port <= _LAST_PORT:
            raise SetupError(f"port is from 0 to {_LAST_PORT}, not {self.port}.")
        for name, least in _LEAST.items():
            if getattr(self, name) is not None and getattr(self, name) < least:
                raise SetupError(f"{name} is at least {least}, not {getattr(self, name)}.")

    def _check_workers(self) -> None:
        _, port = self.peer_place
        if self.peer_address is not None and not self.is_shared:
            raise SetupError(
                "--peer-address is for emulators that share a store, such as --store redis://localhost:6379."
            )
        if self.workers == 1:
            return
        if self.store is not None and not self.is_shared:
            raise SetupError(
                f"--workers {self.workers} needs a store that several processes share, such as --store "
                "redis://localhost:6379; a file has one emulator."
            )
        if not self.is_shared:
            raise SetupError(
                f"--workers {self.workers} needs a store that they share, such as --store redis://localhost:6379: "
                "without one, each of them would have sessions of its own."
            )
        if port:
            raise SetupError(f"Each of {self.workers} workers has a port of its own; name no port in --peer-address.")

    @property
    def is_shared(self) -> bool:
        """Whether other emulators may have the same namespaces."""
        return self.store is not None and is_shared(self.store)

    @property
    def shown_store(self) -> str | None:
        """The store without its password."""
        return None if self.store is None else without_password(self.store)

    @property
    def peer_place(self) -> tuple[str, int]:
        """The host and the port of `peer_address`; an empty host for the default, port 0 for a free one.

        Raises:
            SetupError: it is none.
        """
        if self.peer_address is None:
            return "", 0
        match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?", self.peer_address, re.ASCII)
        if match is None or int(match[3] or 0) > _LAST_PORT:
            raise SetupError(
                f"{self.peer_address[:60]} is no address for --peer-address; write it like 10.0.0.7, 10.0.0.7:8485 or [fd00::7]:8485."
            )
        return match[1] or match[2], int(match[3] or 0)

    def _check_token(self) -> None:
        token = self.control_token
        if token is None:
            return
        if not token.strip():
            raise SetupError("--control-token is empty; name a token, or leave the option out.")
        if token != token.strip() or not token.isascii() or not token.isprintable():
            raise SetupError("--control-token has characters that no header can carry; letters, digits and signs can.")

    def _check_store(self) -> None:
        if self.store is None:
            return
        mistake = mistake_of(self.store)
        if mistake is not None:
            raise SetupError(mistake)
        if self.watch:
            raise SetupError(
                "--watch begins the namespace default anew, and --store keeps what it is; leave one of them out."
            )

    def _check_names(self) -> None:
        """Refuse hosts, origins and a public URL that would match nothing, or everything unguarded."""
        if self.public_url is not None and not _is_public(self.public_url):
            raise SetupError(
                f"{self.public_url} is no public URL; write it like https://emulator.example.com or https://example.com/emulator."
            )
        try:
            origins.hosts(self.known_hosts)
            origins.origins((*self.cors_origins, *self.control_cors_origins, *self.known_origins))
        except ValueError as error:
            raise SetupError(str(error)) from None
        named = {one.strip().lower() for one in self.control_cors_origins}
        if origins.EVERY in named:
            raise SetupError("--control-cors-origin * would let every page control the emulator; name the origins.")
        if origins.HIDDEN in named:
            raise SetupError(
                "--control-cors-origin null would let every page control the emulator, since any can hide its origin; "
                "name the origins."
            )
        if origins.EVERY in map(str.strip, self.allow_hosts) and not self.control_token:
            raise SetupError("--allow-host * needs --control-token, so that no page controls the emulator.")
        self._check_proxies()

    def _check_proxies(self) -> None:
        if not self.trusted_proxies:
            return
        from ipaddress import ip_network  # noqa: PLC0415  # seldom wanted

        for proxy in self.trusted_proxies:
            try:
                ip_network("0.0.0.0/0" if proxy == "*" else proxy, strict=False)
            except ValueError:
                raise SetupError(
                    f"{proxy} is no address; --trusted-proxy takes one like 10.0.0.7, a network like 10.0.0.0/8, or *."
                ) from None

    @property
    def latency_range(self) -> tuple[int, int] | None:
        """The least and the most milliseconds of `latency`; None without one.

        Raises:
            SetupError: it is none.
        """
        if self.latency is None:
            return None
        match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", self.latency, re.ASCII)
        least, most = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not least <= most <= LATENCY.most or not most:
            raise SetupError(
                f"--latency is milliseconds such as 300, or a range such as 300-1200, {LATENCY.shown} at most, not "
                f"{self.latency[:60]!r}."
            )
        return least, most

    @property
    def known_hosts(self) -> tuple[str, ...]:
        """Names, besides loopback ones, under which it may be asked by pages, and for control."""
        return (
            self.allow_hosts
            if self.public_url is None
            else (*self.allow_hosts, urlsplit(self.public_url).hostname or "")
        )

    @property
    def known_origins(self) -> tuple[str, ...]:
        """The origin of the public URL, whose pages are its own; none without one."""
        return () if self.public_url is None else (origins.origin_of(self.public_url),)


def _without_planes(url: str) -> str:
    """A URL as it is announced: without a final slash, and without the paths below it that clients are pointed at."""
    scheme, colon, rest = url.partition(":")
    whole = f"{scheme.lower()}{colon}{rest}".rstrip("/")
    return whole.removesuffix(API).removesuffix(CONTROL)


def _is_public(url: str) -> bool:
    if not re.fullmatch(r"https?://[^/\s?#@]+(/[^/\s?#]+)*", url):
        return False
    try:
        parts = urlsplit(url)
        is_reachable = parts.hostname is not None and parts.port != 0
    except ValueError:  # a port beyond all, or half an address
        return False
    return is_reachable
