"""Where the emulator listens: by default at both loopback addresses, since programs look for `localhost` at either."""

import errno
import logging
import socket
from collections.abc import Callable
from typing import Any

import pytest
import requests

from atthene_emulator import listening
from atthene_emulator.client import EmulatorClient
from atthene_emulator.errors import SetupError
from atthene_emulator.listening import listen, url_of
from atthene_emulator.server import EmulatorServer
from atthene_emulator.settings import Settings

BOTH = ["127.0.0.1", "::1"]
KEY = {"x-api-key": "test-key"}


def has_ipv6() -> bool:
    """Whether this machine has `::1`."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


with_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")


def places(sockets: list[socket.socket]) -> tuple[list[str], set[int]]:
    """The addresses of sockets, and their ports; they are closed."""
    names = [sock.getsockname() for sock in sockets]
    for sock in sockets:
        sock.close()
    return [name[0] for name in names], {name[1] for name in names}


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let `::1` be refused so often with an error; what was tried."""

    def refuse(code: int, times: int) -> list[str]:
        tried: list[str] = []
        opened = listening._opened  # noqa: SLF001  # what the system says

        def instead(address: str, port: int) -> Any:
            tried.append(address)
            if address == "::1" and tried.count("::1") <= times:
                raise OSError(code, "as was wished")
            return opened("127.0.0.1" if address == "::1" else address, 0 if address == "::1" else port)

        monkeypatch.setattr(listening, "_opened", instead)
        return tried

    return refuse


@with_ipv6
def test_localhost_is_both_loopback_addresses_at_one_port() -> None:
    addresses, ports = places(listen("localhost", 0))
    assert (addresses, len(ports)) == (BOTH, 1)
    (port,) = ports
    assert places(listen("localhost", port)) == (BOTH, {port})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", pytest.param("::1", marks=with_ipv6)])
def test_an_address_is_itself_alone(host: str) -> None:
    assert places(listen(host, 0))[0] == [host]


@with_ipv6
@pytest.mark.parametrize("address", BOTH)
def test_a_port_that_is_taken_at_one_of_them_is_an_error_that_names_it(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError) as refusal:
            listen("localhost", port)
    said = f"Port {port} on {address} is taken; choose another with --port, or 0 for a free one."
    assert str(refusal.value) == said
    assert places(listen("127.0.0.1", port))[1] == {port}  # nothing stayed open


@with_ipv6
def test_who_has_the_other_address_is_said_too() -> None:
    with EmulatorServer(host="::1") as server, pytest.raises(SetupError, match=r"on ::1 is taken by an emulator"):
        listen("localhost", int(server.url.rpartition(":")[2]))


def test_a_free_port_is_free_at_both(refusing: Callable[..., list[str]]) -> None:
    tried = refusing(errno.EADDRINUSE, 3)
    places(listen("localhost", 0))
    assert tried == BOTH * 4


def test_it_gives_up_where_no_port_is_free_at_both(refusing: Callable[..., list[str]]) -> None:
    tried = refusing(errno.EADDRINUSE, 1000)
    with pytest.raises(SetupError, match="on ::1 is taken"):
        listen("localhost", 0)
    assert 2 < len(tried) < 100


@pytest.mark.parametrize("code", [errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT])
def test_without_ipv6_there_is_one_and_the_log_says_so(
    refusing: Callable[..., list[str]], caplog: pytest.LogCaptureFixture, code: int
) -> None:
    refusing(code, 1)
    with caplog.at_level(logging.INFO, "atthene_emulator"):
        assert places(listen("localhost", 0))[0] == ["127.0.0.1"]
    assert caplog.messages == ["This machine has no ::1; the emulator listens at 127.0.0.1 alone."]


def test_what_else_is_wrong_with_it_is_an_error(refusing: Callable[..., list[str]]) -> None:
    refusing(errno.EACCES, 1)
    with pytest.raises(SetupError, match=r"Cannot listen on ::1:\d+: as was wished\."):
        listen("localhost", 0)


def test_its_url_is_that_of_the_first() -> None:
    sockets = listen("localhost", 0)
    (url, secure) = (url_of(sockets, Settings(certificate=one)) for one in (None, "certificate.pem"))
    port = sockets[0].getsockname()[1]
    places(sockets)
    assert (url, secure) == (f"http://127.0.0.1:{port}", f"https://127.0.0.1:{port}")


@with_ipv6
def test_both_addresses_answer_and_so_does_the_control_plane() -> None:
    with EmulatorServer() as server:
        port = server.url.rpartition(":")[2]
        assert server.url == f"http://127.0.0.1:{port}"
        for host in ("127.0.0.1", "[::1]", "localhost"):
            answer = requests.get(f"http://{host}:{port}/api/v1/sessions/", headers=KEY, timeout=10)
            assert answer.status_code == 200
            with EmulatorClient(f"http://{host}:{port}") as client:
                assert client.health().status == "ok"
                with client.create_namespace(seed="default") as world, world.socket("session_abc123") as live:
                    live.send("Hello")
                    assert live.text()
    for address in BOTH:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as sock:
            assert sock.connect_ex((address, int(port))) == errno.ECONNREFUSED


@with_ipv6
@pytest.mark.parametrize("page", ["https://evil.example", "null"])
def test_foreign_pages_are_kept_out_at_either(page: str) -> None:
    with EmulatorServer() as server:
        port = server.url.rpartition(":")[2]
        for host in ("127.0.0.1", "[::1]"):
            url = f"http://{host}:{port}/__emulator/state"
            assert requests.get(url, headers={"Origin": page}, timeout=10).status_code == 403
            assert requests.get(url, headers={"Host": "evil.example"}, timeout=10).status_code == 403
