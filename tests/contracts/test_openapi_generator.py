"""openapi-generator reads the document of each contract, and the client that it makes in Python holds a conversation."""

from pathlib import Path

import pytest

from atthene_emulator.contracts import CONTRACTS
from tests.conftest import Api
from tests.contracts.programs import run
from tests.openapi.test_generated_clients import write_document

pytestmark = pytest.mark.contracts

CONVERSATION = Path(__file__).parent / "conversation.py"


def generate(folder: Path, contract: str, generator: str, *options: str) -> None:
    """Make a client of a contract in a folder."""
    where = ("-i", write_document(folder, contract), "-o", "out", "-g", generator)
    done = run("openapi-generator-cli", "generate", *where, *options, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_python_client_holds_a_conversation(api: Api, tmp_path: Path, contract: str) -> None:
    generate(tmp_path, contract, "python", "--additional-properties=packageName=atthene_client")
    (tmp_path / "out" / "conversation.py").write_text(CONVERSATION.read_text())
    key = api.server.api_key
    done = run("python", "conversation.py", api.server.base_url, key, contract, cwd=tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "customer_support_agent research_assistant",
        "Hello! How can I help you today?",
        "2 user assistant",
        "healthy",
        "404 not_found",
    ]


@pytest.mark.parametrize("generator", ["typescript-fetch", "java", "go", "csharp"])
def test_clients_in_other_languages_are_made(tmp_path: Path, generator: str) -> None:
    generate(tmp_path, "current", generator)
    assert any((tmp_path / "out").iterdir())
