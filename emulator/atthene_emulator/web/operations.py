"""The whole imitated API as one table. This module is `OPERATIONS`.

The router, the journal, the contract tests and the generated documentation read these rows.
"""

from typing import Literal, get_args

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.domain.collection import STATUSES
from atthene_emulator.domain.file_types import FILE_STATUSES, FILE_TYPES
from atthene_emulator.errors import (
    AlreadyExists,
    BodyTooLarge,
    CollectionExists,
    DuplicateFile,
    FileTooLarge,
    InvalidRequest,
    KnowledgeBaseExists,
    MissingVariable,
    NoSuchArtifact,
    NotAConfiguration,
    NotAMessage,
    NotAuthenticated,
    NotExecuted,
    NotFound,
    NothingRuns,
    NotIngested,
    NotManaged,
    NotOnPlatform,
    NotPermitted,
    NotPreviewed,
    RangeNotSatisfiable,
    RateLimited,
    SessionNotCreated,
    UncoercibleVariable,
    UnsupportedMediaType,
    WaitingForApproval,
)
from atthene_emulator.evidence.levels import decided, documented, inferred
from atthene_emulator.web.api import agents, artifacts, collections, files, images, knowledge_bases, runtime, sessions
from atthene_emulator.web.operation import CONFIGURATION, Errors, Operation
from atthene_emulator.web.query import Parameter

Group = Literal["agents", "sessions", "runtime", "images", "artifacts", "files", "collections", "knowledge_bases"]
GROUPS: tuple[Group, ...] = get_args(Group)

_KEY: Errors = (NotAuthenticated, NotPermitted)
_TEXT: Errors = (BodyTooLarge, UnsupportedMediaType)
_CONFIGURATION: Errors = (NotAConfiguration, *_TEXT)
_FORM: Errors = (InvalidRequest, FileTooLarge, UnsupportedMediaType)
_MESSAGE: Errors = (NotAMessage, *_TEXT)

_OK = inferred("D01: success without a documented status")
_CREATED = decided("D01")
_GET_CREATES = decided("D22")
_NO_CONTENT = documented("agents/delete@G1, sessions/delete-all@G3")
_PAGES = documented("runtime/messages@G1")
_LIMIT = Parameter("limit", "integer", "How many at most.", _PAGES, default=50, least=1, most=1000, example=10)
_OFFSET = Parameter("offset", "integer", "How many to pass over.", _PAGES, default=0, example=0)
_ANY_LIMIT = _LIMIT._replace(description="How many at most; all without it.", evidence=decided("D20"), default=None)
_ANY_OFFSET = _OFFSET._replace(evidence=decided("D20"))
_KEY_FILTER = Parameter(
    "agent_key", "string", "Only sessions of this agent.", decided("D20"), example="customer_support_agent"
)
_KEY_NEEDED = _KEY_FILTER._replace(
    description="The agent's key; connection_key is its older name.",
    older="connection_key",
    evidence=documented("sessions/from-agent@G4, sessions/delete-from-agent@G3"),
    required=True,
)
_VERSION = Parameter(
    "version", "string", "Number of a version; the current one without it.", documented("sessions/from-agent@G4"),
    example="1.0.0",
)  # fmt: skip
_ARTIFACTS = documented("artifacts/overview@G4")
_OF_PUBLIC = _KEY_FILTER._replace(
    description="The key of a public agent, in place of an API key: pages of its origin reach the artifacts of its sessions (D66).",
    older="connection_key",
    evidence=_ARTIFACTS,
)
_INLINE = Parameter(
    "preview", "boolean", "Whether it is to be shown, not saved.", _ARTIFACTS, default=False, example=True
)
_ARTIFACT: Errors = (*_KEY, InvalidRequest, NotFound, NoSuchArtifact)
_FILE_TYPE = Parameter(
    "file_type",
    "string",
    "Only files of this type.",
    documented("files/list@G1"),
    options=FILE_TYPES,
    example="document",
)
_FILE_STATUS = Parameter(
    "status", "string", "Only files that are so.", documented("files/list@G1"), options=FILE_STATUSES, example="active"
)
_SEARCH = Parameter(
    "search", "string", "Only files whose name has this in it.", documented("files/list@G1"), example="manual"
)
_TAGS = Parameter("tags", "strings", "Only files that have all of these tags.", decided("D70"), example=["manual"])
_DELETED = Parameter(
    "include_deleted", "boolean", "Whether deleted ones are listed, too.", documented("files/list@G1"), default=False,
    example=True,
)  # fmt: skip
_PAGED = (_ANY_LIMIT._replace(evidence=decided("D106")), _ANY_OFFSET._replace(evidence=decided("D106")))
_COLLECTION_STATUS = Parameter(
    "status", "string", "Only collections that are so.", documented("collections/list@G1"), options=STATUSES,
    example="completed",
)  # fmt: skip
_COLLECTION_SEARCH = Parameter(
    "search", "string", "Only collections whose name or description has this in it.", documented("collections/list@G1"),
    example="product",
)  # fmt: skip
_KNOWLEDGE_STATUS = Parameter(
    "status", "string", "Only knowledge bases that are so.", documented("knowledge-bases/list@G2"), options=STATUSES,
    example="completed",
)  # fmt: skip
_ENGINE = Parameter(
    "processing_engine", "string", "Only knowledge bases that are processed by this.",
    documented("knowledge-bases/list@G2"), example="milvus",
)  # fmt: skip
_FLAT = {
    "name": "Sales Agent",
    "agent_type": "llm_agent",
    "system_prompt": "You sell garden furniture. Be brief.",
    "llm_config": {"model": "gpt-4o", "temperature": 0.7},
}
_GIVES_SESSION = ("session_id", "$response.body#/session_id")
_GIVES_ARTIFACT = ("artifact_id", "$response.body#/artifact_id")
_GIVES_AGENT = ("agent_id", "$response.body#/id")
_GIVES_FILE = ("file_id", "$response.body#/id")
_GIVES_COLLECTION = ("collection_id", "$response.body#/id")
_GIVES_KNOWLEDGE_BASE = ("kb_id", "$response.body#/id")

PATH_PARAMETERS = {  # description and example
    "agent_id": ("Id of an agent; its agent_key works, too (D19).", "550e8400-e29b-41d4-a716-446655440000"),
    "session_id": ("Id of a session.", "session_abc123"),
    "artifact_id": ("Id of an artifact.", "7b7a6e2a-7c7a-4a2e-9a3e-2e6e7a6e7a6e"),
    "file_id": ("Id of a file.", "file_123"),
    "collection_id": ("Id of a collection.", "coll_123"),
    "kb_id": ("Id of a knowledge base.", "kb_123"),
}

_EXECUTE = Operation(
    "runtime.execute", "POST", "/runtime/{session_id}/execute/", "Send a message and get the answer",
    runtime.execute, 200, _OK, documented("runtime/execute@G4, rest-api-tutorial@G4"),
    "responses/execution.{contract}", body=Schema("requests/execute"),
    errors=(
        *_KEY, *_MESSAGE, MissingVariable, UncoercibleVariable, NotFound, WaitingForApproval, RateLimited, NotExecuted,
    ),
    waits=True,
    example={"content": "I forgot my password", "correlation_id": "corr_123"},
    gives=("session_id", "$request.path.session_id"),
)  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "agents.list", "GET", "/agent/", "List the agents that the account has access to, oldest first",
        agents.list_agents, 200, _OK, documented("agents/list@G1"), "responses/agent-list",
        errors=_KEY,
    ),
    Operation(
        "agents.create", "POST", "/agent/", "Create an agent from a configuration",
        agents.create_agent, 201, _CREATED, documented("agents/create@G1"), "responses/agent",
        waits=True, body=Schema("requests/agent-create"), errors=(*_KEY, *_CONFIGURATION, AlreadyExists),
        example={"system_config": _FLAT}, gives=_GIVES_AGENT,
    ),
    Operation(
        "agents.validate", "POST", "/agent/validate/", "Check a configuration without keeping it",
        agents.validate, 200, _OK, documented("agents/validate@G1"), "responses/validation",
        waits=True, body=CONFIGURATION, errors=(*_KEY, *_CONFIGURATION),
        example=_FLAT,
    ),
    Operation(
        "agents.get", "GET", "/agent/{agent_id}/", "Get an agent by id or key",
        agents.get_agent, 200, _OK, documented("agents/get@G1"), "responses/agent",
        errors=(*_KEY, NotFound),
        gives=_GIVES_AGENT,
    ),
    Operation(
        "agents.update", "PATCH", "/agent/{agent_id}/", "Merge a part into an agent's configuration",
        agents.update_agent, 200, _OK, documented("agents/update@G1"), "responses/agent",
        body=Schema("requests/agent-update"), errors=(*_KEY, *_CONFIGURATION, NotFound),
        example={"system_config": {"description": "Sells chairs, too.", "llm_config": {"temperature": 0.2}}},
    ),
    Operation(
        "agents.replace", "PUT", "/agent/{agent_id}/", "Replace an agent's configuration",
        agents.replace_agent, 200, _OK, documented("agents@G0"), "responses/agent",
        body=Schema("requests/agent-create"), errors=(*_KEY, *_CONFIGURATION, NotFound),
        example={"system_config": _FLAT},
    ),
    Operation(
        "agents.delete", "DELETE", "/agent/{agent_id}/", "Delete an agent with all its versions; its sessions stay",
        agents.delete_agent, 204, _NO_CONTENT, documented("agents/delete@G1"), None,
        errors=(*_KEY, NotFound),
    ),
    Operation(
        "agents.current_version", "GET", "/agent/{agent_id}/versions/current/", "Get an agent's current version",
        agents.get_current_version, 200, _OK, documented("agents/current-version@G3"), "responses/agent-version",
        errors=(*_KEY, NotFound),
    ),
    Operation(
        "agents.import_yaml", "POST", "/agent/{agent_id}/import_yaml/", "Replace an agent's configuration by a YAML text",
        agents.import_yaml, 200, _OK, documented("agents/import-yaml@G3, agents@G0"), "responses/agent",
        body=Schema("requests/agent-import"), yaml_body=CONFIGURATION, errors=(*_KEY, *_CONFIGURATION, NotFound),
        example={"yaml_content": "name: My Updated Agent\narchitecture: llm_agent"}, yaml_example=_FLAT,
    ),
    Operation(
        "agents.export_yaml", "GET", "/agent/{agent_id}/export_yaml/", "Get an agent's configuration as YAML",
        agents.export_yaml, 200, _OK, documented("agents@G0"), None, media="application/yaml",
        errors=(*_KEY, NotFound),
    ),
    Operation(
        "sessions.list", "GET", "/sessions/", "List the account's sessions, newest first",
        sessions.list_sessions, 200, _OK, documented("sessions/list@G1"), "responses/session-list",
        query=(_ANY_LIMIT, _ANY_OFFSET, _KEY_FILTER), errors=(*_KEY, InvalidRequest),
    ),
    Operation(
        "sessions.create", "POST", "/sessions/", "Create a session from a configuration",
        sessions.create_session, 201, _CREATED, documented("sessions/create@G1"), "responses/session-created.{contract}",
        waits=True, body=CONFIGURATION, errors=(*_KEY, *_CONFIGURATION, SessionNotCreated),
        example=_FLAT, gives=_GIVES_SESSION,
    ),
    Operation(
        "sessions.delete_all", "DELETE", "/sessions/delete-all/", "Delete all sessions, or those of an end user",
        sessions.delete_all_sessions, 204, _NO_CONTENT, documented("sessions/delete-all@G3"), None,
        errors=_KEY,
    ),
    Operation(
        "sessions.feedback", "POST", "/sessions/feedback/", "Give feedback on a message",
        sessions.give_feedback, 200, decided("D64"), documented("sessions/feedback@G3"), "responses/feedback",
        body=Schema("requests/feedback-given"), errors=(*_KEY, InvalidRequest, *_TEXT, NotFound),
        example={"message": "msg_4e15290bf496", "rating": 1, "comment": "Great answer!"},
    ),
    Operation(
        "sessions.start_default", "GET", "/sessions/default-agent/", "Create a session from the server's default agent",
        sessions.start_default_session, 200, _GET_CREATES, documented("sessions/default-agent@G3"),
        "responses/session-created.{contract}", errors=(*_KEY, SessionNotCreated), safe=False,
        gives=_GIVES_SESSION,
    ),
    Operation(
        "sessions.start_by_key", "GET", "/sessions/from-agent/", "Create a session from an agent, by its key",
        sessions.start_session_by_key, 200, _GET_CREATES, documented("sessions/from-agent@G4"),
        "responses/session-started.{contract}",
        query=(_KEY_NEEDED, _VERSION), errors=(*_KEY, InvalidRequest, NotFound, SessionNotCreated), safe=False, public=True,
        gives=_GIVES_SESSION,
    ),
    Operation(
        "sessions.delete_of_agent", "DELETE", "/sessions/from-agent/", "Delete the account's sessions of an agent",
        sessions.delete_sessions_of_agent, 200, _OK, documented("sessions/delete-from-agent@G3"), "responses/deleted",
        query=(_KEY_NEEDED,), errors=(*_KEY, InvalidRequest, NotFound),
    ),
    Operation(
        "sessions.start", "POST", "/sessions/from-agent/{agent_id}/", "Create a session from an agent",
        sessions.start_session, 201, _CREATED, documented("sessions/from-agent@G1"),
        "responses/session-started.{contract}",
        errors=(*_KEY, NotFound, SessionNotCreated),
        gives=_GIVES_SESSION,
    ),
    Operation(
        "sessions.get", "GET", "/sessions/{session_id}/", "Get a session with its configuration",
        sessions.get_session, 200, _OK, documented("sessions/get@G1"), "responses/session",
        errors=(*_KEY, NotFound),
        gives=_GIVES_SESSION,
    ),
    Operation(
        "sessions.delete", "DELETE", "/sessions/{session_id}/", "Delete a session",
        sessions.delete_session, 204, _NO_CONTENT, documented("rest-api-tutorial@G1t"), None,
        errors=(*_KEY, NotFound),
    ),
    Operation(
        "images.upload", "POST", "/images/upload/", "Upload an image, and get the address that shows it",
        images.upload_image, 201, _CREATED, documented("images/upload@G3, rest-api-tutorial@G4"), "responses/image",
        body=Schema("requests/image-upload"), files=("file", "image"), errors=(*_KEY, *_FORM),
        example={"file": '<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>'},
    ),
    Operation(
        "artifacts.upload", "POST", "/sessions/{session_id}/artifacts/", "Upload a file into a session",
        artifacts.upload_artifact, 201, documented("artifacts/upload@G4"), documented("artifacts/upload@G4"),
        "responses/artifact", body=Schema("requests/artifact-upload"), files=("file",), query=(_OF_PUBLIC,),
        example={"file": "The lamp was made in 1987.", "title": "Notes"},
        errors=(*_KEY, *_FORM, NotFound), public=True, gives=_GIVES_ARTIFACT,
    ),
    Operation(
        "artifacts.download_all", "GET", "/sessions/{session_id}/artifacts/download-all/",
        "Download all artifacts of a session in a ZIP",
        artifacts.download_all, 200, _ARTIFACTS, _ARTIFACTS, None, media="application/zip", query=(_OF_PUBLIC,),
        errors=(*_KEY, InvalidRequest, NotFound), public=True,
    ),
    Operation(
        "artifacts.url", "GET", "/sessions/{session_id}/artifacts/{artifact_id}/url/",
        "Get a fresh address of an artifact, which works without a key for four hours",
        artifacts.get_url, 200, documented("artifacts/get-url@G4"), documented("artifacts/get-url@G4"),
        "responses/artifact-url", query=(_OF_PUBLIC,), errors=_ARTIFACT, public=True,
    ),
    Operation(
        "artifacts.status", "GET", "/sessions/{session_id}/artifacts/{artifact_id}/status/",
        "Get how far an artifact has come",
        artifacts.get_status, 200, _ARTIFACTS, _ARTIFACTS, "responses/artifact-status", query=(_OF_PUBLIC,),
        errors=_ARTIFACT, public=True,
    ),
    Operation(
        "artifacts.download", "GET", "/sessions/{session_id}/artifacts/{artifact_id}/download/",
        "Download an artifact",
        artifacts.download, 200, _ARTIFACTS, _ARTIFACTS, None, media="*/*", parts=True,
        query=(_INLINE, _OF_PUBLIC), errors=(*_ARTIFACT, RangeNotSatisfiable), public=True,
    ),
    Operation(
        "artifacts.preview", "GET", "/sessions/{session_id}/artifacts/{artifact_id}/preview/",
        "Get the beginning of a CSV file as a table",
        artifacts.preview, 200, _ARTIFACTS, _ARTIFACTS, "responses/artifact-preview", query=(_OF_PUBLIC,),
        errors=(*_ARTIFACT, NotPreviewed), public=True, waits=True,
    ),
    Operation(
        "artifacts.copy_to_platform", "POST", "/sessions/{session_id}/artifacts/{artifact_id}/copy-to-platform/",
        "Take an artifact that an agent has made over as a file",
        artifacts.copy_to_platform, 200, _ARTIFACTS, _ARTIFACTS, "responses/artifact-copied", query=(_OF_PUBLIC,),
        errors=(*_ARTIFACT, NotManaged), public=True,
    ),
    Operation(
        "artifacts.remove_from_platform", "POST", "/sessions/{session_id}/artifacts/{artifact_id}/remove-from-platform/",
        "Delete the file that an artifact was taken over as",
        artifacts.remove_from_platform, 200, documented("artifacts/remove-from-platform@G4"),
        documented("artifacts/remove-from-platform@G4"), "responses/artifact-removed", query=(_OF_PUBLIC,),
        errors=(*_ARTIFACT, NotManaged, NotOnPlatform), public=True,
    ),
    Operation(
        "artifacts.get", "GET", "/artifacts/{artifact_id}/", "Get an artifact, of whichever session",
        artifacts.get_artifact, 200, _ARTIFACTS, _ARTIFACTS, "responses/artifact-detail", query=(_OF_PUBLIC,),
        errors=(*_KEY, InvalidRequest, NoSuchArtifact), public=True,
    ),
    _EXECUTE,
    _EXECUTE._replace(path="/sessions/{session_id}/execute/", evidence=decided("D54"), gives=None),
    Operation(
        "runtime.messages", "GET", "/runtime/{session_id}/messages/", "Read the history, oldest first",
        runtime.list_messages, 200, _OK, documented("runtime/messages@G1"), "responses/messages",
        query=(_LIMIT, _OFFSET), errors=(*_KEY, InvalidRequest, NotFound),
    ),
    Operation(
        "runtime.status", "GET", "/runtime/{session_id}/status/", "Get the status of a session",
        runtime.get_status, 200, _OK, documented("runtime/status@G1"), "responses/session-status",
        errors=(*_KEY, NotFound),
    ),
    Operation(
        "runtime.cancel", "POST", "/runtime/{session_id}/cancel/", "End what runs in a session",
        runtime.cancel, 200, documented("runtime/cancel@G4"), documented("runtime/cancel@G4"), "responses/cancelled",
        errors=(*_KEY, NotFound, NothingRuns),
    ),
    Operation(
        "files.list", "GET", "/files/", "List the account's files, newest first",
        files.list_files, 200, _OK, documented("files/list@G1"), "responses/file-list",
        query=(_FILE_TYPE, _FILE_STATUS, _SEARCH, _TAGS, _DELETED, *_PAGED), errors=(*_KEY, InvalidRequest),
    ),
    Operation(
        "files.upload", "POST", "/files/", "Upload a file",
        files.upload_file, 201, _CREATED, documented("files/upload@G1"), "responses/file-uploaded",
        body=Schema("requests/file-upload"), files=("file",), errors=(*_KEY, *_FORM, DuplicateFile),
        example={"file": "Unplug the lamp before you clean it.", "tags": "manual,product"}, gives=_GIVES_FILE,
    ),
    Operation(
        "files.bulk", "POST", "/files/bulk/", "Delete many files, or change their tags or status",
        files.change_files, 200, _OK, documented("files/bulk-operations@G1"), "responses/file-bulk",
        body=Schema("requests/file-changes"), errors=(*_KEY, InvalidRequest, *_TEXT),
        example={"operation": "update_tags", "file_ids": ["file_123", "file_456"], "parameters": {"tags": ["updated"]}},
    ),
    Operation(
        "files.bulk_action", "POST", "/files/bulk_action/", "The same as the first reference has it",
        files.act_on_files, 200, _OK, documented("files@G0"), "responses/bulk-action",
        body=Schema("requests/file-bulk-action"), errors=(*_KEY, InvalidRequest, *_TEXT),
        example={"action": "make_public", "file_ids": ["file_123", "file_456"]},
    ),
    Operation(
        "files.get", "GET", "/files/{file_id}/", "Get a file, with what was found in it",
        files.get_file, 200, _OK, documented("files/get@G1"), "responses/file",
        errors=(*_KEY, NotFound), gives=_GIVES_FILE,
    ),
    Operation(
        "files.delete", "DELETE", "/files/{file_id}/", "Delete a file; it leaves collections and knowledge bases",
        files.delete_file, 204, documented("files/delete@G1"), documented("files/delete@G1"), None,
        errors=(*_KEY, NotFound),
    ),
    Operation(
        "collections.list", "GET", "/collections/", "List the account's collections, newest first",
        collections.list_collections, 200, _OK, documented("collections/list@G1"), "responses/collection-list",
        query=(_COLLECTION_STATUS, _COLLECTION_SEARCH, *_PAGED), errors=(*_KEY, InvalidRequest),
    ),
    Operation(
        "collections.create", "POST", "/collections/", "Create a collection, without files",
        collections.create_collection, 201, _CREATED, documented("collections/create@G1"), "responses/collection",
        body=Schema("requests/collection-create"), errors=(*_KEY, InvalidRequest, *_TEXT, CollectionExists),
        example={"name": "Support Documentation", "description": "Customer support guides and FAQs"},
        gives=_GIVES_COLLECTION,
    ),
    Operation(
        "collections.bulk_action", "POST", "/collections/bulk_action/", "Delete, retry or complete many collections",
        collections.act_on_collections, 200, _OK, documented("collections@G0"), "responses/collection-action",
        body=Schema("requests/collection-bulk-action"), errors=(*_KEY, InvalidRequest, *_TEXT),
        example={"action": "retry", "collection_ids": ["coll_123", "coll_456"]},
    ),
    Operation(
        "collections.get", "GET", "/collections/{collection_id}/", "Get a collection with its files",
        collections.get_collection, 200, _OK, documented("collections/get@G1"), "responses/collection-in-detail",
        errors=(*_KEY, NotFound), gives=_GIVES_COLLECTION,
    ),
    Operation(
        "collections.update", "PATCH", "/collections/{collection_id}/", "Change name or description of a collection",
        collections.update_collection, 200, _OK, documented("collections/update@G1"), "responses/collection",
        body=Schema("requests/collection-update"), errors=(*_KEY, InvalidRequest, *_TEXT, NotFound, CollectionExists),
        example={"name": "Updated Product Documentation"},
    ),
    Operation(
        "collections.replace", "PUT", "/collections/{collection_id}/", "Replace name and description of a collection",
        collections.replace_collection, 200, _OK, documented("collections@G0"), "responses/collection",
        body=Schema("requests/collection-create"), errors=(*_KEY, InvalidRequest, *_TEXT, NotFound, CollectionExists),
        example={"name": "Updated Product Documentation", "description": "Product manuals and user guides"},
    ),
    Operation(
        "collections.delete", "DELETE", "/collections/{collection_id}/", "Delete a collection; its files stay",
        collections.delete_collection, 204, documented("collections/delete@G1"), documented("collections/delete@G1"), None,
        errors=(*_KEY, NotFound),
    ),
    Operation(
        "collections.add_files", "POST", "/collections/{collection_id}/files/", "Add files to a collection",
        collections.add_files, 200, _OK, documented("collections/add-file@G1"), "responses/collection-files-added",
        body=Schema("requests/collection-files"), errors=(*_KEY, InvalidRequest, *_TEXT, NotFound),
        example={"file_ids": ["file_123", "file_456"]},
    ),
    Operation(
        "collections.remove_file", "DELETE", "/collections/{collection_id}/files/{file_id}/",
        "Remove a file from a collection; the file stays",
        collections.remove_file, 204, documented("collections/remove-file@G1"), documented("collections/remove-file@G1"),
        None, errors=(*_KEY, NotFound),
    ),
    Operation(
        "collections.bulk", "POST", "/collections/{collection_id}/bulk/", "Add or remove many files of a collection",
        collections.change_files, 200, _OK, documented("collections/bulk-operations@G1"), "responses/collection-bulk",
        body=Schema("requests/collection-changes"), errors=(*_KEY, InvalidRequest, *_TEXT, NotFound),
        example={"operation": "add_files", "file_ids": ["file_123", "file_456"]},
    ),
    Operation(
        "collections.add_data_source", "POST", "/collections/{collection_id}/add_data_source/",
        "Add a file to a collection, as the first reference has it",
        collections.add_data_source, 200, _OK, documented("collections@G0"), "responses/collection-moved",
        body=Schema("requests/collection-data-source"), errors=(*_KEY, InvalidRequest, *_TEXT, NotFound),
        example={"data_source_id": "file_456"},
    ),
    Operation(
        "collections.remove_data_source", "POST", "/collections/{collection_id}/remove_data_source/",
        "Remove a file from a collection, as the first reference has it",
        collections.remove_data_source, 200, _OK, documented("collections@G0"), "responses/collection-moved",
        body=Schema("requests/collection-data-source"), errors=(*_KEY, InvalidRequest, *_TEXT, NotFound),
        example={"data_source_id": "file_123"},
    ),
    Operation(
        "knowledge_bases.list", "GET", "/knowledge-bases/", "List the account's knowledge bases, newest first",
        knowledge_bases.list_knowledge_bases, 200, _OK, documented("knowledge-bases/list@G2"),
        "responses/knowledge-base-list.{knowledge_bases}",
        query=(_KNOWLEDGE_STATUS, _ENGINE, *_PAGED), errors=(*_KEY, InvalidRequest), waits=True,
    ),
    Operation(
        "knowledge_bases.create", "POST", "/knowledge-bases/", "Create a knowledge base of collections and files",
        knowledge_bases.create_knowledge_base, 201, _CREATED, documented("knowledge-bases/create@G2"),
        "responses/knowledge-base-created.{knowledge_bases}", body=Schema("requests/knowledge-base-create"),
        errors=(*_KEY, InvalidRequest, *_TEXT, KnowledgeBaseExists, NotIngested), waits=True,
        example={"name": "Support Knowledge Base", "processing_engine": "milvus", "selected_datasources": ["file_123"]},
    ),
    *(
        Operation(
            "knowledge_bases.available_collections", "GET", f"/knowledge-bases/{path}/",
            "List the collections of which knowledge bases can be made",
            knowledge_bases.list_available_collections, 200, _OK, documented(page),
            "responses/available-collections.{knowledge_bases}", errors=_KEY,
        )
        for path, page in (
            ("available-collections", "knowledge-bases/available-collections@G2"),
            ("available_collections", "knowledge-bases@G0"),
        )
    ),
    Operation(
        "knowledge_bases.get", "GET", "/knowledge-bases/{kb_id}/", "Get a knowledge base",
        knowledge_bases.get_knowledge_base, 200, _OK, documented("knowledge-bases/get@G2"),
        "responses/knowledge-base.{knowledge_bases}", errors=(*_KEY, NotFound), gives=_GIVES_KNOWLEDGE_BASE,
        waits=True,
    ),
    Operation(
        "knowledge_bases.update", "PATCH", "/knowledge-bases/{kb_id}/", "Change fields of a knowledge base",
        knowledge_bases.update_knowledge_base, 200, _OK, documented("knowledge-bases/update@G2"),
        "responses/knowledge-base-changed.{knowledge_bases}", body=Schema("requests/knowledge-base-update"),
        errors=(*_KEY, InvalidRequest, *_TEXT, NotFound, KnowledgeBaseExists), waits=True,
        example={"name": "Updated Product Knowledge Base"},
    ),
    Operation(
        "knowledge_bases.replace", "PUT", "/knowledge-bases/{kb_id}/", "Replace the fields of a knowledge base",
        knowledge_bases.replace_knowledge_base, 200, _OK, documented("knowledge-bases@G0"),
        "responses/knowledge-base-changed.{knowledge_bases}", body=Schema("requests/knowledge-base-replace"),
        errors=(*_KEY, InvalidRequest, *_TEXT, NotFound, KnowledgeBaseExists), waits=True,
        example={"name": "Updated Product Knowledge Base", "description": "Manuals and guides"},
    ),
    Operation(
        "knowledge_bases.delete", "DELETE", "/knowledge-bases/{kb_id}/",
        "Delete a knowledge base; its collections and files stay",
        knowledge_bases.delete_knowledge_base, 204, documented("knowledge-bases/delete@G1"),
        documented("knowledge-bases/delete@G1"), None, errors=(*_KEY, NotFound),
    ),
    Operation(
        "knowledge_bases.check_status", "GET", "/knowledge-bases/{kb_id}/check_status/",
        "Get how far a knowledge base is, and whether that is news",
        knowledge_bases.check_status, 200, _OK, documented("knowledge-bases/check-status@G2"),
        "responses/knowledge-base-checked", errors=(*_KEY, NotFound), waits=True,
    ),
    Operation(
        "knowledge_bases.status", "GET", "/knowledge-bases/{kb_id}/status/",
        "Get how far a knowledge base is, as the first page has it",
        knowledge_bases.get_status, 200, _OK, documented("knowledge-bases/check-status@G1"),
        "responses/knowledge-base-status", errors=(*_KEY, NotFound),
    ),
)  # fmt: skip
