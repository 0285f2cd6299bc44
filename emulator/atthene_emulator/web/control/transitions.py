"""Handlers of the control plane: how long uploads, collections, ingestion and artifacts take, and which files fail."""

from typing import Any

from atthene_emulator.domain.pace import USUAL, read_course, written_course
from atthene_emulator.web.exchange import Exchange


def get_transitions(exchange: Exchange) -> Any:
    """What is not as usual; empty for nothing."""
    return written_course(exchange.namespace.transitions.course)


def set_transitions(exchange: Exchange) -> Any:
    """Follow another course, for what begins from now on."""
    exchange.namespace.transitions.set(read_course(exchange.body))
    return get_transitions(exchange)


def drop_transitions(exchange: Exchange) -> None:
    """Go on as usual, for what begins from now on."""
    exchange.namespace.transitions.set(USUAL)
