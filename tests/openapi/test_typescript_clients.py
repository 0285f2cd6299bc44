"""Clients that others' generators make of the document work, and find mistakes: openapi-typescript, @hey-api/openapi-ts and orval."""

import re
import shutil
from pathlib import Path

import pytest

from atthene_emulator.contracts import CONTRACTS
from tests.browser.recipes.npm import install, run
from tests.conftest import Api
from tests.openapi.test_generated_clients import write_document

PROGRAMS = Path(__file__).parent / "typescript"
NAMES = ("openapi-fetch", "hey-api", "orval")
README = (Path(__file__).parent.parent.parent / "README.md").read_text()
SHOWN = re.findall(r"^npx .*(?:openapi-t|orval).*$", README, re.MULTILINE)
SAID = [
    "customer_support_agent research_assistant",
    "agent.session Hello! How can I help you today? true corr_123",
    "Hello 2 false",
    "active healthy",
    "safety.txt 16",
    "404 true",
]

pytestmark = pytest.mark.javascript


@pytest.fixture(scope="module")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages, what each generator has made, and the programs."""
    folder = tmp_path_factory.mktemp("typescript")
    shutil.copytree(PROGRAMS, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    install(folder)
    (folder / write_document(folder, "current")).rename(folder / "openapi.json")
    others = [write_document(folder, contract) for contract in CONTRACTS if contract != "current"]
    (of_types,) = (line for line in SHOWN if "openapi-typescript" in line)
    of_others = [of_types.replace("openapi.json", name).replace("atthene.d.ts", f"{name[:-5]}.d.ts") for name in others]
    for command in (*SHOWN, *of_others):
        made = run(tuple(command.split()), folder)
        assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.fixture(scope="module")
def compiled(typescript: Path) -> Path:
    """The compiled programs."""
    done = run(("npx", "tsc"), typescript)
    assert (done.returncode, done.stdout) == (0, "")
    shutil.copy(typescript / "package.json", typescript / "out")
    return typescript / "out"


@pytest.mark.parametrize("name", NAMES)
def test_a_typescript_client_holds_a_conversation(compiled: Path, api: Api, name: str) -> None:
    done = run(("node", f"{name}.js", api.server.base_url, api.server.api_key), compiled)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == SAID


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


def test_the_readme_shows_each_generator_and_the_settings_of_orval() -> None:
    assert len(SHOWN) == len(NAMES)
    assert (PROGRAMS / "orval.config.mjs").read_text() in README


@pytest.mark.usefixtures("compiled")
def test_mistakes_do_not_compile(typescript: Path) -> None:
    """Each in a program of its own; all are compiled in one go, which takes seconds instead of a minute."""
    wrong = {}
    for name in NAMES:
        right = (typescript / f"{name}.ts").read_text()
        for number, (correct, mistake) in enumerate(MISTAKES.items()):
            assert right.count(correct) == 1, f"{name}: {correct}"
            wrong[f"{name}-wrong{number}.ts"] = right.replace(correct, mistake)
    for name, text in wrong.items():
        (typescript / name).write_text(text)
    done = run(("npx", "tsc", "--noEmit"), typescript)
    assert done.returncode != 0
    refused = {line.partition("(")[0] for line in done.stdout.splitlines() if ": error TS" in line}
    assert refused == set(wrong)
