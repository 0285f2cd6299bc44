"""Exceptions becoming responses. This module is the one place where they do."""

from starlette.responses import Response

from emulator.configuration.accepted import InvalidConfiguration
from emulator.configuration.document import Unreadable
from emulator.configuration.findings import errors, from_unreadable
from emulator.errors import ApiError, EmulatorError, InternalFault, InvalidRequest
from emulator.web import wire


def as_api_error(error: EmulatorError) -> ApiError:
    """What a client is told of any exception raised on purpose."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, InvalidConfiguration):
        return InvalidRequest("The configuration is invalid", [finding.problem() for finding in errors(error.findings)])
    if isinstance(error, Unreadable):
        finding = from_unreadable(error)
        place = f" (line {error.mark.line}, column {error.mark.column})" if error.mark else ""
        return InvalidRequest(f"The body cannot be read: {error.message}{place}", [finding.problem()])
    return InternalFault(str(error))


def error_response(error: ApiError) -> Response:
    """The error in the service's envelope."""
    body = wire.encode(wire.error(error.type, error.message, error.problems))
    return Response(body, error.status, error.headers, "application/json")
