"""The journal keeps the newest requests within its bounds, and never a secret."""

import json
from time import thread_time
from typing import Any
from urllib.parse import quote

import pytest

from atthene_emulator.domain import redaction
from atthene_emulator.domain.journal import Entry, Journal
from atthene_emulator.domain.redaction import Shown, Verbatim
from atthene_emulator.domain.seed import Seed


def entry(number: int, body: bytes = b"", response: bytes = b"", headers: bytes = b"") -> Entry:
    return Entry(
        id=f"req_{number:06d}",
        at=0.0,
        operation="sessions.list",
        method="GET",
        path="/api/v1/sessions/",
        query="",
        headers=headers,
        body=body,
        status=200,
        response=response,
        duration=0.0,
        outcome="ok",
        session_id=None,
        scripts=(),
        evidence="decided",
        findings=(),
        delivered=True,
    )


def shown(one: Entry) -> Shown:
    """An entry without secrets, with bodies that came without any as what they say."""
    told = redaction.shown(one)
    return told._replace(body=_said(told.body), response=_said(told.response))


def _said(body: Any) -> Any:
    if not isinstance(body, Verbatim):
        return body
    try:
        return json.loads(body.data)
    except ValueError:
        return body.data.decode(errors="replace")


def kept(journal: Journal) -> list[str]:
    return [one.id for one in journal]


def test_entries_come_newest_last() -> None:
    journal = Journal()
    for number in (1, 2, 3):
        journal.add(entry(number))
    assert kept(journal) == ["req_000001", "req_000002", "req_000003"]
    assert (len(journal), journal.dropped) == (3, 0)


def test_the_oldest_leave_when_there_are_too_many() -> None:
    journal = Journal(max_entries=2)
    for number in range(1, 6):
        journal.add(entry(number))
    assert kept(journal) == ["req_000004", "req_000005"]
    assert journal.dropped == 3


def test_the_oldest_leave_when_bodies_are_too_large() -> None:
    journal = Journal(max_bytes=10_000)
    for number in (1, 2, 3):
        journal.add(entry(number, body=b"x" * 2_000, response=b"y" * 1_000))
    assert kept(journal) == ["req_000002", "req_000003"]
    assert journal.dropped == 1


def test_many_small_entries_are_bounded_by_bytes_too() -> None:
    journal = Journal(max_entries=1_000_000, max_bytes=100_000)
    for number in range(1000):
        journal.add(entry(number))
    assert len(journal) == 98
    assert journal.dropped == 902


def test_large_headers_count_as_bytes() -> None:
    journal = Journal(max_bytes=100_000)
    for number in range(10):
        journal.add(entry(number, headers=b"x-filler: " + b"x" * 50_000))
    assert len(journal) <= 2


def test_an_entry_larger_than_the_bound_is_kept_until_the_next_one_comes() -> None:
    journal = Journal(max_bytes=10_000)
    journal.add(entry(1, body=b"x" * 20_000))
    assert kept(journal) == ["req_000001"]
    journal.add(entry(2))
    assert kept(journal) == ["req_000002"]


def test_room_is_regained_when_entries_leave() -> None:
    journal = Journal(max_bytes=10_000)
    journal.add(entry(1, body=b"x" * 20_000))
    for number in (2, 3, 4):
        journal.add(entry(number))
    assert kept(journal) == ["req_000002", "req_000003", "req_000004"]


def test_a_journal_may_keep_nothing() -> None:
    journal = Journal(max_entries=0)
    journal.add(entry(1))
    assert (kept(journal), journal.dropped) == ([], 1)


def test_clearing_forgets_entries_and_their_bytes() -> None:
    journal = Journal(max_bytes=10_000)
    journal.add(entry(1, body=b"x" * 8_000))
    journal.reset(Seed())
    journal.add(entry(2, body=b"x" * 5_000))
    journal.add(entry(3))
    assert kept(journal) == ["req_000002", "req_000003"]
    assert journal.dropped == 0


def test_ids_count_up_and_go_on_when_entries_are_forgotten() -> None:
    journal = Journal()
    assert [journal.next_id(), journal.next_id()] == ["req_000001", "req_000002"]
    journal.reset(Seed())
    assert journal.next_id() == "req_000003"


def test_headers_are_shown_without_their_secrets() -> None:
    headers = (
        b"host: 127.0.0.1\nx-api-key: test-key\nauthorization: Bearer test-key\ncookie: session=secret\naccept: */*"
    )
    assert shown(entry(1, headers=headers)).headers == {
        "host": "127.0.0.1",
        "x-api-key": "[redacted]",
        "authorization": "[redacted]",
        "cookie": "[redacted]",
        "accept": "*/*",
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ""),
        ("limit=5&offset=2", "limit=5&offset=2"),
        ("api_key=secret", "api_key=[redacted]"),
        ("x-api-key=secret&limit=5", "x-api-key=[redacted]&limit=5"),
        ("limit=5&token=secret", "limit=5&token=[redacted]"),
        ("Authorization=Bearer%20secret", "Authorization=[redacted]"),
        ("API_KEY=secret", "API_KEY=[redacted]"),
        ("api_key=one&api_key=two", "api_key=[redacted]&api_key=[redacted]"),
        ("agent_key=support_agent", "agent_key=support_agent"),
    ],
    ids=["empty", "plain", "api_key", "x-api-key", "token", "authorization", "upper case", "twice", "agent_key"],
)
def test_what_looks_like_a_key_in_the_query_is_replaced(query: str, expected: str) -> None:
    assert shown(entry(1)._replace(query=query)).query == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", None),
        (b"{}", {}),
        (b'{"content": "Hello"}', {"content": "Hello"}),
        (b"name: x\n", "name: x\n"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b'{"content": ', '{"content": '),
    ],
    ids=["empty", "object", "message", "yaml", "binary", "half"],
)
def test_a_body_without_secrets_stays_as_it_was_sent(body: bytes, expected: Any) -> None:
    both = shown(entry(1, body=body, response=body))
    assert both.body == both.response == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"drive_key": "s3cret"}', {"drive_key": "[redacted]"}),
        (b'{"drive\\u005fkey": "s3cret"}', {"drive_key": "[redacted]"}),
        (b'{"a": [{"drive_key": {"b": "s3cret"}}]}', {"a": [{"drive_key": {"b": "[redacted]"}}]}),
        (b'[{"drive_key": ["s3cret"]}, 1]', [{"drive_key": ["[redacted]"]}, 1]),
        (b'{"drive_key": "s3cret", "name": "Gr\xc3\xbc\xc3\x9fe"}', {"drive_key": "[redacted]", "name": "Grüße"}),
    ],
    ids=["plain", "escaped", "mapping", "list", "beside umlauts"],
)
def test_a_drive_key_in_json_is_replaced(body: bytes, expected: Any) -> None:
    assert shown(entry(1, body=body)).body == expected


SECRETS = {
    "plain": b"drive_key: s3cret\nname: x\n",
    "quoted": b'"drive_key": "s3cret"\n',
    "flow": b"config: {drive_key: s3cret, name: x}\n",
    "next line": b"drive_key:\n  s3cret\n",
    "quoted with a comma": b'drive_key: "very,s3cret"\n',
    "quoted with a brace": b"drive_key: 'very}s3cret'\n",
    "with a comma": b"drive_key: very,s3cret\n",
    "block": b"drive_key: |\n  s3cret\nname: x\n",
    "folded block": b"drive_key: >-\n  very\n  s3cret\nname: x\n",
    "several lines": b'drive_key: "very\n  s3cret"\nname: x\n',
    "escaped key": b'"drive\\x5fkey": s3cret\n',
    "alias": b"other: &key s3cret\ndrive_key: *key\n",
    "value beside its name": b"- name: drive_key\n  value: s3cret\n",
    "value beside its key": b"{key: drive_key, value: s3cret}\n",
    "explicit key": b"? drive_key\n: s3cret\n",
    "anchored": b"drive_key: &key s3cret\n",
}


@pytest.mark.parametrize("body", SECRETS.values(), ids=SECRETS.keys())
def test_a_drive_key_in_yaml_is_replaced(body: bytes) -> None:
    assert "s3cret" not in json.dumps(shown(entry(1, body=body)).body)


def test_the_rest_of_a_yaml_body_stays() -> None:
    body = b"name: x\nconfig: {drive_key: s3cret, username: ada}\n"
    assert shown(entry(1, body=body)).body == {"name": "x", "config": {"drive_key": "[redacted]", "username": "ada"}}


HALVES = {
    "half": b'{"drive_key": "s3cret", "name": ',
    "half with a comma": b'{"drive_key": "very,s3cret", "name": ',
    "half with a quote": b'{"drive_key": "very\\",s3cret", "name": ',
    "half list": b'{"drive_key": ["a", "s3cret"], "name": ',
    "half escaped": b'{"drive\\u005fkey": "s3cret", "name": ',
    "not utf-8": b'{"drive_key": "s3cret", "name": "\xff"}',
}


@pytest.mark.parametrize("body", HALVES.values(), ids=HALVES.keys())
def test_a_drive_key_in_broken_json_is_replaced(body: bytes) -> None:
    assert "s3cret" not in json.dumps(shown(entry(1, body=body)).body)


def test_a_drive_key_in_a_response_is_replaced() -> None:
    assert shown(entry(1, response=b'{"config":{"drive_key":"s3cret"}}')).response == {
        "config": {"drive_key": "[redacted]"}
    }


def test_a_deeply_nested_body_does_no_harm() -> None:
    body = b'{"drive_key": "s3cret", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert "s3cret" not in json.dumps(shown(entry(1, body=body)).body)


DOCUMENTS = {
    "YAML": "name: x\nllm_config:\n  api_key: s3cret-0\n",
    "block": "name: x\napi_key: |\n  s3cret-0\n  more\n",
    "alias": "name: &k s3cret-0\napi_key: *k\n",
    "JSON": '{"api_key": "s3cret-0"}',
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_document_inside_a_body_has_no_secrets_either(document: str) -> None:
    text = json.dumps(shown(entry(1, body=json.dumps({"yaml_content": document}).encode())).body)
    assert "s3cret" not in text
    assert "api_key" in text


def test_of_too_many_documents_inside_a_body_the_rest_is_withheld() -> None:
    documents = ["a: b\napi_key: |\n  s3cret-0\n"] * 24_000
    began = thread_time()
    told = shown(entry(1, body=json.dumps({"content": documents}).encode())).body["content"]
    assert thread_time() - began < 2
    assert "s3cret" not in str(told)
    assert json.loads(told[0]) == {"a": "b", "api_key": "[redacted]"}
    assert told[-1] == redaction.WITHHELD


def test_a_form_keeps_what_is_no_secret() -> None:
    assert shown(entry(1, body=b"user=ann&p%61ssword=s3cret")).body == "user=ann&p%61ssword=[redacted]"


@pytest.mark.parametrize("body", [b'--x\r\nname="password"\r\n\r\ns3cret', b"<password>s3cret</password>"])
def test_other_bodies_with_secrets_are_withheld(body: bytes) -> None:
    assert "s3cret" not in str(shown(entry(1, body=body)).body)


def test_a_secret_of_a_request_is_not_in_its_answer_either() -> None:
    one = entry(1, b'{"password": "s3cret-0"}', b'{"message": "not s3cret-0"}', b"x-auth-token: s3cret-1")
    kept = shown(one._replace(path="/s3cret-1/", unread=("R102 s3cret-1 is unknown",)))
    assert (kept.path, kept.response, kept.unread) == (
        "/[redacted]/",
        {"message": "not [redacted]"},
        ["R102 [redacted] is unknown"],
    )


HIDDEN = (
    "x;api_key=s3cret-0",
    "https://ann:s3cret-0@host",
    "ann:s3cret-0@host:80",
    "eyJhbGciOiJI.eyJzdWIiOiJh.s3cret-0",
)


@pytest.mark.parametrize("times", [0, 1, 2])
@pytest.mark.parametrize("part", HIDDEN)
def test_a_secret_in_a_path_is_shown_nowhere(part: str, times: int) -> None:
    written = part
    for _ in range(times):
        written = quote(written, safe="")
    one = entry(1)._replace(path=f"/api/v1/sessions/{written}/", session_id=part, query=f"redirect={written}")
    told, line = shown(one), redaction.shown_line(one)
    assert "s3cret" not in str((told.path, told.session_id, line, times and told.query))
    assert told.path.startswith("/api/v1/sessions/")


def test_the_user_of_a_target_without_a_scheme_is_replaced() -> None:
    assert shown(entry(1)._replace(path="ann:s3cret-0@host:80")).path == "[redacted]@host:80"


@pytest.mark.parametrize("path", ["/api/v1/sessions/a%20b/", "/api/v1/sessions/ann@example.com/", "/a:b/c@d/", "*"])
def test_other_paths_stay_as_they_came(path: str) -> None:
    one = entry(1)._replace(path=path, session_id=path)
    assert (shown(one).path, shown(one).session_id, redaction.shown_line(one).session_id) == (path, path, path)


def test_a_name_beside_a_value_need_not_be_that_of_a_secret() -> None:
    body = b"name: Password helper\nkey: sort\nvalue: [1\n"
    assert shown(entry(1, body=body)).body == body.decode()


def test_short_keys_are_no_reason_to_take_words_out() -> None:
    one = entry(1, b'{"content": "ok", "pin_token": "ok"}', b'{"status": "okay"}', b"x-api-key: okay")
    assert shown(one).response == {"status": "okay"}
    assert shown(one).body == {"content": "ok", "pin_token": "[redacted]"}


def test_a_document_with_plain_secrets_stays_as_it_is_written() -> None:
    text = "Rules:\n- be kind\npassword: s3cret-0\n"
    assert shown(entry(1, body=json.dumps({"content": text}).encode())).body == {
        "content": "Rules:\n- be kind\npassword: [redacted]\n"
    }


def test_an_entry_that_is_amended_stays_where_it_is_and_is_weighed_anew() -> None:
    journal = Journal()
    for number in (1, 2, 3):
        journal.add(entry(number))
    before = journal.weight
    journal.amend(entry(2, body=b"x" * 10)._replace(delivered=False))
    assert [(one.id, one.delivered) for one in journal] == [
        ("req_000001", True),
        ("req_000002", False),
        ("req_000003", True),
    ]
    assert journal.weight == before + 10


def test_an_entry_that_is_gone_is_not_amended() -> None:
    journal = Journal(max_entries=1)
    for number in (1, 2):
        journal.add(entry(number))
    journal.amend(entry(1)._replace(delivered=False))
    assert (kept(journal), journal.added) == (["req_000002"], 2)
