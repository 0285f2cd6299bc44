"""What a part of a document rests on. This module is how that is written there."""

from typing import Any

from atthene_emulator.evidence.levels import Evidence


def evidence(one: Evidence) -> dict[str, Any]:
    """The evidence of a part, as `level: page or decision`."""
    return {"x-evidence": f"{one.level}: {one.source}"}
