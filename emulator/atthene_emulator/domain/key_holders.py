"""The namespaces that keys lead to. This module is that index."""

from atthene_emulator.domain.namespace import Namespace


class KeyHolders:
    """Which namespaces have a key, in the order in which they were made.

    Args:
        first: the name of the one that was there before all others.
    """

    def __init__(self, first: str) -> None:
        self._first = first
        self._holders: dict[str, dict[str, Namespace]] = {}  # by key and name

    def __contains__(self, key: str) -> bool:
        return key in self._holders

    def get(self, key: str) -> Namespace | None:
        """Of those that have a key, the one that had it first."""
        holders = self._holders.get(key)
        return None if holders is None else next(iter(holders.values()))

    def add(self, namespace: Namespace) -> None:
        """Have its keys lead to a namespace."""
        for key in namespace.own_keys:
            holders = self._holders.setdefault(key, {})
            holders[namespace.name] = namespace
            if len(holders) > 1:  # they may be loaded in another order than they were made in
                self._holders[key] = dict(sorted(holders.items(), key=self._made))

    def remove(self, namespace: Namespace) -> None:
        """Have its keys lead to a namespace no longer."""
        for key in namespace.own_keys:
            holders = self._holders[key]
            del holders[namespace.name]
            if not holders:
                del self._holders[key]

    def _made(self, holder: tuple[str, Namespace]) -> tuple[bool, float]:
        name, namespace = holder
        return name != self._first, namespace.lifetime.created_at
