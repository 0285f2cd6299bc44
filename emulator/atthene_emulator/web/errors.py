"""Exceptions becoming responses. This module is the one place where they do."""

from starlette.responses import Response

from atthene_emulator.configuration.accepted import InvalidConfiguration
from atthene_emulator.configuration.document import Path, Unreadable
from atthene_emulator.configuration.findings import errors, from_unreadable
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.errors import (
    ApiError,
    EmulatorError,
    FlatError,
    InternalFault,
    InvalidRequest,
    NotAConfiguration,
    NotFound,
)
from atthene_emulator.evidence.pages import page_of
from atthene_emulator.web import wire

ENVELOPE, FLAT = Schema("responses/error"), Schema("responses/flat-error")

_TYPES = {400: InvalidRequest.type, 404: NotFound.type}


def as_api_error(error: EmulatorError, invalid: type[InvalidRequest] = InvalidRequest, inside: Path = ()) -> ApiError:
    """What a client is told of any exception raised on purpose.

    Args:
        error: what was raised.
        invalid: what the operation answers to a body that is not its own.
        inside: where in the body the configuration stands that is spoken of.
    """
    if isinstance(error, ApiError):
        return error
    if isinstance(error, InvalidConfiguration):
        return NotAConfiguration(None, [one.below(*inside).problem() for one in errors(error.findings)])
    if isinstance(error, Unreadable):
        finding = from_unreadable(error)
        place = f" (line {error.mark.line}, column {error.mark.column})" if error.mark else ""
        finding = finding.below(*inside)._replace(message=f"{finding.message}{place}")
        return invalid(None, [finding.problem()])
    return InternalFault(str(error))


def error_response(error: ApiError, status: int | None = None, kind: str | None = None) -> Response:
    """The error with its own status and type or others: in the service's envelope, but for those that are flat.

    Args:
        error: what is answered.
        status: one that was ruled.
        kind: a type in place of the one of the status.
    """
    status = status or error.status
    usual = error.type if status == error.status else _TYPES.get(status, error.type)
    if isinstance(error, FlatError):
        body = error.body
    else:
        body = wire.error(kind or usual, error.message, error.problems, error.members)
    headers = {**error.headers, "X-Emulator-Page": page_of("errors", error.heading())}
    return Response(wire.encode(body), status, headers, "application/json")
