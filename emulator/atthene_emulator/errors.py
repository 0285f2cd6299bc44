"""Every exception that is raised on purpose.

    EmulatorError
    ├── SetupError                   a seed, schema, option or port is wrong: one line, exit 2
    ├── EmulatorUnreachable          no emulator answers where a client asks for one
    ├── EmulatorRefused              a running emulator does not do what its client asks for
    │   └── ServiceRefused           … the imitated API answers with an error
    ├── SocketError                  the live socket answers its client with an error frame
    ├── SocketClosed                 the live socket of a client is closed
    ├── FrameRefused                 a frame of a socket is answered with an error frame
    ├── SocketRefused                a socket is closed with a code
    └── ApiError                     answered on the wire, in the service's envelope
        ├── InvalidRequest           400 validation_error
        │   ├── NotAConfiguration    … "Invalid agent configuration"
        │   ├── NotAMessage          … "Invalid message format"
        │   ├── AlreadyExists        … "Agent with this key already exists"
        │   ├── DuplicateFile        … "File already exists (duplicate detected)"
        │   ├── CollectionExists     … "Collection with this name already exists"
        │   └── KnowledgeBaseExists  … "Knowledge base with this name already exists"
        ├── ContentPolicyRefused     400 content_policy_error
        ├── NotAuthenticated         401 authentication_error
        │   └── NotAUserToken        … of the end user's token
        ├── NotPermitted             403 permission_error
        ├── NotFound                 404 not_found
        │   └── NoSuchPath           … "Not found"
        ├── UpgradeRequired          426 the path of the socket
        ├── MethodNotAllowed         405 method_not_allowed_error
        ├── BodyTooLarge             413 request_too_large_error
        ├── FileTooLarge             413 file_too_large
        ├── UnsupportedMediaType     415 unsupported_media_type_error
        ├── RangeNotSatisfiable      416 range_not_satisfiable_error
        ├── RateLimited              429 rate_limit_error
        ├── InternalFault            500 internal_error
        │   ├── SessionNotCreated    … "Failed to create session"
        │   ├── NotExecuted          500 execution_error
        │   └── NotIngested          500 ingestion_error
        ├── Overloaded               503 overloaded_error
        ├── TimedOut                 504 timeout_error
        ├── FlatError                as newer pages show errors: without the envelope
        │   ├── VariableError        400 variables have no values
        │   │   ├── MissingVariable      MISSING_REQUIRED_VARIABLE
        │   │   └── UncoercibleVariable  TYPE_COERCION_FAILED
        │   ├── NothingRuns          400 no_active_execution
        │   ├── ArtifactError        of artifacts, in a sentence alone
        │   │   ├── NoSuchArtifact       404 "Artifact not found."
        │   │   ├── NotManaged           400 "Only AI-generated artifacts can be managed"
        │   │   └── NotPreviewed         400 "Only CSV files can be previewed"
        │   ├── NotOnPlatform        404 not_found_on_platform
        │   └── WaitingForApproval   409 hitl_session_busy
        └── EmulatorRefusal          emulator_error: ours, never the service's
            ├── Misuse               400 what was sent cannot be used
            ├── TokenWanted          401 the control token is wanted
            ├── NotAdmitted          403 from there it cannot be reached
            ├── Unknown              404 there is nothing of that name
            ├── NothingCame          408 what was waited for has not come
            ├── TooSlow              408 a head or a body does not become complete
            ├── Conflict             409 it is there already, or there are too many
            ├── ContentDropped       410 bytes are no longer kept
            ├── TooManyReaders       429 of events
            ├── HeadTooLarge         431 the first line and the headers
            ├── Unscripted           501 no script says what to answer, or one does not fit
            ├── NoTextSearch         501 nothing can be looked up in knowledge bases
            ├── SentAway             503 the request was ended while it waited
            ├── TooManyConnections   503 none of which can be closed
            ├── TooManyWaiting       503 so many requests wait that no other may
            ├── TooManyUploads       503 so much is being uploaded that no more is held
            ├── NotKept              503 what keeps its state does not keep it
            │   ├── Overtaken        503 another emulator answers for the namespace by now
            │   └── Damaged          503 what it has of one namespace cannot be read
            └── NoRoom               507 so much is kept that no more is

This module is the tree; `web/errors.py` turns it into responses.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from atthene_emulator.evidence.levels import Evidence, decided, documented
from atthene_emulator.limits import MIB, UPLOAD


class Problem(NamedTuple):
    """One mistake in a document: a dotted `field` (list items by index) and a sentence."""

    field: str
    message: str


class EmulatorError(Exception):
    """The root of everything raised on purpose."""


class SetupError(EmulatorError):
    """The emulator cannot start, or cannot load what it was given. The message is one readable paragraph."""


class EmulatorUnreachable(EmulatorError):
    """No emulator answers where a client asks for one; or something else does, or it takes too long."""


class EmulatorRefused(EmulatorError):
    """A running emulator does not do what its client asks for.

    Args:
        status: the HTTP status of the refusal.
        message: what is wrong and what to do, in the emulator's words.
        problems: every mistake that it found; they are part of the text, the first in the first line, the others below.
        details: what else the error has, such as `existing_file_id`.
    """

    def __init__(
        self, status: int, message: str, problems: Sequence[Problem] = (), details: Mapping[str, Any] | None = None
    ) -> None:
        first, *others = (f"{one.field}: {one.message}" for one in problems) if problems else ("",)
        head = f"{message}: {first}" if first else message  # who shows one line shows what is wrong
        super().__init__("\n".join([head, *(f"  {one}" for one in others)]))
        self.status = status
        self.message = message
        self.problems = tuple(problems)
        self.details = {} if details is None else details


class ServiceRefused(EmulatorRefused):
    """The imitated API answers the client's request with an error, of the service or of the emulator."""


class SocketError(EmulatorError):
    """An `error` frame came to a client of the live socket, which lives on.

    Args:
        error_code: such as execution_error [documented: websocket-api@G4].
        message: a sentence for people.
    """

    def __init__(self, error_code: str, message: str) -> None:
        super().__init__(f"{error_code}: {message}")
        self.error_code = error_code
        self.message = message


class SocketClosed(EmulatorError):
    """The live socket of a client is closed.

    Args:
        code: the close code; 1006 where the connection was lost without one.
        reason: a sentence; may be empty.
        waiting: what was waited for, and what came instead.
    """

    def __init__(self, code: int, reason: str, waiting: str = "") -> None:
        said = f"The socket was closed with {code}{f': {reason}' if reason else ''}"
        super().__init__(f"{said}\n{waiting}" if waiting else said)
        self.code = code
        self.reason = reason


class FrameRefused(EmulatorError):
    """A frame of a socket cannot be followed; the socket lives on.

    Args:
        code: `error_code` of the frame that answers it [documented: websocket-api@G4].
        message: a sentence for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class SocketRefused(EmulatorError):
    """A socket is closed as soon as it is open.

    Args:
        code: the close code [documented: websocket-api@G4].
        message: the reason, in a sentence.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ApiError(EmulatorError):
    """An error that a client is told about.

    Args:
        message: a sentence for people; the usual one of its class if there is none.
        problems: every mistake that was found; answered as `error.details.errors`.
    """

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal_error"
    usual: ClassVar[str] = ""
    evidence: ClassVar[Evidence] = decided("D02")
    rule: ClassVar[str | None] = None  # the one of `rulings` that may change its status

    def __init__(self, message: str | None = None, problems: Sequence[Problem] = ()) -> None:
        self.message = message or self.usual
        self.problems = tuple(problems)
        super().__init__(self.message)

    @classmethod
    def heading(cls) -> str:
        """What the reference tells of it under: errors of the service stand together by their types."""
        return cls.type

    @classmethod
    def summary(cls) -> str:
        """When it is answered."""
        return (cls.__doc__ or "").splitlines()[0]

    @property
    def headers(self) -> dict[str, str]:
        """Headers that belong to this error."""
        return {}

    @property
    def members(self) -> dict[str, Any]:
        """What the envelope has beside `type` and `message`; `details` of its own, if there are any, get `errors` besides."""
        return {}


class InvalidRequest(ApiError):
    """The body or the query is wrong; `details.errors` lists `{"field", "message"}` for every mistake."""

    status = 400
    type = "validation_error"
    usual = "Invalid request"
    evidence = decided("D03")


class NotRead(InvalidRequest):
    """In strict mode only: the request says what nobody reads."""


class NotAConfiguration(InvalidRequest):
    """The body is no valid configuration; `details.errors` has the items of validate (D04)."""

    usual = "Invalid agent configuration"
    evidence = documented("agents@G0, sessions@G0")


class NotAMessage(InvalidRequest):
    """The body is no message; `details.errors` says why (D03)."""

    usual = "Invalid message format"
    evidence = documented("runtime@G0")


class AlreadyExists(InvalidRequest):
    """The account has an agent with that key."""

    usual = "Agent with this key already exists"
    evidence = decided("D14")


class DuplicateFile(InvalidRequest):
    """The account has a file with the same bytes.

    Args:
        file_id: its id.
    """

    usual = "File already exists (duplicate detected)"
    evidence = documented("files@G0")

    def __init__(self, file_id: str) -> None:
        super().__init__()
        self.file_id = file_id

    @property
    def members(self) -> dict[str, Any]:
        """Which file."""
        return {"details": {"existing_file_id": self.file_id}}


class CollectionExists(InvalidRequest):
    """The account has a collection of that name."""

    usual = "Collection with this name already exists"
    evidence = documented("collections@G0")


class KnowledgeBaseExists(InvalidRequest):
    """The company has a knowledge base of that name."""

    usual = "Knowledge base with this name already exists"
    evidence = documented("knowledge-bases@G0")


class ContentPolicyRefused(ApiError):
    """As an injected fault only."""

    status = 400
    type = "content_policy_error"
    usual = "The message violates the content policy"
    evidence = decided("D10")


class NotAuthenticated(ApiError):
    """The key is missing, unknown or expired."""

    status = 401
    type = "authentication_error"
    usual = "Invalid or missing authentication credentials"
    evidence = documented("authentication@G4")


class NotAUserToken(NotAuthenticated):
    """`X-External-User-Token` is no JWT that says whose it is."""

    usual = "X-External-User-Token is not a JWT with a claim sub; send header.claims.signature, each in base64url"
    evidence = decided("D65")


class NotPermitted(ApiError):
    """The key may not do this, or the agent is only shared with you (D51)."""

    status = 403
    type = "permission_error"
    usual = "You do not have permission to access this resource"
    evidence = documented("authentication@G4")


class NotFound(ApiError):
    """There is none of that name, or it is another's (D07)."""

    status = 404
    type = "not_found"
    usual = "Not found"
    evidence = documented("agents@G0, sessions@G0, runtime@G0")


class NoSuchPath(NotFound):
    """There is nothing at that path."""

    evidence = decided("D02")


class UpgradeRequired(ApiError):
    """There is a socket at that path, and nothing else."""

    status = 426
    type = "upgrade_required_error"
    usual = "This is the path of a WebSocket; connect to it with ws:// or wss://"
    evidence = decided("D81")

    @property
    def headers(self) -> dict[str, str]:
        """What to upgrade to."""
        return {"Upgrade": "websocket", "Connection": "Upgrade"}


class MethodNotAllowed(ApiError):
    """The path has other methods, which `Allow` names."""

    status = 405
    type = "method_not_allowed_error"
    evidence = decided("D09")
    rule = "D09.method"

    def __init__(self, method: str, allowed: Sequence[str], message: str | None = None) -> None:
        self.allowed = tuple(allowed)
        super().__init__(message or f"Method {method} is not allowed here; allowed: {', '.join(self.allowed)}")

    @property
    def headers(self) -> dict[str, str]:
        """`Allow`, with the methods of the path."""
        return {"Allow": ", ".join(self.allowed)}


class BodyTooLarge(ApiError):
    """The body is over 1 MiB, or over `--max-body`."""

    status = 413
    type = "request_too_large_error"
    usual = "The body is too large"
    evidence = decided("D11")
    rule = "D11"


class FileTooLarge(ApiError):
    """A file that is uploaded is over 50 MB [documented: files@G0; the number D11]."""

    status = 413
    type = "file_too_large"
    usual = "File size exceeds maximum allowed size"
    evidence = decided("D11")

    @property
    def members(self) -> dict[str, Any]:
        """How much it may have."""
        return {"max_size": f"{UPLOAD.most // MIB}MB"}


class UnsupportedMediaType(ApiError):
    """The operation does not take a body of this content type."""

    status = 415
    type = "unsupported_media_type_error"
    usual = "This content type is not accepted; send application/json or application/yaml"
    evidence = decided("D09")
    rule = "D09.media"


class RangeNotSatisfiable(ApiError):
    """A `Range` begins behind the end of what is downloaded (D117).

    Args:
        size: bytes that there are.
    """

    status = 416
    type = "range_not_satisfiable_error"
    evidence = decided("D117")

    def __init__(self, size: int) -> None:
        super().__init__(f"The range begins behind the end: there are {size:,} bytes")
        self.size = size

    @property
    def headers(self) -> dict[str, str]:
        """`Content-Range`, with the bytes that there are."""
        return {"Content-Range": f"bytes */{self.size}"}


class RateLimited(ApiError):
    """The session handles another message, or a rate limit that you set is used up; with `Retry-After`.

    Args:
        message: a sentence for people.
        retry_after: whole seconds, for `Retry-After`.
    """

    status = 429
    type = "rate_limit_error"
    usual = "Rate limit exceeded"
    evidence = decided("D08")

    def __init__(self, message: str | None = None, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """`Retry-After`, in seconds."""
        return {"Retry-After": str(self.retry_after)}


class InternalFault(ApiError):
    """A defect of the emulator, or an injected fault."""

    usual = "Internal server error"
    evidence = decided("D10")


class SessionNotCreated(InternalFault):
    """As an injected fault of create only."""

    usual = "Failed to create session"
    evidence = documented("sessions@G0")


class NotExecuted(InternalFault):
    """As an injected fault of execute only."""

    type = "execution_error"
    usual = "Failed to execute message"
    evidence = documented("runtime@G0")


class NotIngested(InternalFault):
    """As an injected fault of knowledge bases that are created only."""

    type = "ingestion_error"
    usual = "Failed to process documents"
    evidence = documented("knowledge-bases@G0")

    @property
    def members(self) -> dict[str, Any]:
        """How many documents, and why."""
        return {"details": {"failed_documents": 5, "error_messages": [self.usual]}}


class Overloaded(ApiError):
    """As an injected fault only."""

    status = 503
    type = "overloaded_error"
    usual = "The service is overloaded; try again later"
    evidence = decided("D10")


class TimedOut(ApiError):
    """As an injected fault only."""

    status = 504
    type = "timeout_error"
    usual = "The service took too long to answer"
    evidence = decided("D10")


class FlatError(ApiError):
    """An error that newer pages show flat, without the envelope; `body` is all of its answer."""

    type = ""

    @property
    def body(self) -> dict[str, Any]:
        """What is answered: the type and the sentence, unless a page shows something else."""
        return {"error": self.type, "message": self.message}


class VariableError(FlatError):
    """Values of variables cannot be assembled, so nothing runs [documented: variables-in-rest-api@G3; status D34].

    Attributes:
        explanation: what contract `connecting` and sockets say.
    """

    status = 400
    evidence = decided("D34")
    explanation: str

    @property
    def body(self) -> dict[str, Any]:
        """Without the envelope."""
        return {"success": False, "error": self.message, "error_code": self.type}


class MissingVariable(VariableError):
    """A variable that is needed has no value."""

    type = "MISSING_REQUIRED_VARIABLE"

    def __init__(self, name: str) -> None:
        super().__init__(f"Required variable '{name}' not provided")
        self.explanation = self.message


class UncoercibleVariable(VariableError):
    """A value does not become one of the variable's type; contract `connecting` says it as `'score' expected float, got str`."""

    type = "TYPE_COERCION_FAILED"

    def __init__(self, name: str, expected: str, got: str) -> None:
        super().__init__(f"Type coercion failed for variable '{name}'")
        self.explanation = f"'{name}' expected {expected}, got {got}"


class NothingRuns(FlatError):
    """There is nothing to cancel."""

    status = 400
    type = "no_active_execution"
    usual = "No active execution found to cancel"
    evidence = documented("runtime/cancel@G4")


class ArtifactError(FlatError):
    """Something is wrong with an artifact; the sentence is all that is said [documented: artifacts/remove-from-platform@G4]."""

    evidence = documented("artifacts/remove-from-platform@G4")

    @property
    def body(self) -> dict[str, Any]:
        """Without the envelope."""
        return {"error": self.message}


class NoSuchArtifact(ArtifactError):
    """The session has no such artifact."""

    status = 404
    type = usual = "Artifact not found."


class NotManaged(ArtifactError):
    """Somebody has uploaded the artifact; only those of agents are taken over as files."""

    status = 400
    type = usual = "Only AI-generated artifacts can be managed"


class NotPreviewed(ArtifactError):
    """There is no preview of such a file (D68)."""

    status = 400
    type = usual = "Only CSV files can be previewed"
    evidence = decided("D68")


class NotOnPlatform(FlatError):
    """The artifact is not among the files."""

    status = 404
    type = "not_found_on_platform"
    usual = "Artifact is not saved to Knowledge Base"
    evidence = documented("artifacts/remove-from-platform@G4")


class WaitingForApproval(FlatError):
    """The session is paused until a person has answered [documented: human-in-the-loop@G4; over REST D56]."""

    status = 409
    type = "hitl_session_busy"
    usual = "This session is waiting for a human-in-the-loop response."
    evidence = decided("D56")


class EmulatorRefusal(ApiError):
    """Something the emulator itself refuses; the service knows no such error."""

    type = "emulator_error"

    @classmethod
    def heading(cls) -> str:
        """Its name: each stands by itself."""
        return cls.__name__


class Misuse(EmulatorRefusal):
    """What was sent to the emulator cannot be used."""

    status = 400


class TokenWanted(EmulatorRefusal):
    """The control plane wants its token, or a namespace that is named its key or the token (D130)."""

    status = 401
    usual = "The control plane wants Authorization: Bearer with the control token"


class NotAdmitted(EmulatorRefusal):
    """From there it cannot be reached.

    Args:
        message: a sentence for people.
        option: of `serve`, which permits that, such as `--allow-host`; empty if none does.
        value: of that option.
    """

    status = 403

    def __init__(self, message: str, option: str = "", value: str = "") -> None:
        super().__init__(message)
        self._permitted_by = {"option": option, "value": value}

    @property
    def members(self) -> dict[str, Any]:
        """`details` with the option and its value, for programs."""
        return {"details": self._permitted_by} if self._permitted_by["option"] else {}


class Unknown(EmulatorRefusal):
    """There is nothing of that name."""

    status = 404


class NothingCame(EmulatorRefusal):
    """What was waited for has not come in time."""

    status = 408


class TooSlow(EmulatorRefusal):
    """A head or a body has not become complete in time."""

    status = 408


class Conflict(EmulatorRefusal):
    """It is there already, does not fit what is there, or there are too many."""

    status = 409


class ContentDropped(EmulatorRefusal):
    """The bytes of something that is still known had to leave for newer ones."""

    status = 410


class TooManyReaders(EmulatorRefusal):
    """So many follow these events that another one is not served."""

    status = 429


class HeadTooLarge(EmulatorRefusal):
    """The first line and the headers of a request have too many bytes."""

    status = 431


class Unscripted(EmulatorRefusal):
    """No script says what to answer and a default answer is not wanted; or a script does not fit the configuration."""

    status = 501


class NoTextSearch(EmulatorRefusal):
    """The Python at hand cannot look anything up."""

    status = 501
    usual = (
        "Nothing can be looked up in knowledge bases, since the Python that runs the emulator has no SQLite with FTS5; "
        "run it with another one, or let scripts say the hits: then: {knowledge: [{text: ...}]}"
    )


class TooManyConnections(EmulatorRefusal):
    """So many connections are open that this one is not served."""

    status = 503


class SentAway(EmulatorRefusal):
    """The request was ended while it waited, since what it waited in is no more."""

    status = 503


class TooManyWaiting(EmulatorRefusal):
    """So many requests wait for something that another one is not kept waiting."""

    status = 503


class NotKept(EmulatorRefusal):
    """What keeps the emulator's state beyond its process does not do so now; what was asked for has not happened (D128)."""

    status = 503

    @property
    def headers(self) -> dict[str, str]:
        """When to ask again."""
        return {"Retry-After": "1"}


class Overtaken(NotKept):
    """Nothing is wrong with what keeps the state, but whose the namespace is has changed meanwhile; sent again, it is answered."""


class Damaged(NotKept):
    """What is kept of one namespace cannot be read; all others are as they were.

    Args:
        name: of the namespace; empty for what concerns none alone.
        why: it cannot be read.
    """

    def __init__(self, name: str, why: str) -> None:
        does = "has it begin again" if name == "default" else "removes it"
        remedy = (
            f"DELETE /__emulator/namespaces/{name[:80]} {does}, or restore the store from a copy"
            if name
            else "restore the store from a copy, or start with another one"
        )
        of = f"of the namespace {name[:80]!r}" if name else "of ids, keys and what was exercised"
        super().__init__(f"What the store has {of} is damaged ({why[:200]}); {remedy}")


class TooManyUploads(EmulatorRefusal):
    """So much is being uploaded at a time that no more of it is held."""

    status = 503


class NoRoom(EmulatorRefusal):
    """So much is kept, or would be, that there is no room for more."""

    status = 507


def kinds(root: type[ApiError] = ApiError) -> Iterator[type[ApiError]]:
    """Every error of the service, in the order of the tree; those that are answered alike may differ in their words."""
    for kind in root.__subclasses__():
        if not issubclass(kind, EmulatorRefusal):
            yield from (kind,) if kind.type else ()
            yield from kinds(kind)


def refusals(root: type[EmulatorRefusal] = EmulatorRefusal) -> Iterator[type[EmulatorRefusal]]:
    """Everything that the emulator itself refuses, in the order of the tree."""
    for kind in root.__subclasses__():
        yield kind
        yield from refusals(kind)
