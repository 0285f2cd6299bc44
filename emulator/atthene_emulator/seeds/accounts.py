"""Accounts of a seed, their keys, and who owns what. This module reads them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.domain.accounts import Account, ApiKey
from atthene_emulator.seeds.collected import Collected
from atthene_emulator.wording import did_you_mean

_FEW = 12  # accounts that a message names
_NOBODY = "There are no accounts; add some, or put a seed that has them first: `--seed default --seed …`, `validate --with default …`."


def read_accounts(entries: Sequence[Mapping[str, Any]], so_far: Collected) -> tuple[ApiKey, ...]:
    """The keys of these accounts, which may be named from now on."""
    return tuple(key for index, entry in enumerate(entries) for key in _account(entry, ("accounts", index), so_far))


def _account(entry: Mapping[str, Any], path: Path, so_far: Collected) -> list[ApiKey]:
    account = Account(id=entry["id"], company=entry.get("company", ""))
    if account.id in so_far.accounts:
        so_far.wrong((*path, "id"), f"The account {account.id} exists already; give it another id.")
    so_far.accounts[account.id] = account
    items = enumerate(entry.get("api_keys", ()))
    return [_key(item, account, (*path, "api_keys", number), so_far) for number, item in items]


def _key(item: str | Mapping[str, Any], account: Account, path: Path, so_far: Collected) -> ApiKey:
    entry: Mapping[str, Any] = {"key": item} if isinstance(item, str) else item
    key = entry["key"]
    if key in so_far.keys:
        so_far.wrong(path, "This key is given already; keys are unique over the whole emulator.")
    so_far.keys.add(key)
    permissions = entry.get("permissions")
    return ApiKey(
        key=key,
        account=account,
        expires_at=so_far.time(entry, "expires_at", path),
        permissions=None if permissions is None else frozenset(permissions),
    )


def named_of_owner(
    ids: Sequence[str], path: Path, owner: Account, known: Collection[str], so_far: Collected
) -> tuple[str, ...]:
    """Those ids that are `known`, each once: a list that stands at `path`, such as `files`, names what is its owner's."""
    kind = str(path[-1])
    for index, one in enumerate(ids):
        if one not in known:
            near = did_you_mean(one, tuple(known), f"; give one of its {kind} this id.")
            so_far.wrong((*path, index), f"{owner.id} has no {kind.removesuffix('s')} {one}{near}")
    return tuple(one for one in dict.fromkeys(ids) if one in known)


def owner_of(entry: Mapping[str, Any], path: Path, so_far: Collected) -> Account | None:
    """Whose a record is; the only account need not be named."""
    if not so_far.accounts:
        so_far.wrong((*path, "owner"), _NOBODY)
        return None
    if "owner" not in entry:
        if len(so_far.accounts) == 1:
            return next(iter(so_far.accounts.values()))
        so_far.wrong((*path, "owner"), "owner is required when there is not just one account.")
        return None
    owner = so_far.accounts.get(entry["owner"])
    if owner is None:
        known = tuple(so_far.accounts)
        near = did_you_mean(entry["owner"], known, f"; there are {', '.join(known)}." if len(known) <= _FEW else ".")
        so_far.wrong((*path, "owner"), f"There is no account {entry['owner']}{near}")
    return owner
