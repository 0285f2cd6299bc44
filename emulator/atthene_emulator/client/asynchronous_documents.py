"""Files, collections and knowledge bases for programs with an event loop. This module is the same words, to be awaited."""

from collections.abc import Callable, Coroutine
from functools import partial, wraps
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from atthene_emulator.client.documents import Document
from atthene_emulator.client.event_loops import Awaited, Blocking, in_thread

P = ParamSpec("P")
D = TypeVar("D", bound=Document)


class AsyncDocument(Generic[D]):
    """`File`, `Collection` or `KnowledgeBase` for programs with an event loop; see there for what each method does.

        manual = await atthene.upload("manual.txt")
        manual = await manual.wait_until("active")
        assert manual.blocking.size > 0

    Args:
        client: whose document it is.
        blocking: the record, as it was when it was asked about last.
    """

    def __init__(self, client: Blocking, blocking: D) -> None:
        self._client = client
        self.blocking = blocking

    @property
    def id(self) -> str:
        """Names it in the API."""
        return self.blocking.id

    @property
    def name(self) -> str:
        """What it is called."""
        return self.blocking.name

    @property
    def status(self) -> str:
        """How it was when it was asked about last."""
        return self.blocking.status

    async def refreshed(self) -> Self:
        """The same as it is now; to be asked about may bring it on."""
        return self._of(await in_thread(self._client, self.blocking.refreshed))

    async def wait_until(self, status: str | None = None, timeout: float = 5.0) -> Self:  # noqa: ASYNC109  # the same words
        """Ask about it until it has a status, as `wait_until` of the blocking one does."""
        __tracebackhide__ = True
        return self._of(await in_thread(self._client, partial(self.blocking.wait_until, status, timeout)))

    def _of(self, record: D) -> Self:
        return type(self)(self._client, record)

    def __repr__(self) -> str:
        return f"Async{self.blocking!r}"


def document(
    method: Callable[Concatenate[Any, P], D],
) -> Callable[Concatenate[Awaited, P], Coroutine[Any, Any, AsyncDocument[D]]]:
    """A method that makes or finds a document, to be awaited."""

    @wraps(method)
    async def call(self: Awaited, /, *args: P.args, **kwargs: P.kwargs) -> AsyncDocument[D]:
        __tracebackhide__ = True
        return AsyncDocument(
            self.blocking, await in_thread(self.blocking, partial(method, self.blocking, *args, **kwargs))
        )

    return call
