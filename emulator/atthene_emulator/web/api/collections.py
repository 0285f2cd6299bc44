"""Handlers of `/collections/`."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from atthene_emulator.domain import collections
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.bulk import Done, each
from atthene_emulator.domain.collections import Wanted, show_collection
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.web.api import bulk_answers, collection_answers
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.query import filters_and_page

_FIELDS = ("name", "description")
_CHANGES: Mapping[str, Callable[..., Sequence[Done]]] = {
    "add_files": collections.add_files,
    "remove_files": collections.remove_files,
}
_ACTIONS: Mapping[str, Callable[..., None]] = {
    "delete": collections.delete_collection,
    "retry": collections.retry,
    "complete": collections.complete,
}


def list_collections(exchange: Exchange) -> Any:
    """The account's collections."""
    filters, page = filters_and_page(exchange.query)
    found = collections.list_collections(exchange.namespace, exchange.account, Wanted(**filters), **page)
    return collection_answers.collections(found)


def create_collection(exchange: Exchange) -> Any:
    """Keep a new collection."""
    body = exchange.body
    made = collections.create_collection(
        exchange.namespace, exchange.account, body["name"], body.get("description", "")
    )
    return collection_answers.collection(show_collection(exchange.namespace, made))


def get_collection(exchange: Exchange) -> Any:
    """One collection with its files."""
    return collection_answers.collection_in_detail(collections.look_at_collection(*_named(exchange)))


def update_collection(exchange: Exchange) -> Any:
    """Change what is given."""
    changes = {name: exchange.body[name] for name in _FIELDS if name in exchange.body}
    return collection_answers.collection(collections.change_collection(*_named(exchange), **changes))


def replace_collection(exchange: Exchange) -> Any:
    """Change name and description."""
    changes = {"name": exchange.body["name"], "description": exchange.body.get("description", "")}
    return collection_answers.collection(collections.change_collection(*_named(exchange), **changes))


def delete_collection(exchange: Exchange) -> None:
    """Forget a collection."""
    collections.delete_collection(*_named(exchange))


def add_files(exchange: Exchange) -> Any:
    """Add files."""
    return bulk_answers.added(collections.add_files(*_named(exchange), exchange.body["file_ids"]))


def remove_file(exchange: Exchange) -> None:
    """Let a file leave."""
    collections.remove_file(*_named(exchange), exchange.path["file_id"])


def change_files(exchange: Exchange) -> Any:
    """Add or remove files."""
    change = _CHANGES[exchange.body["operation"]]
    return bulk_answers.bulk(change(*_named(exchange), exchange.body["file_ids"]))


def add_data_source(exchange: Exchange) -> Any:
    """Add a file, as the first reference has it (D71)."""
    return _moved(exchange, collections.add_file, "added to")


def remove_data_source(exchange: Exchange) -> Any:
    """Let a file leave, as the first reference has it (D71)."""
    return _moved(exchange, collections.remove_file, "removed from")


def _moved(exchange: Exchange, move: Callable[..., Any], how: str) -> Any:
    file = move(*_named(exchange), exchange.body["data_source_id"])
    return collection_answers.moved(file, how, collections.look_at_collection(*_named(exchange)))


def act_on_collections(exchange: Exchange) -> Any:
    """The same for many collections (D71)."""
    action = exchange.body["action"]
    act = partial(_ACTIONS[action], exchange.namespace, exchange.account)
    return bulk_answers.bulk_action_on_collections(action, each(exchange.body["collection_ids"], act))


def _named(exchange: Exchange) -> tuple[Namespace, Account, str]:
    """Namespace, account, and the id in the path."""
    return exchange.namespace, exchange.account, exchange.path["collection_id"]
