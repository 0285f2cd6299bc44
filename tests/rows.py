"""Requests made of the rows of the imitated API: paths with their examples filled in, and bodies that they accept."""

from typing import Any

from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations import PATH_PARAMETERS

EXAMPLES = {name: example for name, (_, example) in PATH_PARAMETERS.items()}  # all are in the default seed

UNMET = {"runtime.cancel": 400, "artifacts.remove_from_platform": 404}  # nothing runs, and nothing was taken over


def filled(path: str, **others: str) -> str:
    """A path of the table with its parameters filled in."""
    return path.format(**{**EXAMPLES, **others})


def sent(row: Operation) -> dict[str, Any]:
    """Options of a request with a body that the operation accepts."""
    if row.body is None:
        return {}
    return form_of(row) if row.files else {"json": row.example}


def form_of(row: Operation) -> dict[str, Any]:
    """Options of a request with the form of the operation's example; it is wanted again and again, so it is no file yet."""
    fields = {name: value for name, value in row.example.items() if name not in row.files}
    names = [name for name in row.files if name in row.example]
    filename = f"example.{'svg' if row.group == 'images' else 'txt'}"
    return {"data": fields, "files": {name: (filename, row.example[name].encode()) for name in names}}
