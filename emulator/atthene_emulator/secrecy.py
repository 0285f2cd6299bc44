"""What is a secret: by the name that it has, or by its own form. This module is the one list of patterns.

Journal, events, log, exports, reports and messages all ask here. A name is taken apart into words, so that `X-Api-Key`,
`apiKey` and `api_key` are one name, while `agent_key`, `next_token` and `max_tokens` are no secrets.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Literal
from urllib.parse import unquote_plus

Place = Literal["header", "parameter", "field"]

REDACTED = "[redacted]"

_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+"
_VENDORS = (
    "openai|anthropic|azure|mistral|google|gemini|cohere|groq|aws|stripe|github|huggingface|hf|pinecone|tavily|serper"
)
_NAME = rf"""(?x)passw(or)?d|passwort|pass_?phrase|pass_?code|(^|_)pwd|secret(?!ar)|credential|authori[sz]ation|cookie|token
    |kennwort|(^|_)jwt(_|$)|(^|_)(auth|bearer|otp)$|(user|db|database|smtp|ftp|http|proxy|admin|root)_?pass$
    |(api|access|private|priv)_?keys?(_|$)
    |(^|_)(app|application|account|auth|drive|licen[cs]e|encryption|decryption|signing|sign|signature|subscription|service
    |shared|master|functions?|admin|root|server|webhook|ssh|rsa|aes|hmac|deploy|consumer|storage|{_VENDORS})_?keys?(_|$)"""
_NAME_AT: dict[Place, str] = {
    "header": (
        r"(?<!idempotency_)(?<!agent_)(?<!connection_)(?<!socket_)(?<![a-z])keys?$|(^|_)(sig|signature|authentication|assertion)(_|$)"
        r"|^dpop$|(^|_)pin$"
    ),
    "parameter": r"^keys?$|(^|_)(sig|signature|hmac|pass|pw|pin|sid|assertion)$",
    "field": r"(?!)",
}
# What is said about a secret, tokens that are counted, and tokens of pages.
_NO_NAME = (
    r"(authori[sz]ation|auth|tokens?|secrets?|passwords?|credentials?|cookies?|keys?)_?"
    r"(ur[li]s?|endpoints?|types?|methods?|schemes?|modes?|policy|length|size|required|enabled|expir[a-z]*|ttl|names?"
    r"|usage|counts?|limits?|budget)$"
    r"|(^|_)(next|prev|previous|page|continuation|start|max|min|new|prompt|completion|input|output|total|used|remaining"
    r"|cached|reasoning|num|number|stop|special)_?(page_?)?tokens?$"
)
# A type, in type notation or JSON Schema; of a declaration, only what stands below these keys may be a secret.
_NAME_OF_TYPE = (
    r"(?i:str|int|float|bool|list|dict|any|none|optional|union|string|number|integer|boolean|object|array|null)"
)
_TYPE = rf"{_NAME_OF_TYPE}(?:[\[\], |]++(?:{_NAME_OF_TYPE})?)*+"
_VALUES_OF_DECLARATION = ("default", "const", "enum", "example", "examples", "value")
# What says the name of that value in a mapping of its own, as `{"name": "Authorization", "value": "..."}` does.
_NAMES_OF_VALUE = ("name", "key")
# A reference to a secret, a type, or a kind of storage, which `drive_key` names since G3 (K19).
_NO_SECRET = rf"\s*|(?:[A-Za-z]+ )?(?:\$\{{\w+\}}|\{{\{{[^{{}}]*\}}\}})|SP|ONEDRIVEP|GOOGLEDRIVE|CONFLUENCE|{_TYPE}|\[redacted[^\]]*\]"

_FORM = r"""(?x)(?P<kept>\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://)[^/\s?\#"'<>]+(?=@)
    |(?P<scheme>(?:\A|(?<=\W))(?i:bearer)\s+)(?:(?=[\w.~+/=-]*(?:[0-9=_]|[a-z][A-Z]))[\w.~+/=-]{8,}|(?<=\ABearer\ )\S+\Z)
    |(?P<basic>(?:\A|(?<=\W))(?i:basic)\s+)(?=[\w+/]*(?:[0-9=]|[a-z][A-Z]))[A-Za-z0-9+/]{8,}={0,2}(?![\w-])
    |(?<![\w-])(?:sk-[\w-]{16,}|[spr]k_(?:live|test)_\w{8,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}
        |xox[abeprs]-[\w-]{10,}|A[KS]IA[0-9A-Z]{16}\b|AIza[\w-]{30,}|eyJ[\w-]{8,}\.eyJ[\w-]*\.[\w-]*)
    |-----BEGIN\ [A-Z ]*PRIVATE\ KEY-----[\s\S]*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)"""
_NAMED = r"""(?x)(?<![\w.%-])(?:(?P<option>--[\w-]++)[ ]+(?=[^\s-])|(?P<name>[\w.%-]++)\\?["']?[ \t]?[:=][ \t]*)(?:\\?["']|)"""
_VALUE = r"""(?x)(?:(?i:bearer|basic|token)[ ]+)?
    (?:\$\{\w+\}|\{\{[^{}]*\}\}|\[redacted\]|\[[^\[\]]*\]|\{[^{}]*\}|(?<=")[^"\\]+|(?<=')[^']+|[^\s"'&;,}\]<>\\]+)"""
# Behind `Authorization:`, the name of a scheme and all that belongs to it.
_CREDENTIALS = (
    r"""(?x)[A-Za-z][\w-]*[ ]+(?:\{\{[^{}]*\}\}|[^\s"',;]+(?:"[^"]*")?(?:,[ ]*[\w-]+=(?:"[^"]*"|[^\s"',;]*))*)"""
)
# In small letters; where none of them stands, there is no secret.
_TRACES = (
    "key", "token", "pass", "secret", "auth", "pwd", "credential", "cookie", "jwt", "otp", "kennwort", "bearer", "basic ", "://", "sig=", "signature=",
    "hmac=", "sk-", "k_live_", "k_test_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "akia", "asia", "aiza", "eyj",
)  # fmt: skip
_SHORTEST = 14  # characters of a key that is told by its form
LEAST = 8  # characters of a secret that is looked for inside other texts
_LEAST_WHOLE = 4  # and of one that is looked for as a whole text
_MOST = 50  # secrets that are looked for there; of more, the longest
_LONGEST = 200  # characters of a name that is worth remembering


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled when it is first needed: the start is quicker without."""
    return re.compile(pattern)


def is_secret(name: str, place: Place = "field") -> bool:
    """Whether what has this name is a secret.

    Args:
        name: as it is written, perhaps percent-encoded.
        place: of a header or a parameter, more names are secrets than of a field.
    """
    return _is_known_secret(name, place) if len(name) <= _LONGEST else _is_secret(name, place)


def _is_secret(name: str, place: Place) -> bool:
    words = "_".join(_compiled(_WORD).findall(unquote_plus(name) if "%" in name else name)).lower()
    named = _compiled(_NAME).search(words) or _compiled(_NAME_AT[place]).search(words)
    return named is not None and _compiled(_NO_NAME).search(words) is None


_is_known_secret = lru_cache(4096)(_is_secret)


def has_traces(text: str) -> bool:
    """Whether there may be a secret, or its name, in a text; quick, and right if it says no."""
    lower = text.lower()
    for trace in _TRACES:  # noqa: SIM110  # of every text that is shown; a generator takes twice as long
        if trace in lower:
            return True
    return False


def redact_text(text: str) -> str:
    """A text without what looks like a secret: `name=value`, `name: value`, `--name value`, keys, and users of URLs."""
    return _replaced(text, lambda _: REDACTED)


def redact_sentence(text: str) -> str:
    """A sentence of ours without the secrets that it quotes: they are told by their form alone, as it may speak of names."""
    return (
        _compiled(_FORM).sub(lambda found: _without_form(found, lambda _: REDACTED), text) if has_traces(text) else text
    )


def mask_text(text: str) -> str:
    """The same, with as many stars as a secret has characters."""
    return _replaced(text, lambda secret: "*" * len(secret))


def _replaced(text: str, instead: Callable[[str], str]) -> str:
    is_named = "=" in text or ":" in text or "--" in text
    is_short = len(text) < _SHORTEST and " " not in text
    if (is_short and not is_named) or not has_traces(text):
        return text
    text = _compiled(_FORM).sub(lambda found: _without_form(found, instead), text)
    return _without_named(text, instead) if is_named else text


def _without_form(found: re.Match[str], instead: Callable[[str], str]) -> str:
    kept = found["kept"] or found["scheme"] or found["basic"] or ""
    return kept + instead(found[0][len(kept) :])


def _without_named(text: str, instead: Callable[[str], str]) -> str:
    parts, done = [], 0
    for found in _compiled(_NAMED).finditer(text):
        value = _value(found) if found.start() >= done and _names_secret(found) else None
        if value is not None and not _is_harmless(found, value[0]):
            parts += [text[done : found.end()], instead(value[0])]
            done = value.end()
    return "".join([*parts, text[done:]])


def _names_secret(found: re.Match[str]) -> bool:
    is_parameter = found.string[max(0, found.start() - 1) : found.start()] in ("?", "&")
    return is_secret(found["option"] or found["name"], "parameter" if is_parameter else "field")


def _value(found: re.Match[str]) -> re.Match[str] | None:
    """What stands behind a name in a text."""
    text, end = found.string, found.end()
    is_authorization = found[0].lower().rstrip(" \t:=").endswith(("authorization", "authorisation"))
    return (is_authorization and _compiled(_CREDENTIALS).match(text, end)) or _compiled(_VALUE).match(text, end)


def _is_harmless(found: re.Match[str], value: str) -> bool:
    is_count = value.isdigit() and (found["option"] or found["name"]).endswith("tokens")
    return is_count or _compiled(_NO_SECRET).fullmatch(value) is not None


def secrets_of(value: Any, *, inside: bool = False) -> Iterator[str]:
    """Every text of a JSON value that stands below the name of a secret."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from secrets_of(item, inside=_is_inside(name, value, inside=inside))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from secrets_of(item, inside=inside)
    elif inside and isinstance(value, str) and not _compiled(_NO_SECRET).fullmatch(value):
        yield value


def _is_inside(name: str, mapping: Mapping[str, Any], *, inside: bool) -> bool:
    """Whether what a key of a mapping holds is a secret; the mapping may be the declaration of something secret."""
    is_value = name in _VALUES_OF_DECLARATION
    if is_secret(name) or (is_value and any(map(_is_name_of_secret, map(mapping.get, _NAMES_OF_VALUE)))):
        return True
    return inside and (is_value or _compiled(_TYPE).fullmatch(str(mapping.get("type", ""))) is None)


def _is_name_of_secret(value: Any) -> bool:
    return isinstance(value, str) and " " not in value and is_secret(value)


class Redaction:
    """Takes out what looks like a secret, and certain secrets wherever they stand.

    Args:
        known: those secrets; short ones are taken out only where a text is nothing else, and very short ones not at all.

    Attributes:
        known: those that are looked for.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self.known = frozenset(one for one in known if len(one) >= _LEAST_WHOLE)
        longest = sorted(self.known, key=len, reverse=True)[:_MOST]
        self._inside = tuple(one for one in longest if len(one) >= LEAST)

    def text(self, text: str) -> str:
        """A text without secrets."""
        if text in self.known:
            return REDACTED
        for one in self._inside:
            text = text.replace(one, REDACTED)
        return redact_text(text)

    def value(self, value: Any, *, inside: bool = False) -> Any:
        """A JSON value without secrets; `inside` means that it has the name of one. Null, true and false are never secrets."""
        if isinstance(value, dict):
            return {self.text(name): self._named(name, value, inside=inside) for name in value}
        if isinstance(value, list | tuple):
            return [self.value(item, inside=inside) for item in value]
        if isinstance(value, str):
            return REDACTED if inside and not _compiled(_NO_SECRET).fullmatch(value) else self.text(value)
        return REDACTED if inside and value is not None and not isinstance(value, bool) else value

    def _named(self, name: str, mapping: Mapping[str, Any], *, inside: bool) -> Any:
        item = mapping[name]
        is_count = isinstance(item, int | float) and name.lower().endswith("tokens")
        return item if is_count else self.value(item, inside=_is_inside(name, mapping, inside=inside))
