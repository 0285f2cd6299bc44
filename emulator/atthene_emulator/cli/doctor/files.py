"""The files that came with the emulator. This module is how `doctor` looks whether they are whole."""

from collections.abc import Iterator

from atthene_emulator.cli.doctor.report import Trouble
from atthene_emulator.configuration.schema import Schema
from atthene_emulator.seeds.files import BundledSeeds
from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.operations import OPERATIONS


def broken_files() -> Iterator[Trouble]:
    """Bundled schemas and fixtures that are missing, or cannot be read."""
    named = ["configuration", "seed", "snapshot", "evidence", "responses/error"]
    named += [row.body.name for row in OPERATIONS if row.body is not None]
    named += [row.body.name for row in CONTROL if row.body is not None]
    named += [f"responses/{row.response.format(contract='current')}" for row in OPERATIONS if row.response]
    remedy = "Install atthene-emulator again."
    for name in dict.fromkeys(named):
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
