"""Operations of artifacts, which are files of a session. This module is their rows."""

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.errors import (
    InvalidRequest,
    NoSuchArtifact,
    NotFound,
    NotManaged,
    NotOnPlatform,
    NotPreviewed,
    RangeNotSatisfiable,
)
from atthene_emulator.evidence.levels import documented
from atthene_emulator.web.operation import Errors, Operation
from atthene_emulator.web.operations.vocabulary import FORM, KEY, KEY_FILTER
from atthene_emulator.web.query import Parameter

_ARTIFACTS = documented("artifacts/overview@G4")
_OF_PUBLIC = KEY_FILTER._replace(
    description="The key of a public agent, in place of an API key: pages of its origin reach the artifacts of its sessions (D66).",
    older="connection_key",
    evidence=_ARTIFACTS,
)  # fmt: skip
_INLINE = Parameter(
    "preview", "boolean", "Whether it is to be shown, not saved.", _ARTIFACTS, default=False, example=True
)  # fmt: skip
_ARTIFACT: Errors = (*KEY, InvalidRequest, NotFound, NoSuchArtifact)
_GIVES = ("artifact_id", "$response.body#/artifact_id")

ARTIFACTS: tuple[Operation, ...] = (
    Operation(
        "artifacts.upload", "POST", "/sessions/{session_id}/artifacts/", "Upload a file into a session",
        "api.artifacts:upload_artifact", 201, documented("artifacts/upload@G4"), documented("artifacts/upload@G4"),
        "responses/artifact",
        operation_id="uploadArtifact", body=Schema("requests/artifact-upload"), files=("file",), query=(_OF_PUBLIC,),
        example={"file": "The lamp was made in 1987.", "title": "Notes"},
        errors=(*KEY, *FORM, NotFound), public=True, gives=_GIVES,
    ),
    Operation(
        "artifacts.download_all", "GET", "/sessions/{session_id}/artifacts/download-all/",
        "Download all artifacts of a session in a ZIP",
        "api.artifacts:download_all", 200, _ARTIFACTS, _ARTIFACTS, None,
        operation_id="downloadAllArtifacts", media="application/zip", query=(_OF_PUBLIC,),
        errors=(*KEY, InvalidRequest, NotFound), public=True,
    ),
    Operation(
        "artifacts.url", "GET", "/sessions/{session_id}/artifacts/{artifact_id}/url/",
        "Get a fresh address of an artifact, which works without a key for four hours",
        "api.artifacts:get_url", 200, documented("artifacts/get-url@G4"), documented("artifacts/get-url@G4"),
        "responses/artifact-url", operation_id="getArtifactUrl", query=(_OF_PUBLIC,), errors=_ARTIFACT, public=True,
    ),
    Operation(
        "artifacts.status", "GET", "/sessions/{session_id}/artifacts/{artifact_id}/status/",
        "Get how far an artifact has come",
        "api.artifacts:get_status", 200, _ARTIFACTS, _ARTIFACTS, "responses/artifact-status",
        operation_id="getArtifactStatus", query=(_OF_PUBLIC,),
        errors=_ARTIFACT, public=True,
    ),
    Operation(
        "artifacts.download", "GET", "/sessions/{session_id}/artifacts/{artifact_id}/download/",
        "Download an artifact",
        "api.artifacts:download", 200, _ARTIFACTS, _ARTIFACTS, None, operation_id="downloadArtifact", media="*/*",
        parts=True, query=(_INLINE, _OF_PUBLIC), errors=(*_ARTIFACT, RangeNotSatisfiable), public=True,
    ),
    Operation(
        "artifacts.preview", "GET", "/sessions/{session_id}/artifacts/{artifact_id}/preview/",
        "Get the beginning of a CSV file as a table",
        "api.artifacts:preview", 200, _ARTIFACTS, _ARTIFACTS, "responses/artifact-preview",
        operation_id="previewArtifact", query=(_OF_PUBLIC,),
        errors=(*_ARTIFACT, NotPreviewed), public=True, waits=True,
    ),
    Operation(
        "artifacts.copy_to_platform", "POST", "/sessions/{session_id}/artifacts/{artifact_id}/copy-to-platform/",
        "Take an artifact that an agent has made over as a file",
        "api.artifacts:copy_to_platform", 200, _ARTIFACTS, _ARTIFACTS, "responses/artifact-copied",
        operation_id="copyArtifactToPlatform", query=(_OF_PUBLIC,),
        errors=(*_ARTIFACT, NotManaged), public=True,
    ),
    Operation(
        "artifacts.remove_from_platform", "POST", "/sessions/{session_id}/artifacts/{artifact_id}/remove-from-platform/",
        "Delete the file that an artifact was taken over as",
        "api.artifacts:remove_from_platform", 200, documented("artifacts/remove-from-platform@G4"),
        documented("artifacts/remove-from-platform@G4"), "responses/artifact-removed",
        operation_id="removeArtifactFromPlatform", query=(_OF_PUBLIC,),
        errors=(*_ARTIFACT, NotManaged, NotOnPlatform), public=True,
    ),
    Operation(
        "artifacts.get", "GET", "/artifacts/{artifact_id}/", "Get an artifact, of whichever session",
        "api.artifacts:get_artifact", 200, _ARTIFACTS, _ARTIFACTS, "responses/artifact-detail",
        operation_id="getArtifact", query=(_OF_PUBLIC,),
        errors=(*KEY, InvalidRequest, NoSuchArtifact), public=True,
    ),
)  # fmt: skip
