"""How pages are written. This module is the Markdown of what is generated."""

import re
from collections.abc import Iterable


def table(*rows: Iterable[str]) -> str:
    """Rows as Markdown; the first one is the head."""
    head, *body = (tuple(row) for row in rows)
    lines = [head, ("---",) * len(head), *body]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def body(text: str) -> str:
    """A page without what stands before its title for programs."""
    return re.sub(r"\A---\n.*?\n---\n\n", "", text, flags=re.DOTALL)


def anchor(heading: str) -> str:
    """The address of a heading in its page, as GitHub and the site have it."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


def block(language: str, text: str) -> str:
    """A text as a block of code; what cannot be shown is escaped."""
    shown = text.encode(errors="backslashreplace").decode().rstrip("\n")
    fence = "````" if "```" in shown else "```"
    return f"{fence}{language}\n{shown}\n{fence}\n"
