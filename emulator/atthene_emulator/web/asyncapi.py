"""AsyncAPI 3.0 of the socket, made from the tables of frames, events and codes, and the schemas. This module is that document.

`x-evidence` says of frames, events, codes and properties what they rest on, as `level: page or decision`.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from atthene_emulator import __version__
from atthene_emulator.addresses import LOCAL
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.evidence.levels import OURS, Evidence, decided, documented, inferred
from atthene_emulator.web.query import Parameter
from atthene_emulator.web.socket.codes import BY_CODE, CLOSES, ERRORS
from atthene_emulator.web.socket.events import EVENTS, SCRIPTED, SERVER_FRAMES, Event, ServerFrame
from atthene_emulator.web.socket.frames import ANY_FRAME, CREDENTIALS, FRAMES, PATH, Frame

Json = dict[str, Any]

_SERVICE = "api.artaios.ai"
_CHANNEL = "socket"
_MESSAGES = "#/components/messages"
# Languages have an Error and an Event of their own.
_NAMES = {"error": "ErrorFrame", "event": "EventFrame", "execution": "ExecutionResult"}
_HOME = (
    "$schema",
    "$id",
    "$comment",
    "$defs",
)  # what a file says of itself, and parts that are put where they are used
_HEADERS = (
    Parameter("x-api-key", "string", "The API key.", documented("websocket-api@G4")),
    Parameter("authorization", "string", "Bearer and the API key.", decided("D12")),
    Parameter(
        "x-external-user-token", "string", "Token of the end user; messages need ext_token then (D96).",
        documented("websocket-api@G4"),
    ),
    Parameter("x-emulator-namespace", "string", "The namespace of the emulator.", OURS),
)  # fmt: skip
_QUERY = (
    *CREDENTIALS,
    Parameter("emulator_namespace", "string", "The namespace of the emulator, for clients that can set no headers.", OURS),
)  # fmt: skip


@lru_cache(1)
def asyncapi() -> Json:
    """The document; it is shared, so do not change it."""
    schemas = _Components()
    messages = dict(_messages(schemas))
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Atthene live socket",
            "version": __version__,
            "description": "What the Atthene emulator imitates; operations are seen from the server. The service has no public "
            "specification: x-evidence says what a page documents, what is inferred from pages, and what was decided because "
            "they are silent.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"emulator": _server(LOCAL, "This emulator."), "service": _service()},
        "channels": {
            _CHANNEL: {
                "address": PATH,
                "title": "Live socket",
                "description": _channel_description(),
                "messages": {name: {"$ref": f"{_MESSAGES}/{name}"} for name in messages},
                "bindings": {"ws": _binding()},
                "x-close-codes": [
                    {"code": one.code, "when": one.when, **_evidence(one.evidence)} for one in CLOSES
                ],
                **_evidence(documented("websocket-api@G4")),
            }
        },
        "operations": {
            **{row.type: _received(row) for row in FRAMES},
            **{one.type: _sent(one) for one in SERVER_FRAMES},
        },
        "components": {
            "messages": messages,
            "schemas": schemas.all,
            "securitySchemes": {
                "apiKey": {"type": "httpApiKey", "in": "header", "name": "x-api-key"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "authorization": {"type": "httpApiKey", "in": "query", "name": "authorization"},
                "agentKey": {"type": "httpApiKey", "in": "query", "name": "agent_key"},
            },
        },
    }  # fmt: skip


def served_at(url: str, document: Json) -> Json:
    """The document of an emulator at this HTTP address."""
    here = _server(url, "This emulator.")
    return {**document, "servers": {**document["servers"], "emulator": here}}


def _server(url: str, description: str) -> Json:
    at = urlsplit(url)
    return {
        "host": at.netloc,
        **({"pathname": at.path} if at.path else {}),
        "protocol": "wss" if at.scheme == "https" else "ws",
        "description": description,
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in ("apiKey", "bearer", "authorization", "agentKey")],
    }  # fmt: skip


def _service() -> Json:
    return {**_server(f"https://{_SERVICE}", "The service."), **_evidence(inferred("the host of the REST API"))}


def _evidence(one: Evidence) -> Json:
    return {"x-evidence": f"{one.level}: {one.source}"}


def _binding() -> Json:
    return {"method": "GET", "query": _parameters(_QUERY), "headers": _parameters(_HEADERS), "bindingVersion": "0.1.0"}


def _parameters(parameters: Iterable[Parameter]) -> Json:
    shown = {
        one.name: {"type": one.type, "description": one.description, **_evidence(one.evidence)} for one in parameters
    }
    return {"type": "object", "properties": shown}


def _channel_description() -> str:
    """What holds for every frame, in CommonMark."""
    lines = [
        "Frames are JSON texts. A session is created over REST; a socket joins it with connect, and may join several.",
        "",
        "The socket is accepted first, and then closed with one of these codes if it may not be there:",
        "",
        *(f"- `{one.code}`: {one.when}" for one in CLOSES),
    ]
    return "\n".join(lines)


def _messages(schemas: "_Components") -> Iterable[tuple[str, Json]]:
    """Every message by its name: frames of clients, events one by one, and the other frames of the server."""
    for row in FRAMES:
        example = {"name": row.type, "payload": row.example}
        yield row.type, _message(row.type, row.summary, row.evidence, schemas.reference(row.body), examples=[example])
    event, *others = SERVER_FRAMES
    for one in EVENTS:
        if one.sent == "always":
            payload = schemas.event(event, schemas.reference(one.schema))
            yield one.type, _message(one.type, one.summary, one.evidence, payload)
    yield "Scripted", _scripted(event, schemas)
    for other in others:
        yield other.type, _message(other.type, other.summary, other.evidence, schemas.reference(other.schema))


def _message(name: str, summary: str, evidence: Evidence, payload: Json, **more: Any) -> Json:
    return {"name": name, "summary": summary, "payload": payload, **more, **_evidence(evidence)}


def _scripted(event: ServerFrame, schemas: "_Components") -> Json:
    """Events of all other types, as one message."""
    named = {one.type: one for one in EVENTS if one.sent == "script"}
    of_their_own = [one.type for one in EVENTS if one.sent == "always"]
    payload = {
        "allOf": [schemas.reference(SCRIPTED)],
        "properties": {"type": {"not": {"enum": of_their_own}, "examples": list(named)}},
    }
    first: Event = next(iter(named.values()))
    return _message("Scripted", first.summary, first.evidence, schemas.event(event, payload))


def _received(row: Frame) -> Json:
    """A frame of a client, as the operation that it is."""
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{_CHANNEL}"},
        "summary": row.summary,
        **({"description": row.note} if row.note else {}),
        "messages": [_of_channel(row.type)],
        "x-error-codes": [*ANY_FRAME, *row.errors],
        **_evidence(row.evidence),
    }


def _sent(one: ServerFrame) -> Json:
    """A frame of the server, as the operation that it is."""
    more: Json = {}
    names: Sequence[str] = (one.type,)
    if one.type == "event":
        names = [*(event.type for event in EVENTS if event.sent == "always"), "Scripted"]
    elif one.type == "error":
        more["description"] = "\n".join(f"- `{code}`: {error.when}" for code, error in BY_CODE.items())
        more["x-error-codes"] = [
            {
                "code": error.code,
                "when": error.when,
                **({"message": error.message} if error.message else {}),
                **_evidence(error.evidence),
            }
            for error in ERRORS
        ]
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{_CHANNEL}"},
        "summary": one.summary,
        "messages": [_of_channel(name) for name in names],
        **more,
        **_evidence(one.evidence),
    }


def _of_channel(name: str) -> Json:
    return {"$ref": f"#/channels/{_CHANNEL}/messages/{name}"}


class _Components:
    """Schemas by their names in the document, put there when they are first referred to."""

    def __init__(self) -> None:
        self.all: Json = {}

    def reference(self, schema: Schema) -> Json:
        """A reference to a file of ours."""
        file = schema.name.rpartition("/")[2].partition(".")[0]
        name = _NAMES.get(file) or "".join(part[:1].upper() + part[1:] for part in file.split("-"))
        if name not in self.all:
            self.all[name] = {}  # it stands before those that it refers to
            own = {key: value for key, value in schema.source.items() if key not in _HOME}
            self.all[name] = self._moved(own, schema)
        return {"$ref": f"#/components/schemas/{name}"}

    def event(self, envelope: ServerFrame, payload: Json) -> Json:
        """An event with this payload."""
        return {"allOf": [self.reference(envelope.schema), {"type": "object", "properties": {"payload": payload}}]}

    def _moved(self, node: Any, home: Schema) -> Any:
        """A part of a file; it refers to other files by their components, and has what it refers to in them.

        What stands beside a reference counts for nothing there, so it stands around it.
        """
        if isinstance(node, list):
            return [self._moved(item, home) for item in node]
        if not isinstance(node, dict):
            return node
        moved = {key: self._moved(value, home) for key, value in node.items() if key != "$ref"}
        if "discriminator" in moved:
            moved["discriminator"] = moved["discriminator"]["propertyName"]
        if "$ref" not in node:
            return moved
        other, place = home.target(node["$ref"])
        if place:
            return {**self._moved(_at(other.source, place), other), **moved}
        reference = self.reference(other)
        return {**moved, "allOf": [reference]} if moved else reference


def _at(document: Any, place: str) -> Any:
    for step in place.split("/")[1:]:
        document = document[step]
    return document
