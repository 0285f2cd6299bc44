"""Handlers of `/knowledge-bases/`."""

from collections.abc import Mapping
from typing import Any

from atthene_emulator.domain import ingestion, knowledge_bases
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.knowledge_base import EMBEDDING, KnowledgeBase
from atthene_emulator.domain.knowledge_base_draft import Draft, NewCollection
from atthene_emulator.domain.knowledge_bases import ShownBase, Wanted, show_base
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.knowledge.strategy import DEFAULT
from atthene_emulator.web.api import knowledge_base_answers
from atthene_emulator.web.aside import aside
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.query import filters_and_page

_CHOSEN, _OLDER = "selected_collections", "collections"


def list_knowledge_bases(exchange: Exchange) -> Any:
    """The account's knowledge bases."""
    filters, page = filters_and_page(exchange.query)
    found = knowledge_bases.list_knowledge_bases(exchange.namespace, exchange.account, Wanted(**filters), **page)
    return knowledge_base_answers.knowledge_bases(found, exchange.contract)


async def create_knowledge_base(exchange: Exchange) -> Any:
    """Keep a new knowledge base, and read its files."""
    draft = _draft(exchange.body, _chosen_in(exchange))
    made = knowledge_bases.create_knowledge_base(exchange.namespace, exchange.account, draft)
    return knowledge_base_answers.created(await _read(exchange, made), exchange.contract)


def _chosen_in(exchange: Exchange) -> str:
    """The field of the body that names collections: the one that is there, else that of the contract."""
    if _CHOSEN in exchange.body:
        return _CHOSEN
    is_older = _OLDER in exchange.body or exchange.contract.knowledge_bases == "collections"
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
    """Read the files of a knowledge base beside the loop, unless that was done."""
    namespace = exchange.namespace
    if base.corpus is None:
        unread = ingestion.unread(namespace, base)
        base = ingestion.keep(namespace, base, await aside(unread.size, ingestion.read, unread))
    return show_base(namespace, base)


def get_knowledge_base(exchange: Exchange) -> Any:
    """One knowledge base."""
    shown = knowledge_bases.look_at_knowledge_base(*_named(exchange))
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


def check_status(exchange: Exchange) -> Any:
    """How far it is, and whether that is news."""
    return knowledge_base_answers.checked(knowledge_bases.check_knowledge_base(*_named(exchange)))


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
