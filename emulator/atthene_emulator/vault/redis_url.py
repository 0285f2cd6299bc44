"""Where a Redis is, as a URL says it: `redis://[user:password@]host:port/db`, `rediss://…` or `unix:///path`, with `?prefix=`.

This module is that URL, and the connections that are made of it. What it shows never has a user or a password.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from redis.asyncio import Connection
from redis.asyncio.connection import AbstractConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from atthene_emulator.errors import SetupError

PREFIX = "atthene-emulator"  # of the names of keys, where the URL says none
_SCHEMES = ("redis", "rediss", "unix")
_PREFIX = re.compile(r"[A-Za-z0-9._-]{1,64}")
_OWN = ("prefix",)
_WRONG = (
    "--store is no URL of a Redis: write redis://host:port/db, rediss:// for TLS, or unix:///path; a user and a password stand "
    "before the host with : between and @ behind them, percent-encoded where they are neither letters nor digits; "
    "behind ? there may be prefix=, db= and ssl_…="
)


class Location(NamedTuple):
    """Where a Redis is, and which of its keys are ours.

    Attributes:
        shown: for sentences, such as `Redis at redis://10.0.0.7:6379/0`.
        prefix: stands in braces before every key, so that in a cluster one server has them all.
        kind: of connections.
        options: for connections, among them the password.
    """

    shown: str
    prefix: str
    kind: type[AbstractConnection]
    options: Mapping[str, Any]

    def connection(self) -> AbstractConnection:
        """One that is not open yet; it tries nothing twice, and waits for as long as it is let."""
        never = Retry(NoBackoff(), 0)
        return self.kind(
            **{**self.options, "protocol": 2, "retry": never, "socket_timeout": None, "socket_connect_timeout": None}
        )


def located(url: str) -> Location:
    """What a URL says.

    Raises:
        SetupError: it is none of a Redis. The message does not repeat it, since a password may stand anywhere in it.
    """
    try:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        rest = urlencode({name: value for name, value in query.items() if name not in _OWN})
        options: dict[str, Any] = dict(parse_url(urlunsplit(parts._replace(query=rest))))
        host, port = parts.hostname, parts.port or 6379
    except ValueError:
        raise SetupError(_WRONG) from None
    is_socket = parts.scheme == "unix"
    is_place = bool(parts.path) if is_socket else bool(host) and re.fullmatch(r"/?\d*", parts.path) is not None
    is_known = all(name in ("db", *_OWN) or name.startswith("ssl_") for name in query)
    if parts.scheme not in _SCHEMES or not is_place or not is_known or parts.fragment:
        raise SetupError(_WRONG)
    prefix = query.get("prefix", PREFIX)
    if _PREFIX.fullmatch(prefix) is None:
        raise SetupError("prefix= of a Redis has 1 to 64 letters of A-Z and a-z, digits, dots, hyphens and underscores")
    place = parts.path if is_socket else f"{host if ':' not in str(host) else f'[{host}]'}:{port}"
    shown = f"Redis at {parts.scheme}://{place}{'?db=' if is_socket else '/'}{options.get('db', 0)}"
    return Location(shown, prefix, options.pop("connection_class", Connection), options)
