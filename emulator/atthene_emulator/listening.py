"""Where the emulator listens: the sockets of a host and a port, and the URL that leads there. This module is those rules."""

import errno
import logging
import os
import socket
import sys
from collections.abc import Sequence
from typing import NamedTuple

from atthene_emulator.errors import EmulatorError, EmulatorRefused, SetupError
from atthene_emulator.settings import Settings

_log = logging.getLogger("atthene_emulator")

_LOCALHOST = "localhost"
_LOOPBACKS = ("127.0.0.1", "::1")  # what that name stands for: which of them a client looks at is its own choice
_NO_IPV6 = (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.EADDRNOTAVAIL)
_TRIES = 20  # for a port that is free at both
_BACKLOG = 2048
_LOOK_SECONDS = 0.5  # for whoever has the port to say what it is
_ALL = ("0.0.0.0", "::")  # noqa: S104  # of all addresses
_ELSEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}  # where nobody is (RFC 5737, RFC 3849)


class PeerPort(NamedTuple):
    """Where other emulators pass requests on to this one.

    Attributes:
        sock: that listens.
        address: `http://host:port` by which they reach it.
    """

    sock: socket.socket
    address: str


def listen_for_peers(settings: Settings) -> PeerPort:
    """Listen for other emulators that share the store, at a port of its own.

    Raises:
        SetupError: the port is taken, or the address is not this machine's.
    """
    told, port = settings.peer_place
    host = _LOOPBACKS[0] if settings.host == _LOCALHOST else settings.host
    at = host if host in _ALL or not told else told
    sock = _listening(at, port)
    return PeerPort(sock, _url("http", told or (_own_address(sock) if at in _ALL else at), _port_of(sock)))


def _listening(address: str, port: int) -> socket.socket:
    try:
        return _opened(address, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SetupError(f"Port {port} on {address} is taken; name another in --peer-address, or none.") from None
        raise SetupError(
            f"Cannot listen for other emulators on {address}: {error.strerror}. With --host 0.0.0.0 it may have any address."
        ) from None


def _own_address(sock: socket.socket) -> str:
    """The address of this machine by which it would reach others; a loopback one where it reaches nobody."""
    with socket.socket(sock.family, socket.SOCK_DGRAM) as probe:  # which sends nothing
        try:
            probe.connect((_ELSEWHERE[sock.family], 9))
            address: str = probe.getsockname()[0]
        except OSError:
            return _LOOPBACKS[sock.family == socket.AF_INET6]
    return address


def listen(host: str, port: int) -> list[socket.socket]:
    """Listening sockets of one port; port 0 takes a free one.

    At `localhost` there are two, one for each loopback address; one where there is no IPv6, which the log says.

    Raises:
        SetupError: the port is taken, or the address is not this machine's.
    """
    addresses = _LOOPBACKS if host == _LOCALHOST else (host,)
    tries = 1 if port else _TRIES
    while True:
        tries -= 1
        opened: list[socket.socket] = []
        wanted = port
        try:
            for address in addresses:
                opened.append(_opened(address, wanted))
                wanted = _port_of(opened[0])
        except OSError as error:
            if opened and error.errno in _NO_IPV6:
                _log.info("This machine has no %s; the emulator listens at %s alone.", address, addresses[0])
                return opened
            for sock in opened:
                sock.close()
            if not tries or error.errno != errno.EADDRINUSE:
                raise _refusal(address, wanted, error) from None
        else:
            return opened


def listen_together(host: str, port: int, count: int) -> list[list[socket.socket]]:
    """Listening sockets of one port for several processes, as of `listen`.

    On Linux each has its own, among which the system divides connections evenly; elsewhere they share the same ones.

    Raises:
        SetupError: the port is taken, or the address is not this machine's.
    """
    first = listen(host, port)
    if sys.platform != "linux":
        return [first] * count
    places = [sock.getsockname()[:2] for sock in first]
    for sock in first:  # it was there only to find out whether the port is free: others may use one that is shared
        sock.close()
    return [[_opened(address, taken, is_shared=True) for address, taken in places] for _ in range(count)]


def _opened(address: str, port: int, *, is_shared: bool = False) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if is_shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, port))
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def _port_of(sock: socket.socket) -> int:
    port: int = sock.getsockname()[1]
    return port


def _refusal(address: str, port: int, error: OSError) -> SetupError:
    if error.errno != errno.EADDRINUSE:
        return SetupError(f"Cannot listen on {address}:{port}: {error.strerror}.")
    by = " by an emulator, which you may use" if _is_emulator(address, port) else ""
    return SetupError(f"Port {port} on {address} is taken{by}; choose another with --port, or 0 for a free one.")


def _is_emulator(address: str, port: int) -> bool:
    """Whether an emulator answers there."""
    from atthene_emulator.client.connection import ControlPlane  # noqa: PLC0415  # only if it is taken

    try:
        ControlPlane(_url("http", address, port), None, _LOOK_SECONDS).ask("GET", "/health", None)
    except EmulatorRefused:  # it wants a token, or another name
        return True
    except EmulatorError:
        return False
    return True


def _url(scheme: str, host: str, port: int) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # all addresses: this machine's own
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def url_of(sockets: Sequence[socket.socket], settings: Settings) -> str:
    """`http://host:port` of the first of them; `https` with a certificate."""
    host, port = sockets[0].getsockname()[:2]
    return _url("http" if settings.certificate is None else "https", host, port)
