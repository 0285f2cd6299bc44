"""The server answers at all."""

from tests.conftest import Api


def test_health_names_version_and_contract(api: Api) -> None:
    assert api.control("GET", "/health").json()["status"] == "ok"
