"""Uploads that are under way: they are bounded together, and count as long as they are not answered."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from atthene_emulator.domain.uploads import Uploads
from atthene_emulator.errors import TooManyUploads
from atthene_emulator.limits import KIB, Limit
from atthene_emulator.server import EmulatorServer
from tests.conftest import Api
from tests.multipart import CONTENT_TYPE, file, multipart
from tests.protocol.talking import Talk, request, talking
from tests.web.test_journal import until

MOST = 200 * KIB
FORM = multipart(file(b"x" * 90 * KIB))


@pytest.fixture
def server() -> Iterator[EmulatorServer]:
    """A server that holds little of what is being uploaded."""
    with EmulatorServer() as running:
        running.emulator.uploads = Uploads(Limit("bytes", MOST, ""))
        yield running


def begin(talk: Talk) -> None:
    """Upload a file, but for its last bytes."""
    head = request("POST /api/v1/files/", "x-api-key: test-key", f"Content-Type: {CONTENT_TYPE}", body=FORM)
    talk.say(head[:-100])


def test_what_is_not_counted_is_refused_and_changes_nothing() -> None:
    uploads = Uploads(Limit("bytes", 10, ""))
    uploads.add(8)
    with pytest.raises(TooManyUploads, match="Uploads that are under way have 10 already"):
        uploads.add(3)
    assert uploads.size == 8
    uploads.remove(8)
    uploads.add(10)


def test_uploads_are_bounded_together_until_they_end(server: EmulatorServer) -> None:
    api, emulator = Api(server), server.emulator
    with ExitStack() as held:
        for number in (1, 2):
            begin(held.enter_context(talking(server)))
            until(lambda expected=number * 80 * KIB: emulator.uploads.size >= expected)
        answer = api.post("/files/", files={"file": ("b.bin", b"y" * 90 * KIB)})
        assert answer.status_code == 503
        assert answer.json()["error"]["message"].startswith("Uploads that are under way have 200 KiB already")
    until(lambda: emulator.uploads.size == 0)
    assert api.post("/files/", files={"file": ("b.bin", b"y" * 90 * KIB)}).status_code == 201
    assert emulator.uploads.size == 0
