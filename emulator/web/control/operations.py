"""The control plane as one table. This module is `CONTROL`."""

from emulator.web.control import handlers
from emulator.web.control.road import ControlOperation

CONTROL: tuple[ControlOperation, ...] = (
    ControlOperation("GET", "/health", "Alive, and as what", handlers.health),
    ControlOperation("GET", "/ready", "200 once the seeds are loaded", handlers.ready),
    ControlOperation("GET", "/operations", "The rows of the imitated API", handlers.operations),
    ControlOperation("GET", "/state", "What the namespace holds", handlers.state),
    ControlOperation("POST", "/reset", "Back to the seed; the journal stays", handlers.reset),
    ControlOperation("GET", "/journal", "What was asked and answered", handlers.journal),
    ControlOperation("GET", "/gates", "Gates that are open or waited at", handlers.list_gates),
    ControlOperation("POST", "/gates/{name}/open", "Let executions through", handlers.open_gate),
    ControlOperation("POST", "/gates/{name}/close", "Hold executions from now on", handlers.close_gate),
)
