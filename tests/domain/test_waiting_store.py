"""A store that waits, as one on the network does: nothing is lost when two requests meet."""

import asyncio
from typing import Any

from atthene_emulator.configuration.accepted import Acceptance
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.domain.runtime import Execution
from atthene_emulator.errors import AlreadyExists, RateLimited
from atthene_emulator.seeds.files import read_seeds
from atthene_emulator.store.memory import MemoryCollection, MemoryStore


class WaitingCollection(MemoryCollection[Any]):
    """Lets others run after every read and before every write."""

    async def get(self, record_id: str) -> Any:
        found = await super().get(record_id)
        await asyncio.sleep(0)
        return found

    async def replace(self, old: Any, new: Any) -> None:
        await asyncio.sleep(0)
        await super().replace(old, new)


class WaitingStore(MemoryStore):
    """Collections that wait."""

    def collection(self, kind: Any) -> Any:
        return self._collections.setdefault(kind.name, WaitingCollection(kind))


async def world() -> tuple[Namespace, Any]:
    namespace = Namespace("default", read_seeds(("default",)), WaitingStore(), Acceptance())
    await namespace.load()
    return namespace, namespace.keys["test-key"].account


def test_of_two_executions_that_meet_one_is_told_to_wait_and_no_message_is_lost() -> None:
    async def meet() -> tuple[list[Any], int]:
        namespace, account = await world()
        both = [namespace.runtime.execute(account, "session_abc123", text, inputs={}) for text in ("hello", "hi")]
        results = await asyncio.gather(*both, return_exceptions=True)
        _, total = await namespace.runtime.messages(account, "session_abc123", limit=50, offset=0)
        assert namespace.scripts.hits["greeting"] == 1
        return results, total

    results, total = asyncio.run(meet())
    assert [type(result) for result in results] == [Execution, RateLimited]
    assert total == 4


def test_of_two_updates_that_meet_one_is_told_to_try_again() -> None:
    async def meet() -> tuple[list[Any], tuple[int, int, int]]:
        namespace, account = await world()
        name, language = "550e8400-e29b-41d4-a716-446655440000", namespace.language()
        parts = [{"llm_config": {"temperature": 0.1}}, {"llm_config": {"temperature": 0.2}}]
        both = [namespace.agents.update(account, name, part, language) for part in parts]
        results = await asyncio.gather(*both, return_exceptions=True)
        return results, (await namespace.agents.get(account, name)).version

    results, version = asyncio.run(meet())
    assert type(results[1]) is AlreadyExists
    assert version == (1, 0, 1)
