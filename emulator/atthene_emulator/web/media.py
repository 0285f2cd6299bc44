"""What is served by its address alone, without a key: images that were uploaded, and artifacts. This module is both ways.

An address names its namespace, unless that is `default`, and is one that nobody guesses (D107). It is no operation, and does not
stand in the journal.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode

from starlette.responses import Response
from starlette.types import Scope

from atthene_emulator.addresses import MEDIA
from atthene_emulator.domain.artifact import Artifact
from atthene_emulator.domain.artifacts import Address, artifact_at, content_of, sign
from atthene_emulator.domain.emulator import DEFAULT, Emulator
from atthene_emulator.domain.image import Image
from atthene_emulator.domain.images import image_named, name_of
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.errors import ApiError, MethodNotAllowed, NoSuchPath, Unknown
from atthene_emulator.web.download import Download
from atthene_emulator.web.errors import error_response
from atthene_emulator.web.headers import NAMESPACE_PARAMETER

_IMAGES = f"{MEDIA}uploaded_images/"  # documented: rest-api-tutorial@G4
_ARTIFACTS = f"{MEDIA}artifacts/"
_NAMESPACE = NAMESPACE_PARAMETER.decode()
_METHODS = ("GET", "HEAD")
_EXPIRES = re.compile("[0-9]{1,12}")


def image_url(root: str, namespace: Namespace, image: Image) -> str:
    """Where an image is shown, at the server's own origin."""
    return _url(f"{root}{_IMAGES}{name_of(namespace, image)}", namespace)


def artifact_url(root: str, namespace: Namespace, artifact: Artifact) -> str:
    """A fresh address of an artifact, which works for four hours."""
    address = sign(namespace, artifact)
    query = {"expires": str(address.expires), "signature": address.signature}
    return _url(f"{root}{_ARTIFACTS}{quote(artifact.own_name, safe='')}", namespace, query)


def _url(base: str, namespace: Namespace, query: Mapping[str, str] = {}) -> str:
    named = {_NAMESPACE: namespace.name} if namespace.name != DEFAULT else {}
    return f"{base}?{urlencode({**query, **named})}" if query or named else base


def serve_media(scope: Scope, emulator: Emulator) -> Response:
    """What is at an address, or why it is not shown."""
    try:
        return _found(scope, emulator)
    except ApiError as error:
        return error_response(error)


def _found(scope: Scope, emulator: Emulator) -> Response:
    path, method, headers = scope["path"], scope["method"], dict(scope["headers"])
    if method not in _METHODS:
        raise MethodNotAllowed(method, _METHODS)
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    try:
        namespace = emulator.namespace(query.get(_NAMESPACE))
    except Unknown:
        raise NoSuchPath from None  # whether there is one is nobody's business
    if path.startswith(_IMAGES):
        name = path.removeprefix(_IMAGES)
        image = image_named(namespace, name)
        content = namespace.contents.get(image.digest, name)
        response = Download(content, name, headers, method, inline=True, media_type=image.media_type)
    elif path.startswith(_ARTIFACTS):
        artifact = _artifact(namespace, path.removeprefix(_ARTIFACTS), query)
        response = Download(content_of(namespace, artifact), artifact.name, headers, method, inline=True)
    else:
        raise NoSuchPath
    response.headers["Cross-Origin-Resource-Policy"] = (
        "cross-origin"  # pages of any origin may show it, as those of the service
    )
    return response


def _artifact(namespace: Namespace, name: str, query: Mapping[str, str]) -> Artifact:
    expires = query.get("expires", "")
    address = Address(int(expires) if _EXPIRES.fullmatch(expires) else 0, query.get("signature", ""))
    return artifact_at(namespace, name.partition(".")[0], address)
