"""Web pages that were refused, of which their browsers say little. This module is how `doctor` finds them in the journal."""

from collections.abc import Iterator

from atthene_emulator.cli.doctor.report import Trouble
from atthene_emulator.cli.shell import quoted
from atthene_emulator.client import EmulatorClient, JournalEntry
from atthene_emulator.errors import NotAdmitted

_LOOKED_AT = 100  # of the newest refusals
_MOST = 5  # that are told


def refused_pages(client: EmulatorClient) -> Iterator[Trouble]:
    """The pages that the journal says were refused last, each once, with the option that lets them in.

    What browsers ask before a request has no key, so it is in the journal of `default`.
    """
    found = map(_refused, client.journal(status=NotAdmitted.status, tail=_LOOKED_AT))
    yield from list(dict.fromkeys(filter(None, found)))[-_MOST:]


def _refused(entry: JournalEntry) -> Trouble | None:
    match entry.response:
        case {
            "error": {
                "type": NotAdmitted.type,
                "message": str(message),
                "details": {"option": str(option), "value": str(value)},
            }
        }:
            remedy = f"If they are yours: atthene-emulator serve {option} {quoted(value)}"
            return Trouble("warning", "pages", f"{message}.", remedy)
    return None
