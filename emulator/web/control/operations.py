"""The control plane as one table. This module is `CONTROL`."""

from emulator.web.control import execution, handlers
from emulator.web.control.road import ControlOperation

CONTROL: tuple[ControlOperation, ...] = (
    ControlOperation("GET", "/health", "Alive, and as what", handlers.health),
    ControlOperation("GET", "/ready", "200 once the seeds are loaded", handlers.ready),
    ControlOperation("GET", "/operations", "The rows of the imitated API", handlers.operations),
    ControlOperation("GET", "/state", "What the namespace holds", handlers.state),
    ControlOperation("POST", "/reset", "Back to the seed; the journal stays", handlers.reset),
    ControlOperation("GET", "/journal", "What was asked and answered", handlers.journal),
    ControlOperation(
        "GET", "/sessions/{session_id}/executions", "What happened in a session", execution.list_executions
    ),
    ControlOperation("GET", "/scripts", "Scripts in order, with hit counts", execution.list_scripts),
    ControlOperation("POST", "/scripts", "Put scripts in front of all others", execution.add_scripts, takes_body=True),
    ControlOperation("DELETE", "/scripts", "Forget the scripts that were added", execution.drop_scripts),
    ControlOperation("GET", "/coverage", "What of the graphs was exercised", execution.coverage),
    ControlOperation("GET", "/gates", "Gates that are open or waited at", execution.list_gates),
    ControlOperation("POST", "/gates/{name}/open", "Let executions through", execution.open_gate),
    ControlOperation("POST", "/gates/{name}/close", "Hold executions from now on", execution.close_gate),
)
