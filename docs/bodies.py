"""What bodies look like in each contract, as the documentation of the service shows them. This module is those blocks."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from atthene_emulator.contracts import CONTRACTS
from docs.examples import examples
from docs.markdown import block

Json = dict[str, Any]


def bodies() -> str:
    """Requests and answers of each operation, with the page and the generation that show each."""
    shown: Mapping[str, Mapping[str, list[Json]]] = json.loads(examples()[1])
    return "\n".join(f"## {name}\n\n{chr(10).join(_blocks(kinds))}" for name, kinds in shown.items())


def _blocks(kinds: Mapping[str, list[Json]]) -> Iterator[str]:
    for one in kinds.get("requests", ()):  # which every contract takes
        yield f"Request, documented: {one['source']}\n\n{_json(one)}"
    for one in kinds.get("answers", ()):
        yield f"Answer in {_contracts(one['contracts'])}, documented: {one['source']}\n\n{_json(one)}"


def _json(one: Json) -> str:
    return block("json", json.dumps(one["value"], indent=2, ensure_ascii=False))


def _contracts(names: Sequence[str]) -> str:
    return "every contract" if {*CONTRACTS} <= {*names} else " and ".join(f"`{name}`" for name in names)
