"""Pages in a real browser talk to the emulator across origins, as the recipe for Playwright has it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from atthene_emulator.server import EmulatorServer
from tests.browser.programs import browser
from tests.browser.recipes.npm import installed, run
from tests.documentation import pointed, shown

HERE = Path(__file__).parent

pytestmark = pytest.mark.javascript


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: str) -> Iterator[str]:
    """Where the page of a folder is served: another host and port than the emulator's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=HERE / folder)) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def outcomes(suite: dict[str, Any]) -> dict[str, str]:
    """The tests of a suite of Playwright's report and the suites in it: how each ended, with its errors."""
    found: dict[str, str] = {}
    for spec in suite.get("specs", ()):
        (result,) = spec["tests"][0]["results"]
        found[spec["title"]] = "\n".join([result["status"], *(error["message"] for error in result["errors"])])
    for inner in suite.get("suites", ()):
        found |= outcomes(inner)
    return found


def public_agent(page: str) -> str:
    """A seed with the agent `public_agent`, which anybody may use from a page."""
    agent = {
        "owner": "user_123",
        "is_public": True,
        "origin_url": page,
        "system_config": {"name": "Public Agent", "agent_type": "llm_agent"},
    }
    return json.dumps({"agents": [agent]})


@pytest.mark.parametrize(
    ("page", "names", "count"),
    [("chat", ("chat", "typing"), 18), ("live", ("live",), 20), ("tutorial", ("tutorial",), 1)],
)
def test_a_page_passes_its_browser_tests(
    page: str, names: tuple[str, ...], count: int, node_package: Path, tmp_path: Path
) -> None:
    project = installed(HERE / "playwright", tmp_path, node_package)
    seed = tmp_path / "public.yaml"
    with served(page) as url:
        seed.write_text(public_agent(url))
        with EmulatorServer(seeds=("default", str(seed))) as server:
            done = run(
                ("npx", "playwright", "test", *(f"{name}.spec.js" for name in names), "--reporter=json"),
                project,
                ATTHENE_BASE_URL=server.base_url,
                ATTHENE_API_KEY=server.api_key,
                ATTHENE_EMULATOR_URL=server.url,
                PAGE_URL=url,
                EXAMPLE=pointed(shown("js", "a page shows it piece by piece"), server),
                CHROMIUM=browser(),
            )
            left = server.client.namespaces()
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["errors"] == []
    found = outcomes(report)
    assert {title: outcome for title, outcome in found.items() if outcome != "passed"} == {}
    assert len(found) == count
    assert done.returncode == 0
    assert [one.name for one in left] == ["default"]


def test_the_first_test_passes_by_the_configuration_beside_it(node_package: Path, tmp_path: Path) -> None:
    project = installed(HERE / "playwright", tmp_path, node_package)
    command = ("npx", "playwright", "test", "first.spec.js", "--config=first.config.js", "--reporter=json")
    with served("chat") as url, EmulatorServer() as server:
        where = {
            "ATTHENE_BASE_URL": server.base_url,
            "ATTHENE_API_KEY": server.api_key,
            "ATTHENE_EMULATOR_URL": server.url,
        }
        done = run(command, project, **where, PAGE_URL=url, CHROMIUM=browser())
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    assert outcomes(json.loads(done.stdout)) == {"what the agent answers is shown": "passed"}
