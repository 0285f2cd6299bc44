"""Configurations that were accepted: validated once, shared by every session that uses them.

This module is the way from a body to a `Configuration`, and the memory of bodies seen before.
"""

import json
from collections import OrderedDict
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from atthene_emulator.configuration.document import Document, Media, Path, Unreadable
from atthene_emulator.configuration.findings import Finding, codes, errors, from_unreadable, located
from atthene_emulator.configuration.hashing import digest
from atthene_emulator.configuration.json_text import read_json
from atthene_emulator.configuration.language import Language
from atthene_emulator.configuration.validation import validate
from atthene_emulator.errors import EmulatorError
from atthene_emulator.limits import ACCEPTED, UNREAD, VALUES

if TYPE_CHECKING:
    from atthene_emulator.configuration.system import System

UNKNOWN_KEY = "F112"
_PARSED = 3  # bytes in memory for each byte of a document
_REMEMBERED = 2_000  # bytes of one that is remembered, however short it is


class Configuration:
    """A valid configuration.

    Attributes:
        text: the document as compact JSON, keys in the user's order: what is echoed.
        name: what the document calls itself.
        digest: 64 hexadecimal digits, equal for equal documents (D15).
        warnings: codes of the warnings about it, in order, without repetition.
        unknown: those of them that are about keys that nobody reads.
    """

    __slots__ = ("__dict__", "digest", "name", "text", "unknown", "warnings")

    def __init__(
        self, value: Mapping[str, Any], warnings: tuple[str, ...] = (), unknown: tuple[Finding, ...] = ()
    ) -> None:
        self.text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        self.name: str = value["name"]
        self.digest = digest(value)
        self.warnings = warnings
        self.unknown = unknown

    @property
    def weight(self) -> int:
        """How many bytes it takes, roughly, once its typed view was read."""
        return _PARSED * len(self.text)

    @property
    def value(self) -> dict[str, Any]:
        """A fresh copy of the document."""
        copy: dict[str, Any] = json.loads(self.text)
        return copy

    @cached_property
    def system(self) -> "System":
        """The typed view, read on first use."""
        from atthene_emulator.configuration.system import read_system  # noqa: PLC0415  # starting is quicker without

        return read_system(self.value)


class InvalidConfiguration(EmulatorError):
    """The document has errors. `findings` holds them and the warnings, best first."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{len(errors(findings))} mistakes in the configuration")
        self.findings = findings


def read(data: bytes, media: Media, nodes: int = VALUES.most) -> Document:
    """Read a document of either kind, of so many values at most.

    Raises:
        Unreadable: the text is not a document.
    """
    if media == "json":
        return read_json(data, nodes)
    from atthene_emulator.configuration.yaml_text import read_yaml  # noqa: PLC0415  # a quarter of the start, if it is used

    return read_yaml(data, nodes)


def examine(data: bytes, media: Media, language: Language) -> tuple[Finding, ...]:
    """Every finding of a text, with its place."""
    try:
        document = read(data, media)
    except Unreadable as error:
        return (from_unreadable(error),)
    return located(validate(document.value, language, document.unquoted), document)


def accepted(value: Any, language: Language, unquoted: Collection[Path] = ()) -> Configuration:
    """A value as a configuration; `unquoted` as `validate` has it.

    Raises:
        InvalidConfiguration: it has errors.
    """
    findings = validate(value, language, unquoted)
    if errors(findings):
        raise InvalidConfiguration(findings)
    unknown = [finding for finding in findings if finding.code == UNKNOWN_KEY]
    return Configuration(value, codes(findings), tuple(unknown[: UNREAD.most]))


def accepted_text(data: bytes, media: Media, language: Language) -> Configuration:
    """A whole body as a configuration.

    Raises:
        Unreadable: the text is not a document.
        InvalidConfiguration: the document has errors.
    """
    document = read(data, media)
    return accepted(document.value, language, document.unquoted)


_Key = tuple[bytes, Media, Language]  # what an acceptance depends on


def _weight(key: _Key, configuration: Configuration) -> int:
    return _REMEMBERED + len(key[0]) + configuration.weight


class Acceptance:
    """Accepts configurations, and remembers the texts that it accepted before.

    The memory is bounded by the bytes of those texts and of what was made of them, roughly; the least recently used leave first.
    """

    def __init__(self, max_bytes: int = ACCEPTED.most) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._known: OrderedDict[_Key, Configuration] = OrderedDict()

    def accept_text(self, data: bytes, media: Media, language: Language) -> Configuration:
        """Accept a whole body.

        Raises:
            Unreadable: the text is not a document.
            InvalidConfiguration: the document has errors.
        """
        return self.known(data, media, language) or self.remember(
            data, media, language, accepted_text(data, media, language)
        )

    def known(self, data: bytes, media: Media, language: Language) -> Configuration | None:
        """What is remembered of a body; None for one that was not accepted before."""
        key = data, media, language
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
        return known

    def remember(self, data: bytes, media: Media, language: Language, configuration: Configuration) -> Configuration:
        """Know a body from now on, and the configuration that was accepted for it; that configuration."""
        key = data, media, language
        if key in self._known:
            return self._known[key]
        self._known[key] = configuration
        self._bytes += _weight(key, configuration)
        while self._bytes > self._max_bytes:
            self._bytes -= _weight(*self._known.popitem(last=False))
        return configuration

    def accept(self, value: Any, language: Language) -> Configuration:
        """As `accepted`."""
        return accepted(value, language)
