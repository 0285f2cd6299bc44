"""Handlers of `/knowledge-bases/`."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.domain import knowledge_bases
from atthene_emulator.domain.knowledge_base import EMBEDDING, KnowledgeBase
from atthene_emulator.domain.knowledge_bases import Draft, ShownBase, Wanted, show_base
from atthene_emulator.knowledge.strategy import DEFAULT
from atthene_emulator.web.api import knowledge_base_answers
from atthene_emulator.web.corpora import corpus_of
from atthene_emulator.web.exchange import Exchange

_PAGE = ("limit", "offset")
_CHOSEN, _OLDER = "selected_collections", "collections"


async def list_knowledge_bases(exchange: Exchange) -> Any:
    """The account's knowledge bases."""
    query = dict(exchange.query)
    page = {name: query.pop(name) for name in _PAGE}
    found = knowledge_bases.list_knowledge_bases(exchange.namespace, exchange.account, Wanted(**query), **page)
    return knowledge_base_answers.knowledge_bases([await _counted(exchange, one) for one in found], exchange.contract)


async def create_knowledge_base(exchange: Exchange) -> Any:
    """Keep a new knowledge base, and read its files."""
    draft = _draft(exchange.body, is_older=exchange.contract.knowledge_bases == "collections")
    made = knowledge_bases.create_knowledge_base(exchange.namespace, exchange.account, draft)
    return knowledge_base_answers.created(await _read(exchange, made), exchange.contract)


def _draft(body: Mapping[str, Any], *, is_older: bool) -> Draft:
    is_newer = bool(body.get(_CHOSEN)) or (
        not body.get(_OLDER) and (_CHOSEN in body or (_OLDER not in body and not is_older))
    )
    field = _CHOSEN if is_newer else _OLDER
    save_as = None
    if body.get("save_as_collection", False):
        save_as = body.get("new_collection_name"), body.get("new_collection_description", "")
    return Draft(
        body["name"],
        body.get("description", ""),
        body.get(field, ()),
        field,
        body.get("selected_datasources", ()),
        body.get("chunking_strategy", DEFAULT),
        body.get("embedding_config", EMBEDDING),
        save_as,
    )


async def _read(exchange: Exchange, base: KnowledgeBase) -> ShownBase:
    """A knowledge base whose files are read."""
    corpus = await corpus_of(exchange.namespace, base)
    return show_base(exchange.namespace, base._replace(corpus=corpus))


async def _counted(exchange: Exchange, shown: ShownBase) -> ShownBase:
    """The same with the number of its chunks, where that is told."""
    if not shown.is_embedding or shown.chunks is not None:
        return shown
    corpus = await corpus_of(exchange.namespace, shown.base)
    return shown._replace(base=shown.base._replace(corpus=corpus))


async def get_knowledge_base(exchange: Exchange) -> Any:
    """One knowledge base."""
    shown = await _counted(exchange, knowledge_bases.look_at_knowledge_base(*_named(exchange)))
    return knowledge_base_answers.knowledge_base(shown, exchange.contract)


async def update_knowledge_base(exchange: Exchange) -> Any:
    """Change what is given."""
    changed = knowledge_bases.update_knowledge_base(*_named(exchange), exchange.body)
    return knowledge_base_answers.changed(await _read(exchange, changed), exchange.contract)


async def replace_knowledge_base(exchange: Exchange) -> Any:
    """Change what is given, and have the rest as it is of a new one."""
    changed = knowledge_bases.replace_knowledge_base(*_named(exchange), exchange.body)
    return knowledge_base_answers.changed(await _read(exchange, changed), exchange.contract)


def delete_knowledge_base(exchange: Exchange) -> None:
    """Forget a knowledge base."""
    knowledge_bases.delete_knowledge_base(*_named(exchange))


async def check_status(exchange: Exchange) -> Any:
    """How far it is, and whether that is news."""
    checked = knowledge_bases.check_knowledge_base(*_named(exchange))
    return knowledge_base_answers.checked(checked._replace(shown=await _counted(exchange, checked.shown)))


def get_status(exchange: Exchange) -> Any:
    """How far it is, as the first page has it."""
    return knowledge_base_answers.status(knowledge_bases.look_at_knowledge_base(*_named(exchange)))


def list_available_collections(exchange: Exchange) -> Any:
    """Collections of which knowledge bases can be made."""
    found = knowledge_bases.available_collections(exchange.namespace, exchange.account)
    return knowledge_base_answers.available_collections(found, exchange.contract)


def _named(exchange: Exchange) -> tuple[Any, Any, str]:
    """Namespace, account, and the id in the path."""
    return exchange.namespace, exchange.account, exchange.path["kb_id"]
