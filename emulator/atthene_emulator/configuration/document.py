"""A document as it was read: its value, its text, and where each part of it stands.

This module is what the readers of JSON and YAML have in common.
"""

from codecs import BOM_UTF8
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, NamedTuple

from atthene_emulator.errors import EmulatorError
from atthene_emulator.limits import NESTING, VALUES

Media = Literal["json", "yaml"]
Path = tuple[str | int, ...]


class Mark(NamedTuple):
    """A place in a text; `line` and `column` count from 1, columns in characters."""

    line: int
    column: int


class Place(NamedTuple):
    """Where a value stands, and its key if it has one."""

    value: Mark
    key: Mark | None = None


Places = Mapping[Path, Place]
Locator = Callable[[Collection[Path]], Places]


class Document(NamedTuple):
    """A readable document.

    Attributes:
        value: plain JSON values only (dict, list, str, int, float, bool, None); finite numbers, text without surrogates.
        text: what was read.
        locate: finds the places of the paths it is given; paths that do not exist are left out.
        unquoted: keys `yes` and `no` that stand without quotes in YAML.
    """

    value: Any
    text: str
    locate: Locator
    unquoted: frozenset[Path] = frozenset()


class Unreadable(EmulatorError):
    """The text is not a document.

    Attributes:
        code: the code of the finding, `Y…`.
        message: what is wrong and how to mend it.
        mark: where, if known.
        path: the path that was reached, if known.
    """

    def __init__(self, code: str, message: str, mark: Mark | None = None, path: Path = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.mark, self.path = code, message, mark, path


def dotted(path: Path) -> str:
    """A path as the service writes it: `agents.0.llm_config.model` (D05b)."""
    return ".".join(map(str, path))


def brief(text: str, most: int = 60) -> str:
    """The text, cut so that a sentence may repeat it."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def too_deep(mark: Mark | None = None) -> Unreadable:
    """The refusal of a document with too many levels (K23)."""
    return Unreadable("Y108", f"The document is nested more than {NESTING.most} levels deep; flatten it.", mark)


def check_size(value: Any, max_nodes: int = VALUES.most) -> None:
    """Refuse what is nested deeper than 64 levels or holds too many values (K23).

    Raises:
        Unreadable: Y108 or Y109.
    """
    level = [value]
    nodes = depth = 0
    while level:
        nodes += len(level)
        if nodes > max_nodes:
            raise Unreadable(
                "Y109", f"The document holds more than {max_nodes:,} values; that is more than is accepted."
            )
        containers = [item for item in level if isinstance(item, dict | list)]
        depth += bool(containers)
        if depth > NESTING.most:
            raise too_deep()
        level = [below for item in containers for below in (item.values() if isinstance(item, dict) else item)]


def check_encodable(text: str, mark: Mark | None = None) -> None:
    """Refuse escaped lone surrogates, which no UTF-8 answer can hold; `mark` is where the text stands.

    Raises:
        Unreadable: Y107.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unreadable(
            "Y107",
            f"The text holds half of a surrogate pair ({error.object[error.start]!a}); write the whole character.",
            mark,
        ) from None


def decode(data: bytes) -> str:
    """Text from UTF-8 bytes, without a byte order mark.

    Raises:
        Unreadable: Y101, with the place of the first wrong byte.
    """
    mark = len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0
    data = data[mark:]
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
        raise Unreadable(
            "Y101",
            f"The text is not UTF-8 (byte 0x{data[error.start]:02x} at offset {error.start + mark}); save it as UTF-8.",
            Mark(before.count(b"\n") + 1, column),
        ) from None
