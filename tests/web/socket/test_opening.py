"""Who may open a socket, by which credentials; with which code one is closed, and when."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
import requests
from websockets.exceptions import InvalidStatus

from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.socket.codes import CLOSES
from tests.conftest import Api
from tests.web.socket.client import KEY, PATIENCE, Line, joined, opened, types

HELLO = ["ExecutionStarted", "RunStarted", "TextMessageStart", "TextMessageContent", "TextMessageContent", "TextMessageEnd", "RunFinished", "ExecutionFinished", "execution_result"]  # fmt: skip
SHOP, EVIL, LOOPBACK = "https://shop.example", "https://evil.example", "http://localhost:3000"
NO_CREDENTIAL = "Invalid or missing authentication credentials"
NONE_AT_ALL = "Permission denied: send x-api-key, or ?authorization=Bearer%20KEY"


def token(**claims: Any) -> str:
    """A JSON Web Token with these claims, as nobody has signed it."""
    parts = ({"alg": "none"}, claims)
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".x"


def encoded(claims: str) -> str:
    """A token whose claims are this text."""
    return f"a.{urlsafe_b64encode(claims.encode()).decode()}.c"


def code(api: Api, query: str = "", headers: Mapping[str, str] | None = None) -> int | None:
    """The code with which such a socket is closed at once."""
    with opened(api, query, headers or {}) as line:
        return line.closed()[0]


def works(line: Line, session: str = "plain") -> bool:
    """Whether a message has its turn."""
    line.send("connect", session_id=session)
    return types(line.turn("hello")) == HELLO


# Credentials


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        pytest.param("", KEY, id="x-api-key"),
        pytest.param("", {"Authorization": "Bearer test-key"}, id="Authorization"),
        pytest.param("?authorization=Bearer%20test-key", {}, id="query with Bearer"),
        pytest.param("?authorization=Bearer+test-key", {}, id="query with a plus"),
        pytest.param("?authorization=bearer%20%20test-key", {}, id="query with bearer"),
        pytest.param("?authorization=test-key", {}, id="query alone"),
        pytest.param("?authorization=no&agent_key=no", KEY, id="a header before the query"),
        pytest.param("", {"x-api-key": "test-key", "Authorization": "Bearer no"}, id="x-api-key before Authorization"),
        pytest.param("?authorization=test-key&agent_key=no", {}, id="a key before an agent's"),
        pytest.param("?authorization=test-key&authorization=no", {}, id="the first of two"),
        pytest.param("", {**KEY, "Origin": LOOPBACK}, id="a page of this machine"),
        pytest.param("?authorization=test-key", {"Origin": "http://127.0.0.1:8000"}, id="its address"),
        pytest.param("", {**KEY, "Origin": SHOP}, id="the page of a public agent"),
        pytest.param("?other=1", KEY, id="an unknown parameter"),
        pytest.param("", {**KEY, "X-External-User-Token": token(sub="ada")}, id="with an end user"),
    ],
)
def test_who_has_a_key_is_let_in(frozen: Api, query: str, headers: Mapping[str, str]) -> None:
    created = frozen.create_session()
    with opened(frozen, query, headers) as line:
        line.send("connect", session_id=created)
        assert line.pending() == []


@pytest.mark.parametrize("path", ["/ws/amas/", "/ws/amas"])
def test_the_closing_slash_may_be_left_out(frozen: Api, path: str) -> None:
    with opened(frozen, path=path) as line:
        assert works(line)


@pytest.mark.parametrize(
    ("query", "headers", "closed"),
    [
        pytest.param("", {}, (4003, NONE_AT_ALL), id="nothing"),
        pytest.param("", {"x-api-key": "no"}, (4003, NO_CREDENTIAL), id="a wrong key"),
        pytest.param("", {"Authorization": "Bearer no"}, (4003, NO_CREDENTIAL), id="a wrong bearer"),
        pytest.param("", {"Authorization": "Basic test-key"}, (4003, NONE_AT_ALL), id="another scheme"),
        pytest.param("", {"x-api-key": ""}, (4003, NONE_AT_ALL), id="an empty key"),
        pytest.param("?authorization=", {}, (4003, NO_CREDENTIAL), id="an empty query"),
        pytest.param("?authorization=Bearer", {}, (4003, NO_CREDENTIAL), id="Bearer alone"),
        pytest.param("?authorization=Basic%20test-key", {}, (4003, NO_CREDENTIAL), id="another scheme in the query"),
        pytest.param("?authorization=no", {}, (4003, NO_CREDENTIAL), id="a wrong key in the query"),
        pytest.param("?authorization=no&agent_key=shop", {"Origin": SHOP}, (4003, NO_CREDENTIAL), id="an agent's after a wrong one"),
        pytest.param("?authorization=test-key", {"x-api-key": "no"}, (4003, NO_CREDENTIAL), id="a wrong one before the query"),
        pytest.param("?authorization=%00%ff", {}, (4003, NO_CREDENTIAL), id="no text"),
        pytest.param("", {"x-api-key": "forbidden-key"}, (4003, "You do not have permission to access this resource"), id="without permission"),
        pytest.param("", {**KEY, "Origin": EVIL}, (4003, f"Pages are refused; --cors-origin {EVIL} permits these"), id="a foreign page with a key"),
        pytest.param("?authorization=test-key", {"Origin": EVIL}, (4003, f"Pages are refused; --cors-origin {EVIL} permits these"), id="with one in the query"),
        pytest.param("", {**KEY, "Origin": "null"}, (4003, "Pages are refused; --cors-origin null permits these"), id="a page of no origin"),
        pytest.param("?agent_key=no", {"Origin": SHOP}, (4000, "There is no agent of the key 'no'"), id="an unknown agent"),
        pytest.param("?agent_key=", {"Origin": SHOP}, (4000, "There is no agent of the key ''"), id="an empty agent key"),
        pytest.param("?agent_key=private", {"Origin": SHOP}, (4003, "Permission denied: the agent private is not public"), id="not public"),
        pytest.param("?agent_key=shop", {}, (4003, "Permission denied: this agent has another origin_url"), id="no origin"),
        pytest.param("?agent_key=shop", {"Origin": LOOPBACK}, (4003, "Permission denied: this agent has another origin_url"), id="another origin"),
        pytest.param("?agent_key=shop", {"Origin": f"{SHOP}.evil"}, (4003, f"Pages are refused; --cors-origin {SHOP}.evil permits these"), id="a longer origin"),
    ],
)  # fmt: skip
def test_others_are_closed_with_the_documented_code(
    frozen: Api, query: str, headers: Mapping[str, str], closed: tuple[int, str]
) -> None:
    with opened(frozen, query, headers) as line:
        assert line.closed() == closed
    assert closed[0] in {one.code for one in CLOSES}


def test_a_key_expires_by_the_clock_of_the_namespace(frozen: Api) -> None:
    with opened(frozen, headers={"x-api-key": "expiring-key"}) as line:
        assert line.pending() == []
    frozen.control("POST", "/clock/advance", json={"seconds": 1800})
    with opened(frozen, headers={"x-api-key": "expiring-key"}) as line:
        assert line.closed() == (4003, "API key has expired")


def test_what_is_public_reaches_only_its_own_sessions(frozen: Api) -> None:
    with opened(frozen, "?agent_key=shop", {"Origin": SHOP}) as line:
        refused = ("invalid_session", "Session plain not found or access denied")
        assert line.ask("connect", session_id="plain") == refused
        assert works(line, "shop")


def test_the_sessions_of_another_account_are_not_there(frozen: Api) -> None:
    with opened(frozen) as line:
        refused = ("invalid_session", "Session foreign not found or access denied")
        assert line.ask("connect", session_id="foreign") == refused
    with opened(frozen, headers={"x-api-key": "other-key"}) as line:
        assert works(line, "foreign")


# End users


@pytest.mark.parametrize(
    ("given", "closed"),
    [
        pytest.param("no", 4000, id="no token"),
        pytest.param("a.b", 4000, id="two parts"),
        pytest.param("a.b.c.d", 4000, id="four parts"),
        pytest.param("a.!.c", 4000, id="no base64"),
        pytest.param(encoded("{"), 4000, id="no JSON"),
        pytest.param(encoded("[]"), 4000, id="no object"),
        pytest.param(encoded("[" * 5000), 4000, id="deep"),
        pytest.param("", 4000, id="empty"),
        pytest.param(token(), 4001, id="no user"),
        pytest.param(token(sub=""), 4001, id="an empty one"),
        pytest.param(token(sub=7), 4001, id="a number"),
        pytest.param(encoded('{"sub": "\\ud800"}'), 4001, id="half a character"),
        pytest.param(token(sub="ada", exp=1736937000), 4001, id="expired just now"),
        pytest.param(token(sub="ada", exp=0), 4001, id="long expired"),
    ],
)
def test_a_token_that_cannot_be_used_closes_the_socket(frozen: Api, given: str, closed: int) -> None:
    assert code(frozen, headers={**KEY, "X-External-User-Token": given}) == closed


def test_a_token_expires_by_the_clock_of_the_namespace(frozen: Api) -> None:
    headers = {**KEY, "X-External-User-Token": token(sub="ada", exp=1736937001)}
    with opened(frozen, headers=headers) as line:
        assert line.pending() == []
    frozen.control("POST", "/clock/advance", json={"seconds": 1})
    with opened(frozen, headers=headers) as line:
        assert line.closed() == (4001, "Invalid external token: it has expired")


def test_a_token_is_looked_at_before_the_key(frozen: Api) -> None:
    assert code(frozen, headers={"x-api-key": "no", "X-External-User-Token": "no"}) == 4000


def test_sockets_of_a_user_reach_the_sessions_of_that_user(frozen: Api) -> None:
    ada, bob = token(sub="ada"), token(sub="bob")
    answer = frozen.post(
        "/sessions/", json={"name": "A", "agent_type": "llm_agent"}, headers={"X-External-User-Token": ada}
    )
    session = answer.json()["session_id"]
    for user, is_there in ((ada, True), (None, True), (bob, False)):
        headers = {**KEY, **({"X-External-User-Token": user} if user else {})}
        with opened(frozen, headers=headers) as line:
            line.send("connect", session_id=session)
            assert [one["error_code"] for one in line.pending()] == ([] if is_there else ["invalid_session"])


# Namespaces


def test_the_namespace_is_that_of_header_query_or_key(frozen: Api) -> None:
    made = frozen.control("POST", "/namespaces", json={"name": "shelf"}).json()
    ways: list[tuple[str, dict[str, str]]] = [
        ("", {**KEY, "X-Emulator-Namespace": "shelf"}),
        ("?emulator_namespace=shelf", KEY),
        ("?emulator_namespace=default", {**KEY, "X-Emulator-Namespace": "shelf"}),
        ("", {"x-api-key": made["api_key"]}),
        (f"?authorization={made['api_key']}", {}),
    ]
    for query, headers in ways:
        with opened(frozen, query, headers) as line:
            line.send("connect", session_id=made["name"])
            line.pending()
    journal = frozen.control("GET", "/journal?operation=socket.open", headers={"X-Emulator-Namespace": "shelf"}).json()
    assert len(journal) == len(ways)
    assert frozen.control("DELETE", "/namespaces/shelf").status_code == 204


@pytest.mark.parametrize(
    ("query", "headers", "reason"),
    [
        pytest.param("?emulator_namespace=nowhere", KEY, "There is no namespace 'nowhere'", id="unknown"),
        pytest.param("", {**KEY, "X-Emulator-Namespace": "nowhere"}, "There is no namespace 'nowhere'", id="by header"),
        pytest.param("?emulator_namespce=default", KEY, "emulator_namespace", id="misspelt parameter"),
        pytest.param("?emulator_faults=drop", KEY, "emulator_fault", id="misspelt fault"),
        pytest.param("?emulator_fault=no%20such", KEY, "", id="a fault that cannot be read"),
        pytest.param("", {**KEY, "X-Emulator-Namespce": "default"}, "X-Emulator-Namespace", id="misspelt header"),
        pytest.param("", {**KEY, "X-Emulator-Strict": "perhaps"}, "X-Emulator-Strict", id="strict or not"),
    ],
)
def test_what_is_said_to_the_emulator_alone_is_refused_with_1008(
    frozen: Api, query: str, headers: Mapping[str, str], reason: str
) -> None:
    with opened(frozen, query, headers) as line:
        closed, why = line.closed()
    assert closed == 1008
    assert reason in why
    (entry,) = frozen.control("GET", "/journal").json()
    assert (entry["operation"], entry["status"], entry["outcome"]) == ("socket.open", 403, "auth_error")


# Other paths, and other requests


@pytest.mark.parametrize("path", ["/ws/", "/ws/amas/x", "/ws/AMAS/", "/api/v1/ws/amas/", "/__emulator/", "/"])
def test_at_other_paths_an_upgrade_is_refused(frozen: Api, path: str) -> None:
    with pytest.raises(InvalidStatus), opened(frozen, path=path):
        pass


@pytest.mark.parametrize("path", ["/ws/amas/", "/ws/amas"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_without_an_upgrade_is_told_to_upgrade(frozen: Api, path: str, method: str) -> None:
    answer = requests.request(method, frozen.server.url + path, headers=KEY, timeout=PATIENCE)
    assert answer.status_code == 426
    assert "websocket" in answer.headers["Upgrade"].lower()


# Secrets


SECRETS = ("test-key", "sk-wrong-key-1234567890", "authorization=")


def test_keys_are_neither_in_the_journal_nor_in_the_log_nor_in_a_reason(
    frozen: Api, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = SECRETS[1]
    ways: list[tuple[str, Mapping[str, str]]] = [
        ("?authorization=Bearer%20test-key", {}),
        (f"?authorization={quote(wrong)}", {}),
        ("", {"x-api-key": wrong}),
        ("", {"Authorization": f"Bearer {wrong}"}),
        (f"?authorization={wrong}", {"Origin": EVIL}),
        (f"?authorization={wrong}&emulator_namespac=x", {}),
        (f"?agent_key=no&ext_token={wrong}", {"X-External-User-Token": wrong}),
    ]
    with caplog.at_level("DEBUG"):
        told = ""
        for query, headers in ways:
            with opened(frozen, query, headers) as line:
                if query != ways[0][0]:
                    told += line.closed()[1]
                    continue
                line.send("connect", session_id="plain")
                line.send("user_message", content="hello", ext_token=wrong)
                line.turn()
    journal = frozen.control("GET", "/journal").text
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith(("atthene", "uvicorn")))
    assert "socket.open" in journal
    for secret in (wrong, "test-key"):
        assert secret not in journal
        assert secret not in told
        assert secret not in ours


# How long a socket is kept


@pytest.mark.parametrize("before", [0, 0.1, 0.7, 1.08, 1234.567891])
def test_five_minutes_without_a_frame_close_it(frozen: Api, before: float) -> None:
    frozen.control("POST", "/clock/advance", json={"seconds": before})
    with joined(frozen, "plain") as line:
        frozen.control("POST", "/clock/advance", json={"seconds": 300})
        assert line.pending() == []
        frozen.control("POST", "/clock/advance", json={"seconds": 299})
        frozen.control("POST", "/clock/advance", json={"seconds": 1.5})
        assert line.closed() == (1001, "Nothing was said for five minutes")


@pytest.mark.parametrize("who", ["client", "server"])
def test_a_frame_either_way_keeps_it(frozen: Api, who: str) -> None:
    with joined(frozen, "plain") as line:
        for _ in range(3):
            frozen.control("POST", "/clock/advance", json={"seconds": 200})
            if who == "client":
                assert line.pending() == []
            else:
                frozen.execute("plain", "hello")
                assert types(line.turn()) == HELLO


def test_pings_keep_nothing(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        frozen.control("POST", "/clock/advance", json={"seconds": 200})
        assert line.connection.ping().wait(PATIENCE)
        frozen.control("POST", "/clock/advance", json={"seconds": 101})
        assert line.closed()[0] == 1001


def test_a_clock_that_runs_closes_it_too(running: Api) -> None:
    with joined(running, "plain") as line:
        running.control("POST", "/clock/advance", json={"seconds": 301})
        assert line.closed()[0] == 1001


def test_a_clock_that_is_put_back_closes_nothing(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        frozen.control("PUT", "/clock", json={"mode": "frozen", "now": "2020-01-01T00:00:00Z"})
        assert types(line.turn("hello")) == HELLO


def test_a_frame_of_a_mebibyte_is_read_and_a_larger_one_closes_the_socket(frozen: Api) -> None:
    with joined(frozen, "plain") as line:
        short = {"type": "user_message", "client_type": "api", "content": ""}
        room = 1024 * 1024 - len(json.dumps(short))
        assert line.turn("x" * room)[-1]["status"] == "completed"
        line.say("x" * (room + 1))
        assert line.closed()[0] == 1009


@pytest.mark.parametrize("path", ["/reset", "/clear"])
def test_what_becomes_of_the_namespace_closes_its_sockets(frozen: Api, path: str) -> None:
    with joined(frozen, "plain") as line, joined(frozen, "plain-2") as other:
        frozen.control("POST", path)
        assert line.closed()[0] == 1012
        assert other.closed()[0] == 1012


def test_going_back_to_a_snapshot_closes_its_sockets(frozen: Api) -> None:
    frozen.control("POST", "/snapshots", json={"name": "before"})
    with joined(frozen, "plain") as line:
        frozen.control("POST", "/snapshots/before/restore")
        assert line.closed()[0] == 1012


@pytest.mark.parametrize("scope", ["journal", "scripts,faults", "clock", "rate_limit"])
def test_a_reset_of_something_else_leaves_them_open(frozen: Api, scope: str) -> None:
    with joined(frozen, "plain") as line:
        frozen.control("POST", f"/reset?scope={scope}")
        assert types(line.turn("hello")) == HELLO


def test_deleting_the_namespace_closes_its_sockets_and_no_others(frozen: Api) -> None:
    frozen.control("POST", "/namespaces", json={"name": "shelf"})
    with opened(frozen, "?emulator_namespace=shelf") as line, joined(frozen, "plain") as other:
        assert line.pending() == []
        frozen.control("DELETE", "/namespaces/shelf")
        assert line.closed()[0] == 1001
        assert other.pending() == []


def test_a_server_that_stops_closes_its_sockets() -> None:
    server = EmulatorServer()
    server.start()
    api = Api(server)
    with opened(api) as line, joined(api, "session_abc123") as other:
        assert line.pending() == []
        server.stop()
        assert line.closed()[0] == 1001
        assert other.closed()[0] == 1001


def test_a_session_may_be_deleted_while_it_is_joined(frozen: Api) -> None:
    with joined(frozen, "plain", "plain-2") as line:
        frozen.delete("/sessions/plain/")
        gone = ("invalid_session", "Session plain not found or access denied")
        assert line.ask("user_message", session_id="plain", content="hello") == gone
        line.say("hello", session_id="plain-2")
        assert types(line.turn()) == HELLO


@pytest.mark.parametrize("path", ["/ws/amass/", "/ws/", "/ws"])
def test_at_another_path_the_near_one_is_told_and_written_down(frozen: Api, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused, opened(frozen, path=path):
        pass
    response = refused.value.response
    assert response.status_code == 404
    assert "did you mean /ws/amas/?" in bytes(response.body).decode() or path != "/ws/amass/"
    (entry,) = frozen.control("GET", "/journal").json()
    assert (entry["method"], entry["path"], entry["status"], entry["outcome"]) == ("GET", path, 404, "not_found")


def test_an_api_key_in_place_of_an_agents_is_repeated_nowhere(frozen: Api) -> None:
    with opened(frozen, "?agent_key=test%2Dkey", {"Origin": SHOP}) as line:
        assert line.closed() == (4000, "agent_key has an API key, which belongs into x-api-key or authorization")
    shown = frozen.control("GET", "/journal").text
    assert "agent_key=[redacted]" in shown
    assert "test-key" not in shown
    assert "test%2Dkey" not in shown
