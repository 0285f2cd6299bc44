"""Libraries of others that the inspector's page loads, as its folder `vendor/` has them: fetched once, and committed.

`python -m docs.vendored` fetches them anew with npm, which holds each package against the registry's checksum. This module
is that script.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[1] / "emulator/atthene_emulator/inspector/vendor"
LIST = FOLDER / "vendored.json"

_SOURCE_MAP = re.compile(rb"\n?//# sourceMappingURL=.*\s*\Z")


class Module(NamedTuple):
    """A file that is taken from a package.

    Attributes:
        package, version: in the npm registry.
        licence: of the package, by its SPDX id.
        path: in the package.
        name: in the folder.
    """

    package: str
    version: str
    licence: str
    path: str
    name: str


MODULES = (
    Module("preact", "11.2.0", "MIT", "dist/preact.mjs", "preact.mjs"),
    Module("preact", "11.2.0", "MIT", "hooks/dist/hooks.mjs", "hooks.mjs"),
    Module("htm", "3.1.1", "Apache-2.0", "dist/htm.mjs", "htm.mjs"),
)


def adapted(data: bytes) -> bytes:
    """The module for a page without an import map, which its policy would forbid: imports name files, and no source map is asked for."""
    return _SOURCE_MAP.sub(b"\n", data).replace(b'from"preact"', b'from"./preact.mjs"')


def digest(data: bytes) -> str:
    """The SHA-256 of a file, in hex digits."""
    return hashlib.sha256(data).hexdigest()


def fetch() -> list[dict[str, str]]:
    """Fetch all modules and their licences into the folder; what each is."""
    listed = []
    with tempfile.TemporaryDirectory() as folder:
        for module in MODULES:
            package = f"{module.package}@{module.version}"
            packed = subprocess.run(
                (str(shutil.which("npm")), "pack", "--json", package), cwd=folder, check=True, capture_output=True, text=True
            )  # fmt: skip
            (told,) = json.loads(packed.stdout)
            with tarfile.open(Path(folder) / told["filename"]) as archive:
                upstream = _member(archive, module.path)
                data = adapted(upstream)
                (FOLDER / module.name).write_bytes(data)
                (FOLDER / f"{module.package}.LICENSE").write_bytes(_member(archive, "LICENSE"))
            listed.append({
                "name": module.name, "package": package, "path": module.path, "license": f"{module.package}.LICENSE",
                "integrity": told["integrity"], "upstream_sha256": digest(upstream), "sha256": digest(data),
            })  # fmt: skip
    return listed


def _member(archive: tarfile.TarFile, path: str) -> bytes:
    file = archive.extractfile(f"package/{path}")
    if file is None:
        raise FileNotFoundError(path)
    return file.read()


if __name__ == "__main__":
    LIST.write_text(json.dumps(fetch(), indent=2) + "\n", encoding="utf-8")
    for one in json.loads(LIST.read_text(encoding="utf-8")):
        print(one["package"], one["name"], one["sha256"])
