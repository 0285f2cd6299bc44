"""The parsers of HTTP. This module is the choice between them."""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

from atthene_emulator.protocol.port import Port


def connections_of(port: Port) -> Callable[..., Any]:
    """What makes the connections of a port: with httptools if it is installed, which is quicker, else with h11."""
    if find_spec("httptools") is not None:
        from atthene_emulator.protocol.with_httptools import HttptoolsConnection  # noqa: PLC0415  # only if it is used

        return partial(HttptoolsConnection, port)
    from atthene_emulator.protocol.with_h11 import H11Connection  # noqa: PLC0415  # only if it is used

    return partial(H11Connection, port)
