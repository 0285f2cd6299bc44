"""What was decided because the documentation is silent, each with its reason. This module is `DECISIONS`."""

from typing import NamedTuple


class Decision(NamedTuple):
    """One decision about undocumented behaviour, with its reason."""

    id: str
    what: str
    why: str


DECISIONS: tuple[Decision, ...] = (
    Decision(
        "D01",
        "201 for a POST that creates, 200 for other successes (a GET that creates, too), 204 for DELETE without a body",
        "few statuses are documented: 204 and 200 of some deletions, 200 of cancel",
    ),
    Decision(
        "D02",
        'Errors have the envelope `{"error": {"type", "message"}}` where no page shows a flat body',
        "documented by the first reference; newest pages show some bodies flat",
    ),
    Decision(
        "D03",
        "A malformed body is 400 `validation_error`, never 422",
        "type and status are documented for configurations and messages; no page speaks of 422",
    ),
    Decision(
        "D04",
        "Findings stand in `error.details.errors` as the items of `validate`; of `/agent/` they begin with `system_config.`",
        "`details` is documented, its inside is not",
    ),
    Decision(
        "D05",
        "Which error wins: 404 route, 405, 401, 403 key, 429 limit, injected fault, 413/415/400 body, 404/403 resource, 409/429 state, the rest; literal segments of a path win over ids",
        "fixed once, so that tests can rely on it",
    ),
    Decision(
        "D05b",
        "`validate` answers 200 for an invalid configuration",
        "the answer is the result, not a failure",
    ),
    Decision(
        "D07",
        "Another account's session or agent is 404",
        "cancel and the socket say so of sessions; 403 is shown for files and collections only",
    ),
    Decision(
        "D08",
        "The documented limit of 100 requests a minute is off until `rate_limit: documented` is set; one execution at a time per session, the second gets 429 with `Retry-After: 1`",
        "only the number is documented",
    ),
    Decision(
        "D09",
        "Paths work with and without the closing slash, without a redirect; 405 carries `Allow`; other content types are 415; `application/x-yaml` and `text/yaml` are YAML, too",
        "pages write paths in both ways",
    ),
    Decision(
        "D10",
        "A failure while executing is 200 with a status; errors of the 500 range happen as injected faults only, with the documented body of their operation",
        "newest pages have a status value `error`",
    ),
    Decision(
        "D11",
        "A body may have 1 MiB (`--max-body`), else 413",
        "a message of 1 MB is documented, the status for more is not",
    ),
    Decision(
        "D12",
        "`Authorization: Bearer` is accepted everywhere; `x-api-key` wins when both are sent",
        "most pages show one of the two",
    ),
    Decision(
        "D14",
        "`agent_key` is the name in ASCII lower case, other characters become `_`; a second one in an account is 400 `validation_error`; the key never changes",
        "keys are called unique; all documented duplicates are 400",
    ),
    Decision(
        "D15",
        "`config_hash` is SHA-256 over canonical JSON, numbers as JSON writes them after reading; each change raises the last part of `version_number`",
        '"track configuration changes"',
    ),
    Decision(
        "D16",
        "Nothing is added to `system_config`; PATCH merges deeply and null removes, PUT replaces",
        "the update page shows a partial document, the tutorial a whole one",
    ),
    Decision(
        "D17",
        "Agents are listed oldest first",
        "no order is documented",
    ),
    Decision(
        "D18",
        "Deleting an agent keeps its sessions",
        "sessions keep their configuration",
    ),
    Decision(
        "D19",
        "`{agent_id}` may be an `agent_key`",
        "convenient and harmless",
    ),
    Decision(
        "D20",
        "Sessions are listed newest first, with optional `limit`, `offset` and `agent_key`; ids have the form of the contract",
        "the items are documented, order and paging are not",
    ),
    Decision(
        "D21",
        "Each contract answers exactly what its own pages show, and no union; `current` takes the newest page of each operation",
        "no generation sends a union",
    ),
    Decision(
        "D22",
        "Every call of from-agent and default-agent creates a session, a GET too",
        'the pages say "create"',
    ),
    Decision(
        "D25",
        "`save_messages: false` keeps the history out of `/messages/`; `persistent_state: false` forgets variables and context; both are true by default",
        "from their descriptions; one page of two calls false the default of the latter",
    ),
    Decision(
        "D30",
        "`created_at` and `completed_at` of `agent.session` are the execution's",
        "they lie `execution_time` apart in the example",
    ),
    Decision(
        "D31",
        'Tool calls are `{"id", "name", "arguments", "result"}`, in `reference` and `current`; `correlation_id` is null when none was sent',
        "the page shows an empty list",
    ),
    Decision(
        "D34",
        "A variable without a value, or of the wrong type, is 400 with its documented flat body; in `connecting` an execution that failed",
        "the bodies are documented without a status",
    ),
    Decision(
        "D35",
        "Seven forms of content blocks are accepted and kept as sent, never decoded or fetched; others are 400",
        "the pages show no valid base64",
    ),
    Decision(
        "D39",
        "`limit` 1 to 1000, default 50; only the last 100 messages of a session are shown and counted; message ids are those of the execute response",
        '"limited to last 100" without more',
    ),
    Decision(
        "D40",
        "`idle` after 30 minutes without activity; `error` after a failure or a timeout until the next success; `unhealthy` only in `error`",
        "the status page names the values only",
    ),
    Decision(
        "D41",
        "HEAD answers like GET without the body, except from-agent and default-agent, where it is 405",
        "HEAD must not create a session",
    ),
    Decision(
        "D42",
        "A key's `permissions` name groups of operations (`agents`, `sessions`, `runtime`); outside them it is 403",
        "a key has full access by the documentation; this is ours, so that 403 can be tested",
    ),
    Decision(
        "D43",
        "`event_count` is the number of agent turns plus two",
        "the documented example counts three for one message",
    ),
    Decision(
        "D44",
        "A token is counted for each five characters of prompts and answers",
        "no tokenizer is documented; on English prose this is within a fifth of common ones",
    ),
    Decision(
        "D45",
        "A name without Latin letters or digits gets the key `agent_` and six digits of its hash",
        "two such names must not collide",
    ),
    Decision(
        "D46",
        "A body without a content type is read as JSON",
        "the pages send JSON unless they say otherwise",
    ),
    Decision(
        "D47",
        "A key alone selects the namespace that had it first; with `X-Emulator-Namespace`, the keys of that namespace count",
        "clients that cannot set headers are isolated by the key that each namespace is given",
    ),
    Decision(
        "D48",
        "A rate limit counts each request whose key was accepted, before faults and bodies; `X-RateLimit-Limit`, `-Remaining`, and `-Reset` in seconds until all are there again",
        "no headers are documented; these names are common",
    ),
    Decision(
        "D49",
        "An injected fault strikes after the key and the rate limit and before the body is judged, though one that waits takes the body in first; `truncate` and `malformed` let the operation happen",
        "whoever tests a lost answer wants the deed done",
    ),
    Decision(
        "D50",
        "An execution over REST whose client goes away while it waits is given up, and nothing of it is kept, unless `on_disconnect: finish` is said",
        "no page says that an answer is kept for nobody",
    ),
    Decision(
        "D51",
        "The company of a shared agent may read it and start sessions from it; changing it is 403",
        "the page calls shared agents read-only for others",
    ),
    Decision(
        "D52",
        "`content` may be left out where `inputs` is there, even empty; then no user message is stored",
        "examples send only inputs, the reference calls content required",
    ),
    Decision(
        "D53",
        "`message` is read as `content` where that is absent",
        "examples of two pages send it",
    ),
    Decision(
        "D54",
        "`POST /sessions/{session_id}/execute/` is execute",
        "examples of two pages send it",
    ),
    Decision(
        "D55",
        "Images and files for a model that is known to read only text fail the execution, with the type `unsupported_modality`; unknown models take all",
        "that it fails is documented, its form is not",
    ),
    Decision(
        "D56",
        "A call that needs an approval waits for the time limit and answers it; then the session is `processing` and executes are 409, until a socket answers or cancel frees it; on a frozen clock the call answers at once",
        "documented: it cannot complete over REST, and the session is busy",
    ),
    Decision(
        "D57",
        "An execution has 30 seconds of the namespace's clock (`execution_timeout`), exactly 30 is within; longer ones answer the documented body with 200",
        "the body is shown without a status",
    ),
    Decision(
        "D58",
        "A cancelled execute answers `status: cancelled` in `current`, `EXECUTION_CANCELLED` in `reference`, `status: error` in `connecting`; cancel of an unknown session is 404 in the envelope",
        "the page shows the answer of cancel only",
    ),
    Decision(
        "D60",
        "Each change of an agent is its current version; a version has an id of its own; an unknown one is 404 `Agent version not found`",
        "no operation deploys a version",
    ),
    Decision(
        "D61",
        "`import_yaml` replaces the configuration, or merges a text with neither `agents` nor `agent_type`, whose `architecture` means the agent type of a flat configuration alone; `export_yaml` answers `application/yaml`",
        "the page's own example is such a part",
    ),
    Decision(
        "D63",
        "The default agent is the studio's template of the quickstart, or a seed's `default_agent`",
        "the page says only that the server has one",
    ),
    Decision(
        "D64",
        "Feedback is kept one for each message and answered with 200 as an object with `id`, `created_at` and `updated_at`",
        'the page says "the feedback object"',
    ),
    Decision(
        "D65",
        "`X-External-User-Token` is a JSON Web Token whose `sub` is the user; its signature is not checked; a session made with one is reached with the same user's token or with none, and not found with another's; a malformed one is 401",
        "there is no identity provider here",
    ),
    Decision(
        "D66",
        "Without a key, `GET /sessions/from-agent/` and the paths of artifacts serve public agents to a page of the agent's `origin_url`, which reaches the sessions of that agent only; a page of another origin gets 403, else it is 401",
        "the pages say so of sockets and artifacts, not how such a page gets a session, or which",
    ),
    Decision(
        "D67",
        "An image is PNG, JPEG, GIF, WebP, BMP, TIFF or SVG by its name and by how it begins; another file is 400 with the field `file`; its address needs no key; of more than 1,000 in a namespace the oldest leave",
        "the pages show one image and no error",
    ),
    Decision(
        "D68",
        "Artifacts: images are of `kind` `image`, processed by `vision`, and ready at once; csv, xlsx, xls and json are `data`, `structured`; others `document`. `pending` lasts a second, then it is `ready` or `failed`; with `skip_extraction` an artifact is `ready` and its index `skipped`. A preview reads CSV files, else it is 400, flat. Those of scripts and some of seeds are `ai_generated`, others `user_upload`; copying answers `copied`, and takes a file of the account for it that has the same bytes, which removing leaves there; an expired address is 403",
        "the pages show one example",
    ),
    Decision(
        "D69",
        "`events` of an `execution_result` is empty",
        "the example shows an empty list",
    ),
    Decision(
        "D70",
        "A file is `active` a second after its upload began; `processing_info` follows from its size, of texts the number of their bytes; deleting hides it: it is listed with `include_deleted` only, and by id not found; a failing item of `bulk` has `status: error` and a sentence, `processed` counts successes, and `success` is false only if all fail",
        "the pages show states and answers, no times and no failures",
    ),
    Decision(
        "D71",
        "Paths of the first reference that later ones do not have (`bulk_action`, `add_data_source`, `remove_data_source`, PUT) answer with its bodies, and in them with the objects of the newer pages; `errors` are texts that begin with the id",
        "`check_status` of the first reference came back; what is in `errors` is not shown",
    ),
    Decision(
        "D72",
        "A collection is `pending` while it is empty, `running` for a second for each file that comes, and `completed` when all its files are `active`; with a file that fails it is `failed`; `progress` is the percentage of files that are done; `retry` processes it again, `complete` has it count as completed; it has 1,000 files at most",
        "the pages show states, no times and no failures",
    ),
    Decision(
        "D73",
        "A knowledge base is `pending` for a second and `running` for ten, linearly: `chunking` below 20 percent, `batch_embedding` from there; then it is `completed`, or `failed` if no file was ingested; files that are no documents, data or pages fail, and those whose bytes are not there; collections must be completed before, else 400; `status_updated` says whether status or progress are others than at the call before",
        "the pages show states and percentages, no times and no failures",
    ),
    Decision(
        "D75",
        "Tool results are no messages; thinking stands in `metadata.thinking` where a script gives it and `show_reasoning` is on",
        "shown by the first reference only",
    ),
    Decision(
        "D81",
        "A socket is accepted first and then closed with its code; its credential is the header, else `authorization` in the query, else `agent_key`; a page of a foreign origin is closed with 4003; a GET without an upgrade is 426",
        "of a refused upgrade, pages see 1006 alone; no page says which credential wins",
    ),
    Decision(
        "D82",
        "A frame is checked in this order: JSON object, `client_type`, `type`, fields, session, subscription, `ext_token`, pause, running turn, content, variables; `connect` and `reconnect` without `session_id` are `invalid_message_format`; codes that no case calls for are sent as faults alone",
        "the codes are documented, most of their cases and their order are not",
    ),
    Decision(
        "D83",
        "`connect` and `disconnect` are not acknowledged; names of events that there are not match nothing",
        "the page shows three kinds of frames, none of them an acknowledgement",
    ),
    Decision(
        "D84",
        "A frame without `session_id` means the one session that its socket has joined",
        "`user_message` need not have one",
    ),
    Decision(
        "D85",
        "A session has one stream of events, which all its sockets get whole; executions over REST are in it, too",
        "a session is one conversation, wherever it is continued",
    ),
    Decision(
        "D86",
        "A message while a turn runs is `execution_start_failed`; what keeps a turn from starting, such as its variables, is `execution_error`: nothing is kept, no events are sent",
        "the two codes are documented without a case",
    ),
    Decision(
        "D87",
        "`reconnect` sends the events after `last_message_id` again, as far as the last 1,000 of the session reach, with the `execution_result` of a turn that ended among them; what is no message id is `reconnect_failed`",
        "documented is only that missed events come",
    ),
    Decision(
        "D88",
        "`disconnect` leaves the session; the socket stays open and what runs goes on",
        "the page says unsubscribe",
    ),
    Decision(
        "D89",
        "Fields of events that no page shows are called in the way of those that it shows: `execution_id`, `agent_name`, `tool_call_id`",
        "two events are shown, the others are named",
    ),
    Decision(
        "D90",
        "Sent by itself is what an agent's `streaming_config` lets through, and always what is about executions, turns of agents and approvals; other documented events are sent where a script lists them",
        "no page says which events a turn has",
    ),
    Decision(
        "D91",
        "A turn is `ExecutionStarted`, its agents' turns, `ExecutionFinished` and `execution_result`; a failed one has `RunError` and `ExecutionError` before them; a cancelled one ends with `ExecutionCancelled` and `execution_result`; open texts are ended first",
        "`finish_reason` can be `error`; nothing stands for cancelled",
    ),
    Decision(
        "D92",
        "A text is sent in pieces of one word each, with the white space before it; a script can say otherwise",
        "how models cut their texts is chance, and tests need it to be none",
    ),
    Decision(
        "D93",
        "`message_id` counts every event of the session, also those that a socket filters out; `prev_message_id` is null at the first event of a turn",
        "else a filter would look like a gap",
    ),
    Decision(
        "D94",
        "`HitlRequired` has `tool_args` and `args_schema`, `HitlResolved` has its fields at the top and `outcome`; an answer for another `pause_kind` is `hitl_no_pending_pause`, one that does not fit or a scope that is not for this tool `hitl_response_failed`; a pause of a socket's turn takes no time of its limit",
        "described without names and codes",
    ),
    Decision(
        "D95",
        "Tools that no page names as needing an approval need none, those of MCP servers too; a seed's `tools.<name>.hitl_requirement` says otherwise",
        "most of them are not listed (K46)",
    ),
    Decision(
        "D96",
        "On a socket, an `X-External-User-Token` that is not three parts with JSON claims closes with 4000, one without `sub` or past its `exp` with 4001; signatures are not checked; an `ext_token` that is wrong in either way is `user_message_failed`",
        "the codes are documented, what is checked is not",
    ),
    Decision(
        "D97",
        "A socket without a frame in five minutes either way is closed with 1001, pings not counted; a frame of more than 1 MiB closes with 1009",
        "the two bounds are documented without a code",
    ),
    Decision(
        "D98",
        "`HitlRequired` of `ask_user_question` has `question` and `options` beside the fields of others",
        "the answer is documented, the question is not",
    ),
    Decision(
        "D99",
        "At `/api/v1/docs/` is the emulator's own reference, with its OpenAPI document as `openapi.json` beside it",
        "the service has a page of documentation there, whose looks are unknown",
    ),
    Decision(
        "D105",
        "How long uploads, collections, ingestion and artifacts take, and which files fail, can be said: at once, after seconds of the clock, or after so many times that they were asked about; a file that failed tells why in `processing_info.error`",
        "the service does all of that in the background, and front ends must show each state of it",
    ),
    Decision(
        "D106",
        "Files, collections and knowledge bases are listed newest first, all or by `limit` and `offset`; when a namespace's files have too many bytes, those that came first are dropped while what is known of them stays, and who wants the bytes gets 410; a file whose bytes were dropped gets them again by the same upload, answered with 201 and the id that it has",
        "no page says in which order, and memory is bounded",
    ),
    Decision(
        "D107",
        "The address of an image, or of an artifact, has what only who knows the key of a namespace can tell, if keys are secret, and names the namespace unless it is `default`",
        "whoever has the address sees the file, so nobody must guess it",
    ),
    Decision(
        "D108",
        "Artifacts that a `user_message` names stand in the message as blocks of type `file` behind what it says",
        "a page shows such a block in a message, and none what the list of ids does",
    ),
    Decision(
        "D109",
        "A latency delays each answer of the imitated API, errors as well, by the namespace's clock, before the request is acted on; a fault strikes after it; of a socket it delays what each frame of the client does, not the opening",
        "services are seldom as near as an emulator, and a front end must show that it waits",
    ),
    Decision(
        "D110",
        "Chunks are text of `txt md csv json html` as it stood: recursive cuts behind the strongest separator in reach, hierarchical has the smallest blocks, which cross no larger one; csv and json are cut by rows where `structured_config` is given, csv without it as text; of other files, and beyond the bounds, chunks are estimated: six bytes a word; a chunk by characters begins with one that is not blank",
        "the strategies are documented, where exactly they cut is not",
    ),
    Decision(
        "D111",
        "Chunks are looked up by the stems of English words: BM25, of the user's message, whatever `strategy` says; `score` is a chunk's part of the best one's, which has 1.0; of equal ones the first of the first file leads; among many chunks a few words count, and none that more than half of them have, if there are others",
        "no embedding is imitated, and tests need the same hits each time",
    ),
    Decision(
        "D112",
        "An agent begins its turn by asking each of its enabled knowledge bases for the user's message: `KnowledgeBaseCallStart`, `Args`, `End`, `Result` as of a tool, with `tool_call_id` and `knowledge_base_name`; shown where its tools are; one that is not there, or not completed, is passed over, and told of in the notes of the execution",
        "the events are named, their fields and their place are not",
    ),
    Decision(
        "D113",
        "A file is named by the last component of what its client says, `filename*` before `filename`, without controls and marks that turn the way of writing, in at most 255 characters with its extension; without a name left, and for a form that is malformed or has two files of one part's name, it is 400 with the part or `body` as the field",
        "no page shows an odd name, or a form that is wrong",
    ),
    Decision(
        "D114",
        "`estimated_cost` of `usage` is 0.0",
        "the emulator knows no prices; the field is documented",
    ),
    Decision(
        "D115",
        "A client's frame is an entry of the journal with the method `WS`, 101 in place of a status, 400 if an error answered it; the upgrade is `socket.open`, the end of a turn that a socket started `socket.execution_result`; events are in the session's stream alone",
        "frames have no status, and a text of fifty pieces would push everything else out",
    ),
    Decision(
        "D116",
        "A socket is closed with 1008 for what was said to the emulator itself and cannot be used, with 1012 when its namespace is reset or goes back to a snapshot, with 1001 when that is deleted or the server stops",
        "the service has none of these cases",
    ),
    Decision(
        "D117",
        "A download has its digest as `ETag` and follows one `Range`, `If-Range` and `If-None-Match`, with 206, 304 and 416; it is sandboxed, and shown in place only if it is a picture, sound, film, PDF, plain text, CSV or JSON",
        "pages say that it is the bytes, and no more",
    ),
    Decision(
        "D118",
        "A file that is in a collection already fails as one that cannot be found does, with `File is already in this collection`; what fails has `status: error` and a sentence",
        "the pages show successes only",
    ),
    Decision(
        "D119",
        "`datasources` of a knowledge base are the files that were chosen by themselves; those that came through collections only count; errors and snapshots are by the files' ids, a snapshot of one that failed says `failed`; `created_by_name` and `company_name` are ids; available collections are listed oldest first",
        "the example of one with two collections shows none, and accounts have no names here",
    ),
    Decision(
        "D120",
        "PATCH of a knowledge base changes the fields that are given as wholes, PUT has the others as they are of a new one; what is written of its ingestion stands in place of what that came to, and nothing is ingested again, but another `chunking_strategy` counts at once; `save_as_collection` makes a collection of all its files; `collections` is read beside an empty `selected_collections`; files of a collection that is deleted leave, unless they came otherwise, too",
        "which fields can be written is documented, what follows from it is not",
    ),
    Decision(
        "D121",
        "An emulator as a document opens in the same version alone. Without `secrets` it has no secret of configurations, messages, requests, scripts and seeds; keys of seeds stay, since they open it at home, and so do those that were made for namespaces, which anybody can tell from the seed, unless there is a control token: then others are made. Opened, namespaces stay until they are deleted, whatever their `ttl_seconds`. A snapshot among the seeds is kept, and `default` goes on from it; a reset goes back to the seeds",
        "an artifact of CI may be public, and is opened days later; the service has nothing like it",
    ),
    Decision(
        "D122",
        "A namespace that is kept in a store and not loaded counts as used when the emulator that is asked first learned of it: a restart, or another emulator that had it, makes its `ttl_seconds` begin anew",
        "who used it last, and when, is nowhere once its emulator has ended",
    ),
    Decision(
        "D123",
        "With `on_disconnect: finish`, an execution over REST whose client goes away goes on to its end as if it had stayed; what counts is the script's word in the step that waits then, else the namespace's; a request that a latency or a fault still holds up has begun nothing, and begins nothing",
        "sockets are documented to let a turn go on, and a page that is reloaded looks for the answer that it had asked for",
    ),
    Decision(
        "D124",
        "A preflight names no namespace, so it lets in the pages of a public agent of any: of one that is loaded as it is, of one that a store keeps as its seed was; an agent that a scenario, a provider state or a snapshot has added counts where its namespace is loaded",
        "the service has one world; and a browser sends no key and no header of its own with a preflight",
    ),
    Decision(
        "D125",
        "The text of an introduction is the agent's name",
        "what it says is not shown",
    ),
    Decision(
        "D126",
        "A run that is given up, because its REST client has left or a script does not fit, ends for sockets as a cancelled or a failed one; the history has nothing of it",
        "who follows must see an end",
    ),
    Decision(
        "D128",
        "Where state is kept in a store and that fails, requests get 503 `emulator_error` with `Retry-After: 1` and the reason, have not happened, and are in no journal; sockets are closed with 1013, or as when their namespace is reset or deleted, for that reason; it goes on when the store does. A namespace whose rows are damaged is refused alone, and can be deleted; `default` begins again by that",
        "the service has nothing like it; a client that tries again later is right",
    ),
    Decision(
        "D129",
        "Emulators that use a store at a time have the same version and options that answers follow from; one that starts with others is refused while any of them lives. What is kept has the format and the seeds that it was begun with for good: `reset` goes back to those seeds, and namespaces are described by them. A Redis that removes any key when its memory is full is refused",
        "any of them may answer for any namespace; and what was acknowledged must not vanish",
    ),
    Decision(
        "D130",
        "Where there is a control token, a request to the imitated API that names a namespace other than `default` needs the key that was made for it, or the token: as its key, or as `Authorization: Bearer` beside another key; else it gets 401 `emulator_error`, and a socket 1008, whether or not there is such a namespace. Without a key, what is public is found by the name as ever",
        "keys of seeds are known to everybody, and a name is soon guessed; without a token nobody is kept out",
    ),
    Decision(
        "K01",
        "Unknown keys are errors in `memory_config`, `structured_output` and `hitl_config` as documented; elsewhere warnings, errors in strict mode",
        "pages show keys that no list has",
    ),
    Decision(
        "K02",
        "`agents` makes a document the system form, `agent_type` the flat form; neither or both is an error",
        "no page says how they are told apart",
    ),
    Decision(
        "K03",
        "A missing top-level `description` is a warning",
        "one page requires it, about ten examples leave it out",
    ),
    Decision(
        "K04",
        "Without `entry_point` the edges from the start decide, else the only agent, or the only supervisor of such a system, each with a warning; `__start__` is `START` there, too",
        "systems on five pages have no entry point",
    ),
    Decision(
        "K05",
        "`system_prompt` on an agent, and `supervisor_prompt`, are read where `prompt_config.system_prompt` is absent, with a warning",
        "the newest examples still write it so",
    ),
    Decision(
        "K06",
        "Names of agents that templates cannot use are warnings, reserved words are errors",
        "edges and templates could not name them",
    ),
    Decision(
        "K07",
        "Models are those of all generations, Mistral's also with `-latest`, and a seed's; the default is `gpt-4o`; `max_tokens` is at least 1; `api_key` is never used",
        "the list changes between versions",
    ),
    Decision(
        "K08",
        "Unknown tools are warnings",
        "examples and company toolkits use names that no list has",
    ),
    Decision(
        "K09",
        "`max_iterations` is at least 1, a cycle is one call; the older `tool_calling` is read where it is absent",
        "older documents keep their meaning",
    ),
    Decision(
        "K11",
        "`include_history: 0` is a warning and means none; a negative number is an error",
        "the page says positive",
    ),
    Decision(
        "K12",
        "In the type notation, `None` alone, and numbers or texts, are invalid; keys of `dict[int, V]` are numeric text; a type has at most 64 levels and 200 names",
        "the grammar is documented, these are not",
    ),
    Decision(
        "K13",
        "What is no `agent.output` reference is a constant, checked at validation; sources that are not there are warnings",
        "the page calls them symptoms, not errors",
    ),
    Decision(
        "K14",
        "Defaults fit after coercion; `default: null` counts for nullable types; `concat` on types other than `str` and `list` is a warning; unions are not coerced",
        "the combined text is said to be coerced",
    ),
    Decision(
        "K15",
        "`auto_save_interval` is at least 1; unknown keys of modules are warnings; the flat form takes all scopes; modules of the memory tool must be known",
        "the tables do not say",
    ),
    Decision(
        "K16",
        "`max_handoffs` is at least 1, more end the run with status error; no supervisor supervises itself; one leads architecture `supervisor`; in a workflow it is a node; `structured_output` on one is a warning",
        "defaults are documented, these are not",
    ),
    Decision(
        "K17",
        "One condition a node and no plain edge beside it; nothing leads to the start or leaves the end; dead ends and unreached agents are warnings",
        "no page says otherwise",
    ),
    Decision(
        "K18",
        "A template or condition that names nothing is a warning",
        "the service may know more names",
    ),
    Decision(
        "K19",
        "Three generations of knowledge-base keys are accepted; `search_ef` above 512 and other values of `drive_key` are warnings",
        "only older pages bound them",
    ),
    Decision(
        "K20",
        "`recursion_limit` counts rounds of agents; one more ends the run with status error; architecture `supervisor` is exempt",
        "examples of supervisors need seven with a default of five",
    ),
    Decision(
        "K22",
        "YAML without tags and duplicate keys, aliases bounded; a key is always its text",
        "a hostile document stays cheap, and quoted or not, `yes` is the same key",
    ),
    Decision(
        "K23",
        "More than 50 agents, 100 edges or 20 tools are errors; a document has at most 64 levels and 50,000 values, an execution 2,500 turns",
        "the numbers are documented, no page says where they strike",
    ),
    Decision(
        "K24",
        'Types are strict: `"0.7"` is not a number',
        "better to hear it here than from the service",
    ),
    Decision(
        "K25",
        "As a value, unquoted `yes`, `no`, `on` and `off` in YAML are booleans; numbers and null are read as YAML 1.2 has them",
        "the service's loader is of YAML 1.1",
    ),
    Decision(
        "K26",
        "What names agents is not judged while two agents share a name",
        "one mistake is to give one finding",
    ),
    Decision(
        "K27",
        "Null is filled in as nothing, other values that are not text as JSON; `variables.x.y` looks into a dict; unclosed braces stay",
        "documented is that what names nothing becomes empty",
    ),
    Decision(
        "K28",
        "Structured outputs that nobody scripted are made from their types; booleans are true first and then change",
        "a loop that waits for one ends",
    ),
    Decision(
        "K29",
        "Agents of one round do not see one another; their results are applied in the order of the document's edges; branches that meet in one round run an agent once",
        "branches are documented as independent, their order is not",
    ),
    Decision(
        "K30",
        "A script that cannot match anything of its seed is a warning",
        "a session may be created with other agents later",
    ),
    Decision(
        "K31",
        "Without a script, a supervisor hands over to each supervised agent once, in order; with `return_to_supervisor: false` the first one answers and the run ends",
        "there is no model to choose",
    ),
    Decision(
        "K32",
        "Without a script and a named output field, a conditional edge takes its first target on the first pass and the next on each further pass; null takes no arm",
        "loops end",
    ),
    Decision(
        "K33",
        "A script's list of steps is used up by each session for itself; its `times` count all sessions",
        "sessions must not change one another's answers",
    ),
    Decision(
        "K34",
        "A tool's entry needs `name` or `tool_type`; that one is missing is a warning",
        "pages contradict one another",
    ),
    Decision(
        "K35",
        "Of more tool calls than `max_iterations` a script's first ones are made, and the turn ends",
        "a loop that ends without an error is documented",
    ),
    Decision(
        "K36",
        "`{{ history }}` ends before the current message and has the visible answers of this execution",
        "agents get their predecessors' output; the form is not shown",
    ),
    Decision(
        "K37",
        "Top-level `tools`, `history_length` and `include_full_history` are accepted without effect",
        "named on some pages, denied or missing on others",
    ),
    Decision(
        "K38",
        "`true` and `false` as keys of `routing` are yes and no, with a warning",
        "a program of the tutorial sends them",
    ),
    Decision(
        "K39",
        "The text for images and files sent to a text model is ours",
        "only its content is described",
    ),
    Decision(
        "K40",
        "A model without tools fails the turn of an agent that has some: `Model does not support tools`, with the type `unsupported_tools`; the validator warns",
        "the page names the error, not the moment",
    ),
    Decision(
        "K41",
        "A shortest way to the end that is longer than `recursion_limit` is a warning",
        "with five by default it happens easily",
    ),
    Decision(
        "K42",
        "`dependencies` and `outputs` are checked for their shape only",
        "nothing says what they do",
    ),
    Decision(
        "K43",
        "Documented messages go out to the letter; hints stay on the command line",
        "clients compare texts",
    ),
    Decision(
        "K44",
        "Errors of variables run nothing; null for a variable that is not nullable counts as not given; an execution keeps its variables whatever its outcome",
        "the pages give bodies without a status",
    ),
    Decision(
        "K45",
        "What an agent fills need not be given, unless `required: true` is written",
        "the page's own example leaves it out",
    ),
    Decision(
        "K46",
        "Two named tools need approval by their source, all others do not unless a seed says so; the error stands on `persistent_state`",
        '"most" write tools are not listed',
    ),
    Decision(
        "K47",
        "A script's `route: END` on a conditional edge plays the documented fallback after three invalid answers",
        "so that it can be tested",
    ),
)  # fmt: skip
