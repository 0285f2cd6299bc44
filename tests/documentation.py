"""The pages of the documentation, and their code blocks. This module is how tests read both."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from atthene_emulator.server import EmulatorServer
from docs.markdown import anchor

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FILES = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in FILES}

_FENCE = re.compile(r"^(`{3,})([^\n]*)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """A block of code of a page."""

    page: str
    line: int
    language: str
    text: str

    @property
    def name(self) -> str:
        """Where it stands."""
        return f"{self.page.removeprefix('docs/')}:{self.line}"


def _blocks() -> Iterator[Block]:
    for page, text in TEXTS.items():
        for found in _FENCE.finditer(text):
            yield Block(page, text.count("\n", 0, found.start()) + 1, found[2], found[3])


BLOCKS = tuple(_blocks())


def blocks(*languages: str) -> list[Block]:
    """The code blocks of some languages, of all pages."""
    return [block for block in BLOCKS if block.language in languages]


def shown(language: str, word: str) -> str:
    """The one code block of all pages that has a word."""
    (text,) = {block.text for block in blocks(language) if word in block.text}
    return text


def pointed(text: str, server: EmulatorServer) -> str:
    """A block for the server of the tests, in place of the usual one."""
    return text.replace("localhost:8484", server.url.partition("//")[2])


def prose(text: str) -> str:
    """A page without its code blocks."""
    return _FENCE.sub("", text)


def headings(text: str) -> list[str]:
    """The headings of a page, without their marks."""
    return re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)


def anchors(text: str) -> set[str]:
    """What links may lead to in a page."""
    return {anchor(heading) for heading in headings(text)}
