"""The server as Python starts it: settings that cannot be are refused before anything runs."""

import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from atthene_emulator import EmulatorServer
from atthene_emulator.errors import SetupError
from atthene_emulator.limits import CONTENT, STORED
from atthene_emulator.settings import Settings


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"contract": "curent"}, "There is no contract curent; did you mean current?"),
        ({"seeds": "empty"}, "seeds is a tuple of names, such as ('default',), not 'empty'."),
        ({"seeds": 5}, "seeds is a tuple of names, such as ('default',), not 5."),
        ({"seeds": ({"agents": []},)}, "seeds is a tuple of names, such as ('default',), not ({'agents': []},)."),
        ({"port": "abc"}, "port is a whole number, not 'abc'."),
        ({"port": 65536}, "port is from 0 to 65535, not 65536."),
        ({"max_body": "5"}, "max_body is a whole number, not '5'."),
        ({"max_body": 0}, "max_body is at least 1, not 0."),
        ({"journal_entries": True}, "journal_entries is a whole number, not True."),
        ({"journal_entries": -1}, "journal_entries is at least 0, not -1."),
        (
            {"latency": "1200-300"},
            "--latency is milliseconds such as 300, or a range such as 300-1200, 600,000 at most, not '1200-300'.",
        ),
        (
            {"latency": 600_001},
            "--latency is milliseconds such as 300, or a range such as 300-1200, 600,000 at most, not '600001'.",
        ),
        ({"latency": 0.5}, "latency is a text, not 0.5."),
        ({"max_stored": 1e9}, "max_stored is a whole number, not 1000000000.0."),
        ({"strict": "yes"}, "strict is True or False, not 'yes'."),
        ({"watch": None}, "watch is True or False, not None."),
        ({"host": None}, "host is a text, not None."),
        ({"contract": ["current"]}, "contract is a text, not ['current']."),
        ({"control_token": 1234}, "control_token is a text, not of the type int."),
        ({"observations": {"contract": "current"}}, "observations is a text, not {'contract': 'current'}."),
        ({"rulings": {}}, "rulings is a `Rulings` of atthene_emulator.evidence.rulings, not {}."),
        ({"log_level": "warn"}, "There is no log level warn; did you mean warning?"),
        (
            {"cors_origins": ("app.example",)},
            "app.example is not an origin; did you mean https://app.example?",
        ),
        ({"seeds": ("defalt",)}, "There is no bundled seed defalt; did you mean default?"),
        ({"seed": "empty"}, "There is no setting seed; it is called seeds, and is a tuple: seeds=('default',)."),
        ({"prot": 1}, "There is no setting prot; did you mean port?"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(SetupError) as refused:
        EmulatorServer(**options)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("given", "records", "files"),
    [(None, STORED.most, CONTENT.most), (STORED.most, STORED.most, STORED.most), (1_000, 1_000, 1_000)],
)
def test_what_is_stored_has_a_bound_for_files_of_its_own_unless_one_is_given(
    given: int | None, records: int, files: int
) -> None:
    settings = Settings(max_stored=given)
    settings.check()
    assert (settings.max_records, settings.max_content) == (records, files)


def test_files_may_be_named_by_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("seed.yaml", "mine"):
        (tmp_path / name).write_text("accounts: [{id: ada}, {id: bob}]\n")
    monkeypatch.chdir(tmp_path)
    for seed in (tmp_path / "seed.yaml", Path("seed.yaml"), Path("mine")):
        with EmulatorServer(seeds=[seed]) as server:
            assert server.client.state()["counts"]["accounts"] == 2
    with pytest.raises(SetupError, match=r"^.*missing\.json: cannot be read"):
        EmulatorServer(observations=tmp_path / "missing.json")


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
