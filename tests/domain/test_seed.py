"""Seed files become a seed, several add up, and every mistake has its place."""

import asyncio
import os
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from atthene_emulator.configuration.accepted import Acceptance
from atthene_emulator.configuration.yaml_text import read_yaml
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.agents import create_agent
from atthene_emulator.domain.collections import create_collection
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.emulator import Emulator
from atthene_emulator.domain.execution import Execution
from atthene_emulator.domain.files import Upload, create_file
from atthene_emulator.domain.knowledge_bases import Draft, create_knowledge_base
from atthene_emulator.domain.namespace import Namespace, Options
from atthene_emulator.domain.runtime import execute
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.sessions import get_session, list_sessions, status_of
from atthene_emulator.errors import Conflict, EmulatorRefusal, NotAuthenticated, NotPermitted, SetupError
from atthene_emulator.seeds.files import BundledSeeds, read_seeds
from atthene_emulator.seeds.portable import portable
from atthene_emulator.seeds.reader import add_seed, examine_seed
from atthene_emulator.settings import Settings

ADA = Account("ada", "math")
ONE_AGENT = """
    accounts: [{id: ada, company: math}]
    agents:
      - system_config: {name: Helper, agent_type: llm_agent}
"""


def read(text: str) -> Seed:
    """What one document says."""
    return add_seed(Seed(), read_yaml(textwrap.dedent(text).encode()), "seed.yaml")


def read_files(folder: Path, files: dict[str, str], *seeds: str) -> Seed:
    """What seed files of a folder say together."""
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
    return read_seeds(tuple(str(folder / name) for name in seeds))


def mistakes(text: str) -> list[str]:
    """The lines that a wrong document gives."""
    with pytest.raises(SetupError) as caught:
        read(text)
    return str(caught.value).splitlines()


def started(seed: Seed, **options: Any) -> Namespace:
    """The default namespace of an emulator with this seed."""
    return Emulator(Settings(**options), seed, BundledSeeds()).default


def answer_of(seed: Seed, content: str = "Good morning", **options: Any) -> Execution:
    """What the first session of the first account answers."""

    namespace = started(seed, **options)
    (session, *_) = namespace.records.sessions
    return asyncio.run(execute(namespace, seed.accounts[0], session.id, content, inputs={}))


def test_an_empty_mapping_says_nothing() -> None:
    assert read("{}") == Seed()


def test_the_usual_seed_runs_on_the_machines_clock_and_counts_its_ids_from_one() -> None:
    seed = Seed()
    assert (seed.frozen_at, seed.ids, seed.default_answer, seed.contract) == (None, 1, "echo", None)


def test_a_document_says_everything_at_once() -> None:
    seed = read("""
        contract: reference
        clock: {mode: frozen, now: 2025-01-15T10:30:00Z}
        ids: {seed: 7}
        models: [Our-Model]
        default_answer: template
        default_template: "You said {{ user_input }}"
        accounts: [{id: ada, company: math, api_keys: [key]}]
        scripts: [{then: {reply: Hello}}]
    """)
    assert seed.contract == "reference"
    assert seed.frozen_at == 1_736_937_000
    assert seed.ids == 7
    assert seed.models == {"our-model"}
    assert (seed.default_answer, seed.default_template) == ("template", "You said {{ user_input }}")
    assert seed.accounts == (ADA,)
    assert [(key.key, key.account) for key in seed.keys] == [("key", ADA)]
    assert [(script.name, script.then[0].reply) for script in seed.scripts] == [("script-1", "Hello")]


class TestAccounts:
    def test_the_only_account_owns_what_names_no_owner(self) -> None:
        seed = read(ONE_AGENT)
        assert [(agent.owner, agent.key) for agent in seed.agents] == [(ADA, "helper")]

    def test_with_two_accounts_an_owner_must_be_named(self) -> None:
        assert mistakes("""
            accounts: [{id: ada}, {id: bob}]
            agents:
              - system_config: {name: Helper, agent_type: llm_agent}
        """) == ["seed.yaml:4:5: agents.0.owner: owner is required when there is not just one account."]

    def test_an_unknown_owner_suggests_the_near_one(self) -> None:
        assert mistakes("""
            accounts: [{id: alice}, {id: bob}]
            agents:
              - owner: alise
                system_config: {name: Helper, agent_type: llm_agent}
        """) == ["seed.yaml:4:12: agents.0.owner: There is no account alise; did you mean alice?"]

    def test_an_unknown_owner_hears_who_there_is(self) -> None:
        assert mistakes("""
            accounts: [{id: ada}, {id: bob}]
            agents:
              - owner: user_123
                system_config: {name: Helper, agent_type: llm_agent}
        """) == ["seed.yaml:4:12: agents.0.owner: There is no account user_123; there are ada, bob."]

    @pytest.mark.parametrize("owner", ["", "owner: ada, "], ids=["nobody", "somebody"])
    def test_without_accounts_it_is_said_where_they_come_from(self, owner: str) -> None:
        (said,) = mistakes(f"agents: [{{{owner}system_config: {{name: Helper, agent_type: llm_agent}}}}]")
        assert "There are no accounts; add some, or put a seed that has them first" in said
        assert "validate --with default" in said

    @pytest.mark.parametrize("second", ["default", "empty", "busy"])
    def test_a_bundled_seed_is_a_beginning(self, second: str) -> None:
        with pytest.raises(SetupError) as caught:
            read_seeds(("default", second))
        assert str(caught.value) == (
            f"{second}.yaml: The account user_123 exists already; "
            "a bundled seed is a beginning, so name it first, and one only."
        )

    def test_an_account_stands_once(self) -> None:
        assert mistakes("accounts: [{id: ada}, {id: ada}]") == [
            "seed.yaml:1:28: accounts.1.id: The account ada exists already; give it another id."
        ]

    def test_a_key_stands_once_in_the_whole_emulator(self) -> None:
        assert mistakes("accounts: [{id: ada, api_keys: [k]}, {id: bob, api_keys: [{key: k}]}]") == [
            "seed.yaml:1:59: accounts.1.api_keys.0: This key is given already; keys are unique over the whole emulator."
        ]

    def test_two_accounts_may_have_agents_of_the_same_name(self) -> None:
        seed = read("""
            accounts: [{id: ada}, {id: bob}]
            agents:
              - {owner: ada, system_config: {name: Helper, agent_type: llm_agent}}
              - {owner: bob, system_config: {name: Helper, agent_type: react_agent}}
            sessions:
              - {owner: bob, agent_key: helper}
        """)
        assert [agent.owner.id for agent in seed.agents] == ["ada", "bob"]
        assert seed.sessions[0].agent is seed.agents[1]

    def test_a_session_reaches_only_the_agents_of_its_owner(self) -> None:
        assert mistakes("""
            accounts: [{id: ada}, {id: bob}]
            agents:
              - {owner: ada, system_config: {name: Helper, agent_type: llm_agent}}
            sessions:
              - {owner: bob, agent_key: helper}
        """) == ["seed.yaml:6:29: sessions.0.agent_key: bob has no agent helper."]


class TestKeys:
    SEED = """
        clock: {mode: frozen, now: 2025-01-15T10:30:00Z}
        accounts:
          - id: ada
            api_keys:
              - all
              - {key: none, permissions: []}
              - {key: some, permissions: [sessions, runtime]}
              - {key: expired, expires_at: 2025-01-15T10:30:00Z}
              - {key: expiring, expires_at: 2025-01-15T10:30:01Z}
    """

    @pytest.mark.parametrize(
        ("key", "groups"),
        [
            ("all", ["agents", "sessions", "runtime"]),
            ("none", []),
            ("some", ["sessions", "runtime"]),
            ("expiring", ["agents", "sessions", "runtime"]),
        ],
    )
    def test_a_key_opens_the_groups_it_names(self, key: str, groups: list[str]) -> None:
        namespace = started(read(self.SEED))
        found = []
        for group in ("agents", "sessions", "runtime"):
            try:
                namespace.authenticate(key, group)
                found.append(group)
            except NotPermitted:
                pass
        assert found == groups

    @pytest.mark.parametrize(
        ("key", "message"),
        [
            ("expired", "API key has expired"),
            ("unknown", "Invalid or missing authentication credentials"),
            ("", "Invalid or missing authentication credentials"),
            (None, "Invalid or missing authentication credentials"),
        ],
        ids=["expired", "unknown", "empty", "missing"],
    )
    def test_a_key_that_is_no_good_opens_nothing(self, key: str | None, message: str) -> None:
        namespace = started(read(self.SEED))
        with pytest.raises(NotAuthenticated, match=message):
            namespace.authenticate(key, "sessions")

    def test_a_key_expires_as_the_clock_moves(self) -> None:
        namespace = started(read(self.SEED))
        namespace.authenticate("expiring", "sessions")
        namespace.clock.advance(1)
        with pytest.raises(NotAuthenticated, match="expired"):
            namespace.authenticate("expiring", "sessions")

    def test_an_unknown_permission_is_a_mistake(self) -> None:
        assert mistakes("accounts: [{id: ada, api_keys: [{key: k, permissions: [session]}]}]") == [
            (
                "seed.yaml:1:56: accounts.0.api_keys.0.permissions.0: permissions.0 must be agents, sessions, runtime, images, "
                'artifacts, files, collections or knowledge_bases, not "session"; did you mean sessions?'
            )
        ]


class TestConfigurationFiles:
    def test_a_configuration_may_stand_in_its_own_file(self, tmp_path: Path) -> None:
        files = {
            "seed.yaml": """
                accounts: [{id: ada}]
                agents:
                  - config_file: agents/helper.yaml
                  - config_file: agents/other.json
                sessions:
                  - config_file: agents/helper.yaml
            """,
            "agents/helper.yaml": "name: Helper\nagent_type: llm_agent\nsystem_prompt: Help.\n",
            "agents/other.json": '{"name": "Other", "agent_type": "react_agent"}',
        }
        seed = read_files(tmp_path, files, "seed.yaml")
        assert [agent.key for agent in seed.agents] == ["helper", "other"]
        assert seed.agents[0].configuration.value["system_prompt"] == "Help."
        assert seed.sessions[0].configuration.name == "Helper"
        assert seed.sessions[0].agent is None

    def test_a_mistake_in_it_has_both_places(self, tmp_path: Path) -> None:
        files = {
            "seed.yaml": "accounts: [{id: ada}]\nagents:\n  - config_file: helper.yaml\n",
            "helper.yaml": "name: Helper\nagent_type: llm_agent\nllm_config:\n  model: gpt-99\n",
        }
        with pytest.raises(SetupError) as caught:
            read_files(tmp_path, files, "seed.yaml")
        assert str(caught.value) == (
            f"{tmp_path}/seed.yaml:3:18: agents.0.config_file: "
            "helper.yaml:4:10: llm_config.model: Invalid model specified (The catalogue has no gpt-99; did you mean gpt-4o?)"
        )

    @pytest.mark.parametrize(
        "helper",
        [
            "name: Helper\nagent_type: llm_agnt\n",
            "name: Helper\nname: Again\n",
            "agent_type: llm_agent\n",
            "- Helper\n",
        ],
        ids=["mistake", "no YAML", "no name", "no mapping"],
    )
    def test_no_more_is_said_of_who_names_its_agent(self, tmp_path: Path, helper: str) -> None:
        seed = "accounts: [{id: ada}]\nagents: [{config_file: helper.yaml}]\nsessions: [{agent_key: helper}]\n"
        with pytest.raises(SetupError) as caught:
            read_files(tmp_path, {"seed.yaml": seed, "helper.yaml": helper}, "seed.yaml")
        assert "has no agent" not in str(caught.value)

    def test_who_names_another_agent_is_told(self, tmp_path: Path) -> None:
        seed = "accounts: [{id: ada}]\nagents: [{config_file: helper.yaml}]\nsessions: [{agent_key: other}]\n"
        with pytest.raises(SetupError, match="ada has no agent other"):
            read_files(
                tmp_path, {"seed.yaml": seed, "helper.yaml": "name: Helper\nagent_type: llm_agnt\n"}, "seed.yaml"
            )

    def test_a_file_that_is_missing_is_named(self, tmp_path: Path) -> None:
        files = {"seed.yaml": "accounts: [{id: ada}]\nagents:\n  - config_file: helper.yaml\n"}
        with pytest.raises(SetupError) as caught:
            read_files(tmp_path, files, "seed.yaml")
        assert str(caught.value) == (
            f"{tmp_path}/seed.yaml:3:18: agents.0.config_file: "
            f"{tmp_path}/helper.yaml: cannot be read: No such file or directory."
        )

    def test_a_file_that_is_not_yaml_has_both_places(self, tmp_path: Path) -> None:
        files = {
            "seed.yaml": "accounts: [{id: ada}]\nagents:\n  - config_file: helper.yaml\n",
            "helper.yaml": "name: Helper\nname: Again\n",
        }
        with pytest.raises(
            SetupError, match=r"seed.yaml:3:18: agents.0.config_file: .*helper.yaml:2:1: The key 'name'"
        ):
            read_files(tmp_path, files, "seed.yaml")

    @pytest.mark.parametrize("name", ["../outside.yaml", "/etc/passwd", "agents/../../outside.yaml"])
    def test_no_file_outside_the_seeds_folder_is_read(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "outside.yaml").write_text("name: Helper\nagent_type: llm_agent\n")
        (tmp_path / "inside").mkdir()
        files = {"seed.yaml": f"accounts: [{{id: ada}}]\nagents:\n  - config_file: {name}\n"}
        with pytest.raises(SetupError, match="must be a file below the seed file's own folder"):
            read_files(tmp_path / "inside", files, "seed.yaml")

    @pytest.mark.parametrize("link", ["file", "folder", "chain", "loop", "device"])
    def test_no_link_leads_out_of_the_seeds_folder(self, tmp_path: Path, link: str) -> None:
        (tmp_path / "outside.yaml").write_text("s3cret: of somebody else")
        folder = tmp_path / "inside"
        folder.mkdir()
        target = {
            "file": tmp_path / "outside.yaml",
            "folder": tmp_path,
            "chain": folder / "other.yaml",
            "loop": folder / "agent",
            "device": Path("/dev/zero"),
        }[link]
        (folder / "other.yaml").symlink_to(tmp_path / "outside.yaml")
        (folder / "agent").symlink_to(target)
        name = "agent/outside.yaml" if link == "folder" else "agent"
        files = {"seed.yaml": f"accounts: [{{id: ada}}]\nagents:\n  - config_file: {name}\n"}
        with pytest.raises(
            SetupError, match=r"seed\.yaml:3:18: agents\.0\.config_file: .*(leads out of|cannot be read)"
        ) as caught:
            read_files(folder, files, "seed.yaml")
        assert "s3cret" not in str(caught.value)

    def test_a_link_inside_the_seeds_folder_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "agent.yaml").symlink_to(tmp_path / "real.yaml")
        files = {
            "seed.yaml": "accounts: [{id: ada}]\nagents:\n  - config_file: agent.yaml\n",
            "real.yaml": "name: Helper\nagent_type: llm_agent\n",
        }
        assert len(read_files(tmp_path, files, "seed.yaml").agents) == 1

    def test_a_pipe_is_no_configuration(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "agent.yaml")
        files = {"seed.yaml": "accounts: [{id: ada}]\nagents:\n  - config_file: agent.yaml\n"}
        with pytest.raises(SetupError, match=r"agent\.yaml: is no file"):
            read_files(tmp_path, files, "seed.yaml")

    @pytest.mark.parametrize("text", ["s3cret-word", "- s3cret-word\n", "12345678\n", '"s3cret-word"\n'])
    def test_of_a_file_that_is_no_configuration_nothing_is_shown(self, tmp_path: Path, text: str) -> None:
        files = {
            "seed.yaml": "accounts: [{id: ada}]\nagents:\n  - config_file: notes.yaml\n",
            "notes.yaml": text,
        }
        with pytest.raises(SetupError, match=r"The document must be a mapping, not (text|a list|a number)") as caught:
            read_files(tmp_path, files, "seed.yaml")
        assert not re.search("s3cret|12345678", str(caught.value))

    def test_a_document_that_comes_without_a_folder_names_no_files(self) -> None:
        assert mistakes("accounts: [{id: ada}]\nagents: [{config_file: helper.yaml}]\n") == [
            "seed.yaml:2:24: agents.0.config_file: helper.yaml must be a file below the seed file's own folder."
        ]


class TestModels:
    AGENT = "agents: [{system_config: {name: H, agent_type: llm_agent, llm_config: {model: our-PRIVATE-model}}}]\n"

    def test_a_model_that_nobody_knows_is_refused(self) -> None:
        assert mistakes("accounts: [{id: ada}]\n" + self.AGENT) == [
            "seed.yaml:2:79: agents.0.system_config.llm_config.model: Invalid model specified (The catalogue has no our-PRIVATE-model.)"
        ]

    def test_a_seed_adds_models_in_any_case(self) -> None:
        seed = read("accounts: [{id: ada}]\nmodels: [Our-Private-Model]\n" + self.AGENT)
        assert [agent.key for agent in seed.agents] == ["h"]

    def test_models_of_an_earlier_file_count(self, tmp_path: Path) -> None:
        files = {
            "one.yaml": "accounts: [{id: ada}]\nmodels: [our-private-model]\n",
            "two.yaml": "models: [another]\n" + self.AGENT,
        }
        seed = read_files(tmp_path, files, "one.yaml", "two.yaml")
        assert seed.models == {"our-private-model", "another"}
        assert len(seed.agents) == 1

    def test_the_emulator_accepts_the_models_of_its_seed(self) -> None:
        namespace = started(read("accounts: [{id: ada}]\nmodels: [ours]\n"))
        value = {"name": "H", "agent_type": "llm_agent", "llm_config": {"model": "Ours"}}
        configuration = namespace.acceptance.accept(value, namespace.language())
        assert create_agent(namespace, Account("ada", ""), configuration).key == "h"


class TestTools:
    SEED = """
        accounts: [{id: ada}]
        tools:
          stable_list_horses: {schema: {type: object, properties: {breed: {type: string}}}}
          stable_sell_horse: {hitl_requirement: mandatory}
          mail_send_email: {}
    """
    AGENT = """
        agents:
          - system_config:
              name: Stable
              agent_type: react_agent
              persistent_state: %s
              prompt_config: {system_prompt: Feed horses.}
              tools: [stable_sell_horse]
    """

    def test_a_seed_says_what_tools_take_and_whether_they_wait(self) -> None:
        seed = read(self.SEED)
        assert seed.requirements == {
            "stable_list_horses": "never",
            "stable_sell_horse": "mandatory",
            "mail_send_email": "default_on",
        }
        assert seed.tool_schemas == {
            "stable_list_horses": {"type": "object", "properties": {"breed": {"type": "string"}}}
        }

    def test_its_configurations_are_judged_by_that(self) -> None:
        assert len(read(self.SEED + self.AGENT % "true").agents) == 1
        (mistake,) = mistakes(self.SEED + self.AGENT % "false")[:1]
        assert mistake.startswith(
            "seed.yaml:12:25: agents.0.system_config.persistent_state: Human-in-the-loop is enabled for the following tool(s)"
        )

    def test_tools_of_an_earlier_file_count_and_a_later_one_wins(self, tmp_path: Path) -> None:
        files = {
            "one.yaml": self.SEED,
            "two.yaml": textwrap.dedent(self.AGENT % "false")
            + "tools: {stable_sell_horse: {hitl_requirement: never}}\n",
        }
        seed = read_files(tmp_path, files, "one.yaml", "two.yaml")
        assert seed.requirements["stable_sell_horse"] == "never"
        assert len(seed.agents) == 1

    def test_the_emulator_judges_by_the_tools_of_its_seed(self) -> None:
        language = started(read(self.SEED)).language()
        assert language.knows_tool("stable_list_horses")
        assert language.requirement("stable_sell_horse") == "mandatory"
        assert language.requirement("mail_delete_email") == "mandatory"
        assert language.requirement("calculator") == "never"

    @pytest.mark.parametrize(
        ("entry", "expected"),
        [
            ("{hitl_requirement: always}", 'hitl_requirement must be never, default_on or mandatory, not "always".'),
            ("{schema: text}", 'schema must be a mapping, not "text".'),
            (
                "{schema: {pattern: '('}}",
                'tools.send.schema: This is no JSON Schema that can be used: "(" is not a "regex".',
            ),
            (
                "{schema: {$ref: 'https://example.com/s.json'}}",
                "retrieving it failed: ValueError: https://example.com/s.json is outside.",
            ),
            ("{requirement: never}", "requirement is not known here; did you mean hitl_requirement?"),
        ],
    )
    def test_a_tool_that_is_written_wrongly_is_refused(self, entry: str, expected: str) -> None:
        (mistake,) = mistakes(f"accounts: [{{id: ada}}]\ntools: {{send: {entry}}}\n")
        assert mistake.endswith(expected)


class TestSeveralFiles:
    def test_accounts_agents_sessions_and_scripts_add_up(self, tmp_path: Path) -> None:
        files = {
            "one.yaml": """
                accounts: [{id: ada, api_keys: [a]}]
                agents: [{system_config: {name: One, agent_type: llm_agent}}]
                sessions: [{id: s1, agent_key: one}]
                scripts: [{name: first, then: {reply: "1"}}]
            """,
            "two.yaml": """
                accounts: [{id: bob, api_keys: [b]}]
                agents: [{owner: ada, system_config: {name: Two, agent_type: llm_agent}}]
                sessions: [{id: s2, owner: ada, agent_key: one}, {id: s3, owner: ada, agent_key: two}]
                scripts: [{name: second, then: {reply: "2"}}]
            """,
        }
        seed = read_files(tmp_path, files, "one.yaml", "two.yaml")
        assert [account.id for account in seed.accounts] == ["ada", "bob"]
        assert [key.key for key in seed.keys] == ["a", "b"]
        assert [agent.key for agent in seed.agents] == ["one", "two"]
        assert [session.id for session in seed.sessions] == ["s1", "s2", "s3"]
        assert [script.name for script in seed.scripts] == ["first", "second"]

    def test_a_later_file_has_the_last_word(self, tmp_path: Path) -> None:
        files = {
            "one.yaml": """
                contract: reference
                clock: {mode: frozen, now: 2025-01-15T10:30:00Z}
                ids: {seed: 1}
                default_answer: error
                default_template: one
            """,
            "two.yaml": """
                contract: connecting
                clock: {mode: frozen, now: 2025-01-15T10:30:01Z}
                ids: {seed: two}
                default_answer: template
                default_template: two
            """,
        }
        seed = read_files(tmp_path, files, "one.yaml", "two.yaml")
        assert seed.contract == "connecting"
        assert seed.frozen_at == 1_736_937_001
        assert seed.ids == "two"
        assert (seed.default_answer, seed.default_template) == ("template", "two")

    def test_a_later_file_that_says_nothing_changes_nothing(self, tmp_path: Path) -> None:
        files = {
            "one.yaml": """
                contract: reference
                clock: {mode: frozen, now: 2025-01-15T10:30:00Z}
                ids: {seed: random}
                default_answer: error
            """,
            "two.yaml": "accounts: [{id: ada}]\n",
        }
        seed = read_files(tmp_path, files, "one.yaml", "two.yaml")
        assert (seed.contract, seed.frozen_at, seed.ids, seed.default_answer) == (
            "reference",
            1_736_937_000,
            None,
            "error",
        )

    def test_a_later_file_can_let_the_clock_run_again(self, tmp_path: Path) -> None:
        files = {
            "one.yaml": "clock: {mode: frozen, now: 2025-01-15T10:30:00Z}\n",
            "two.yaml": "clock: {mode: running}\n",
        }
        assert read_files(tmp_path, files, "one.yaml", "two.yaml").frozen_at is None

    @pytest.mark.parametrize(
        ("second", "message"),
        [
            ("accounts: [{id: ada}]", "accounts.0.id: The account ada exists already; give it another id."),
            ("accounts: [{id: bob, api_keys: [k]}]", "accounts.0.api_keys.0: This key is given already"),
            (
                "agents: [{system_config: {name: Helper, agent_type: llm_agent}}]",
                "agents.0: ada has an agent with the key helper already; choose another name.",
            ),
            ("sessions: [{id: s1, agent_key: helper}]", "sessions.0.id: The id s1 is given already; choose another."),
        ],
        ids=["account", "key", "agent", "session id"],
    )
    def test_what_an_earlier_file_gave_may_not_be_given_again(self, tmp_path: Path, second: str, message: str) -> None:
        files = {
            "one.yaml": """
                accounts: [{id: ada, api_keys: [k]}]
                agents: [{system_config: {name: Helper, agent_type: llm_agent}}]
                sessions: [{id: s1, agent_key: helper}]
            """,
            "two.yaml": second,
        }
        with pytest.raises(SetupError) as caught:
            read_files(tmp_path, files, "one.yaml", "two.yaml")
        assert message in str(caught.value)
        assert str(caught.value).startswith(f"{tmp_path}/two.yaml:1:")

    def test_bundled_seeds_and_files_go_together(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.yaml"
        path.write_text("sessions: [{agent_key: customer_support_agent, owner: user_123}]\n")
        assert len(read_seeds(("default", str(path))).sessions) == 2


class TestDefaultAnswer:
    SESSION = """
        accounts: [{id: ada}]
        sessions:
          - config: {name: Helper, agent_type: llm_agent}
    """

    def test_echo_names_the_agent_and_repeats_the_input(self) -> None:
        execution = answer_of(read(self.SESSION))
        assert [message.content for message in execution.messages] == [
            'This is the emulated agent "main". You said: Good morning'
        ]
        assert execution.outcome.answered_by == ("default",)

    def test_a_template_is_filled_with_the_input(self) -> None:
        text = 'default_answer: template\ndefault_template: "<{{ user_input }}|{{user_input}}>"\n'
        execution = answer_of(read(textwrap.dedent(self.SESSION) + text), "a\\1")
        assert [message.content for message in execution.messages] == ["<a\\1|a\\1>"]
        assert execution.outcome.answered_by == ("default",)

    def test_error_refuses_with_501(self) -> None:
        seed = read(textwrap.dedent(self.SESSION) + "default_answer: error\n")
        with pytest.raises(EmulatorRefusal, match="No script answers the turn of main") as caught:
            answer_of(seed)
        assert caught.value.status == 501

    def test_strict_refuses_whatever_the_seed_says(self) -> None:
        with pytest.raises(EmulatorRefusal) as caught:
            answer_of(read(self.SESSION), strict=True)
        assert caught.value.status == 501

    def test_a_script_answers_even_where_default_answers_are_errors(self) -> None:
        text = "default_answer: error\nscripts: [{name: hi, then: {reply: Hi!}}]\n"
        execution = answer_of(read(textwrap.dedent(self.SESSION) + text))
        assert [message.content for message in execution.messages] == ["Hi!"]
        assert execution.outcome.answered_by == ("hi",)

    def test_template_without_a_template_is_a_mistake(self) -> None:
        assert len(mistakes("default_answer: template\n")) == 1


class TestIds:
    def test_ids_are_the_same_every_time(self) -> None:
        assert self.ids_of(ONE_AGENT) == self.ids_of(ONE_AGENT)

    @pytest.mark.parametrize("seed", ["2", "some text", '"1x"'])
    def test_another_seed_gives_other_ids(self, seed: str) -> None:
        other = textwrap.dedent(ONE_AGENT) + f"ids: {{seed: {seed}}}\n"
        assert self.ids_of(other) != self.ids_of(ONE_AGENT)

    def test_random_gives_other_ids_every_time(self) -> None:
        text = textwrap.dedent(ONE_AGENT) + "ids: {seed: random}\n"
        assert self.ids_of(text) != self.ids_of(text)

    def test_a_reset_gives_the_same_ids_again(self) -> None:
        namespace = started(read(ONE_AGENT))
        before = [agent.id for agent in namespace.records.agents]
        namespace.reset()
        assert [agent.id for agent in namespace.records.agents] == before
        assert len(before) == 1

    def ids_of(self, text: str) -> list[str]:
        return [agent.id for agent in started(read(text)).records.agents]


class TestPlanting:
    SEED = """
        clock: {mode: frozen, now: 2025-01-15T10:30:00Z}
        accounts: [{id: ada}]
        agents:
          - id: a1
            created_at: 2025-01-01T00:00:00Z
            system_config:
              name: Helper
              agent_type: llm_agent
              variables: {tier: {type: str, default: none}}
        sessions:
          - {id: young, agent_key: helper}
          - id: old
            agent_key: helper
            created_at: 2025-01-10T00:00:00Z
            variables: {tier: gold}
            messages:
              - {role: user, content: Hello, timestamp: 2025-01-10T00:00:10Z}
              - {role: assistant, content: [{type: text, text: Hi!}], timestamp: 2025-01-10T00:00:20Z}
              - {role: user, content: And now?, timestamp: 2025-01-10T00:00:30Z}
          - {id: failed, agent_key: helper, created_at: 2025-01-15T10:29:59Z, status: error}
          - {id: just-idle, agent_key: helper, created_at: 2025-01-15T10:00:00Z}
          - {id: still-active, agent_key: helper, created_at: 2025-01-15T10:00:01Z, status: active}
    """

    def test_sessions_are_loaded_in_the_order_of_their_age(self) -> None:
        found = list_sessions(started(read(self.SEED)), Account("ada", ""))
        assert [one.id for one in found] == ["young", "failed", "still-active", "just-idle", "old"]

    def test_statuses_follow_from_age_and_failure(self) -> None:
        namespace = started(read(self.SEED))
        assert {one.id: status_of(namespace, one) for one in namespace.records.sessions} == {
            "young": "active",
            "old": "idle",
            "failed": "error",
            "just-idle": "idle",
            "still-active": "active",
        }

    def test_a_session_has_its_history_its_variables_and_its_agent(self) -> None:
        namespace = started(read(self.SEED))
        session = get_session(namespace, Account("ada", ""), "old")
        assert (session.agent_id, session.agent_key) == ("a1", "helper")
        assert [(message.role, message.content) for message in session.transcript] == [
            ("user", "Hello"),
            ("assistant", ({"type": "text", "text": "Hi!"},)),
            ("user", "And now?"),
        ]
        assert session.turns == 2
        assert session.last_activity - session.created_at == 30
        assert dict(session.variables) == {"tier": "gold"}

    def test_what_has_no_time_was_made_just_now(self) -> None:
        namespace = started(read(self.SEED))
        session = get_session(namespace, Account("ada", ""), "young")
        assert (session.created_at, session.last_activity) == (1_736_937_000, 1_736_937_000)


MISTAKES: dict[str, tuple[str, list[str]]] = {
    "undeclared variable": (
        """
        accounts: [{id: ada}]
        sessions:
          - config: {name: H, agent_type: llm_agent, variables: {tier: {type: str, default: x}}}
            variables: {teir: gold}
        """,
        ["seed.yaml:5:23: sessions.0.variables.teir: teir is not a variable of this configuration; did you mean tier?"],
    ),
    "variable of another type": (
        """
        accounts: [{id: ada}]
        sessions:
          - config: {name: H, agent_type: llm_agent, variables: {visits: {type: int, default: 0}}}
            variables: {visits: many}
        """,
        ["seed.yaml:5:25: sessions.0.variables.visits: visits must be int."],
    ),
    "time": (
        """
        accounts: [{id: ada}]
        sessions:
          - config: {name: H, agent_type: llm_agent}
            messages:
              - {role: user, content: Hi, timestamp: noon}
        """,
        ["seed.yaml:6:46: sessions.0.messages.0.timestamp: noon is not a time; write it like 2025-01-15T10:30:00Z."],
    ),
    "time of a clock that runs": (
        "clock: {mode: running, now: noon}",
        ["seed.yaml:1:29: clock.now: noon is not a time; write it like 2025-01-15T10:30:00Z."],
    ),
    "same id twice": (
        """
        accounts: [{id: ada}]
        sessions:
          - {id: s1, config: {name: H, agent_type: llm_agent}}
          - {id: s1, config: {name: H, agent_type: llm_agent}}
        """,
        ["seed.yaml:5:10: sessions.1.id: The id s1 is given already; choose another."],
    ),
    "two agents of one key": (
        """
        accounts: [{id: ada}]
        agents:
          - system_config: {name: Helper One, agent_type: llm_agent}
          - system_config: {name: helper-one, agent_type: llm_agent}
        """,
        ["seed.yaml:5:5: agents.1: ada has an agent with the key helper_one already; choose another name."],
    ),
    "of all kinds at once": (
        """
        accounts: [{id: ada}, {name: bob}]
        foo: 1
        agents:
          - {id: 5, system_config: {name: H, agent_type: llm_agent, llm_config: {temperature: 3}}}
          - {nothing: 1}
          - {owner: bob, created_at: noon, system_config: {name: I, agent_type: llm_agent}}
        sessions:
          - agent_key: h
          - {agent_key: gone, status: odd}
          - {agent_key: j, created_at: noon}
        scripts:
          - {name: a, then: {reply: x}}
          - {name: a b, then: {reply: x}}
          - {name: a, then: {reply: x}}
          - {when: {content: {matches: "("}}, then: {reply: x}}
          - {when: {}}
        faults:
          - {status: 503, first: 1}
          - {status: 502, headers: {Content-Length: "1"}}
        scenarios:
          busy:
            faults: [{status: 1}, {delay_ms: {min: 2, max: 1}}]
        """,
        [
            "seed.yaml:2:23: accounts.1.id: id is required.",
            "seed.yaml:2:24: accounts.1.name: name is not known here; there are id, company, api_keys.",
            "seed.yaml:3:1: foo: foo is not known here; there are",
            "seed.yaml:5:10: agents.0.id: id must be text, not 5; quote it to mean the text.",
            "seed.yaml:5:87: agents.0.system_config.llm_config.temperature: temperature must be at most 2, not 3.",
            "seed.yaml:6:5: agents.1: agents.1 must have exactly one of",
            "seed.yaml:6:6: agents.1.nothing: nothing is not known here; there are",
            "seed.yaml:7:30: agents.2.created_at: noon is not a time; write it like 2025-01-15T10:30:00Z.",
            "seed.yaml:10:31: sessions.1.status: status must be",
            "seed.yaml:11:32: sessions.2.created_at: noon is not a time; write it like 2025-01-15T10:30:00Z.",
            "seed.yaml:14:12: scripts.1.name: name must be",
            "seed.yaml:15:12: scripts.2.name: A script is called a already; names are unique.",
            "seed.yaml:16:32: scripts.3.when.content.matches: '(' is not a regular expression:",
            "seed.yaml:17:5: scripts.4.then: then is required.",
            "seed.yaml:19:19: faults.0.first: first is not known here; it is called times now.",
            "seed.yaml:20:29: faults.1.headers.Content-Length: Content-Length belongs to the connection",
            "seed.yaml:23:23: scenarios.busy.faults.0.status: status must be at least 400, not 1.",
            "seed.yaml:23:38: scenarios.busy.faults.1.delay_ms: min is 2, more than max; exchange them.",
        ],
    ),
    "an agent with mistakes is there for its sessions": (
        """
        accounts: [{id: ada}]
        agents: [{system_config: {name: H, agent_type: llm_agent, llm_config: {temperature: 3}}}]
        sessions: [{agent_key: h}]
        scripts: [{when: {agent_key: h}, then: {reply: x}}]
        """,
        ["seed.yaml:3:85: agents.0.system_config.llm_config.temperature: temperature must be at most 2, not 3."],
    ),
    "several at once": (
        """
        accounts: [{id: ada, api_keys: [k, k]}]
        agents:
          - created_at: yesterday
            system_config: {name: H, agent_type: llm_agent, llm_config: {temperature: 3}}
        sessions:
          - agent_key: nobody
        """,
        [
            "seed.yaml:2:36: accounts.0.api_keys.1: This key is given already; keys are unique over the whole emulator.",
            "seed.yaml:4:17: agents.0.created_at: yesterday is not a time; write it like 2025-01-15T10:30:00Z.",
            "seed.yaml:5:79: agents.0.system_config.llm_config.temperature: temperature must be at most 2, not 3.",
            "seed.yaml:7:16: sessions.0.agent_key: ada has no agent nobody.",
        ],
    ),
}


@pytest.mark.parametrize(("text", "lines"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_has_file_line_column_and_path(text: str, lines: list[str]) -> None:
    found = mistakes(text)
    assert [one[: len(line)] for one, line in zip(found, lines, strict=True)] == lines, found


def test_a_hundred_mistakes_are_shown() -> None:
    assert len(mistakes("faults: [" + "{status: 1}, " * 150 + "{delay_ms: {min: 2, max: 1}}]")) == 100
    assert len(mistakes("faults: [" + "{delay_ms: {min: 2, max: 1}}, " * 150 + "]")) == 100


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("variable_assignments: [{variable: v, from: output.v}]", "write variable: agent.output.field for each."),
        ("structured_output: {output_name: o, schema: {v: {type: str}}}", "there are enabled, schema."),
        ("prompt_config: {few_shot_examples: [{question: Why?}]}", "Example missing 'input' or 'output' field"),
    ],
)
def test_a_form_of_an_older_version_is_named_with_the_one_that_is_right(more: str, expected: str) -> None:
    config = f"{{name: A, agent_type: llm_agent, variables: {{v: {{type: str, default: x}}}}, {more}}}"
    (line,) = mistakes(f"accounts: [{{id: ada}}]\nagents: [{{system_config: {config}}}]")
    assert line.endswith(expected)


@pytest.mark.parametrize("pattern", ["(", "[a-", "a{2,1}", "(a{1000}){1000}"])
def test_a_regular_expression_that_cannot_be_read_is_a_mistake(pattern: str) -> None:
    (line,) = mistakes(f"scripts: [{{when: {{content: {{matches: '{pattern}'}}}}, then: {{reply: Hi}}}}]")
    assert line.startswith("seed.yaml:1:38: scripts.0.when.content.matches: ")


def test_a_large_seed_in_json_is_read_like_one_in_yaml(tmp_path: Path) -> None:
    messages = ", ".join(['{"role": "user", "content": "Hello"}'] * 40_000)
    path = tmp_path / "large.json"
    config = '{"name": "H", "agent_type": "llm_agent"}'
    path.write_text(
        f'{{"accounts": [{{"id": "ada"}}], "sessions": [{{"config": {config}, "messages": [{messages}]}}]}}'
    )
    assert len(read_seeds((str(path),)).sessions[0].messages) == 40_000


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ("is_public: true", "agents.0.is_public"),
        ("origin_url: https://app.example.com", "agents.0.origin_url"),
        ("is_public: true, origin_url: https://app.example.com", None),
        ("is_public: false", None),
    ],
)
def test_a_public_agent_that_no_page_can_start_gets_a_hint(more: str, field: str | None) -> None:
    text = f"accounts: [{{id: ada}}]\nagents: [{{{more}, system_config: {{name: H, agent_type: llm_agent}}}}]"
    seed, findings = examine_seed(read_yaml(text.encode()))
    assert seed is not None
    assert [finding.field for finding in findings if finding.code == "F142"] == ([field] if field else [])


# A seed that is sent elsewhere


def test_a_seed_file_becomes_one_document(tmp_path: Path) -> None:
    (tmp_path / "flat.yaml").write_text("name: Flat\nagent_type: llm_agent\n")
    (tmp_path / "seed.yaml").write_text("""
accounts: [{id: ada}]
agents:
  - {id: one, config_file: flat.yaml, earlier_versions: [{config_file: flat.yaml, version_number: 1}]}
sessions: [{id: s, config_file: flat.yaml}]
scenarios: {agents: {sessions: [{id: t, config_file: flat.yaml}], scripts: [{then: {reply: config_file}}]}}
""")
    flat = {"name": "Flat", "agent_type": "llm_agent"}
    assert portable(tmp_path / "seed.yaml") == {
        "accounts": [{"id": "ada"}],
        "agents": [
            {"id": "one", "system_config": flat, "earlier_versions": [{"version_number": 1, "system_config": flat}]}
        ],
        "sessions": [{"id": "s", "config": flat}],
        "scenarios": {
            "agents": {"sessions": [{"id": "t", "config": flat}], "scripts": [{"then": {"reply": "config_file"}}]}
        },
    }


class TestFiles:
    """Two files of one account have other bytes, as uploads of the same ones are refused."""

    SEED = "accounts: [{id: ada}]\nfiles: [{id: one, name: a.txt, text: Tea}]\n"

    def test_the_same_bytes_again_are_a_mistake_in_one_file_and_in_a_later_one(self) -> None:
        again = "{id: two, name: b.txt, text: Tea}"
        with pytest.raises(SetupError, match=r"files\.1: The file one of ada has the same bytes"):
            read(self.SEED.replace("Tea}]", f"Tea}}, {again}]"))
        with pytest.raises(SetupError, match=r"files\.0: The file one of ada has the same bytes"):
            add_seed(read(self.SEED), read_yaml(f"files: [{again}]".encode()), "more.yaml")

    def test_a_scenario_whose_bytes_were_uploaded_meanwhile_is_refused_and_changes_nothing(self) -> None:
        scenario = "scenarios: {tea: {files: [{id: two, name: b.txt, text: Milk}], transitions: {files: immediate}}}"
        namespace = Namespace("n", read(f"accounts: [{{id: ada}}]\n{scenario}"), Acceptance(), Options())
        create_file(namespace, namespace.accounts[0], Upload("mine.txt", Content.of(b"Milk")))
        before = namespace.save()
        with pytest.raises(Conflict, match=r"There is a file with the bytes of b\.txt"):
            namespace.scenario.use(namespace.seed.scenarios["tea"], namespace.seed)
        assert namespace.save() == before


class TestSeals:
    """Addresses of images and artifacts follow from the keys of the namespace, so that who knows none cannot tell them (D107)."""

    def test_another_key_gives_other_seals_and_the_same_key_the_same(self) -> None:
        seals = {
            Namespace("n", read(f"accounts: [{{id: ada, api_keys: [{key}]}}]"), Acceptance(), Options()).seal("dot")
            for key in ("one", "other", "one")
        }
        assert len(seals) == 2


class TestCollectionsAndKnowledgeBases:
    """What a seed says of them names files and collections of the same account."""

    SEED = """
        accounts: [{id: ada, company: math}, {id: bob, company: math}]
        files:
          - {id: mine, owner: ada, name: a.txt, text: Tea}
          - {id: hers, owner: bob, name: b.txt, text: Tea}
        collections: [{id: shelf, owner: ada, name: Shelf, files: [mine]}, {id: desk, owner: bob, name: Shelf, files: [hers]}]
        knowledge_bases: [{id: help, owner: ada, name: Help, collections: [shelf]}]
    """

    @pytest.mark.parametrize(
        ("kind", "entry", "field", "message"),
        [
            ("collections", "{owner: ada, name: New, files: [hers]}", "files.0", "ada has no file hers"),
            ("collections", "{owner: ada, name: New, files: [mnie]}", "files.0", "did you mean mine?"),
            ("collections", "{owner: ada, name: Shelf}", "name", "The name Shelf is given already; choose another."),
            ("collections", "{id: shelf, owner: ada, name: New}", "id", "The id shelf is given already"),
            ("collections", "{id: bulk_action, owner: ada, name: New}", "id", "bulk_action is a word of the API's paths"),
            ("collections", "{owner: ada, name: New, status: running}", "status", "A collection without files is pending"),
            ("collections", "{owner: ada, name: New, files: [mine], status: pending}", "status", "is not pending"),
            ("collections", "{owner: ada, name: New, files: [mine], errors: {hers: x}}", "errors.hers", "not one of its files"),
            ("knowledge_bases", "{owner: ada, name: New, collections: [desk]}", "collections.0", "ada has no collection desk"),
            ("knowledge_bases", "{owner: bob, name: Help, files: [hers]}", "name", "The name Help is given already"),
            ("knowledge_bases", "{owner: ada, name: New}", "", "name at least one"),
            ("knowledge_bases", "{owner: ada, name: New, files: [mine], chunking_strategy: {chunk_overlap: 500}}",
             "chunking_strategy.chunk_overlap", "must be below chunk_size"),
            ("knowledge_bases", "{owner: ada, name: New, files: [mine], progress: 100}", "progress", "must be at most 99"),
        ],
    )  # fmt: skip
    def test_a_mistake_has_its_place(self, kind: str, entry: str, field: str, message: str) -> None:
        before = read(self.SEED)
        with pytest.raises(SetupError) as caught:
            add_seed(before, read_yaml(f"{kind}: [{entry}]".encode()), "more.yaml")
        (told,) = str(caught.value).splitlines()
        place = f"{kind}.0.{field}" if field else f"{kind}.0"
        assert f": {place}: " in told
        assert message in told

    def test_a_scenario_whose_names_are_there_already_is_refused(self) -> None:
        seed = read(
            self.SEED
            + """
        scenarios:
          shelf: {collections: [{id: other, owner: ada, name: New}]}
          help: {knowledge_bases: [{id: other, owner: bob, name: New, files: [hers]}]}
    """
        )
        namespace = started(seed)
        ada, bob = namespace.accounts
        create_collection(namespace, ada, "New")
        create_knowledge_base(namespace, ada, Draft("New", files=["mine"]))
        for name, what in (("shelf", "a collection New"), ("help", "a knowledge base New")):
            with pytest.raises(Conflict, match=f"There is {what} already"):
                namespace.scenario.use(seed.scenarios[name], namespace.seed)
        assert [one.name for one in namespace.records.collections.page("owner", bob.id)] == ["Shelf"]
