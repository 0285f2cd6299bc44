"""Where clients find this emulator, and what it says of itself there. This module is that place."""

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network

from starlette.responses import Response
from starlette.types import Scope

from atthene_emulator import __version__
from atthene_emulator.addresses import API, CONTROL
from atthene_emulator.settings import Settings
from atthene_emulator.web import wire

_HOST = re.compile(r"[A-Za-z0-9_.-]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?")
_PREFIX = re.compile(r"(/[\w.~%-]+)*")
_PATHS = ("/", API, f"{API}/")


def root_of(scope: Scope, settings: Settings) -> str:
    """Scheme, host and port, and the path before ours, as a client wrote them.

    It is the public URL, if one is set; else what a trusted proxy forwards; else what the request itself says.
    """
    if settings.public_url is not None:
        return settings.public_url
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    scheme, host, prefix = scope.get("scheme", "http"), headers.get(b"host", ""), ""
    if not host:  # of a probe that speaks HTTP/1.0
        host = ":".join(str(part) for part in scope.get("server") or () if part is not None)
    client = scope.get("client")
    if settings.trusted_proxies and client and is_trusted(client[0], settings.trusted_proxies):
        told = _forwarded(headers)
        scheme, host, prefix = told.get("proto", scheme), told.get("host", host), told.get("prefix", "")
    return f"{scheme}://{host}{prefix}"


def is_trusted(address: str, proxies: Sequence[str]) -> bool:
    """Whether an address is one of these, or in one of these networks; `*` has all of them."""
    if "*" in proxies:
        return True
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in ip_network(proxy, strict=False) for proxy in proxies)


def _forwarded(headers: Mapping[bytes, str]) -> Mapping[str, str]:
    """What a proxy says of the request that it got, as far as it makes sense: the first of several, which is nearest the client."""
    told = {name: headers.get(b"x-forwarded-" + name.encode(), "") for name in ("proto", "host", "prefix")}
    told = {name: value.partition(",")[0].strip().rstrip("/") for name, value in told.items()}
    for pair in headers.get(b"forwarded", "").partition(",")[0].split(";"):
        name, _, value = pair.strip().partition("=")
        if name.lower() in ("proto", "host"):
            told[name.lower()] = value.strip('"')
    forms = {"proto": re.compile("https?"), "host": _HOST, "prefix": _PREFIX}
    return {name: value for name, value in told.items() if value and forms[name].fullmatch(value)}


def is_root(scope: Scope) -> bool:
    """Whether a request asks for nothing but whether somebody is here."""
    return scope["path"] in _PATHS and scope["method"] in ("GET", "HEAD")


def welcome(scope: Scope, settings: Settings) -> Response:
    """What is here, and where; programs that wait for a server ask its root, and want 200."""
    root = root_of(scope, settings)
    told = {
        "name": "Atthene emulator",
        "version": __version__,
        "api": f"{root}{API}",
        "control": f"{root}{CONTROL}",
        "openapi": f"{root}{CONTROL}/openapi.json",
        "documentation": f"The operations of the API are listed at {root}{CONTROL}/operations.",
    }
    return Response(wire.encode(told), media_type="application/json")
