"""A client that others' generators make of the document works, and finds mistakes: openapi-typescript and openapi-fetch."""

import shutil
from pathlib import Path

import pytest

from atthene_emulator.contracts import CONTRACTS
from tests.browser.recipes.npm import install, run
from tests.conftest import Api
from tests.openapi.test_generated_clients import write_document

PROGRAM = Path(__file__).parent / "typescript"
COMPILER = ("npx", "tsc", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--module", "nodenext")

pytestmark = pytest.mark.javascript


@pytest.fixture(scope="module")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages, the generated types of every contract, and the programs."""
    folder = tmp_path_factory.mktemp("typescript")
    for path in PROGRAM.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    install(folder)
    for contract in CONTRACTS:
        options = ("--output", f"{contract}.d.ts", "--default-non-nullable", "false")
        made = run(("npx", "openapi-typescript", write_document(folder, contract), *options), folder)
        assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def compiled(typescript: Path) -> Path:
    """The compiled program."""
    done = run((*COMPILER, "--noEmitOnError", "--outDir", "out", "client.ts", "contracts.ts"), typescript)
    assert (done.returncode, done.stdout) == (0, "")
    shutil.copy(typescript / "package.json", typescript / "out")
    return typescript / "out" / "client.js"


def test_the_typescript_client_holds_a_conversation(compiled: Path, api: Api) -> None:
    done = run(("node", compiled.name, api.server.base_url, api.server.api_key), compiled.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "active Support",
        "agent.session Hello! How can I help you today? true corr_123",
        "user assistant 2 false",
        "404 not_found",
    ]


MISTAKES = {
    'correlation_id: "corr_123"': 'correlationId: "corr_123"',
    "executed.data.messages.map((message) => message.content)": "executed.data.messages.map((message) => message.text)",
    'agent_type: "llm_agent"': 'agent_type: "llm-agent"',
    "history.data.has_more": "history.data.more",
    "limit: 10": 'limit: "10"',
    "unknown.error?.error.type": "unknown.error?.type",
}


def test_mistakes_do_not_compile(typescript: Path) -> None:
    """Each in a program of its own; all are compiled in one go, which takes a second instead of six."""
    right = (typescript / "client.ts").read_text()
    names = []
    for number, (correct, wrong) in enumerate(MISTAKES.items()):
        assert right.count(correct) == 1
        names.append(f"wrong{number}.ts")
        (typescript / names[-1]).write_text(right.replace(correct, wrong))
    done = run((*COMPILER, "--noEmit", *names), typescript)
    assert done.returncode != 0
    refused = {line.partition("(")[0] for line in done.stdout.splitlines() if ": error TS" in line}
    assert refused == set(names)
