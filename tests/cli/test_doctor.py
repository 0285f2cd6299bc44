"""`atthene-emulator doctor`: each trouble is found, told with a remedy, and nothing else is."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from atthene_emulator import EmulatorNamespace, __version__
from atthene_emulator.cli.doctor.proxies import swallowing_proxies
from atthene_emulator.server import EmulatorServer
from tests.cli.running import COMMAND, ROOT, environment, invoke, run
from tests.foreign import UNMEASURED

Found = list[tuple[str, str]]


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


@pytest.fixture
def world(emulator: EmulatorServer) -> Iterator[EmulatorNamespace]:
    with emulator.client.create_namespace() as made:
        yield made


def doctor(url: str, *arguments: str, **more: str) -> tuple[int, dict[str, Any]]:
    """The exit status and the report."""
    done = invoke("doctor", "--url", url, "--json", *arguments, **more)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def found(report: dict[str, Any]) -> Found:
    """Severity and subject of each trouble, without other emulators that this machine may have."""
    rows = [(one["severity"], one["what"]) for one in report["findings"]]
    return [row for row in rows if row != ("warning", "emulator")]


class Stranger(BaseHTTPRequestHandler):
    """Something that is no emulator, and says what its class says."""

    says = b'{"status": "ok"}'

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.says)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class TestFine:
    def test_a_running_emulator_is_described(self, emulator: EmulatorServer) -> None:
        status, report = doctor(emulator.url)
        assert (status, report["ok"], report["findings"]) == (0, True, [])
        assert (report["url"], report["installed"]) == (emulator.url, __version__)
        described = report["emulator"]
        assert (described["version"], described["contract"], described["namespace"]) == (
            __version__,
            "current",
            "default",
        )
        assert (described["counts"]["agents"], described["counts"]["sessions"]) == (2, 1)

    def test_people_get_sentences(self, emulator: EmulatorServer) -> None:
        done = invoke("doctor", "--url", emulator.url)
        lines = done.stdout.splitlines()
        assert lines[0].startswith(f"Emulator at {emulator.url}: version {__version__}, contract current, up ")
        assert lines[1].startswith(
            "  default: accounts 2, agents 2, sessions 1, files 2, knowledge_bases 1, scripts 4, faults 0"
        )
        assert (done.returncode, lines[-1], done.stderr) == (0, "Nothing is wrong.", "")

    def test_inside_exec_all_is_well(self) -> None:
        done = run("exec", "--", *COMMAND, "doctor", http_proxy="http://127.0.0.1:9")
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Nothing is wrong.")

    def test_without_a_choice_it_looks_where_the_base_url_points(self, emulator: EmulatorServer) -> None:
        with socket.socket() as usual:
            if usual.connect_ex(("127.0.0.1", 8484)) == 0:
                pytest.skip("something listens on the usual port")
        done = invoke("doctor", "--json", ATTHENE_BASE_URL=emulator.base_url)
        assert (done.returncode, json.loads(done.stdout)["url"]) == (0, emulator.url)

    def test_looking_changes_nothing(self, world: EmulatorNamespace) -> None:
        world.fault(429, times=1)
        for key in (world.api_key, "test-key", "no-such-key"):
            doctor(world.url, "--namespace", world.namespace, ATTHENE_API_KEY=key)
        assert [(one.matched, one.fired) for one in world.faults()] == [(0, 0)]
        assert world.journal() == ()


class TestConditions:
    def test_what_is_unusual_is_told_with_a_remedy_and_is_no_failure(self, world: EmulatorNamespace) -> None:
        world.use_scenario("happy-path")
        world.freeze()
        world.fault("drop", operation="runtime.execute")
        world.rate_limit(60)
        unusual = [("warning", what) for what in ("clock", "faults", "rate limit", "scenario")]
        while unusual:
            status, report = doctor(world.url, "--namespace", world.namespace)
            assert (status, sorted(found(report))) == (0, unusual)
            remedy = next(one["remedy"] for one in report["findings"] if one["what"] == unusual[0][1])
            assert remedy.startswith(f"atthene-emulator reset --url {world.url} --namespace {world.namespace} --scope ")
            assert invoke(*remedy.partition(",")[0].split()[1:]).returncode == 0
            del unusual[0]
        assert found(doctor(world.url, "--namespace", world.namespace)[1]) == []

    def test_a_fault_that_has_struck_as_often_as_it_may_is_nothing_unusual(self, world: EmulatorNamespace) -> None:
        world.fault(429, operation="agents.list", times=1, id="used-up")
        assert world.http.get(f"{world.base_url}/agent/", timeout=10).status_code == 429
        assert found(doctor(world.url, "--namespace", world.namespace)[1]) == []
        world.fault(429, operation="agents.list", times=1, id="still-on")
        (told,) = doctor(world.url, "--namespace", world.namespace)[1]["findings"]
        assert told["message"] == "Faults strike requests: still-on (error on agents.list)."

    def test_a_fault_that_pages_take_for_a_refusal_says_so(self, world: EmulatorNamespace) -> None:
        world.use_scenario("bad-gateway")
        (told,) = [
            one["message"]
            for one in doctor(world.url, "--namespace", world.namespace)[1]["findings"]
            if one["what"] == "faults"
        ]
        assert "(error, hidden from pages, on runtime.execute)" in told

    def test_files_that_take_other_times_or_fail_are_told_with_a_remedy(self, world: EmulatorNamespace) -> None:
        world.transitions(files="immediate")
        _, report = doctor(world.url, "--namespace", world.namespace)
        (finding,) = report["findings"]
        assert finding["message"] == 'Files do not take as long as usual, or fail: {"files": "immediate"}.'
        assert invoke(*finding["remedy"].split()[1:]).returncode == 0
        assert found(doctor(world.url, "--namespace", world.namespace)[1]) == []

    def test_pages_that_were_refused_are_told_each_once_with_what_permits_them(self) -> None:
        asked = {"Access-Control-Request-Method": "POST"}
        foreign = {"Host": "emulator:8484", "Sec-Fetch-Site": "same-origin"}
        odd = ("app+x://a", "https://$(reboot)")
        with EmulatorServer() as server:
            for headers in (
                *({"Origin": one, **asked} for one in (*("https://app.example.com", "null") * 2, *odd)),
                foreign,
            ):
                assert requests.options(f"{server.base_url}/sessions/", headers=headers, timeout=10).status_code == 403
            status, report = doctor(server.url)
            server.client.clear_journal()
            assert doctor(server.url)[1]["findings"] == []
        told = [(one["severity"], one["what"], one["message"], one["remedy"]) for one in report["findings"]]
        serve = "If they are yours: atthene-emulator serve"
        refused = "Pages of {0} may not call the API; --cors-origin {0} permits them."
        at_host = (
            "The API does not answer to web pages at the host 'emulator:8484'; --allow-host emulator permits that."
        )
        assert (status, told) == (
            0,
            [
                ("warning", "pages", refused.format("https://app.example.com"), f"{serve} --cors-origin https://app.example.com"),
                ("warning", "pages", refused.format("null"), f"{serve} --cors-origin null"),
                ("warning", "pages", refused.format("app+x://a"), f"{serve} --cors-origin 'app+x://a'"),
                ("warning", "pages", refused.format("https://$(reboot)"), f"{serve} --cors-origin 'https://$(reboot)'"),
                ("warning", "pages", at_host, f"{serve} --allow-host emulator"),
            ],
        )  # fmt: skip

    def test_the_key_of_a_namespace_is_enough(self) -> None:
        with EmulatorServer(control_token="s3cret") as server, server.client.create_namespace() as made:
            given = {"ATTHENE_EMULATOR_CONTROL_TOKEN": made.api_key, "ATTHENE_API_KEY": made.api_key}
            status, report = doctor(server.url, **given)
            assert (status, report["emulator"]["namespace"]) == (0, made.namespace)

    def test_a_control_token_is_missing(self) -> None:
        with EmulatorServer(control_token="s3cret") as server:
            status, report = doctor(server.url)
            assert (status, found(report)) == (1, [("error", "emulator")])
            assert "--control-token" in report["findings"][0]["remedy"]
            assert doctor(server.url, "--control-token", "s3cret")[0] == 0

    def test_an_unknown_namespace_is_wrong(self, emulator: EmulatorServer) -> None:
        status, report = doctor(emulator.url, "--namespace", "defualt")
        assert (status, found(report)) == (1, [("error", "emulator")])
        assert "did you mean default" in report["findings"][0]["message"]


class TestPlace:
    def test_nobody_is_there(self, free_url: str) -> None:
        status, report = doctor(free_url)
        assert (status, report["ok"], report["emulator"]) == (3, False, None)
        assert found(report) == [("error", "emulator")]
        assert report["findings"][0]["remedy"] == "atthene-emulator serve"

    @pytest.mark.parametrize(
        "says", [b'{"status": "ok"}', b"[]", b"<html>", b""], ids=["JSON", "a list", "HTML", "nothing"]
    )
    def test_somebody_else_is_there(self, stranger: str, monkeypatch: pytest.MonkeyPatch, says: bytes) -> None:
        monkeypatch.setattr(Stranger, "says", says)
        status, report = doctor(stranger)
        assert (status, found(report)) == (3, [("error", "port")])
        if Path("/proc/net/tcp").exists():
            assert f"is held by process {os.getpid()} (" in report["findings"][0]["message"]

    @pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs /proc")
    def test_an_emulator_elsewhere_is_found(self, free_url: str) -> None:
        done = run("exec", "--", *COMMAND, "doctor", "--json", "--url", free_url)
        report = json.loads(done.stdout)
        elsewhere = [one for one in report["findings"] if (one["severity"], one["what"]) == ("warning", "emulator")]
        assert done.returncode == 3
        assert elsewhere
        assert elsewhere[0]["remedy"].startswith("export ATTHENE_EMULATOR_URL=http://127.0.0.1:")

    def test_another_machine_is_not_searched(self) -> None:
        status, report = doctor("http://no-such-host.invalid:8484")
        assert (status, found(report)) == (3, [("error", "emulator")])


class TestProxies:
    @pytest.mark.parametrize(
        ("variables", "expected"),
        [
            ({"HTTP_PROXY": "http://proxy:1"}, [("error", "proxy")]),
            ({"http_proxy": "http://proxy:1"}, [("error", "proxy")]),
            ({"ALL_PROXY": "socks5://proxy:1", "NO_PROXY": "localhost"}, [("error", "proxy")]),
            ({"HTTP_PROXY": "http://proxy:1", "NO_PROXY": "127.0.0.1,localhost"}, []),
            ({"HTTP_PROXY": "http://proxy:1", "no_proxy": "*"}, []),
            ({"HTTP_PROXY": "http://proxy:1", "NO_PROXY": "127.0.0.0/8, .localhost"}, []),
            ({"HTTPS_PROXY": "http://proxy:1"}, []),
        ],
        ids=["HTTP_PROXY", "http_proxy", "ALL_PROXY", "exempt", "all exempt", "networks", "HTTPS_PROXY"],
    )
    def test_one_that_swallows_localhost_is_wrong(self, variables: dict[str, str], expected: Found) -> None:
        assert [(one.severity, one.what) for one in swallowing_proxies(variables)] == expected

    @pytest.mark.parametrize("variables", [{"no_proxy": "corp", "NO_PROXY": "localhost"}, {"NO_PROXY": "corp"}, {}])
    def test_its_remedy_is_one(self, variables: dict[str, str]) -> None:
        (trouble,) = swallowing_proxies({"HTTP_PROXY": "http://proxy:1", **variables})
        remedied = dict(pair.split("=") for pair in (trouble.remedy or "").removeprefix("export ").split())
        assert set(remedied) == {"NO_PROXY", "no_proxy"}
        assert [*swallowing_proxies({"HTTP_PROXY": "http://proxy:1", **variables, **remedied})] == []

    def test_its_remedy_keeps_what_both_variables_say(self) -> None:
        (trouble,) = swallowing_proxies(
            {"HTTP_PROXY": "http://proxy:1", "no_proxy": "one", "NO_PROXY": "two, localhost"}
        )
        assert trouble.remedy is not None
        assert trouble.remedy.endswith("no_proxy=two,localhost,one,127.0.0.1")

    def test_it_is_told_without_its_password(self, emulator: EmulatorServer) -> None:
        status, report = doctor(emulator.url, HTTP_PROXY="http://user:secret@proxy:1")
        assert (status, found(report)) == (1, [("error", "proxy")])
        assert "secret" not in json.dumps(report)


class TestBaseUrl:
    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("http://127.0.0.1:9/api/v1", "where no emulator answers"),
            ("{origin}", "does not end in /api/v1"),
            ("{origin}/api", "does not end in /api/v1"),
            ("https://api-be.atthene.com/api/v1", "is the real service at api-be.atthene.com"),
            ("https://api.artaios.ai/api/v1", "is the real service at api.artaios.ai"),
            ("127.0.0.1:8484/api/v1", "is no URL"),
            ("http://127.0.0.1:99999/api/v1", "is no URL"),
        ],
        ids=["unreachable", "no path", "half a path", "service of old", "real service", "no scheme", "no port"],
    )
    def test_one_that_leads_elsewhere_is_wrong(self, emulator: EmulatorServer, url: str, message: str) -> None:
        status, report = doctor(emulator.url, ATTHENE_BASE_URL=url.format(origin=emulator.url))
        assert (status, found(report)) == (1, [("error", "ATTHENE_BASE_URL")])
        assert message in report["findings"][0]["message"]
        assert report["findings"][0]["remedy"] == f"export ATTHENE_BASE_URL={emulator.base_url}"

    @pytest.mark.parametrize(("host", "end"), [("127.0.0.1", "/api/v1/"), ("localhost", "/api/v1")])
    def test_the_right_one_may_be_written_in_several_ways(self, emulator: EmulatorServer, host: str, end: str) -> None:
        url = emulator.url.replace("127.0.0.1", host) + end
        assert found(doctor(emulator.url, ATTHENE_BASE_URL=url)[1]) == []

    def test_another_emulator_is_another_place(self, emulator: EmulatorServer) -> None:
        with EmulatorServer() as other:
            status, report = doctor(emulator.url, ATTHENE_BASE_URL=other.base_url)
        assert (status, found(report)) == (1, [("error", "ATTHENE_BASE_URL")])
        assert "where another emulator answers" in report["findings"][0]["message"]


class TestKey:
    @pytest.mark.parametrize("key", ["test-key", "other-key"])
    def test_a_key_of_the_seed_is_fine(self, emulator: EmulatorServer, key: str) -> None:
        status, report = doctor(emulator.url, ATTHENE_API_KEY=key)
        assert (status, found(report)) == (0, [])

    def test_one_that_may_not_do_everything_is_unusual(self, emulator: EmulatorServer) -> None:
        status, report = doctor(emulator.url, ATTHENE_API_KEY="forbidden-key")
        assert (status, found(report)) == (0, [("warning", "ATTHENE_API_KEY")])
        assert "You do not have permission" in report["findings"][0]["message"]

    def test_the_key_of_a_namespace_is_fine(self, world: EmulatorNamespace) -> None:
        assert doctor(world.url, ATTHENE_API_KEY=world.api_key)[0] == 0

    @pytest.mark.parametrize(
        ("key", "message"),
        [("test_key", "Invalid or missing"), ("expired-key", "has expired"), ("€-key", "cannot even be sent")],
        ids=["unknown", "expired", "no header"],
    )
    def test_one_that_is_not_accepted_is_wrong(self, emulator: EmulatorServer, key: str, message: str) -> None:
        status, report = doctor(emulator.url, ATTHENE_API_KEY=key)
        assert (status, found(report)) == (1, [("error", "ATTHENE_API_KEY")])
        assert message in report["findings"][0]["message"]
        assert key not in json.dumps(report, ensure_ascii=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the emulator that may be broken."""
    for folder in ("emulator", "schemas", "fixtures"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def doctor_of(checkout: Path, url: str) -> tuple[int, dict[str, Any]]:
    """The exit status and the report of the command in a copy."""
    copied = {"PYTHONPATH": str(checkout / "emulator"), **UNMEASURED}
    done = run("doctor", "--url", url, "--json", cwd=checkout, **copied)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


class TestFiles:
    def test_every_broken_schema_is_noticed(self, emulator: EmulatorServer, checkout: Path) -> None:
        (checkout / "schemas/seed.schema.json").write_text("{")
        (checkout / "schemas/requests/execute.schema.json").unlink()
        (checkout / "schemas/control/clock.schema.json").write_text('{"type": 5}')
        (checkout / "schemas/control/responses/health.schema.json").unlink()
        status, report = doctor_of(checkout, emulator.url)
        told = [one for one in report["findings"] if one["what"] == "files"]
        assert (status, {(one["severity"], one["remedy"]) for one in told}) == (
            1,
            {("error", "Install atthene-emulator again.")},
        )
        for name in ("seed", "requests/execute", "control/clock", "control/responses/health"):
            assert [one for one in told if f"The bundled schema {name} is broken: " in one["message"]]

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("fixtures/busy.yaml", "accounts: ["),
            ("fixtures/default.yaml", None),
            ("fixtures/scenarios/refusal.yaml", "scenarios: 5"),
        ],
        ids=["no YAML", "missing seed", "no scenario"],
    )
    def test_a_broken_fixture_is_noticed(
        self, emulator: EmulatorServer, checkout: Path, name: str, text: str | None
    ) -> None:
        (checkout / name).write_text(text) if text else (checkout / name).unlink()
        status, report = doctor_of(checkout, emulator.url)
        assert (status, set(found(report))) == (1, {("error", "files")})
        assert report["findings"][0]["remedy"] == "Install atthene-emulator again."

    def test_another_version_that_runs_is_noticed(self, emulator: EmulatorServer, checkout: Path) -> None:
        package = checkout / "emulator/atthene_emulator/__init__.py"
        package.write_text(package.read_text().replace(f'__version__ = "{__version__}"', '__version__ = "9.9.9"'))
        status, report = doctor_of(checkout, emulator.url)
        assert (status, found(report)) == (0, [("warning", "version")])


class TestColours:
    def test_there_are_none_away_from_a_terminal(self, free_url: str) -> None:
        assert "\x1b" not in invoke("doctor", "--url", free_url).stdout

    @pytest.mark.skipif(os.name != "posix", reason="needs a terminal of Unix")
    @pytest.mark.parametrize(
        ("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["usual", "NO_COLOR"]
    )
    def test_a_terminal_has_them_unless_it_is_not_to(
        self, free_url: str, variables: dict[str, str], *, coloured: bool
    ) -> None:
        import pty  # noqa: PLC0415  # only where there is one

        ours, theirs = pty.openpty()
        command = [*COMMAND, "doctor", "--url", free_url]
        done = subprocess.Popen(command, stdout=theirs, env=environment(TERM="xterm", **variables))
        os.close(theirs)
        said = b""
        try:
            while more := os.read(ours, 1000):
                said += more
        except OSError:  # the terminal is gone
            pass
        os.close(ours)
        assert done.wait(30) == 3
        assert (b"\x1b[31m" in said) is coloured


@pytest.mark.parametrize(
    "arguments", [["--prot", "1"], ["somewhere"], ["--url"]], ids=["option", "argument", "no value"]
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    done = invoke("doctor", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
