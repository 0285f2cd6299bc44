"""Taking secrets out of an entry that is shown: path, headers, query and bodies. This module is that step.

What a secret is, `secrecy` says. A secret that a request carries is taken out of its answer, too, which may repeat it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple, get_args
from urllib.parse import unquote_plus

from atthene_emulator.configuration.accepted import read
from atthene_emulator.configuration.document import Media, Unreadable
from atthene_emulator.domain.journal import Entry
from atthene_emulator.domain.room import Room
from atthene_emulator.limits import LOOKED_THROUGH
from atthene_emulator.secrecy import LEAST, REDACTED, Redaction, has_traces, is_secret, secrets_of

WITHHELD = "[redacted: this body may hold a secret, and cannot be read or is too long to be looked through]"

_ESCAPE = re.compile(rb"\\[uUx]")
_HIDING = re.compile(rb"\\[uUx/]|%[4-7][0-9a-fA-F]")  # what may stand for a letter of a name, or for a slash of a URL
_FORM = re.compile(r"[^\s=&<>{}:]+=[^\s&<>{}]*(&[^\s=&<>{}]+=[^\s&<>{}]*)*")
_NAMES = re.compile(
    r"\b(?:name|key)[\"']?\s*[:=]\s*[\"']?([\w.%-]++)(?! \w)|(?<![\w.%-])(\w[\w.%-]* )?([\w.%-]++)(?=[\"']?\s*[:=>])"
)
_USER = re.compile(r"(?:\A|(?<=/))[^/@:\s]+:[^/@\s]+(?=@)")  # of a target such as `user:password@host:80`
_DECODINGS = 3  # how often something may be percent-encoded
_INSIDE, _EACH = 500_000, 1_000  # characters of documents inside texts of one entry; those that reading one costs
_DOCUMENT = re.compile(r"\s*[{\[]|[^\n]*\n")


class Verbatim(NamedTuple):
    """A body without secrets, as it came; it is mostly JSON."""

    data: bytes


class Shown(NamedTuple):
    """What is shown of an entry; bodies are verbatim, or JSON values where they are JSON, else texts, None for none."""

    path: str
    query: str
    headers: dict[str, str]
    body: Any
    response: Any
    unread: list[str]
    session_id: str | None


class ShownLine(NamedTuple):
    """What a line shows of an entry."""

    path: str
    unread: tuple[str, ...]
    session_id: str | None


def shown(entry: Entry, known: Iterable[str] = (), room: Room | None = None) -> Shown:
    """An entry without secrets.

    Args:
        entry: as it came.
        known: secrets that are taken out wherever they stand.
        room: for bodies that name secrets; those for which there is none are withheld, since to look through them takes long.
    """
    room = Room(LOOKED_THROUGH.most) if room is None else room
    headers, body = tuple(_headers(entry.headers)), _read(entry.body, room)
    redaction = _Redaction((*known, *_secrets(headers, entry.query), *_secrets_inside(body)))
    return Shown(
        redaction.path(entry.path),
        redaction.query(entry.query),
        redaction.headers(headers),
        redaction.body(body, room),
        redaction.body(_read(entry.response, room), room),
        [redaction.text(one) for one in entry.unread],
        redaction.session_id(entry),
    )


def shown_line(entry: Entry, known: Iterable[str] = ()) -> ShownLine:
    """What a line shows of an entry, without secrets; bodies are not looked at."""
    redaction = _Redaction((*known, *_secrets(_headers(entry.headers), entry.query)))
    return ShownLine(redaction.path(entry.path), tuple(map(redaction.text, entry.unread)), redaction.session_id(entry))


def _headers(lines: bytes) -> Iterator[tuple[str, str]]:
    """Names and values of headers, a line each."""
    for line in lines.decode("latin-1").split("\n"):
        name, colon, value = line.partition(": ")
        if colon:
            yield name, value


def _secrets(headers: Iterable[tuple[str, str]], query: str) -> Iterator[str]:
    """What headers and query carry under the name of a secret, in whole and in parts, if it is long enough to be told from words."""
    found: list[str] = []
    for name, value in headers:
        if is_secret(name, "header"):
            found += [value, *(part.partition("=")[2] or part for part in re.split(r"[;,\s]\s*", value))]
    for name, value in _parameters(query):
        if is_secret(name, "parameter"):
            found += [value, unquote_plus(value)]
    return (one for one in found if len(one) >= LEAST)


def _parameters(query: str) -> Iterator[tuple[str, str]]:
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        yield name, value


class _Unread(NamedTuple):
    """A body that is not JSON; `value` is what it says as YAML, None if that was not looked at or is not a document."""

    text: str
    value: Any = None
    is_withheld: bool = False


def _read(data: bytes, room: Room) -> Any:
    """What a body says: None for no body, verbatim where it names no secret, else a JSON value or an `_Unread`."""
    if not data:
        return None
    is_plain = b"\0" not in data and _HIDING.search(data) is None and not has_traces(data.decode(errors="replace"))
    return Verbatim(data) if is_plain else _parsed(data, room)


def _parsed(data: bytes, room: Room) -> Any:
    if not room.take(len(data)):
        return _Unread("", is_withheld=True)
    try:
        return read(data, "json").value
    except Unreadable:
        return _read_text(data)


def _read_text(data: bytes) -> _Unread:
    text = data.decode(errors="replace")
    if b"\0" in data:  # another encoding than UTF-8, in which a secret cannot be looked for
        return _Unread(text, is_withheld=True)
    is_escaped = b"\\" in data and _ESCAPE.search(data) is not None
    if _FORM.fullmatch(text.strip()) or not (is_escaped or (has_traces(text) and _names_secrets(text))):
        return _Unread(text)
    value = _document(text)
    if isinstance(value, dict | list):
        return _Unread(text, value)
    return _Unread(text, is_withheld=is_escaped or _names_secrets(text))


def _names_secrets(text: str) -> bool:
    """Whether something in a text may be the name of a secret, and have a value."""
    for quoted, first, second in _NAMES.findall(text):
        if is_secret(second or quoted, "parameter") or (first and is_secret(first + second)):
            return True
    return False


def _secrets_inside(body: Any) -> Iterator[str]:
    """What a body holds under the name of a secret."""
    if isinstance(body, _Unread):
        if _FORM.fullmatch(body.text.strip()):
            yield from _secrets((), body.text.strip())
        yield from secrets_of(body.value)
    elif body is not None and not isinstance(body, Verbatim):
        yield from secrets_of(body)


class _Redaction(Redaction):
    """The same for an entry, whose texts may be documents of their own, such as a configuration as YAML.

    To read them takes long, so of too many the rest is withheld.
    """

    _left = _INSIDE

    def path(self, path: str) -> str:
        """A path; a part that hides a secret in percent-encoding is replaced as a whole."""
        plain = _USER.sub(REDACTED, self.text(path))
        return "/".join(map(self._part, plain.split("/"))) if "%" in plain else plain

    def _part(self, part: str) -> str:
        return REDACTED if "%" in part and self._hides(part) else part

    def session_id(self, entry: Entry) -> str | None:
        """The id of the session, which may be anything that stood in the path."""
        return None if entry.session_id is None else self.path(entry.session_id)

    def _hides(self, text: str) -> bool:
        """Whether a text holds a secret once it is decoded, perhaps more than once."""
        for _ in range(_DECODINGS):
            before, text = text, unquote_plus(text)
            if _USER.search(text) or self.text(text) != text:
                return True
            if text == before:
                break
        return False

    def query(self, query: str) -> str:
        """The query string, its parameters in their order."""
        return "&".join(map(self._parameter, query.split("&"))) if query else query

    def _parameter(self, part: str) -> str:
        name, sign, value = part.partition("=")
        if not sign:
            return self.text(part)
        if value and (is_secret(name, "parameter") or self._hides(value)):
            return f"{name}={REDACTED}"
        return part

    def headers(self, headers: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Headers by name; of several the last."""
        return {name: REDACTED if is_secret(name, "header") else self.text(value) for name, value in headers}

    def body(self, body: Any, room: Room) -> Any:
        """A body that was read."""
        if isinstance(body, Verbatim):
            if not self._stands_in(body.data.decode(errors="replace")):
                return body
            body = _parsed(body.data, room)
        if not isinstance(body, _Unread):
            return self.value(body)
        if body.is_withheld:
            return WITHHELD
        if _FORM.fullmatch(body.text.strip()):
            return self.query(body.text.strip())
        redacted = body.value if body.value is None else self.value(body.value)
        return super().text(body.text) if redacted == body.value else redacted

    def _stands_in(self, text: str) -> bool:
        """Whether one of the known secrets stands in a text, as it is or as JSON writes it."""
        return any(one in text or json.dumps(one, ensure_ascii=False)[1:-1] in text for one in self.known)

    def text(self, text: str) -> str:
        """A text without secrets; a document whose secrets are more than words on lines of their own becomes JSON."""
        if _DOCUMENT.match(text) and has_traces(text) and _names_secrets(text):
            self._left -= _EACH + len(text)
            if self._left < 0:
                return WITHHELD
            value = _document(text)
            secrets = tuple(secrets_of(value))
            plain = super().text(text)
            if any(word in plain for secret in secrets for word in secret.split()):
                return json.dumps(_Redaction((*self.known, *secrets)).value(value), ensure_ascii=False)
        return super().text(text)


def _document(text: str) -> Any:
    """What a text says as JSON or YAML; None if it is neither."""
    for media in get_args(Media):
        with suppress(Unreadable):
            return read(text.encode(errors="replace"), media).value
    return None


def redact_value(value: Any, known: Iterable[str] = ()) -> Any:
    """A JSON value without its secrets; those that it names are taken out wherever it repeats them."""
    return _Redaction((*known, *secrets_of(value))).value(value)
