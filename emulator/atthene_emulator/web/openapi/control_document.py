"""OpenAPI 3.1 of the control plane, which is ours and not the service's. This module is that document."""

from functools import cache
from typing import Any

from atthene_emulator import __version__
from atthene_emulator.addresses import CONTROL as PREFIX
from atthene_emulator.web.openapi.control_components import ControlComponents
from atthene_emulator.web.openapi.control_operations import NAMESPACE, control_operation
from atthene_emulator.web.openapi.operations import tag
from atthene_emulator.web.operation import Operation

Json = dict[str, Any]


@cache
def control_openapi(rows: tuple[Operation, ...]) -> Json:
    """The document of the rows of the control plane, which are `CONTROL`, one of which shows it; it is shared, so do not change it."""
    schemas, paths = ControlComponents(), dict[str, Json]()
    for row in rows:
        paths.setdefault(row.path, {})[row.method.lower()] = control_operation(row, rows, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Atthene emulator, control plane",
            "version": __version__,
            "description": "What tests and tools ask of the emulator itself; the service has nothing of it.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"http://localhost:8484{PREFIX}", "description": "This emulator."}],
        "tags": [{"name": name} for name in dict.fromkeys(map(tag, rows))],
        "security": [{}, {"controlToken": []}, {"namespaceKey": []}],
        "x-plane": "control",
        "paths": paths,
        "components": {
            "schemas": schemas.all,
            "parameters": NAMESPACE,
            "securitySchemes": {
                "controlToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Where the emulator was started with a control token: that token, for everything.",
                },
                "namespaceKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "x-api-key",
                    "description": "There, too: the key of a namespace, for what is about that namespace.",
                },
            },
        },
    }
