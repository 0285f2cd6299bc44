"""OpenAPI 3.1 of the imitated API. This module is that document."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from atthene_emulator import __version__
from atthene_emulator.addresses import API
from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.evidence.decisions import DECISIONS
from atthene_emulator.evidence.levels import decided, documented
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.web.openapi.components import Components
from atthene_emulator.web.openapi.evidence import evidence
from atthene_emulator.web.openapi.operations import operation, tag
from atthene_emulator.web.operations import OPERATIONS

Json = dict[str, Any]

_OURS = Rulings()
_SERVERS: tuple[Json, ...] = (  # paths are relative to them, so that a base URL is what apps are configured with
    {"url": f"http://localhost:8484{API}", "description": "This emulator."},
    {
        "url": f"https://api.artaios.ai{API}",
        "description": "The service, called Artaios since autumn 2026.",
        **evidence(documented("introduction@G4")),
    },
    {
        "url": f"https://api-be.atthene.com{API}",
        "description": "The service by its older name, Atthene.",
        **evidence(documented("rest-api-tutorial@G3")),
    },
)


@lru_cache(8)
def openapi(contract: ContractName, rulings: Rulings = _OURS) -> Json:
    """The document of a contract, under rulings; it is shared, so do not change it."""
    schemas = Components(contract, rulings)
    paths: Json = {}
    for row in OPERATIONS:
        paths.setdefault(row.path, {})[row.method.lower()] = operation(row, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Atthene Sessions API, contract {contract}",
            "version": __version__,
            "description": "What the Atthene emulator imitates. The service has no public specification: x-evidence says what "
            "a page documents, what is inferred from pages, and what was decided because they are silent.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [dict(one) for one in _SERVERS],
        "tags": [{"name": name} for name in dict.fromkeys(map(tag, OPERATIONS))],
        "security": [{"apiKey": []}, {"bearer": []}],
        "x-contract": contract,
        "x-contracts": list(CONTRACTS),
        "x-decisions": {one.id: one.what for one in DECISIONS},
        "paths": paths,
        "components": {
            "schemas": schemas.all,
            "responses": schemas.answers,
            "examples": schemas.examples,
            "securitySchemes": {
                "apiKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "x-api-key",
                    **evidence(documented("authentication@G4")),
                },
                "bearer": {"type": "http", "scheme": "bearer", **evidence(decided("D12"))},
            },
        },
    }


def served_at(root: str, document: Json) -> Json:
    """The document of an emulator at this address; generators want a whole one."""
    first, *others = document["servers"]
    return {**document, "servers": [{**first, "url": root + urlsplit(first["url"]).path}, *others]}
