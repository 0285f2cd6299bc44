"""Who may call: accounts and their keys. This module is those records."""

from typing import NamedTuple


class Account(NamedTuple):
    """Who owns agents and sessions.

    Attributes:
        user: the end user that a caller speaks for, if it says so (D65).
        agent_key: of the public agent that a page without a key is there for, whose sessions alone it reaches (D66).
    """

    id: str
    company: str
    user: str | None = None
    agent_key: str | None = None


class ApiKey(NamedTuple):
    """A key of an account. `permissions` is None for everything, else the groups of operations it opens (D42)."""

    key: str
    account: Account
    expires_at: float | None = None
    permissions: frozenset[str] | None = None
