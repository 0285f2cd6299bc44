"""Clients that another's generator makes of the document work: one in Python for each contract."""

import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.web.openapi import openapi
from atthene_emulator.web.operations import OPERATIONS
from tests.conftest import Api
from tests.foreign import run

PAGE = Path(__file__).parents[2] / "docs/how-to/generated-clients.md"


def write_document(folder: Path, contract: str) -> str:
    """The document of a contract as a file; its name."""
    path = folder / f"{contract}.json"
    path.write_text(json.dumps(openapi(contract)))  # type: ignore[arg-type]  # one of CONTRACTS
    return path.name


@pytest.fixture(scope="module", params=CONTRACTS)
def generated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The generated package of a contract, and what its generator printed."""
    contract = request.param
    folder = tmp_path_factory.mktemp(contract)
    (folder / "settings.yaml").write_text("post_hooks: []\n")  # the generator would have ruff rewrite what it wrote
    name = f"{contract}_client"
    where = ("--path", write_document(folder, contract), "--output-path", name, "--config", "settings.yaml")
    program = str(Path(sys.executable).parent / "openapi-python-client")
    done = run(program, "generate", "--meta", "none", *where, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    try:
        import_module(name)
        models = import_module(f"{name}.models")
    finally:
        sys.path.remove(str(folder))
    return SimpleNamespace(
        contract=contract,
        printed=done.stdout + done.stderr,
        models=models,
        calls=lambda group, operation: import_module(f"{name}.api.{group}.{operation}").sync,
        client=import_module(name).AuthenticatedClient,
    )


@pytest.fixture
def python(generated: SimpleNamespace, api: Api) -> Iterator[SimpleNamespace]:
    """A client made of the generated package, for the running emulator."""
    connection = generated.client(
        base_url=api.server.base_url,
        token=api.server.api_key,
        prefix="",
        auth_header_name="x-api-key",
        headers={"X-Emulator-Contract": generated.contract},
        raise_on_unexpected_status=True,
    )

    with connection as client:

        def call(name: str, *arguments: Any, **options: Any) -> Any:
            return generated.calls(*name.split("."))(*arguments, client=client, **options)

        yield SimpleNamespace(call=call, models=generated.models, contract=generated.contract)


def test_the_python_generator_misses_nothing_but_yaml_and_downloads(generated: SimpleNamespace) -> None:
    warnings = [line for line in generated.printed.splitlines() if line.startswith(("WARNING", "ERROR", "Unsupported"))]
    rows = [row for row in OPERATIONS if (row.body is not None and not row.files) or row.media != "application/json"]
    told = {f"WARNING parsing {row.method} {row.path} within {row.group}." for row in rows}
    assert set(warnings) - told == {"Unsupported content type application/yaml"}
    assert {line for line in warnings if line.startswith("WARNING")} == told


def test_the_command_of_the_readme_makes_a_client(tmp_path: Path) -> None:
    (command,) = re.findall(r"^openapi-python-client (generate .*)$", PAGE.read_text(), re.MULTILINE)
    (tmp_path / write_document(tmp_path, "current")).rename(tmp_path / "openapi.json")
    done = run(str(Path(sys.executable).parent / "openapi-python-client"), *command.split(), cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "atthene-sessions-api-contract-current-client").is_dir()


def test_the_python_client_lists_agents(python: SimpleNamespace) -> None:
    agents = python.call("agents.list_agents")
    assert [agent.agent_key for agent in agents] == ["customer_support_agent", "research_assistant"]
    assert agents[0].origin_url is None
    assert agents[0].system_config["llm_config"] == {"model": "gpt-4o", "temperature": 0.7}


def test_the_python_client_uploads_a_file(python: SimpleNamespace) -> None:
    sent = import_module("io").BytesIO(b"Unplug it first.")
    form = python.models.FileUpload(
        file=import_module(python.models.__name__.replace("models", "types")).File(
            payload=sent, file_name="safety.txt"
        ),
        tags=["manual", "safety"],
    )
    uploaded = python.call("files.upload_file", body=form)
    assert (uploaded.original_filename, uploaded.tags) == ("safety.txt", ["manual", "safety"])
    assert python.call("files.get_file", uploaded.id).size_bytes == len(b"Unplug it first.")


def test_the_python_client_holds_a_conversation(python: SimpleNamespace) -> None:
    models = python.models
    flat = models.ConfigurationFlat.from_dict(
        {"name": "Sales", "agent_type": "llm_agent", "llm_config": {"model": "gpt-4o"}}
    )
    created = python.call("sessions.create_session", body=flat)
    assert isinstance(created, models.SessionCreated)
    assert set(created.to_dict()) == set(CONTRACTS[python.contract].created)

    session = python.call("sessions.get_session", created.session_id)
    assert session.agent_config.to_dict() == flat.to_dict()
    assert session.status is models.SessionStatus.ACTIVE

    executed = python.call(
        "runtime.execute", created.session_id, body=models.Execute(content="Hello", correlation_id="corr_123")
    )
    said = {
        "current": lambda: executed.messages[0].content,
        "reference": lambda: executed.response.content,
        "connecting": lambda: executed.messages[0].content,
    }
    assert said[python.contract]() == "Hello! How can I help you today?"

    history = python.call("runtime.list_messages", created.session_id, limit=10)
    assert [message.content for message in history.messages] == ["Hello", "Hello! How can I help you today?"]
    assert (history.total, history.has_more) == (2, False)

    status = python.call("runtime.get_session_status", created.session_id)
    assert (status.message_count, status.health) == (2, models.RuntimeStatusHealth.HEALTHY)


def test_the_python_client_sends_a_system_configuration(python: SimpleNamespace) -> None:
    system = python.models.ConfigurationSystem.from_dict(
        {"name": "Team", "agents": [{"name": "one", "agent_type": "llm_agent"}]}
    )
    agent = python.call("agents.create_agent", body=python.models.AgentCreate(system_config=system))
    assert (agent.agent_key, agent.architecture, agent.entry_point) == ("team", "workflow", "one")


def test_the_python_client_tells_valid_from_invalid(python: SimpleNamespace) -> None:
    models = python.models
    flat = models.ConfigurationFlat.from_dict({"name": "Sales", "agent_type": "llm_agent"})
    assert isinstance(python.call("agents.validate_configuration", body=flat), models.ValidationValid)
    flat.llm_config = models.ConfigurationLlmConfig(model="invalid-model")
    invalid = python.call("agents.validate_configuration", body=flat)
    assert isinstance(invalid, models.ValidationInvalid)
    assert [one.field for one in invalid.errors] == ["llm_config.model"]


def test_the_python_client_has_errors_with_a_type(python: SimpleNamespace) -> None:
    answer = python.call("sessions.get_session", "session_none")
    assert isinstance(answer, python.models.ErrorAnswer)
    assert (answer.error.type_, answer.error.message) == ("not_found", "Session not found")
