"""Finding the endpoint of a path by its parts, in one step for each part. This module is that look-up.

A list of routes is tried one after the other; with a dozen of them that costs more than the request itself.
"""

from collections.abc import Awaitable, Mapping
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

_Node = dict[str | int, Any]
_ANY, _END = 0, 1  # no part of a path is a number
_PERCENT = ord("%")  # looking for a number in bytes is the quick way


def _parts(scope: Scope) -> list[str]:
    """The parts of the path, in which a percent-encoded slash does not begin another."""
    raw: bytes = scope.get("raw_path", b"")
    if _PERCENT not in raw:
        path: str = scope["path"]
        return path[1:].removesuffix("/").split("/")
    return [unquote(part) for part in raw.decode("latin-1")[1:].removesuffix("/").split("/")]


class PathTable:
    """An ASGI application that passes requests to others by their path.

    Fixed parts win over parameters. A path works with and without its closing slash (D09).

    Args:
        endpoints: by path, such as `/api/v1/sessions/{session_id}/`.
        default: what answers all other paths.
    """

    def __init__(self, endpoints: Mapping[str, ASGIApp], default: ASGIApp) -> None:
        self._default = default
        self._root: _Node = {}
        for path, endpoint in endpoints.items():
            node = self._root
            names = {}
            for place, part in enumerate(path.strip("/").split("/")):
                if part.startswith("{"):
                    names[part.strip("{}")] = place
                node = node.setdefault(_ANY if part.startswith("{") else part, {})
            node[_END] = (endpoint, tuple(names.items()))

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on, with the values of the parameters in `path_params`."""
        endpoint, scope["path_params"] = self.find(scope)
        return endpoint(scope, receive, send)

    def find(self, scope: Scope) -> tuple[ASGIApp, dict[str, str]]:
        """The endpoint of a request's path, and the values of its parameters."""
        node, parts = self._root, _parts(scope)
        for part in parts:
            node = node.get(part) or (node.get(_ANY) if part else None) or {}
        endpoint, names = node.get(_END, (self._default, ()))
        return endpoint, {name: parts[place] for name, place in names}
