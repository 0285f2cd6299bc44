"""What may be wrong around an emulator: its files, proxies, variables. This module is what `doctor` looks at without asking it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

_PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SERVICE = "atthene.com"
_API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that `doctor` has found.

    Attributes:
        severity: error, which makes the exit status 1, or warning.
        what: the part that it is about, such as proxy.
        message: a sentence.
        remedy: what to do; a command where there is one.
    """

    severity: str
    what: str
    message: str
    remedy: str


def broken_files() -> Iterator[Trouble]:
    """Bundled schemas and fixtures that are missing, or cannot be read."""
    from atthene_emulator.configuration.schema import Schema  # noqa: PLC0415
    from atthene_emulator.seeds.files import BundledSeeds  # noqa: PLC0415  # not for --help
    from atthene_emulator.web.control.operations import CONTROL  # noqa: PLC0415
    from atthene_emulator.web.operations import OPERATIONS  # noqa: PLC0415

    named = ["configuration", "seed", "snapshot", "evidence", "responses/error"]
    named += [row.body.name for row in OPERATIONS if row.body is not None]
    named += [row.body.name for row in CONTROL if row.body is not None]
    named += [f"responses/{row.response.format(contract='current')}" for row in OPERATIONS if row.response]
    remedy = "Install atthene-emulator again."
    for name in dict.fromkeys(named):
        try:
            Schema(name).check({})
        except Exception as error:  # noqa: BLE001  # whatever a broken file may lead to
            yield Trouble("error", "files", f"The bundled schema {name} is broken: {error}", remedy)
    bundle = BundledSeeds()
    try:
        seed = bundle.seed("default")
        for name in bundle.seeds:
            bundle.seed(name)
        for name in bundle.scenarios:
            bundle.scenario(name, seed)
    except Exception as error:  # noqa: BLE001  # the same
        yield Trouble("error", "files", f"The bundled fixtures are broken: {error}", remedy)


def swallowing_proxies(environment: Mapping[str, str]) -> Iterator[Trouble]:
    """Proxies that requests to this machine would be sent to."""
    proxies = [name for name in _PROXIES if environment.get(name)]
    exempt = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    swallowed = [host for host in ("127.0.0.1", "localhost") if not _is_exempt(host, exempt)]
    if proxies and swallowed:
        yield Trouble(
            "error",
            "proxy",
            f"{proxies[0]} is set, and NO_PROXY leaves out {' and '.join(swallowed)}: clients look for them at the proxy.",
            f'export NO_PROXY={",".join([*filter(None, exempt.split(",")), *swallowed])} no_proxy="$NO_PROXY"',
        )


def _is_exempt(host: str, no_proxy: str) -> bool:
    """Whether a list of hosts, domains and networks names this one."""
    for name in (one.strip().lower() for one in no_proxy.split(",")):
        if name == "*" or host == name.lstrip("."):
            return True
        with suppress(ValueError):  # the host or the name is no address
            if ip_address(host) in ip_network(name, strict=False):
                return True
    return False


def base_url() -> str | None:
    """What ATTHENE_BASE_URL says, None if it is not set."""
    return os.environ.get("ATTHENE_BASE_URL") or None


def is_loopback(url: str) -> bool:
    """Whether a URL is this machine's."""
    parts = split(url)
    return parts is not None and parts.hostname in _LOOPBACK


def split(url: str) -> SplitResult | None:
    """The parts of an HTTP URL; None if it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port  # asking for it checks it
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname and port != 0 else None


def wrong_base_url(found: str, running: str | None) -> Iterator[Trouble]:
    """What is wrong with ATTHENE_BASE_URL, given where an emulator runs; whether anything answers there is not looked at."""
    remedy = f"export ATTHENE_BASE_URL={running or 'http://127.0.0.1:8484'}{_API}"
    parts = split(found)
    if parts is None:
        yield Trouble("error", "ATTHENE_BASE_URL", f"ATTHENE_BASE_URL is no URL: {found!r}.", remedy)
        return
    host = parts.hostname or ""
    if host == _SERVICE or host.endswith(f".{_SERVICE}"):
        yield Trouble("error", "ATTHENE_BASE_URL", f"ATTHENE_BASE_URL is the real service at {host}.", remedy)
    elif parts.scheme == "https" and host in _LOOPBACK:
        yield Trouble("error", "ATTHENE_BASE_URL", f"ATTHENE_BASE_URL is {found}; the emulator speaks http.", remedy)
    elif parts.path.rstrip("/") != _API:
        yield Trouble("error", "ATTHENE_BASE_URL", f"ATTHENE_BASE_URL does not end in {_API}: {found}.", remedy)


def is_same_place(one: str, other: str) -> bool:
    """Whether two URLs name the same port of the same machine."""
    places = [split(url) for url in (one, other)]
    named = [
        ("127.0.0.1" if is_loopback(url) else p.hostname, p.port)
        for url, p in zip((one, other), places, strict=True)
        if p
    ]
    return len(named) == len(places) and named[0] == named[1]
