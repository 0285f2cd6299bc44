"""How knowledge bases look on the wire: in two generations, of data sources and of collections. This module is those shapes."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from atthene_emulator.contracts import Contract
from atthene_emulator.domain.collections import ShownCollection
from atthene_emulator.domain.file import File
from atthene_emulator.domain.knowledge_base import KnowledgeSource
from atthene_emulator.domain.knowledge_bases import Checked, ShownBase
from atthene_emulator.domain.slug import dataset_name
from atthene_emulator.timestamps import format_time
from atthene_emulator.web.api import collection_answers

Json = dict[str, Any]
_Item = tuple[KnowledgeSource, File]

_NOT_LISTED = (
    "dataset_name",
    "normalized_dataset_name",
    "total_datasources",
    "chunking_strategy",
    "embedding_config",
    "llm_config",
    "company_name",
)
_CHECKED = (
    "id",
    "name",
    "status",
    "progress",
    "processing_engine",
    "datasource_count",
    "total_datasources",
    "success_rate",
    "ingested_datasources",
    "failed_datasources",
    "processing_metadata",
    "updated_at",
)
_UPLOADED = "file-upload"


def knowledge_base(one: ShownBase, contract: Contract) -> Json:
    """A knowledge base in detail [documented: knowledge-bases/get@G1, knowledge-bases/get@G2]."""
    if contract.knowledge_bases == "collections":
        return {**_summary(one), **_items_of_collections(one)}
    return _of_sources(one)


def knowledge_bases(all_of_them: Iterable[ShownBase], contract: Contract) -> list[Json]:
    """A bare array [documented: knowledge-bases/list@G1, knowledge-bases/list@G2]."""
    if contract.knowledge_bases == "collections":
        return [_summary(one) for one in all_of_them]
    return [_without(_of_sources(one), _NOT_LISTED) for one in all_of_them]


def changed(one: ShownBase, contract: Contract) -> Json:
    """A knowledge base that was changed: the object, says the page [documented: knowledge-bases/update@G2]."""
    return _summary(one) if contract.knowledge_bases == "collections" else _of_sources(one)


def created(one: ShownBase, contract: Contract) -> Json:
    """A new knowledge base [documented: knowledge-bases/create@G1, knowledge-bases/create@G2]."""
    if contract.knowledge_bases == "collections":
        return _summary(one)
    message = f"Knowledge base '{one.base.name}' created successfully"
    return {"success": True, "message": message, "knowledge_base": _of_sources(one)}


def checked(one: Checked) -> Json:
    """Its status, and whether that was another one before [documented: knowledge-bases/check-status@G2]."""
    whole = _of_sources(one.shown)
    return {
        "success": True,
        "message": f"Status checked for knowledge base '{one.shown.base.name}'",
        "knowledge_base": {name: whole[name] for name in _CHECKED},
        "status_updated": one.is_updated,
    }


def status(one: ShownBase) -> Json:
    """Its status, as the first page has it [documented: knowledge-bases/check-status@G1]."""
    summary = _summary(one)
    return {
        **{name: summary[name] for name in ("id", "status", "progress", "processing_engine", "collection_count")},
        "total_datasources": len(one.items),
        "processed_datasources": len(one.ingested) + len(one.failed),
        "failed_datasources": len(one.failed),
        "success_rate": summary["success_rate"],
        "estimated_completion": None,
        "last_updated": summary["updated_at"],
    }


def available_collections(all_of_them: Sequence[ShownCollection], contract: Contract) -> Any:
    """Collections of which knowledge bases can be made.

    [documented: knowledge-bases/available-collections@G1, knowledge-bases/available-collections@G2]
    """
    if contract.knowledge_bases == "collections":
        return [_without(collection_answers.collection(one), ("progress", "updated_at")) for one in all_of_them]
    found = [
        {
            "id": one.collection.id,
            "name": one.collection.name,
            "description": one.collection.description,
            "created_at": format_time(one.collection.created_at),
            "datasource_count": len(one.items),
        }
        for one in all_of_them
    ]
    return {"success": True, "collections": found, "count": len(found)}


def _of_sources(one: ShownBase) -> Json:
    """The newer object; what was written of its ingestion stands in it (D120)."""
    base, now = one.base, one.now
    return {
        "id": base.id,
        "name": base.name,
        "description": base.description,
        "processing_engine": base.engine,
        "dataset_name": "",
        "normalized_dataset_name": dataset_name(base.name),
        "status": one.standing.status,
        "progress": one.standing.progress,
        "datasources": [_data_source(item, now) for item in one.items if item[0].is_direct],  # D119
        "datasource_count": len(one.items),
        "total_datasources": len(one.items),
        "ingested_datasources": [_data_source(item, now) for item in one.ingested],
        "failed_datasources": [_data_source(item, now) for item in one.failed],
        "datasource_errors": {source.id: source.error for source, _ in one.failed},
        "datasource_snapshots": {
            **{source.id: _snapshot(file, "ingested") for source, file in one.ingested},
            **{source.id: _snapshot(file, "failed") for source, file in one.failed},
        },
        "success_rate": _success_rate(one),
        "chunking_strategy": dict(base.chunking),
        "embedding_config": dict(base.embedding),
        "llm_config": dict(base.llm),
        "processing_metadata": _processing(one),
        "created_by_name": base.owner,  # D119
        "company_name": base.company,
        "created_at": format_time(base.created_at),
        "updated_at": format_time(one.updated_at),
        **base.written,
    }


def _data_source(item: _Item, now: float) -> Json:
    _, file = item
    return {"id": file.id, "name": file.name, "type": _UPLOADED, "status": file.status(now)}


def _snapshot(file: File, how: str) -> Json:
    return {"id": file.id, "name": file.name, "type": _UPLOADED, "ingestion_status": how}


def _processing(one: ShownBase) -> Json:
    """What is being done [documented: knowledge-bases/check-status@G2; chunking D73]."""
    if one.standing.status != "running":
        return {}
    if one.chunks is None:
        return {"phase": "chunking", "message": "Chunking Documents"}
    done = one.chunks * one.standing.progress // 100
    return {
        "phase": "batch_embedding",
        "total_chunks": one.chunks,
        "processed_chunks": done,
        "message": f"Generating Embeddings: {done:,}/{one.chunks:,} chunks",
    }


def _summary(one: ShownBase) -> Json:
    """The older object."""
    base = one.base
    return {
        "id": base.id,
        "name": base.name,
        "description": base.description,
        "processing_engine": base.engine,
        "status": one.standing.status,
        "progress": one.standing.progress,
        "collection_count": len(base.collections),
        "success_rate": _success_rate(one),
        "created_by_name": base.owner,  # D119
        "created_at": format_time(base.created_at),
        "updated_at": format_time(one.updated_at),
    }


def _items_of_collections(one: ShownBase) -> Json:
    return {
        "ingested_datasources": [_of_collection(item, "completed") for item in one.ingested],
        "failed_datasources": [_of_collection(item, "failed") for item in one.failed],
    }


def _of_collection(item: _Item, how: str) -> Json:
    source, file = item
    return {
        "id": source.member or file.id,
        "data_source": file.id,
        "data_source_name": file.name,
        "status": how,
    }


def _success_rate(one: ShownBase) -> float:
    """Percent of its files that were ingested; a whole number where it is one."""
    rate = round(100 * len(one.ingested) / max(1, len(one.items)), 2)
    return int(rate) if rate == int(rate) else rate


def _without(whole: Json, names: Collection[str]) -> Json:
    return {name: value for name, value in whole.items() if name not in names}
