"""Hosts and origins as users name them: what an option may say, and which requests are meant by it. This module is those rules."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from atthene_emulator.addresses import LOOPBACK_HOST

EVERY = "*"
HIDDEN = "null"  # what a page sends that has no origin, or hides it

_LABEL = r"[a-z0-9_-]+"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
_ADDRESS = r"\[[0-9a-f:.]+\]"
_BARE_ADDRESS = r"[0-9a-f]*:[0-9a-f.]*:[0-9a-f:.]*"
_PORT = r"(?::\d+)?"
_FINAL_DOT = r"(?<=[a-z0-9_])\.(?=(:\d+)?$)"
_HOST = rf"(?P<below>\*\.)?(?P<host>{_NAME}|{_ADDRESS})(?P<port>:\d+)?"
_ORIGIN = rf"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<below>\*\.)?(?P<host>{_NAME}|{_ADDRESS}|[.*])?(?P<port>:(?:[1-9]\d{{0,4}}|\*))?"
_SITES = ("http", "https")  # whose hosts are found by their names or addresses; those of apps are any text
_SOCKETS = ("ws", "wss")
_HIDING = ("file", "data", "about")  # schemes of pages that have none
_NUMBER = r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)"  # a host that browsers take for an IPv4 address
_SCHEME = r"(?P<scheme>https?|wss?)(?::/*|//)(?=[^/])"
_USUAL_PORTS = {"http": ":80", "https": ":443"}  # which browsers leave out
_LAST_PORT = 65535


def hosts(names: Iterable[str]) -> re.Pattern[str]:
    """What matches the `Host` headers, in lower case, that are this machine's or have one of these names.

    A name may have a port, which then counts; `*.example.com` is every name one label below; `*` is any. A final dot, as in
    `a.example.`, makes no difference.

    Raises:
        ValueError: a name is none; with a sentence that says how to write it.
    """
    return re.compile("|".join([rf"(?:{LOOPBACK_HOST})\.?{_PORT}", *map(_host, names)]))


def origins(names: Iterable[str]) -> re.Pattern[str]:
    """What matches the `Origin` headers that have one of these names.

    `https://*.example.com` is every site one label below, `http://localhost:*` every port, and `*` any page. An app has an
    origin such as `tauri://localhost` or `chrome-extension://…`, all of a browser's are `moz-extension://*`, and a page without a
    site of its own has `null`. Some apps have capitals in theirs, which make no difference.

    Raises:
        ValueError: a name is none that a browser sends; with a sentence that says how to write it.
    """
    return re.compile("|".join(map(_origin, names)) or r"(?!)", re.IGNORECASE)


def without_port(host: str) -> str:
    """A `Host` header as an option would name it."""
    return re.sub(r":\d+$", "", host)


def origin_of(url: str) -> str:
    """The origin of a page's URL; empty for what is no URL of a site."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _host(name: str) -> str:
    given = re.sub(_FINAL_DOT, "", name.strip().lower())
    if given == EVERY:
        return ".*"
    found = re.fullmatch(_HOST, f"[{given}]" if re.fullmatch(_BARE_ADDRESS, given) else given)
    host = found and _canonical(found["host"])
    if not found or not host:
        near = origin_of(given).partition("://")[2] or given.partition("/")[0]
        how = "write it like emulator, emulator:8484, *.example.com or [fd00::1]."
        if near != given and re.fullmatch(_HOST, near):
            how = f"did you mean {near}?"
        raise ValueError(f"{name or repr(name)} is not a host; {how}")
    port = found["port"] or _PORT
    port = f"(?:{port})?" if port in _USUAL_PORTS.values() else port
    return rf"{_below(found)}{re.escape(host)}\.?{port}"


def _origin(name: str) -> str:
    given = name.strip().lower()
    pattern = _pattern(given)
    if pattern is None:
        how = "write it like https://app.example.com, without a path."
        if EVERY in given:
            how = "write it like https://*.example.com; * is every page."
        near = _near_origin(given)
        raise ValueError(
            f"{name or repr(name)} is not an origin; {how if _pattern(near) is None else f'did you mean {near}?'}"
        )
    return pattern


def _pattern(given: str) -> str | None:
    """What an origin as it is written matches; None if no browser sends what it names."""
    if given in (EVERY, HIDDEN):
        return ".*" if given == EVERY else HIDDEN
    found = re.fullmatch(_ORIGIN, given)
    if found is None or found["scheme"] in _SOCKETS:
        return None
    scheme, port, host = found["scheme"], found["port"] or "", _canonical(found["host"] or "")
    if host is None or (scheme in _SITES and not _is_of_a_site(host, found["below"] or "")):
        return None
    if port == ":*":
        port = _PORT
    elif port and int(port[1:]) > _LAST_PORT:
        return None
    elif port == _USUAL_PORTS.get(scheme):
        port = ""
    named = "[^/]+" if host == EVERY else re.escape(host)
    return f"{re.escape(scheme)}://{_below(found)}{named}{port}"


def _is_of_a_site(host: str, below: str) -> bool:
    """Whether browsers write a site's host so: they take one that ends in a number for an address, and write that in full."""
    if host in ("", ".", EVERY):
        return False
    return not re.fullmatch(_NUMBER, host) or below + host == _in_full(host)


def _in_full(host: str) -> str:
    """An IPv4 address as browsers write it, of whatever it is written like; empty for none."""
    import socket  # noqa: PLC0415  # seldom wanted

    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return ""


def _near_origin(given: str) -> str:
    """What was probably meant: the origin of a URL, of a host, or of what was written in quotation marks; else what makes no sense."""
    text = given.strip("'\"").removeprefix("blob:")
    if text.partition(":")[0] in _HIDING:
        return HIDDEN
    scheme = ""
    while found := re.match(_SCHEME, text):  # the last, where there are two
        scheme, text = found["scheme"].replace("ws", "http"), text[found.end() :]
    if not scheme and "://" in text:
        scheme, _, text = text.partition("://")
    host = re.split(r"[/?#]", text.removeprefix("//"), maxsplit=1)[0].rpartition("@")[2]
    bare, colon, port = host.rpartition(":") if re.search(r":\d{0,9}$", host) else (host, "", "")
    bare = re.sub(r"^.*\*[^.]*\.", "*.", _encoded(bare.rstrip(".")))
    if re.fullmatch(_NUMBER, bare):
        bare = _in_full(bare)
    scheme = scheme or ("http" if re.fullmatch(LOOPBACK_HOST, bare) else "https")
    usual = colon + port in (_USUAL_PORTS.get(scheme), ":") or (colon and not 0 < int(port) <= _LAST_PORT)
    return f"{scheme}://{bare}{'' if usual else colon + port.lstrip('0')}"


def _below(found: re.Match[str]) -> str:
    return rf"{_LABEL}\." if found["below"] else ""


def _canonical(host: str) -> str | None:
    """A host as browsers write it: an IPv6 address in its shortest form; None for an address that is none."""
    if not host.startswith("["):
        return host
    import ipaddress  # noqa: PLC0415  # seldom wanted

    try:
        return f"[{ipaddress.ip_address(host[1:-1]).compressed}]"
    except ValueError:
        return None


def _encoded(host: str) -> str:
    """A name in other letters as browsers send it."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host
