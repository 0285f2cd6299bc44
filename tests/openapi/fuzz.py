"""A part of `make fuzz`: Schemathesis at length, on every contract and on the control plane, by chance. The seed is printed; FUZZ_SEED repeats a run."""

import os
import random
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.server import EmulatorServer
from atthene_emulator.web.schemathesis import control_schemathesis_configuration, schemathesis_configuration

ROOT = Path(__file__).parent.parent.parent
PROGRAM = Path(sys.executable).parent / "schemathesis"
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "500")
BY_CHANCE = (
    "--phases",
    "examples,fuzzing,stateful",
)  # the cases of coverage are the same in every contract, but for few


def command(server: EmulatorServer, contract: str, folder: Path, *options: str) -> list[str]:
    """The command line that attacks a contract of a running emulator; to be run in `ROOT`. Its configuration goes into a folder."""
    configuration = folder / "schemathesis.toml"
    ours = (ROOT / "tests" / "openapi" / "schemathesis.toml").read_text()
    configuration.write_text(ours + "\n" + schemathesis_configuration())
    return [
        *(str(PROGRAM), "--config-file", str(configuration), "run", "--no-color"),
        *("--header", f"X-Emulator-Contract: {contract}", *options),
        f"{server.control_url}/openapi.json?contract={contract}",
    ]


def control_command(server: EmulatorServer, folder: Path, *options: str) -> list[str]:
    """The command line that attacks the control plane of a running emulator; to be run in `ROOT`."""
    configuration = folder / "control.toml"
    ours = (ROOT / "tests" / "openapi" / "control.toml").read_text()
    configuration.write_text(ours + "\n" + control_schemathesis_configuration())
    where = f"{server.control_url}/openapi.json?api=control"
    return [str(PROGRAM), "--config-file", str(configuration), "run", "--no-color", *options, where]


def main() -> int:
    """Attack each contract, and the control plane; 1 if anything was found."""
    seed = os.environ.get("FUZZ_SEED") or str(random.SystemRandom().randrange(2**32))
    print(f"FUZZ_SEED={seed} FUZZ_EXAMPLES={EXAMPLES}", flush=True)
    codes = []
    for number, contract in enumerate(CONTRACTS):
        options = ("--seed", seed, "--max-examples", EXAMPLES, "--continue-on-failure", *(BY_CHANCE if number else ()))
        with EmulatorServer() as server, TemporaryDirectory() as folder:
            codes.append(subprocess.run(command(server, contract, Path(folder), *options), cwd=ROOT).returncode)
    options = ("--seed", seed, "--max-examples", EXAMPLES, "--continue-on-failure")
    with EmulatorServer() as server, TemporaryDirectory() as folder:
        codes.append(subprocess.run(control_command(server, Path(folder), *options), cwd=ROOT).returncode)
    print(f"FUZZ_SEED={seed} FUZZ_EXAMPLES={EXAMPLES}: {'something was found' if any(codes) else 'nothing was found'}")
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
