"""`atthene-emulator validate`, `explain` and `schema`, run as users run them."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from atthene_emulator import __version__
from atthene_emulator.configuration.catalogue import CATALOGUE, Explanation
from tests.cli.running import ROOT, Done, invoke

GOOD = "name: Support\nagent_type: llm_agent\nprompt_config: {system_prompt: Be helpful.}\n"
WARNED = GOOD + "temprature: 0.7\n"
WRONG = (
    "name: Support\nagent_type: llm_agent\nprompt_config: {system_prompt: Be helpful.}\nllm_config:\n  model: gpt-4\n"
)
SEED = "accounts:\n  - {id: user_1, api_keys: [test-key]}\n"


def validate(folder: Path, files: dict[str, str | bytes], *arguments: str) -> Done:
    """Write files, and check them all unless the arguments name some."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    named = [one for one in arguments if not one.startswith("--")]
    return invoke("validate", *arguments, *([] if named else files), cwd=folder)


def as_json(folder: Path, files: dict[str, str | bytes], *arguments: str) -> Any:
    """What the JSON format says."""
    return json.loads(validate(folder, files, "--format=json", *arguments).stdout)


def findings(folder: Path, text: str | bytes, name: str = "agent.yaml", *arguments: str) -> list[tuple[str, int, int]]:
    """Code, line and column of the findings of one file."""
    (file,) = as_json(folder, {name: text}, *arguments)["files"]
    return [(one["code"], one["line"], one["column"]) for one in file["findings"]]


class TestExitStatus:
    def test_it_is_0_when_nothing_is_found(self, tmp_path: Path) -> None:
        done = validate(tmp_path, {"agent.yaml": GOOD})
        assert (done.returncode, done.stdout, done.stderr) == (0, "1 file checked, nothing found.\n", "")

    def test_it_is_0_when_there_are_warnings_only(self, tmp_path: Path) -> None:
        done = validate(tmp_path, {"agent.yaml": WARNED})
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith("0 errors, 1 warning in 1 file. `atthene-emulator explain F112` says more.\n")

    @pytest.mark.parametrize("style", ["text", "json", "github", "sarif"])
    def test_it_is_1_when_there_is_an_error(self, tmp_path: Path, style: str) -> None:
        done = validate(tmp_path, {"good.yaml": GOOD, "wrong.yaml": WRONG}, f"--format={style}")
        assert (done.returncode, done.stderr) == (1, "")

    def test_it_is_1_for_a_warning_that_strictness_makes_an_error(self, tmp_path: Path) -> None:
        done = validate(tmp_path, {"agent.yaml": WARNED}, "--strict")
        assert done.returncode == 1
        assert done.stdout.startswith(
            "error[F112]: The key temprature is not known here; did you mean temperature in llm_config?\n"
        )

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (["missing.yaml"], "atthene-emulator: missing.yaml: cannot be read: No such file or directory.\n"),
            (["nothing*.yaml"], "atthene-emulator: No file matches nothing*.yaml.\n"),
            (["."], "atthene-emulator: .: cannot be read: Is a directory.\n"),
        ],
        ids=["file", "pattern", "folder"],
    )
    def test_it_is_2_for_what_cannot_be_read(self, tmp_path: Path, arguments: list[str], expected: str) -> None:
        done = invoke("validate", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ([], "name a file to check, or - for standard input"),
            (["--format", "xml", "a.yaml"], "'xml' is not one of 'text', 'json', 'github', 'sarif'"),
            (["--strikt", "a.yaml"], "No such option"),
        ],
        ids=["no file", "format", "option"],
    )
    def test_it_is_2_for_wrong_usage(self, tmp_path: Path, arguments: list[str], expected: str) -> None:
        done = invoke("validate", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert expected in done.stderr


class TestText:
    def test_each_finding_has_its_line_and_a_caret(self, tmp_path: Path) -> None:
        text = """\
name: Newsroom
description: Writes and checks.
agents:
  - name: writer
    agent_typ: llm_agent
    prompt_config: {system_prompt: "Write {{ chcker.output }}."}
  - name: checker
    agent_type: llm_agent
    prompt_config: {system_prompt: Check.}
    llm_config: {model: gpt-4, temperature: "0.7"}
edges:
  - {from: writer, to: chcker}
  - {from: checker, to: END}
entry_point: writer
"""
        done = validate(tmp_path, {"news/room.yaml": text})
        assert done.returncode == 1
        assert (
            done.stdout
            == """\
error[F101]: agent_type is required; is agent_typ a misspelling of it?
 --> news/room.yaml:4:5  agents.0.agent_type
  |
4 |   - name: writer
  |     ^^^^

error[M101]: Invalid model specified
  --> news/room.yaml:10:25  agents.1.llm_config.model
   |
10 |     llm_config: {model: gpt-4, temperature: "0.7"}
   |                         ^^^^^
   = The catalogue has no gpt-4; did you mean gpt-4o?

error[F102]: temperature must be a number, not the text "0.7"; take the quotes away.
  --> news/room.yaml:10:45  agents.1.llm_config.temperature
   |
10 |     llm_config: {model: gpt-4, temperature: "0.7"}
   |                                             ^^^^^

error[G104]: There is no agent chcker; did you mean checker?
  --> news/room.yaml:12:24  edges.0.to
   |
12 |   - {from: writer, to: chcker}
   |                        ^^^^^^

warning[V111]: {{ chcker.output }}: there is no agent chcker; did you mean checker?
 --> news/room.yaml:6:36  agents.0.prompt_config.system_prompt
  |
6 |     prompt_config: {system_prompt: "Write {{ chcker.output }}."}
  |                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^

4 errors, 1 warning in 1 file. `atthene-emulator explain F101` says more.
"""
        )

    def test_a_finding_without_a_place_names_its_file(self, tmp_path: Path) -> None:
        done = validate(tmp_path, {"agent.yaml": "# nothing\n"})
        assert done.stdout.startswith(
            "error[Y102]: The document is empty, or holds comments only; write a mapping.\n  --> agent.yaml  body\n\n"
        )

    @pytest.mark.parametrize(
        ("name", "text", "place"),
        [
            ("agent.yaml", "name: [1, 2\n", "2:1"),
            ("agent.yaml", 'name: "A\n', "1:7"),
            ("agent.yaml", "name: A\nagent_type\n", "2:1"),
            ("agent.json", '{"name": "A",\n', "2:1"),
            ("agent.json", '{"name": [\n\n', "3:1"),
        ],
        ids=["bracket", "quote", "colon", "json comma", "json bracket"],
    )
    @pytest.mark.parametrize("style", ["text", "github", "json", "sarif"])
    def test_a_mistake_at_the_end_of_the_file_is_shown(
        self, tmp_path: Path, style: str, name: str, text: str, place: str
    ) -> None:
        done = validate(tmp_path, {name: text}, f"--format={style}")
        assert (done.returncode, done.stderr) == (1, "")
        assert "Y103" in done.stdout
        if style == "text":
            assert f" --> {name}:{place}  body\n" in done.stdout

    @pytest.mark.parametrize("separator", ["\u2028", "\u0085"], ids=["line separator", "next line"])
    def test_the_line_shown_is_the_line_that_is_meant(self, tmp_path: Path, separator: str) -> None:
        text = f'{{"name": "A{separator}B",\n"agent_type": "llm_agnt"}}'
        lines = validate(tmp_path, {"agent.json": text}).stdout.splitlines()
        assert '2 | "agent_type": "llm_agnt"}' in lines

    def test_a_long_line_is_cut_around_the_mistake(self, tmp_path: Path) -> None:
        text = json.dumps({"name": "A" * 5000, "agent_type": "llm_agnt", "system_prompt": "B" * 5000})
        shown = validate(tmp_path, {"agent.json": text}).stdout.split("\n")
        assert max(map(len, shown)) < 200
        line, caret = shown[3], shown[4]
        assert line[caret.index("^") :].startswith('"llm_agnt"')
        assert caret.count("^") == len('"llm_agnt"')

    def test_wide_characters_and_tabs_keep_the_caret_in_place(self, tmp_path: Path) -> None:
        shown = validate(tmp_path, {"agent.json": '{\t"é😀": 1, "name": "A", "agent_type": "llm_agnt"}'}).stdout.split(
            "\n"
        )
        assert shown[3].index('"llm_agnt"') == shown[4].index("^")
        assert "\t" not in shown[3]

    def test_a_byte_order_mark_does_not_move_the_caret(self, tmp_path: Path) -> None:
        shown = validate(tmp_path, {"agent.json": b'\xef\xbb\xbf{"name": "A",}'}).stdout.split("\n")
        assert shown[1] == " --> agent.json:1:13  body"
        assert shown[3].replace("\ufeff", "").index(",") == shown[4].index("^")

    def test_there_are_no_colours_in_a_pipe(self, tmp_path: Path) -> None:
        assert "\x1b" not in validate(tmp_path, {"agent.yaml": WRONG}).stdout

    def test_the_first_error_is_what_the_last_line_offers_to_explain(self, tmp_path: Path) -> None:
        last = validate(tmp_path, {"agent.yaml": WRONG + "x: 1\n"}).stdout.splitlines()[-1]
        assert last == "1 error, 1 warning in 1 file. `atthene-emulator explain M101` says more."

    def test_what_is_not_utf_8_is_shown_all_the_same(self, tmp_path: Path) -> None:
        done = validate(tmp_path, {"agent.yaml": b"name: A\nx: Caf\xe9\n"})
        assert done.returncode == 1
        assert "2 | x: Caf\ufffd\n" in done.stdout

    def test_a_documented_message_stands_to_the_letter_and_the_hint_below(self, tmp_path: Path) -> None:
        done = validate(tmp_path, {"agent.yaml": GOOD + "variables:\n  age: {type: integer, default: 1}\n"})
        assert done.stdout.startswith("""\
error[T101]: Variable 'age' has invalid BAML type 'integer'
   💡 Common types: str, int, float, bool, str[], int[], dict
   Error: Unknown type 'integer'. Valid types: ['str', 'int', 'float', 'bool', 'list', 'dict', 'any', 'Any', 'Optional', 'Union']
 --> agent.yaml:5:15  variables.age.type
  |
5 |   age: {type: integer, default: 1}
  |               ^^^^^^^
  = Did you mean 'int'?
""")

    def test_unquoted_keys_of_a_routing_are_seen(self, tmp_path: Path) -> None:
        text = (
            "name: A\ndescription: B\nentry_point: a\nagents:\n"
            "  - {name: a, agent_type: llm_agent, prompt_config: {system_prompt: C}}\n"
            "edges:\n  - {from: a, condition: Good?, condition_type: boolean, routing: {yes: END, 'no': a}}\n"
        )
        assert findings(tmp_path, text) == [("G115", 7, 68)]


class TestJson:
    def test_it_says_everything(self, tmp_path: Path) -> None:
        assert as_json(tmp_path, {"good.yaml": GOOD, "wrong.yaml": WRONG + "x: 1\n", "empty.yaml": ""}) == {
            "errors": 2,
            "warnings": 1,
            "files": [
                {"path": "good.yaml", "kind": "configuration", "findings": []},
                {
                    "path": "wrong.yaml",
                    "kind": "configuration",
                    "findings": [
                        {
                            "code": "M101",
                            "severity": "error",
                            "field": "llm_config.model",
                            "message": "Invalid model specified",
                            "note": "The catalogue has no gpt-4; did you mean gpt-4o?",
                            "line": 5,
                            "column": 10,
                            "evidence": {"level": "documented", "source": "model-selection@G3"},
                        },
                        {
                            "code": "F112",
                            "severity": "warning",
                            "field": "x",
                            "message": "The key x is not known here; take it out.",
                            "note": None,
                            "line": 6,
                            "column": 1,
                            "evidence": {"level": "decided", "source": "K01"},
                        },
                    ],
                },
                {
                    "path": "empty.yaml",
                    "kind": "configuration",
                    "findings": [
                        {
                            "code": "Y102",
                            "severity": "error",
                            "field": "body",
                            "message": "The document is empty, or holds comments only; write a mapping.",
                            "note": None,
                            "line": None,
                            "column": None,
                            "evidence": {"level": "decided", "source": "D03"},
                        }
                    ],
                },
            ],
        }


class TestGithub:
    def test_each_finding_is_an_annotation(self, tmp_path: Path) -> None:
        done = validate(tmp_path, {"agent.yaml": WRONG + "x: 1\n"}, "--format=github")
        assert done.stdout == (
            "::error file=agent.yaml,line=5,col=10,title=M101 llm_config.model::Invalid model specified\n"
            "::warning file=agent.yaml,line=6,col=1,title=F112 x::The key x is not known here; take it out.\n"
        )

    def test_what_has_a_meaning_in_workflow_commands_is_escaped(self, tmp_path: Path) -> None:
        text = GOOD + '"a%b,c:d\\r\\ne": 1\n'
        done = validate(tmp_path, {"50%,a:b.yaml": text}, "--format=github")
        assert done.stdout == (
            "::warning file=50%25%2Ca%3Ab.yaml,line=4,col=1,title=F112 a%25b%2Cc%3Ad%0D%0Ae::"
            "The key a%25b,c:d%0D%0Ae is not known here; take it out.\n"
        )

    def test_a_finding_without_a_place_has_none(self, tmp_path: Path) -> None:
        done = validate(tmp_path, {"agent.yaml": ""}, "--format=github")
        assert done.stdout.startswith("::error file=agent.yaml,title=Y102 body::")

    def test_nothing_found_is_nothing_printed(self, tmp_path: Path) -> None:
        assert validate(tmp_path, {"agent.yaml": GOOD}, "--format=github").stdout == ""


class TestSarif:
    @staticmethod
    def log(folder: Path, files: dict[str, str | bytes]) -> Any:
        return json.loads(validate(folder, files, "--format=sarif").stdout)

    def test_it_is_a_log_of_one_run(self, tmp_path: Path) -> None:
        log = self.log(tmp_path, {"agent.yaml": GOOD})
        assert (log["version"], log["$schema"]) == ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json")
        (run_,) = log["runs"]
        assert run_["tool"]["driver"] == {"name": "atthene-emulator", "version": __version__, "rules": []}
        assert (run_["results"], run_["columnKind"]) == ([], "unicodeCodePoints")

    def test_results_name_their_rule_and_their_place(self, tmp_path: Path) -> None:
        (run_,) = self.log(tmp_path, {"a/agent.yaml": WRONG + "x: 1\n", "empty.yaml": ""})["runs"]
        rules = run_["tool"]["driver"]["rules"]
        assert [rule["id"] for rule in rules] == ["F112", "M101", "Y102"]
        assert rules[1] == {
            "id": "M101",
            "shortDescription": {"text": "unknown model"},
            "fullDescription": {"text": CATALOGUE["M101"].why},
            "help": {"text": "docs/reference/findings.md#m101"},
            "defaultConfiguration": {"level": "error"},
        }
        first, second, third = run_["results"]
        assert first == {
            "ruleId": "M101",
            "ruleIndex": 1,
            "level": "error",
            "message": {"text": "Invalid model specified"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "a/agent.yaml"},
                        "region": {"startLine": 5, "startColumn": 10},
                    },
                    "logicalLocations": [{"fullyQualifiedName": "llm_config.model"}],
                }
            ],
        }
        assert (second["level"], second["ruleIndex"]) == ("warning", 0)
        assert third["ruleIndex"] == 2
        assert "region" not in third["locations"][0]["physicalLocation"]

    @pytest.mark.parametrize("name", ["my agent.yaml", "100%.yaml", "ä#1.yaml"])
    def test_a_files_name_is_a_valid_uri(self, tmp_path: Path, name: str) -> None:
        (run_,) = self.log(tmp_path, {name: WRONG})["runs"]
        uri = run_["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert (uri.isascii(), set(uri) & set(" #"), unquote(uri)) == (True, set(), name)


class TestFiles:
    def test_several_files_are_checked_in_the_order_given(self, tmp_path: Path) -> None:
        done = validate(tmp_path, {"b.yaml": WRONG, "a.json": json.dumps({"name": "A", "agent_type": "x"})})
        assert [line.strip() for line in done.stdout.splitlines() if "-->" in line] == [
            "--> b.yaml:5:10  llm_config.model",
            "--> a.json:1:29  agent_type",
        ]
        assert done.stdout.splitlines()[-1].startswith("2 errors, 0 warnings in 2 files. ")

    def test_a_pattern_names_files_in_order_each_once(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = dict.fromkeys(("b.yaml", "a.yaml", "deep/er/c.yaml", "d.json.txt"), GOOD)
        listed = as_json(tmp_path, files, "*.yaml", "a.yaml", "**/*.yaml")["files"]
        assert [file["path"] for file in listed] == ["a.yaml", "b.yaml", "deep/er/c.yaml"]

    def test_a_file_whose_name_looks_like_a_pattern_is_that_file(self, tmp_path: Path) -> None:
        listed = as_json(tmp_path, {"[a].yaml": GOOD, "a.yaml": WRONG}, "[a].yaml")["files"]
        assert [file["path"] for file in listed] == ["[a].yaml"]

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("agent.yaml", "name: A\nagent_type: x\n"),
            ("agent.yml", "name: A\nagent_type: x\n"),
            ("agent", "name: A\nagent_type: x\n"),
        ],
    )
    def test_every_other_ending_than_json_is_yaml(self, tmp_path: Path, name: str, text: str) -> None:
        assert findings(tmp_path, text, name) == [("F103", 2, 13)]

    def test_a_json_file_is_read_as_json(self, tmp_path: Path) -> None:
        assert findings(tmp_path, '{"name": "A",}', "agent.json") == [("Y103", 1, 13)]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (GOOD.encode(), (0, "1 file checked, nothing found.\n")),
            (b'{"name": "A", "agent_type": "llm_agent", "prompt_config": {"system_prompt": "B"}}', (0, "1 file checked, nothing found.\n")),
            (b'\xef\xbb\xbf\n {"name": "A", "agent_type": "llm_agent", "prompt_config": {"system_prompt": "B"}}', (0, "1 file checked, nothing found.\n")),
            (b"{name: A, agent_type: llm_agent, prompt_config: {system_prompt: B}}", (0, "1 file checked, nothing found.\n")),
        ],
        ids=["yaml", "json", "json with a byte order mark", "yaml in braces"],
    )  # fmt: skip
    def test_standard_input_is_yaml_or_json(self, tmp_path: Path, text: bytes, expected: tuple[int, str]) -> None:
        done = invoke("validate", "-", cwd=tmp_path, stdin=text)
        assert (done.returncode, done.stdout) == expected

    def test_standard_input_has_a_name_in_findings(self, tmp_path: Path) -> None:
        done = invoke("validate", "-", cwd=tmp_path, stdin=b'{"name": "A",}')
        assert done.returncode == 1
        assert " --> <stdin>:1:13  body\n" in done.stdout


class TestSeeds:
    def test_a_seed_is_told_apart_by_what_it_says(self, tmp_path: Path) -> None:
        config = "name: A\ndescription: B\nagents: [{name: a, agent_type: llm_agent}]\n"
        listed = as_json(tmp_path, {"seed.yaml": SEED, "agent.yaml": GOOD, "system.yaml": config, "empty.yaml": "{}"})
        assert [(file["path"], file["kind"]) for file in listed["files"]] == [
            ("seed.yaml", "seed"),
            ("agent.yaml", "configuration"),
            ("system.yaml", "configuration"),
            ("empty.yaml", "configuration"),
        ]

    @pytest.mark.parametrize("name", ["default", "busy", "empty"])
    def test_the_bundled_seeds_are_faultless(self, name: str) -> None:
        done = invoke("validate", f"fixtures/{name}.yaml", cwd=ROOT)
        assert (done.returncode, done.stdout) == (0, "1 file checked, nothing found.\n")

    def test_findings_of_a_seed_and_of_its_configurations_have_places(self, tmp_path: Path) -> None:
        text = (
            SEED
            + "agents:\n  - system_config:\n      name: A\n      agent_type: llm_agent\n      llm_config: {model: x}\n"
        )
        assert findings(tmp_path, text) == [("M101", 7, 27), ("F119", 4, 5)]
        assert findings(tmp_path, "acounts: []\naccounts: []\n") == [("F109", 1, 1)]

    def test_a_configuration_in_a_file_of_its_own_is_read_beside_the_seed(self, tmp_path: Path) -> None:
        seed = SEED + "agents:\n  - config_file: agents/a.yaml\n"
        (tmp_path / "agents").mkdir()
        (tmp_path / "agents/a.yaml").write_text(WRONG)
        (file,) = as_json(tmp_path, {"seed.yaml": seed})["files"]
        (finding,) = file["findings"]
        assert (finding["code"], finding["field"], finding["line"]) == ("F111", "agents.0.config_file", 4)
        assert finding["message"] == (
            "agents/a.yaml:5:10: llm_config.model: Invalid model specified (The catalogue has no gpt-4; did you mean gpt-4o?)"
        )

    def test_a_seeds_own_models_are_known_in_it(self, tmp_path: Path) -> None:
        text = (
            SEED
            + "models: [My-Model]\nagents:\n  - system_config: {name: A, agent_type: llm_agent, prompt_config: {system_prompt: B}, llm_config: {model: my-model}}\n"
        )
        assert findings(tmp_path, text) == []

    def test_a_seed_that_adds_to_others_is_checked_with_them(self, tmp_path: Path) -> None:
        files: dict[str, str | bytes] = {
            "more.yaml": "sessions: [{agent_key: customer_support_agent, owner: user_123}]\n",
            "own.yaml": "accounts: [{id: me}]\n",
            "both.yaml": "sessions: [{agent_key: nobody, owner: me}]\n",
        }
        assert validate(tmp_path, files, "more.yaml").returncode == 1
        assert validate(tmp_path, files, "--with=default", "more.yaml").returncode == 0
        done = validate(tmp_path, files, "--with=default", "--with=own.yaml", "both.yaml")
        assert (done.returncode, "me has no agent nobody" in done.stdout) == (1, True)
        assert "There is no bundled seed defalt" in validate(tmp_path, files, "--with=defalt", "more.yaml").stderr

    @pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "fixtures/scenarios").glob("*.yaml")))
    def test_the_bundled_scenarios_add_to_the_usual_seed(self, name: str) -> None:
        done = invoke("validate", "--with=default", f"fixtures/scenarios/{name}", cwd=ROOT)
        assert done.returncode == 0, done.stdout

    def test_strictness_reaches_the_configurations_in_a_seed(self, tmp_path: Path) -> None:
        text = SEED + "agents:\n  - system_config: {name: A, agent_type: llm_agent, system_prompt: B, x: 1}\n"
        assert validate(tmp_path, {"seed.yaml": text}).returncode == 0
        assert validate(tmp_path, {"seed.yaml": text}, "--strict").returncode == 1


class TestWhatIsNotShown:
    @pytest.mark.parametrize("style", ["text", "json", "github", "sarif"])
    @pytest.mark.parametrize("text", ["s3cret-word: [", "s3cret-word", "- s3cret-word"], ids=["broken", "text", "list"])
    def test_a_file_elsewhere_that_a_link_leads_to(self, tmp_path: Path, style: str, text: str) -> None:
        (tmp_path / "secrets").write_text(text)
        (tmp_path / "agents").mkdir()
        (tmp_path / "agents/a.yaml").symlink_to(tmp_path / "secrets")
        done = validate(tmp_path, {}, "agents/*.yaml", f"--format={style}")
        assert done.returncode == 1
        assert "s3cret" not in done.stdout

    @pytest.mark.parametrize("style", ["text", "json", "github", "sarif"])
    @pytest.mark.parametrize(
        "line",
        [
            "llm_config: {api_key: [s3cret-word]}",
            "llm_config: {api_key: 4711, temperature: 9}",
            "llm_config: {api_key: s3cret-word, temperature: 9}",
            "llm_config: {model: sk-s3cret-word-of-mine}",
            "llm_config: {model: 'https://ann:s3cret@example.com'}",
            "variables: {password: {type: int, default: s3cret-word}}",
        ],
    )
    def test_secrets(self, tmp_path: Path, style: str, line: str) -> None:
        text = f"name: A\nagent_type: llm_agent\nprompt_config: {{system_prompt: B}}\n{line}\n"
        done = validate(tmp_path, {"agent.yaml": text}, f"--format={style}")
        assert done.returncode == 1
        assert not re.search("s3cret|4711", done.stdout)

    def test_stars_keep_the_caret_at_its_place(self, tmp_path: Path) -> None:
        text = "name: A\nagent_type: llm_agent\nllm_config: {api_key: s3cret, temperature: 9}\n"
        lines = validate(tmp_path, {"agent.yaml": text}).stdout.splitlines()
        shown = next(number for number, line in enumerate(lines) if line.startswith("3 |"))
        assert lines[shown] == "3 | llm_config: {api_key: ******, temperature: 9}"
        assert lines[shown].index("9") == lines[shown + 1].index("^")


def test_list_names_every_code_with_its_severity_and_title(tmp_path: Path) -> None:
    done = invoke("validate", "--list", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines] == [*CATALOGUE]
    assert lines[0] == "Y101  error    not UTF-8"
    assert "G107  warning  agent that nothing reaches" in lines


class TestExplain:
    def test_it_says_what_why_and_how(self, tmp_path: Path) -> None:
        done = invoke("explain", "G104", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert (
            done.stdout
            == """\
G104: edge to no agent (error)

Edges connect agents of the system, START and END.

Evidence: documented, yaml-configuration@G3

For example:

    name: Support
    description: Answers customers.
    agents:
      - name: writer
        agent_type: llm_agent
        prompt_config: {system_prompt: Write.}
    entry_point: writer
    edges:
      - {from: writr, to: END}

Mended:

    name: Support
    description: Answers customers.
    agents:
      - name: writer
        agent_type: llm_agent
        prompt_config: {system_prompt: Write.}
    entry_point: writer
    edges:
      - {from: writer, to: END}

Page: docs/reference/findings.md#g104
"""
        )

    @pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE.keys())
    def test_every_code_is_explained_in_a_page(self, entry: Explanation) -> None:
        done = invoke("explain", entry.code.lower())
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"{entry.code}: {entry.title} ({entry.severity})\n\n{entry.why}\n\n")
        assert f"Evidence: {entry.evidence.level}, {entry.evidence.source}\n" in done.stdout
        assert len(done.stdout.splitlines()) <= 77
        for document in (entry.example, entry.mended):
            first = document.encode(errors="replace").decode().splitlines()[0]
            assert f"\n    {first}\n" in done.stdout
        example, mended = done.stdout.split("For example:\n\n")[1].split("\n\nMended:\n\n")
        assert example.strip() != mended.strip()

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("G14", "There is no finding, decision or error G14; did you mean G114?"),
            ("F1", "There is no finding, decision or error F1; did you mean F101?"),
            (
                "nonsense",
                "There is no finding, decision or error nonsense; `atthene-emulator validate --list` names every finding, docs/reference every decision and error.",
            ),
        ],
    )
    def test_a_misspelt_code_is_2_and_a_near_one_is_offered(self, tmp_path: Path, code: str, expected: str) -> None:
        done = invoke("explain", code, cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"atthene-emulator: {expected}\n")


def test_a_finding_is_found_by_the_code_that_it_had_before(tmp_path: Path) -> None:
    old, new = (invoke("explain", code, cwd=tmp_path) for code in ("K101", "B101"))
    assert (old.returncode, old.stdout) == (0, new.stdout)
    assert new.stdout.startswith("B101: ")


class TestSchema:
    @pytest.mark.parametrize("name", ["configuration", "seed"])
    def test_it_is_the_file_with_what_it_refers_to(self, tmp_path: Path, name: str) -> None:
        done = invoke("schema", name, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        file = json.loads((ROOT / f"schemas/{name}.schema.json").read_text(encoding="utf-8"))
        printed = json.loads(done.stdout)
        assert printed["$id"] == file["$id"]
        assert printed["properties"].keys() == file["properties"].keys() if name == "seed" else printed == file
        assert set(re.findall(r'"\$ref": "(.)', done.stdout)) == {"#"}

    def test_another_name_is_2(self, tmp_path: Path) -> None:
        done = invoke("schema", "agent", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "'agent' is not one of 'configuration', 'seed'" in done.stderr


@pytest.mark.parametrize("command", ["validate", "explain", "schema"])
def test_help_shows_examples(tmp_path: Path, command: str) -> None:
    done = invoke(command, "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"atthene-emulator {command} " in done.stdout.partition("Example")[2]


@pytest.mark.parametrize(("old", "new"), [("B102", "F127"), ("T102", "T101")])
def test_a_finding_that_became_another_is_found_as_that(old: str, new: str) -> None:
    assert invoke("explain", old).stdout.startswith(f"{new}: ")


@pytest.mark.parametrize("code", ["K17", "k17"])
def test_a_decision_is_explained_too(code: str) -> None:
    done = invoke("explain", code)
    assert done.stdout.startswith("K17: One condition a node and no plain edge beside it;")
    assert "The pages leave this open; it was decided because" in done.stdout


@pytest.mark.parametrize(("written", "meant"), [("D4", "D04"), ("k7", "K07")])
def test_an_id_may_be_written_without_its_zero(written: str, meant: str) -> None:
    assert invoke("explain", written).stdout.startswith(f"{meant}: ")
