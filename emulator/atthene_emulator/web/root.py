"""Where clients find this emulator. This module is that place."""

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network

from starlette.types import Scope

from atthene_emulator.settings import Settings

_HOST = r"[A-Za-z0-9_.-]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?"
_SCHEMES = {"https": "https", "wss": "https"}  # all else is not encrypted
_PREFIX = r"(/[\w.~%-]+)*"


def root_of(scope: Scope, settings: Settings) -> str:
    """Scheme, host and port, and the path before ours, as a client wrote them.

    It is the public URL, if one is set; else what a trusted proxy forwards; else what the request itself says.
    """
    if settings.public_url is not None:
        return settings.public_url
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    scheme, host, prefix = _SCHEMES.get(scope.get("scheme", ""), "http"), headers.get(b"host") or _address(scope), ""
    client = scope.get("client")
    if settings.trusted_proxies and client and is_trusted(client[0], settings.trusted_proxies):
        told = _forwarded(headers)
        scheme, host, prefix = told.get("proto", scheme), told.get("host", host), told.get("prefix", "")
    return f"{scheme}://{host}{prefix}"


def _address(scope: Scope) -> str:
    """Where the server listens: what a client of HTTP/1.0 gets that names no host."""
    host, port = scope.get("server") or ("localhost", None)
    return host if port is None else f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


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
    forms = {"proto": "https?", "host": _HOST, "prefix": _PREFIX}
    return {name: value for name, value in told.items() if value and re.fullmatch(forms[name], value)}
