"""What each frame of a client does. This module is the handlers that `FRAMES` names."""

from collections.abc import Mapping
from typing import Any


async def connect(socket: Any, frame: Mapping[str, Any]) -> None:
    """Join a session."""
    raise NotImplementedError


async def user_message(socket: Any, frame: Mapping[str, Any]) -> None:
    """Run the session's agent."""
    raise NotImplementedError


async def hitl_response(socket: Any, frame: Mapping[str, Any]) -> None:
    """Answer what a person was asked."""
    raise NotImplementedError


async def cancel_execution(socket: Any, frame: Mapping[str, Any]) -> None:
    """Stop what runs in a session."""
    raise NotImplementedError


async def reconnect(socket: Any, frame: Mapping[str, Any]) -> None:
    """Join a session again, and send what was missed."""
    raise NotImplementedError


async def disconnect(socket: Any, frame: Mapping[str, Any]) -> None:
    """Leave a session."""
    raise NotImplementedError
