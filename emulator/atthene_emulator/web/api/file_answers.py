"""How files look on the wire. This module is those shapes."""

from typing import Any

from atthene_emulator.domain.file import File
from atthene_emulator.knowledge.documents import has_text
from atthene_emulator.timestamps import format_time

Json = dict[str, Any]

_BYTES_OF_PAGE = 45_000
_BYTES, _CHARACTERS = 2_048_576, 12_500  # of the example: a file, and how much text is found in it


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
        length = one.size if has_text(one.name) else one.size * _CHARACTERS // _BYTES
        found = {"pages_extracted": max(1, one.size // _BYTES_OF_PAGE), "text_length": length}
    elif one.process.is_over(now):
        found["error"] = one.process.failure
    return {**file(one, now), "processing_info": found}
