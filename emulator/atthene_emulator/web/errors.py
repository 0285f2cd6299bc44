"""Exceptions becoming responses. This module is the one place where they do."""

from starlette.responses import Response

from atthene_emulator.configuration.accepted import InvalidConfiguration
from atthene_emulator.configuration.document import Unreadable
from atthene_emulator.configuration.findings import errors, from_unreadable
from atthene_emulator.errors import ApiError, EmulatorError, FlatError, InternalFault, InvalidRequest, NotAConfiguration, NotFound
from atthene_emulator.web import wire

_TYPES = {400: InvalidRequest.type, 404: NotFound.type}


def as_api_error(error: EmulatorError) -> ApiError:
    """What a client is told of any exception raised on purpose."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, InvalidConfiguration):
        return NotAConfiguration(
            "The configuration is invalid", [finding.problem() for finding in errors(error.findings)]
        )
    if isinstance(error, Unreadable):
        finding = from_unreadable(error)
        place = f" (line {error.mark.line}, column {error.mark.column})" if error.mark else ""
        return InvalidRequest(f"The body cannot be read: {error.message}{place}", [finding.problem()])
    return InternalFault(str(error))


def error_response(error: ApiError, status: int | None = None, kind: str | None = None) -> Response:
    """The error in the service's envelope, with its own status and type or others.

    Args:
        error: what is answered.
        status: one that was ruled.
        kind: a type in place of the one of the status.
    """
    status = status or error.status
    usual = error.type if status == error.status else _TYPES.get(status, error.type)
    flat = isinstance(error, FlatError)
    body = wire.encode(error.body if flat else wire.error(kind or usual, error.message, error.problems))
    return Response(body, status, error.headers, "application/json")
