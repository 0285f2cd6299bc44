"""Handlers of `/knowledge-bases/`."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.domain import knowledge_bases
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.knowledge_base import EMBEDDING, KnowledgeBase
from atthene_emulator.domain.knowledge_base_draft import Draft, NewCollection
from atthene_emulator.domain.knowledge_bases import ShownBase, Wanted, show_base
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.knowledge.strategy import DEFAULT
from atthene_emulator.web.api import knowledge_base_answers
from atthene_emulator.web.corpora import corpus_of
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.query import filters_and_page

_CHOSEN, _OLDER = "selected_collections", "collections"


async def list_knowledge_bases(exchange: Exchange) -> Any:
    """The account's knowledge bases."""
    filters, page = filters_and_page(exchange.query)
    found = knowledge_bases.list_knowledge_bases(exchange.namespace, exchange.account, Wanted(**filters), **page)
    return knowledge_base_answers.knowledge_bases([await _counted(exchange, one) for one in found], exchange.contract)


async def create_knowledge_base(exchange: Exchange) -> Any:
    """Keep a new knowledge base, and read its files."""
    draft = _draft(exchange.body, _chosen_in(exchange))
    made = knowledge_bases.create_knowledge_base(exchange.namespace, exchange.account, draft)
    return knowledge_base_answers.created(await _read(exchange, made), exchange.contract)


def _chosen_in(exchange: Exchange) -> str:
    """The field of the body that names collections: the one that names some, else one that is there, else that of the contract."""
    body = exchange.body
    if body.get(_CHOSEN) or body.get(_OLDER):
        return _CHOSEN if body.get(_CHOSEN) else _OLDER
    if _CHOSEN in body:
        return _CHOSEN
    is_older = _OLDER in body or exchange.contract.knowledge_bases == "collections"
    return _OLDER if is_older else _CHOSEN


def _draft(body: Mapping[str, Any], field: str) -> Draft:
    save_as = None
    if body.get("save_as_collection", False):
        save_as = NewCollection(body.get("new_collection_name"), body.get("new_collection_description", ""))
    return Draft(
        name=body["name"],
        description=body.get("description", ""),
        collections=body.get(field, ()),
        collections_field=field,
        files=body.get("selected_datasources", ()),
        chunking=body.get("chunking_strategy", DEFAULT),
        embedding=body.get("embedding_config", EMBEDDING),
        save_as=save_as,
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


def _named(exchange: Exchange) -> tuple[Namespace, Account, str]:
    """Namespace, account, and the id in the path."""
    return exchange.namespace, exchange.account, exchange.path["kb_id"]
