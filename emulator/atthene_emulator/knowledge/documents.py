"""What can be read of a file: text of `txt md csv json html`. This module is that reading."""

import codecs
import re
from collections.abc import Callable, Mapping
from pathlib import PurePath

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PARAGRAPHS = frozenset((
    "address", "article", "aside", "blockquote", "body", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "head", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "title", "tr", "ul",
))  # fmt: skip
_BREAKS = frozenset(("br", "td", "th", "option"))
_WITHOUT_TEXT = frozenset(("script", "style"))


def text_of(name: str, data: bytes) -> str | None:
    """The text of a file; None where none can be read.

    What kind of file it is, its name says, in any case. Bytes that are no text become replacement characters.

    Args:
        name: such as `manual.md`.
        data: its bytes.
    """
    read = _READERS.get(extension_of(name))
    return None if read is None else read(_decoded(data))


def has_text(name: str) -> bool:
    """Whether `text_of` can read a file of this name."""
    return extension_of(name) in _READERS


def extension_of(name: str) -> str:
    """What a file's name ends in, in lower case and without the dot; may be empty."""
    return PurePath(name).suffix.removeprefix(".").lower()


def _decoded(data: bytes) -> str:
    """UTF-8, but for what begins as spreadsheets save it; the mark at the beginning is no text."""
    mark, encoding = next((one for one in _BOMS if data.startswith(one[0])), (b"", "utf-8"))
    return data[len(mark) :].decode(encoding, "replace")


def _as_it_stands(text: str) -> str:
    return text


def _without_tags(text: str) -> str:
    """The text of a page, without tags, scripts and styles; blocks are paragraphs.

    The parser is fed once and never told that the page ends, since it looks through all the rest again for each thing that
    is not closed there. So what stays open is left out, as browsers do.
    """
    from html.parser import HTMLParser  # noqa: PLC0415  # only where a page is read

    class Page(HTMLParser):
        """Collects the text."""

        def __init__(self) -> None:
            super().__init__()
            self.parts: list[str] = []
            self._is_hidden = False

        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
            self._is_hidden = tag in _WITHOUT_TEXT
            self._separate(tag)

        def handle_endtag(self, tag: str) -> None:
            self._is_hidden = False
            self._separate(tag)

        def handle_data(self, data: str) -> None:
            if not self._is_hidden:
                self.parts.append(re.sub(_BLANKS, " ", data))

        def _separate(self, tag: str) -> None:
            if tag in _PARAGRAPHS:
                self.parts.append("\n\n")
            elif tag in _BREAKS:
                self.parts.append("\n")

    page = Page()
    try:
        page.feed(f"{text}\n")  # else an "&" in the last words would wait for more
    except AssertionError:  # of the parser, about declarations that it does not know
        page.parts = [re.sub(_TAG, " ", text)]
    return re.sub(_BLANKS, _gap, "".join(page.parts)).strip()


def _gap(blanks: re.Match[str]) -> str:
    lines = blanks[0].count("\n")
    return "\n\n" if lines > 1 else "\n" if lines else " "


_BLANKS = r"\s+"
_TAG = r"<[^<>]*>"

_READERS: Mapping[str, Callable[[str], str]] = {
    "txt": _as_it_stands,
    "md": _as_it_stands,
    "csv": _as_it_stands,
    "json": _as_it_stands,
    "html": _without_tags,
}
