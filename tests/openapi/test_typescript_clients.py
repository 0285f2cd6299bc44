"""Clients that others' generators make of the documents work, and find mistakes: openapi-typescript, @hey-api/openapi-ts and orval."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.openapi import control_openapi
from tests.browser.recipes.npm import install, run
from tests.conftest import Api
from tests.openapi.test_generated_clients import write_document

PROGRAMS = Path(__file__).parent / "typescript"
NAMES = ("openapi-fetch", "hey-api", "orval")
PAGE = (Path(__file__).parents[2] / "docs/how-to/generated-clients.md").read_text()
SHOWN = re.findall(r"^npx .*(?:openapi-t|orval).*$", PAGE, re.MULTILINE)
MADE = ("atthene-api.d.ts", "src/atthene/sdk.gen.ts", "orval/atthene.ts")
(OF_TYPES,) = (line for line in SHOWN if "openapi-typescript" in line)
SAID = [
    "customer_support_agent research_assistant",
    "agent.session Hello! How can I help you today? true corr_123",
    "Hello 2 false",
    "active healthy",
    "safety.txt 16",
    "404 true",
]
SAID_OF_CONTROL = ["weather added,seed", "running", "408 emulator_error", "2 ada", "204"]
SAID_OF_PROBLEMS = [
    "400 envelope",
    "400: Required variable 'plan' not provided",
    "502: Bad Gateway",
    "502: Bad Gateway",
    "no answer: fetch failed",
]

pytestmark = pytest.mark.javascript


@pytest.fixture(scope="module")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages, what each generator has made, and the programs."""
    folder = tmp_path_factory.mktemp("typescript")
    shutil.copytree(PROGRAMS, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    install(folder)
    (folder / write_document(folder, "current")).rename(folder / "openapi.json")
    (folder / "control-plane.json").write_text(json.dumps(control_openapi(CONTROL)))
    others = [write_document(folder, contract) for contract in CONTRACTS if contract != "current"]
    of_others = [
        OF_TYPES.replace("openapi.json", name).replace("atthene-api.d.ts", f"{name.removesuffix('.json')}.d.ts")
        for name in (*others, "control-plane.json")
    ]
    for command in (*SHOWN, *of_others):
        made = run(tuple(shlex.split(command)), folder)
        assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.fixture(scope="module")
def compiled(typescript: Path) -> Path:
    """The compiled programs."""
    done = run(("npx", "tsc"), typescript)
    assert (done.returncode, done.stdout) == (0, "")
    shutil.copy(typescript / "package.json", typescript / "out")
    return typescript / "out"


@pytest.mark.parametrize(
    ("name", "said"), [*((name, SAID) for name in NAMES), ("problems", SAID_OF_PROBLEMS)], ids=(*NAMES, "problems")
)
def test_a_typescript_client_holds_a_conversation(compiled: Path, api: Api, name: str, said: list[str]) -> None:
    done = run(("node", f"{name}.js", api.server.base_url, api.server.api_key), compiled)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == said


def test_a_program_makes_a_world_of_its_own(compiled: Path, api: Api) -> None:
    done = run(("node", "control.js", api.server.control_url), compiled)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == SAID_OF_CONTROL


MISTAKES = {
    'correlation_id: "corr_123"': 'correlationId: "corr_123"',
    "executed.data.messages.map((message) => message.content)": "executed.data.messages.map((message) => message.text)",
    'agent_type: "llm_agent"': 'agent_type: "llm-agent"',
    '{ type: "text", text: "Hello" }': '{ type: "text", file_url: "Hello" }',
    "history.data.has_more": "history.data.more",
    "limit: 10": 'limit: "10"',
    'block.type === "text" ? block.text': 'block.type === "file" ? block.text',
    'kind === "not_found"': 'kind === "not_fuond"',
}
MISTAKES_OF_CONTROL = {
    "path: { name: made.data.name }": "path: { name: made.data.nam }",
    '{ reply: "Sunny.", delay_ms: 5 }': '{ reply: "Sunny.", delay_ms: "5" }',
    "{ seconds: 60 }": "{ minutes: 1 }",
    "waited.error?.error.type": "waited.error?.type",
    "one.from": "one.source",
    '{ contains: "rain" }': "{ contains: 1 }",
}


def test_the_page_shows_each_generator() -> None:
    assert len(SHOWN) == len(NAMES)


def test_the_page_has_the_generators_that_are_tried() -> None:
    tried = json.loads((PROGRAMS / "package.json").read_text())["devDependencies"]
    for name, line in zip(("openapi-typescript", "@hey-api/openapi-ts", "orval"), SHOWN, strict=True):
        assert f" {name}@{tried[name]} " in line


@pytest.mark.parametrize(("command", "made"), [*zip(SHOWN, MADE, strict=True)], ids=NAMES)
def test_a_generator_works_in_a_folder_that_pins_nothing(tmp_path: Path, command: str, made: str) -> None:
    """By itself npx would bring hey-api the newest TypeScript, with which it fails."""
    for name in ("orval.config.mjs", "request.ts"):
        shutil.copy(PROGRAMS / name, tmp_path)
    (tmp_path / write_document(tmp_path, "current")).rename(tmp_path / "openapi.json")
    done = run(tuple(shlex.split(command)), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "createSession" in (tmp_path / made).read_text()


@pytest.mark.usefixtures("compiled")
def test_mistakes_do_not_compile(typescript: Path) -> None:
    """Each in a program of its own; all are compiled in one go, which takes seconds instead of a minute."""
    wrong = {}
    for name, mistakes in (*((name, MISTAKES) for name in NAMES), ("control", MISTAKES_OF_CONTROL)):
        right = (typescript / f"{name}.ts").read_text()
        for number, (correct, mistake) in enumerate(mistakes.items()):
            assert right.count(correct) == 1, f"{name}: {correct}"
            wrong[f"{name}-wrong{number}.ts"] = right.replace(correct, mistake)
    for name, text in wrong.items():
        (typescript / name).write_text(text)
    done = run(("npx", "tsc", "--noEmit"), typescript)
    assert done.returncode != 0
    refused = {line.partition("(")[0] for line in done.stdout.splitlines() if ": error TS" in line}
    assert refused == set(wrong)
