"""Every finding that there is: what it means, why, how to mend it. This module is the catalogue that `explain` reads.

Each entry has a document that gives the finding and one that is mended; a test runs them all.
"""

from types import MappingProxyType
from typing import NamedTuple

from atthene_emulator.configuration.findings import Severity
from atthene_emulator.evidence.levels import Evidence, decided, documented, inferred

_YAML = documented("documentation/yaml-configuration")
_PROMPT = documented("agent_config/prompt-configuration")
_MODEL = documented("agent_config/model-selection")
_TOOLS = documented("agent_config/agent-capabilities")
_BASES = documented("agent_config/knowledge-base-setup")
_VARIABLES = documented("documentation/advanced/variables-system")
_MEMORY = documented("documentation/advanced/memory-system")
_CONDITIONS = documented("documentation/advanced/conditional-edges")
_SUPERVISOR = documented("documentation/advanced/supervisor-pattern")
_SEQUENCE = documented("documentation/advanced/sequential-patterns")
_OUTPUT = documented("documentation/advanced/structured-output")

_NOT_REFUSED = inferred("no page says that the service refuses what it does not know")


class Explanation(NamedTuple):
    """What one code means.

    Attributes:
        title: a few words.
        why: what the rule is for, and how to mend it.
        evidence: the documentation page or the decision that it rests on.
        example: a document that gives the finding.
        mended: the same without it.
        media: of both documents; http for requests.
    """

    code: str
    severity: Severity
    title: str
    evidence: Evidence
    why: str
    example: str
    mended: str
    media: str = "yaml"


_FLAT = "name: Support\nagent_type: llm_agent\nsystem_prompt: Be helpful.\n"
_TOP = "name: Support\ndescription: Answers customers.\n"
_WRITER = "agents:\n  - name: writer\n    agent_type: llm_agent\n    system_prompt: Write.\n"
_CHECKER = "  - name: checker\n    agent_type: llm_agent\n    system_prompt: Check.\n"
_ENTRY = "entry_point: writer\n"
_END = "edges:\n  - {from: writer, to: END}\n"
_ONE = _TOP + _WRITER + _ENTRY + _END
_LINE = "edges:\n  - {from: writer, to: checker}\n  - {from: checker, to: END}\n"
_TWO = _TOP + _WRITER + _CHECKER + _ENTRY + _LINE
_BASE = "    knowledge_bases:\n      - name: docs\n        knowledge_base_type: milvus\n        id: kb_1\n"
_LEAD = "  - name: lead\n    agent_type: supervisor\n    supervisor_prompt: Lead.\n"
_TEAM = _TOP + "architecture: supervisor\n" + _WRITER + _LEAD
_OUT = (
    "    structured_output:\n      enabled: true\n      schema:\n        good: {type: bool, description: Is it good?}\n"
)
_GATE = (
    "  - from: writer\n    condition: Is it good? {{ writer.output.good }}\n    condition_type: boolean\n"
    "    routing: {yes: END, no: checker}\n"
)
_CHOICE = (
    "  - from: writer\n    condition: Who is next?\n    condition_type: literal\n    possible_outputs: [checker, END]\n"
)


def _one(agent: str = "", top: str = "", edges: str = "") -> str:
    """A system of one agent with more lines on the agent, at the top, or among the edges."""
    return _TOP + top + _WRITER + agent + _ENTRY + _END + edges


def _two(edges: str, agent: str = "", entry: str = _ENTRY) -> str:
    """A system of two agents with these edges."""
    return _TOP + _WRITER + agent + _CHECKER + entry + "edges:\n" + edges


_TO_CHECKER = "  - {from: writer, to: checker}\n"
_TO_END = "  - {from: checker, to: END}\n"

_ALL = (
    # The text itself
    Explanation("Y101", "error", "not UTF-8", decided("D03"),
        "Documents are read as UTF-8. Save the file in that encoding.",
        "name: Caf\udce9\n", "name: Café\nagent_type: llm_agent\nsystem_prompt: Be helpful.\n"),
    Explanation("Y102", "error", "nothing there", decided("D03"),
        "An empty text, or one with comments only, is no configuration.", "# nothing yet\n", _FLAT),
    Explanation("Y103", "error", "not YAML or JSON", decided("K22"),
        "The text cannot be read. The place is where reading stopped; the mistake is there or shortly before. "
        "JSON allows no trailing comma, YAML no tab in front of a line, and one file holds one document.",
        '{"name": "Support", "agent_type": "llm_agent", "system_prompt": "Be helpful.",}',
        '{"name": "Support", "agent_type": "llm_agent", "system_prompt": "Be helpful."}', "json"),
    Explanation("Y104", "error", "a key stands twice", decided("K22"),
        "Which of the two would count is not defined, so neither does. Keep one.",
        _FLAT + "name: Sales\n", _FLAT),
    Explanation("Y105", "error", "a YAML tag", decided("K22"),
        "Tags can make a reader build objects or run code. Only plain values are read.",
        "name: !!python/name:os.system Support\nagent_type: llm_agent\n", _FLAT),
    Explanation("Y106", "error", "not a usable number", decided("K22"),
        "Numbers are finite and fit into 64 bits; JSON has no NaN and no Infinity.",
        _FLAT + "llm_config: {temperature: .inf}\n", _FLAT + "llm_config: {temperature: 0.7}\n"),
    Explanation("Y107", "error", "half a character", decided("D03"),
        "An escape names half of a surrogate pair, which no answer in UTF-8 can hold. Write the character itself.",
        '{"name": "\\ud83d", "agent_type": "llm_agent", "system_prompt": "Be helpful."}',
        '{"name": "\\ud83d\\ude00", "agent_type": "llm_agent", "system_prompt": "Be helpful."}', "json"),
    Explanation("Y108", "error", "nested too deep", decided("K23"),
        "No configuration needs more than 64 levels.",
        _FLAT + "x: " + "[" * 70 + "]" * 70 + "\n", _FLAT),
    Explanation("Y109", "error", "too many values", decided("K22"),
        "Aliases may repeat a value, but not multiply it without end.",
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{b}: &{b} [{', '.join(['*' + a] * 10)}]\n" for a, b in zip("abcde", "bcdef", strict=True)),
        _FLAT),
    # Form
    Explanation("F101", "error", "something is missing", _YAML,
        "The language requires this key here. A document with `agents` is in the system form, one with `agent_type` in "
        "the flat form (K02).", "name: Support\nsystem_prompt: Be helpful.\n", _FLAT),
    Explanation("F102", "error", "wrong type of value", decided("K24"),
        'Types are strict: "0.7" in quotes is text, not a number, and an unquoted `no` is a boolean, not text.',
        _FLAT + 'llm_config: {temperature: "0.7"}\n', _FLAT + "llm_config: {temperature: 0.7}\n"),
    Explanation("F103", "error", "not one of the choices", _YAML,
        "Only the listed values are known to the service.", "name: Support\nagent_type: chat_agent\n", _FLAT),
    Explanation("F104", "error", "out of range", _BASES,
        "The number lies outside the documented or decided bounds (K07, K19, K20).",
        _ONE + "recursion_limit: 100\n", _ONE + "recursion_limit: 50\n"),
    Explanation("F105", "error", "wrong characters", _BASES,
        "Names of knowledge bases have letters, digits, - and _ only.",
        _one(_BASE.replace("docs", "my docs")), _one(_BASE)),
    Explanation("F106", "error", "empty", _YAML, "A value is needed here.", _FLAT.replace("Support", '""'), _FLAT),
    Explanation("F107", "error", "too many entries", decided("K23"),
        "At most 200 agents and 2,000 edges are accepted.",
        _TOP + _WRITER + _ENTRY + "edges:\n" + "  - {from: writer, to: END}\n" * 2001, _ONE),
    Explanation("F108", "error", "both forms at once", decided("K02"),
        "`agents` belongs to the system form, `agent_type` at the top to the flat form. Keep one of them.",
        _ONE + "agent_type: llm_agent\n", _ONE),
    Explanation("F109", "error", "unknown key in a seed", decided("K24"),
        "Seed files and request bodies are ours, so what they may say is known; a key that is not is a slip.",
        "accounts:\n  - {id: user_1, api_key: [test-key]}\n", "accounts:\n  - {id: user_1, api_keys: [test-key]}\n"),
    Explanation("F110", "error", "not one of the allowed shapes", decided("K24"),
        "An agent of a seed has system_config or config_file; a session has agent_key, config or config_file.",
        "accounts: [{id: user_1}]\nsessions:\n  - id: session_1\n",
        "accounts: [{id: user_1}]\nsessions:\n"
        "  - {id: session_1, config: {name: A, agent_type: llm_agent, system_prompt: B}}\n"),
    Explanation("F111", "error", "a seed contradicts itself", decided("K24"),
        "Something is named that is not there, or given twice.",
        "accounts: [{id: user_1}]\nsessions:\n  - {id: session_1, agent_key: support}\n",
        "accounts: [{id: user_1}]\n"),
    Explanation("F112", "warning", "unknown key", decided("K01"),
        "The language has no such key here, so it has no effect. The service may know keys that its pages do not show; "
        "in strict mode this is an error.", _FLAT + "temprature: 0.7\n", _FLAT),
    Explanation("F113", "warning", "no description", decided("K03"),
        "One page requires a description, another leaves it out.", _ONE.replace("description: Answers customers.\n", ""), _ONE),
    Explanation("F114", "warning", "unusual name of an agent", decided("K06"),
        "Templates such as {{ writer.output.field }} can name agents only if their names are plain.",
        _ONE.replace("writer", "the writer"), _ONE),
    Explanation("F115", "error", "two agents with one name", _YAML,
        "Edges and templates find agents by name.", _TWO.replace("name: checker", "name: writer"), _TWO),
    Explanation("F116", "error", "a reserved name", decided("K06"),
        "Edges and templates use this word for something else.", _ONE.replace("writer", "history"), _ONE),
    Explanation("F117", "error", "architecture not implemented", _YAML,
        "The service defines these names but does not implement them.",
        _ONE + "architecture: routing\n", _ONE + "architecture: workflow\n"),
    Explanation("F118", "warning", "two system prompts", decided("K05"),
        "Pages of different age put the prompt in different places; prompt_config wins.",
        _one("    prompt_config: {system_prompt: Write well.}\n"), _ONE),
    Explanation("F119", "warning", "no system prompt", decided("K05"),
        "An agent without instructions rarely does what is wanted.", _ONE.replace("    system_prompt: Write.\n", ""), _ONE),
    Explanation("F121", "warning", "unknown tool", decided("K08"),
        "No page names this tool; it may be one of your own.",
        _one("    tools: [calculater]\n").replace("llm_agent", "react_agent"),
        _one("    tools: [calculator]\n").replace("llm_agent", "react_agent")),
    Explanation("F122", "warning", "tools on an llm_agent", _TOOLS,
        "Only react_agent calls tools, although one example gives tools to an llm_agent (K08).",
        _one("    tools: [calculator]\n"), _one("    tools: [calculator]\n").replace("llm_agent", "react_agent")),
    Explanation("F123", "warning", "no tools to call", decided("K09"),
        "tool_calling rules a loop over tools; without tools there is none.",
        _one("    tool_calling: {enabled: true}\n"), _ONE),
    Explanation("F124", "error", "scope agent for a whole system", _MEMORY,
        "A memory of scope agent belongs to one agent, so it stands in that agent's memory_config.",
        _ONE + "memory_config:\n  modules:\n    - {name: notes, scope: agent}\n",
        _ONE + "memory_config:\n  modules:\n    - {name: notes, scope: session}\n"),
    Explanation("F125", "error", "two memory modules with one name", _MEMORY,
        "Names of modules are unique.",
        _ONE + "memory_config:\n  modules:\n    - {name: notes, scope: user}\n    - {name: notes, scope: session}\n",
        _ONE + "memory_config:\n  modules:\n    - {name: notes, scope: user}\n    - {name: more, scope: session}\n"),
    Explanation("F126", "warning", "a script that never answers", decided("K30"),
        "What the script asks for is not in the seed, or a script before it answers every turn. A configuration that is "
        "sent later may still have an agent of that name.",
        "accounts: [{id: user_1}]\nagents:\n  - system_config: {name: A, agent_type: llm_agent, system_prompt: B}\n"
        "scripts:\n  - {when: {agent: mian}, then: {reply: Hi}}\n",
        "accounts: [{id: user_1}]\nagents:\n  - system_config: {name: A, agent_type: llm_agent, system_prompt: B}\n"
        "scripts:\n  - {when: {agent: main}, then: {reply: Hi}}\n"),
    # Models
    Explanation("M101", "error", "unknown model", _MODEL,
        "The name is not in the catalogue of documented models; upper and lower case are the same. A seed adds names of "
        "your own with `models`. The message is the documented one, to the letter.",
        _FLAT + "llm_config: {model: gpt-4x}\n", _FLAT + "llm_config: {model: gpt-4o}\n"),
    Explanation("M102", "warning", "temperature above 1", decided("K07"),
        "One page says 0 to 1; other services go up to 2.",
        _FLAT + "llm_config: {temperature: 1.5}\n", _FLAT + "llm_config: {temperature: 1.0}\n"),
    Explanation("M103", "warning", "unknown model elsewhere", decided("K07"),
        "A model that decides at an edge or extracts memories is not in the catalogue.",
        _ONE + "memory_config: {llm_model: gemini-9}\n", _ONE + "memory_config: {llm_model: gemini-2.5-flash}\n"),
    # Types
    Explanation("T101", "error", "not a type", decided("K12"),
        "Types are str, int, float, bool, any, None, list[T], dict[str, T], T | T and Optional[T].",
        _FLAT + "variables:\n  age: {type: integer, default: 1}\n", _FLAT + "variables:\n  age: {type: int, default: 1}\n"),
    Explanation("T102", "error", "enum types", _OUTPUT,
        "There are no enum types: use str, and name the allowed values in the description.",
        _FLAT + "variables:\n  tier: {type: 'enum[a, b]', default: a}\n",
        _FLAT + "variables:\n  tier: {type: str, default: a, description: a or b}\n"),
    # Variables and templates
    Explanation("V101", "error", "optional, but no default", _VARIABLES,
        "A variable that is not required must have a default.",
        _FLAT + "variables:\n  tier: {type: str, required: false}\n",
        _FLAT + "variables:\n  tier: {type: str, required: false, default: gold}\n"),
    Explanation("V102", "error", "default of another type", decided("K14"),
        "The default is used as the value, so it must fit the type.",
        _FLAT + "variables:\n  age: {type: int, default: old}\n", _FLAT + "variables:\n  age: {type: int, default: 30}\n"),
    Explanation("V103", "error", "nothing to append to", decided("K14"),
        "mode concat appends text to text, or items to a list.",
        _FLAT + "variables:\n  age: {type: int, default: 1, mode: concat}\n",
        _FLAT + "variables:\n  notes: {type: str, default: a, mode: concat}\n"),
    Explanation("V104", "warning", "separator without concat", _VARIABLES,
        "The separator joins appended values.",
        _FLAT + "variables:\n  notes: {type: str, default: a, separator: ', '}\n",
        _FLAT + "variables:\n  notes: {type: str, default: a, mode: concat, separator: ', '}\n"),
    Explanation("V105", "error", "assignment to no variable", decided("K13"),
        "variable_assignments copies a field into a declared variable.",
        _one(_OUT + "    variable_assignments: {fine: good}\n"),
        _one(_OUT + "    variable_assignments: {fine: good}\n", "variables:\n  fine: {type: bool, default: false}\n")),
    Explanation("V106", "error", "assignment from no field", decided("K13"),
        "Only fields of the agent's own structured output can be copied.",
        _one(_OUT + "    variable_assignments: {fine: god}\n", "variables:\n  fine: {type: bool, default: false}\n"),
        _one(_OUT + "    variable_assignments: {fine: good}\n", "variables:\n  fine: {type: bool, default: false}\n")),
    Explanation("V108", "warning", "assignment of another type", decided("K13"),
        "The field's values do not fit the variable.",
        _one(_OUT + "    variable_assignments: {fine: good}\n", "variables:\n  fine: {type: int, default: 0}\n"),
        _one(_OUT + "    variable_assignments: {fine: good}\n", "variables:\n  fine: {type: bool, default: false}\n")),
    Explanation("V109", "warning", "unusual name of a variable", decided("K14"),
        "{{ variables.name }} can name it only if it is plain.",
        _FLAT + "variables:\n  user name: {type: str, default: a}\n", _FLAT + "variables:\n  user_name: {type: str, default: a}\n"),
    Explanation("V110", "warning", "template of an unknown variable", decided("K18"),
        "No such variable is declared, so the template is left as it stands (K27).",
        _FLAT.replace("Be helpful.", '"Help {{ variables.user }}."'),
        _FLAT.replace("Be helpful.", '"Help {{ variables.user }}."') + "variables:\n  user: {type: str, default: you}\n"),
    Explanation("V111", "warning", "template of an unknown agent", decided("K18"),
        "Only agents of this system have outputs.", _ONE.replace("Write.", '"See {{ writr.output }}."'), _ONE),
    Explanation("V112", "warning", "template of an unknown field", decided("K18"),
        "The agent's structured output declares no such field.",
        _one(_OUT).replace("Write.", '"See {{ writer.output.god }}."'),
        _one(_OUT).replace("Write.", '"See {{ writer.output.good }}."')),
    Explanation("V113", "warning", "template not closed", _PROMPT,
        "The text is left as it is, braces included.", _FLAT.replace("Be helpful.", '"Help {{ user_input."'), _FLAT),
    Explanation("V114", "warning", "not a template that is known", _PROMPT,
        "Only the documented forms are filled in; there are no filters and no expressions.",
        _FLAT.replace("Be helpful.", '"Help {{ user_input | upper }}."'),
        _FLAT.replace("Be helpful.", '"Help {{ user_input }}."')),
    # Graph
    Explanation("G101", "error", "no entry point", _YAML,
        "Of several agents, one must get the first input; START leaves it to the edges (K04).",
        _TWO.replace(_ENTRY, ""), _TWO),
    Explanation("G102", "error", "entry point is no agent", _YAML,
        "entry_point names an agent of the system, or START.", _ONE.replace(_ENTRY, "entry_point: writr\n"), _ONE),
    Explanation("G103", "warning", "entry point left out", decided("K04"),
        "The only agent is taken; older pages require it to be said.", _ONE.replace(_ENTRY, ""), _ONE),
    Explanation("G104", "error", "edge to no agent", decided("K17"),
        "Edges connect agents of the system, START and END.", _ONE.replace("from: writer", "from: writr"), _ONE),
    Explanation("G105", "error", "plain and conditional edges together", decided("K17"),
        "From one node lead plain edges, which all are taken, or one condition, which chooses.",
        _two(_GATE + _TO_CHECKER + _TO_END, _OUT), _two(_GATE + _TO_END, _OUT)),
    Explanation("G106", "error", "two conditions at one node", decided("K17"),
        "Only one condition can decide where a node leads.",
        _two(_GATE + _CHOICE + _TO_END, _OUT), _two(_GATE + _TO_END, _OUT)),
    Explanation("G107", "warning", "agent that nothing reaches", decided("K17"),
        "No edge leads to this agent, so it never runs.", _two("  - {from: writer, to: END}\n" + _TO_END), _TWO),
    Explanation("G108", "error", "no way to the end", _SEQUENCE,
        "A workflow needs a path from the start to the end. An agent without an outgoing edge ends the run, too (K17).",
        _two(_TO_CHECKER + "  - {from: checker, to: writer}\n"), _TWO),
    Explanation("G109", "warning", "agent without an outgoing edge", decided("K17"),
        "The run ends there; an edge to END says so.", _two(_TO_CHECKER), _TWO),
    Explanation("G110", "warning", "conditional edge with to", _CONDITIONS,
        "routing or possible_outputs say where a conditional edge leads.",
        _two(_GATE + "    to: checker\n" + _TO_END, _OUT), _two(_GATE + _TO_END, _OUT)),
    Explanation("G111", "error", "nothing leaves the start", _SEQUENCE,
        "With entry_point START no edge is added by itself; one must leave the start.",
        _two(_TO_CHECKER + _TO_END, entry="entry_point: START\n"),
        _two("  - {from: START, to: writer}\n" + _TO_CHECKER + _TO_END, entry="entry_point: START\n")),
    Explanation("G112", "error", "edge against the direction", decided("K17"),
        "Nothing leads to the start, and nothing leaves the end.",
        _one(edges="  - {from: END, to: writer}\n"), _ONE),
    Explanation("G113", "warning", "the same output twice", decided("K17"),
        "Naming an output twice changes nothing.", _two(_CHOICE.replace("[checker,", "[checker, checker,") + _TO_END),
        _two(_CHOICE + _TO_END)),
    Explanation("G114", "warning", "the same edge twice", decided("K17"),
        "Naming an edge twice changes nothing.", _one(edges="  - {from: writer, to: END}\n"), _ONE),
    # Supervisors
    Explanation("S101", "error", "supervisor of nobody", _SUPERVISOR,
        "A supervisor hands work to supervised_agents.", _TEAM + "entry_point: lead\n",
        _TEAM + "    supervised_agents: [writer]\nentry_point: lead\n"),
    Explanation("S102", "error", "supervised agent that is not there", decided("K16"),
        "Supervised agents are agents of the system.", _TEAM + "    supervised_agents: [writr]\nentry_point: lead\n",
        _TEAM + "    supervised_agents: [writer]\nentry_point: lead\n"),
    Explanation("S103", "error", "supervisor of itself", decided("K16"),
        "A supervisor cannot hand work to itself.", _TEAM + "    supervised_agents: [writer, lead]\nentry_point: lead\n",
        _TEAM + "    supervised_agents: [writer]\nentry_point: lead\n"),
    Explanation("S104", "error", "no supervisor", decided("K16"),
        "The architecture supervisor needs one.", _TOP + "architecture: supervisor\n" + _WRITER + _ENTRY, _ONE),
    Explanation("S105", "error", "entry point is no supervisor", decided("K16"),
        "In architecture supervisor, a supervisor gets the first input.",
        _TEAM + "    supervised_agents: [writer]\nentry_point: writer\n",
        _TEAM + "    supervised_agents: [writer]\nentry_point: lead\n"),
    Explanation("S106", "warning", "edges without effect", _SUPERVISOR,
        "In architecture supervisor the supervisor routes; edges are ignored (K16).",
        _TEAM + "    supervised_agents: [writer]\nentry_point: lead\n" + _END,
        _TEAM + "    supervised_agents: [writer]\nentry_point: lead\n"),
    Explanation("S107", "warning", "supervisor's key on another agent", decided("K16"),
        "Only supervisors hand work over.", _one("    max_handoffs: 5\n"), _ONE),
    Explanation("S108", "warning", "supervised twice", decided("K16"),
        "Naming an agent twice changes nothing.", _TEAM + "    supervised_agents: [writer, writer]\nentry_point: lead\n",
        _TEAM + "    supervised_agents: [writer]\nentry_point: lead\n"),
    # Knowledge bases
    Explanation("B101", "error", "two knowledge bases with one name", _BASES,
        "Names of knowledge bases are unique.",
        _one(_BASE + _BASE.partition("\n")[2]), _one(_BASE)),
    Explanation("B102", "warning", "older key", decided("K19"),
        "The key was renamed; both generations are accepted.",
        _one(_BASE.replace("        id:", "        knowledge_base_id:")), _one(_BASE)),
    Explanation("B103", "warning", "older and newer key together", decided("K19"),
        "The newer key wins.", _one(_BASE + "        knowledge_base_id: kb_2\n"), _one(_BASE)),
)  # fmt: skip

_EXECUTE = "POST /api/v1/runtime/session_abc123/execute/\n\n"
_REQUESTS: tuple[Explanation, ...] = (
    Explanation("R101", "warning", "unknown field of a request", _NOT_REFUSED,
        "Nobody reads the field; in strict mode the request is refused.",
        _EXECUTE + '{"content": "Hello", "corelation_id": "c1"}', _EXECUTE + '{"content": "Hello", "correlation_id": "c1"}',
        "http"),
    Explanation("R102", "warning", "unknown parameter of a query", _NOT_REFUSED,
        "Nobody reads the parameter; in strict mode the request is refused.",
        "GET /api/v1/sessions/?limt=10", "GET /api/v1/sessions/?limit=10", "http"),
    Explanation("R103", "warning", "field that another one stands for", decided("D53"),
        "message is read where there is no content; beside it, nobody reads it. In strict mode the request is refused.",
        _EXECUTE + '{"content": "Hello", "message": "Hi"}', _EXECUTE + '{"content": "Hello"}', "http"),
)  # fmt: skip

CATALOGUE = MappingProxyType({entry.code: entry for entry in (*_ALL, *_REQUESTS)})

# What 0.1.0 called them.
RENAMED = {"K101": "B101", "K102": "B102", "K103": "B103"}
