"""Projects of their own, whose tests use the plugin."""

from collections.abc import Callable

import httptools  # noqa: F401  # what of it is no Python is loaded once, so each run must find all of it loaded
import pytest

Run = Callable[..., pytest.RunResult]

EXECUTE = """
def execute(atthene, content="How is the weather?", **headers):
    url = f"{atthene.base_url}/runtime/session_abc123/execute/"
    return atthene.http.post(url, json={"content": content}, headers=headers, timeout=10)
"""


@pytest.fixture(autouse=True)
def no_emulator_that_runs_already(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ATTHENE_EMULATOR_URL", "ATTHENE_EMULATOR_CONTROL_TOKEN", "ATTHENE_EMULATOR_CONTROL_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)


WORKERS = ("-n2", "-p", "xdist", "-p", "atthene")


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run tests in a project of their own in which warnings are errors."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER_COUNT", raising=False)  # that is said of these tests, not of those
    pytester.makeini("[pytest]\naddopts = --strict-markers --strict-config -p no:cacheprovider\nfilterwarnings = error")

    def run_tests(source: str, *options: str) -> pytest.RunResult:
        if "-n2" in options:  # workers load no plugins of others, which takes long
            monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        pytester.makepyfile(EXECUTE + source)
        return pytester.runpytest_inprocess("-ra", *options)

    return run_tests
