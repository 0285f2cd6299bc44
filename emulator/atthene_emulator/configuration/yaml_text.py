"""YAML's safe subset with places: no tags, no code, no duplicate keys, bounded aliases (K22).

Scalars are read as YAML 1.2 has them, except that yes, no, on and off are booleans as *values*, as loaders of YAML 1.1
have them (K25). A key is always its text, so an unquoted `yes:` is the string "yes". This module is the reader of
`application/yaml`.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import yaml

from atthene_emulator.configuration.document import (
    Document,
    Mark,
    Path,
    Place,
    Places,
    Unreadable,
    brief,
    check_encodable,
    decode,
    too_deep,
)
from atthene_emulator.configuration.findings import is_below_secret
from atthene_emulator.configuration.yaml_remedy import remedy, with_space
from atthene_emulator.configuration.yaml_surrogates import has_surrogates, parse_surrogates
from atthene_emulator.limits import CHARACTERS, NESTING, VALUES
from atthene_emulator.secrecy import REDACTED

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
}
_NO_KEY = "A key must be text"
_PERHAPS_TEXT = ("The alias", "The tag", _NO_KEY)  # which may have been meant as text
_YES_AND_NO = frozenset(("yes", "no"))  # the two keys that the language has and YAML 1.1 reads as booleans
_DECLARED_TAG = re.compile(r"(?:\A|[\r\n\x85\u2028\u2029])%TAG\b")
_JOINED = "All of it stands in one line: curl -d takes line breaks away; send it with --data-binary."
_JOINED_KEYS = 3  # that stand in a text which was hardly written in one line
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def read_yaml(data: bytes, max_nodes: int = VALUES.most) -> Document:
    """Read one YAML document.

    Raises:
        Unreadable: with code, sentence and place.
    """
    text = decode(data)
    _refuse_declared_tags(text)
    builder = _Builder(max_nodes, max(len(text), CHARACTERS.most))
    try:
        value = builder.build(_events(text))
    except yaml.YAMLError as error:
        raise _syntax(text, error) from None
    except Unreadable as error:
        raise _as_text(text, error) from None
    if "\\u" in text or "\\U" in text:
        for found in _strings(value):
            check_encodable(found)

    def locate(paths: Collection[Path]) -> Places:
        return {path: builder.places[path] for path in paths if path in builder.places}

    return Document(value, text, locate, frozenset(builder.unquoted))


def _refuse_declared_tags(text: str) -> None:
    """Refuse tags before the scanner reads them: it takes a time that grows with the square of their number."""
    found = _DECLARED_TAG.search(text)
    if found is not None:
        mark = Mark(text.count("\n", 0, found.end()) + 1, 1)
        raise Unreadable("Y105", "Tags are not allowed, nor is %TAG, which declares one; take this line out.", mark)


def _events(text: str) -> Iterator[Any]:
    if has_surrogates(text):
        return parse_surrogates(text, _LOADER)
    events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
    return events


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _at(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)


class _Size(NamedTuple):
    """What a value comes to once its aliases are followed: values, characters of text, levels below it."""

    nodes: int
    characters: int
    depth: int = 0

    def with_child(self, child: "_Size") -> "_Size":
        """The size of a container once it holds one more value."""
        return _Size(self.nodes + child.nodes, self.characters + child.characters, max(self.depth, child.depth + 1))


class _Open:
    """A mapping or sequence that is being built."""

    __slots__ = ("anchor", "key", "key_mark", "keys", "path", "size", "start", "value")

    def __init__(self, value: Any, path: Path, anchor: str | None, start: Mark) -> None:
        self.value = value
        self.path = path
        self.anchor = anchor
        self.start = start
        self.key: str | None = None
        self.key_mark: Mark | None = None
        self.keys: dict[str, Mark] = {}
        self.size = _Size(1, 0, 1)


class _Builder:
    """Builds values from parser events, so that depth, size and aliases are bounded while reading."""

    def __init__(self, max_nodes: int, max_characters: int) -> None:
        self.places: dict[Path, Place] = {}
        self.unquoted: set[Path] = set()
        self._max_nodes = max_nodes
        self._max_characters = max_characters
        self._anchors: dict[str, tuple[Any, _Size]] = {}
        self._open: list[_Open] = []
        self._root: Any = None
        self._documents = 0
        self._has_root = False

    def build(self, events: Iterator[Any]) -> Any:
        for event in events:
            match event:
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._begin(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._end()
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.DocumentStartEvent():
                    self._document(event)
        if not self._has_root:
            raise Unreadable("Y102", "The document is empty, or holds comments only; write a mapping.")
        return self._root

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Unreadable("Y103", "A second document starts here; send one document.", _at(event.start_mark))

    def _path(self) -> Path:
        if not self._open:
            return ()
        top = self._open[-1]
        return (*top.path, len(top.value)) if isinstance(top.value, list) else (*top.path, top.key or "")

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _quoted(self, text: str, most: int = 60) -> str:
        """A text that stands at the path for a sentence, unless it may be a secret."""
        return REDACTED if is_below_secret(self._path()) else brief(text, most)

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None and event.tag != "!":
            raise Unreadable(
                "Y105",
                f"The tag {self._quoted(event.tag)} is not allowed; write the plain value.",
                _at(event.start_mark),
                self._path(),
            )

    def _scalar(self, event: Any) -> None:
        self._refuse_tag(event)
        mark = _at(event.start_mark)
        if self._wants_key():
            self._key(event.value, mark)
            if event.value in _YES_AND_NO and not event.style:
                self.unquoted.add(self._path())
            if event.anchor:
                self._anchors[event.anchor] = (event.value, _Size(1, len(event.value)))
            return
        plain = event.implicit[0] and event.style in (None, "")
        value = self._plain(event.value, mark) if plain else event.value
        size = _Size(1, len(event.value))
        if event.anchor:
            self._anchors[event.anchor] = (value, size)
        self._add(value, mark, size)

    def _key(self, key: str, mark: Mark) -> None:
        top = self._open[-1]
        first = top.keys.get(key)
        if first is not None:
            raise Unreadable(
                "Y104",
                f"The key {brief(key)!r} stands twice in one mapping, first on line {first.line}, column {first.column}; "
                "keep one of them.",
                mark,
                (*top.path, key),
            )
        top.keys[key] = mark
        top.key, top.key_mark = key, mark
        top.size = top.size._replace(characters=top.size.characters + len(key))

    def _plain(self, text: str, mark: Mark) -> Any:
        """The value of an unquoted scalar."""
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if text in _NULLS:
            return None
        if _INTEGER.fullmatch(text):
            number = int(text, 0) if text[:2] in ("0o", "0x") else int(text) if len(text) < 21 else 2**64  # noqa: PLR2004
            if -(2**63) <= number < 2**64:
                return number
            raise Unreadable(
                "Y106", f"The number {self._quoted(text, 20)} does not fit into 64 bits.", mark, self._path()
            )
        if _FLOAT.fullmatch(text):
            real = float(text)
            if abs(real) != float("inf"):
                return real
        elif not _NOT_FINITE.fullmatch(text):
            return text
        raise Unreadable(
            "Y106", f"{self._quoted(text, 20)} is not a finite number; quote it to mean the text.", mark, self._path()
        )

    def _begin(self, event: Any) -> None:
        self._refuse_tag(event)
        mark = _at(event.start_mark)
        if self._wants_key():
            raise Unreadable("Y103", f"{_NO_KEY}, not a list or a mapping.", mark, self._open[-1].path)
        if len(self._open) >= NESTING.most:
            raise too_deep(mark)
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(value, self._path(), event.anchor, mark))

    def _end(self) -> None:
        done = self._open.pop()
        if done.anchor:
            self._anchors[done.anchor] = (done.value, done.size)
        self._add(done.value, done.start, done.size)

    def _alias(self, event: Any) -> None:
        mark = _at(event.start_mark)
        if self._wants_key():
            raise Unreadable("Y103", f"{_NO_KEY}, not an alias.", mark, self._open[-1].path)
        if event.anchor not in self._anchors:
            raise Unreadable(
                "Y103",
                f"The alias *{self._quoted(event.anchor)} names no anchor that is complete above it; define it first.",
                mark,
                self._path(),
            )
        value, size = self._anchors[event.anchor]
        self._add(value, mark, size)

    def _add(self, value: Any, mark: Mark, size: _Size) -> None:
        """Put a finished value into the open container; `size` counts what aliases would expand to."""
        path = self._path()
        if not self._open:
            self._root, self._has_root = value, True
            self.places[path] = Place(mark)
            return
        top = self._open[-1]
        top.size = top.size.with_child(size)
        if len(self._open) + size.depth > NESTING.most:
            raise too_deep(mark)
        if max(top.size.nodes, len(self.places)) > self._max_nodes or top.size.characters > self._max_characters:
            raise Unreadable(
                "Y109",
                f"The document holds more than {self._max_nodes:,} values or {self._max_characters:,} characters once its "
                "aliases are followed; that is more than is accepted.",
                mark,
            )
        self.places[path] = Place(mark, top.key_mark)
        if isinstance(top.value, list):
            top.value.append(value)
            return
        key, top.key = top.key or "", None
        if key == "<<":
            self._merge(top.value, value, mark)
        else:
            top.value[key] = value

    def _merge(self, into: dict[str, Any], value: Any, mark: Mark) -> None:
        """A merge key: what the mapping says itself wins, then the earlier of several."""
        sources = value if isinstance(value, list) else [value]
        for source in sources:
            if not isinstance(source, dict):
                raise Unreadable("Y103", "<< takes a mapping or a list of mappings.", mark, self._path())
            for key, item in source.items():
                into.setdefault(key, item)


_NO_COLON, _NO_MAPPING = "could not find expected ':'", "mapping values are not allowed"
_HINTS = (
    ("cannot start any token", "\t", "A tab stands here; YAML is indented with spaces only."),
    ("found a tab character", "", "A tab stands here; YAML is indented with spaces only."),
    (
        _NO_MAPPING,
        "",
        "A colon starts a mapping where none can be; quote the text or check the indentation.",
    ),
    ("did not find expected key", "", "The indentation does not fit the lines above; line it up with its neighbours."),
    (
        _NO_COLON,
        "",
        "This line has no colon; write `key: value`, or indent it if it belongs to the text above.",
    ),
    ("did not find expected '-' indicator", "", "The indentation does not fit the list above; line the dashes up."),
    (
        "did not find expected ','",
        "",
        "A list in [ ] or a mapping in { } ends without its bracket, or lacks a comma here.",
    ),
    ("found unexpected end of stream", "", "The text ends inside a quoted string; close the quote."),
    ("found undefined alias", "", "This alias names no anchor above it."),
)


def _as_text(text: str, error: Unreadable) -> Unreadable:
    """The same mistake, and what to write if a text was meant."""
    meant = remedy(text, error.mark) if error.message.startswith(_PERHAPS_TEXT) else None
    if meant is None:
        return error
    also = f"{error.message.removesuffix('.')}; to mean the text, write {meant.written}."
    said = str(meant) if error.message.startswith(_NO_KEY) else also
    return Unreadable(error.code, said, error.mark, error.path)


def _syntax(text: str, error: yaml.YAMLError) -> Unreadable:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    place = _at(mark) if mark is not None else None
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        place = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
        problem = f"the character {chr(error.character) if isinstance(error.character, int) else error.character!r} is not allowed"
    if "maximum nesting depth" in problem:  # the scanner reads ahead of the events, and gives up before we do
        return too_deep(place)
    if "found unexpected end of stream" in problem and "quoted" in str(getattr(error, "context", "")):
        opened = _at(error.context_mark)  # type: ignore[attr-defined]  # of a marked error
        return Unreadable("Y103", "The quote that opens here is never closed; close it.", opened)
    if _NO_COLON in problem:  # which the parser misses where the next line begins
        place = _at(error.context_mark)  # type: ignore[attr-defined]  # of a marked error
    meant = _JOINED if _is_joined(text) else remedy(text, place)
    if meant is not None:
        return Unreadable("Y103", str(meant), place)
    spaced = with_space(text, place) if place is not None and (_NO_COLON in problem or _NO_MAPPING in problem) else None
    if spaced is not None:
        return Unreadable("Y103", f"A space is missing after the colon; write {spaced.written}.", spaced.mark)
    here = text[mark.index : mark.index + 1] if mark is not None else ""
    for fragment, needs, sentence in _HINTS:
        if fragment in problem and needs in ("", here):
            return Unreadable("Y103", sentence, place)
    return Unreadable("Y103", f"This is not YAML: {problem}.", place)


def _is_joined(text: str) -> bool:
    """Whether these were several lines, of which a client has taken the ends away."""
    return "\n" not in text.strip() and not text.startswith(("{", "[")) and text.count(": ") >= _JOINED_KEYS


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # either is one
    """Writes texts of several lines as blocks, and quotes every other text that a reader might take for something else."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # nothing is written as an alias
        """Write equal parts out."""
        return True


def _text(dumper: Any, value: str) -> Any:
    style = "|" if "\n" in value else '"' if value in _BOOLEANS or value in _NULLS or _number(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _number(value: str) -> bool:
    return any(form.fullmatch(value) for form in (_INTEGER, _FLOAT, _NOT_FINITE))


_Dumper.add_representer(str, _text)


def write_yaml(value: Any) -> str:
    """A document as YAML that reads as the same value, keys in their order."""
    text: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=2**16)
    return text
