"""How a collection or a knowledge base is while it is made, and afterwards. This module is those words, and the record."""

from typing import Literal, NamedTuple, get_args

Status = Literal["pending", "running", "completed", "failed"]
STATUSES: tuple[Status, ...] = get_args(Status)


class Standing(NamedTuple):
    """How it is at a moment; `progress` in whole percent."""

    status: Status
    progress: int
