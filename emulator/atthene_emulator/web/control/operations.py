"""The control plane as one table. This module is `CONTROL`."""

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.web.control import conditions, execution, service, traffic, worlds
from atthene_emulator.web.control.road import ANYTHING, LARGE, ControlOperation

CONTROL: tuple[ControlOperation, ...] = (
    ControlOperation("GET", "/health", "Alive, and as what", service.health),
    ControlOperation("GET", "/ready", "200 once the seeds are loaded", service.ready),
    ControlOperation("GET", "/operations", "The rows of the imitated API", service.operations),
    ControlOperation("GET", "/evidence", "What each statement rests on", service.evidence, query=("contract",)),
    ControlOperation("GET", "/openapi.json", "OpenAPI 3.1 of the imitated API", service.openapi_document, query=("contract",)),
    ControlOperation("GET", "/namespaces", "Every namespace with its own key", worlds.list_namespaces),
    ControlOperation(
        "POST", "/namespaces", "A new namespace, from a seed or as a fork", worlds.create_namespace,
        Schema("control/namespace"), LARGE,
    ),
    ControlOperation("DELETE", "/namespaces/{name}", "Forget a namespace", worlds.delete_namespace),
    ControlOperation("GET", "/state", "What the namespace holds", worlds.state),
    ControlOperation("POST", "/reset", "Back to the seed; journal and snapshots stay", worlds.reset, query=("scope",)),
    ControlOperation("POST", "/clear", "No agents, sessions and scripts", worlds.clear),
    ControlOperation("GET", "/snapshots", "Every snapshot", worlds.list_snapshots),
    ControlOperation(
        "POST", "/snapshots", "Take a snapshot", worlds.take_snapshot, Schema("control/snapshot-take")
    ),
    ControlOperation("GET", "/snapshots/{name}", "Export a snapshot", worlds.export_snapshot),
    ControlOperation("PUT", "/snapshots/{name}", "Import a snapshot", worlds.import_snapshot, ANYTHING, LARGE),
    ControlOperation("DELETE", "/snapshots/{name}", "Drop a snapshot", worlds.drop_snapshot),
    ControlOperation("POST", "/snapshots/{name}/restore", "Go back to a snapshot", worlds.restore_snapshot),
    ControlOperation("GET", "/journal", "What was asked and answered", traffic.journal, query=traffic.QUERY),
    ControlOperation("DELETE", "/journal", "Forget what was asked", traffic.drop_journal),
    ControlOperation(
        "POST", "/journal/wait", "Wait until requests have come", traffic.wait_for_entries,
        Schema("control/journal-wait"),
    ),
    ControlOperation("GET", "/events", "What happens, as it happens", traffic.events, query=("last_event_id",)),
    ControlOperation("GET", "/faults", "Faults in order, with counts", conditions.list_faults),
    ControlOperation("POST", "/faults", "Put faults in front of all others", conditions.add_faults, ANYTHING),
    ControlOperation("DELETE", "/faults", "Drop every fault", conditions.drop_faults),
    ControlOperation("DELETE", "/faults/{id}", "Drop a fault", conditions.drop_fault),
    ControlOperation("GET", "/clock", "The time of the namespace", conditions.get_clock),
    ControlOperation("PUT", "/clock", "Freeze the clock, or let it run", conditions.set_clock, Schema("control/clock")),
    ControlOperation(
        "POST", "/clock/advance", "Move the clock forward", conditions.advance_clock, Schema("control/clock-advance")
    ),
    ControlOperation("GET", "/rate-limit", "The limit, if there is one", conditions.get_rate_limit),
    ControlOperation(
        "PUT", "/rate-limit", "Count requests", conditions.set_rate_limit, Schema("control/rate-limit")
    ),
    ControlOperation("DELETE", "/rate-limit", "Count no longer", conditions.drop_rate_limit),
    ControlOperation("GET", "/scripts", "Scripts in order, with hit counts", execution.list_scripts),
    ControlOperation("POST", "/scripts", "Put scripts in front of all others", execution.add_scripts, ANYTHING),
    ControlOperation("DELETE", "/scripts", "Forget the scripts that were added", execution.drop_scripts),
    ControlOperation("GET", "/scenarios", "What can be switched to", worlds.list_scenarios),
    ControlOperation("POST", "/scenarios/{name}", "Switch to a scenario", worlds.use_scenario),
    ControlOperation(
        "GET", "/sessions/{session_id}/executions", "What happened in a session", execution.list_executions
    ),
    ControlOperation("GET", "/coverage", "What of the graphs was exercised", execution.coverage),
    ControlOperation("GET", "/gates", "Gates that are open or waited at", execution.list_gates),
    ControlOperation("POST", "/gates/{name}/open", "Let executions through", execution.open_gate),
    ControlOperation("POST", "/gates/{name}/close", "Hold executions from now on", execution.close_gate),
    ControlOperation(
        "POST", "/provider-states", "Go to a state that a Pact names", worlds.provider_state,
        Schema("control/provider-state"),
    ),
)  # fmt: skip
