"""The baseline: a bare Starlette application that answers bodies of the same size as the emulator's.

It has the routes that are measured and nothing else; JSON is Starlette's own, and frames of the socket are made beforehand.
This module is what every ratio is to.
"""

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.bench.payloads import CREATED, EXECUTED, PIECE, PIECES, RESULT, SESSION, UPLOADED

_PIECE, _RESULT = (json.dumps(frame, separators=(",", ":")) for frame in (PIECE, RESULT))


async def get_session(_: Request) -> JSONResponse:
    return JSONResponse(SESSION)


async def create_session(request: Request) -> JSONResponse:
    await request.json()
    return JSONResponse(CREATED, 201)


async def execute(request: Request) -> JSONResponse:
    await request.json()
    return JSONResponse(EXECUTED)


async def upload(request: Request) -> JSONResponse:
    async with request.form():
        return JSONResponse(UPLOADED, 201)


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    async for message in socket.iter_text():
        if "user_message" in message:
            for _ in range(PIECES):
                await socket.send_text(_PIECE)
            await socket.send_text(_RESULT)


app = Starlette(
    routes=[
        Route("/api/v1/sessions/", create_session, methods=["POST"]),
        Route("/api/v1/sessions/{session_id}/", get_session),
        Route("/api/v1/runtime/{session_id}/execute/", execute, methods=["POST"]),
        Route("/api/v1/files/", upload, methods=["POST"]),
        WebSocketRoute("/ws/amas/", stream),
    ]
)
