"""A client in Python that openapi-python-client makes of the control plane's document makes a world of its own."""

import json
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.openapi import control_openapi
from tests.conftest import Api
from tests.foreign import run

NAME = "control_plane_client"


def test_the_generated_client_makes_a_world(api: Api, tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("post_hooks: []\n")  # the generator would have ruff rewrite what it wrote
    (tmp_path / "control.json").write_text(json.dumps(control_openapi(CONTROL)))
    program = str(Path(sys.executable).parent / "openapi-python-client")
    where = ("--path", "control.json", "--output-path", NAME, "--config", "settings.yaml")
    done = run(program, "generate", "--meta", "none", *where, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Unable to process" not in done.stdout
    sys.path.insert(0, str(tmp_path))
    try:
        package = import_module(NAME)
        modules = {one.name: import_module(one.name) for one in walk_packages(package.__path__, f"{NAME}.")}
    finally:
        sys.path.remove(str(tmp_path))
    models = modules[f"{NAME}.models"]
    with package.Client(base_url=api.server.control_url, raise_on_unexpected_status=True) as client:
        made = modules[f"{NAME}.api.namespaces.create_namespace"].sync(
            client=client, body=models.NewNamespace(name="generated")
        )
        state = modules[f"{NAME}.api.state.get_state"].sync(client=client, x_emulator_namespace=made.name)
        assert (state.namespace, state.clock.mode) == ("generated", "running")
        unknown = modules[f"{NAME}.api.state.get_state"].sync(client=client, x_emulator_namespace="nowhere")
        assert unknown.error.type_ == "emulator_error"
        modules[f"{NAME}.api.namespaces.delete_namespace"].sync_detailed("generated", client=client)
