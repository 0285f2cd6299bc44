"""Whole systems over HTTP: where they go, what they say in each contract, what they cost, and what is remembered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from tests.execution.worlds import SESSION, agents_of, arrows, executions, held_at, history, world


class Scenario(NamedTuple):
    """A system, what it is told, and what is expected of its last execution.

    Attributes:
        seed: sessions, scripts and the like.
        told: contents, or bodies of execute requests.
        path: a line for each step.
        turns: the agents in order.
        messages: what the user is shown by the last execution.
        usage: tokens in and out of the last execution.
        history: role and content of everything that is stored.
        session_usage: tokens of all executions, if there are several.
        tool_calls: name, arguments and result of each.
        shown_tool_calls: how many of those each message carries.
        error: type and message.
        gate: where it is held for a moment.
        prompts: system prompts of the agents that are looked at.
    """

    seed: str
    told: tuple[Any, ...]
    path: tuple[str, ...]
    turns: tuple[str, ...]
    messages: tuple[str, ...]
    usage: tuple[int, int]
    history: tuple[tuple[str, Any], ...]
    scripts: str = "default"
    status: str = "completed"
    seconds: float = 0
    session_usage: tuple[int, int] | None = None
    tool_calls: tuple[tuple[str, Any, Any], ...] = ()
    shown_tool_calls: tuple[int, ...] = ()
    error: tuple[str, str] | None = None
    gate: str | None = None
    prompts: tuple[tuple[str, str], ...] = ()
    variables: tuple[tuple[str, Any], ...] = ()


SCENARIOS = {
    "flat configuration": Scenario(
        seed="""
            sessions: [{id: s1, config: {name: Helper, agent_type: llm_agent, system_prompt: You help.}}]
        """,
        told=("Where is my parcel?",),
        path=("__start__ -> main: entry point",),
        turns=("main",),
        messages=('This is the emulated agent "main". You said: Where is my parcel?',),
        usage=(6, 13),  # 9 + 19 and 64 characters
        history=(
            ("user", "Where is my parcel?"),
            ("assistant", 'This is the emulated agent "main". You said: Where is my parcel?'),
        ),
    ),
    "single agent": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Support
                  entry_point: support
                  agents: [{name: support, agent_type: llm_agent, system_prompt: You are a support agent.}]
                  edges: [{from: __start__, to: support}, {from: support, to: __end__}]
            scripts:
              - {name: parcel, when: {content: {contains: parcel}}, then: {reply: "It arrives on Monday."}}
        """,
        told=("Hello", "Where is my parcel?"),
        path=("__start__ -> support: entry point", "support -> __end__: edge"),
        turns=("support",),
        messages=("It arrives on Monday.",),
        usage=(20, 4),  # 24 + 5 + 53 + 19 and 21 characters
        session_usage=(26, 15),
        scripts="parcel",
        history=(
            ("user", "Hello"),
            ("assistant", 'This is the emulated agent "support". You said: Hello'),
            ("user", "Where is my parcel?"),
            ("assistant", "It arrives on Monday."),
        ),
    ),
    "three in a row": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Pipeline
                  entry_point: researcher
                  agents:
                    - {name: researcher, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
                    - {name: writer, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
                    - {name: editor, agent_type: llm_agent, streaming_config: {show_output_to_user: true}}
                  edges: [{from: researcher, to: writer}, {from: writer, to: editor}, {from: editor, to: END}]
            scripts:
              - {name: facts, when: {agent: researcher}, then: {reply: Cats sleep 15 hours.}}
              - {name: draft, when: {agent: writer}, then: {reply: A cat sleeps for 15 hours.}}
              - {name: final, when: {agent: editor}, then: {reply: Cats sleep for fifteen hours a day.}}
        """,
        told=("Tell me of cats",),
        path=(
            "__start__ -> researcher: entry point",
            "researcher -> writer: edge",
            "writer -> editor: edge",
            "editor -> __end__: edge",
        ),
        turns=("researcher", "writer", "editor"),
        messages=("Cats sleep for fifteen hours a day.",),
        usage=(22, 16),  # 15, 35 and 61 characters; 20, 26 and 35
        scripts="facts, draft, final",
        history=(("user", "Tell me of cats"), ("assistant", "Cats sleep for fifteen hours a day.")),
    ),
    "quality gate with a loop": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Gate
                  entry_point: writer
                  agents:
                    - {name: writer, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
                    - name: checker
                      agent_type: llm_agent
                      streaming_config: {show_output_to_user: false}
                      structured_output: {enabled: true, schema: {passed: {type: bool}}}
                    - {name: reviser, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
                    - {name: publisher, agent_type: llm_agent}
                  edges:
                    - {from: writer, to: checker}
                    - from: checker
                      condition: "Is it good? {{checker.output.passed}}"
                      condition_type: boolean
                      routing: {yes: publisher, no: reviser}
                    - {from: reviser, to: checker}
                    - {from: publisher, to: END}
            scripts:
              - {name: check, when: {agent: checker}, then: [{output: {passed: false}}, {output: {passed: true}}]}
              - {name: publish, when: {agent: publisher}, then: {reply: Published.}}
              - {name: write, then: {reply: Text.}}
        """,
        told=("Write",),
        path=(
            "__start__ -> writer: entry point",
            "writer -> checker: edge",
            "checker -no-> reviser: output checker.passed is false",
            "reviser -> checker: edge",
            "checker -yes-> publisher: output checker.passed is true",
            "publisher -> __end__: edge",
        ),
        turns=("writer", "checker", "reviser", "checker", "publisher"),
        messages=("Published.",),
        usage=(11, 10),  # 5, 10, 10, 15, 15 characters; 5, 17, 5, 16, 10
        scripts="write, check, publish",
        history=(("user", "Write"), ("assistant", "Published.")),
    ),
    **{
        f"literal routing to {team}": Scenario(
            seed="""
                sessions:
                  - id: s1
                    config:
                      name: Teams
                      entry_point: classifier
                      agents:
                        - name: classifier
                          agent_type: llm_agent
                          streaming_config: {show_output_to_user: false}
                          structured_output: {enabled: true, schema: {category: {type: str}}}
                        - {name: billing, agent_type: llm_agent}
                        - {name: technical, agent_type: llm_agent}
                        - {name: general, agent_type: llm_agent}
                      edges:
                        - from: classifier
                          condition: "Route by {{ classifier.output.category }}"
                          condition_type: literal
                          possible_outputs: [billing, technical, general]
                scripts:
                  - name: money
                    when: {agent: classifier, content: {contains: invoice}}
                    then: {output: {category: billing}}
                  - name: machine
                    when: {agent: classifier, content: {contains: crash}}
                    then: {output: {category: technical}}
                  - name: rest
                    when: {agent: classifier}
                    then: {output: {category: general}}
            """,
            told=(content,),
            path=(
                "__start__ -> classifier: entry point",
                f"classifier -> {team}: output classifier.category is {team}",
            ),
            turns=("classifier", team),
            messages=(answer,),
            usage=usage,
            scripts=f"{name}, default",
            history=(("user", content), ("assistant", answer)),
        )
        for team, name, content, answer, usage in (
            (
                "billing",
                "money",
                "My invoice",
                'This is the emulated agent "billing". You said: My invoice',
                (4, 17),  # 10 characters twice; 23 and 58
            ),
            (
                "technical",
                "machine",
                "It crashes",
                'This is the emulated agent "technical". You said: It crashes',
                (4, 17),  # 10 characters twice; 25 and 60
            ),
            (
                "general",
                "rest",
                "Good day to you",
                'This is the emulated agent "general". You said: Good day to you',
                (6, 18),  # 15 characters twice; 23 and 63
            ),
        )
    },
    "supervisor with three workers": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Team
                  architecture: supervisor
                  entry_point: lead
                  agents:
                    - {name: lead, agent_type: supervisor, supervised_agents: [ann, bob, cid]}
                    - {name: cid, agent_type: llm_agent}
                    - {name: ann, agent_type: llm_agent}
                    - {name: bob, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
            scripts:
              - {name: a, when: {agent: ann}, then: {reply: Ann was here.}}
              - {name: b, when: {agent: bob}, then: {reply: Bob was here.}}
              - {name: c, when: {agent: cid}, then: {reply: Cid was here.}}
        """,
        told=("Go",),
        path=(
            "__start__ -> lead: entry point",
            "lead -> ann: policy: the next in order",
            "ann -> lead: returns to supervisor",
            "lead -> bob: policy: the next in order",
            "bob -> lead: returns to supervisor",
            "lead -> cid: policy: the next in order",
            "cid -> lead: returns to supervisor",
            "lead -> __end__: policy: all had their turn",
        ),
        turns=("lead", "ann", "lead", "bob", "lead", "cid", "lead"),
        messages=("Ann was here.", "Cid was here."),
        usage=(28, 9),  # 2, 2, 15, 15, 28, 28, 41 characters; 13 each
        scripts="a, b, c",
        history=(("user", "Go"), ("assistant", "Ann was here."), ("assistant", "Cid was here.")),
    ),
    "supervisor to which its workers return": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Team
                  architecture: supervisor
                  entry_point: lead
                  agents:
                    - name: lead
                      agent_type: supervisor
                      supervised_agents: [ann, bob, cid]
                      return_to_supervisor: true
                    - {name: ann, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
                    - {name: bob, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
                    - {name: cid, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
            scripts:
              - {name: led, when: {agent: lead}, then: [{route: cid}, {route: ann}, {reply: All is done., route: END}]}
              - {name: work, then: {reply: Done.}}
        """,
        told=("Go",),
        path=(
            "__start__ -> lead: entry point",
            "lead -> cid: script led",
            "cid -> lead: returns to supervisor",
            "lead -> ann: script led",
            "ann -> lead: returns to supervisor",
            "lead -> __end__: script led",
        ),
        turns=("lead", "cid", "lead", "ann", "lead"),
        messages=("All is done.",),
        usage=(6, 4),  # 2, 2, 7, 7, 12 characters; 5, 5 and 12
        scripts="led, work",
        history=(("user", "Go"), ("assistant", "All is done.")),
    ),
    "nested supervisor": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Company
                  architecture: supervisor
                  entry_point: boss
                  agents:
                    - {name: boss, agent_type: supervisor, supervised_agents: [lead, clerk]}
                    - {name: lead, agent_type: supervisor, supervised_agents: [ann, bob], return_to_supervisor: true}
                    - {name: ann, agent_type: llm_agent}
                    - {name: bob, agent_type: llm_agent}
                    - {name: clerk, agent_type: llm_agent}
            scripts:
              - {name: a, when: {agent: ann}, then: {reply: Ann.}}
              - {name: b, when: {agent: bob}, then: {reply: Bob.}}
              - {name: c, when: {agent: clerk}, then: {reply: Clerk.}}
        """,
        told=("Go",),
        path=(
            "__start__ -> boss: entry point",
            "boss -> lead: policy: the next in order",
            "lead -> ann: policy: the next in order",
            "ann -> lead: returns to supervisor",
            "lead -> bob: policy: the next in order",
            "bob -> lead: returns to supervisor",
            "lead -> __end__: policy: all had their turn",
            "lead -> boss: returns to supervisor",
            "boss -> clerk: policy: the next in order",
            "clerk -> boss: returns to supervisor",
            "boss -> __end__: policy: all had their turn",
        ),
        turns=("boss", "lead", "ann", "lead", "bob", "lead", "boss", "clerk", "boss"),
        messages=("Ann.", "Bob.", "Clerk."),
        usage=(14, 3),  # 2, 2, 2, 6, 6, 10, 10, 10, 16 characters; 4, 4, 6
        scripts="a, b, c",
        history=(("user", "Go"), ("assistant", "Ann."), ("assistant", "Bob."), ("assistant", "Clerk.")),
    ),
    "parallel branches": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Parallel
                  entry_point: split
                  agents:
                    - {name: split, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
                    - {name: left, agent_type: llm_agent}
                    - {name: right, agent_type: llm_agent}
                    - {name: last, agent_type: llm_agent}
                  edges:
                    - {from: split, to: right}
                    - {from: split, to: left}
                    - {from: right, to: END}
                    - {from: left, to: last}
                    - {from: last, to: END}
            scripts:
              - {name: l, when: {agent: left}, then: {reply: Left.}}
              - {name: r, when: {agent: right}, then: {reply: Right.}}
              - {name: e, when: {agent: last}, then: {reply: End.}}
              - {name: s, when: {agent: split}, then: {reply: Split.}}
        """,
        told=("Go",),
        path=(
            "__start__ -> split: entry point",
            "split -> right: edge",
            "split -> left: edge",
            "right -> __end__: edge",
            "left -> last: edge",
            "last -> __end__: edge",
        ),
        turns=("split", "right", "left", "last"),
        messages=("Right.", "Left.", "End."),
        usage=(9, 4),  # 2, 8, 8, 19 characters; 6, 6, 5, 4
        scripts="s, r, l, e",
        history=(("user", "Go"), ("assistant", "Right."), ("assistant", "Left."), ("assistant", "End.")),
    ),
    "diamond": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Diamond
                  entry_point: START
                  agents:
                    - {name: left, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
                    - {name: right, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
                    - {name: join, agent_type: llm_agent}
                  edges:
                    - {from: START, to: left}
                    - {from: START, to: right}
                    - {from: left, to: join}
                    - {from: right, to: join}
                    - {from: join, to: END}
            scripts:
              - {name: j, when: {agent: join}, then: {reply: Joined.}}
              - {name: half, then: {reply: Half.}}
        """,
        told=("Go",),
        path=(
            "__start__ -> left: entry point",
            "__start__ -> right: entry point",
            "left -> join: edge",
            "right -> join: edge",
            "join -> __end__: edge",
        ),
        turns=("left", "right", "join"),
        messages=("Joined.",),
        usage=(4, 3),  # 2, 7, 12 characters; 5, 5, 7
        scripts="half, j",
        history=(("user", "Go"), ("assistant", "Joined.")),
    ),
    "conditional start": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Start
                  entry_point: START
                  agents: [{name: ann, agent_type: llm_agent}, {name: bob, agent_type: llm_agent}]
                  edges:
                    - {from: START, condition: "{{user_input}}?", condition_type: boolean, routing: {yes: bob, no: ann}}
        """,
        told=("Go",),
        path=("__start__ -yes-> bob: policy, pass 1",),
        turns=("bob",),
        messages=('This is the emulated agent "bob". You said: Go',),
        usage=(1, 9),  # 2 and 46 characters
        history=(("user", "Go"), ("assistant", 'This is the emulated agent "bob". You said: Go')),
    ),
    "recursion limit": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Endless
                  recursion_limit: 5
                  entry_point: ann
                  agents:
                    - {name: ann, agent_type: llm_agent}
                    - {name: bob, agent_type: llm_agent, streaming_config: {show_output_to_user: false}}
                  edges:
                    - {from: ann, to: bob}
                    - {from: bob, condition: Enough?, condition_type: boolean, routing: {yes: END, no: ann}}
            scripts:
              - {name: more, when: {agent: bob}, then: {reply: No., route: no}}
              - {name: again, when: {agent: ann}, then: {reply: Again.}}
        """,
        told=("Go",),
        path=(
            "__start__ -> ann: entry point",
            "ann -> bob: edge",
            "bob -no-> ann: script more",
            "ann -> bob: edge",
            "bob -no-> ann: script more",
            "ann -> bob: edge",
        ),
        turns=("ann", "bob", "ann", "bob", "ann"),
        messages=("Again.", "Again.", "Again."),
        usage=(12, 5),  # 2, 8, 11, 17, 20 characters; 6, 3, 6, 3, 6
        scripts="again, more",
        status="error",
        error=("recursion_limit_error", "The recursion limit of 5 rounds of agents was reached"),
        history=(("user", "Go"), ("assistant", "Again."), ("assistant", "Again."), ("assistant", "Again.")),
    ),
    "tool chain": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Tools
                  entry_point: finder
                  agents:
                    - name: finder
                      agent_type: react_agent
                      tools: [wikipedia_search, {name: calculator}]
                      streaming_config: {show_output_to_user: false}
                    - {name: adder, agent_type: react_agent, tools: [calculator]}
                  edges: [{from: finder, to: adder}, {from: adder, to: END}]
            scripts:
              - name: find
                when: {agent: finder}
                then:
                  reply: Found.
                  tool_calls:
                    - {name: wikipedia_search, arguments: {query: cats}, result: Cats are animals.}
                    - {name: calculator, arguments: {expression: 1+1}, result: 2}
              - name: add
                when: {agent: adder}
                then: {reply: It is 4., tool_calls: [{name: calculator, result: {value: 4}}]}
        """,
        told=("How many?",),
        path=("__start__ -> finder: entry point", "finder -> adder: edge", "adder -> __end__: edge"),
        turns=("finder", "adder"),
        messages=("It is 4.",),
        # 9 + 19 + 1 and 9 + 6 + 12 characters read; 6 + 17 + 21 and 8 + 2 written
        usage=(11, 11),
        tool_calls=(
            ("wikipedia_search", {"query": "cats"}, "Cats are animals."),
            ("calculator", {"expression": "1+1"}, 2),
            ("calculator", {}, {"value": 4}),
        ),
        shown_tool_calls=(1,),
        scripts="find, add",
        history=(("user", "How many?"), ("assistant", "It is 4.")),
    ),
    "tool failure": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Tools
                  entry_point: greeter
                  agents:
                    - {name: greeter, agent_type: llm_agent}
                    - {name: finder, agent_type: react_agent, tools: [wikipedia_search]}
                    - {name: writer, agent_type: llm_agent}
                  edges: [{from: greeter, to: finder}, {from: finder, to: writer}, {from: writer, to: END}]
            scripts:
              - {name: greet, when: {agent: greeter}, then: {reply: One moment.}}
              - name: fail
                when: {agent: finder}
                then:
                  tool_calls: [{name: wikipedia_search, arguments: {query: cats}}]
                  error: {type: tool_error, message: The tool did not answer}
        """,
        told=("Find cats",),
        path=("__start__ -> greeter: entry point", "greeter -> finder: edge"),
        turns=("greeter", "finder"),
        messages=("One moment.",),
        usage=(6, 2),  # 9 and 20 characters; 11
        tool_calls=(("wikipedia_search", {"query": "cats"}, None),),
        shown_tool_calls=(0,),
        scripts="greet, fail",
        status="error",
        error=("tool_error", "The tool did not answer"),
        history=(("user", "Find cats"), ("assistant", "One moment.")),
    ),
    "timeout": Scenario(
        seed="""
            sessions: [{id: s1, config: {name: Slow, agent_type: llm_agent, system_prompt: Be slow.}}]
            scripts: [{name: late, then: {timeout: true, delay_ms: 30000}}]
        """,
        told=("Are you there?",),
        path=("__start__ -> main: entry point",),
        turns=("main",),
        messages=(),
        usage=(4, 0),  # 8 + 14 characters
        scripts="late",
        status="timeout",
        seconds=30,
        error=("timeout_error", "The execution took too long"),
        history=(("user", "Are you there?"),),
    ),
    "gate": Scenario(
        seed="""
            sessions: [{id: s1, config: {name: Slow, agent_type: llm_agent, system_prompt: Be slow.}}]
            scripts: [{name: held, then: {reply: Here I am., gate: door, delay_ms: 1500}}]
        """,
        told=("Are you there?",),
        path=("__start__ -> main: entry point",),
        turns=("main",),
        messages=("Here I am.",),
        usage=(4, 2),  # 8 + 14 characters; 10
        scripts="held",
        seconds=1.5,
        gate="door",
        history=(("user", "Are you there?"), ("assistant", "Here I am.")),
    ),
    "variables of both kinds": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Variables
                  entry_point: noter
                  variables:
                    user_name: {type: str}
                    ticket: {type: int, require_every_execution: true}
                    notes: {type: str, default: "", mode: concat, separator: "; "}
                    tags: {type: "list[str]", default: [], mode: concat}
                  agents:
                    - name: noter
                      agent_type: llm_agent
                      system_prompt: "{{ variables.user_name }}, {{ variables.ticket }}, [{{ variables.notes }}]"
                      streaming_config: {show_output_to_user: false}
                      structured_output: {enabled: true, schema: {note: {type: str}, tag: {type: str}}}
                      variable_assignments: {notes: noter.output.note, tags: noter.output.tag}
                    - {name: teller, agent_type: llm_agent, system_prompt: "{{ variables.tags }}"}
                  edges: [{from: noter, to: teller}, {from: teller, to: END}]
            scripts:
              - {name: note, when: {agent: noter}, then: [{output: {note: one, tag: a}}, {output: {note: two, tag: b}}]}
              - name: tell
                when: {agent: teller}
                then: {reply: "{{ variables.user_name }} ({{ variables.ticket }}): {{ variables.notes }}"}
        """,
        told=(
            {"content": "Note one", "inputs": {"user_name": "Ada", "ticket": 7}},
            {"content": "Note two", "inputs": {"ticket": 8}},
        ),
        path=("__start__ -> noter: entry point", "noter -> teller: edge", "teller -> __end__: edge"),
        turns=("noter", "teller"),
        messages=("Ada (8): one; two",),
        # first 10 + 8 and 5 + 8 characters, 27 and 12; then 13 + 20 + 8 and 10 + 20 + 8, 27 and 17
        usage=(16, 8),
        session_usage=(23, 15),
        scripts="note, tell",
        history=(
            ("user", "Note one"),
            ("assistant", "Ada (7): one"),
            ("user", "Note two"),
            ("assistant", "Ada (8): one; two"),
        ),
        prompts=(("noter", "Ada, 8, [one]"), ("teller", '["a", "b"]')),
        variables=(("user_name", "Ada"), ("ticket", 8), ("notes", "one; two"), ("tags", ["a", "b"])),
    ),
    "structured output in a later prompt": Scenario(
        seed="""
            sessions:
              - id: s1
                config:
                  name: Structured
                  entry_point: reader
                  agents:
                    - name: reader
                      agent_type: llm_agent
                      structured_output:
                        enabled: true
                        schema: {name: {type: str}, ages: {type: "list[int]"}, happy: {type: bool}}
                    - name: writer
                      agent_type: llm_agent
                      prompt_config:
                        system_prompt: "{{ reader.output.name }} {{reader.output.ages}} of {{ reader.output }}"
                        include_user_input: false
                  edges: [{from: reader, to: writer}, {from: writer, to: END}]
            scripts:
              - {name: read, when: {agent: reader}, then: {output: {name: Zoë, ages: [3, 5]}}}
              - {name: write, when: {agent: writer}, then: {reply: "Written for {{ reader.output.name }}."}}
        """,
        told=("Read it",),
        path=("__start__ -> reader: entry point", "reader -> writer: edge", "writer -> __end__: edge"),
        turns=("reader", "writer"),
        messages=('{"name": "Zoë", "ages": [3, 5], "happy": true}', "Written for Zoë."),
        usage=(13, 12),  # 7 and 60 characters; 46 and 16
        scripts="read, write",
        history=(
            ("user", "Read it"),
            ("assistant", '{"name": "Zoë", "ages": [3, 5], "happy": true}'),
            ("assistant", "Written for Zoë."),
        ),
        prompts=(("writer", 'Zoë [3, 5] of {"name": "Zoë", "ages": [3, 5], "happy": true}'),),
    ),
}


TIMEOUT = {"error": "Execution timeout (30s)", "status": "error", "session_id": SESSION}


class Played(NamedTuple):
    """A scenario as it was played: the last answer of each contract, and what was found after the one of `current`."""

    scenario: Scenario
    answers: dict[str, requests.Response]
    executions: list[dict[str, Any]]
    session_usage: dict[str, int]
    history: list[tuple[str, Any]]
    ids: dict[str, list[str]]


@pytest.fixture(scope="module", params=list(SCENARIOS.values()), ids=list(SCENARIOS))
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """A scenario, played once in each contract from its seed."""
    scenario: Scenario = request.param
    folder: Path = tmp_path_factory.mktemp("scenario")
    answers, ids = {}, {}
    with world(folder, scenario.seed) as api:
        for contract in ("reference", "connecting", "current"):
            assert api.control("POST", "/reset").status_code == 200
            client = api.with_contract(contract)
            for told in scenario.told:
                body = told if isinstance(told, dict) else {"content": told}
                answers[contract] = (
                    held_at(client, scenario.gate, **body) if scenario.gate else client.execute(SESSION, **body)
                )
            messages = api.get(f"/runtime/{SESSION}/messages/?limit=1000").json()["messages"]
            ids[contract] = [message["id"] for message in messages]
            client.http.close()
        told_of = api.control("GET", f"/sessions/{SESSION}/executions").json()
        yield Played(scenario, answers, executions(api), told_of["usage"], history(api), ids)


def shown_tool_calls(answer: dict[str, Any]) -> list[int]:
    return [len(message.get("tool_calls", ())) for message in answer["messages"]]


def error_of(scenario: Scenario) -> dict[str, Any]:
    return {"error": {"type": scenario.error[0], "message": scenario.error[1]}} if scenario.error else {}


def without_ids(calls: list[dict[str, Any]]) -> list[tuple[str, Any, Any]]:
    return [(call["name"], call["arguments"], call["result"]) for call in calls]


def test_the_path_is_told_with_its_reasons(played: Played) -> None:
    assert arrows(played.executions[-1]) == list(played.scenario.path)
    assert agents_of(played.executions[-1]) == list(played.scenario.turns)


def test_contract_current_answers_the_execution(played: Played) -> None:
    scenario, body = played.scenario, played.answers["current"].json()
    if scenario.status == "timeout":
        assert body == TIMEOUT
        return
    assert [message["content"] for message in body["messages"]] == list(scenario.messages)
    stored = played.ids["current"]
    assert [message["id"] for message in body["messages"]] == stored[len(stored) - len(scenario.messages) :]
    assert shown_tool_calls(body) == list(scenario.shown_tool_calls or [0] * len(scenario.messages))
    assert (body["id"], body["object"], body["status"]) == (SESSION, "agent.session", scenario.status)
    assert body["completed_at"] - body["created_at"] == body["execution_time"] == int(scenario.seconds)
    usage = {"input_tokens": scenario.usage[0], "output_tokens": scenario.usage[1]}
    assert body["metadata"] == {
        "correlation_id": None,
        "event_count": len(scenario.turns) + 2,
        "execution_id": played.executions[-1]["id"],
        "usage": usage,
        **error_of(scenario),
    }


def test_contract_reference_answers_the_last_message_or_the_error(played: Played) -> None:
    scenario, body = played.scenario, played.answers["reference"].json()
    if scenario.error:
        failed = {"success": False, "error": scenario.error[1], "error_code": "EXECUTION_FAILED"}
        assert body == (TIMEOUT if scenario.status == "timeout" else failed)
        return
    calls = body["response"].pop("tool_calls")
    assert body == {
        "success": True,
        "message_id": played.ids["reference"][-1],
        "response": {"content": scenario.messages[-1]},
        "correlation_id": None,
    }
    assert without_ids(calls) == list(scenario.tool_calls)


def test_contract_connecting_answers_an_execution_result(played: Played) -> None:
    scenario, body = played.scenario, played.answers["connecting"].json()
    messages, ended = body.pop("messages"), body.pop("timestamp")
    assert ended == played.executions[-1]["completed_at"]
    assert body == {
        "type": "execution_result",
        "client_type": "backend",
        "session_id": SESSION,
        "status": scenario.status,
        "execution_time": scenario.seconds,
        "error": scenario.error[1] if scenario.error and scenario.status == "error" else None,
        "events": [],
        "correlation_id": None,
    }
    assert [message["content"] for message in messages] == list(scenario.messages)


def test_the_header_names_the_scripts_that_answered(played: Played) -> None:
    assert {answer.headers["X-Emulator-Script"] for answer in played.answers.values()} == {played.scenario.scripts}


def test_what_was_said_is_stored(played: Played) -> None:
    assert played.history == list(played.scenario.history)


def test_usage_is_told_and_summed_for_the_session(played: Played) -> None:
    scenario, turns = played.scenario, played.executions[-1]["turns"]
    total, last = scenario.session_usage or scenario.usage, played.executions[-1]["usage"]
    assert last == {"input_tokens": scenario.usage[0], "output_tokens": scenario.usage[1]}
    assert played.session_usage == {"input_tokens": total[0], "output_tokens": total[1]}
    assert sum(turn["usage"]["input_tokens"] for turn in turns) == scenario.usage[0]
    assert sum(turn["usage"]["output_tokens"] for turn in turns) == scenario.usage[1]


def test_tool_calls_are_told_in_full(played: Played) -> None:
    calls = [call for turn in played.executions[-1]["turns"] for call in turn["tool_calls"]]
    assert without_ids(calls) == list(played.scenario.tool_calls)


def test_prompts_are_told_as_they_were_rendered(played: Played) -> None:
    rendered = {turn["agent"]: turn["prompt"][0]["content"] for turn in played.executions[-1]["turns"]}
    assert {name: rendered[name] for name, _ in played.scenario.prompts} == dict(played.scenario.prompts)


def test_variables_are_told(played: Played) -> None:
    assert played.executions[-1]["variables"] == dict(played.scenario.variables)


def test_every_execution_is_told_with_its_times(played: Played) -> None:
    scenario = played.scenario
    assert [one["turn"] for one in played.executions] == list(range(1, len(scenario.told) + 1))
    last = played.executions[-1]
    assert last["status"] == scenario.status
    assert last["error"] == error_of(scenario).get("error")
    assert last["started_at"] == "2025-01-15T10:30:00Z"
    assert last["completed_at"] == f"2025-01-15T10:30:{int(scenario.seconds):02}Z"
