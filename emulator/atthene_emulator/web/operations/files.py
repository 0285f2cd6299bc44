"""Operations of files. This module is their rows."""

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.domain.file_types import FILE_STATUSES, FILE_TYPES
from atthene_emulator.errors import DuplicateFile, InvalidRequest, NotFound
from atthene_emulator.evidence.levels import decided, documented
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations.vocabulary import CREATED, FORM, KEY, OK, PAGED, TEXT
from atthene_emulator.web.query import Parameter

_LIST = documented("files/list@G1")
_TYPE = Parameter("file_type", "string", "Only files of this type.", _LIST, options=FILE_TYPES, example="document")
_STATUS = Parameter("status", "string", "Only files that are so.", _LIST, options=FILE_STATUSES, example="active")
_SEARCH = Parameter("search", "string", "Only files whose name has this in it.", _LIST, example="manual")
_TAGS = Parameter("tags", "strings", "Only files that have all of these tags.", decided("D70"), example=["manual"])
_DELETED = Parameter(
    "include_deleted", "boolean", "Whether deleted ones are listed, too.", _LIST, default=False, example=True
)
_GIVES = ("file_id", "$response.body#/id")

FILES: tuple[Operation, ...] = (
    Operation(
        "files.list", "GET", "/files/", "List the account's files, newest first",
        "api.files:list_files", 200, OK, _LIST, "responses/file-list",
        operation_id="listFiles",
        query=(_TYPE, _STATUS, _SEARCH, _TAGS, _DELETED, *PAGED), errors=(*KEY, InvalidRequest),
    ),
    Operation(
        "files.upload", "POST", "/files/", "Upload a file",
        "api.files:upload_file", 201, CREATED, documented("files/upload@G1"), "responses/file-uploaded",
        operation_id="uploadFile",
        body=Schema("requests/file-upload"), files=("file",), errors=(*KEY, *FORM, DuplicateFile),
        example={"file": "Unplug the lamp before you clean it.", "tags": ["manual", "product"]}, gives=_GIVES,
    ),
    Operation(
        "files.bulk", "POST", "/files/bulk/", "Delete many files, or change their tags or status",
        "api.files:change_files", 200, OK, documented("files/bulk-operations@G1"), "responses/file-bulk",
        operation_id="changeFiles", body=Schema("requests/file-changes"), errors=(*KEY, InvalidRequest, *TEXT),
        example={"operation": "update_tags", "file_ids": ["file_123", "file_456"], "parameters": {"tags": ["updated"]}},
    ),
    Operation(
        "files.bulk_action", "POST", "/files/bulk_action/", "The same as the first reference has it",
        "api.files:act_on_files", 200, OK, documented("files@G0"), "responses/bulk-action",
        operation_id="actOnFiles", body=Schema("requests/file-bulk-action"), errors=(*KEY, InvalidRequest, *TEXT),
        example={"action": "make_public", "file_ids": ["file_123", "file_456"]},
    ),
    Operation(
        "files.get", "GET", "/files/{file_id}/", "Get a file, with what was found in it",
        "api.files:get_file", 200, OK, documented("files/get@G1"), "responses/file",
        operation_id="getFile", errors=(*KEY, NotFound), gives=_GIVES,
    ),
    Operation(
        "files.delete", "DELETE", "/files/{file_id}/", "Delete a file; it leaves collections and knowledge bases",
        "api.files:delete_file", 204, documented("files/delete@G1"), documented("files/delete@G1"), None,
        operation_id="deleteFile", errors=(*KEY, NotFound),
    ),
)  # fmt: skip
