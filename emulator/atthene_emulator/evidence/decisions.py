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
        "201 for a POST that creates, 200 for GET, PATCH and execute, 204 for DELETE without a body",
        "HTTP convention; the pages show no status codes",
    ),
    Decision(
        "D02", 'Every error has the envelope `{"error": {"type", "message"}}`', "the only shape the service shows"
    ),
    Decision(
        "D03",
        "A malformed body is 400, not 422",
        "the service speaks of configuration errors as a list of fields and never of 422",
    ),
    Decision(
        "D04",
        "An invalid configuration is 400 with `error.errors`, and nothing is stored",
        "the documented items of `validate`, used again",
    ),
    Decision(
        "D05",
        "Which error wins: 404 route, 405, 401, 403 key, injected fault, 413/415/400 body, 404/403 resource, the rest",
        "fixed once, so that tests can rely on it",
    ),
    Decision(
        "D05b",
        "`validate` answers 200 for an invalid configuration; fields are dotted paths with indexes",
        "the answer is the result, not a failure",
    ),
    Decision(
        "D07", "Another account's session or agent is 403 with the documented body", 'the body says "this resource"'
    ),
    Decision(
        "D08",
        "One execution at a time per session; the second gets 429 with `Retry-After: 1`. Other rate limits are off",
        '"concurrent requests are limited per session", without numbers',
    ),
    Decision(
        "D09",
        "Paths work with and without the closing slash, without a redirect; 405 carries `Allow`; other content types are 415",
        "one page writes the path without the slash",
    ),
    Decision(
        "D10",
        "A failure while executing is 200 with a status; transport failures happen as injected faults only",
        "documented status values",
    ),
    Decision("D11", "A body may have 1 MiB (`--max-body`)", "pages name a limit without a number"),
    Decision(
        "D12", "`Authorization: Bearer` is accepted; `x-api-key` wins when both are sent", "two pages show Bearer"
    ),
    Decision(
        "D14",
        "`agent_key` is the name in ASCII lower case, other characters become `_`; a duplicate in one account is 409; the key never changes",
        "keys are called unique identifiers",
    ),
    Decision(
        "D15",
        "`config_hash` is SHA-256 over canonical JSON; each PATCH that changes the configuration raises the last part of `version_number`",
        '"track configuration changes"',
    ),
    Decision(
        "D16",
        "Nothing is added to `system_config`; PATCH merges deeply and null removes",
        "the update page shows a partial document",
    ),
    Decision("D17", "Agents are listed oldest first", "no order is documented"),
    Decision("D18", "Deleting an agent keeps its sessions", "sessions keep their configuration"),
    Decision("D19", "`{agent_id}` may be an `agent_key`", "convenient and harmless"),
    Decision(
        "D20",
        "Sessions are listed newest first, as a bare array, with optional `limit`, `offset` and `agent_key`",
        "lists are bare arrays everywhere else",
    ),
    Decision(
        "D21", "Both from-agent forms answer the union of the documented fields", "clients of either generation work"
    ),
    Decision("D22", "Every from-agent call creates a session, the GET too", 'the page says "create"'),
    Decision("D23", "`DELETE /sessions/{session_id}/` exists", "tests need it; no page documents it"),
    Decision(
        "D25",
        "`save_messages: false` keeps the history out of `/messages/`; `persistent_state: false` forgets variables and context",
        "from their descriptions",
    ),
    Decision("D29", "Message items of contract `connecting` are those of `current`", "the page is cut there"),
    Decision(
        "D30",
        "`created_at` and `completed_at` of `agent.session` are the execution's",
        "they lie `execution_time` apart in the example",
    ),
    Decision("D31", 'Tool calls are `{"id", "name", "arguments", "result"}`', "the page shows an empty list"),
    Decision(
        "D34",
        "A missing, undeclared or mistyped variable is 400 with `inputs.<name>`",
        "the errors of `validate`, used again",
    ),
    Decision("D35", "Only the two documented block types exist; others are 400", "no others are shown"),
    Decision(
        "D39",
        "`limit` 1 to 1000, default 50; message ids are those of the execute response",
        "no bounds are documented",
    ),
    Decision(
        "D40",
        "`idle` after 30 minutes without activity; `error` until the next success; `unhealthy` only in `error`",
        "the status page names the values only",
    ),
    Decision(
        "D41",
        "HEAD answers like GET without the body, except from-agent, where it is 405",
        "HEAD must not create a session",
    ),
    Decision(
        "D42",
        "A key's `permissions` name groups of operations (`agents`, `sessions`, `runtime`); outside them it is 403",
        "the body of 403 is documented, permissions are not",
    ),
    Decision(
        "D43",
        "`event_count` is the number of agent turns plus two",
        "the documented example counts three for one message",
    ),
    Decision("D44", "A token is counted for each five characters of prompts and answers", "no tokenizer is documented; on English prose this is within a fifth of common ones"),
    Decision(
        "D45",
        "A name without Latin letters or digits gets the key `agent_` and six digits of its hash",
        "two such names must not collide",
    ),
    Decision("D46", "A body without a content type is read as JSON", "the pages send JSON unless they say otherwise"),
    Decision("D47", "A key alone selects the namespace that had it first; with `X-Emulator-Namespace`, the keys of that namespace count", "clients that cannot set headers are isolated by the key that each namespace is given"),
    Decision("D48", "A rate limit counts each request whose key was accepted, before faults and bodies; `X-RateLimit-Limit`, `-Remaining`, and `-Reset` in seconds until all are there again", "no headers are documented; these names are common"),
    Decision("D49", "An injected fault strikes after the key and the rate limit and before the body is judged, though one that waits takes the body in first; `truncate` and `malformed` let the operation happen", "whoever tests a lost answer wants the deed done"),
    Decision("D50", "An execution whose client goes away while it waits is given up, and nothing of it is kept", "no page says that an answer is kept for nobody"),
    Decision("K01", "Unknown keys are warnings, errors in strict mode", "pages show keys that no list has"),
    Decision("K02", "`agents` makes a document the system form, `agent_type` the flat form; neither or both is an error", "no page says how they are told apart"),
    Decision("K03", "A missing top-level `description` is a warning", "one page requires it, another leaves it out"),
    Decision("K04", "A missing `entry_point` is an error for several agents; `START` and `__start__` both mean the edges", "one agent leaves no choice"),
    Decision("K05", "`prompt_config.system_prompt` wins over `system_prompt`", "precedence is not documented"),
    Decision("K06", "Names of agents that templates cannot use are warnings, reserved words are errors", "all examples are plain"),
    Decision("K07", "Models are those of all generations; a temperature up to 2 is accepted with a warning above 1", "the list changes between versions"),
    Decision("K08", "A tool is a name or an object with `name`; unknown tools, and tools on an `llm_agent`, are warnings", "an example contradicts the prose"),
    Decision("K09", "`tool_calling.max_iterations` defaults to 10, `enabled` to true when there are tools", "no defaults are shown"),
    Decision("K10", "`enable_streaming` defaults to false, `show_output_to_user` to true", "no defaults are shown"),
    Decision("K11", "`few_shot_examples` may be any objects; `include_history: 0` means none", "their shape is not shown"),
    Decision("K12", "The type notation has `str int float bool any list dict None`, `list[T]`, `dict[str, T]`, unions and `Optional[T]`", "no grammar is documented"),
    Decision("K13", "`variable_assignments` maps a variable to a field, or lists `{variable, from}`", "only its name and purpose are documented"),
    Decision("K14", "A default must fit its type unless it holds a template; `concat` works on `str` and `list`", "the only sense it makes"),
    Decision("K15", "`space_id` is required with scope `space`; unknown module fields are warnings", "the module table is cut"),
    Decision("K16", "`max_handoffs` defaults to 15, `return_to_supervisor` to false; a supervisor leads architecture `supervisor`; edges there are ignored", "every example has these values"),
    Decision("K17", "Plain edges from one node are parallel branches; one condition for each node; cycles are allowed; an agent without an outgoing edge ends the run", "no page says otherwise"),
    Decision("K18", "A template that names nothing is a warning", "the service may know more names"),
    Decision("K19", "Three generations of knowledge-base keys are accepted, with their ranges", "pages disagree"),
    Decision("K20", "`recursion_limit` is 5 to 50, 25 by default; each agent run counts", "the service's limits are set by its environment"),
    Decision("K21", "Architectures that the service has not implemented are errors", "they are documented as not implemented"),
    Decision("K22", "YAML without tags and duplicate keys, aliases bounded; a key is always its text, so `yes:` is a string", "unquoted `yes` and `no` keys are documented"),
    Decision("K23", "At most 200 agents, 2,000 edges, 64 levels and 50,000 values", "bounds keep a hostile document cheap"),
    Decision("K24", 'Types are strict: `"0.7"` is not a number', "the validator should see what the service may refuse"),
    Decision("K25", "As a value, unquoted `yes`, `no`, `on` and `off` in YAML are booleans; numbers and null are read as YAML 1.2 has them", "loaders of YAML 1.1 are the likely reader"),
    Decision("K26", "What names agents is not judged while two agents share a name", "one mistake is to give one finding"),
    Decision("K27", "A template that names nothing is left as it stands; null is filled in as nothing, other values that are not text as JSON", "the pages show text only"),
    Decision("K28", "Structured outputs that nobody scripted are made from their types; booleans are true first and then change", "a loop that waits for one ends"),
    Decision("K29", "Nodes run in steps, as branches reach them, in the order of the document; branches that meet in one step run a node once", "parallel branches are documented, their order is not"),
    Decision("K30", "A script that cannot match anything of its seed is a warning", "a session may be created with other agents later"),
    Decision("K31", "Without a script, a supervisor hands over to each supervised agent once, in order, without a message of its own", "there is no model to choose"),
    Decision("K32", "Without a script and a named output field, a conditional edge takes its first target on the first pass and the next on each further pass", "loops end"),
    Decision("K33", "A script's list of steps is used up by each session for itself; its `times` count all sessions", "sessions must not change one another's answers"),
)  # fmt: skip
