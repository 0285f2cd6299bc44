"""Stores as an option names them. This module is the way from `sqlite:PATH` or `redis://…` to a vault."""

from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.errors import SetupError
from atthene_emulator.store_address import is_shared, path_of
from atthene_emulator.vault.keeper import Keeper
from atthene_emulator.vault.vault import Vault


def keeper_of(emulator: Emulator, address: str = "") -> Keeper | None:
    """What keeps an emulator where its settings say; None where its state lives as long as its process.

    Args:
        emulator: that is kept.
        address: where other emulators reach this one, `http://host:port`.

    Raises:
        SetupError: what the store needs is not installed.
    """
    store = emulator.settings.store
    return None if store is None else Keeper(emulator, _vault(store, address))


def _vault(store: str, address: str) -> Vault:
    if not is_shared(store):
        from atthene_emulator.vault.sqlite import SqliteVault  # noqa: PLC0415  # only where it is wanted

        return SqliteVault(path_of(store))
    try:
        from atthene_emulator.vault.redis import RedisVault  # noqa: PLC0415  # only where it is wanted
    except ImportError:
        raise SetupError(
            f"--store {store.partition(':')[0]}:// needs the package redis, which the extra redis brings along: "
            "pip install '.[redis]' in a checkout."
        ) from None
    return RedisVault(store, address)
