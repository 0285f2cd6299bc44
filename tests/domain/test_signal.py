"""Signals wake those who wait, and who is given up is given up."""

import asyncio

import pytest

from atthene_emulator.domain.signal import Signal, either


async def always(signal: Signal) -> None:
    """Wait again and again, as those do who wait for a time."""
    while True:
        await signal.wait(60)


def test_who_is_cancelled_as_the_signal_is_given_waits_no_longer() -> None:
    async def run() -> bool:
        signal = Signal()
        waiting = asyncio.ensure_future(always(signal))
        await asyncio.sleep(0)
        signal.give()
        waiting.cancel()
        for _ in range(10):
            await asyncio.sleep(0)
        return waiting.cancelled()

    assert asyncio.run(run())


@pytest.mark.parametrize("later", range(6))
def test_of_two_the_other_is_given_up_even_as_it_comes(later: int) -> None:
    async def run() -> None:
        one, other = Signal(), Signal()
        both = asyncio.ensure_future(either(one.wait(60), always(other)))
        for _ in range(3):
            await asyncio.sleep(0)
        one.give()
        for _ in range(later):
            await asyncio.sleep(0)
        other.give()
        await asyncio.wait_for(both, 5)

    asyncio.run(run())


@pytest.mark.parametrize("seconds", [0.0, 0.001])
def test_a_wait_ends_with_its_time(seconds: float) -> None:
    asyncio.run(Signal().wait(seconds))


def test_who_waits_for_what_has_ended_goes_on_at_once() -> None:
    signal = Signal()
    signal.end()
    asyncio.run(signal.wait())
    assert not signal.waiting
