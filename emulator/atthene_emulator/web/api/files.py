"""Handlers of `/files/`."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from atthene_emulator.domain import files
from atthene_emulator.domain.bulk import each
from atthene_emulator.domain.files import Upload, Wanted
from atthene_emulator.errors import InvalidRequest, Problem
from atthene_emulator.web.api import bulk_answers, file_answers
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.query import filters_and_page

_NEEDED = {"update_tags": "tags", "change_status": "status"}
_ACTIONS: Mapping[str, Mapping[str, Any]] = {
    "archive": {"chosen": "archived"},
    "make_public": {"is_public": True},
    "make_private": {"is_public": False},
}


def list_files(exchange: Exchange) -> Any:
    """The account's files."""
    filters, page = filters_and_page(exchange.query)
    wanted = Wanted(**{**filters, "tags": _tags(filters["tags"])})
    found = files.list_files(exchange.namespace, exchange.account, wanted, **page)
    return [file_answers.file(one, exchange.namespace.clock.now()) for one in found]


def upload_file(exchange: Exchange) -> Any:
    """Keep a file."""
    form = exchange.sent_form
    sent = form.file("file")
    upload = Upload(
        name=sent.filename,
        content=sent.content,
        tags=_tags(form.values("tags")),
        description=form.text("description"),
        is_public=form.is_true("is_public"),
    )
    return file_answers.created_file(files.create_file(exchange.namespace, exchange.account, upload))


def _tags(values: Sequence[str]) -> tuple[str, ...]:
    """Tags as they are sent: one text with commas, several of them, or a JSON array; each once.

    [documented: files/upload@G1, files@G0]
    """
    arrays = (_read_array(value) for value in values)
    found = [
        tag
        for value, array in zip(values, arrays, strict=True)
        for tag in (value.split(",") if array is None else array)
    ]
    return tuple(dict.fromkeys(tag.strip() for tag in found if tag.strip()))


def _read_array(text: str) -> list[str] | None:
    """The texts of a JSON array; None for what is none."""
    if not text.lstrip().startswith("["):
        return None
    try:
        read = orjson.loads(text)  # which knows no half of a surrogate pair
    except ValueError:
        return None
    return read if all(isinstance(one, str) for one in read) else None


def get_file(exchange: Exchange) -> Any:
    """One file."""
    file = files.look_at_file(exchange.namespace, exchange.account, exchange.path["file_id"])
    return file_answers.file_in_detail(file, exchange.namespace.clock.now())


def delete_file(exchange: Exchange) -> None:
    """Hide a file."""
    files.delete_file(exchange.namespace, exchange.account, exchange.path["file_id"])


def change_files(exchange: Exchange) -> Any:
    """The same for many files."""
    body, change = exchange.body, partial(files.change_file, exchange.namespace, exchange.account)
    parameters, needed = body.get("parameters", {}), _NEEDED.get(body["operation"])
    if needed is not None and needed not in parameters:
        what = f"parameters.{needed} is required for {body['operation']}."
        raise InvalidRequest(None, [Problem(f"parameters.{needed}", what)])
    if body["operation"] == "delete" or (needed == "status" and parameters["status"] == "deleted"):
        return bulk_answers.bulk(files.delete_files(exchange.namespace, exchange.account, body["file_ids"]))
    changes: Mapping[str, Mapping[str, Any]] = {
        "update_tags": {"tags": tuple(dict.fromkeys(parameters.get("tags", ())))},
        "change_status": {"chosen": parameters.get("status")},
    }
    return bulk_answers.bulk(each(body["file_ids"], lambda one: change(one, **changes[body["operation"]])))


def act_on_files(exchange: Exchange) -> Any:
    """The same for many files, as the first reference has it (D71)."""
    action, file_ids = exchange.body["action"], exchange.body["file_ids"]
    if action == "delete":
        return bulk_answers.bulk_action(files.delete_files(exchange.namespace, exchange.account, file_ids))
    change = partial(files.change_file, exchange.namespace, exchange.account, **_ACTIONS[action])
    return bulk_answers.bulk_action(each(file_ids, change))
