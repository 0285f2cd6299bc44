"""Requests to the control plane, and its refusals. This module is the connection that all of the client shares."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from atthene_emulator.addresses import API, CONTROL, SOCKET
from atthene_emulator.client.reading import shortened
from atthene_emulator.errors import (
    EmulatorError,
    EmulatorRefused,
    EmulatorUnreachable,
    Problem,
    ServiceRefused,
    SetupError,
)
from atthene_emulator.secrecy import redact_sentence

if TYPE_CHECKING:
    import requests

    from atthene_emulator.client.form import Form
    from atthene_emulator.client.transport import Answer, Connection, Connections
    from atthene_emulator.client.websocket import WebSocket

_OF_ANOTHER_HOST = (62, 64)  # OpenSSL's numbers for a name and an address that are not in a certificate
ERROR = 400  # the lowest status of an error


class Text(NamedTuple):
    """A body that is sent as it is, with its media type."""

    media: str
    text: str


Body = Mapping[str, Any] | Sequence[Any] | Text


class _Request(NamedTuple):
    """What is sent."""

    method: str
    target: str
    headers: dict[str, str]
    data: "bytes | Form"


def _written(body: Body) -> bytes:
    return body.text.encode() if isinstance(body, Text) else json.dumps(body, allow_nan=False).encode()


def _sent(body: "Mapping[str, Any] | Form | None") -> tuple[str, "bytes | Form"]:
    """The media type of a body of the imitated API, and the body as it is sent."""
    if body is None:
        return "", b""
    return ("application/json", _written(body)) if isinstance(body, Mapping) else (body.media, body)


def _refusal_of_api(answer: "Answer") -> ServiceRefused:
    try:
        error = answer.json()["error"]
        details = error.get("details", {})
        problems = [Problem(one["field"], one["message"]) for one in details.get("errors", ())]
        return ServiceRefused(answer.status, error["message"], problems, details)
    except (ValueError, KeyError, TypeError, AttributeError):  # an error of another form, or a fault that makes it none
        return ServiceRefused(answer.status, f"The answer was {answer.status} {shortened(answer.text)}")


class ControlPlane:
    """What carries requests to the control plane, and refusals back; threads may share it.

    Args:
        url: `http://host:port`.
        token: of the control plane, if it wants one.
        timeout: seconds that each step of an answer may take.

    Attributes:
        headers: what shows the token.
    """

    def __init__(self, url: str, token: str | None, timeout: float) -> None:
        if token is not None and not token.strip():
            raise SetupError("The control token is empty; name the one that the emulator was started with, or none.")
        if token is not None and not (token.isascii() and token.isprintable()):
            raise SetupError("The control token has characters that no header can carry.")
        self.url = url
        self.headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.timeout = timeout
        self._is_sharing = False

    @cached_property
    def connections(self) -> "Connections":
        """Those to the emulator, directly: a proxy would look for localhost on its own machine."""
        from atthene_emulator.client.transport import Connections  # noqa: PLC0415  # loads h11, which only who asks needs

        return Connections(self.url)

    def share(self, other: "ControlPlane") -> None:
        """Use the connections of another one to the same emulator, who closes them."""
        self.connections = other.connections
        self._is_sharing = True

    def close(self) -> None:
        """Close the connections, unless they are of another one; another request opens one again."""
        if "connections" in vars(self) and not self._is_sharing:
            self.connections.close()

    def interrupt(self, thread: int) -> None:
        """Close the connection that a thread waits for, if it waits for one."""
        if "connections" in vars(self):
            self.connections.interrupt(thread)

    def ask(
        self,
        method: str,
        path: str,
        namespace: str | None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Body | None = None,
        extra_seconds: float = 0.0,
    ) -> Any:
        """The JSON of the answer, which is no error; None for an answer without a body.

        Args:
            method: of the operation.
            path: below the control plane.
            namespace: the one that is meant; None is `default`.
            query: what is asked for in particular.
            body: what is sent, as JSON unless it is a `Text`.
            extra_seconds: what it may take besides the usual ones.
        """
        __tracebackhide__ = True  # pytest shows the test's own line
        request = self._request(method, path, namespace, query, body)
        return self._read(self._answer(request, self.timeout + extra_seconds))

    def ask_api(
        self, method: str, path: str, headers: Mapping[str, str], body: "Mapping[str, Any] | Form | None" = None
    ) -> Any:
        """The JSON of an answer of the imitated API, which is no error.

        Args:
            method: of the operation.
            path: below `/api/v1`.
            headers: those of whoever asks.
            body: what is sent, as JSON or as a form.

        Raises:
            ServiceRefused: the answer is an error, of the service or of the emulator.
        """
        __tracebackhide__ = True
        media, data = _sent(body)
        request = _Request(
            method, f"{API}{path}", {**self.headers, **headers, **({"Content-Type": media} if media else {})}, data
        )
        with self.reached(self.timeout):
            opened = self.connections.open(*request, self.timeout, once=method != "GET")
            answer = self.connections.read(*opened)
        if answer.status >= ERROR:
            raise _refusal_of_api(answer)
        return self._read(answer)

    def _read(self, answer: "Answer") -> Any:
        try:
            return answer.json() if answer.content else None
        except ValueError:
            raise self._stranger(answer) from None

    def ask_for_text(self, path: str, namespace: str | None, query: Mapping[str, Any]) -> str:
        """The text of an answer to GET, which is no error; arguments as of `ask`."""
        __tracebackhide__ = True
        return self._answer(self._request("GET", path, namespace, query, None), self.timeout).text

    def _answer(self, request: "_Request", seconds: float) -> "Answer":
        __tracebackhide__ = True
        connections = self.connections
        with self.reached(seconds):
            answer = connections.read(*connections.open(*request, seconds))
        if answer.status >= ERROR:
            raise self._refusal(answer)
        return answer

    def follow(self, path: str, namespace: str | None, query: Mapping[str, Any], quiet: float) -> "Connection":
        """A connection on which an answer has begun that does not end; it may be quiet for so many seconds."""
        __tracebackhide__ = True
        connections = self.connections
        with self.reached(quiet):
            connection, status = connections.open(*self._request("GET", path, namespace, query, None), quiet)
            if status < ERROR:
                return connection
            answer = connections.read(connection, status)
        raise self._refusal(answer)

    def upgrade(self, target: str, headers: Mapping[str, str], seconds: float) -> "WebSocket":
        """A WebSocket of the imitated API, at a path with its query."""
        __tracebackhide__ = True
        from atthene_emulator.client.websocket import Refused, WebSocket  # noqa: PLC0415  # loads websockets

        try:
            with self.reached(seconds):
                return WebSocket(self.url, target, headers, seconds)
        except Refused as refused:
            answer = refused.answer
        raise self._refusal(answer)

    def _request(
        self, method: str, path: str, namespace: str | None, query: Mapping[str, Any] | None, body: Body | None
    ) -> "_Request":
        headers = dict(self.headers)
        if namespace is not None:
            headers["X-Emulator-Namespace"] = namespace
        if body is not None:
            headers["Content-Type"] = body.media if isinstance(body, Text) else "application/json"
        try:
            data = b"" if body is None else _written(body)
        except (TypeError, ValueError, RecursionError) as error:
            raise SetupError(f"{method} {path} cannot be sent, since JSON has no word for it: {error}.") from None
        return _Request(method, f"{CONTROL}{path}{f'?{urlencode(query)}' if query else ''}", headers, data)

    @contextmanager
    def reached(self, seconds: float) -> Iterator[None]:
        """Say of what goes wrong underneath within so many seconds that nobody answers."""
        __tracebackhide__ = True
        from atthene_emulator.client.transport import Lost  # noqa: PLC0415  # loads h11, which only who asks needs

        try:
            yield
        except TimeoutError:
            raise EmulatorUnreachable(
                f"The emulator at {redact_sentence(self.url)} did not answer within {seconds:g} s."
            ) from None
        except (OSError, Lost) as error:
            kind = type(error).__name__  # `ssl` is seldom loaded
            if kind == "SSLCertVerificationError" and getattr(error, "verify_code", None) in _OF_ANOTHER_HOST:
                raise EmulatorUnreachable(
                    f"The certificate of {redact_sentence(self.url)} is for another host; name the one that it is for."
                ) from None
            if kind == "SSLCertVerificationError":
                raise EmulatorUnreachable(
                    f"The certificate of {redact_sentence(self.url)} is not trusted here; name the file of its authority in SSL_CERT_FILE."
                ) from None
            raise EmulatorUnreachable(
                f"No emulator answers at {redact_sentence(self.url)}; start one with `atthene-emulator serve`, or name another URL (--url)."
            ) from None

    def _refusal(self, answer: "Answer") -> EmulatorError:
        try:
            error = answer.json()["error"]
            problems = [Problem(one["field"], one["message"]) for one in error.get("details", {}).get("errors", ())]
            ours = error["type"] == "emulator_error"
            refused = EmulatorRefused(answer.status, error["message"], problems)
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._stranger(answer)
        return refused if ours else self._stranger(answer)

    def _stranger(self, answer: "Answer") -> EmulatorUnreachable:
        return EmulatorUnreachable(
            f"What answers at {redact_sentence(self.url)} is no emulator: it says {answer.status} {shortened(answer.text)}"
        )


def session() -> "requests.Session":
    """A `requests.Session` that looks for no proxies and no passwords in the environment, but for certificates."""
    import requests  # noqa: PLC0415  # only who asks needs it

    from atthene_emulator.client.transport import authorities  # noqa: PLC0415  # the same

    http = requests.Session()
    http.trust_env = False
    http.verify = authorities() or True
    return http


def origin_of(url: str) -> str:
    """`http://host:port` of an emulator's URL, which may end in /api/v1 or /__emulator."""
    whole = url if "://" in url else f"http://{url}"
    return whole.rstrip("/").removesuffix(API).removesuffix(CONTROL).rstrip("/")


def socket_url_of(url: str) -> str:
    """`ws://host:port/ws/amas/` of an emulator's `http://host:port`; wss of https."""
    return f"ws{url[len('http') :]}{SOCKET}"


def quoted(name: str) -> str:
    """One part of a path."""
    return quote(name, safe="")


class NamespaceControl:
    """The control plane, asked about one namespace; each noun of it adds its own methods.

    Attributes:
        namespace: its name, None for `default`.
    """

    namespace: str | None

    def __init__(self, control: ControlPlane, namespace: str | None) -> None:
        self._control = control
        self.namespace = namespace

    def _ask(self, method: str, path: str, body: Body | None = None, query: Mapping[str, Any] | None = None) -> Any:
        __tracebackhide__ = True
        return self._control.ask(method, path, self.namespace, body=body, query=query)

    def _own_key(self) -> str:
        name = self.namespace or "default"
        shown = self._control.ask("GET", "/namespaces", None)
        key: str | None = next((one["api_key"] for one in shown if one["name"] == name), None)
        if key is None:
            raise SetupError(f"The namespace {name} has no key that may do everything; name one by key=.")
        return key
