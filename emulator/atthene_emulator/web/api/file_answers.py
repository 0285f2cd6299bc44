"""How files look on the wire. This module is those shapes."""

from collections.abc import Sequence
from typing import Any

from atthene_emulator.domain.bulk import Done
from atthene_emulator.domain.file import File
from atthene_emulator.knowledge.documents import has_text
from atthene_emulator.timestamps import format_time

Json = dict[str, Any]

_PAGE, _SIZE, _CHARACTERS = (
    45_000,
    2_048_576,
    12_500,
)  # bytes of a page; of the page's example, bytes and what text they give


def file(one: File, now: float) -> Json:
    """A file [documented: files/get@G1]."""
    return {**_common(one, now), "updated_at": format_time(one.updated_at(now))}


def created_file(one: File) -> Json:
    """A file that was uploaded just now [documented: files/upload@G1]."""
    return {**_common(one, one.created_at), "status": "uploading"}


def _common(one: File, now: float) -> Json:
    return {
        "id": one.id,
        "original_filename": one.name,
        "file_type": one.type,
        "size_bytes": one.size,
        "status": one.status(now),
        "tags": list(one.tags),
        "created_at": format_time(one.created_at),
    }


def file_in_detail(one: File, now: float) -> Json:
    """A file with what was found in it [documented: files/get@G1; numbers by its size D70, why it failed D105]."""
    found: Json = {"pages_extracted": 0, "text_length": 0}
    if one.process.is_over(now) and one.process.failure is None:
        length = one.size if has_text(one.name) else one.size * _CHARACTERS // _SIZE
        found = {"pages_extracted": max(1, one.size // _PAGE), "text_length": length}
    elif one.process.is_over(now):
        found["error"] = one.process.failure
    return {**file(one, now), "processing_info": found}


def bulk(done: Sequence[Done]) -> Json:
    """What came of many [documented: files/bulk-operations@G1; failures D70]."""
    failed = sum(one.error is not None for one in done)
    return {
        "success": failed < len(done),
        "processed": len(done) - failed,
        "failed": failed,
        "results": [{"file_id": one.id, **_result(one)} for one in done],
    }


def _result(one: Done) -> Json:
    return {"status": "success"} if one.error is None else {"status": "error", "error": one.error}


def bulk_action(done: Sequence[Done]) -> Json:
    """The same as the first reference has it [documented: files@G0; `errors` D71]."""
    errors = [f"{one.id}: {one.error}" for one in done if one.error is not None]
    return {"success": len(errors) < len(done), "updated_count": len(done) - len(errors), "errors": errors}
