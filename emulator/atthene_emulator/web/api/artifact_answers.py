"""How artifacts look on the wire. This module is those shapes."""

from typing import Any

from atthene_emulator.domain.artifact import Artifact
from atthene_emulator.domain.media_type import media_type_of
from atthene_emulator.domain.sheet import Sheet
from atthene_emulator.timestamps import format_time

Json = dict[str, Any]


def artifact(one: Artifact, now: float, company: str, url: str) -> Json:
    """An artifact [documented: artifacts/upload@G4; values besides those of the example D68]."""
    kept_at = f"company/{company}/user/{one.owner}/chat-artifacts/{one.session}/{one.own_name}"
    return {
        "artifact_id": one.id,
        "title": one.title,
        "display_name": one.title,
        "kind": one.kind.kind,
        "url": url,
        "thumbnail_url": None,
        "mime_type": media_type_of(one.name),
        "original_filename": one.name,
        "uuid_filename": one.own_name,
        "s3_key": kept_at,
        "processing_strategy": one.kind.strategy,
        "processing_status": one.processing_status(now),
        "index_status": one.index_status(now),
        "file_size": one.size,
    }


def artifact_in_detail(one: Artifact, now: float, company: str, url: str) -> Json:
    """The same with what else is known (D68)."""
    about = {"session_id": one.session, "origin": one.origin, "created_at": format_time(one.created_at)}
    return {**artifact(one, now, company, url), **about}


def file_block(one: Artifact, url: str) -> Json:
    """An artifact in a message [documented: artifacts/upload@G4]."""
    source = {
        "type": "url",
        "media_type": media_type_of(one.name),
        "filename": one.name,
        "url": url,
        "artifact_id": one.id,
    }
    return {"type": "file", "source": source}


def status(one: Artifact, now: float) -> Json:
    """How far an artifact has come [documented: artifacts/overview@G4; its form D68]."""
    return {
        "artifact_id": one.id,
        "processing_status": one.processing_status(now),
        "index_status": one.index_status(now),
    }


def preview(sheet: Sheet) -> Json:
    """A table [documented: artifacts/overview@G4; its form D68]."""
    return {"sheets": [{"name": sheet.name, "headers": sheet.headers, "rows": sheet.rows}]}
