"""What commands print: text for people, and JSON. This module is how both are kept from being obeyed by what shows them."""

import json
import re
from typing import Any

import click

_COMMAND = r"##(?=\w*\[)"


def say(text: str, *, err: bool = False) -> None:
    """Print lines for people; characters that a terminal, or the log of a workflow, would obey are shown as escapes."""
    from atthene_emulator.wording import printable_lines  # noqa: PLC0415  # not for --help

    click.echo(printable_lines(text), err=err)


def json_text(value: Any, indent: int | None = 2) -> str:
    """JSON that reads as the same value, with letters as they are, and escapes for what would be obeyed."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    if not text.isprintable():
        text = "".join(one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in text)
    return re.sub(_COMMAND, r"#\\u0023", text) if "##" in text else text
