"""Tables: what is read of CSV and JSON, and how their rows are written into chunks. This module is both."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from atthene_emulator.knowledge.strategy import Rows
from atthene_emulator.limits import TABLE_VALUES

_BEFORE_VALUES = ",\n\r[{"  # there are at most as many values as of these, and one more


class Table(NamedTuple):
    """Rows with as many values as there are columns."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def table(kind: str, text: str) -> Table | None:
    """The table that a text is; None if it is none.

    Args:
        kind: of the file: `csv`, whose first row has the names of its columns, or `json`, which is a list of objects.
        text: what was read of it.
    """
    if sum(map(text.count, _BEFORE_VALUES)) > TABLE_VALUES.most:
        return None
    if kind == "csv":
        return _of_csv(text)
    return _of_json(text) if kind == "json" else None


def _of_csv(text: str) -> Table | None:
    import csv  # noqa: PLC0415  # only where a table is cut
    from io import StringIO  # noqa: PLC0415

    try:
        columns, *rows = (row for row in csv.reader(StringIO(text, newline="")) if row)
    except (csv.Error, ValueError):  # a value that is too long, or not even a first row
        return None
    width = max(map(len, [columns, *rows]))
    if _is_mostly_empty(width, len(rows), text):
        return None
    return Table(_filled(columns, width), [_filled(row, width) for row in rows])


def _filled(row: Sequence[str], width: int) -> tuple[str, ...]:
    return (*row, *[""] * (width - len(row)))


def _of_json(text: str) -> Table | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        return None
    columns = tuple(dict.fromkeys(name for one in value for name in one))
    if _is_mostly_empty(len(columns), len(value), text):
        return None
    return Table(columns, [tuple(_text(one.get(name)) for name in columns) for one in value])


def _is_mostly_empty(width: int, height: int, text: str) -> bool:
    """Whether there would be more values than the text has characters, so that it is none to be written row by row."""
    return width * height > len(text)


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def batches(found: Table, rows: Rows) -> Iterator[str]:
    """The rows of a table, so many in each text: the values of the content column if there is one, else all with their names."""
    column = found.columns.index(rows.content_column) if rows.content_column in found.columns else None
    remaining = iter(found.rows)
    while batch := list(islice(remaining, rows.batch)):
        if column is None:
            yield _written([found.columns, *batch], as_markdown=rows.as_markdown)
        elif any(row[column].strip() for row in batch):
            yield "\n".join(row[column] for row in batch)


def _written(rows: Sequence[Sequence[str]], *, as_markdown: bool) -> str:
    if as_markdown:
        first, *rest = (f"| {' | '.join(_cell(value) for value in row)} |" for row in rows)
        return "\n".join([first, f"|{' --- |' * len(rows[0])}", *rest])
    import csv  # noqa: PLC0415  # only where a table is cut
    from io import StringIO  # noqa: PLC0415

    written = StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue().rstrip("\n")


def _cell(value: str) -> str:
    return " ".join(value.replace("|", "\\|").split())
