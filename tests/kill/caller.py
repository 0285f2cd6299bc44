"""HTTP as clients use it that expect little of a server: one after another, and once more where that does no harm."""

import json
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any, NamedTuple

from atthene_emulator.steady_clock import steady

PATIENCE = 15.0  # seconds for one answer
THROUGH = 40.0  # seconds until somebody answers otherwise than by 503
PAUSE = 0.03  # seconds until a client tries the next emulator
_UNAVAILABLE = 503
_NO_HEADERS: Mapping[str, str] = {}


class Hung(Exception):
    """Nobody answers in time."""


class Answer(NamedTuple):
    """What was answered; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """Asks emulators in turn.

    Args:
        addresses: of the emulators.
        first: which of them is asked first.

    Attributes:
        slowest: seconds of the answer that took longest.
        refused: how often an answer was 503, or none.
    """

    def __init__(self, addresses: list[tuple[str, int]], first: int = 0) -> None:
        self.slowest = 0.0
        self.refused = 0
        self._addresses = addresses
        self._next = first
        self._connections: dict[tuple[str, int], HTTPConnection] = {}

    def ask(
        self, method: str, path: str, key: str = "", body: Any = None, headers: Mapping[str, str] = _NO_HEADERS
    ) -> Answer:
        """An answer that is not 503; may ask again and again.

        Raises:
            Hung: there is none in time.
        """
        end = steady() + THROUGH
        while steady() < end:
            answer = self.try_once(method, path, key, body, headers)
            if answer is not None:
                return answer
        raise Hung(f"{method} {path} was not answered in {THROUGH:g} seconds")

    def try_once(
        self, method: str, path: str, key: str = "", body: Any = None, headers: Mapping[str, str] = _NO_HEADERS
    ) -> Answer | None:
        """An answer that is not 503; None where it is not known what has become of the request.

        An emulator that is not there has not begun with it, so another one is asked.

        Raises:
            Hung: there is none in time.
        """
        end = steady() + THROUGH
        while True:
            connection = self._connection()
            try:
                if connection.sock is None:
                    connection.connect()
                break
            except ConnectionError:
                if steady() > end:
                    raise Hung(f"nobody takes connections for {THROUGH:g} seconds") from None
                time.sleep(PAUSE)
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        more = {"x-api-key": key} if key else {}
        if data is not None and "Content-Type" not in headers:
            more["Content-Type"] = "application/json"
        began = steady()
        try:
            connection.request(method, path, data, {**headers, **more})
            response = connection.getresponse()
            answer = Answer(
                response.status, {name.lower(): value for name, value in response.headers.items()}, response.read()
            )
        except TimeoutError:
            raise Hung(f"{method} {path} at {connection.port} was not answered in {PATIENCE:g} seconds") from None
        except (OSError, HTTPException):
            connection.close()
            self.refused += 1
            return None
        finally:
            self.slowest = max(self.slowest, steady() - began)
        if answer.status == _UNAVAILABLE:
            self.refused += 1
            return None
        return answer

    def _connection(self) -> HTTPConnection:
        address = self._addresses[self._next % len(self._addresses)]
        self._next += 1
        if address not in self._connections:
            self._connections[address] = HTTPConnection(*address, timeout=PATIENCE)
        return self._connections[address]

    def close(self) -> None:
        """Close its connections."""
        for one in self._connections.values():
            one.close()
