"""HTTP/1.1 over sockets, for the control plane. This module is the connections of the client.

Whatever replaces HTTP in a test (requests-mock, responses, vcrpy, respx, …) replaces the classes of an HTTP library. The
control plane must be reached all the same, so its client uses none: h11 knows the protocol and touches no socket.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from socket import IPPROTO_TCP, SHUT_RDWR, SOCK_STREAM, TCP_NODELAY, getaddrinfo, socket
from threading import get_ident
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

import h11

from atthene_emulator.errors import SetupError

if TYPE_CHECKING:
    from atthene_emulator.client.form import Form

_CHUNK = 64 * 1024  # bytes that are read at once
_AUTHORITIES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")  # variables that name a file of certificates
_PORTS = {"http": 80, "https": 443}


class Lost(Exception):
    """The connection was closed too early, or what answers speaks no HTTP."""


class Answer(NamedTuple):
    """An answer that was read to its end."""

    status: int
    content: bytes

    @property
    def text(self) -> str:
        """The body for people."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """What the body says.

        Raises:
            ValueError: it is no JSON.
        """
        return json.loads(self.content)


class Connection:
    """One connection, for one request after another.

    Args:
        url: `http://host:port`, or https; perhaps with a path, below which everything is.
        seconds: that connecting may take.

    Raises:
        OSError: nobody listens there, or not in time.
        ValueError: the URL is no place for HTTP.
    """

    def __init__(self, url: str, seconds: float) -> None:
        place = urlsplit(url)
        self._socket = opened(place, seconds)
        self._protocol = h11.Connection(h11.CLIENT)
        self._host = place.netloc.rpartition("@")[2]
        self._path = place.path
        self.is_fresh = True
        self.is_closed = False

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: "bytes | Form", seconds: float) -> int:
        """Send a request; the status of the answer, which has begun. Each step of it may take so many seconds.

        Raises:
            Lost: no answer has begun, since the connection was closed.
            OSError: it broke, or no answer began in time.
        """
        self._socket.settimeout(seconds)
        size = len(body) if isinstance(body, bytes) else body.size
        lines = [("Host", self._host), ("Content-Length", str(size)), *headers.items()]
        try:
            request = h11.Request(method=method, target=self._path + target, headers=lines)
            if isinstance(body, bytes):
                self._send(request, h11.Data(body), h11.EndOfMessage())
            else:
                self._stream(request, body)
            while not isinstance(event := self._next(), h11.Response):
                pass  # informational ones
        except (ConnectionError, h11.ProtocolError, ValueError) as error:
            raise Lost from error
        self.is_fresh = False
        return event.status_code

    def _send(self, *parts: h11.Event) -> None:
        self._socket.sendall(b"".join(self._protocol.send(part) or b"" for part in parts))

    def _stream(self, request: h11.Request, form: "Form") -> None:
        try:
            self._send(request)
            for piece in form:
                self._send(h11.Data(piece))
            self._send(h11.EndOfMessage())
        except ConnectionError:
            pass  # whoever reads no further has answered already

    def body(self) -> Iterator[bytes]:
        """The body of the answer, as it comes.

        Raises:
            OSError: the connection broke, or nothing came in time.
            Lost: it was closed before the body's end.
        """
        try:
            while not isinstance(event := self._next(), h11.EndOfMessage):
                if isinstance(event, h11.Data):
                    yield bytes(event.data)
        except h11.ProtocolError as error:
            raise Lost from error

    def _next(self) -> Any:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            self._protocol.receive_data(self._socket.recv(_CHUNK))
        return event

    def renew(self) -> bool:
        """Make ready for another request; whether that is possible."""
        if self._protocol.our_state is not h11.DONE or self._protocol.their_state is not h11.DONE:
            return False
        self._protocol.start_next_cycle()
        return True

    def close(self) -> None:
        """Close it; a thread that waits for an answer is woken."""
        self.is_closed = True
        with suppress(OSError):
            self._socket.shutdown(SHUT_RDWR)
        self._socket.close()

    def __del__(self) -> None:
        if hasattr(self, "_socket"):  # nobody must close a client
            self._socket.close()


def opened(place: SplitResult, seconds: float) -> socket:
    """A socket that is connected to a place, encrypted where it is one of https; `seconds` are for each address of its host.

    Raises:
        OSError: nobody listens there, or not in time.
        ValueError: the URL is no place for HTTP.
    """
    if place.scheme not in _PORTS or not place.hostname:
        raise ValueError(f"{place.geturl()} is no URL of HTTP")
    plain = _connected(place.hostname, place.port or _PORTS[place.scheme], seconds)
    return _encrypted(plain, place.hostname) if place.scheme == "https" else plain


def _connected(host: str, port: int, seconds: float) -> socket:
    """A connection to the first address of a host that accepts one."""
    failure: OSError | None = None
    for family, kind, protocol, _, address in getaddrinfo(host, port, type=SOCK_STREAM):
        made = socket(family, kind, protocol)
        try:
            made.settimeout(seconds)
            made.connect(address)
            made.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        except OSError as error:
            made.close()
            failure = error
        else:
            return made
    raise failure or OSError(f"{host} has no address")


def _encrypted(plain: socket, host: str) -> socket:
    import ssl  # noqa: PLC0415  # seldom wanted

    named = authorities()
    is_folder = named is not None and os.path.isdir(named)  # noqa: PTH112  # pathlib is not loaded for this
    try:
        context = ssl.create_default_context(cafile=None if is_folder else named, capath=named if is_folder else None)
    except OSError as error:
        plain.close()
        why = "it has no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        variable = next(name for name in _AUTHORITIES if os.environ.get(name))
        raise SetupError(f"{variable} names {named}, which cannot be read: {why}.") from None
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise


def authorities() -> str | None:
    """The file of certificates that the environment names; None trusts those of the machine."""
    return next(filter(None, map(os.environ.get, _AUTHORITIES)), None)


class Connections:
    """Connections to one place, kept for other requests; threads may share them.

    Args:
        url: `http://host:port`.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: list[Connection] = []
        self._busy: dict[int, Connection] = {}  # by the thread that waits for an answer

    def open(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: "bytes | Form",
        seconds: float,
        *,
        once: bool = False,
    ) -> tuple[Connection, int]:
        """A connection on which an answer has begun, and its status.

        A kept connection may have been closed meanwhile: then the request is sent again on a new one. One that must be sent `once`
        has a new one from the first.

        Raises:
            OSError: nobody answers, or not in time.
            Lost: the URL is no place for HTTP, what answers speaks none, or it closed the connection.
        """
        while True:
            try:
                connection = (None if once else self._kept()) or Connection(self._url, seconds)
            except OSError:  # that of a certificate is a ValueError, too
                raise
            except ValueError as error:
                raise Lost from error
            self._busy[get_ident()] = connection
            try:
                return connection, connection.ask(method, target, headers, body, seconds)
            except BaseException as error:
                stale = isinstance(error, Lost) and not (connection.is_fresh or connection.is_closed)
                connection.close()
                if not stale:
                    raise
            finally:
                self._busy.pop(get_ident(), None)

    def read(self, connection: Connection, status: int) -> Answer:
        """The whole of an answer that has begun; the connection is kept if it can be.

        Raises:
            OSError: it broke, or nothing came in time.
            Lost: it was closed before the end.
        """
        try:
            content = b"".join(connection.body())
        except BaseException:
            connection.close()
            raise
        if connection.renew():
            self._idle.append(connection)
        else:
            connection.close()
        return Answer(status, content)

    def interrupt(self, thread: int) -> None:
        """Close the connection on which a thread waits for an answer to begin, if there is one."""
        if (connection := self._busy.get(thread)) is not None:
            connection.close()

    def _kept(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def close(self) -> None:
        """Close what is kept; another request opens a connection again."""
        while (kept := self._kept()) is not None:
            kept.close()
