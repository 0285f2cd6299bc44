"""Operations of collections. This module is their rows."""

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.domain.standing import STATUSES
from atthene_emulator.errors import CollectionExists, InvalidRequest, NotFound
from atthene_emulator.evidence.levels import documented
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations.vocabulary import CREATED, KEY, OK, PAGED, TEXT
from atthene_emulator.web.query import Parameter

_STATUS = Parameter(
    "status", "string", "Only collections that are so.", documented("collections/list@G1"), options=STATUSES,
    example="completed",
)  # fmt: skip
_SEARCH = Parameter(
    "search", "string", "Only collections whose name or description has this in it.", documented("collections/list@G1"),
    example="product",
)  # fmt: skip
_GIVES = ("collection_id", "$response.body#/id")

COLLECTIONS: tuple[Operation, ...] = (
    Operation(
        "collections.list", "GET", "/collections/", "List the account's collections, newest first",
        "api.collections:list_collections", 200, OK, documented("collections/list@G1"), "responses/collection-list",
        operation_id="listCollections", query=(_STATUS, _SEARCH, *PAGED), errors=(*KEY, InvalidRequest),
    ),
    Operation(
        "collections.create", "POST", "/collections/", "Create a collection, without files",
        "api.collections:create_collection", 201, CREATED, documented("collections/create@G1"), "responses/collection",
        operation_id="createCollection",
        body=Schema("requests/collection-create"), errors=(*KEY, InvalidRequest, *TEXT, CollectionExists),
        example={"name": "Support Documentation", "description": "Customer support guides and FAQs"},
        gives=_GIVES,
    ),
    Operation(
        "collections.bulk_action", "POST", "/collections/bulk_action/", "Delete, retry or complete many collections",
        "api.collections:act_on_collections", 200, OK, documented("collections@G0"), "responses/collection-action",
        operation_id="actOnCollections",
        body=Schema("requests/collection-bulk-action"), errors=(*KEY, InvalidRequest, *TEXT),
        example={"action": "retry", "collection_ids": ["coll_123", "coll_456"]},
    ),
    Operation(
        "collections.get", "GET", "/collections/{collection_id}/", "Get a collection with its files",
        "api.collections:get_collection", 200, OK, documented("collections/get@G1"), "responses/collection-in-detail",
        operation_id="getCollection", errors=(*KEY, NotFound), gives=_GIVES,
    ),
    Operation(
        "collections.update", "PATCH", "/collections/{collection_id}/", "Change name or description of a collection",
        "api.collections:update_collection", 200, OK, documented("collections/update@G1"), "responses/collection",
        operation_id="updateCollection",
        body=Schema("requests/collection-update"), errors=(*KEY, InvalidRequest, *TEXT, NotFound, CollectionExists),
        example={"name": "Updated Product Documentation"},
    ),
    Operation(
        "collections.replace", "PUT", "/collections/{collection_id}/", "Replace name and description of a collection",
        "api.collections:replace_collection", 200, OK, documented("collections@G0"), "responses/collection",
        operation_id="replaceCollection",
        body=Schema("requests/collection-create"), errors=(*KEY, InvalidRequest, *TEXT, NotFound, CollectionExists),
        example={"name": "Updated Product Documentation", "description": "Product manuals and user guides"},
    ),
    Operation(
        "collections.delete", "DELETE", "/collections/{collection_id}/", "Delete a collection; its files stay",
        "api.collections:delete_collection", 204, documented("collections/delete@G1"), documented("collections/delete@G1"), None,
        operation_id="deleteCollection", errors=(*KEY, NotFound),
    ),
    Operation(
        "collections.add_files", "POST", "/collections/{collection_id}/files/", "Add files to a collection",
        "api.collections:add_files", 200, OK, documented("collections/add-file@G1"), "responses/collection-files-added",
        operation_id="addFilesToCollection",
        body=Schema("requests/collection-files"), errors=(*KEY, InvalidRequest, *TEXT, NotFound),
        example={"file_ids": ["file_123", "file_456"]},
    ),
    Operation(
        "collections.remove_file", "DELETE", "/collections/{collection_id}/files/{file_id}/",
        "Remove a file from a collection; the file stays",
        "api.collections:remove_file", 204, documented("collections/remove-file@G1"), documented("collections/remove-file@G1"),
        None, operation_id="removeFileFromCollection", errors=(*KEY, NotFound),
    ),
    Operation(
        "collections.bulk", "POST", "/collections/{collection_id}/bulk/", "Add or remove many files of a collection",
        "api.collections:change_files", 200, OK, documented("collections/bulk-operations@G1"), "responses/collection-bulk",
        operation_id="changeFilesOfCollection",
        body=Schema("requests/collection-changes"), errors=(*KEY, InvalidRequest, *TEXT, NotFound),
        example={"operation": "add_files", "file_ids": ["file_123", "file_456"]},
    ),
    Operation(
        "collections.add_data_source", "POST", "/collections/{collection_id}/add_data_source/",
        "Add a file to a collection, as the first reference has it",
        "api.collections:add_data_source", 200, OK, documented("collections@G0"), "responses/collection-moved",
        operation_id="addDataSourceToCollection",
        body=Schema("requests/collection-data-source"), errors=(*KEY, InvalidRequest, *TEXT, NotFound),
        example={"data_source_id": "file_456"},
    ),
    Operation(
        "collections.remove_data_source", "POST", "/collections/{collection_id}/remove_data_source/",
        "Remove a file from a collection, as the first reference has it",
        "api.collections:remove_data_source", 200, OK, documented("collections@G0"), "responses/collection-moved",
        operation_id="removeDataSourceFromCollection",
        body=Schema("requests/collection-data-source"), errors=(*KEY, InvalidRequest, *TEXT, NotFound),
        example={"data_source_id": "file_123"},
    ),
)  # fmt: skip
