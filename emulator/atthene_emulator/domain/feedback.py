"""What users say of messages. This module is the record, how it is found, and how it is saved (D64)."""

from typing import NamedTuple

from atthene_emulator.domain.parts import Json
from atthene_emulator.domain.record_set import Kind
from atthene_emulator.domain.weight import weight

_FEEDBACK = 700  # bytes, without the comment


class Feedback(NamedTuple):
    """What was said of one message; times are unix seconds."""

    id: str
    owner: str
    session_id: str
    message: str
    created_at: float
    updated_at: float
    rating: int | None = None
    comment: str | None = None


def _save(feedback: Feedback) -> Json:
    return feedback._asdict()


FEEDBACK: Kind[Feedback] = Kind(
    "feedback",
    _save,
    lambda entry, _: Feedback(**entry),
    weight=lambda one: _FEEDBACK + weight(one.comment),
    indexes={"message": lambda one: one.message, "session": lambda one: one.session_id},
    unique=frozenset({"message"}),
)
