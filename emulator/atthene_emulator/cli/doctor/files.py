"""The files that came with the emulator. This module is how `doctor` looks whether they are whole."""

from collections.abc import Iterator

from atthene_emulator.cli.doctor.report import Trouble
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.seeds.files import BundledSeeds
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.operations import OPERATIONS


def broken_files() -> Iterator[Trouble]:
    """Bundled schemas and fixtures that are missing, or cannot be read."""
    schemas = [Schema(name) for name in ("configuration", "seed", "snapshot", "evidence", "responses/error")]
    for row in (*OPERATIONS, *CONTROL):
        schemas += filter(None, (row.body, *map(row.response_schema, CONTRACTS)))
    remedy = "Install atthene-emulator again."
    for name in dict.fromkeys(schema.name for schema in schemas):
        try:
            Schema(name).check({})
        except Exception as error:  # noqa: BLE001  # whatever a broken file may lead to
            yield Trouble("error", "files", f"The bundled schema {name} is broken: {error}", remedy)
    bundle = BundledSeeds()
    try:
        seed = bundle.seed("default")
        for name in bundle.seeds:
            bundle.seed(name)
        for name in bundle.scenarios:
            bundle.scenario(name, seed)
    except Exception as error:  # noqa: BLE001  # the same
        yield Trouble("error", "files", f"The bundled fixtures are broken: {error}", remedy)
