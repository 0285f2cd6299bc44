"""How collections look on the wire. This module is those shapes."""

from collections.abc import Iterable
from typing import Any

from atthene_emulator.domain.collection import Member
from atthene_emulator.domain.collections import ShownCollection
from atthene_emulator.domain.file import File
from atthene_emulator.timestamps import format_time

Json = dict[str, Any]


def collection(one: ShownCollection) -> Json:
    """A collection, without its files [documented: collections/list@G1]."""
    return {
        "id": one.collection.id,
        "name": one.collection.name,
        "description": one.collection.description,
        "status": one.standing.status,
        "progress": one.standing.progress,
        "data_source_count": len(one.items),
        "total_size": one.size,
        "created_at": format_time(one.collection.created_at),
        "updated_at": format_time(one.updated_at),
    }


def collections(all_of_them: Iterable[ShownCollection]) -> list[Json]:
    """A bare array [documented: collections/list@G1]."""
    return [collection(one) for one in all_of_them]


def collection_in_detail(one: ShownCollection) -> Json:
    """A collection with its files [documented: collections/get@G1]."""
    return {**collection(one), "datasources": [_data_source(member, file) for member, file in one.items]}


def _data_source(member: Member, file: File) -> Json:
    return {
        "id": member.id,
        "data_source": file.id,
        "data_source_name": file.name,
        "data_source_type": file.type,
        "data_source_size": file.size,
        "created_at": format_time(member.created_at),
    }


def moved(file: File, how: str, one: ShownCollection) -> Json:
    """A file that was `added to` or `removed from` a collection [documented: collections@G0; what is in it D71]."""
    message = f"Data source '{file.name}' {how} collection"
    return {"success": True, "message": message, "collection": collection_in_detail(one)}
