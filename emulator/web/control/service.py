"""Handlers of the control plane that are about the service: whether it runs, and what it imitates."""

from emulator import __version__
from emulator.errors import EmulatorRefusal
from emulator.web.control.road import ControlCall, ControlReply
from emulator.web.operations import OPERATIONS, PREFIX


async def health(call: ControlCall) -> ControlReply:
    """Alive, and as what."""
    shown = {
        "status": "ok",
        "version": __version__,
        "contract": call.emulator.default.contract,
        "uptime_seconds": int(call.emulator.uptime()),
        "namespaces": len(call.emulator.namespaces),
    }
    return ControlReply(200, shown)


async def ready(call: ControlCall) -> ControlReply:
    """200 once the seeds are loaded, 503 before."""
    if not call.emulator.ready:
        raise EmulatorRefusal(503, "The seeds are being loaded; ask again")
    return ControlReply(200, {"status": "ready"})


async def operations(_: ControlCall) -> ControlReply:
    """The rows of the imitated API."""
    shown = [
        {
            "name": row.name,
            "method": row.method,
            "path": PREFIX + row.path,
            "summary": row.summary,
            "status": row.status,
            "evidence": {"level": row.evidence.level, "source": row.evidence.source},
            "status_evidence": {"level": row.status_evidence.level, "source": row.status_evidence.source},
            "errors": sorted({error.status for error in row.errors}),
        }
        for row in OPERATIONS
    ]
    return ControlReply(200, shown)
