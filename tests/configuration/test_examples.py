"""Every example that the documentation shows is accepted; fragments stand in the smallest frame that holds them."""

import pytest

from atthene_emulator.configuration.accepted import examine
from atthene_emulator.configuration.findings import codes, errors
from atthene_emulator.configuration.language import Language

# Frames: what a fragment needs around it.
AGENT = "name: Frame\ndescription: A frame.\nentry_point: {name}\nedges: [{{from: {name}, to: END}}]\n"
WHOLE = """
name: Frame
description: A frame.
entry_point: assistant
edges: [{from: assistant, to: END}]
agents:
  - name: assistant
    agent_type: llm_agent
"""
PROMPTED = WHOLE + "    system_prompt: Be brief.\n"
FLAT = "name: Frame\nagent_type: llm_agent\nsystem_prompt: Be brief.\n"

EXAMPLES = {
    "10.1 yaml-configuration, skeleton": (
        """
name: "System Name"
description: "System description"
architecture: "workflow"   # or "supervisor"
save_messages: true
persistent_state: true
entry_point: "agent_name"
agents:
  - name: "agent_name"
    agent_type: "llm_agent"   # or "react_agent" or "supervisor"
tools: []
edges: []
""",
        ("G109", "F119"),
    ),
    "10.2 rest-api-tutorial, newest session": (
        """
name: "Support Agent Session"
description: "Customer support agent from inline config"
save_messages: true
persistent_state: true
agents:
  - name: "support_agent"
    agent_type: "llm_agent"
    description: "Handles customer inquiries"
    prompt_config:
      system_prompt: "You are a helpful support agent."
    llm_config:
      temperature: 0.7
    streaming_config:
      show_output_to_user: true
edges:
  - {from: "__start__", to: "support_agent"}
  - {from: "support_agent", to: "__end__"}
entry_point: "support_agent"
""",
        (),
    ),
    "10.3 rest-api-tutorial, second generation": (
        """
name: "Basic Dynamic Agent Test"
description: "Test configuration for basic dynamic agent loading"
save_messages: true
persistent_state: true
agents:
  - name: "test_basic_agent"
    agent_type: "llm_agent"
    description: "A simple sessional agent for testing dynamic loading"
    prompt_config:
      system_prompt: "You are a helpful assistant."
    llm_config:
      temperature: 1.0
    knowledge_bases: []
    streaming_config:
      show_output_to_user: true
edges:
  - {from: "__start__", to: "test_basic_agent"}
  - {from: "test_basic_agent", to: "__end__"}
entry_point: "test_basic_agent"
""",
        (),
    ),
    "10.4 sequential-patterns, basic assistant": (
        """
name: "Basic Assistant"
description: "Simple conversational assistant"
architecture: "workflow"
save_messages: true
persistent_state: true
agents:
  - name: "assistant"
    agent_type: "llm_agent"
    description: "A helpful AI assistant"
    system_prompt: "You are a helpful assistant."
    llm_config:
      temperature: 0.7
      max_tokens: 500
    streaming_config:
      show_output_to_user: true
edges:
  - from: "__start__"
    to: "assistant"
  - from: "assistant"
    to: "__end__"
entry_point: "assistant"
""",
        (),
    ),
    "10.7 conditional-edges, boolean": (
        """
name: Frame
description: A frame.
entry_point: agent_name
agents:
  - name: agent_name
    agent_type: llm_agent
    system_prompt: Judge.
    structured_output: {enabled: true, schema: {field: {type: bool, description: A field}}}
  - {name: success_agent, agent_type: llm_agent, system_prompt: Praise.}
  - {name: failure_agent, agent_type: llm_agent, system_prompt: Mend.}
edges:
  - from: "agent_name"
    condition: "Is it good? {{agent_name.output.field}}"
    condition_type: "boolean"
    routing:
      yes: "success_agent"
      no: "failure_agent"
    llm_model: "gemini-1.5-pro"      # new only, optional
  - {from: success_agent, to: END}
  - {from: failure_agent, to: END}
""",
        (),
    ),
    "10.7 conditional-edges, literal": (
        """
name: Frame
description: A frame.
entry_point: classifier
agents:
  - name: classifier
    agent_type: llm_agent
    system_prompt: Classify.
    structured_output: {enabled: true, schema: {category: {type: str, description: The team}}}
  - {name: tech_support, agent_type: llm_agent, system_prompt: Help.}
  - {name: billing_support, agent_type: llm_agent, system_prompt: Bill.}
  - {name: general_support, agent_type: llm_agent, system_prompt: Talk.}
edges:
  - from: "classifier"
    condition: "Route to the appropriate team based on {{classifier.output.category}}"
    condition_type: "literal"
    possible_outputs: ["tech_support", "billing_support", "general_support"]
    llm_model: "gemini-1.5-pro"      # new only, optional (in a second literal example)
  - {from: tech_support, to: END}
  - {from: billing_support, to: END}
  - {from: general_support, to: END}
""",
        (),
    ),
    "10.8 supervisor-pattern, skeleton": (
        """
name: "System Name"
architecture: "supervisor"
agents:
  - name: "supervisor"
    agent_type: "supervisor"
    supervised_agents: ["agent1", "agent2", "agent3"]
    return_to_supervisor: false
    max_handoffs: 15
    supervisor_prompt: |
      Coordinate the agents.
  - name: "agent1"
    agent_type: "react_agent"
  - name: "agent2"
    agent_type: "llm_agent"
  - name: "agent3"
    agent_type: "llm_agent"
entry_point: "supervisor"
""",
        ("F119", "F113"),
    ),
    "10.9 agent-types, llm agent": (
        AGENT.format(name="assistant")
        + """
agents:
  - name: "assistant"
    agent_type: "llm_agent"
    description: "A helpful conversational assistant"
    system_prompt: |
      You are a helpful assistant.
    llm_config:
      model: "gpt-4o"
      temperature: 0.7
      max_tokens: 1000
    streaming_config:
      enable_streaming: true
      show_output_to_user: true
""",
        (),
    ),
    "10.9 model-selection": (
        AGENT.format(name="analyzer")
        + """
agents:
  - name: analyzer
    agent_type: llm_agent
    llm_config:
      model: gpt-4o
      temperature: 0.7
      max_tokens: 4096
""",
        ("F119",),
    ),
    "10.9 agent-capabilities": (
        AGENT.format(name="research_agent")
        + """
agents:
  - name: "research_agent"
    agent_type: "react_agent"
    tools:
      - "wikipedia_search"
      - "arxiv_search"
      - "calculator"
    tool_calling:
      enabled: true
      max_iterations: 10
""",
        ("F119",),
    ),
    "10.10 prompt-configuration": (
        WHOLE
        + """
    prompt_config:
      system_prompt: |
        ## Recent Conversation
        {{ history[5] }}
        ## Task
        Answer.
      include_history: false
""",
        (),
    ),
    "10.10 variables-system": (
        FLAT
        + """
variables:
  customer_name:
    type: "str"
    description: "Customer name extracted from conversation"
  priority:
    type: "str"
    default: "medium"
  max_retries:
    type: "int"
    default: 3
  current_user_id:                 # VAR old
    type: "str"
    required: true
    description: "User ID (persists after first execution)"
  user_id:                         # VARREST
    type: "str"
    required: true
    description: "The user's unique identifier"
  user_department:                 # VARREST
    type: "str"
    required: true
    description: "User's department (billing, support, etc)"
  current_query:                   # VARREST
    type: "str"
    require_every_execution: true
    description: "The user's current search or question"
""",
        (),
    ),
    "10.10 structured-output": (
        PROMPTED
        + """
    structured_output:
      enabled: true
      schema:
        metadata:
          type: "dict[str, str]"
          description: "Additional metadata fields"
        scores_by_subject:
          type: "dict[str, float]"
          description: "Subject name to score mapping"
""",
        (),
    ),
    "10.10 memory-system, user": (
        PROMPTED
        + """
memory_config:
  llm_model: gemini-2.5-flash
  auto_save_interval: 6
  modules:
    - name: user_preferences
      scope: user
      auto_save: true
      relevance_prompt: "What the user likes"
""",
        (),
    ),
    "10.10 memory-system, space": (
        PROMPTED
        + """
memory_config:
  modules:
    - name: team_knowledge
      scope: space
      space_id: "engineering_team"
      auto_save: true
""",
        (),
    ),
    "10.10 memory-system, company": (
        PROMPTED
        + """
memory_config:
  modules:
    - name: user_prefs
      scope: user
      auto_save: true
    - name: company_knowledge
      scope: company
      auto_save: false
""",
        (),
    ),
    "10.11 knowledge-base-setup, newest": (
        PROMPTED
        + """
    knowledge_bases:
      - name: "company_docs"
        knowledge_base_type: "milvus"
        id: "kb_abc123"
        config:
          top_k: 10
          search_ef: 64
          strategy: "dense"
""",
        (),
    ),
    "10.11 knowledge-base, milvus": (
        PROMPTED
        + """
    knowledge_bases:
      - name: "company_docs"
        knowledge_base_type: "milvus"
        id: "kb_abc123"
        config:
          top_k: 10
          search_ef: 64
          metric_type: "COSINE"
""",
        (),
    ),
    "10.11 knowledge-base, uknow": (
        PROMPTED
        + """
    knowledge_bases:
      - name: "company_sharepoint"
        knowledge_base_type: "uknow"
        enabled: true
        config:
          username: "user@company.example"
          drive_key: "abc123xyz"
          path_filter: "/documents/"
          drive_ids: []
""",
        (),
    ),
    "10.11 knowledge-base-setup, first generations": (
        PROMPTED
        + """
    knowledge_bases:
      - name: "company_docs"
        knowledge_base_type: "milvus"
        knowledge_base_id: "kb_abc123"
        retrieval_config:
          top_k: 10
          search_ef: 64
          metric_type: "COSINE"
""",
        ("B102",),
    ),
    "10.11 knowledge-base, two sources": (
        PROMPTED
        + """
    knowledge_bases:
      - name: "internal_kb"
        knowledge_base_type: "milvus"
        id: "kb_001"
        config:
          top_k: 5
      - name: "sharepoint"
        knowledge_base_type: "uknow"
        config: {}
""",
        (),
    ),
    "10.12 agents-validate": (
        """
name: "Test Agent"
agent_type: "llm_agent"
system_prompt: "You are a test agent."
llm_config: {model: "gpt-4o", temperature: 0.7}
""",
        (),
    ),
    "10.12 sessions-create": (
        """
name: "Support Session"
agent_type: "llm_agent"
system_prompt: "You are a helpful agent."
llm_config: {model: "gpt-4o", temperature: 0.7}
tools: ["tavily_search"]
""",
        ("F122",),
    ),
    "10.12 agents-create": (
        """
name: "Support Agent"
agent_type: "llm_agent"
system_prompt: "You are a helpful agent."
llm_config: {model: "gpt-4o", temperature: 0.7, max_tokens: 1000}
knowledge_bases:
  - name: "support_docs"
    knowledge_base_type: "milvus"
    knowledge_base_id: "kb_123"
""",
        ("B102",),
    ),
    "10.13 sequential-patterns, edges": (
        """
name: Frame
description: A frame.
entry_point: first_agent
agents:
  - {name: first_agent, agent_type: llm_agent, system_prompt: Begin.}
  - {name: second_agent, agent_type: llm_agent, system_prompt: Finish.}
architecture: "workflow"
edges:
  - from: "__start__"
    to: "first_agent"
  - from: "first_agent"
    to: "second_agent"
  - from: "second_agent"
    to: "__end__"
""",
        (),
    ),
}
AS_PRINTED = """{
  "name": "Basic Dynamic Agent Test",
  "description": "Test configuration for basic dynamic agent loading",
  "save_messages": true,
  "persistent_state": true,
  "agents": [
    {
      "name": "test_basic_agent",
      "agent_type": "llm_agent",
      "description": "A simple sessional agent for testing dynamic loading",
      "prompt_config": {
        "system_prompt": "You are a helpful assistant."
      },
      "llm_config": {
        "temperature": 1.0,
      },
      "knowledge_bases": [],
      "streaming_config": {
        "show_output_to_user": true
      }
    }
  ],
  "edges": [
    {"from": "__start__", "to": "test_basic_agent"},
    {"from": "test_basic_agent", "to": "__end__"}
  ],
  "entry_point": "test_basic_agent"
}
"""


@pytest.mark.parametrize(("text", "warnings"), EXAMPLES.values(), ids=EXAMPLES.keys())
class TestDocumentedExample:
    def test_it_has_no_errors_and_only_the_expected_warnings(self, text: str, warnings: tuple[str, ...]) -> None:
        findings = examine(text.encode(), "yaml", Language())
        assert [finding.message for finding in errors(findings)] == []
        assert codes(findings) == warnings

    def test_strict_mode_accepts_it_too(self, text: str, warnings: tuple[str, ...]) -> None:
        findings = examine(text.encode(), "yaml", Language(strict=True))
        assert errors(findings) == ()
        assert codes(findings) == warnings


class TestTrailingComma:
    def test_the_page_as_it_is_printed_is_refused_with_the_place_of_its_comma(self) -> None:
        (finding,) = examine(AS_PRINTED.encode(), "json", Language())
        assert (finding.code, finding.severity) == ("Y103", "error")
        assert finding.mark == (15, 27)
        assert finding.message == "A comma stands before the closing }: JSON allows no trailing comma; take it out."

    def test_without_the_comma_it_is_accepted(self) -> None:
        assert examine(AS_PRINTED.replace("1.0,", "1.0").encode(), "json", Language()) == ()

    def test_as_yaml_the_comma_is_allowed(self) -> None:
        assert examine(AS_PRINTED.encode(), "yaml", Language()) == ()
