"""A server for each parser."""

from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest

from atthene_emulator.protocol import parsers
from atthene_emulator.server import EmulatorServer
from tests.conftest import Api

Starter = Callable[[], EmulatorServer]


@pytest.fixture(scope="package", params=["httptools", "h11"])
def start(request: pytest.FixtureRequest) -> Starter:
    """Makes a server, which is not started, whose connections have this parser."""

    def made() -> EmulatorServer:
        with patch.object(parsers, "find_spec", lambda _: request.param == "httptools" or None):
            return EmulatorServer()

    return made


@pytest.fixture(scope="package")
def served(start: Starter) -> Iterator[EmulatorServer]:
    with start() as server:
        yield server


@pytest.fixture
def server(served: EmulatorServer) -> EmulatorServer:
    """As its seed left it, with an empty journal."""
    assert Api(served).control("POST", "/reset?scope=state,scripts,faults,clock,journal").status_code == 200
    return served


@pytest.fixture
def journal(server: EmulatorServer) -> Callable[[], list[dict[str, object]]]:
    """What the journal of `default` has."""
    return lambda: Api(server).control("GET", "/journal").json()  # type: ignore[no-any-return]
