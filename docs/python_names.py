"""What the Python package offers, as its docstrings say it. This module is those tables."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields

from atthene_emulator.client import EmulatorNamespace
from atthene_emulator.settings import Settings
from docs.entries import linked
from docs.markdown import table

_ATTRIBUTE = re.compile(r"^ {8}(\w+): (.+(?:\n {12}.+)*)", re.MULTILINE)


def client() -> str:
    """Every public method of a namespace's client; the client of an emulator has most of them."""
    return table(("method", "does"), *_methods())


def _methods() -> Iterator[tuple[str, str]]:
    for name, method in inspect.getmembers(EmulatorNamespace, inspect.isfunction):
        if not name.startswith("_"):
            summary = (inspect.getdoc(method) or "").splitlines()[0]
            yield f"`.{name}({', '.join(_arguments(inspect.signature(method)))})`", linked(summary)


def _arguments(signature: inspect.Signature) -> Iterator[str]:
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    for one in [*signature.parameters.values()][1:]:
        default = "" if one.default is inspect.Parameter.empty else f"={one.default!r}"
        yield f"{marks.get(one.kind, '')}{one.name}{default}"


def settings() -> str:
    """Every setting that a server, an application and a project's tests can be given."""
    said = {name: " ".join(text.split()) for name, text in _ATTRIBUTE.findall(Settings.__doc__ or "")}
    rows = (
        (f"`{one.name}`", said[one.name], "" if one.default is MISSING else f"`{one.default!r}`")
        for one in fields(Settings)
        if one.name != "rulings"  # what observations come to
    )
    return table(("setting", "is", "default"), *rows)
