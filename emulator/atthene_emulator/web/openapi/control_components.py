"""The schemas of the control plane's document, each named as people name it. This module is those components.

What an answer is made of is named by its title, which is unique among answers; a part of any other schema by its owner and its title.
"""

from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.web.openapi.components import Components, camel

Json = dict[str, Any]

_ANSWERS = "control/responses/"
_NAMES = {  # where a file is called like another, or says more than its name
    "snapshot": "SnapshotDocument",
    "control/clock": "ClockSetting",
    "control/events/control": "ControlEvent",
    "control/events/gap": "GapEvent",
    "control/events/namespace": "NamespaceEvent",
    "control/events/session": "SessionEvent",
    "control/faults": "NewFaults",
    "control/namespace": "NewNamespace",
    "control/provider-state": "NamedState",
    "control/refusal": "EmulatorError",
    "control/scripts": "NewScripts",
    "control/snapshot-take": "NewSnapshot",
    "control/responses/executions": "SessionExecutions",
    "control/responses/openapi": "OpenApiDocument",
    "control/responses/asyncapi": "AsyncApiDocument",
    "definitions/fault": "NewFault",
    "definitions/latency": "NewLatency",
    "definitions/operation": "OperationName",
    "definitions/rate-limit": "NewRateLimit",
    "definitions/script": "NewScript",
    "socket/event": "SocketEvent",
}
_NOT_SAID = ("description",)


class ControlComponents(Components):
    """Schemas by their names, and every object inside them that has fields by a name of its own."""

    def __init__(self) -> None:
        super().__init__("current", Rulings())

    def names(self, schema: Schema) -> tuple[str, str]:
        """What a schema is called; what the names of its parts begin with is empty for an answer's."""
        known, owner = super().names(schema)
        if schema.name.startswith(_ANSWERS):
            return _NAMES.get(schema.name, camel(schema.name.removeprefix(_ANSWERS))), ""
        return (_NAMES[schema.name],) * 2 if schema.name in _NAMES else (known, owner)

    def inner(self, owner: str, title: str | None, part: Json) -> Json:
        """A part that stands inside another: a reference to it, if it is an object with fields.

        Raises:
            LookupError: another part has its name.
        """
        if isinstance(part.get("anyOf"), list):
            part["anyOf"] = [self.inner(owner, title, one) for one in part["anyOf"]]
        if title is None or "properties" not in part:
            return part
        name = owner + camel(title)
        is_optional = isinstance(part.get("type"), list)
        shown = {**part, "type": "object"}
        if _said(self.all.setdefault(name, shown)) != _said(shown):
            raise LookupError(f"two parts are called {name}; give one of them another title")
        reference: Json = {"$ref": f"#/components/schemas/{name}"}
        chosen = {"anyOf": [reference, {"type": "null"}]} if is_optional else reference
        return {**chosen, **({"description": part["description"]} if "description" in part else {})}


def _said(part: Json) -> Json:
    """What makes a part the same as another: all but what is said of it."""
    return {key: value for key, value in part.items() if key not in _NOT_SAID}
