"""Operations of knowledge bases. This module is their rows."""

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.domain.standing import STATUSES
from atthene_emulator.errors import InvalidRequest, KnowledgeBaseExists, NotFound, NotIngested
from atthene_emulator.evidence.levels import documented
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations.vocabulary import CREATED, KEY, OK, PAGED, TEXT
from atthene_emulator.web.query import Parameter

_STATUS = Parameter(
    "status", "string", "Only knowledge bases that are so.", documented("knowledge-bases/list@G2"), options=STATUSES,
    example="completed",
)  # fmt: skip
_ENGINE = Parameter(
    "processing_engine", "string", "Only knowledge bases that are processed by this.",
    documented("knowledge-bases/list@G2"), example="milvus",
)  # fmt: skip
_GIVES = ("kb_id", "$response.body#/id")

KNOWLEDGE_BASES: tuple[Operation, ...] = (
    Operation(
        "knowledge_bases.list", "GET", "/knowledge-bases/", "List the account's knowledge bases, newest first",
        "api.knowledge_bases:list_knowledge_bases", 200, OK, documented("knowledge-bases/list@G2"),
        "responses/knowledge-base-list.{knowledge_bases}",
        operation_id="listKnowledgeBases", query=(_STATUS, _ENGINE, *PAGED), errors=(*KEY, InvalidRequest), waits=True,
    ),
    Operation(
        "knowledge_bases.create", "POST", "/knowledge-bases/", "Create a knowledge base of collections and files",
        "api.knowledge_bases:create_knowledge_base", 201, CREATED, documented("knowledge-bases/create@G2"),
        "responses/knowledge-base-created.{knowledge_bases}",
        operation_id="createKnowledgeBase", body=Schema("requests/knowledge-base-create"),
        errors=(*KEY, InvalidRequest, *TEXT, KnowledgeBaseExists, NotIngested), waits=True,
        example={"name": "Support Knowledge Base", "processing_engine": "milvus", "selected_datasources": ["file_123"]},
    ),
    *(
        Operation(
            "knowledge_bases.available_collections", "GET", f"/knowledge-bases/{path}/",
            "List the collections of which knowledge bases can be made",
            "api.knowledge_bases:list_available_collections", 200, OK, documented(page),
            "responses/available-collections.{knowledge_bases}", operation_id=operation_id, errors=KEY,
        )
        for path, operation_id, page in (
            ("available-collections", "listAvailableCollections", "knowledge-bases/available-collections@G2"),
            ("available_collections", "listAvailableCollectionsAtOldPath", "knowledge-bases@G0"),
        )
    ),
    Operation(
        "knowledge_bases.get", "GET", "/knowledge-bases/{kb_id}/", "Get a knowledge base",
        "api.knowledge_bases:get_knowledge_base", 200, OK, documented("knowledge-bases/get@G2"),
        "responses/knowledge-base.{knowledge_bases}",
        operation_id="getKnowledgeBase", errors=(*KEY, NotFound), gives=_GIVES, waits=True,
    ),
    Operation(
        "knowledge_bases.update", "PATCH", "/knowledge-bases/{kb_id}/", "Change fields of a knowledge base",
        "api.knowledge_bases:update_knowledge_base", 200, OK, documented("knowledge-bases/update@G2"),
        "responses/knowledge-base-changed.{knowledge_bases}",
        operation_id="updateKnowledgeBase", body=Schema("requests/knowledge-base-update"),
        errors=(*KEY, InvalidRequest, *TEXT, NotFound, KnowledgeBaseExists), waits=True,
        example={"name": "Updated Product Knowledge Base"},
    ),
    Operation(
        "knowledge_bases.replace", "PUT", "/knowledge-bases/{kb_id}/", "Replace the fields of a knowledge base",
        "api.knowledge_bases:replace_knowledge_base", 200, OK, documented("knowledge-bases@G0"),
        "responses/knowledge-base-changed.{knowledge_bases}",
        operation_id="replaceKnowledgeBase", body=Schema("requests/knowledge-base-replace"),
        errors=(*KEY, InvalidRequest, *TEXT, NotFound, KnowledgeBaseExists), waits=True,
        example={"name": "Updated Product Knowledge Base", "description": "Manuals and guides"},
    ),
    Operation(
        "knowledge_bases.delete", "DELETE", "/knowledge-bases/{kb_id}/",
        "Delete a knowledge base; its collections and files stay",
        "api.knowledge_bases:delete_knowledge_base", 204, documented("knowledge-bases/delete@G1"),
        documented("knowledge-bases/delete@G1"), None, operation_id="deleteKnowledgeBase", errors=(*KEY, NotFound),
    ),
    Operation(
        "knowledge_bases.check_status", "GET", "/knowledge-bases/{kb_id}/check_status/",
        "Get how far a knowledge base is, and whether that is news",
        "api.knowledge_bases:check_status", 200, OK, documented("knowledge-bases/check-status@G2"),
        "responses/knowledge-base-checked",
        operation_id="checkKnowledgeBaseStatus", errors=(*KEY, NotFound), waits=True,
    ),
    Operation(
        "knowledge_bases.status", "GET", "/knowledge-bases/{kb_id}/status/",
        "Get how far a knowledge base is, as the first page has it",
        "api.knowledge_bases:get_status", 200, OK, documented("knowledge-bases/check-status@G1"),
        "responses/knowledge-base-status", operation_id="getKnowledgeBaseStatus", errors=(*KEY, NotFound),
    ),
)  # fmt: skip
