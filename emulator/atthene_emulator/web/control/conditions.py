"""Handlers of the control plane that are about what requests meet: faults, the rate limit, the clock."""

from typing import Any

from atthene_emulator.domain.clock import Clock, format_time, parse_time
from atthene_emulator.domain.faults import Fault, Tally
from atthene_emulator.domain.rate_limit import read_rate_limit
from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.seeds.faults import read_faults
from atthene_emulator.web.control.road import ControlCall, ControlReply


async def list_faults(call: ControlCall) -> ControlReply:
    """The faults in the order in which they are tried, with what they counted."""
    return ControlReply(200, [_fault(*one) for one in call.namespace.faults.counted()])


def _fault(fault: Fault, tally: Tally) -> dict[str, Any]:
    entry = {"id": fault.id, "kind": fault.kind, "operation": fault.operation, **fault.entry}
    return {**entry, "matched": tally.matched, "fired": tally.fired}


async def add_faults(call: ControlCall) -> ControlReply:
    """Put a fault, a list of them, or what a seed has below `faults`, in front of all others."""
    whole = call.body["faults"] if isinstance(call.body, dict) and call.body.keys() == {"faults"} else call.body
    faults = call.namespace.faults
    read = read_faults(whole if isinstance(whole, list) else [whole], first=faults.next_number)
    return ControlReply(201, [_fault(one, Tally()) for one in faults.add(read)])


async def drop_faults(call: ControlCall) -> ControlReply:
    """Forget every fault; what hangs goes on."""
    call.namespace.faults.drop_all()
    return ControlReply(204)


async def drop_fault(call: ControlCall) -> ControlReply:
    """Forget one fault; what hangs by it goes on."""
    call.namespace.faults.drop(call.path["id"])
    return ControlReply(204)


async def get_rate_limit(call: ControlCall) -> ControlReply:
    """The limit, or null."""
    limiter = call.namespace.limiter
    return ControlReply(200, limiter.limit._asdict() if limiter else {"requests": None})


async def set_rate_limit(call: ControlCall) -> ControlReply:
    """Count requests anew from now on."""
    call.namespace.limit(read_rate_limit(call.body))
    return await get_rate_limit(call)


async def drop_rate_limit(call: ControlCall) -> ControlReply:
    """Count no longer."""
    call.namespace.limit(None)
    return ControlReply(204)


async def get_clock(call: ControlCall) -> ControlReply:
    """What it shows, and whether it runs."""
    return ControlReply(200, _clock(call.namespace.clock))


def _clock(clock: Clock) -> dict[str, Any]:
    return {"mode": clock.mode, "now": format_time(clock.now())}


async def set_clock(call: ControlCall) -> ControlReply:
    """Freeze it or let it run, at a time or at the one that it shows."""
    clock, at = call.namespace.clock, None
    if "now" in call.body:
        try:
            at = parse_time(call.body["now"])
        except ValueError:
            wrong = f"{call.body['now'][:60]!r} is not a time; write it like 2025-01-15T10:30:00Z"
            raise EmulatorRefusal(400, wrong) from None
    if call.body["mode"] == "frozen":
        clock.freeze(at)
    else:
        clock.run(at)
    return ControlReply(200, _clock(clock))


async def advance_clock(call: ControlCall) -> ControlReply:
    """Move it forward; what waits for it goes on."""
    try:
        call.namespace.clock.advance(call.body["seconds"])
    except ValueError as error:
        raise EmulatorRefusal(400, f"The clock cannot be moved: {error}") from None
    return ControlReply(200, _clock(call.namespace.clock))
