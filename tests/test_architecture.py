"""The house stands as it was drawn: imports point down, and time, chance and foreign packages stay where they belong."""

import ast
import graphlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from atthene_emulator.server import EmulatorServer

ROOT = Path(__file__).parents[1]
NAME = "atthene_emulator"
PACKAGE = ROOT / "emulator" / NAME

# From top to bottom; what stands in one line may not import one another.
LAYERS = (
    ("__main__",),
    ("cli", "pytest_plugin"),
    ("server", "verification"),
    ("boot", "listening"),
    ("workers",),
    ("client",),
    ("protocol",),
    ("web",),
    ("seeds", "vault"),
    ("domain",),
    ("graph",),
    ("execution", "observations"),
    ("configuration", "knowledge"),
    ("environment", "resources", "settings", "timestamps"),
    ("errors", "origins"),
    ("store_address",),
    ("addresses", "contracts", "event_types", "evidence", "limits", "secrecy", "steady_clock", "tables", "wording"),
)
LEVEL = {name: len(LAYERS) - row for row, names in enumerate(LAYERS) for name in names}
TIME_AND_CHANCE = ("domain/clock.py", "domain/ids.py")
CALLS = (
    "time.time",
    "time.time_ns",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "uuid4",
    "uuid.uuid4",
    "uuid1",
    "uuid.uuid1",
    "secrets.token_hex",
    "secrets.token_bytes",
    "secrets.token_urlsafe",
    "os.urandom",
)
HANDLER = re.compile(r"((?:api|control)\.\w+):\w+")  # as a row of an operation names one
VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}


class Import(NamedTuple):
    """One imported module, seen from the module that imports it; `typing` marks what only type checkers see."""

    name: str
    line: int
    typing: bool


class Module(NamedTuple):
    """One module of the package."""

    path: Path
    tree: ast.Module

    @property
    def shown(self) -> str:
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def name(self) -> str:
        parts = self.path.relative_to(PACKAGE.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def part(self) -> str:
        """The folder or module that has a layer; empty for the package itself."""
        return part_of(self.name)

    def imports(self) -> Iterator[Import]:
        """Every import, nested ones included, and so are those of handlers that rows name."""
        only_typing = {
            id(node)
            for block in ast.walk(self.tree)
            if isinstance(block, ast.If) and ast.unparse(block.test).endswith("TYPE_CHECKING")
            for statement in block.body
            for node in ast.walk(statement)
        }
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.shown}:{node.lineno}: a relative import"
                names = [self._imported(node.module or "", alias.name) for alias in node.names]
            elif isinstance(node, ast.Constant) and (handler := HANDLER.fullmatch(str(node.value))):
                names = [name] if (name := f"{NAME}.web.{handler[1]}") != self.name else []
            else:
                continue
            for name in dict.fromkeys(names):
                yield Import(name, node.lineno, id(node) in only_typing)

    def _imported(self, module: str, name: str) -> str:
        """`from a import b` imports the module a.b if there is one, else a."""
        path = PACKAGE.parent.joinpath(*module.split("."), name)
        return f"{module}.{name}" if path.is_dir() or path.with_suffix(".py").exists() else module


def part_of(name: str) -> str:
    inside = name.removeprefix(NAME).removeprefix(".")
    return inside if inside in LEVEL else inside.partition(".")[0]


MODULES = [Module(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(PACKAGE.rglob("*.py"))]
EACH = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.shown)


def own(module: Module) -> list[Import]:
    return [one for one in module.imports() if one.name == NAME or one.name.startswith(f"{NAME}.")]


def foreign(module: Module) -> dict[str, Import]:
    """Third-party packages that are loaded when the program runs."""
    known = sys.stdlib_module_names | {NAME}
    found = {one.name.partition(".")[0]: one for one in module.imports() if not one.typing}
    return {name: one for name, one in found.items() if name not in known}


def test_every_part_has_a_layer() -> None:
    assert {module.part for module in MODULES} - {""} <= LEVEL.keys()


@EACH
def test_imports_point_down(module: Module) -> None:
    if module.part == "":
        assert {one.name for one in own(module)} <= {
            f"{NAME}.{part}" for part in ("boot", "client", "server", "settings")
        }  # what it offers
        return
    wrong = []
    for one in own(module):
        part = part_of(one.name)
        if part == "":
            continue  # `from atthene_emulator import __version__`, see below
        same = part == module.part
        if not same and LEVEL[part] >= LEVEL[module.part]:
            wrong.append(f"{module.shown}:{one.line} imports {one.name}")
    assert wrong == []


@EACH
def test_only_its_version_is_taken_from_the_package_itself(module: Module) -> None:
    taken = [
        alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == NAME
        for alias in node.names
        if not (PACKAGE / alias.name).is_dir() and not (PACKAGE / f"{alias.name}.py").exists()
    ]
    assert set(taken) <= {"__version__"}


def test_no_two_modules_import_each_other() -> None:
    graph = {module.name: {one.name for one in own(module) if one.name != NAME} for module in MODULES if module.part}
    assert len(tuple(graphlib.TopologicalSorter(graph).static_order())) >= len(graph)


def test_handlers_that_rows_name_count_as_imports() -> None:
    rows = next(module for module in MODULES if module.shown == "web/control/operations.py")
    assert {f"{NAME}.web.control.gates", f"{NAME}.web.control.service"} <= {one.name for one in own(rows)}


@EACH
def test_only_the_web_layer_knows_starlette(module: Module) -> None:
    assert module.part == "web" or "starlette" not in foreign(module)


@EACH
def test_only_the_server_and_its_connections_know_uvicorn(module: Module) -> None:
    assert module.part in ("server", "protocol") or "uvicorn" not in foreign(module)


def test_only_sockets_know_websockets() -> None:
    knowing = [module.shown for module in MODULES if "websockets" in foreign(module)]
    assert knowing == ["client/websocket.py", "protocol/websocket.py", "web/passing_on/sockets.py"]


def test_only_forms_know_multipart() -> None:
    assert [module.shown for module in MODULES if "python_multipart" in foreign(module)] == ["web/form_reader.py"]


@EACH
def test_only_a_vault_knows_redis(module: Module) -> None:
    assert module.shown.startswith("vault/redis") or "redis" not in foreign(module)


@EACH
def test_only_the_command_line_knows_click(module: Module) -> None:
    assert module.part == "cli" or "click" not in foreign(module)


@EACH
def test_domain_and_execution_need_nobody_else(module: Module) -> None:
    of_rows = (
        {"orjson"} if module.shown == "domain/rows.py" else set()
    )  # ten times as quick: rows are made of each request
    assert (
        module.part not in ("domain", "execution", "errors", "evidence", "settings")
        or foreign(module).keys() <= of_rows
    )


@EACH
def test_time_and_chance_come_from_the_clock_and_the_ids(module: Module) -> None:
    if module.shown in TIME_AND_CHANCE:
        return
    called = [
        f"{module.shown}:{node.lineno} {ast.unparse(node.func)}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("datetime.") in CALLS
    ]
    chance = [one.name for one in module.imports() if one.name.partition(".")[0] == "random"]
    assert (called, chance) == ([], [])


def test_the_clock_and_the_ids_do_ask_the_machine() -> None:
    called = {
        ast.unparse(node.func)
        for module in MODULES
        if module.shown in TIME_AND_CHANCE
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
    }
    assert {"time.time", "secrets.token_hex"} <= called


@EACH
def test_a_module_says_what_it_is(module: Module) -> None:
    docstring = ast.get_docstring(module.tree)
    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":"))


@EACH
def test_no_module_has_a_name_that_says_nothing(module: Module) -> None:
    assert VAGUE.isdisjoint(module.path.relative_to(PACKAGE).with_suffix("").parts)


HEAVY = (
    "starlette",
    "uvicorn",
    "h11",
    "jsonschema_rs",
    "orjson",
    "requests",
    "yaml",
    "click",
    "websockets",
    "python_multipart",
    "redis",
)


def loaded(*command: str) -> set[str]:
    """The heavy packages that Python loads for a command."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command], capture_output=True, text=True, check=True, timeout=60
    )
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert NAME in names
    return names.intersection(HEAVY)


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded("-c", "import atthene_emulator; atthene_emulator.__version__") == set()


def test_using_the_package_loads_the_server() -> None:
    assert {"starlette", "uvicorn"} <= loaded("-c", "import atthene_emulator; atthene_emulator.EmulatorServer")


def test_an_application_loads_no_parser_of_yaml_until_there_is_yaml() -> None:
    assert loaded("-c", "import atthene_emulator; atthene_emulator.build_app()").isdisjoint(
        {"yaml", "websockets", "redis"}
    )


ASKED_FOR = (  # what only some requests want, and would make each start longer
    "configuration.system",
    "domain.run",
    "domain.running",
    "domain.stream",
    "execution.walk",
    "graph",
    "knowledge.index",
    "vault",
    "web.api.files",
    "web.control",
    "web.media",
    "web.socket",
)


def test_a_server_loads_what_only_some_requests_want_with_the_first_of_them() -> None:
    code = "import sys, atthene_emulator; atthene_emulator.EmulatorServer(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert {f"{NAME}.web.app", f"{NAME}.web.operations"} <= set(done.stdout.split())
    assert {f"{NAME}.{name}" for name in ASKED_FOR}.isdisjoint(done.stdout.split())


HELP = ["--version", "--help", *(f"{name} --help" for name in ("serve", "exec", "env", "doctor", "snapshot save"))]


@pytest.mark.parametrize("arguments", [line.split() for line in HELP], ids=" ".join)
def test_help_loads_nothing_but_click(arguments: list[str]) -> None:
    assert loaded("-m", "atthene_emulator", *arguments) == {"click"}


def test_the_client_loads_nothing_heavy_until_it_asks() -> None:
    assert loaded("-c", "import atthene_emulator; atthene_emulator.EmulatorClient('http://localhost')") == set()


def test_asking_loads_no_library_that_tests_replace(server: EmulatorServer) -> None:
    code = f"from atthene_emulator import EmulatorClient; EmulatorClient({server.url!r}).create_namespace().delete()"
    assert loaded("-c", code) == {"h11"}


def test_a_socket_loads_its_frames_besides(server: EmulatorServer) -> None:
    code = (
        f"from atthene_emulator import EmulatorClient; EmulatorClient({server.url!r}).socket('session_abc123').close()"
    )
    assert loaded("-c", code) == {"h11", "websockets"}


def test_the_pytest_plugin_loads_nothing_heavy() -> None:
    assert loaded("-c", "import atthene_emulator.pytest_plugin") == set()


def test_a_run_of_pytest_loads_the_plugin_and_nothing_else_of_the_emulator(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it():\n    pass\n")
    code = "import sys, pytest; pytest.main(['-p', 'atthene']); print(*sys.modules)"
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=True, timeout=60)
    names = done.stdout.splitlines()[-1].split()
    assert {part_of(name) for name in names if name.startswith(NAME)} == {"", "pytest_plugin"}
    assert {name.partition(".")[0] for name in names}.isdisjoint(HEAVY)


def test_the_page_on_the_architecture_names_places_that_are_there() -> None:
    page = (ROOT / "docs/explanation/architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)*/?(?:[a-z_]+\.(?:py|md|json)|/))`", page)) - {"inspector/"}
    assert len(named) > 30
    gone = [name for name in sorted(named) if not ((ROOT / name).exists() or any(PACKAGE.rglob(name.strip("/"))))]
    assert gone == []
