"""What an emulator holds of its namespaces."""

import gc
from weakref import ref

from atthene_emulator.boot import build_emulator
from atthene_emulator.limits import DELETED
from atthene_emulator.settings import Settings


def test_all_of_a_deleted_namespace_goes_without_a_garbage_collector_when_it_is_shown_no_longer() -> None:
    emulator = build_emulator(Settings())
    namespace = emulator.create(None)
    parts = [ref(part) for part in (namespace, namespace.records, namespace.journal, namespace.executions)]
    gc.disable()
    try:
        emulator.delete(namespace.name)
        del namespace
        assert None not in [part() for part in parts]
        for _ in range(DELETED.most):
            emulator.delete(emulator.create(None).name)
        assert [part() for part in parts] == [None] * len(parts)
    finally:
        gc.enable()
