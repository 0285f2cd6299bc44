"""Prompts as the control plane shows them: their order, what each switch leaves out, media, and what they cost."""

from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.domain.transcript import CalledTool, Message, Transcript
from atthene_emulator.execution.usage import estimate_tokens
from tests.execution.walking import NOON, prompt_of, system_prompt, transcript, walked
from tests.execution.worlds import executions, world

FLAT = "{name: Helper, agent_type: llm_agent, prompt_config: {system_prompt: You help., SWITCHES}}"
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}}
TEXT = {"type": "text", "text": "What is this?"}
BEFORE = transcript(("user", "One"), ("assistant", "Two"), ("user", "Three"), ("assistant", "Four"))


def prompt(switches: str = "include_user_input: true", **more: Any) -> list[dict[str, Any]]:
    return prompt_of(walked(FLAT.replace("SWITCHES", switches), **more), "main")


def texts(messages: list[dict[str, Any]]) -> list[Any]:
    return [message["content"] for message in messages]


def test_a_prompt_is_system_prompt_examples_history_and_user_input_in_this_order() -> None:
    examples = 'few_shot_examples: [{input: "1+1", output: "2"}, {input: a, output: b}]'
    assert prompt(examples, content="Five", history=BEFORE) == [
        {"role": "system", "content": "You help."},
        {"role": "example", "content": {"input": "1+1", "output": "2"}},
        {"role": "example", "content": {"input": "a", "output": "b"}},
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two"},
        {"role": "user", "content": "Three"},
        {"role": "assistant", "content": "Four"},
        {"role": "user", "content": "Five"},
    ]


def test_without_a_system_prompt_there_is_no_system_message() -> None:
    assert prompt_of(walked("{name: Helper, agent_type: llm_agent}", "Hi"), "main") == [
        {"role": "user", "content": "Hi"}
    ]


@pytest.mark.parametrize(
    ("switch", "kept"),
    [
        pytest.param("include_history: true", ["One", "Two", "Three", "Four"], id="true"),
        pytest.param("include_history: false", [], id="false"),
        pytest.param("include_history: 0", [], id="none"),
        pytest.param("include_history: 1", ["Four"], id="one"),
        pytest.param("include_history: 3", ["Two", "Three", "Four"], id="three"),
        pytest.param("include_history: 99", ["One", "Two", "Three", "Four"], id="more than there are"),
        pytest.param("include_media_in_history: false", ["One", "Two", "Three", "Four"], id="by default"),
    ],
)
def test_the_history_is_as_long_as_wanted(switch: str, kept: list[str]) -> None:
    assert texts(prompt(switch, content="Five", history=BEFORE)) == ["You help.", *kept, "Five"]


@pytest.mark.parametrize(("switch", "last"), [("true", ["Five"]), ("false", [])])
def test_the_user_input_may_be_left_out(switch: str, last: list[str]) -> None:
    assert texts(prompt(f"include_user_input: {switch}", content="Five")) == ["You help.", *last]


@pytest.mark.parametrize(
    ("switch", "content"),
    [
        pytest.param("include_media_in_history: true", (TEXT, IMAGE), id="kept"),
        pytest.param("include_media_in_history: false", "What is this?", id="stripped"),
        pytest.param("include_user_input: true", "What is this?", id="stripped by default"),
    ],
)
def test_media_are_stripped_from_the_history_unless_wanted(switch: str, content: Any) -> None:
    history = transcript(("user", (TEXT, IMAGE)), ("assistant", "A cat."))
    assert texts(prompt(switch, content="Sure?", history=history)) == ["You help.", content, "A cat.", "Sure?"]


def test_media_of_the_current_message_are_kept() -> None:
    assert texts(prompt(content=(TEXT, IMAGE))) == ["You help.", (TEXT, IMAGE)]


def test_user_input_in_a_template_is_the_text_of_the_blocks() -> None:
    flat = '{name: Helper, agent_type: llm_agent, system_prompt: "<{{ user_input }}>"}'
    blocks = (TEXT, IMAGE, {"type": "text", "text": "Tell me."})
    assert system_prompt(flat, content=blocks) == "<What is this?\nTell me.>"


CHAIN = """
    name: Chain
    entry_point: hidden
    agents:
      - {name: hidden, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
      - {name: shown, agent_type: llm_agent}
      - {name: last, agent_type: llm_agent, prompt_config: {SWITCHES}}
    edges: [{from: hidden, to: shown}, {from: shown, to: last}, {from: last, to: END}]
"""
ANSWERS = "[{when: {agent: hidden}, then: {reply: Secret.}}, {when: {agent: shown}, then: {reply: Public.}}]"


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        pytest.param("include_internal_messages: true", ["Secret.", "Public.", "Hi"], id="with internal messages"),
        pytest.param("include_internal_messages: false", ["Public.", "Hi"], id="without internal messages"),
        pytest.param("include_user_input: true", ["Secret.", "Public.", "Hi"], id="by default"),
        pytest.param("include_history: false", ["Hi"], id="without history"),
        pytest.param("include_history: 1", ["Public.", "Hi"], id="the last one"),
        pytest.param("include_history: 1, include_user_input: false", ["Public."], id="the last one, without input"),
    ],
)  # fmt: skip
def test_outputs_of_internal_agents_are_included_when_wanted(switches: str, expected: list[str]) -> None:
    outcome = walked(CHAIN.replace("SWITCHES", switches), "Hi", scripts=ANSWERS)
    assert texts(prompt_of(outcome, "last")) == expected


def test_messages_of_agents_carry_their_names() -> None:
    outcome = walked(CHAIN.replace("SWITCHES", ""), "Hi", scripts=ANSWERS)
    assert prompt_of(outcome, "last")[:2] == [
        {"role": "assistant", "name": "hidden", "content": "Secret."},
        {"role": "assistant", "name": "shown", "content": "Public."},
    ]


def test_variables_and_stored_prompts_are_filled_in() -> None:
    flat = """
        name: Helper
        agent_type: llm_agent
        system_prompt: "{{ prompts.tone }} {{ variables.greeting }} {{ history[1] }}"
        variables: {user_name: {type: str}, greeting: {type: str, default: "Hello {{ variables.user_name }}!"}}
    """
    rendered = system_prompt(
        flat, history=BEFORE, inputs={"user_name": "Ada"}, prompts={"tone": "Be {{ prompts.how }}.", "how": "kind"}
    )
    assert rendered == "Be kind. Hello Ada! assistant: Four"


@pytest.mark.parametrize(
    ("template", "rendered"),
    [
        pytest.param("history", "user: One\nassistant: Two\nassistant: Public.", id="visible ones"),
        pytest.param("history[2]", "assistant: Two\nassistant: Public.", id="the last two"),
        pytest.param("history[1]", "assistant: Public.", id="the last one"),
        pytest.param("history[0]", "", id="none"),
        pytest.param(
            "full_history",
            'user: One\nassistant: Two\ntool: search(query="cats", top=3)\ntool_result: [1]\ntool: search()\n'
            "tool_result: Out of reach\nassistant: Secret.\nassistant: Public.",
            id="all",
        ),
        pytest.param("full_history[3]", "tool_result: Out of reach\nassistant: Secret.\nassistant: Public.", id="last of all"),
    ],
)  # fmt: skip
def test_histories_in_templates_end_with_what_agents_have_said(template: str, rendered: str) -> None:
    chain = CHAIN.replace(
        "{name: hidden, agent_type: llm_agent,", "{name: hidden, agent_type: react_agent, tools: [search],"
    )
    answers = """
        - when: {agent: hidden}
          then:
            reply: Secret.
            tool_calls:
              - {name: search, arguments: {query: cats, top: 3}, result: [1]}
              - {name: search, error: Out of reach}
        - {when: {agent: shown}, then: {reply: Public.}}
    """
    outcome = walked(
        chain.replace("SWITCHES", f'system_prompt: "<{{{{ {template} }}}}>"'),
        "Now",
        scripts=answers,
        history=transcript(("user", "One"), ("assistant", "Two")),
    )
    assert prompt_of(outcome, "last")[0]["content"] == f"<{rendered}>"


def test_full_history_has_tool_calls_and_structured_outputs_of_before() -> None:
    history = Transcript().extended([
        Message("m1", "user", "One", NOON),
        Message("m2", "assistant", '{"a": 1}', NOON, "main", (CalledTool("c1", "search", {}, "x"),), structured=True),
    ])  # fmt: skip
    flat = '{name: A, agent_type: llm_agent, system_prompt: "{{ full_history }}/{{ history }}"}'
    assert system_prompt(flat, history=history) == (
        'user: One\ntool: search()\ntool_result: x\nassistant: {"a": 1}/user: One'
    )


@pytest.mark.parametrize(
    "switches",
    ["include_history: true", "include_history: false", "include_history: 1, include_user_input: false"],
)
def test_messages_of_the_running_turn_are_always_in_its_prompt(switches: str) -> None:
    configuration = f"{{name: A, agent_type: react_agent, tools: [search], prompt_config: {{{switches}}}}}"
    scripts = "[{then: {reply: x, tool_calls: [{name: search, arguments: {q: a}, result: {hits: 0}}, {name: search, error: Sorry}]}}]"
    messages = prompt_of(walked(configuration, "Hi", scripts=scripts, history=BEFORE), "main")
    at = next(number for number, one in enumerate(messages) if "tool_calls" in one)
    assert messages[at : at + 4] == [
        {
            "role": "assistant",
            "name": "main",
            "content": "",
            "tool_calls": [{"name": "search", "arguments": {"q": "a"}}],
        },
        {"role": "tool", "name": "search", "content": {"hits": 0}},
        {"role": "assistant", "name": "main", "content": "", "tool_calls": [{"name": "search", "arguments": {}}]},
        {"role": "tool", "name": "search", "content": "Sorry"},
    ]
    assert texts(messages[at + 4 :]) == ([] if "include_user_input: false" in switches else ["Hi"])


def test_agents_remember_the_last_messages(tmp_path: Path) -> None:
    seed = """
        history_limit: 3
        sessions: [{id: s1, config: {name: A, agent_type: llm_agent, prompt_config: {include_user_input: false}}}]
        scripts: [{then: {reply: Fine.}}]
    """
    with world(tmp_path, seed) as api:
        for content in ("One", "Two", "Three"):
            api.execute("s1", content)
        told = executions(api)[-1]["turns"][0]
    assert texts(told["prompt"]) == ["Fine.", "Two", "Fine."]
    assert told["usage"]["input_tokens"] == 3  # 13 characters


def test_without_a_message_there_is_none_in_the_prompt() -> None:
    assert texts(prompt(content="")) == ["You help."]


def test_a_supervisor_is_prompted_with_its_supervisor_prompt() -> None:
    outcome = walked("""
        name: Team
        architecture: supervisor
        entry_point: lead
        agents:
          - {name: lead, agent_type: supervisor, supervised_agents: [ann], supervisor_prompt: "Lead {{ user_input }}"}
          - {name: ann, agent_type: llm_agent}
    """)
    assert prompt_of(outcome, "lead")[0] == {"role": "system", "content": "Lead Good morning"}


def test_prompt_config_wins_over_system_prompt() -> None:
    flat = "{name: A, agent_type: llm_agent, system_prompt: Old., prompt_config: {system_prompt: New.}}"
    assert system_prompt(flat) == "New."


SEED = """
    prompts: {tone: "Be kind to {{ variables.user_name }}."}
    sessions:
      - id: s1
        variables: {user_name: Ada}
        messages:
          - {role: user, content: [{type: text, text: Look}, {type: image_url, image_url: {url: "https://a.b/c"}}]}
          - {role: assistant, content: I see.}
        config:
          name: Helper
          agent_type: llm_agent
          variables: {user_name: {type: str}}
          prompt_config:
            system_prompt: "{{ prompts.tone }} {{ history[1] }}"
            few_shot_examples: [{input: 1 + 1, output: "2"}]
    scripts: [{name: fine, then: {reply: Fine.}}]
"""


def test_the_control_plane_shows_rendered_prompts_as_they_were(tmp_path: Path) -> None:
    with world(tmp_path, SEED) as api:
        api.execute("s1", "Well?")
        api.execute("s1", "And now?")
        first, second = executions(api)
    assert first["turns"][0]["prompt"] == [
        {"role": "system", "content": "Be kind to Ada. assistant: I see."},
        {"role": "example", "content": {"input": "1 + 1", "output": "2"}},
        {"role": "user", "content": "Look"},
        {"role": "assistant", "content": "I see."},
        {"role": "user", "content": "Well?"},
    ]
    assert second["turns"][0]["prompt"][0] == {"role": "system", "content": "Be kind to Ada. assistant: Fine."}
    assert texts(second["turns"][0]["prompt"][2:]) == ["Look", "I see.", "Well?", "Fine.", "And now?"]


def test_a_prompt_of_the_past_does_not_grow_with_the_conversation(tmp_path: Path) -> None:
    with world(tmp_path, SEED) as api:
        api.execute("s1", "Well?")
        before = executions(api)[0]
        api.execute("s1", "And now?")
        assert executions(api)[0] == before


@pytest.mark.parametrize(
    ("persistent", "remembered"),
    [pytest.param("true", ["One", "Fine.", "Two"], id="kept"), pytest.param("false", ["Two"], id="forgotten")],
)
def test_without_persistent_state_a_prompt_has_no_history(
    tmp_path: Path, persistent: str, remembered: list[str]
) -> None:
    seed = f"""
        sessions: [{{id: s1, config: {{name: A, agent_type: llm_agent, persistent_state: {persistent}}}}}]
        scripts: [{{then: {{reply: Fine.}}}}]
    """
    with world(tmp_path, seed) as api:
        api.execute("s1", "One")
        api.execute("s1", "Two")
        assert texts(executions(api)[1]["turns"][0]["prompt"]) == remembered


PROSE = {
    47: "Thank you for getting in touch. I have looked at your account, and I can see that the last invoice was sent to an "
    "old address. I have corrected it now, and you will receive a new copy within two working days.",
    26: "You are a helpful customer support agent. Provide accurate and friendly responses, and ask the customer for "
    "details when something is not clear.",
    59: "When the weather turned cold, the old fisherman stayed at home and repaired his nets by the fire. He told his "
    "grandchildren stories of storms and distant harbours, of strange fish and of friends who had never come back. They "
    "listened quietly, and sometimes one of them fell asleep before the end.",
    50: "Our research shows that most people prefer short answers to long ones. They read the first sentence carefully, "
    "skim the second, and skip the rest unless it contains something they were looking for. Writers who know this put "
    "the most important fact at the beginning.",
    29: "Please open the settings, choose security, and select reset password. You will get an e-mail with a link that is "
    "valid for one hour.",
}
"""English prose by the number of tokens that the tokenizer o200k_base counts."""


@pytest.mark.parametrize(("counted", "text"), PROSE.items(), ids=[text[:30] for text in PROSE.values()])
def test_tokens_of_english_prose_are_within_a_fifth_of_what_a_tokenizer_counts(counted: int, text: str) -> None:
    assert 0.8 * counted <= estimate_tokens(len(text)) <= 1.2 * counted
    outcome = walked(
        "{name: A, agent_type: llm_agent}", text, scripts="[{when: {agent: main}, then: {reply: '{{ user_input }}'}}]"
    )
    assert 0.8 * counted <= outcome.usage.input_tokens <= 1.2 * counted
    assert outcome.usage.output_tokens == outcome.usage.input_tokens


@pytest.mark.parametrize(
    ("characters", "tokens"), [(0, 0), (1, 1), (2, 1), (5, 1), (8, 2), (10, 2), (1000, 200), (1_000_000, 200_000)]
)
def test_a_token_is_counted_for_each_five_characters(characters: int, tokens: int) -> None:
    assert estimate_tokens(characters) == tokens


@pytest.mark.parametrize(
    ("switches", "content", "tokens"),
    [
        pytest.param("include_user_input: true", "x" * 11, 8, id="9 + 19 + 11 characters"),  # 39 / 5
        pytest.param("include_user_input: false", "x" * 11, 6, id="9 + 19 characters"),  # 28 / 5
        pytest.param("include_history: false", "x" * 11, 4, id="9 + 11 characters"),  # 20 / 5
        pytest.param("include_history: 1", "x" * 11, 5, id="9 + 5 + 11 characters"),  # 25 / 5
        pytest.param("few_shot_examples: [{a: b}]", "x" * 11, 10, id="9 + 10 + 19 + 11 characters"),  # 49 / 5
    ],
)
def test_input_tokens_are_counted_of_what_the_prompt_holds(switches: str, content: str, tokens: int) -> None:
    history = transcript(("user", "Is it so nice?"), ("assistant", "Quite"))  # 14 and 5 characters
    outcome = walked(FLAT.replace("SWITCHES", switches), content, history=history)
    assert outcome.usage.input_tokens == tokens


def test_a_stored_prompt_has_versions(tmp_path: Path) -> None:
    seed = """
        prompts: {tone: {2: Be kind., 10: Be brief.}, one: Only.}
        sessions:
          - id: s1
            config:
              name: A
              agent_type: llm_agent
              prompt_config: {system_prompt: "{{ prompts.tone }} {{ prompts.tone.2 }} {{ prompts.tone.1 }} {{ prompts.one.1 }}"}
    """
    with world(tmp_path, seed) as api:
        api.execute("s1")
        assert executions(api)[0]["turns"][0]["prompt"][0]["content"] == "Be brief. Be kind.  Only."


def test_save_messages_false_keeps_no_history(tmp_path: Path) -> None:
    seed = """
        sessions: [{id: s1, config: {name: A, agent_type: llm_agent, save_messages: false}}]
        scripts: [{then: {reply: Fine.}}]
    """
    with world(tmp_path, seed) as api:
        api.execute("s1", "One")
        api.execute("s1", "Two")
        assert texts(executions(api)[1]["turns"][0]["prompt"]) == ["Two"]
