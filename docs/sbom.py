"""Libraries of the inspector's page, in the description of what the wheel brings with it, which is in CycloneDX.

`python -m docs.sbom FILE` adds them to it. This module is that script.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

from docs.vendored import LIST, MODULES


def components() -> list[dict[str, Any]]:
    """Each package whose files the page loads, once, with the checksum that the npm registry gives."""
    integrity = {one["package"]: one["integrity"] for one in json.loads(LIST.read_text(encoding="utf-8"))}
    return [
        {
            "bom-ref": f"{name}@{version}",
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name}@{version}",
            "licenses": [{"license": {"id": licence}}],
            "hashes": [{"alg": "SHA-512", "content": _hex(integrity[f"{name}@{version}"])}],
        }
        for name, version, licence in dict.fromkeys((one.package, one.version, one.licence) for one in MODULES)
    ]


def _hex(integrity: str) -> str:
    return base64.b64decode(integrity.removeprefix("sha512-")).hex()


def add(document: dict[str, Any]) -> None:
    """Have them in a description: as components on which what is described depends."""
    found = components()
    names = [one["bom-ref"] for one in found]
    document["components"] += found
    document["dependencies"] += [{"ref": name} for name in names]
    whole = document["metadata"]["component"]["bom-ref"]
    (of_whole,) = (one for one in document["dependencies"] if one["ref"] == whole)
    of_whole["dependsOn"] = sorted([*of_whole.get("dependsOn", ()), *names])


if __name__ == "__main__":
    (file,) = map(Path, sys.argv[1:])
    described = json.loads(file.read_text(encoding="utf-8"))
    add(described)
    file.write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
