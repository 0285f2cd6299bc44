"""The control plane as one table. This module is `CONTROL`."""

from functools import partial
from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.domain.namespace import SCOPES
from atthene_emulator.errors import (
    Conflict,
    NoRoom,
    NotAdmitted,
    NothingCame,
    NotKept,
    SentAway,
    TooManyReaders,
    TooManyWaiting,
)
from atthene_emulator.limits import DELETED, LARGE_BODY, LISTED, MESSAGES, SESSIONS, STREAM_EVENTS
from atthene_emulator.web.control import parameters
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.operation import CONFIGURATION, Access, Operation


def _row(  # noqa: PLR0917  # its place in the table says what each is
    access: Access,
    name: str,
    operation_id: str,
    method: str,
    path: str,
    summary: str,
    handler: str,
    *,
    answer: str | None = None,
    **more: Any,
) -> Operation:
    """A row of the control plane; `answer` is its schema below `schemas/control/responses/`."""
    if answer is not None:
        more["response"] = f"control/responses/{answer}"
    return Operation(
        name, method, path, summary, handler, plane="control", access=access, operation_id=operation_id, **more
    )


# Whose right suffices where a control token is set.
_anybody = partial(_row, "anybody")  # tells nothing of what is in it
_namespace = partial(_row, "namespace")  # is about one namespace, whose own key suffices
_emulator = partial(_row, "emulator")  # is about all of them

_ANYTHING = Schema("control/anything")
_TOTAL, _DROPPED = "X-Total-Count", "X-Emulator-Dropped"

CONTROL: tuple[Operation, ...] = (
    _anybody(
        "service.health", "getHealth", "GET", "/health", "Alive, and as what",
        "control.service:get_health", answer="health",
        note="status, version, contract, uptime, how many namespaces, and what is ruled otherwise by `--observations`, and the store without its password; to whoever may not use the control plane, the status alone",
    ),
    _anybody(
        "service.ready", "getReady", "GET", "/ready", "200 once the seeds are loaded, 503 while the store cannot be used",
        "control.service:get_ready", waits=True, answer="ready", errors=(NotKept,),
        note="200 once the seeds are loaded, 503 while the store that keeps the state cannot be used, to anybody",
    ),
    _namespace(
        "service.operations", "listOperations", "GET", "/operations", "The rows of the imitated API",
        "control.service:list_operations", answer="operations",
    ),
    _namespace(
        "service.evidence", "getEvidence", "GET", "/evidence", "What each statement rests on",
        "control.service:get_evidence", answer="evidence-ledger", query=(parameters.CONTRACT,),
    ),
    _anybody(
        "service.openapi", "getOpenApi", "GET", "/openapi.json", "OpenAPI 3.1 of the imitated API, or of the control plane",
        "control.operations:get_openapi", answer="openapi", query=(parameters.CONTRACT, parameters.API), errors=(NotAdmitted,),
        note="of the imitated API in the namespace's contract, to anybody; with `?api=control` of the control plane",
    ),
    _anybody(
        "service.asyncapi", "getAsyncApi", "GET", "/asyncapi.json", "AsyncAPI 3.0 of the live socket",
        "control.service:get_asyncapi", answer="asyncapi", errors=(NotAdmitted,),
        note="AsyncAPI 3.0 of the live socket, to anybody",
    ),
    _emulator(
        "namespaces.list", "listNamespaces", "GET", "/namespaces", "Every namespace with its own key",
        "control.namespaces:list_namespaces", waits=True, answer="namespace-list", query=(parameters.DELETED_TOO,),
        note=f"every namespace with its own key; with `?deleted=true` also the last {DELETED.shown} that were deleted, newest first: each `GET` of a namespace still shows one as it was, nothing changes it",
    ),
    _emulator(
        "namespaces.create", "createNamespace", "POST", "/namespaces", "A new namespace, from a seed or as a fork",
        "control.namespaces:create_namespace", waits=True, answer="namespace", status=201, body=Schema("control/namespace"), max_body=LARGE_BODY.most,
        note='a new one; `{"name", "seed", "contract", "from", "snapshot", "ttl_seconds"}`, all optional; `seed` may be a list, where later ones add',
        errors=(Conflict, NoRoom), example={"name": "checkout", "seed": "default"}, gives=("name", "$response.body#/name"),
    ),
    _namespace(
        "namespaces.delete", "deleteNamespace", "DELETE", "/namespaces/{name}", "Forget a namespace",
        "control.namespaces:delete_namespace", status=204, query=(parameters.FOREVER,),
        note="forgets one; `default` stays; with `?forever=true` it cannot be looked at afterwards, and takes no place of others that can",
        errors=(Conflict,),
    ),
    _emulator(
        "emulator.export", "exportEmulator", "GET", "/export", "Export the emulator",
        "control.document:export_emulator", waits=True, response="emulator", query=(parameters.SECRETS,), errors=(Conflict, NoRoom),
        note="every namespace with all that is kept in it as one document, which `serve --import` opens; without secrets unless `?secrets=true`",
    ),
    _namespace(
        "state.get", "getState", "GET", "/state", "What the namespace holds",
        "control.state:get_state", answer="state",
        note="counts, with bytes of files, accounts (keys masked), agents, sessions",
    ),
    _namespace(
        "state.reset", "resetNamespace", "POST", "/reset", "Back to the seed; journal and snapshots stay",
        "control.state:reset", answer="reset", query=(parameters.SCOPE,),
        note=f"back to the seed; journal, snapshots and coverage stay. `?scope=`, separated by commas, chooses among {', '.join(f'`{scope}`' for scope in SCOPES)}",
    ),
    _namespace(
        "state.clear", "clearNamespace", "POST", "/clear", "No agents, sessions and scripts",
        "control.state:clear", answer="clear",
        note="no agents, sessions and scripts; accounts and keys stay",
    ),
    _namespace(
        "snapshots.list", "listSnapshots", "GET", "/snapshots", "Every snapshot",
        "control.snapshots:list_snapshots", answer="snapshot-list",
        note="every snapshot, oldest first",
    ),
    _namespace(
        "snapshots.take", "takeSnapshot", "POST", "/snapshots", "Take a snapshot",
        "control.snapshots:take_snapshot", answer="snapshot", status=201, body=Schema("control/snapshot-take"),
        note='keeps what the namespace is now; `{"name"}`; one of the same name is replaced',
        errors=(Conflict, NoRoom), example={"name": "before-lunch"}, gives=("name", "$response.body#/name"),
    ),
    _namespace(
        "snapshots.export", "exportSnapshot", "GET", "/snapshots/{name}", "Export a snapshot",
        "control.snapshots:export_snapshot", waits=True, response="snapshot", query=(parameters.SECRETS,),
        note="a snapshot as one document, without secrets unless `?secrets=true`",
    ),
    _namespace(
        "snapshots.import", "importSnapshot", "PUT", "/snapshots/{name}", "Import a snapshot",
        "control.snapshots:import_snapshot", waits=True, answer="snapshot", status=201, body=_ANYTHING, max_body=LARGE_BODY.most,
        carries_files=True,
        errors=(Conflict, NoRoom), shown_body=Schema("snapshot"),
    ),
    _namespace(
        "snapshots.drop", "dropSnapshot", "DELETE", "/snapshots/{name}", "Drop a snapshot",
        "control.snapshots:drop_snapshot", status=204,
    ),
    _namespace(
        "snapshots.restore", "restoreSnapshot", "POST", "/snapshots/{name}/restore", "Go back to a snapshot",
        "control.snapshots:restore_snapshot", answer="snapshot",
        note="back to the snapshot, which stays",
    ),
    _namespace(
        "journal.list", "listJournalEntries", "GET", "/journal", "What was asked and answered",
        "control.journal:list_entries", waits=True, answer="journal-list", query=parameters.OF_ENTRIES,
        note="newest last, with the fault that struck; filters `operation` (also `runtime.*`), `status`, `outcome`, `session_id`, `method`, `path`; `limit`, `offset`, `tail`; `X-Total-Count`, and `X-Emulator-Dropped` for those that had to leave; with `?namespaces=all` the entries of all namespaces together",
        counts=(_TOTAL, _DROPPED), gives=("id", "$response.body#/0/id"),
    ),
    _namespace(
        "journal.get", "getJournalEntry", "GET", "/journal/{id}", "A request and its answer",
        "control.journal:get_entry", waits=True, response="definitions/journal-entry",
        note="one entry, by the `X-Request-Id` of its answer",
    ),
    _namespace(
        "journal.drop", "clearJournal", "DELETE", "/journal", "Forget what was asked",
        "control.journal:drop_journal", status=204,
    ),
    _namespace(
        "journal.wait", "waitForJournalEntries", "POST", "/journal/wait", "Wait until requests have come",
        "control.journal:wait_for_entries", answer="journal-list", body=Schema("control/journal-wait"), waits=True,
        note='`{"match", "count", "after", "timeout_seconds"}`: the entries, or 408 that says what came instead',
        errors=(NothingCame, SentAway, TooManyWaiting), example={"match": {"operation": "runtime.execute"}, "count": 1, "timeout_seconds": 5},
    ),
    _namespace(
        "events.follow", "followEvents", "GET", "/events", "What happens, as it happens",
        "control.events:follow_events", waits=True, query=(parameters.LAST_EVENT, parameters.EVERYWHERE),
        note="Server-Sent Events `request`, `control`, `session` and `gap`, each with its `namespace`; goes on after `Last-Event-ID`. With `?namespaces=all` those of all namespaces, of later ones too, and `namespace` when one is made or deleted; they are kept while somebody follows, so who comes back after that begins now, after a `gap`",
        errors=(TooManyReaders,), media="text/event-stream",
    ),
    _namespace(
        "faults.list", "listFaults", "GET", "/faults", "Faults in order, with counts",
        "control.faults:list_faults", answer="fault-list",
        note="in order, with what each has counted",
    ),
    _namespace(
        "faults.add", "addFaults", "POST", "/faults", "Put faults in front of all others",
        "control.faults:add_faults", answer="fault-list", status=201, body=_ANYTHING,
        note="puts one, or a list, in front of all others",
        errors=(Conflict, NoRoom), shown_body=Schema("control/faults"), example={"id": "busy", "operation": "runtime.execute", "status": 503, "times": 1}, gives=("id", "$response.body#/0/id"),
    ),
    _namespace(
        "faults.drop_all", "dropFaults", "DELETE", "/faults", "Drop every fault",
        "control.faults:drop_faults", status=204,
        note="drops every fault; what hangs goes on",
    ),
    _namespace(
        "faults.drop", "dropFault", "DELETE", "/faults/{id}", "Drop a fault",
        "control.faults:drop_fault", status=204,
        note="drops one; what hangs by it goes on",
    ),
    _namespace(
        "clock.get", "getClock", "GET", "/clock", "The time of the namespace",
        "control.clock:get_clock", answer="clock",
    ),
    _namespace(
        "clock.set", "setClock", "PUT", "/clock", "Freeze the clock, or let it run",
        "control.clock:set_clock", answer="clock", body=Schema("control/clock"),
        note='`{"mode": "frozen", "now"}` or `{"mode": "running"}`; without `now` from the time that it shows',
        example={"mode": "frozen", "now": "2025-01-15T10:30:00Z"},
    ),
    _namespace(
        "clock.advance", "advanceClock", "POST", "/clock/advance", "Move the clock forward",
        "control.clock:advance_clock", answer="clock", body=Schema("control/clock-advance"),
        note='`{"seconds"}`, forward only; what waits for it goes on',
        example={"seconds": 3600},
    ),
    _namespace(
        "rate_limit.get", "getRateLimit", "GET", "/rate-limit", "The limit, if there is one",
        "control.rate_limit:get_rate_limit", answer="rate-limit",
    ),
    _namespace(
        "rate_limit.set", "setRateLimit", "PUT", "/rate-limit", "Count requests",
        "control.rate_limit:set_rate_limit", answer="rate-limit", body=Schema("definitions/rate-limit"),
        note='`{"requests", "per_seconds", "scope"}`, or `"documented"` for 100 in a minute and account',
        example={"requests": 10, "per_seconds": 60, "scope": "account"},
    ),
    _namespace(
        "rate_limit.drop", "dropRateLimit", "DELETE", "/rate-limit", "Count no longer",
        "control.rate_limit:drop_rate_limit", status=204,
    ),
    _namespace(
        "latency.get", "getLatency", "GET", "/latency", "How late answers are",
        "control.latency:get_latency", answer="latency",
    ),
    _namespace(
        "latency.set", "setLatency", "PUT", "/latency", "Make answers late",
        "control.latency:set_latency", answer="latency", body=Schema("definitions/latency"),
        note='`{"ms": 300}`, or `{"ms": {"from": 300, "to": 1200}}`, of which the seed chooses for each answer of the imitated API',
        example={"ms": {"from": 300, "to": 1200}},
    ),
    _namespace(
        "latency.drop", "dropLatency", "DELETE", "/latency", "Make answers late no longer",
        "control.latency:drop_latency", status=204,
    ),
    _namespace(
        "on_disconnect.get", "getOnDisconnect", "GET", "/on-disconnect", "What becomes of an execution whose client leaves",
        "control.on_disconnect:get_on_disconnect", response="definitions/on-disconnect",
    ),
    _namespace(
        "on_disconnect.set", "setOnDisconnect", "PUT", "/on-disconnect", "Finish executions whose client leaves, or abandon them",
        "control.on_disconnect:set_on_disconnect", response="definitions/on-disconnect", body=Schema("definitions/on-disconnect"),
        note='`{"on_disconnect": "finish"}`: an execution over REST whose client leaves goes on to its end; `abandon` gives it up; a script may say otherwise',
        example={"on_disconnect": "finish"},
    ),
    _namespace(
        "transitions.get", "getTransitions", "GET", "/transitions", "How long files and what is made of them take",
        "control.transitions:get_transitions", response="definitions/transitions",
        note="how long uploads, collections, ingestion and artifacts take, and which files fail, where it is not as usual",
    ),
    _namespace(
        "transitions.set", "setTransitions", "PUT", "/transitions", "Make files quick, slow or failing",
        "control.transitions:set_transitions", response="definitions/transitions", body=Schema("definitions/transitions"),
        note='`{"files": {"after_polls": 2}, "knowledge_bases": "immediate", "failures": [{"file": "*.pdf"}]}`, all optional, as in a seed; for what begins from now on',
        example={"files": {"after_polls": 2}, "knowledge_bases": "immediate", "failures": [{"file": "*.pdf"}]},
    ),
    _namespace(
        "transitions.drop", "dropTransitions", "DELETE", "/transitions", "Let files take as long as usual",
        "control.transitions:drop_transitions", status=204,
    ),
    _namespace(
        "scripts.list", "listScripts", "GET", "/scripts", "Scripts in order, with hit counts",
        "control.scripts:list_scripts", waits=True, answer="script-list",
        note="in order, with hit counts, and as they were written, without secrets; `X-Total-Count`",
        counts=(_TOTAL,),
    ),
    _namespace(
        "scripts.add", "addScripts", "POST", "/scripts", "Put scripts in front of all others",
        "control.scripts:add_scripts", answer="script-names", status=201, body=_ANYTHING,
        note="puts one, or a list, in front of all others; one of a name that was added before is replaced",
        errors=(Conflict, NoRoom), shown_body=Schema("control/scripts"), example={"name": "weather", "when": {"content": {"contains": "weather"}}, "then": {"reply": "Sunny."}}, gives=("name", "$response.body#/0/name"),
    ),
    _namespace(
        "scripts.drop", "dropScripts", "DELETE", "/scripts", "Forget the scripts that were added",
        "control.scripts:drop_scripts", status=204,
    ),
    _namespace(
        "scripts.drop_one", "dropScript", "DELETE", "/scripts/{name}", "Forget a script that was added",
        "control.scripts:drop_script", status=204,
        note="forgets one that was added; those of the seed and of the scenario stay",
        errors=(Conflict,),
    ),
    _namespace(
        "scenarios.list", "listScenarios", "GET", "/scenarios", "What can be switched to",
        "control.scenarios:list_scenarios", answer="scenario-list",
        note="what can be switched to, and what is active", gives=("name", "$response.body#/0/name"),
    ),
    _namespace(
        "scenarios.use", "useScenario", "POST", "/scenarios/{name}", "Switch to a scenario",
        "control.scenarios:use_scenario", answer="scenario",
        note="switches: its scripts are tried after those that you added and before those of the seed, its faults replace all others, its agents and sessions are added. `POST /reset` leaves it",
        errors=(Conflict,),
    ),
    _namespace(
        "sessions.list", "listSessions", "GET", "/sessions", "Sessions of all accounts",
        "control.sessions:list_sessions", waits=True, answer="session-list", query=parameters.OF_SESSIONS,
        note=f"sessions of all accounts, newest activity first: status, what an execution waits for, configuration, turns; filters `status`, `agent_key`, `config_hash` (or its beginning), `q` (a part of the id); `limit` (50, {SESSIONS.shown} at most), `offset`; `X-Total-Count` of those that match",
        counts=(_TOTAL,), gives=("session_id", "$response.body#/0/session_id"),
    ),
    _namespace(
        "sessions.get", "getSession", "GET", "/sessions/{session_id}", "A session",
        "control.sessions:get_session", waits=True, answer="session",
        note="the same of one, with its usage, its variables and a key that may use it",
    ),
    _namespace(
        "sessions.messages", "listSessionMessages", "GET", "/sessions/{session_id}/messages", "What was said in a session",
        "control.sessions:list_messages", waits=True, response="responses/messages", query=(parameters.TAIL_OF_MESSAGES,),
        note=f"the newest {MESSAGES.shown} messages, or `tail`, as the API shows them to the session's owner; looking at them leaves no trace in the journal",
    ),
    _namespace(
        "executions.list", "listSessionExecutions", "GET", "/sessions/{session_id}/executions", "What happened in a session",
        "control.executions:list_executions", waits=True, answer="executions", query=(parameters.TAIL, parameters.PROMPTS),
        note=f"the newest {LISTED.shown} executions of a session, or `tail`: path with reasons, tool calls, usage, and `prompts=true`; `left_out` counts older ones for which the answer has no room; `X-Total-Count`, and `X-Emulator-Dropped` for those of the namespace that had to leave; and what a person is asked, if one is paused",
        counts=(_TOTAL, _DROPPED),
    ),
    _namespace(
        "streams.list", "listSocketEvents", "GET", "/sessions/{session_id}/events", "What sockets are told of a session",
        "control.streams:list_events", waits=True, answer="stream", query=(parameters.TAIL,),
        note=f"the newest {STREAM_EVENTS.shown} events of a session, or `tail`, as the frames that sockets are sent; `left_out` counts older ones for which the answer has no room; `X-Total-Count`",
        counts=(_TOTAL,),
    ),
    _namespace(
        "graphs.get", "getSessionGraph", "GET", "/sessions/{session_id}/graph", "A session's configuration as a graph",
        "control.graphs:session_graph", waits=True, answer="session-graph", query=(parameters.TURN, parameters.FORMAT),
        note="the graph of a session's configuration with the path of its newest execution, or `turn` (0 for none); `format`: `json`, which has the picture's places, `svg`, `mermaid` or `text`",
        texts=("image/svg+xml", "text/plain"),
    ),
    _namespace(
        "configurations.list", "listConfigurations", "GET", "/configurations", "Configurations that are used",
        "control.configurations:list_configurations", waits=True, answer="configuration-list",
        note="those of agents and sessions, and those that were executed, with what of each was exercised; `X-Emulator-Dropped` for those that are left out",
        counts=(_DROPPED,), gives=("config_hash", "$response.body#/0/config_hash"),
    ),
    _namespace(
        "configurations.get", "getConfiguration", "GET", "/configurations/{config_hash}", "A configuration and its graph",
        "control.configurations:get_configuration", waits=True, answer="configuration",
        note="its document without secrets, findings, variables, and its graph with what was exercised",
    ),
    _namespace(
        "configurations.check", "checkConfiguration", "POST", "/configurations/check", "What is wrong with a configuration",
        "control.configurations:check_configuration", waits=True, answer="configuration-checked", body=CONFIGURATION,
        note="findings, variables and the graph of a text, JSON or YAML by its content type; 200 for an invalid one as well; keeps nothing",
        example={"name": "Support", "agent_type": "llm_agent", "llm_config": {"model": "gpt-4o"}},
    ),
    _namespace(
        "coverage.get", "getCoverage", "GET", "/coverage", "What of the graphs was exercised",
        "control.coverage:get_coverage", waits=True, answer="coverage", query=(parameters.COVERAGE_EVERYWHERE,),
        note="agents, edges, arms and outputs exercised, by configuration; with `?namespaces=all` of all together, also of those that were deleted",
        counts=(_DROPPED,),
    ),
    _namespace(
        "gates.list", "listGates", "GET", "/gates", "Gates that are open or waited at",
        "control.gates:list_gates", answer="gate-list", gives=("name", "$response.body#/0/name"),
    ),
    _namespace(
        "gates.open", "openGate", "POST", "/gates/{name}/open", "Let executions through",
        "control.gates:open_gate", answer="gate-opened",
        note="lets executions through; tells how many were released, and who still waits elsewhere",
        errors=(NoRoom,),
    ),
    _namespace(
        "gates.close", "closeGate", "POST", "/gates/{name}/close", "Hold executions from now on",
        "control.gates:close_gate", answer="gate-closed",
    ),
    _namespace(
        "gates.answer", "answerGate", "POST", "/gates/{name}/answer", "Answer by hand who waits",
        "control.gates:answer_by_hand", answer="gate-answered", body=Schema("definitions/step"),
        note="who has waited longest there before its step does the step in the body, as in `then` of a script; the gate stays closed, and others go on waiting",
        errors=(Conflict,), example={"reply": "Sunny."},
    ),
    _namespace(
        "scenarios.state", "setProviderState", "POST", "/provider-states", "Set up a state that a Pact names",
        "control.provider_states:go_to_state", answer="provider-state", body=Schema("control/provider-state"), any_query=True,
        note='`{"state", "params", "action"}`, where the action is `setup` or `teardown`, as Pact sends it; several add up until the next request, no state is the seed; answers values for the request',
        errors=(Conflict, NoRoom), example={"state": "approval", "action": "setup"},
    ),
)  # fmt: skip


def get_openapi(exchange: Exchange) -> Any:
    """OpenAPI 3.1 of the imitated API, or of the control plane, which is this table."""
    from atthene_emulator.web.control import service  # noqa: PLC0415  # as all handlers, with the first request

    return service.get_openapi(exchange, CONTROL)
