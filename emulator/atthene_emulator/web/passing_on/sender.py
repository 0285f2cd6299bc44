"""What is told of a request that is passed on: who sent it, and how. This module is that header, written and read."""

import secrets
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from atthene_emulator.errors import Misuse

PASSED_ON = b"x-emulator-passed-on"
NOT_MINE = (b"x-emulator-not-mine", b"1")
NOT_MINE_STATUS = 421

_FOREIGN = "X-Emulator-Passed-On is what emulators send one another; leave it out"


def telling(scope: Scope, secret: str, *, expects: bool) -> tuple[bytes, bytes]:
    """The header that a request is passed on with.

    Args:
        scope: of the request, as it came.
        secret: that those who share a store know.
        expects: whether it is not the client that asks for `100 Continue`.

    Raises:
        Misuse: it brings such a header from outside, or was passed on before.
    """
    if any(name == PASSED_ON for name, _ in scope["headers"]):
        raise Misuse(_FOREIGN)
    told = {"client": scope.get("client"), "scheme": scope["scheme"], "server": scope.get("server"), "expects": expects}
    return PASSED_ON, secret.encode() + b" " + orjson.dumps(told)


def received(scope: Scope, secret: str) -> Scope | None:
    """A request as it came to the emulator that has passed it on; None if nobody has.

    Raises:
        Misuse: whoever has sent it does not know the secret.
    """
    given = [value for name, value in scope["headers"] if name == PASSED_ON]
    if not given:
        return None
    known, _, text = given[0].partition(b" ")
    if len(given) > 1 or not secrets.compare_digest(known, secret.encode()):
        raise Misuse(_FOREIGN)
    told = orjson.loads(text)
    ours = (PASSED_ON, b"expect") if told["expects"] else (PASSED_ON,)
    return {
        **scope,
        "client": _address(told["client"]),
        "server": _address(told["server"]),
        "scheme": told["scheme"],
        "headers": [(name, value) for name, value in scope["headers"] if name not in ours],
    }


def _address(told: list[Any] | None) -> tuple[Any, ...] | None:
    return None if told is None else tuple(told)


async def send_not_mine(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  # ASGI has three
    """Answer a request or an upgrade that was passed on for a namespace which is somebody else's: its sender looks again."""
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    headers = [NOT_MINE, (b"content-length", b"0")]
    await send({"type": f"{kind}.start", "status": NOT_MINE_STATUS, "headers": headers})
    await send({"type": f"{kind}.body"})
