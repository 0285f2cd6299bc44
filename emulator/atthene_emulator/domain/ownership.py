"""What an account may reach of the records that it owns. This module is that look-up."""

from typing import Protocol, TypeVar

from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.record_set import RecordSet
from atthene_emulator.errors import ApiError


class Owned(Protocol):
    """A record of an account."""

    @property
    def id(self) -> str:
        """Unique within its kind."""
        ...

    @property
    def owner(self) -> str:
        """Id of the account."""
        ...


R = TypeVar("R", bound=Owned)


def owned(
    records: RecordSet[R], account: Account, record_id: str, missing: ApiError, foreign: ApiError | None = None
) -> R:
    """The record of that id, if it is the account's.

    Raises:
        ApiError: `missing` where there is none; `foreign` where it is another's, or `missing` as well (D07).
    """
    record = records.get(record_id)
    if record is None:
        raise missing
    if record.owner != account.id:
        raise foreign or missing
    return record
