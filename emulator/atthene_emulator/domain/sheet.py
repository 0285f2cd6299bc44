"""The beginning of a table that an artifact is: a CSV file, read within bounds. This module is that table."""

import csv
from collections.abc import Sequence
from io import StringIO
from itertools import islice
from typing import NamedTuple

from atthene_emulator.domain.content import Content
from atthene_emulator.errors import NotPreviewed
from atthene_emulator.knowledge.documents import extension_of
from atthene_emulator.limits import PREVIEW, PREVIEW_COLUMNS, PREVIEW_ROWS

_DELIMITERS = ",;\t"


class Sheet(NamedTuple):
    """A table.

    Attributes:
        name: that of the file, without its extension.
        headers: the first row.
        rows: the others.
    """

    name: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


def read_sheet(name: str, content: Content) -> Sheet:
    """The beginning of a CSV file; the delimiter is the one that its first line has most of (D68).

    Raises:
        NotPreviewed: it is no CSV file, or is malformed.
    """
    if extension_of(name) != "csv":
        raise NotPreviewed
    text = b"".join(content.between(0, PREVIEW.most)).decode("utf-8-sig", "replace")
    lines = [*StringIO(text, newline="")]
    if content.size > PREVIEW.most and len(lines) > 1:  # what is cut off in the middle
        del lines[-1]
    delimiter = max(_DELIMITERS, key=lines[0].count) if lines else ","
    try:
        table = [
            row[: PREVIEW_COLUMNS.most] for row in islice(csv.reader(lines, delimiter=delimiter), PREVIEW_ROWS.most + 1)
        ]
    except csv.Error:
        raise NotPreviewed("This CSV file cannot be read") from None
    headers, *rows = table or [[]]
    return Sheet(name.rpartition(".")[0], headers, rows)
