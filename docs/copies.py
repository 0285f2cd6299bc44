"""Pages that are made of other files: a copy of the package's README, and the index for programs. This module is both."""

import re
from collections.abc import Iterator
from pathlib import Path

from docs.markdown import body

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PACKAGE = ROOT / "clients/typescript/README.md"
TYPESCRIPT = DOCS / "reference/typescript.md"
INDEX = DOCS / "llms.txt"
_PARTS = {"": "Begin", "how-to": "Do something", "reference": "Look something up", "explanation": "Understand"}


def typescript() -> str:
    """The page on the package for Node.js: what the package itself says of it."""
    title, _, rest = PACKAGE.read_text(encoding="utf-8").partition("\n\n")
    said = (
        "This page has everything of the package `atthene-emulator` for Node.js and TypeScript, as its README says it."
    )
    return f"{title}\n\n{said}\n\n{rest}"


def index(texts: dict[Path, str]) -> str:
    """A line for each page: its title, its address and its first sentence."""
    lines = ["# Atthene emulator", "", "> A local server that behaves like the Atthene Sessions API (Artaios)."]
    for folder, title in _PARTS.items():
        lines += ["", f"## {title}", ""]
        for path, text in sorted(texts.items()):
            if path.parent == DOCS / folder and path.name != "index.md":
                lines.append(f"- [{_title(text)}]({path.relative_to(DOCS).as_posix()}): {_first_sentence(text)}")
    return "\n".join(lines) + "\n"


def _title(text: str) -> str:
    return body(text).splitlines()[0].removeprefix("# ")


def _first_sentence(text: str) -> str:
    paragraph = " ".join(body(text).split("\n\n")[1].split())
    return re.split(r"(?<=[.:]) (?=[A-Z[`])", paragraph)[0].rstrip(":")


def copies(texts: dict[Path, str]) -> Iterator[tuple[Path, str]]:
    """Each file with the text that it should have.

    Args:
        texts: every page below `docs/` by its path, as it should be.
    """
    page = typescript()
    yield TYPESCRIPT, page
    yield INDEX, index({**texts, TYPESCRIPT: page})
