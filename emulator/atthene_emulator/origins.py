"""Hosts and origins as users name them: what an option may say, and which requests are meant by it. This module is those rules."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from atthene_emulator.addresses import LOOPBACK_HOST

EVERY = "*"

_NAME = r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?"
_ADDRESS = r"\[[0-9a-f:.]+\]"
_BARE_ADDRESS = re.compile(r"[0-9a-f]*:[0-9a-f.]*:[0-9a-f:.]*")
_LABEL = r"[a-z0-9_-]+"
_PORT = r"(?::\d+)?"
_FINAL_DOT = re.compile(r"(?<=[a-z0-9_])\.(?=(:\d+)?$)")
_HOST = re.compile(rf"(?P<below>\*\.)?(?P<host>{_NAME}|{_ADDRESS})(?P<port>:\d+)?")
_ORIGIN = re.compile(
    rf"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<below>\*\.)?(?P<host>{_NAME}|{_ADDRESS}|\.)?(?P<port>:(?:\d+|\*))?"
)
_USUAL_PORTS = {"http": ":80", "https": ":443"}  # which browsers leave out


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
    origin such as `tauri://localhost` or `chrome-extension://…`, and a page without a site of its own `null`.

    Raises:
        ValueError: a name is none; with a sentence that says how to write it.
    """
    return re.compile("|".join(map(_origin, names)) or r"(?!)")


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
    given = _FINAL_DOT.sub("", name.strip().lower())
    if given == EVERY:
        return ".*"
    found = _HOST.fullmatch(f"[{given}]" if _BARE_ADDRESS.fullmatch(given) else given)
    host = found and _canonical(found["host"])
    if not found or not host:
        near = origin_of(given).partition("://")[2] or given.partition("/")[0]
        how = "write it like emulator, emulator:8484, *.example.com or [fd00::1]."
        raise ValueError(f"{name or repr(name)} is not a host{_meant(near, given, _HOST, how)}")
    port = found["port"] or _PORT
    port = f"(?:{port})?" if port in _USUAL_PORTS.values() else port
    return rf"{_below(found)}{re.escape(host)}\.?{port}"


def _origin(name: str) -> str:
    given = name.strip().lower()
    if given in (EVERY, "null"):
        return ".*" if given == EVERY else "null"
    found = _ORIGIN.fullmatch(given)
    host = found and _canonical(found["host"] or "")
    if not found or host is None or (found["scheme"] in _USUAL_PORTS and host in ("", ".")):
        scheme, _, place = origin_of(given).partition("://")
        near = f"{scheme}://{_encoded(place.rpartition('@')[2])}"
        how = "write it like https://app.example.com, without a path."
        if EVERY in given:
            how = "write it like https://*.example.com; * is every page."
        raise ValueError(f"{name or repr(name)} is not an origin{_meant(near, given, _ORIGIN, how)}")
    port = found["port"] or ""
    if port == _USUAL_PORTS.get(found["scheme"]):
        port = ""
    return f"{re.escape(found['scheme'])}://{_below(found)}{re.escape(host)}{_PORT if port == ':*' else port}"


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


def _meant(near: str, given: str, form: re.Pattern[str], how: str) -> str:
    found = form.fullmatch(near) if near != given else None
    return f"; did you mean {near}?" if found and found["host"] else f"; {how}"
