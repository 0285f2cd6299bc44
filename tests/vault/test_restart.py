"""What an emulator answers right after it was started again with its store."""

from pathlib import Path

import requests

from atthene_emulator.server import EmulatorServer


def test_the_first_request_may_delete_a_namespace(tmp_path: Path) -> None:
    store = f"sqlite:{tmp_path / 'emulator.db'}"
    with EmulatorServer(store=store) as server:
        made = requests.post(f"{server.control_url}/namespaces", json={}, timeout=10).json()
    with EmulatorServer(store=store) as server:
        assert requests.delete(f"{server.control_url}/namespaces/{made['name']}", timeout=10).status_code == 204
    with EmulatorServer(store=store) as server:
        left = requests.get(f"{server.base_url}/sessions/", headers={"x-api-key": made["api_key"]}, timeout=10)
        assert left.status_code == 401
