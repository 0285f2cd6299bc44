"""The server as Python starts it: settings that cannot be are refused before anything runs."""

import sys
import time
from typing import Any

import pytest
import requests

from atthene_emulator import EmulatorServer
from atthene_emulator.errors import SetupError


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"contract": "curent"}, "There is no contract curent; did you mean current?"),
        ({"seeds": "empty"}, "seeds is a tuple of names, such as ('default',), not 'empty'."),
        ({"port": "abc"}, "port is a number from 0 to 65535, not 'abc'."),
        (
            {"cors_origins": ("app.example",)},
            "app.example is not an origin; write it like https://app.example.com, without a path.",
        ),
        ({"seeds": ("defalt",)}, "There is no bundled seed defalt; did you mean default?"),
        ({"seed": "empty"}, "There is no setting seed; it is called seeds, and is a tuple: seeds=('default',)."),
        ({"prot": 1}, "There is no setting prot; did you mean port?"),
    ],
    ids=["contract", "seeds", "port", "origin", "bundled seed", "seed", "name"],
)
def test_a_setting_that_cannot_be_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(SetupError) as refused:
        EmulatorServer(**options)
    assert str(refused.value) == said


def test_a_server_stops_and_frees_its_port() -> None:
    with EmulatorServer(seeds=("empty",)) as server:
        port = int(server.url.rpartition(":")[2])
    with EmulatorServer(seeds=("empty",), port=port) as again:
        assert again.url == server.url


@pytest.mark.parametrize("has_uvloop", [True, False])
def test_delays_end_where_a_test_has_patched_time(monkeypatch: pytest.MonkeyPatch, *, has_uvloop: bool) -> None:
    if not has_uvloop:
        monkeypatch.setitem(sys.modules, "uvloop", None)
    for name in ("time", "monotonic", "perf_counter"):
        monkeypatch.setattr(time, name, lambda: 1_736_937_000.0)
    headers = {"x-api-key": "test-key", "X-Emulator-Fault": "delay=20"}
    with EmulatorServer(seeds=("default",)) as server:
        assert requests.get(f"{server.base_url}/agent/", headers=headers, timeout=10).ok
