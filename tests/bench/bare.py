"""The baseline: a bare Starlette application that answers bodies of the same size as the emulator's.

It has the routes that are measured and nothing else; JSON is Starlette's own. This module is what every ratio is to.
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.bench.payloads import CREATED, EXECUTED, SESSION


async def get_session(_: Request) -> JSONResponse:
    return JSONResponse(SESSION)


async def create_session(request: Request) -> JSONResponse:
    await request.json()
    return JSONResponse(CREATED, 201)


async def execute(request: Request) -> JSONResponse:
    await request.json()
    return JSONResponse(EXECUTED)


app = Starlette(
    routes=[
        Route("/api/v1/sessions/", create_session, methods=["POST"]),
        Route("/api/v1/sessions/{session_id}/", get_session),
        Route("/api/v1/runtime/{session_id}/execute/", execute, methods=["POST"]),
    ]
)
