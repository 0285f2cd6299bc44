"""pytest fixtures of the command line's tests."""

import socket

import pytest


@pytest.fixture
def free_url() -> str:
    """Where nobody answers."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}"
