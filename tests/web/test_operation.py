"""Rows of operations: each names a handler that is there, since it is imported with the first request that wants it."""

from inspect import iscoroutinefunction

import pytest

from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.operation import Operation, handler_of
from atthene_emulator.web.operations import OPERATIONS


@pytest.mark.parametrize("row", [*OPERATIONS, *CONTROL], ids=lambda row: row.operation_id)
def test_a_row_names_a_handler_which_is_a_coroutine_where_it_waits(row: Operation) -> None:
    assert iscoroutinefunction(handler_of(row.handler)) is row.waits


def test_a_handler_is_looked_for_once() -> None:
    assert handler_of("api.sessions:get_session") is handler_of("api.sessions:get_session")
