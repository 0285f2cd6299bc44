"""The control plane as one table. This module is `CONTROL`."""

from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.web.control import (
    clock,
    coverage,
    events,
    executions,
    faults,
    gates,
    journal,
    namespaces,
    rate_limit,
    scenarios,
    scripts,
    service,
    snapshots,
    state,
)
from atthene_emulator.web.operation import LARGE, Handler, Operation
from atthene_emulator.web.query import Parameter


def _row(name: str, method: str, path: str, summary: str, handler: Handler, **more: Any) -> Operation:
    return Operation(name, method, path, summary, handler, plane="control", **more)


_ANYTHING = Schema("control/anything")
_CONTRACT = Parameter("contract", "string", "In place of the namespace's contract.")
_SCOPE = Parameter("scope", "string", "What goes back, separated by commas.")
_LAST_EVENT = Parameter("last_event_id", "string", "The last event that was seen; as the header Last-Event-ID.")
_FILTERS = (
    *(Parameter(name, "string", f"Only entries with this {name}.") for name in journal.FILTERS),
    Parameter("limit", "integer", "How many at most."),
    Parameter("offset", "integer", "How many to pass over."),
    Parameter("tail", "integer", "Only so many of the newest."),
)

CONTROL: tuple[Operation, ...] = (
    _row("service.health", "GET", "/health", "Alive, and as what", service.get_health, response="control/responses/health"),
    _row("service.ready", "GET", "/ready", "200 once the seeds are loaded", service.get_ready, response="control/responses/ready"),
    _row("service.operations", "GET", "/operations", "The rows of the imitated API", service.list_operations, response="control/responses/operations"),
    _row("service.evidence", "GET", "/evidence", "What each statement rests on", service.get_evidence, response="control/responses/evidence-ledger", query=(_CONTRACT,)),
    _row("service.openapi", "GET", "/openapi.json", "OpenAPI 3.1 of the imitated API", service.get_openapi, response="control/responses/openapi", query=(_CONTRACT,)),
    _row("namespaces.list", "GET", "/namespaces", "Every namespace with its own key", namespaces.list_namespaces, response="control/responses/namespace-list"),
    _row("namespaces.create", "POST", "/namespaces", "A new namespace, from a seed or as a fork", namespaces.create_namespace, response="control/responses/namespace", status=201, body=Schema("control/namespace"), max_body=LARGE),
    _row("namespaces.delete", "DELETE", "/namespaces/{name}", "Forget a namespace", namespaces.delete_namespace, status=204),
    _row("state.get", "GET", "/state", "What the namespace holds", state.get_state, response="control/responses/state"),
    _row("state.reset", "POST", "/reset", "Back to the seed; journal and snapshots stay", state.reset, response="control/responses/reset", query=(_SCOPE,)),
    _row("state.clear", "POST", "/clear", "No agents, sessions and scripts", state.clear, response="control/responses/clear"),
    _row("snapshots.list", "GET", "/snapshots", "Every snapshot", snapshots.list_snapshots, response="control/responses/snapshot-list"),
    _row("snapshots.take", "POST", "/snapshots", "Take a snapshot", snapshots.take_snapshot, response="control/responses/snapshot", status=201, body=Schema("control/snapshot-take")),
    _row("snapshots.export", "GET", "/snapshots/{name}", "Export a snapshot", snapshots.export_snapshot, response="snapshot"),
    _row("snapshots.import", "PUT", "/snapshots/{name}", "Import a snapshot", snapshots.import_snapshot, response="control/responses/snapshot", status=201, body=_ANYTHING, max_body=LARGE),
    _row("snapshots.drop", "DELETE", "/snapshots/{name}", "Drop a snapshot", snapshots.drop_snapshot, status=204),
    _row("snapshots.restore", "POST", "/snapshots/{name}/restore", "Go back to a snapshot", snapshots.restore_snapshot, response="control/responses/snapshot"),
    _row("journal.list", "GET", "/journal", "What was asked and answered", journal.list_entries, response="control/responses/journal-list", query=_FILTERS),
    _row("journal.drop", "DELETE", "/journal", "Forget what was asked", journal.drop_journal, status=204),
    _row("journal.wait", "POST", "/journal/wait", "Wait until requests have come", journal.wait_for_entries, response="control/responses/journal-list", body=Schema("control/journal-wait"), waits=True),
    _row("events.follow", "GET", "/events", "What happens, as it happens", events.follow_events, query=(_LAST_EVENT,)),
    _row("faults.list", "GET", "/faults", "Faults in order, with counts", faults.list_faults, response="control/responses/fault-list"),
    _row("faults.add", "POST", "/faults", "Put faults in front of all others", faults.add_faults, response="control/responses/fault-list", status=201, body=_ANYTHING),
    _row("faults.drop_all", "DELETE", "/faults", "Drop every fault", faults.drop_faults, status=204),
    _row("faults.drop", "DELETE", "/faults/{id}", "Drop a fault", faults.drop_fault, status=204),
    _row("clock.get", "GET", "/clock", "The time of the namespace", clock.get_clock, response="control/responses/clock"),
    _row("clock.set", "PUT", "/clock", "Freeze the clock, or let it run", clock.set_clock, response="control/responses/clock", body=Schema("control/clock")),
    _row("clock.advance", "POST", "/clock/advance", "Move the clock forward", clock.advance_clock, response="control/responses/clock", body=Schema("control/clock-advance")),
    _row("rate_limit.get", "GET", "/rate-limit", "The limit, if there is one", rate_limit.get_rate_limit, response="control/responses/rate-limit"),
    _row("rate_limit.set", "PUT", "/rate-limit", "Count requests", rate_limit.set_rate_limit, response="control/responses/rate-limit", body=Schema("control/rate-limit")),
    _row("rate_limit.drop", "DELETE", "/rate-limit", "Count no longer", rate_limit.drop_rate_limit, status=204),
    _row("scripts.list", "GET", "/scripts", "Scripts in order, with hit counts", scripts.list_scripts, response="control/responses/script-list"),
    _row("scripts.add", "POST", "/scripts", "Put scripts in front of all others", scripts.add_scripts, response="control/responses/script-names", status=201, body=_ANYTHING),
    _row("scripts.drop", "DELETE", "/scripts", "Forget the scripts that were added", scripts.drop_scripts, status=204),
    _row("scenarios.list", "GET", "/scenarios", "What can be switched to", scenarios.list_scenarios, response="control/responses/scenario-list"),
    _row("scenarios.use", "POST", "/scenarios/{name}", "Switch to a scenario", scenarios.use_scenario, response="control/responses/scenario"),
    _row("executions.list", "GET", "/sessions/{session_id}/executions", "What happened in a session", executions.list_executions, response="control/responses/executions"),
    _row("coverage.get", "GET", "/coverage", "What of the graphs was exercised", coverage.get_coverage, response="control/responses/coverage"),
    _row("gates.list", "GET", "/gates", "Gates that are open or waited at", gates.list_gates, response="control/responses/gate-list"),
    _row("gates.open", "POST", "/gates/{name}/open", "Let executions through", gates.open_gate, response="control/responses/gate-opened"),
    _row("gates.close", "POST", "/gates/{name}/close", "Hold executions from now on", gates.close_gate, response="control/responses/gate-closed"),
    _row("scenarios.state", "POST", "/provider-states", "Go to a state that a Pact names", scenarios.go_to_state, response="control/responses/provider-state", body=Schema("control/provider-state")),
)  # fmt: skip
