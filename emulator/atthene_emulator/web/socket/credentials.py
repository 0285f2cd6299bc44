"""Who opens a socket: the namespace, the account, the end user. This module is how that is found (D81)."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.types import Scope

from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.agents import public_agent
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.errors import ApiError, EmulatorRefusal, NotAdmitted, NotPermitted, SocketRefused, Unknown
from atthene_emulator.web.headers import (
    FAULT_PARAMETER,
    NAMESPACE,
    NAMESPACE_PARAMETER,
    USER_TOKEN,
    check_names,
    is_strict,
    key_of,
)
from atthene_emulator.web.named import check_named
from atthene_emulator.web.pages import Pages
from atthene_emulator.web.user_token import Undecodable, Unusable, user_of_token

UNDECODABLE, NOT_VALID, DENIED = 4000, 4001, 4003  # documented: websocket-api@G4
_SHOWN = 200  # characters of an origin
MISUSE = 1008  # ours alone: what was said to the emulator cannot be used (D116)
TRY_LATER = 1013  # what keeps the state cannot be used (D128)


class Handshake(NamedTuple):
    """What the request of an upgrade says.

    Attributes:
        key: an API key: of a header, else of the query.
        agent_key: of a public agent.
        parameters: all of the query.
    """

    headers: Mapping[bytes, bytes]
    parameters: Mapping[str, str]
    key: str | None
    agent_key: str | None


class Visitor(NamedTuple):
    """Who has opened a socket.

    Attributes:
        account: whose sessions can be reached; with `user`, those of that end user.
        agent_key: of the public agent whose sessions alone can be reached; None for all.
        strict: default answers are refused.
        root: where they find this server: scheme, host and port, and a path if there is one before ours.
    """

    account: Account
    agent_key: str | None = None
    strict: bool = False
    root: str = ""


def handshake_of(scope: Scope, *, bearer: bool) -> Handshake:
    """What the upgrade says; the first credential that is there counts."""
    headers = dict(scope["headers"])
    query = scope["query_string"].decode("latin-1")
    parameters = dict(reversed(parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace")))
    key = key_of(headers, bearer=bearer)
    if key is None and "authorization" in parameters:
        given = parameters["authorization"].strip()
        scheme, _, token = given.partition(" ")
        key = (token.strip() if scheme.lower() == "bearer" else given) or ""
    agent_key = parameters.get("agent_key") if key is None else None
    return Handshake(headers, parameters, key, agent_key)


def namespace_of(emulator: Emulator, handshake: Handshake) -> Namespace:
    """The namespace that is named, else that of the key, else `default`.

    Raises:
        Unknown: there is none of that name.
        TokenWanted: there is none, and a control token, which was not shown.
    """
    header = handshake.headers.get(NAMESPACE)
    named = header.decode("latin-1") if header is not None else handshake.parameters.get(NAMESPACE_PARAMETER.decode())
    if named is None:
        return emulator.of_key(handshake.key)
    try:
        return emulator.namespace(named)
    except Unknown:
        check_named(emulator, None, handshake.headers, handshake.key)
        raise


def admit(emulator: Emulator, namespace: Namespace, pages: Pages, scope: Scope, handshake: Handshake) -> Visitor:
    """Let somebody in.

    Raises:
        SocketRefused: with the code that the socket is closed with.
    """
    headers = handshake.headers
    try:
        check_names(headers, scope["query_string"], (FAULT_PARAMETER, NAMESPACE_PARAMETER))
        strict = is_strict(headers)
        if NAMESPACE in headers or NAMESPACE_PARAMETER.decode() in handshake.parameters:
            check_named(emulator, namespace, headers, handshake.key)
    except EmulatorRefusal as refusal:
        raise SocketRefused(MISUSE, refusal.message) from None
    user = _user(headers, namespace.clock.now())
    _check_page(pages, scope, headers)
    if handshake.key is None and handshake.agent_key is not None:
        return _public(namespace, handshake.agent_key, headers, user)._replace(strict=strict)
    if handshake.key is None:
        raise SocketRefused(DENIED, "Permission denied: send x-api-key, or ?authorization=Bearer%20KEY")
    try:
        account = namespace.authenticate(handshake.key, "runtime").account
    except ApiError as refusal:
        raise SocketRefused(DENIED, refusal.message) from None
    return Visitor(account._replace(user=user), strict=strict)


def _user(headers: Mapping[bytes, bytes], now: float) -> str | None:
    token = headers.get(USER_TOKEN)
    if token is None:
        return None
    try:
        return user_of_token(token, now)
    except Undecodable as error:
        raise SocketRefused(UNDECODABLE, f"External token could not be decoded: {error}") from None
    except Unusable as error:
        raise SocketRefused(NOT_VALID, f"Invalid external token: {error}") from None


def _check_page(pages: Pages, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
    """Refuse pages as REST calls of pages are: those of foreign origins, and those that ask for a foreign host."""
    origin = headers.get(b"origin")
    if origin is None:
        return
    shown = origin.decode("latin-1")
    try:
        pages.check(scope["headers"])
    except NotAdmitted as refusal:
        pages.tell(refusal)
        raise SocketRefused(DENIED, refusal.message) from None
    try:
        pages.check_origin(shown)
    except NotAdmitted as refusal:
        pages.tell(refusal)  # a close has 123 bytes, so that its reason has fewer words
        raise SocketRefused(DENIED, f"Pages are refused; --cors-origin {shown[:_SHOWN]} permits these") from None


def _public(namespace: Namespace, agent_key: str, headers: Mapping[bytes, bytes], user: str | None) -> Visitor:
    """Who comes by the key of an agent that anybody may use from its own page."""
    origin = headers.get(b"origin", b"").decode("latin-1")
    try:
        agent = public_agent(namespace, agent_key, origin)
    except NotPermitted:
        raise SocketRefused(DENIED, "Permission denied: this agent has another origin_url") from None
    if agent is not None:
        return Visitor(Account(agent.owner, agent.company, user), agent.key)
    if any(one.key == agent_key for one in namespace.records.agents):
        raise SocketRefused(DENIED, f"Permission denied: the agent {agent_key[:60]} is not public")
    if agent_key in namespace.keys:  # it is not repeated
        raise SocketRefused(UNDECODABLE, "agent_key has an API key, which belongs into x-api-key or authorization")
    raise SocketRefused(UNDECODABLE, f"There is no agent of the key {agent_key[:60]!r}")
