"""The workflows, which cannot be run here: they do what the Makefile can, with no more rights than that needs, and pin what they use."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs import sbom
from docs.vendored import LIST

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in PATHS}
WORKFLOWS = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
JOBS: dict[str, dict[str, Any]] = {
    f"{name} {job}": one for name, workflow in WORKFLOWS.items() for job, one in workflow["jobs"].items()
}
STEPS = [step for job in JOBS.values() for step in job.get("steps", [])]
COMMANDS = [step["run"] for step in STEPS if "run" in step]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EACH_WORKFLOW = pytest.mark.parametrize("name", TEXTS)

# Every right to write that a job has.
WRITES = {
    "release attest": {"id-token", "attestations"},
    "release publish": {"id-token"},
    "release page": {"contents"},
}


def needed(job: str) -> set[str]:
    """The jobs of the release that have to succeed before this one."""
    given = WORKFLOWS["release"]["jobs"][job].get("needs")
    return {given} | needed(given) if given else set()


def test_there_is_one_for_changes_and_one_for_releases() -> None:
    assert list(TEXTS) == ["release", "test"]


@EACH_WORKFLOW
def test_it_starts_with_a_comment_that_says_what_it_is(name: str) -> None:
    assert re.match(r"# [A-Z].{20,}", TEXTS[name])


@EACH_WORKFLOW
def test_actions_of_others_are_pinned_by_commit_with_the_version_beside_it(name: str) -> None:
    uses = re.findall(r"uses: (.*)", TEXTS[name])
    others = [one for one in uses if not one.startswith("./")]
    assert others
    assert [one for one in others if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", one)] == []


def test_an_action_has_one_version_in_all_of_them() -> None:
    pinned = {tuple(one.split("@")) for text in TEXTS.values() for one in re.findall(r"uses: ([\w/-]+@\w+)", text)}
    assert len({name for name, _ in pinned}) == len(pinned)


@EACH_WORKFLOW
def test_a_workflow_has_no_rights_but_those_of_its_jobs(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {}


def test_jobs_write_only_what_they_are_for() -> None:
    writes = {
        name: {scope for scope, access in job["permissions"].items() if access == "write"} for name, job in JOBS.items()
    }
    assert {name: scopes for name, scopes in writes.items() if scopes} == WRITES


def test_jobs_that_may_write_run_nothing_of_the_checkout() -> None:
    uses = [step.get("uses", "") for name in WRITES for step in JOBS[name]["steps"]]
    assert [one for one in uses if one.startswith(("actions/checkout", "./"))] == []


@EACH_WORKFLOW
def test_there_are_no_passwords(name: str) -> None:
    assert "secrets" not in TEXTS[name]


def test_checkouts_keep_no_token() -> None:
    checkouts = [step for step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert [step["with"] for step in checkouts] == [{"persist-credentials": False}] * len(checkouts)


@pytest.mark.parametrize("command", COMMANDS)
def test_what_comes_from_outside_is_never_part_of_a_command(command: str) -> None:
    assert "${{" not in command


def test_every_target_exists() -> None:
    targets = {
        word for command in COMMANDS if command.startswith("make ") for word in command.split()[1:] if "=" not in word
    }
    assert targets == {"test", "dist", "sbom", "workflows"}
    assert targets <= set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))


def test_every_job_ends() -> None:
    assert [name for name, job in JOBS.items() if "uses" not in job and job["timeout-minutes"] > 60] == []


def test_what_is_published_was_tested_and_attested() -> None:
    assert needed("publish") == {"test", "build", "attest"}
    assert WORKFLOWS["release"]["jobs"]["test"]["uses"] == "./.github/workflows/test.yml"


def test_every_python_that_is_promised_is_tested() -> None:
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert set(promised) <= set(JOBS["test python"]["strategy"]["matrix"]["python"])
    assert {f"{one} " for one in promised} <= set(re.findall(r"3\.\d+ ", MAKEFILE))


def test_the_description_of_what_the_wheel_brings_is_where_make_writes_it() -> None:
    (upload,) = (
        step["with"] for step in STEPS if step.get("with", {}).get("name") == "sbom" and "path" in step["with"]
    )
    assert f"--output-file {upload['path']} " in MAKEFILE


def test_what_the_inspector_loads_is_described_with_what_the_wheel_brings() -> None:
    whole: dict[str, Any] = {
        "metadata": {"component": {"bom-ref": "emulator"}},
        "components": [],
        "dependencies": [{"ref": "emulator", "dependsOn": ["starlette"]}],
    }
    sbom.add(whole)
    loaded = {one["package"] for one in json.loads(LIST.read_text())}
    assert {one["bom-ref"] for one in whole["components"]} == loaded
    assert [len(one["hashes"][0]["content"]) for one in whole["components"]] == [128] * len(loaded)
    assert set(whole["dependencies"][0]["dependsOn"]) == {"starlette", *loaded}
