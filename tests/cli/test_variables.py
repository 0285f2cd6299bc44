"""Variables that set options: those that are empty, those that others set, lists, and secrets in files; and where commands go."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from atthene_emulator.addresses import LOCAL
from atthene_emulator.server import EmulatorServer
from tests.cli.running import COMMAND, Done, invoke, run
from tests.cli.serving import serving

TOKEN, TOKEN_FILE = "ATTHENE_EMULATOR_CONTROL_TOKEN", "ATTHENE_EMULATOR_CONTROL_TOKEN_FILE"
LINKS = {
    "ATTHENE_EMULATOR_PORT": "tcp://10.96.0.12:8484",
    "ATTHENE_EMULATOR_SERVICE_HOST": "10.96.0.12",
    "ATTHENE_EMULATOR_SERVICE_PORT": "8484",
    "ATTHENE_EMULATOR_SERVICE_PORT_HTTP": "8484",
    "ATTHENE_EMULATOR_PORT_8484_TCP": "tcp://10.96.0.12:8484",
    "ATTHENE_EMULATOR_PORT_8484_TCP_PROTO": "tcp",
    "ATTHENE_EMULATOR_PORT_8484_TCP_PORT": "8484",
    "ATTHENE_EMULATOR_PORT_8484_TCP_ADDR": "10.96.0.12",
    "ATTHENE_EMULATOR_CONTROL_SERVICE_HOST": "10.96.0.13",  # of a service called atthene-emulator-control
    "ATTHENE_EMULATOR_NAME": "/web/atthene-emulator",  # of a link between containers
    "ATTHENE_EMULATOR_ENV_LANG": "C",
}
EMPTY = ["HOST", "PORT", "SEED", "CONTRACT", "STRICT", "ALLOW_REMOTE", "ALLOW_HOST", "CORS_ORIGIN", "CONTROL_CORS_ORIGIN",
         "PUBLIC_URL", "TRUSTED_PROXY", "MAX_BODY", "JOURNAL_ENTRIES", "LOG_LEVEL", "OBSERVATIONS", "WATCH",
         "LOG_REQUESTS", "READY_FILE", "JSON"]  # fmt: skip
CLIENTS = [
    ["reset"],
    ["env"],
    ["doctor"],
    ["scenario", "list"],
    ["snapshot", "save"],
    ["coverage"],
]
STARTS = [["serve", "--port", "0"], ["exec", "--", "true"]]


def refused(done: Done, said: str) -> None:
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


class TestEmpty:
    @pytest.mark.parametrize("command", [*STARTS, *CLIENTS], ids=" ".join)
    def test_a_token_that_is_set_but_empty_is_refused(self, command: list[str]) -> None:
        for empty in ("", " "):
            refused(invoke(*command, **{TOKEN: empty}), f"{TOKEN} is set, but empty")

    def test_the_option_wins_over_an_empty_variable(self) -> None:
        with serving("--control-token", "s3cret", **{TOKEN: ""}) as served:
            assert served.control("/state", Authorization="Bearer s3cret").status_code == 200

    def test_help_is_shown_all_the_same(self) -> None:
        assert invoke("serve", "--help", **{TOKEN: ""}).returncode == 0

    def test_others_count_as_not_set(self) -> None:
        """They open nothing: only this machine is served, and no page of another."""
        with serving(**{f"ATTHENE_EMULATOR_{name}": "" for name in EMPTY if name != "PORT"}) as served:
            assert served.ready["url"].startswith("http://127.0.0.1:")
            assert served.control("/state", Host="evil.example").status_code == 403
            assert served.control("/state").json()["counts"]["sessions"] == 1


class TestLinks:
    def test_addresses_of_services_are_no_options(self) -> None:
        with serving("--log-level", "info", **LINKS) as served:
            assert served.get("/agent/").status_code == 200

    def test_a_line_says_that_the_port_is_passed_over(self) -> None:
        done = run("exec", "--", "true", **LINKS)
        (line,) = done.stderr.splitlines()
        assert (done.returncode, "port tcp://10.96.0.12:8484" in line, "passed over" in line) == (0, True, True)

    @pytest.mark.parametrize("value", ["abc", "http://10.96.0.12:8484", "8484/tcp", "tcp:8484"])
    def test_nonsense_stays_a_mistake(self, value: str) -> None:
        assert run("exec", "--", "true", ATTHENE_EMULATOR_PORT=value).returncode == 2

    def test_a_variable_that_is_nobodys_is_named(self) -> None:
        done = run("exec", "--", "true", ATTHENE_EMULATOR_PROT="1", ATTHENE_EMULATOR_SERVICE="mine")
        assert [word in done.stderr for word in ("ATTHENE_EMULATOR_PROT", "ATTHENE_EMULATOR_SERVICE")] == [True, True]


class TestLists:
    @pytest.mark.parametrize("value", ["a.test,b.test", "a.test b.test", " a.test , b.test, "])
    def test_commas_and_spaces_separate(self, value: str) -> None:
        for given in ({"ATTHENE_EMULATOR_ALLOW_HOST": value}, {}):
            with serving(*([] if given else ["--allow-host", value]), **given) as served:
                for host in ("a.test", "B.test:8484"):
                    assert served.control("/state", Host=host).status_code == 200
                assert served.control("/state", Host="c.test").status_code == 403

    @pytest.mark.parametrize("separator", [",", " ", ", "])
    def test_they_separate_seeds_in_a_variable(self, tmp_path: Path, separator: str) -> None:
        more = tmp_path / "more.yaml"
        more.write_text("sessions: [{id: session_more, owner: user_123, agent_key: research_assistant}]\n")
        with serving(ATTHENE_EMULATOR_SEED=f"default{separator}{more}") as served:
            assert served.get("/sessions/session_more/").status_code == 200

    @pytest.mark.parametrize(
        ("option", "value", "said"),
        [
            ("--cors-origin", "https://app.example.com/", "did you mean https://app.example.com?"),
            ("--cors-origin", "https://*", "https://*"),
            ("--control-cors-origin", "*", "every page"),
            ("--allow-host", "*", "--control-token"),
            ("--allow-host", "http://box:8484", "did you mean box:8484?"),
            ("--public-url", "emulator.example.com", "write it like https://emulator.example.com"),
            ("--public-url", "https://emulator.example.com/?a", "write it like"),
            ("--trusted-proxy", "proxy", "--trusted-proxy takes one like 10.0.0.7"),
        ],
    )
    def test_what_would_match_nothing_is_refused(self, option: str, value: str, said: str) -> None:
        refused(invoke("serve", "--port", "0", option, value), said)


class TestSecrets:
    @pytest.mark.parametrize("end", ["", "\n", "\r\n"], ids=["bare", "line", "windows"])
    def test_a_file_holds_the_token(self, tmp_path: Path, end: str) -> None:
        (tmp_path / "token").write_text(f"s3cret{end}", newline="")
        given = {TOKEN_FILE: str(tmp_path / "token")}
        with serving(**given) as served:
            assert served.control("/state").status_code == 401
            assert served.control("/state", Authorization="Bearer s3cret").status_code == 200
            done = invoke("reset", "--url", served.ready["url"], **given)
            assert (done.returncode, done.stderr) == (0, "")

    def test_no_warning_calls_it_unknown(self, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("s3cret")
        assert run("exec", "--", "true", **{TOKEN_FILE: str(tmp_path / "token")}).stderr == ""

    def test_commands_below_exec_have_the_token(self, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("s3cret\n")
        done = run("exec", "--", *COMMAND, "reset", **{TOKEN_FILE: str(tmp_path / "token")})
        assert (done.returncode, done.stderr) == (0, "")

    @pytest.mark.parametrize("command", [*STARTS, *CLIENTS], ids=" ".join)
    def test_what_cannot_be_a_token_is_refused(self, tmp_path: Path, command: list[str]) -> None:
        (tmp_path / "empty").write_text("\n")
        (tmp_path / "token").write_text("s3cret")
        (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
        for name, said in {"missing": "cannot be read", "": "is set, but empty", ".": "cannot be read",
                           "empty": "which is empty", "binary": "cannot be read"}.items():  # fmt: skip
            refused(invoke(*command, **{TOKEN_FILE: str(tmp_path / name) if name else ""}), said)
        refused(invoke(*command, **{TOKEN_FILE: str(tmp_path / "token"), TOKEN: "s3cret"}), "are both set")


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer() as running:
        yield running


class TestPlaces:
    def test_a_command_goes_where_programs_are_led_and_says_so(self, emulator: EmulatorServer) -> None:
        done = invoke("reset", ATTHENE_BASE_URL=emulator.base_url)
        assert (done.returncode, done.stdout.startswith("default is as its seed has it")) == (0, True)
        assert done.stderr == (
            f"atthene-emulator: this was default at {emulator.url}, where ATTHENE_BASE_URL points.\n"
        )

    @pytest.mark.parametrize(
        "command", [["scenario", "list"], ["coverage"], ["snapshot", "list"], ["namespace", "list"]], ids=" ".join
    )
    def test_what_changes_nothing_needs_no_words(self, emulator: EmulatorServer, command: list[str]) -> None:
        done = invoke(*command, ATTHENE_BASE_URL=emulator.base_url)
        assert (done.returncode, done.stderr) == (0, "")

    def test_a_place_that_is_named_wins(self, emulator: EmulatorServer) -> None:
        elsewhere = "http://127.0.0.1:1/api/v1"
        named = {"ATTHENE_EMULATOR_URL": emulator.url, "ATTHENE_BASE_URL": elsewhere}
        assert invoke("reset", **named).returncode == 0
        assert invoke("reset", "--url", emulator.url, ATTHENE_BASE_URL=elsewhere).stderr == ""

    def test_where_nothing_answers_it_is_named(self) -> None:
        done = invoke("reset", ATTHENE_BASE_URL="http://127.0.0.1:1/api/v1")
        assert (done.returncode, "http://127.0.0.1:1" in done.stderr, LOCAL in done.stderr) == (3, True, False)

    @pytest.mark.parametrize(
        "url",
        [
            "https://api.artaios.ai/api/v1",
            "http://api.atthene.com/api/v1",
            "https://other.example/api/v1",
            "http://[",
            "ftp://x",
        ],
    )
    def test_the_service_is_never_reset(self, url: str) -> None:
        refused(invoke("reset", ATTHENE_BASE_URL=url), "--url")
