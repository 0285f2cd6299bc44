"""How it looks on the wire what came of many records, each by itself. This module is those shapes."""

from collections.abc import Sequence
from typing import Any

from atthene_emulator.domain.bulk import Done

Json = dict[str, Any]


def bulk(done: Sequence[Done]) -> Json:
    """What came of many files [documented: files/bulk-operations@G1; failures D70]."""
    return _counted(done, counted="processed", succeeded="success")


def added(done: Sequence[Done]) -> Json:
    """What came of files that were to be added [documented: collections/add-file@G1; failures D118]."""
    return _counted(done, counted="added", succeeded="added")


def _counted(done: Sequence[Done], *, counted: str, succeeded: str) -> Json:
    """Counts and results; `counted` names the number of successes, `succeeded` is the status of each."""
    failed = _failed(done)
    return {
        "success": failed < len(done),
        counted: len(done) - failed,
        "failed": failed,
        "results": [{"file_id": one.id, **_result(one, succeeded)} for one in done],
    }


def _result(one: Done, succeeded: str) -> Json:
    return {"status": succeeded} if one.error is None else {"status": "error", "error": one.error}


def bulk_action(done: Sequence[Done]) -> Json:
    """The same as the first reference has it [documented: files@G0; `errors` D71]."""
    failed = _failed(done)
    errors = [f"{one.id}: {one.error}" for one in done if one.error is not None]
    return {"success": failed < len(done), "updated_count": len(done) - failed, "errors": errors}


def bulk_action_on_collections(action: str, done: Sequence[Done]) -> Json:
    """The same, and a sentence that tells it [documented: collections@G0; `errors` D71]."""
    shown = bulk_action(done)
    message = f"Bulk action '{action}' completed on {shown['updated_count']} collections"
    return {**shown, "message": message}


def _failed(done: Sequence[Done]) -> int:
    return sum(one.error is not None for one in done)
