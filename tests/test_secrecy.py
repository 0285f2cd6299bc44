"""What is a secret by its name or its form, and what is not."""

from time import thread_time
from typing import Any

import pytest

from atthene_emulator.secrecy import Redaction, is_secret, redact_text

SECRETS = (
    "x-api-key Proxy-Authorization X-Auth-Token Api-Key X-Client-Secret Cookie Set-Cookie apikey apiKey api_key API_KEY"
    " access_token %61ccess_token accessToken token tokens user_token X-XSRF-TOKEN X-Amz-Security-Token refreshToken"
    " password dbPassword client_secret secretKey drive_key authorization private_key AccountKey OPENAI_API_KEY"
    " openai_key credentials smtp_pass pwd passphrase jwt jwtAssertion otp Kennwort auth subscription-key Private-Token"
)
NO_SECRETS = (
    "agent_key connection_key session_id message_id correlation_id key keys sort_key next_token nextPageToken page_token"
    " max_tokens max_output_tokens prompt_tokens input_tokens token_usage token_count token_type author authorization_url"
    " secretary monkey keyboard passenger signature bypass authenticated"
)


@pytest.mark.parametrize("name", SECRETS.split())
def test_these_names_are_those_of_secrets_everywhere(name: str) -> None:
    assert is_secret(name)
    assert is_secret(name, "header")
    assert is_secret(name, "parameter")


@pytest.mark.parametrize("name", NO_SECRETS.split())
def test_these_fields_stay_readable(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize("name", ["X-Key", "X-Vendor-Key", "X-Hub-Signature-256", "Authentication", "dpop", "X-Pin"])
def test_of_headers_more_are_secret(name: str) -> None:
    assert is_secret(name, "header")


@pytest.mark.parametrize("name", ["Idempotency-Key", "X-Agent-Key", "Sec-WebSocket-Key", "X-Request-Id", "User-Agent"])
def test_these_headers_stay_readable(name: str) -> None:
    assert not is_secret(name, "header")


@pytest.mark.parametrize("name", ["key", "sig", "signature", "X-Amz-Signature", "pw", "pin", "sid", "assertion"])
def test_of_parameters_more_are_secret(name: str) -> None:
    assert is_secret(name, "parameter")


@pytest.mark.parametrize("name", ["agent_key", "connection_key", "limit", "version", "design"])
def test_these_parameters_stay_readable(name: str) -> None:
    assert not is_secret(name, "parameter")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abc", "Authorization: [redacted]"),
        ("Authorization: ApiKey abc", "Authorization: [redacted]"),
        ("curl -H 'Authorization: Digest abc' x", "curl -H 'Authorization: [redacted]' x"),
        ('Authorization: Digest user="ann", response="abc"\nx: y', "Authorization: [redacted]\nx: y"),
        ("Authorization: AWS4-HMAC Credential=a/b, Signature=abc; x", "Authorization: [redacted]; x"),
        ("error: token=abc, limit=5", "error: token=[redacted], limit=5"),
        ('{"api_key": "a b", "x": 1}', '{"api_key": "[redacted]", "x": 1}'),
        ("config: {password: 'a b', x: 1}", "config: {password: '[redacted]', x: 1}"),
        ('{"tokens": ["a", "b"], "x": 1}', '{"tokens": [redacted], "x": 1}'),
        ("auth: {user: a}, x: 1", "auth: [redacted], x: 1"),
        ("serve --control-token abc --port 1", "serve --control-token [redacted] --port 1"),
        ("serve --control-token=abc", "serve --control-token=[redacted]"),
        ("https://ann:p@ss@host/?a=1&key=abc", "https://[redacted]@host/?a=1&key=[redacted]"),
        ("Bearer hunter", "Bearer [redacted]"),
        ("it sent Basic dXNlcjpwYXNz", "it sent Basic [redacted]"),
        ("mine is sk-abcdefghijklmnop", "mine is [redacted]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----", "[redacted]"),
        ("eyJhbGciOiJI.eyJzdWIiOiJh.c2ln", "[redacted]"),
    ],
)
def test_secrets_are_found_in_texts(text: str, expected: str) -> None:
    assert redact_text(text) == expected
    assert redact_text(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "I forgot my password today",
        "My drive_key is lost",
        "A bearer of bad news, on a basic plan",
        "agent_key=support&max_tokens=5",
        "There are 12 tokens: 5 of them are prompt_tokens: 3",
        "password: {{ variables.password }}",
        "api_key: ${OPENAI_API_KEY}",
        "Authorization: Bearer {{ variables.key }}",
        "Authorization: Basic ${CREDENTIALS}",
        "write to ann@example.com, or https://example.com/@ann",
        "llm_config.api_key must be text",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"token": 4711, "tokens": 12}, {"token": "[redacted]", "tokens": 12}),
        ({"password": None, "secret": True, "api_key": ""}, {"password": None, "secret": True, "api_key": ""}),
        ({"auth": {"user": "ann", "more": [1]}}, {"auth": {"user": "[redacted]", "more": ["[redacted]"]}}),
        (
            {"password": {"type": "str", "description": "Mine", "default": "a"}, "token": "Optional[list[str]]"},
            {
                "password": {"type": "str", "description": "Mine", "default": "[redacted]"},
                "token": "Optional[list[str]]",
            },
        ),
        (
            {"credentials": {"type": "object", "properties": {}, "password": "abc"}},
            {"credentials": {"type": "object", "properties": {}, "password": "[redacted]"}},
        ),
        ({"token": "list[abc]", "password": "str | abc"}, {"token": "[redacted]", "password": "[redacted]"}),
        ({"token": "dict[str, Any] | None"}, {"token": "dict[str, Any] | None"}),
        ({"token": "[redacted] abc"}, {"token": "[redacted]"}),
        ([{"name": "Authorization", "value": "abc"}], [{"name": "Authorization", "value": "[redacted]"}]),
        ({"key": "DB_PASSWORD", "value": ["abc"]}, {"key": "DB_PASSWORD", "value": ["[redacted]"]}),
        (
            {"name": "api_key", "type": "str", "default": "abc"},
            {"name": "api_key", "type": "str", "default": "[redacted]"},
        ),
        ({"name": "Lost password", "value": "abc"}, {"name": "Lost password", "value": "abc"}),
        ({"name": "city", "value": "abc"}, {"name": "city", "value": "abc"}),
        ({"drive_key": "SP"}, {"drive_key": "SP"}),
        ([{"headers": {"Authorization": "Bearer x"}}], [{"headers": {"Authorization": "[redacted]"}}]),
    ],
)
def test_values_under_the_name_of_a_secret_are_replaced(value: Any, expected: Any) -> None:
    assert Redaction().value(value) == expected


def test_a_known_secret_is_found_wherever_it_stands() -> None:
    redaction = Redaction(("hunter22", "abcd", "abc"))
    assert redaction.value({"a": "it is hunter22!", "b": "abcd", "c": "abcdef", "d": "abc"}) == {
        "a": "it is [redacted]!",
        "b": "[redacted]",
        "c": "abcdef",
        "d": "abc",
    }


HOSTILE = (
    "eyJ-",
    "a.b-",
    "bearer ",
    "key",
    "a://",
    "-----BEGIN ",
    "key=",
    "key: ",
    "sk-",
    "x y key",
    "--a ",
    "key:'",
    "key: [",
    "key: {",
    "authorization: a ",
    "authorization: a b, c=d, ",
)


@pytest.mark.parametrize("part", HOSTILE)
def test_a_hostile_text_is_looked_through_in_one_go(part: str) -> None:
    text = part * (500_000 // len(part))
    began = thread_time()
    redact_text(text)
    assert thread_time() - began < 3
