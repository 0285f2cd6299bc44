"""The inspector: a page of static files that is one more client of the control plane. This module serves it.

The files tell nothing, so whoever may open a page here gets them, without a token; what the page asks for is guarded. No page
of another site can load them, frame them, or keep a handle of their window.
"""

import hashlib
import html
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from atthene_emulator import __version__
from atthene_emulator.addresses import API, CONTROL, DOCS, socket_url
from atthene_emulator.domain.accounts import ApiKey
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import Unknown
from atthene_emulator.evidence.levels import decided
from atthene_emulator.timestamps import format_time
from atthene_emulator.web import wire
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.openapi import openapi, served_at
from atthene_emulator.web.root import root_of
from atthene_emulator.wording import did_you_mean

PAGE = f"{CONTROL}/"
FILES = f"{CONTROL}/inspector/"
_OPENAPI = f"{DOCS}openapi.json"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_FOLDER = Path(__file__).parents[1] / "inspector"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class File(NamedTuple):
    """A file of the page, as it is sent."""

    data: bytes
    media_type: str
    etag: str


@cache
def files() -> Mapping[str, File]:
    """Every file of the page, by its path below `inspector/`; nothing else can be asked for."""
    found = {}
    for path in sorted(_FOLDER.rglob("*")):
        if path.suffix in _TYPES:
            data = path.read_bytes()
            etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
            found[path.relative_to(_FOLDER).as_posix()] = File(data, _TYPES[path.suffix], etag)
    return found


@cache
def _start() -> Template:
    return Template((_FOLDER / "start.template").read_text(encoding="utf-8"))


async def serve_page(scope: Scope, receive: Receive, send: Send) -> None:
    """The page, one of its files, or a 404 as the control plane has it."""
    path: str = scope["path"]
    if path == CONTROL:  # a relative address, so that it holds behind a proxy, too
        response = Response(None, 307, {"Location": PAGE.removeprefix("/")})
    else:
        response = _file(scope, "index.html" if path == PAGE else path.removeprefix(FILES))
    await response(scope, receive, send)


def _file(scope: Scope, name: str) -> Response:
    found = files().get(name)
    if found is None:
        near = did_you_mean(name[:200], tuple(files()), f"; the page is at {PAGE}")
        return error_response(Unknown(f"The inspector has no file {name[:200]}{near}"))
    headers = {**HEADERS, "ETag": found.etag}
    if dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1") == found.etag:
        return Response(None, 304, headers)
    return Response(found.data, 200, headers, found.media_type)


def icon(scope: Scope) -> Response:
    """What browsers ask every server for."""
    return _file(scope, "icon.svg")


def docs(scope: Scope, emulator: Emulator) -> Response:
    """The reference where the service documents a page of its own, whose looks are unknown (D99); its OpenAPI document beside it."""
    if f"{scope['path']}/" == DOCS:
        return Response(None, 307, {"Location": "docs/"})
    if scope["path"] == _OPENAPI:
        contract = emulator.default.contract.name
        document = served_at(root_of(scope, emulator.settings), openapi(contract, emulator.settings.rulings))
        response = Response(wire.encode(document), headers=HEADERS, media_type="application/json")
    else:
        response = _file(scope, "docs.html")
    response.headers["X-Emulator-Evidence"] = decided("D99").level
    return response


def start(scope: Scope, emulator: Emulator) -> Response:
    """What somebody sees who opens the address of the emulator: what it is, how it is called, where to go on."""
    settings = emulator.settings
    root, up = root_of(scope, settings), "../" * (scope["path"].count("/") - 1)
    keys = "" if settings.control_token else "\n".join(map(_key, emulator.default.keys.values()))
    values = {
        "version": __version__,
        "contract": emulator.default.contract.name,
        "seeds": settings.start,
        "base_url": f"{root}{API}",
        "socket_url": socket_url(root),
        "example": f"curl -H 'x-api-key: {emulator.default.working_key}' {root}{API}/sessions/" if keys else "",
        "page": f"{up}{PAGE[1:]}",
        "files": f"{up}{FILES[1:]}",
        "docs": f"{up}{DOCS[1:]}",
        "openapi": f"{up}{_OPENAPI[1:]}",
    }
    shown = {name: html.escape(value) for name, value in values.items()}
    page = _start().substitute(
        shown, keys=keys, with_keys="" if keys else "hidden", without_keys="hidden" if keys else ""
    )
    return Response(page, 200, HEADERS, _TYPES[".html"])


def _key(key: ApiKey) -> str:
    """A row of the table of keys."""
    notes = [f"expires {format_time(key.expires_at)}"] if key.expires_at is not None else []
    if key.permissions is not None:
        notes.append(f"may use {', '.join(sorted(key.permissions)) or 'nothing'}")
    cells = (key.account.id, key.account.company, "; ".join(notes) or "may do everything")
    told = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    shown = html.escape(key.key)
    return f'<tr><th scope="row"><code>{shown}</code></th>{told}<td><button type="button" data-copy="{shown}">Copy</button></td></tr>'
