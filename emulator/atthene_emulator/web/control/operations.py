"""The control plane as one table. This module is `CONTROL`."""

from functools import partial
from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.domain.namespace import SCOPES
from atthene_emulator.limits import DELETED, LARGE_BODY, LISTED, MESSAGES, SESSIONS, STREAM_EVENTS
from atthene_emulator.web.control import (
    clock,
    configurations,
    coverage,
    events,
    executions,
    faults,
    gates,
    graphs,
    journal,
    latency,
    namespaces,
    provider_states,
    rate_limit,
    scenarios,
    scripts,
    service,
    sessions,
    snapshots,
    state,
    streams,
    transitions,
)
from atthene_emulator.web.operation import CONFIGURATION, Access, Handler, Operation
from atthene_emulator.web.query import Parameter


def _row(  # noqa: PLR0917  # its place in the table says what each is
    access: Access,
    name: str,
    method: str,
    path: str,
    summary: str,
    handler: Handler,
    *,
    answer: str | None = None,
    **more: Any,
) -> Operation:
    """A row of the control plane; `answer` is its schema below `schemas/control/responses/`."""
    if answer is not None:
        more["response"] = f"control/responses/{answer}"
    return Operation(name, method, path, summary, handler, plane="control", access=access, **more)


# Whose right suffices where a control token is set.
_anybody = partial(_row, "anybody")  # tells nothing of what is in it
_namespace = partial(_row, "namespace")  # is about one namespace, whose own key suffices
_emulator = partial(_row, "emulator")  # is about all of them

_ANYTHING = Schema("control/anything")
_CONTRACT = Parameter("contract", "string", "In place of the namespace's contract.")
_SCOPE = Parameter("scope", "string", "What goes back, separated by commas.")
_NAMESPACES = Parameter("namespaces", "string", "`all` for all together, those that were deleted included.")
_EVERYWHERE = Parameter("namespaces", "string", "`all` for all namespaces together.")
_DELETED = Parameter("deleted", "string", "true: those that were deleted, and can still be looked at, as well.")
_SECRETS = Parameter("secrets", "string", "true to keep the secrets of configurations and messages.")
_LAST_EVENT = Parameter("last_event_id", "string", "The last event that was seen; as the header Last-Event-ID.")
_TAIL = Parameter("tail", "integer", "Only so many of the newest; 0 for all.")
_TURN = Parameter("turn", "integer", "Which execution of the session; 0 for none, the newest without it.")
_FORMAT = Parameter("format", "string", "json, which it is without it, svg, mermaid or text.")
_PROMPTS = Parameter("prompts", "string", "true: what models would have been sent is shown.")
_PAGE = (Parameter("limit", "integer", "How many at most."), Parameter("offset", "integer", "How many to pass over."))
_FILTERS = (
    *(Parameter(name, "string", f"Only entries with this {name}.") for name in journal.FILTERS),
    *_PAGE,
    Parameter("tail", "integer", "Only so many of the newest."),
)

_OF_SESSIONS = (
    Parameter("status", "string", "Only sessions with this status."),
    Parameter("agent_key", "string", "Only sessions of the agent with this key."),
    Parameter("config_hash", "string", "Only sessions whose configuration has this hash, or one that begins so."),
    Parameter("q", "string", "Only sessions whose id has this part, in capitals or not."),
    *_PAGE,
)

CONTROL: tuple[Operation, ...] = (
    _anybody(
        "service.health", "GET", "/health", "Alive, and as what",
        service.get_health, answer="health",
        note="status, version, contract, uptime, how many namespaces, and what is ruled otherwise by `--observations`; to whoever may not use the control plane, the status alone",
    ),
    _anybody(
        "service.ready", "GET", "/ready", "200 once the seeds are loaded",
        service.get_ready, answer="ready",
        note="200 once the seeds are loaded, to anybody",
    ),
    _namespace(
        "service.operations", "GET", "/operations", "The rows of the imitated API",
        service.list_operations, answer="operations",
    ),
    _namespace(
        "service.evidence", "GET", "/evidence", "What each statement rests on",
        service.get_evidence, answer="evidence-ledger", query=(_CONTRACT,),
    ),
    _anybody(
        "service.openapi", "GET", "/openapi.json", "OpenAPI 3.1 of the imitated API",
        service.get_openapi, answer="openapi", query=(_CONTRACT,),
        note="OpenAPI 3.1 of the imitated API, to anybody",
    ),
    _anybody(
        "service.asyncapi", "GET", "/asyncapi.json", "AsyncAPI 3.0 of the live socket",
        service.get_asyncapi, answer="asyncapi",
        note="AsyncAPI 3.0 of the live socket, to anybody",
    ),
    _emulator(
        "namespaces.list", "GET", "/namespaces", "Every namespace with its own key",
        namespaces.list_namespaces, answer="namespace-list", query=(_DELETED,),
        note=f"every namespace with its own key; with `?deleted=true` also the last {DELETED.shown} that were deleted, newest first: each `GET` of a namespace still shows one as it was, nothing changes it",
    ),
    _emulator(
        "namespaces.create", "POST", "/namespaces", "A new namespace, from a seed or as a fork",
        namespaces.create_namespace, waits=True, answer="namespace", status=201, body=Schema("control/namespace"), max_body=LARGE_BODY.most,
        note='a new one; `{"name", "seed", "contract", "from", "snapshot", "ttl_seconds"}`, all optional; `seed` may be a list, where later ones add',
    ),
    _namespace(
        "namespaces.delete", "DELETE", "/namespaces/{name}", "Forget a namespace",
        namespaces.delete_namespace, status=204,
        note="forgets one; `default` stays",
    ),
    _namespace(
        "state.get", "GET", "/state", "What the namespace holds",
        state.get_state, answer="state",
        note="counts, with bytes of files, accounts (keys masked), agents, sessions",
    ),
    _namespace(
        "state.reset", "POST", "/reset", "Back to the seed; journal and snapshots stay",
        state.reset, answer="reset", query=(_SCOPE,),
        note=f"back to the seed; journal, snapshots and coverage stay. `?scope=`, separated by commas, chooses among {', '.join(f'`{scope}`' for scope in SCOPES)}",
    ),
    _namespace(
        "state.clear", "POST", "/clear", "No agents, sessions and scripts",
        state.clear, answer="clear",
        note="no agents, sessions and scripts; accounts and keys stay",
    ),
    _namespace(
        "snapshots.list", "GET", "/snapshots", "Every snapshot",
        snapshots.list_snapshots, answer="snapshot-list",
        note="every snapshot, oldest first",
    ),
    _namespace(
        "snapshots.take", "POST", "/snapshots", "Take a snapshot",
        snapshots.take_snapshot, answer="snapshot", status=201, body=Schema("control/snapshot-take"),
        note='keeps what the namespace is now; `{"name"}`; one of the same name is replaced',
    ),
    _namespace(
        "snapshots.export", "GET", "/snapshots/{name}", "Export a snapshot",
        snapshots.export_snapshot, waits=True, response="snapshot", query=(_SECRETS,),
        note="a snapshot as one document, without secrets unless `?secrets=true`",
    ),
    _namespace(
        "snapshots.import", "PUT", "/snapshots/{name}", "Import a snapshot",
        snapshots.import_snapshot, waits=True, answer="snapshot", status=201, body=_ANYTHING, max_body=LARGE_BODY.most,
        carries_files=True,
    ),
    _namespace(
        "snapshots.drop", "DELETE", "/snapshots/{name}", "Drop a snapshot",
        snapshots.drop_snapshot, status=204,
    ),
    _namespace(
        "snapshots.restore", "POST", "/snapshots/{name}/restore", "Go back to a snapshot",
        snapshots.restore_snapshot, answer="snapshot",
        note="back to the snapshot, which stays",
    ),
    _namespace(
        "journal.list", "GET", "/journal", "What was asked and answered",
        journal.list_entries, waits=True, answer="journal-list", query=(*_FILTERS, _EVERYWHERE),
        note="newest last, with the fault that struck; filters `operation` (also `runtime.*`), `status`, `outcome`, `session_id`, `method`, `path`; `limit`, `offset`, `tail`; `X-Total-Count`, and `X-Emulator-Dropped` for those that had to leave; with `?namespaces=all` the entries of all namespaces together",
    ),
    _namespace(
        "journal.get", "GET", "/journal/{id}", "A request and its answer",
        journal.get_entry, waits=True, response="definitions/journal-entry",
        note="one entry, by the `X-Request-Id` of its answer",
    ),
    _namespace(
        "journal.drop", "DELETE", "/journal", "Forget what was asked",
        journal.drop_journal, status=204,
    ),
    _namespace(
        "journal.wait", "POST", "/journal/wait", "Wait until requests have come",
        journal.wait_for_entries, answer="journal-list", body=Schema("control/journal-wait"), waits=True,
        note='`{"match", "count", "after", "timeout_seconds"}`: the entries, or 408 that says what came instead',
    ),
    _namespace(
        "events.follow", "GET", "/events", "What happens, as it happens",
        events.follow_events, query=(_LAST_EVENT, _EVERYWHERE),
        note="Server-Sent Events `request`, `control`, `session` and `gap`, each with its `namespace`; goes on after `Last-Event-ID`. With `?namespaces=all` those of all namespaces, of later ones too, and `namespace` when one is made or deleted; they are kept while somebody follows, so who comes back after that begins now, after a `gap`",
    ),
    _namespace(
        "faults.list", "GET", "/faults", "Faults in order, with counts",
        faults.list_faults, answer="fault-list",
        note="in order, with what each has counted",
    ),
    _namespace(
        "faults.add", "POST", "/faults", "Put faults in front of all others",
        faults.add_faults, answer="fault-list", status=201, body=_ANYTHING,
        note="puts one, or a list, in front of all others",
    ),
    _namespace(
        "faults.drop_all", "DELETE", "/faults", "Drop every fault",
        faults.drop_faults, status=204,
        note="drops every fault; what hangs goes on",
    ),
    _namespace(
        "faults.drop", "DELETE", "/faults/{id}", "Drop a fault",
        faults.drop_fault, status=204,
        note="drops one; what hangs by it goes on",
    ),
    _namespace(
        "clock.get", "GET", "/clock", "The time of the namespace",
        clock.get_clock, answer="clock",
    ),
    _namespace(
        "clock.set", "PUT", "/clock", "Freeze the clock, or let it run",
        clock.set_clock, answer="clock", body=Schema("control/clock"),
        note='`{"mode": "frozen", "now"}` or `{"mode": "running"}`; without `now` from the time that it shows',
    ),
    _namespace(
        "clock.advance", "POST", "/clock/advance", "Move the clock forward",
        clock.advance_clock, answer="clock", body=Schema("control/clock-advance"),
        note='`{"seconds"}`, forward only; what waits for it goes on',
    ),
    _namespace(
        "rate_limit.get", "GET", "/rate-limit", "The limit, if there is one",
        rate_limit.get_rate_limit, answer="rate-limit",
    ),
    _namespace(
        "rate_limit.set", "PUT", "/rate-limit", "Count requests",
        rate_limit.set_rate_limit, answer="rate-limit", body=Schema("definitions/rate-limit"),
        note='`{"requests", "per_seconds", "scope"}`, or `"documented"` for 100 in a minute and account',
    ),
    _namespace(
        "rate_limit.drop", "DELETE", "/rate-limit", "Count no longer",
        rate_limit.drop_rate_limit, status=204,
    ),
    _namespace(
        "latency.get", "GET", "/latency", "How late answers are",
        latency.get_latency, answer="latency",
    ),
    _namespace(
        "latency.set", "PUT", "/latency", "Make answers late",
        latency.set_latency, answer="latency", body=Schema("definitions/latency"),
        note='`{"ms": 300}`, or `{"ms": {"from": 300, "to": 1200}}`, of which the seed chooses for each answer of the imitated API',
    ),
    _namespace(
        "latency.drop", "DELETE", "/latency", "Make answers late no longer",
        latency.drop_latency, status=204,
    ),
    _namespace(
        "transitions.get", "GET", "/transitions", "How long files and what is made of them take",
        transitions.get_transitions, response="definitions/transitions",
        note="how long uploads, collections, ingestion and artifacts take, and which files fail, where it is not as usual",
    ),
    _namespace(
        "transitions.set", "PUT", "/transitions", "Make files quick, slow or failing",
        transitions.set_transitions, response="definitions/transitions", body=Schema("definitions/transitions"),
        note='`{"files": {"after_polls": 2}, "knowledge_bases": "immediate", "failures": [{"file": "*.pdf"}]}`, all optional, as in a seed; for what begins from now on',
    ),
    _namespace(
        "transitions.drop", "DELETE", "/transitions", "Let files take as long as usual",
        transitions.drop_transitions, status=204,
    ),
    _namespace(
        "scripts.list", "GET", "/scripts", "Scripts in order, with hit counts",
        scripts.list_scripts, waits=True, answer="script-list",
        note="in order, with hit counts, and as they were written, without secrets; `X-Total-Count`",
    ),
    _namespace(
        "scripts.add", "POST", "/scripts", "Put scripts in front of all others",
        scripts.add_scripts, answer="script-names", status=201, body=_ANYTHING,
        note="puts one, or a list, in front of all others; one of a name that was added before is replaced",
    ),
    _namespace(
        "scripts.drop", "DELETE", "/scripts", "Forget the scripts that were added",
        scripts.drop_scripts, status=204,
    ),
    _namespace(
        "scripts.drop_one", "DELETE", "/scripts/{name}", "Forget a script that was added",
        scripts.drop_script, status=204,
        note="forgets one that was added; those of the seed and of the scenario stay",
    ),
    _namespace(
        "scenarios.list", "GET", "/scenarios", "What can be switched to",
        scenarios.list_scenarios, answer="scenario-list",
        note="what can be switched to, and what is active",
    ),
    _namespace(
        "scenarios.use", "POST", "/scenarios/{name}", "Switch to a scenario",
        scenarios.use_scenario, answer="scenario",
        note="switches: its scripts are tried after those that you added and before those of the seed, its faults replace all others, its agents and sessions are added. `POST /reset` leaves it",
    ),
    _namespace(
        "sessions.list", "GET", "/sessions", "Sessions of all accounts",
        sessions.list_sessions, waits=True, answer="session-list", query=_OF_SESSIONS,
        note=f"sessions of all accounts, newest activity first: status, what an execution waits for, configuration, turns; filters `status`, `agent_key`, `config_hash` (or its beginning), `q` (a part of the id); `limit` (50, {SESSIONS.shown} at most), `offset`; `X-Total-Count` of those that match",
    ),
    _namespace(
        "sessions.get", "GET", "/sessions/{session_id}", "A session",
        sessions.get_session, waits=True, answer="session",
        note="the same of one, with its usage, its variables and a key that may use it",
    ),
    _namespace(
        "sessions.messages", "GET", "/sessions/{session_id}/messages", "What was said in a session",
        sessions.list_messages, waits=True, response="responses/messages", query=(_TAIL,),
        note=f"the newest {MESSAGES.shown} messages, or `tail`, as the API shows them to the session's owner; looking at them leaves no trace in the journal",
    ),
    _namespace(
        "executions.list", "GET", "/sessions/{session_id}/executions", "What happened in a session",
        executions.list_executions, waits=True, answer="executions", query=(_TAIL, _PROMPTS),
        note=f"the newest {LISTED.shown} executions of a session, or `tail`: path with reasons, tool calls, usage, and `prompts=true`; `left_out` counts older ones for which the answer has no room; `X-Total-Count`, and `X-Emulator-Dropped` for those of the namespace that had to leave; and what a person is asked, if one is paused",
    ),
    _namespace(
        "streams.list", "GET", "/sessions/{session_id}/events", "What sockets are told of a session",
        streams.list_events, waits=True, answer="stream", query=(_TAIL,),
        note=f"the newest {STREAM_EVENTS.shown} events of a session, or `tail`, as the frames that sockets are sent; `left_out` counts older ones for which the answer has no room; `X-Total-Count`",
    ),
    _namespace(
        "graphs.get", "GET", "/sessions/{session_id}/graph", "A session's configuration as a graph",
        graphs.session_graph, waits=True, answer="session-graph", query=(_TURN, _FORMAT),
        note="the graph of a session's configuration with the path of its newest execution, or `turn` (0 for none); `format`: `json`, which has the picture's places, `svg`, `mermaid` or `text`",
    ),
    _namespace(
        "configurations.list", "GET", "/configurations", "Configurations that are used",
        configurations.list_configurations, waits=True, answer="configuration-list",
        note="those of agents and sessions, and those that were executed, with what of each was exercised; `X-Emulator-Dropped` for those that are left out",
    ),
    _namespace(
        "configurations.get", "GET", "/configurations/{config_hash}", "A configuration and its graph",
        configurations.get_configuration, waits=True, answer="configuration",
        note="its document without secrets, findings, variables, and its graph with what was exercised",
    ),
    _namespace(
        "configurations.check", "POST", "/configurations/check", "What is wrong with a configuration",
        configurations.check_configuration, waits=True, answer="configuration-checked", body=CONFIGURATION,
        note="findings, variables and the graph of a text, JSON or YAML by its content type; 200 for an invalid one as well; keeps nothing",
    ),
    _namespace(
        "coverage.get", "GET", "/coverage", "What of the graphs was exercised",
        coverage.get_coverage, answer="coverage", query=(_NAMESPACES,),
        note="agents, edges, arms and outputs exercised, by configuration; with `?namespaces=all` of all together, also of those that were deleted",
    ),
    _namespace(
        "gates.list", "GET", "/gates", "Gates that are open or waited at",
        gates.list_gates, answer="gate-list",
    ),
    _namespace(
        "gates.open", "POST", "/gates/{name}/open", "Let executions through",
        gates.open_gate, answer="gate-opened",
        note="lets executions through; tells how many were released, and who still waits elsewhere",
    ),
    _namespace(
        "gates.close", "POST", "/gates/{name}/close", "Hold executions from now on",
        gates.close_gate, answer="gate-closed",
    ),
    _namespace(
        "gates.answer", "POST", "/gates/{name}/answer", "Answer by hand who waits",
        gates.answer_by_hand, answer="gate-answered", body=Schema("definitions/step"),
        note="who has waited longest there before its step does the step in the body, as in `then` of a script; the gate stays closed, and others go on waiting",
    ),
    _namespace(
        "scenarios.state", "POST", "/provider-states", "Set up a state that a Pact names",
        provider_states.go_to_state, answer="provider-state", body=Schema("control/provider-state"), any_query=True,
        note='`{"state", "params", "action": "setup" | "teardown"}`, as Pact sends it; several add up until the next request, no state is the seed; answers values for the request',
    ),
)  # fmt: skip
