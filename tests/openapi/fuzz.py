"""A part of `make fuzz`: Schemathesis at length, on every contract, by chance. The seed is printed; FUZZ_SEED repeats a run."""

import os
import random
import subprocess
import sys
from pathlib import Path

from atthene_emulator.contracts import CONTRACTS
from atthene_emulator.server import EmulatorServer

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "500")


def command(server: EmulatorServer, contract: str, *options: str) -> list[str]:
    """The command line that attacks a contract of a running emulator; to be run in `ROOT`."""
    return [
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", "tests/openapi/schemathesis.toml", "run", "--no-color"),
        *("--header", f"X-Emulator-Contract: {contract}", *options),
        f"{server.control_url}/openapi.json?contract={contract}",
    ]


def main() -> int:
    """Attack each contract; 1 if anything was found."""
    seed = os.environ.get("FUZZ_SEED") or str(random.SystemRandom().randrange(2**32))
    print(f"FUZZ_SEED={seed} FUZZ_EXAMPLES={EXAMPLES}", flush=True)
    codes = []
    for contract in CONTRACTS:
        with EmulatorServer() as server:
            attack = command(server, contract, "--seed", seed, "--max-examples", EXAMPLES, "--continue-on-failure")
            codes.append(subprocess.run(attack, cwd=ROOT).returncode)
    print(f"FUZZ_SEED={seed} FUZZ_EXAMPLES={EXAMPLES}: {'something was found' if any(codes) else 'nothing was found'}")
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
