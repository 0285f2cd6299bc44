"""What is found beside the API: the index at the root, pages for people, the icon. This module is that.

None of it is an operation, and none of it stands in the journal.
"""

from starlette.responses import Response
from starlette.types import Scope

from atthene_emulator import __version__
from atthene_emulator.addresses import API, CONTROL, DOCS
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import NotAdmitted
from atthene_emulator.settings import Settings
from atthene_emulator.web import wire
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.pages import Pages
from atthene_emulator.web.root import root_of

_ROOTS = ("/", API, f"{API}/")
_DOCS = (DOCS, DOCS.removesuffix("/"), f"{DOCS}openapi.json")
_ICON = "/favicon.ico"
PATHS = frozenset((*_ROOTS, *_DOCS, _ICON))


def beside_api(scope: Scope, emulator: Emulator, pages: Pages) -> Response | None:
    """What a request for one of `PATHS` gets; None where the imitated API answers it.

    Somebody who opens an address in a browser gets a page, unless there shall be none; programs that wait for a server ask its
    root, and want 200.
    """
    path, has_pages = scope["path"], not emulator.settings.no_ui
    if scope["method"] not in ("GET", "HEAD"):
        return None
    if path in _ROOTS and not (has_pages and _wants_page(scope)):
        return _index(scope, emulator.settings)
    if not has_pages:
        return Response(None, 204) if path == _ICON else None
    try:
        pages.check_host(scope["headers"])
    except NotAdmitted as refusal:
        return error_response(refusal)
    from atthene_emulator.web import inspector  # noqa: PLC0415  # starting is quicker without

    if path == _ICON:
        return inspector.icon(scope)
    return inspector.docs(scope, emulator) if path in _DOCS else inspector.start(scope, emulator)


def _wants_page(scope: Scope) -> bool:
    """Whether somebody opens a page; programs do not ask for one, and what scripts of pages ask for is no visit."""
    headers = dict(scope["headers"])
    if b"origin" in headers:
        return False
    return b"text/html" in headers.get(b"accept", b"") and headers.get(b"sec-fetch-mode", b"navigate") == b"navigate"


def _index(scope: Scope, settings: Settings) -> Response:
    """What is here, and where."""
    root = root_of(scope, settings)
    told = {
        "name": "Atthene emulator",
        "version": __version__,
        "api": f"{root}{API}",
        "control": f"{root}{CONTROL}",
        "openapi": f"{root}{CONTROL}/openapi.json",
        **({"inspector": f"{root}{CONTROL}/"} if not settings.no_ui else {}),
        "documentation": f"The operations of the API are described at {root}{CONTROL}/openapi.json, which needs no token.",
    }
    return Response(wire.encode(told), media_type="application/json")
