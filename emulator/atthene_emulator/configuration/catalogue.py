"""Every finding that there is: what it means, why, how to mend it. This module is the catalogue that `explain` reads.

Each entry has a document that gives the finding and one that is mended; a test runs them all.
"""

from types import MappingProxyType
from typing import NamedTuple

from atthene_emulator.configuration.findings import Severity
from atthene_emulator.evidence.levels import Evidence, decided, documented, inferred

_YAML = documented("yaml-configuration@G3")
_KEYS = documented("yaml-configuration@G4")
_PROMPT = documented("prompt-configuration@G3")
_MODEL = documented("model-selection@G3")
_TOOLS = documented("agent-capabilities@G3")
_BASES = documented("knowledge-base-setup@G3")
_VARIABLES = documented("variables-system@G3")
_MEMORY = documented("memory-system@G3")
_CONDITIONS = documented("conditional-edges@G3")
_SUPERVISOR = documented("supervisor-pattern@G3")
_SEQUENCE = documented("sequential-patterns@G3")
_OUTPUT = documented("structured-output@G4")
_TYPES = documented("type-notation@G4")
_APPROVAL = documented("human-in-the-loop@G4")
_LIMITS = documented("known-issues@G3")

_NOT_REFUSED = inferred("no page says that the service refuses what it does not know")


class Explanation(NamedTuple):
    """What one code means.

    Attributes:
        title: a few words.
        why: what the rule is for, and how to mend it.
        evidence: the page of the documentation with its generation, or the decision that it rests on.
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


_FLAT = "name: Support\nagent_type: llm_agent\nprompt_config: {system_prompt: Be helpful.}\n"
_TOP = "name: Support\ndescription: Answers customers.\n"
_WRITER = "agents:\n  - name: writer\n    agent_type: llm_agent\n    prompt_config: {system_prompt: Write.}\n"
_CHECKER = "  - name: checker\n    agent_type: llm_agent\n    prompt_config: {system_prompt: Check.}\n"
_ENTRY = "entry_point: writer\n"
_END = "edges:\n  - {from: writer, to: END}\n"
_ONE = _TOP + _WRITER + _ENTRY + _END
_LINE = "edges:\n  - {from: writer, to: checker}\n  - {from: checker, to: END}\n"
_TWO = _TOP + _WRITER + _CHECKER + _ENTRY + _LINE
_SEED_BASE = (
    "accounts: [{id: user_1}]\nagents:\n  - system_config:\n      name: A\n      agent_type: llm_agent\n"
    "      description: Answers.\n      prompt_config: {system_prompt: B}\n"
    "      knowledge_bases: [{name: docs, knowledge_base_type: milvus, id: kb_1}]\n"
)
_BASE = "    knowledge_bases:\n      - name: docs\n        knowledge_base_type: milvus\n        id: kb_1\n"
_DRIVE = (
    "    knowledge_bases:\n      - name: docs\n        knowledge_base_type: uknow\n"
    "        config: {username: ann@firm.example, drive_key: SP}\n"
)
_LEAD = "  - name: lead\n    agent_type: supervisor\n    prompt_config: {system_prompt: Lead.}\n"
_TEAM = _TOP + "architecture: supervisor\n" + _WRITER + _LEAD
_OUT = "    structured_output:\n      schema:\n        good: {type: bool, description: Is it good?}\n"
_GATE = (
    "  - from: writer\n    condition: Is it good? {{ writer.output.good }}\n    condition_type: boolean\n"
    "    routing: {'yes': END, 'no': checker}\n"
)
_CHOICE = (
    "  - from: writer\n    condition: Who is next?\n    condition_type: literal\n    possible_outputs: [checker]\n"
)


def _one(agent: str = "", top: str = "", edges: str = "") -> str:
    """A system of one agent with more lines on the agent, at the top, or among the edges."""
    return _TOP + top + _WRITER + agent + _ENTRY + _END + edges


def _two(edges: str, agent: str = "", entry: str = _ENTRY) -> str:
    """A system of two agents with these edges."""
    return _TOP + _WRITER + agent + _CHECKER + entry + "edges:\n" + edges


def _long(agents: int) -> str:
    """A line of agents."""
    names = [f"a{number}" for number in range(agents)]
    lines = "".join(_CHECKER.replace("checker", name) for name in names)
    edges = "".join(
        f"  - {{from: {one}, to: {other}}}\n" for one, other in zip(names, [*names[1:], "END"], strict=True)
    )
    return f"{_TOP}agents:\n{lines}entry_point: a0\nedges:\n{edges}"


_TO_CHECKER = "  - {from: writer, to: checker}\n"
_TO_END = "  - {from: checker, to: END}\n"
_FINE = "variables:\n  fine: {type: bool, default: false}\n"
_TOOL = _FLAT.replace("llm_agent", "react_agent") + "tools:\n"
_CALCULATOR = "  - {name: calculator, tool_type: calculator}\n"
_SPACE = "memory_config: {modules: [{name: team, scope: space, space_id: one}]}\n"

_ALL = (
    # The text itself
    Explanation("Y101", "error", "not UTF-8", decided("D03"),
        "Documents are read as UTF-8. Save the file in that encoding.",
        "name: Caf\udce9\n", _FLAT.replace("Support", "Café")),
    Explanation("Y102", "error", "nothing there", decided("D03"),
        "An empty text, or one with comments only, is no configuration.", "# nothing yet\n", _FLAT),
    Explanation("Y103", "error", "not YAML or JSON", decided("K22"),
        "The text cannot be read. The place is where reading stopped; the mistake is there or shortly before. "
        "JSON allows no trailing comma, YAML no tab in front of a line, and one file holds one document.",
        '{"name": "Support", "agent_type": "llm_agent", "prompt_config": {"system_prompt": "Be helpful."},}',
        '{"name": "Support", "agent_type": "llm_agent", "prompt_config": {"system_prompt": "Be helpful."}}', "json"),
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
        '{"name": "\\ud83d", "agent_type": "llm_agent", "prompt_config": {"system_prompt": "Be helpful."}}',
        '{"name": "\\ud83d\\ude00", "agent_type": "llm_agent", "prompt_config": {"system_prompt": "Be helpful."}}', "json"),
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
        "the flat form (K02).", _FLAT.replace("agent_type: llm_agent\n", ""), _FLAT),
    Explanation("F102", "error", "wrong type of value", decided("K24"),
        'Types are strict: "0.7" in quotes is text, not a number, and an unquoted `no` is a boolean, not text.',
        _FLAT + 'llm_config: {temperature: "0.7"}\n', _FLAT + "llm_config: {temperature: 0.7}\n"),
    Explanation("F103", "error", "not one of the choices", _YAML,
        "Only the listed values are known to the service.", "name: Support\nagent_type: chat_agent\n", _FLAT),
    Explanation("F104", "error", "out of range", _BASES,
        "The number lies outside the documented or decided bounds (K07, K09, K19).",
        _ONE + "recursion_limit: 100\n", _ONE + "recursion_limit: 50\n"),
    Explanation("F105", "error", "wrong characters", _BASES,
        "Names of knowledge bases have letters, digits, - and _ only.",
        _one(_BASE.replace("docs", "my docs")), _one(_BASE)),
    Explanation("F106", "error", "empty", _YAML, "A value is needed here.", _FLAT.replace("Support", '""'), _FLAT),
    Explanation("F107", "error", "too many entries", _LIMITS,
        "At most 50 agents, 100 edges and 20 tools of an agent are accepted (K23).",
        _TOP + _WRITER + _ENTRY + "edges:\n" + "  - {from: writer, to: END}\n" * 101, _ONE),
    Explanation("F108", "error", "both forms at once", decided("K02"),
        "`agents` belongs to the system form, `agent_type` at the top to the flat form. Keep one of them.",
        _ONE + "agent_type: llm_agent\n", _ONE),
    Explanation("F109", "error", "a key that is refused", _KEYS,
        "memory_config, structured_output and hitl_config refuse what they do not know, and so do seed files and request "
        "bodies. Some keys of memory_config belong to the system, others to an agent.",
        _FLAT + "memory_config: {max_messages: 10}\n", _FLAT + "memory_config: {num_results: 10}\n"),
    Explanation("F110", "error", "not one of the allowed shapes", decided("K24"),
        "An agent of a seed has system_config or config_file; a session has agent_key, config or config_file.",
        "accounts: [{id: user_1}]\nsessions:\n  - id: session_1\n",
        "accounts: [{id: user_1}]\nsessions:\n"
        "  - {id: session_1, config: {name: A, agent_type: llm_agent, prompt_config: {system_prompt: B}}}\n"),
    Explanation("F111", "error", "a seed contradicts itself", decided("K24"),
        "Something is named that is not there, or given twice.",
        "accounts: [{id: user_1}]\nsessions:\n  - {id: session_1, agent_key: support}\n",
        "accounts: [{id: user_1}]\n"),
    Explanation("F112", "warning", "unknown key", decided("K01"),
        "The language has no such key here, so it has no effect. Pages show keys that no list has; in strict mode this "
        "is an error.", _FLAT + "temprature: 0.7\n", _FLAT),
    Explanation("F113", "warning", "no description", decided("K03"),
        "One page requires a description, about ten examples leave it out.", _ONE.replace("description: Answers customers.\n", ""), _ONE),
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
    Explanation("F118", "warning", "prompt in an older place", decided("K05"),
        "Instructions stand in prompt_config.system_prompt, which wins; older places are read where it is missing.",
        _FLAT.replace("prompt_config: {system_prompt: Be helpful.}", "system_prompt: Be helpful."), _FLAT),
    Explanation("F119", "warning", "no system prompt", decided("K05"),
        "An agent without instructions rarely does what is wanted.",
        _ONE.replace("    prompt_config: {system_prompt: Write.}\n", ""), _ONE),
    Explanation("F121", "warning", "unknown tool", decided("K08"),
        "No page names this tool. Names of a company's own toolkits resolve only there; a seed may name them in `tools`.",
        _TOOL + "  - calculater\n", _TOOL + "  - calculator\n"),
    Explanation("F122", "warning", "tools on an llm_agent", _TOOLS,
        "Only a react_agent or a supervisor calls tools, although examples give tools to an llm_agent.",
        (_TOOL + "  - calculator\n").replace("react_agent", "llm_agent"), _TOOL + "  - calculator\n"),
    Explanation("F124", "error", "scope at the wrong level", _MEMORY,
        "A system has memories of scope user, company, space and session, an agent those of scope agent and session.",
        _ONE + "memory_config:\n  modules:\n    - {name: notes, scope: agent}\n",
        _ONE + "memory_config:\n  modules:\n    - {name: notes, scope: session}\n"),
    Explanation("F125", "error", "two memory modules with one name", _MEMORY,
        "Names of modules are unique.",
        _ONE + "memory_config:\n  modules:\n    - {name: notes, scope: user}\n    - {name: notes, scope: session}\n",
        _ONE + "memory_config:\n  modules:\n    - {name: notes, scope: user}\n    - {name: more, scope: session}\n"),
    Explanation("F126", "warning", "a script that never answers", decided("K30"),
        "What the script asks for is not in the seed, or a script before it answers every turn. A configuration that is "
        "sent later may still have an agent of that name.",
        "accounts: [{id: user_1}]\nagents:\n  - system_config: {name: A, agent_type: llm_agent, prompt_config: {system_prompt: B}}\n"
        "scripts:\n  - {when: {agent: mian}, then: {reply: Hi}}\n",
        "accounts: [{id: user_1}]\nagents:\n  - system_config: {name: A, agent_type: llm_agent, prompt_config: {system_prompt: B}}\n"
        "scripts:\n  - {when: {agent: main}, then: {reply: Hi}}\n"),
    Explanation("F127", "warning", "older key", decided("K19"),
        "Older generations of the documentation have this key. It is accepted; a newer key beside it wins.",
        _FLAT.replace("llm_agent", "react_agent") + "tool_calling: {max_iterations: 5}\n",
        _FLAT.replace("llm_agent", "react_agent") + "max_iterations: 5\n"),
    Explanation("F128", "warning", "a prompt that says nothing", _PROMPT,
        "The system prompt, examples, the history and the user's input are all left out.",
        "name: Support\nagent_type: llm_agent\nprompt_config: {include_user_input: false, include_history: false}\n",
        _FLAT.replace("{", "{include_user_input: false, include_history: false, ")),
    Explanation("F129", "warning", "history without the user's input", _PROMPT,
        "The model sees what was said before, but not what is asked.",
        _FLAT.replace("{", "{include_user_input: false, "),
        _FLAT.replace("{", "{include_user_input: false, include_history: false, ")),
    Explanation("F130", "error", "half an example", _PROMPT,
        "A few-shot example is a pair of input and output. The message is the documented one, to the letter.",
        _FLAT.replace("{", "{few_shot_examples: [{input: Hi}], "),
        _FLAT.replace("{", "{few_shot_examples: [{input: Hi, output: Hello}], ")),
    Explanation("F131", "warning", "a history of no messages", decided("K11"),
        "A number of messages is positive; 0 is read as false.",
        _FLAT.replace("{", "{include_history: 0, "), _FLAT.replace("{", "{include_history: false, ")),
    Explanation("F133", "warning", "a tool with half a name", decided("K34"),
        "An entry has a name and a tool_type. Pages show entries with either alone, which then counts for both.",
        _TOOL + "  - {name: calculator}\n", _TOOL + _CALCULATOR),
    Explanation("F134", "warning", "two tools with one name", decided("K34"),
        "Entries are told apart by their names.", _TOOL + _CALCULATOR * 2, _TOOL + _CALCULATOR),
    Explanation("F135", "error", "settings of a tool without options", _KEYS,
        "A tool that has no options refuses a config that is not empty.",
        _TOOL + "  - {name: calculator, tool_type: calculator, config: {digits: 4}}\n", _TOOL + _CALCULATOR),
    Explanation("F136", "warning", "a key without effect on this type of agent", decided("K16"),
        "Only a react_agent has a loop of tools, and a supervisor gives no structured output.",
        _FLAT + "max_iterations: 5\n", _FLAT),
    Explanation("F137", "warning", "unknown memory module", decided("K15"),
        "The memory tool reaches modules of the system and of its agent.",
        _TOOL + "  - {name: memory, tool_type: memory, config: {modules: [notes]}}\n",
        _TOOL + "  - {name: memory, tool_type: memory, config: {modules: [notes]}}\n"
        "memory_config: {modules: [{name: notes, scope: agent}]}\n"),
    Explanation("F138", "error", "approval without checkpoints", _APPROVAL,
        "A run that waits for a person is suspended, which needs persistent_state. Which tools wait says their "
        "hitl_config, or the tool itself (K46). The message is the documented one, to the letter.",
        _TOOL + "  - {name: mail_send_email, tool_type: mail_send_email}\npersistent_state: false\n",
        _TOOL + "  - {name: mail_send_email, tool_type: mail_send_email}\npersistent_state: true\n"),
    Explanation("F139", "warning", "dependency on no agent", decided("K42"),
        "What an agent depends on is another agent of the system.",
        _TWO.replace("Check.}\n", "Check.}\n    dependencies: [{agent: writr}]\n"),
        _TWO.replace("Check.}\n", "Check.}\n    dependencies: [{agent: writer}]\n")),
    Explanation("F140", "warning", "a memory module of the system's name", decided("K15"),
        "Modules of an agent are added to those of the system, so a name of its own tells them apart.",
        _one("    memory_config: {modules: [{name: notes, scope: agent}]}\n",
             "memory_config: {modules: [{name: notes, scope: user}]}\n"),
        _one("    memory_config: {modules: [{name: own, scope: agent}]}\n",
             "memory_config: {modules: [{name: notes, scope: user}]}\n")),
    Explanation("F141", "warning", "space_id without a space", _MEMORY,
        "space_id says which space a memory of scope space belongs to.",
        _FLAT + _SPACE.replace("scope: space", "scope: user"), _FLAT + _SPACE),
    Explanation("F142", "warning", "a public agent that no page can start", decided("D66"),
        "Pages of `origin_url` start sessions of an agent that `is_public`; one without the other does nothing.",
        "accounts: [{id: user_1}]\nagents:\n  - is_public: true\n"
        "    system_config: {name: A, agent_type: llm_agent, prompt_config: {system_prompt: B}}\n",
        "accounts: [{id: user_1}]\nagents:\n  - is_public: true\n    origin_url: https://app.example.com\n"
        "    system_config: {name: A, agent_type: llm_agent, prompt_config: {system_prompt: B}}\n"),
    # Models
    Explanation("M101", "error", "unknown model", _MODEL,
        "The name is not in the catalogue of models of all generations; upper and lower case are the same. A seed adds names of "
        "your own with `models`. The message is the documented one, to the letter.",
        _FLAT + "llm_config: {model: gpt-4x}\n", _FLAT + "llm_config: {model: gpt-4o}\n"),
    Explanation("M103", "warning", "unknown model elsewhere", decided("K07"),
        "A model that decides at an edge or extracts memories is not in the catalogue.",
        _ONE + "memory_config: {llm_model: gemini-9}\n", _ONE + "memory_config: {llm_model: gemini-2.5-flash}\n"),
    Explanation("M104", "warning", "a model that cannot call tools", decided("K40"),
        "The agent's turn fails with `Model does not support tools` when it has tools to call.",
        (_TOOL + "  - calculator\n").replace("tools:", "llm_config: {model: Teuken-7B}\ntools:"),
        (_TOOL + "  - calculator\n").replace("tools:", "llm_config: {model: gpt-4o}\ntools:")),
    # Types
    Explanation("T101", "error", "not a type", _TYPES,
        "Types are str, int, float, bool, Any, list[T], dict[K, V], T | T, Optional[T] and Union[T, T]. There are no enum "
        "types: use str, and name the allowed values in the description. The message is the documented one (K12, K43).",
        _FLAT + "variables:\n  age: {type: integer, default: 1}\n", _FLAT + "variables:\n  age: {type: int, default: 1}\n"),
    Explanation("T103", "error", "a bare value beside fields", _OUTPUT,
        "__root__ makes the whole output one value, so no field stands beside it.",
        _FLAT + "structured_output: {schema: {__root__: {type: str}, note: {type: str}}}\n",
        _FLAT + "structured_output: {schema: {__root__: {type: str}}}\n"),
    # Variables and templates
    Explanation("V101", "error", "optional, but no default", _VARIABLES,
        "A variable that is not required must have a default; an explicit null counts where the type has it (K14). The "
        "message is the documented one, to the letter.",
        _FLAT + "variables:\n  tier: {type: str, required: false}\n",
        _FLAT + "variables:\n  tier: {type: str, required: false, default: gold}\n"),
    Explanation("V102", "error", "default of another type", decided("K14"),
        "The default is used as the value, so it must fit the type once it is coerced.",
        _FLAT + "variables:\n  age: {type: int, default: old}\n", _FLAT + "variables:\n  age: {type: int, default: 30}\n"),
    Explanation("V103", "warning", "joined as text", decided("K14"),
        "mode concat appends text to text, or items to a list. Other values are joined as text and coerced.",
        _FLAT + "variables:\n  age: {type: int, default: 1, mode: concat}\n",
        _FLAT + "variables:\n  notes: {type: str, default: a, mode: concat}\n"),
    Explanation("V104", "warning", "separator without concat", _VARIABLES,
        "The separator joins appended values.",
        _FLAT + "variables:\n  notes: {type: str, default: a, separator: ', '}\n",
        _FLAT + "variables:\n  notes: {type: str, default: a, mode: concat, separator: ', '}\n"),
    Explanation("V105", "error", "assignment to no variable", _VARIABLES,
        "variable_assignments gives values to declared variables.",
        _one(_OUT + "    variable_assignments: {fine: writer.output.good}\n"),
        _one(_OUT + "    variable_assignments: {fine: writer.output.good}\n", _FINE)),
    Explanation("V106", "warning", "assignment from nothing", decided("K13"),
        "The document has no such agent or field, so the variable keeps its value.",
        _one(_OUT + "    variable_assignments: {fine: writer.output.god}\n", _FINE),
        _one(_OUT + "    variable_assignments: {fine: writer.output.good}\n", _FINE)),
    Explanation("V108", "error", "constant of another type", _TYPES,
        "What is not written as agent.output is a constant, which must fit the variable once it is coerced (K13). The "
        "message is the documented one, to the letter.",
        _one("    variable_assignments: {tries: many}\n", "variables:\n  tries: {type: int, default: 0}\n"),
        _one("    variable_assignments: {tries: 7}\n", "variables:\n  tries: {type: int, default: 0}\n")),
    Explanation("V109", "warning", "unusual name of a variable", decided("K14"),
        "{{ variables.name }} can name it only if it is plain.",
        _FLAT + "variables:\n  user name: {type: str, default: a}\n", _FLAT + "variables:\n  user_name: {type: str, default: a}\n"),
    Explanation("V110", "warning", "template of an unknown variable", decided("K18"),
        "No such variable is declared, or nothing below it, so the template becomes empty.",
        _FLAT.replace("Be helpful.", '"Help {{ variables.user }}."'),
        _FLAT.replace("Be helpful.", '"Help {{ variables.user }}."') + "variables:\n  user: {type: str, default: you}\n"),
    Explanation("V111", "warning", "template of an unknown agent", decided("K18"),
        "Only agents of the document have outputs; that of a flat one is called main. The template becomes empty.",
        _ONE.replace("Write.", '"See {{ writr.output }}."'), _ONE),
    Explanation("V112", "warning", "template of an unknown field", decided("K18"),
        "The agent's output has no such field, so the template becomes empty.",
        _one(_OUT).replace("Write.", '"See {{ writer.output.god }}."'),
        _one(_OUT).replace("Write.", '"See {{ writer.output.good }}."')),
    Explanation("V113", "warning", "template not closed", _PROMPT,
        "The text is left as it is, braces included.", _FLAT.replace("Be helpful.", '"Help {{ user_input."'), _FLAT),
    Explanation("V114", "warning", "not a template that is known", _PROMPT,
        "Only the documented forms have a value, all others become empty; there are no filters and no expressions.",
        _FLAT.replace("Be helpful.", '"Help {{ user_input | upper }}."'),
        _FLAT.replace("Be helpful.", '"Help {{ user_input }}."')),
    Explanation("V115", "warning", "a constant that looks like a path", decided("K13"),
        "A field is written agent.output.field. A shorter text is a constant.",
        _one(_OUT + "    variable_assignments: {note: output.good}\n", "variables:\n  note: {type: str, default: a}\n"),
        _one(_OUT + "    variable_assignments: {note: writer.output.good}\n", "variables:\n  note: {type: str, default: a}\n")),
    Explanation("V116", "error", "a reserved name of a variable", _VARIABLES,
        "Templates begin with this word.", _FLAT + "variables:\n  history: {type: str, default: a}\n",
        _FLAT + "variables:\n  past: {type: str, default: a}\n"),
    # Graph
    Explanation("G101", "error", "no entry point", _YAML,
        "Of several agents, one must get the first input; with START, the edges that leave the start decide (K04).",
        _TWO.replace(_ENTRY, ""), _TWO),
    Explanation("G102", "error", "entry point is no agent", _YAML,
        "entry_point names an agent of the system, or START.", _ONE.replace(_ENTRY, "entry_point: writr\n"), _ONE),
    Explanation("G103", "warning", "entry point left out", decided("K04"),
        "The edges from the start decide, or the only agent or supervisor is taken. One page requires it to be said.",
        _ONE.replace(_ENTRY, ""), _ONE),
    Explanation("G104", "error", "edge to no agent", _YAML,
        "Edges connect agents of the system, START and END.", _ONE.replace("from: writer", "from: writr"), _ONE),
    Explanation("G105", "error", "plain and conditional edges together", decided("K17"),
        "From one node lead plain edges, which all are taken, or one condition, which chooses.",
        _two(_GATE + _TO_CHECKER + _TO_END, _OUT), _two(_GATE + _TO_END, _OUT)),
    Explanation("G106", "error", "two conditions at one node", decided("K17"),
        "Only one condition can decide where a node leads.",
        _two(_GATE + _CHOICE + _TO_END, _OUT), _two(_GATE + _TO_END, _OUT)),
    Explanation("G107", "warning", "agent that nothing reaches", decided("K17"),
        "No edge leads to this agent and nobody hands it work, so it never runs.", _two("  - {from: writer, to: END}\n" + _TO_END), _TWO),
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
        "Naming an output twice changes nothing.", _two(_CHOICE.replace("[checker]", "[checker, checker]") + _TO_END),
        _two(_CHOICE + _TO_END)),
    Explanation("G114", "warning", "the same edge twice", decided("K17"),
        "Naming an edge twice changes nothing.", _one(edges="  - {from: writer, to: END}\n"), _ONE),
    Explanation("G115", "warning", "keys of routing that are booleans elsewhere", _LIMITS,
        "Loaders of YAML 1.1 read unquoted yes and no as true and false, which are taken for yes and no (K38). Quotes "
        "make sure.", _two(_GATE.replace("'", "") + _TO_END, _OUT), _two(_GATE + _TO_END, _OUT)),
    Explanation("G116", "warning", "more branches than run at a time", _LIMITS,
        "Ten agents run at the same time.",
        _TOP + _WRITER + "".join(_CHECKER.replace("checker", f"c{n}") for n in range(11)) + _ENTRY + "edges:\n"
        + "".join(f"  - {{from: writer, to: c{n}}}\n  - {{from: c{n}, to: END}}\n" for n in range(11)),
        _TOP + _WRITER + "".join(_CHECKER.replace("checker", f"c{n}") for n in range(10)) + _ENTRY + "edges:\n"
        + "".join(f"  - {{from: writer, to: c{n}}}\n  - {{from: c{n}, to: END}}\n" for n in range(10))),
    Explanation("G117", "warning", "longer than the limit", decided("K41"),
        "Every way to the end takes more rounds of agents than recursion_limit allows, which is 5 unless it is set.",
        _long(6), _long(6) + "recursion_limit: 6\n"),
    Explanation("G118", "warning", "two agents begin", decided("K17"),
        "entry_point adds an edge from the start, so an edge from the start to another agent lets both run.",
        _two("  - {from: START, to: checker}\n  - {from: writer, to: END}\n" + _TO_END),
        _two("  - {from: START, to: checker}\n  - {from: START, to: writer}\n  - {from: writer, to: END}\n" + _TO_END,
             entry="entry_point: START\n")),
    Explanation("G119", "error", "the end among possible outputs", _CONDITIONS,
        "possible_outputs are agents of the document. A boolean condition may lead to the end.",
        _two(_CHOICE.replace("[checker]", "[checker, END]") + _TO_END), _two(_CHOICE + _TO_END)),
    # Supervisors
    Explanation("S101", "error", "supervisor of nobody", _SUPERVISOR,
        "A supervisor hands work to supervised_agents.", _TEAM + "entry_point: lead\n",
        _TEAM + "    supervised_agents: [writer]\nentry_point: lead\n"),
    Explanation("S102", "error", "supervised agent that is not there", _YAML,
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
    Explanation("S106", "error", "edges beside a supervisor", _SUPERVISOR,
        "In architecture supervisor the supervisor routes, and there are no edges.",
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
    Explanation("B104", "warning", "milvus without an id", _BASES,
        "Milvus finds its collection by the id; one example leaves it out (K19).",
        _one(_BASE.replace("        id: kb_1\n", "")), _one(_BASE)),
    Explanation("B105", "warning", "search_ef above 512", decided("K19"),
        "Older pages bound it, newer ones give no range.",
        _one(_BASE + "        config: {search_ef: 800}\n"), _one(_BASE + "        config: {search_ef: 64}\n")),
    Explanation("B106", "warning", "drive_key of the older meaning", decided("K19"),
        "drive_key is the kind of storage; it was a token once.",
        _one(_DRIVE.replace("SP", "k-81f")), _one(_DRIVE)),
    Explanation("B107", "warning", "a knowledge base that the seed has not", decided("D73"),
        "An agent of a seed finds something only in knowledge bases that the seed has, or that are created while it runs.",
        _SEED_BASE, _SEED_BASE + "files: [{id: file_1, name: a.txt, text: A}]\nknowledge_bases: [{id: kb_1, name: Docs, files: [file_1]}]\n"),
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
RENAMED = {"K101": "B101", "K102": "F127", "K103": "F127", "B102": "F127", "B103": "F127", "T102": "T101"}
