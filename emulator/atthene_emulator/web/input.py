"""What a request brings: its body, whatever that is, and its query. This module is how an operation has them read and checked."""

from atthene_emulator.configuration.accepted import read
from atthene_emulator.web import wire
from atthene_emulator.web.aside import aside
from atthene_emulator.web.body import check, media_of, read_control_body, read_data, read_idle, take_idle
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.operation import CONFIGURATION, Operation
from atthene_emulator.web.query import read_every_parameter, read_query
from atthene_emulator.web.unread import unread


async def read_input(exchange: Exchange, operation: Operation) -> None:
    """Have body and query of a request to the imitated API.

    Raises:
        EmulatorError: the first thing that is wrong with them.
    """
    await _read_body(exchange, operation)  # 413, 415, 400
    if exchange.body is not None or exchange.scope["query_string"]:
        _look_for_unread(exchange, operation)  # 400 what nobody reads, if it is strict
    if operation.body not in (None, CONFIGURATION) and not _is_bare(exchange, operation):
        check(exchange.body, operation.body, operation)  # 400
    if operation.query:
        exchange.query = read_query(exchange.parameters, operation.query)  # 400


async def read_control_input(exchange: Exchange, operation: Operation) -> None:
    """The same of a request to the control plane."""
    exchange.body = await read_control_body(exchange, operation)
    exchange.query = read_every_parameter(exchange.parameters, operation.query, others=operation.any_query)


async def read_before_key(exchange: Exchange) -> None:
    """Refuse a body that cannot be read before the key is looked at, as may be ruled (D05)."""
    data = exchange.data = await read_data(exchange, exchange.emulator.settings.max_body)
    await aside(len(data), read, data, media_of(exchange.headers))


async def take_body(exchange: Exchange, operation: Operation) -> None:
    """Have the body, as it came: whoever watches the connection while something is waited for would swallow it."""
    if operation.body is None and operation.method != "GET":
        await take_idle(exchange)
    elif operation.files:
        await _take_form(exchange, operation)
    elif operation.body is not None and exchange.data is None:
        exchange.data = await read_data(exchange, exchange.emulator.settings.max_body)


async def _take_form(exchange: Exchange, operation: Operation) -> None:
    """Have a form, unless it is there already."""
    if exchange.form is None:
        from atthene_emulator.web.form_reader import read_form  # noqa: PLC0415  # with its parser; only some upload

        exchange.form = await read_form(exchange, operation.files)
        exchange.data = wire.encode(exchange.form.summary)


async def _read_body(exchange: Exchange, operation: Operation) -> None:
    if operation.files:
        await _take_form(exchange, operation)
        exchange.body = exchange.sent_form.said
    elif operation.body is not None:
        if exchange.data is None:
            exchange.data = await read_data(exchange, exchange.emulator.settings.max_body)
        exchange.media = media_of(exchange.headers)
        if operation.body is not CONFIGURATION and not _is_bare(exchange, operation):
            document = await aside(len(exchange.data), read, exchange.data, exchange.media)
            exchange.body = document.value
    elif operation.method != "GET":
        exchange.body = await read_idle(exchange)


def _is_bare(exchange: Exchange, operation: Operation) -> bool:
    """Whether the body is a configuration, which the handler reads itself, since it is YAML."""
    return operation.yaml_body is not None and exchange.media == "yaml"


def _look_for_unread(exchange: Exchange, operation: Operation) -> None:
    """Note what nobody reads of the request, and refuse it in strict mode."""
    found = unread(operation, exchange.body, exchange.parameters if exchange.scope["query_string"] else ())
    if found:
        exchange.tell_unread(found)
