r"""JSON with places: duplicate keys, NaN, halves of characters and trailing commas are refused with their line.

This module is the reader of `application/json`.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Collection
from typing import Any, NoReturn

from atthene_emulator.configuration.document import (
    Document,
    Mark,
    Path,
    Place,
    Places,
    Unreadable,
    brief,
    check_encodable,
    check_size,
    decode,
    too_deep,
)
from atthene_emulator.limits import NESTING, VALUES

_MAX_INTEGER = 2**64
# A text that is not closed goes to the end: looking for its end from each quote in it would take time by the square.
_TOKEN = r'[{}\[\]:,]|"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?\Z)|[^\s{}\[\]:,"]+'
_YAML = r"\s*(?:#[^\n]*\n\s*)*[A-Za-z_][\w.-]*:(?:\s|\Z)"  # how a mapping begins there
_TRAILING_COMMA = r",\s*[}\]]"


def read_json(data: bytes, max_nodes: int = VALUES.most) -> Document:
    """Read JSON.

    Raises:
        Unreadable: with code, sentence and place.
    """
    text = decode(data)
    if not text.strip():
        raise Unreadable("Y102", "The document is empty; send a JSON object.")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _syntax(text, error) from None
    except RecursionError:
        raise too_deep() from None
    except _DuplicateKeyError as error:
        raise _duplicate(text, str(error)) from None
    except _BadLiteralError as error:
        raise Unreadable("Y106", error.message, _place_of(text, error.literal)) from None
    if "\\u" in text:
        _check_characters(text)
    if len(text) > max_nodes or text.count("{") + text.count("[") > NESTING.most:
        check_size(value, max_nodes)
    return Document(value, text, lambda paths: json_places(text, paths))


class _BadLiteralError(Exception):
    """A number, or a name in place of one, that is not accepted."""

    def __init__(self, literal: str, message: str) -> None:
        super().__init__(message)
        self.literal, self.message = literal, message


def _place_of(text: str, literal: str) -> Mark | None:
    return next((_mark(text, match.start()) for match in re.finditer(_TOKEN, text) if match[0] == literal), None)


def _check_characters(text: str) -> None:
    """Refuse halves of characters, with the place of the text that holds one."""
    for match in re.finditer(_TOKEN, text):
        if "\\u" in match[0]:
            try:
                check_encodable(json.loads(match[0]))
            except Unreadable as error:
                raise Unreadable(error.code, error.message, _mark(text, match.start())) from None


class _DuplicateKeyError(Exception):
    """A key stands twice in one object."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        raise _DuplicateKeyError(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return value


def _no_constant(name: str) -> NoReturn:
    raise _BadLiteralError(name, f"{name} is not JSON; write a finite number or null.")


def _float(literal: str) -> float:
    number = float(literal)
    if number in (float("inf"), float("-inf")):
        raise _BadLiteralError(literal, f"The number {literal[:20]} is too large; write a finite number.")
    return number


def _integer(literal: str) -> int:
    if len(literal) <= len(str(_MAX_INTEGER)):
        number = int(literal)
        if -_MAX_INTEGER // 2 <= number < _MAX_INTEGER:
            return number
    raise _BadLiteralError(literal, f"The number {literal[:20]} does not fit into 64 bits; write a smaller one.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_float, parse_int=_integer
)


def _syntax(text: str, error: json.JSONDecodeError) -> Unreadable:
    comma = error.pos if text[error.pos : error.pos + 1] == "," else text.rfind(",", 0, error.pos)
    if comma >= 0 and re.compile(_TRAILING_COMMA).match(text, comma) and not text[comma + 1 : error.pos].strip():
        after = text[comma + 1 :].lstrip()[0]
        sentence = f"A comma stands before the closing {after}: JSON allows no trailing comma; take it out."
        return Unreadable("Y103", sentence, _mark(text, comma))
    if error.msg.startswith("Extra data"):
        sentence = "The document ends here, but more text follows; send one JSON value."
    else:
        sentence = f"This is not JSON: {error.msg[0].lower()}{error.msg[1:]}."
        if re.match(_YAML, text):
            sentence = "This is YAML, not JSON; send it with Content-Type: application/yaml, or call the file .yaml."
    return Unreadable("Y103", sentence, Mark(error.lineno, error.colno))


def _mark(text: str, offset: int) -> Mark:
    return Mark(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def _duplicate(text: str, key: str) -> Unreadable:
    """Find the key that stands twice, with both places."""
    seen: list[dict[str, int]] = []
    previous: tuple[str, int] | None = None
    for match in re.finditer(_TOKEN, text):
        token = match[0]
        if token == "{":
            seen.append({})
        elif token == "}":
            seen.pop()
        elif token == ":" and previous is not None:
            name, offset = _unquoted(previous[0]), previous[1]
            if name in seen[-1]:
                first, second = _mark(text, seen[-1][name]), _mark(text, offset)
                return Unreadable(
                    "Y104",
                    f"The key {brief(name)!r} stands twice in one object, first on line {first.line}, column {first.column}; "
                    "keep one of them.",
                    second,
                )
            seen[-1][name] = offset
        previous = (token, match.start())
    return Unreadable("Y104", f"The key {brief(key)!r} stands twice in one object; keep one of them.")


def json_places(text: str, paths: Collection[Path]) -> Places:  # noqa: C901  # one loop over one small state
    """Places of the given paths in valid JSON; only the containers on the way are looked into."""
    wanted = {path[:length] for path in paths for length in range(len(path) + 1)}
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    places: dict[Path, Place] = {}

    def mark(offset: int) -> Mark:
        line = bisect_right(starts, offset)
        return Mark(line, offset - starts[line - 1] + 1)

    frames: list[_Frame] = []
    skipped = 0
    for match in re.finditer(_TOKEN, text):
        token = match[0]
        if skipped:
            skipped += (token in "{[") - (token in "}]") if len(token) == 1 else 0
            continue
        frame = frames[-1] if frames else None
        if token in ("}", "]"):
            frames.pop()
        elif token == ":":
            continue
        elif token == ",":
            if frame is not None:
                frame.advance()
        elif frame is not None and frame.wants_key:
            frame.key, frame.key_offset, frame.wants_key = _unquoted(token), match.start(), False
        else:
            path = (*frame.path, frame.key) if frame is not None else ()
            inside = path in wanted
            if inside:
                key = mark(frame.key_offset) if frame is not None and frame.is_object else None
                places[path] = Place(mark(match.start()), key)
            if token in ("{", "["):
                if inside:
                    frames.append(_Frame(path, is_object=token == "{"))
                else:
                    skipped = 1
    return places


def _unquoted(token: str) -> str:
    return str(json.loads(token)) if "\\" in token else token[1:-1]


class _Frame:
    """One object or array that is being looked through."""

    __slots__ = ("is_object", "key", "key_offset", "path", "wants_key")

    def __init__(self, path: Path, *, is_object: bool) -> None:
        self.path = path
        self.is_object = is_object
        self.wants_key = is_object
        self.key: str | int = 0
        self.key_offset = 0

    def advance(self) -> None:
        if self.is_object:
            self.wants_key = True
        elif isinstance(self.key, int):
            self.key += 1
