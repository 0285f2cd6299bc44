"""Where the walk goes without a model: script, then the named output field, then the policy; and how graphs are read."""

import pytest

from atthene_emulator.configuration.system import read_system
from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.execution.decisions import moves
from tests.execution.walking import agents_of, arrows, prompt_of, read, walked

BOOLEAN = """
    name: Boolean
    entry_point: asker
    agents:
      - name: asker
        agent_type: llm_agent
        structured_output: {enabled: true, schema: {sure: {type: bool}, note: {type: str}}}
      - {name: ann, agent_type: llm_agent}
      - {name: bob, agent_type: llm_agent}
    edges: [{from: asker, condition: "CONDITION", condition_type: boolean, routing: {yes: ann, no: bob}}]
"""
LITERAL = """
    name: Literal
    entry_point: asker
    agents:
      - name: asker
        agent_type: llm_agent
        structured_output: {enabled: true, schema: {team: {type: str}, other: {type: str}}}
      - {name: ann, agent_type: llm_agent}
      - {name: bob, agent_type: llm_agent}
    edges:
      - {from: asker, condition: "CONDITION", condition_type: literal, possible_outputs: [bob, ann]}
"""


def last_arrow(configuration: str, condition: str, then: str) -> str:
    """The step from `asker`, when its script does that."""
    outcome = walked(
        configuration.replace("CONDITION", condition), scripts=f"[{{name: mine, when: {{agent: asker}}, then: {then}}}]"
    )
    return next(arrow for arrow in arrows(outcome) if arrow.startswith("asker"))


@pytest.mark.parametrize(
    ("condition", "then", "arrow"),
    [
        pytest.param("{{asker.output.sure}}", "{route: no, output: {sure: true}}", "asker -no-> bob: script mine", id="route wins"),
        pytest.param("Sure?", "{route: yes}", "asker -yes-> ann: script mine", id="route yes"),
        pytest.param("Sure?", "{route: bob}", "asker -no-> bob: script mine", id="route by name"),
        pytest.param("Sure?", '{route: "no"}', "asker -no-> bob: script mine", id="route in quotes"),
        pytest.param("{{asker.output.sure}}", "{output: {sure: true}}", "asker -yes-> ann: output asker.sure is true", id="true"),
        pytest.param("{{asker.output.sure}}", "{output: {sure: false}}", "asker -no-> bob: output asker.sure is false", id="false"),
        pytest.param("{{asker.output.sure}}, {{ asker.output.sure }}", "{output: {sure: false}}", "asker -no-> bob: output asker.sure is false", id="named twice"),
        pytest.param("{{asker.output.note}}", "{output: {note: x, sure: false}}", "asker -yes-> ann: policy, pass 1", id="no boolean"),
        pytest.param("{{asker.output.note}}", '{output: {note: "no"}}', "asker -no-> bob: output asker.note is no", id="text no"),
        pytest.param("{{asker.output.note}}", "{output: {note: ' Yes '}}", "asker -yes-> ann: output asker.note is  Yes ", id="text yes"),
        pytest.param("{{asker.output.note}}", '{output: {note: "False"}}', "asker -no-> bob: output asker.note is False", id="text false"),
        pytest.param("{{asker.output.note}}", "{output: {note: bob}}", "asker -no-> bob: output asker.note is bob", id="text equal to a target"),
        pytest.param("{{asker.output.sure}}", "{output: {sure: null}}", "asker -yes-> ann: policy, pass 1", id="null takes no arm"),
        pytest.param("Sure?", "{route: END}", "asker -> __end__: script mine: three invalid answers lead to the end", id="fallback"),
        pytest.param("{{asker.output.note}} {{asker.output.sure}}", "{output: {sure: false}}", "asker -yes-> ann: policy, pass 1", id="two fields"),
        pytest.param("{{asker.output}}", "{output: {sure: false}}", "asker -yes-> ann: policy, pass 1", id="whole output"),
        pytest.param("Sure?", "{output: {sure: false}}", "asker -yes-> ann: policy, pass 1", id="no field"),
        pytest.param("{{ann.output.sure}}", "{output: {sure: false}}", "asker -yes-> ann: policy, pass 1", id="an agent that has not run"),
    ],
)  # fmt: skip
def test_a_boolean_edge_is_decided_by_route_then_field_then_policy(condition: str, then: str, arrow: str) -> None:
    assert last_arrow(BOOLEAN, condition, then) == arrow


@pytest.mark.parametrize(
    ("condition", "then", "arrow"),
    [
        pytest.param("{{asker.output.team}}", "{route: ann, output: {team: bob}}", "asker -> ann: script mine", id="route wins"),
        pytest.param("{{asker.output.team}}", "{output: {team: ann}}", "asker -> ann: output asker.team is ann", id="field"),
        pytest.param("{{asker.output.team}}", "{output: {team: END}}", "asker -> bob: policy, pass 1", id="the end is none of them"),
        pytest.param("{{asker.output.team}}", "{output: {team: null}}", "asker -> bob: policy, pass 1", id="null"),
        pytest.param("{{asker.output.team}}", "{output: {team: cid}}", "asker -> bob: policy, pass 1", id="none of the outputs"),
        pytest.param("{{asker.output.team}}", "{output: {team: Ann}}", "asker -> bob: policy, pass 1", id="in another case"),
        pytest.param("{{asker.output.team}}{{asker.output.other}}", "{output: {team: ann}}", "asker -> bob: policy, pass 1", id="two fields"),
        pytest.param("Which?", "{output: {team: ann}}", "asker -> bob: policy, pass 1", id="no field"),
        pytest.param("Which?", "{route: __end__}", "asker -> __end__: script mine: three invalid answers lead to the end", id="fallback"),
    ],
)  # fmt: skip
def test_a_literal_edge_is_decided_by_route_then_field_then_policy(condition: str, then: str, arrow: str) -> None:
    assert last_arrow(LITERAL, condition, then) == arrow


@pytest.mark.parametrize(
    ("configuration", "then", "message"),
    [
        pytest.param(BOOLEAN, "{route: anna}", "Script mine: no edge leads from asker to anna; did you mean ann?", id="boolean"),
        pytest.param(BOOLEAN, "{route: maybe}", "Script mine: no edge leads from asker to maybe; it leads to yes, no, ann, bob", id="boolean, nothing near"),
        pytest.param(LITERAL, "{route: zoe}", "Script mine: no edge leads from asker to zoe; it leads to bob, ann", id="literal"),
        pytest.param(LITERAL, "{route: yes}", "Script mine: no edge leads from asker to yes; it leads to bob, ann", id="literal, yes"),
    ],
)  # fmt: skip
def test_a_route_to_where_no_edge_leads_is_refused(configuration: str, then: str, message: str) -> None:
    with pytest.raises(EmulatorRefusal) as refused:
        last_arrow(configuration, "Which?", then)
    assert (refused.value.status, refused.value.message) == (501, message)


def chain(edges: str, *names: str, top: str = "entry_point: a", more: str = "") -> str:
    """A configuration of plain agents with these names and edges, which `>` and `,` write: `a>b, b>END`."""
    agents = ", ".join(f"{{name: {name}, agent_type: llm_agent}}" for name in names)
    pairs = [edge.strip().split(">") for edge in edges.split(",") if edge.strip()]
    plain = ", ".join(f"{{from: {source}, to: {target}}}" for source, target in pairs)
    return f"{{name: Chain, {top}, agents: [{agents}], edges: [{', '.join(filter(None, [plain, more]))}]}}"


@pytest.mark.parametrize(
    ("configuration", "agents"),
    [
        pytest.param(chain("", "a"), ["a"], id="no edges"),
        pytest.param(chain("a>END", "a"), ["a"], id="automatic start edge"),
        pytest.param(chain("START>a, a>END", "a"), ["a"], id="explicit start edge as well"),
        pytest.param(chain("__start__>a, a>__end__", "a"), ["a"], id="the other spelling"),
        pytest.param(chain("START>b, b>a", "a", "b", top="entry_point: START"), ["b", "a"], id="edges decide"),
        pytest.param(chain("START>b, b>a", "a", "b", top="entry_point: __start__"), ["b", "a"], id="edges decide, again"),
        pytest.param(chain("START>b, a>END, b>END", "a", "b"), ["a", "b"], id="entry point first, then start edges"),
        pytest.param(chain("a>c, a>b, b>END, c>END", "a", "b", "c"), ["a", "c", "b"], id="branches in document order"),
        pytest.param(chain("a>b, a>b, b>END", "a", "b"), ["a", "b"], id="the same edge twice"),
        pytest.param(chain("a>b, a>END, b>END", "a", "b"), ["a", "b"], id="a branch to the end ends only itself"),
        pytest.param(chain("a>b, b>c", "a", "b", "c"), ["a", "b", "c"], id="no outgoing edge ends the run"),
        pytest.param(chain("a>b, a>c, b>d, c>d, d>END", "a", "b", "c", "d"), ["a", "b", "c", "d"], id="diamond"),
        pytest.param(
            chain("a>b, a>c, b>d, c>e, e>d, d>END", *"abcde"), ["a", "b", "c", "d", "e", "d"], id="branches of unequal length"
        ),
        pytest.param("{name: Flat, agent_type: react_agent, tools: [calculator]}", ["main"], id="flat"),
    ],
)  # fmt: skip
def test_a_graph_is_walked_in_steps(configuration: str, agents: list[str]) -> None:
    outcome = walked(configuration)
    assert outcome.status == "completed"
    assert agents_of(outcome) == agents


def test_a_route_of_an_agent_without_edges_is_refused() -> None:
    with pytest.raises(EmulatorRefusal) as refused:
        walked("{name: Flat, agent_type: llm_agent}", scripts="[{name: mine, then: {reply: x, route: ann}}]")
    assert refused.value.status == 501
    assert refused.value.message.startswith("Script mine: no edge leads from main to ann")


def test_a_loop_takes_its_first_target_and_then_the_next_ones() -> None:
    loop = chain(
        "b>a, c>a", *"abcd",
        more="{from: a, condition: Which?, condition_type: literal, possible_outputs: [b, c, d]}",
        top="entry_point: a, recursion_limit: 6",
    )  # fmt: skip
    assert arrows(walked(loop)) == [
        "__start__ -> a: entry point",
        "a -> b: policy, pass 1",
        "b -> a: edge",
        "a -> c: policy, pass 2",
        "c -> a: edge",
        "a -> d: policy, pass 3",
    ]


def test_the_policy_goes_round() -> None:
    system = read_system(read(LITERAL.replace("CONDITION", "Which?")))
    assert [moves(system, "asker", None, {}, passes)[0].target for passes in range(5)] == [
        "bob", "ann", "bob", "ann", "bob",
    ]  # fmt: skip


def test_a_scripted_route_chooses_one_of_several_plain_edges() -> None:
    outcome = walked(
        chain("a>b, a>c, b>END, c>END", *"abc"), scripts="[{name: mine, when: {agent: a}, then: {reply: x, route: c}}]"
    )
    assert arrows(outcome) == ["__start__ -> a: entry point", "a -> c: script mine", "c -> __end__: edge"]


@pytest.mark.parametrize("limit", [5, 6, 50])
def test_the_recursion_limit_is_the_number_of_rounds(limit: int) -> None:
    endless = chain("b>a", *"ab", top=f"entry_point: a, recursion_limit: {limit}",
                    more="{from: a, condition: Go on?, condition_type: boolean, routing: {yes: b, no: END}}")  # fmt: skip
    outcome = walked(endless, scripts="[{when: {agent: a}, then: {reply: x, route: yes}}]")
    assert outcome.status == "error"
    assert outcome.failure is not None
    assert outcome.failure.type == "recursion_limit_error"
    assert outcome.failure.message == f"The recursion limit of {limit} rounds of agents was reached"
    assert len(outcome.turns) == limit


@pytest.mark.parametrize(("length", "status"), [(5, "completed"), (6, "error")])
def test_five_rounds_are_allowed_by_default(length: int, status: str) -> None:
    names = [f"n{number}" for number in range(length)]
    edges = ", ".join(f"{one}>{other}" for one, other in zip(names, [*names[1:], "END"], strict=True))
    assert walked(chain(edges, *names, top="entry_point: n0")).status == status


def test_branches_count_as_one_round() -> None:
    wide = chain("a>b, a>c, a>d, b>e, c>e, d>e, e>f, f>g", *"abcdefg")
    assert walked(wide).status == "completed"


class TestRounds:
    """The agents of a round are independent; what they do counts for the next one, in the order of the document."""

    BRANCHES = """
        name: Branches
        entry_point: first
        variables:
          who: {type: str, default: nobody}
          log: {type: str, default: "", mode: concat, separator: ","}
        agents:
          - {name: first, agent_type: llm_agent}
          - name: left
            agent_type: llm_agent
            system_prompt: "{{ first.output }}/{{ right.output }}/{{ variables.who }}/{{ history }}"
            variable_assignments: {who: left.output, log: left.output}
          - name: right
            agent_type: llm_agent
            system_prompt: "{{ first.output }}/{{ left.output }}/{{ variables.who }}/{{ history }}"
            variable_assignments: {who: right.output, log: right.output}
          - {name: last, agent_type: llm_agent, system_prompt: "{{ left.output }}/{{ right.output }}/{{ variables.who }}"}
        edges: [{from: first, to: right}, {from: first, to: left}, {from: left, to: last}, {from: right, to: last}]
    """
    SCRIPTS = "[{when: {agent: first}, then: {reply: F}}, {when: {agent: left}, then: {reply: L}}, {when: {agent: right}, then: {reply: R}}]"

    def test_agents_of_a_round_do_not_see_each_other(self) -> None:
        outcome = walked(self.BRANCHES, scripts=self.SCRIPTS)
        assert agents_of(outcome) == ["first", "right", "left", "last"]
        for name in ("left", "right"):
            assert prompt_of(outcome, name) == [
                {"role": "system", "content": "F//nobody/assistant: F"},
                {"role": "assistant", "name": "first", "content": "F"},
                {"role": "user", "content": "Good morning"},
            ]

    def test_the_next_round_sees_what_all_did_in_their_order(self) -> None:
        outcome = walked(self.BRANCHES, scripts=self.SCRIPTS)
        assert [message["content"] for message in prompt_of(outcome, "last")] == [
            "L/R/L", "F", "R", "L", "Good morning",
        ]  # fmt: skip
        assert outcome.variables == {"who": "L", "log": "R,L"}

    def test_scripts_see_variables_as_at_the_beginning_of_the_round(self) -> None:
        scripts = """
            - {name: changed, when: {variables: {who: R}}, then: {reply: Changed.}}
            - {name: right, when: {agent: right}, then: {reply: R}}
            - {name: other, then: {reply: O}}
        """
        assert walked(self.BRANCHES, scripts=scripts).answered_by == ("other", "right")

    def test_workers_of_a_supervisor_see_each_other_but_not_its_round(self) -> None:
        configuration = """
            name: Both
            entry_point: START
            agents:
              - {name: alone, agent_type: llm_agent}
              - {name: lead, agent_type: supervisor, supervised_agents: [ann, bob]}
              - {name: ann, agent_type: llm_agent, system_prompt: "{{ alone.output }}<"}
              - {name: bob, agent_type: llm_agent, system_prompt: "{{ alone.output }}<{{ ann.output }}"}
            edges: [{from: START, to: alone}, {from: START, to: lead}]
        """
        scripts = "[{when: {agent: alone}, then: {reply: X}}, {when: {agent: ann}, then: {reply: A}}]"
        outcome = walked(configuration, scripts=scripts)
        assert prompt_of(outcome, "ann")[0]["content"] == "<"
        assert prompt_of(outcome, "bob")[0]["content"] == "<A"

    def test_a_failing_agent_keeps_what_the_others_of_its_round_did_before(self) -> None:
        scripts = f"[{{when: {{agent: left}}, then: {{error: {{message: Broken}}}}}}, {self.SCRIPTS[1:]}"
        outcome = walked(self.BRANCHES, scripts=scripts)
        assert outcome.status == "error"
        assert agents_of(outcome) == ["first", "right", "left"]
        assert outcome.variables == {"who": "R", "log": "R"}


def team(lead: str, *workers: str) -> str:
    """A supervisor with workers; `lead` is the rest of its configuration."""
    agents = ", ".join(f"{{name: {name}, agent_type: llm_agent}}" for name in workers)
    return f"""{{name: Team, architecture: supervisor, entry_point: lead, agents: [
        {{name: lead, agent_type: supervisor, supervised_agents: [{", ".join(workers)}], {lead}}}, {agents}]}}"""


class TestSupervisor:
    """Hand-offs, their limit, and the way back."""

    def test_it_has_no_structured_output(self) -> None:
        lead = "structured_output: {schema: {f: {type: str}}}"
        outcome = walked(team(lead, "a"), scripts="[{when: {agent: lead}, then: [{route: a}, {route: END}]}]")
        assert [(turn.agent, turn.shown, turn.output) for turn in outcome.turns if turn.agent == "lead"] == [
            ("lead", False, None)
        ] * 2

    @pytest.mark.parametrize(
        ("lead", "scripts", "agents"),
        [
            pytest.param("", "[]", ["lead", "a", "lead", "b", "lead"], id="each once, in order, and back"),
            pytest.param("return_to_supervisor: false", "[]", ["lead", "a"], id="without return the first answers"),
            pytest.param("return_to_supervisor: false", "[{when: {agent: lead}, then: {route: b}}]", ["lead", "b"], id="scripted, without return"),
            pytest.param("", "[{when: {agent: lead}, then: {route: END}}]", ["lead"], id="scripted end"),
            pytest.param("", "[{when: {agent: lead}, then: {reply: No.}}]", ["lead"], id="answers itself"),
            pytest.param(
                "return_to_supervisor: true",
                "[{when: {agent: lead}, then: [{route: b}, {route: b}, {route: END}]}]",
                ["lead", "b", "lead", "b", "lead"],
                id="the same worker twice",
            ),
            pytest.param(
                "return_to_supervisor: true",
                "[{when: {agent: lead}, times: 1, then: {route: b}}]",
                ["lead", "b", "lead", "a", "lead"],
                id="scripted once, then those that had no turn",
            ),
        ],
    )  # fmt: skip
    def test_a_supervisor_hands_over(self, lead: str, scripts: str, agents: list[str]) -> None:
        outcome = walked(team(lead, "a", "b"), scripts=scripts)
        assert outcome.status == "completed"
        assert agents_of(outcome) == agents

    def test_a_supervisor_that_only_hands_over_says_nothing(self) -> None:
        outcome = walked(team("", "a"))
        assert [(turn.agent, turn.text, turn.shown) for turn in outcome.turns[:1]] == [("lead", "", False)]
        assert outcome.answered_by == ("default",)

    def test_an_agent_that_is_named_twice_has_one_turn(self) -> None:
        assert agents_of(walked(team("", "ann").replace("[ann]", "[ann, ann]"))) == ["lead", "ann", "lead"]

    def test_the_recursion_limit_does_not_count_in_a_team(self) -> None:
        outcome = walked(team("", *"abcdef"))
        assert (outcome.status, len(outcome.turns)) == ("completed", 13)

    def test_a_supervisor_hands_over_ten_times_at_most_by_default(self) -> None:
        outcome = walked(team("", "a"), scripts="[{when: {agent: lead}, then: {route: a}}]")
        assert outcome.status == "error"
        assert outcome.failure is not None
        assert outcome.failure.type == "handoff_limit_error"
        assert outcome.failure.message == "lead has handed over 10 times, which is its limit"
        assert agents_of(outcome).count("a") == 10

    @pytest.mark.parametrize(("limit", "status"), [(1, "error"), (2, "completed")])
    def test_max_handoffs_is_how_often_it_may_hand_over(self, limit: int, status: str) -> None:
        outcome = walked(team(f"max_handoffs: {limit}", "a", "b"))
        assert outcome.status == status
        assert agents_of(outcome) == ["lead", "a", "lead", "b", "lead"][: 2 * limit + 1]

    def test_no_limit_lets_an_execution_go_on_for_ever(self) -> None:
        outcome = walked(team("max_handoffs: 1000000", "a"), scripts="[{when: {agent: lead}, then: {route: a}}]")
        assert outcome.failure is not None
        assert (outcome.failure.type, len(outcome.turns)) == ("turn_limit_error", 2500)

    def test_a_route_to_an_agent_that_is_not_supervised_is_refused(self) -> None:
        with pytest.raises(EmulatorRefusal) as refused:
            walked(team("", "ann", "bob"), scripts="[{name: mine, when: {agent: lead}, then: {route: ana}}]")
        assert refused.value.status == 501
        assert refused.value.message == "Script mine: lead does not supervise ana; did you mean ann?"

    CIRCLE = """
        name: Circle
        architecture: supervisor
        entry_point: a
        agents:
          - {name: a, agent_type: supervisor, supervised_agents: [b]}
          - {name: b, agent_type: supervisor, supervised_agents: [a, c]}
          - {name: c, agent_type: llm_agent}
    """

    def test_supervisors_that_supervise_each_other_do_not_go_round(self) -> None:
        assert agents_of(walked(self.CIRCLE)) == ["a", "b", "c", "b", "a"]

    def test_a_script_cannot_hand_over_to_a_supervisor_that_waits(self) -> None:
        with pytest.raises(EmulatorRefusal) as refused:
            walked(self.CIRCLE, scripts="[{name: mine, when: {agent: b}, then: {route: a}}]")
        assert refused.value.status == 501
        assert refused.value.message == "Script mine: a waits for b, which cannot hand over to it; let b answer"

    def test_a_supervisor_in_a_workflow_goes_on_when_all_is_done(self) -> None:
        outcome = walked("""
            name: Mixed
            entry_point: lead
            agents:
              - {name: lead, agent_type: supervisor, supervised_agents: [a, b]}
              - {name: a, agent_type: llm_agent}
              - {name: b, agent_type: llm_agent}
              - {name: last, agent_type: llm_agent}
            edges: [{from: lead, to: last}, {from: last, to: END}]
        """)
        assert agents_of(outcome) == ["lead", "a", "lead", "b", "lead", "last"]
        assert arrows(outcome)[-2:] == ["lead -> last: edge", "last -> __end__: edge"]
