"""Web pages that were refused, of which their browsers say little. This module is how `doctor` finds them in the journal."""

import re
from collections.abc import Iterator

from atthene_emulator.cli.doctor.report import Trouble
from atthene_emulator.client import EmulatorClient, JournalEntry
from atthene_emulator.errors import NotAdmitted

_LOOKED_AT = 100  # of the newest refusals
_MOST = 5  # that are told
_OPTION = re.compile(r"(?P<what>.+); (?P<option>--cors-origin|--allow-host) (?P<name>[\w.:/*\[\]-]+) permits")


def refused_pages(client: EmulatorClient) -> Iterator[Trouble]:
    """The pages that the journal says were refused last, each once, with the option that lets them in.

    What browsers ask before a request has no key, so it is in the journal of `default`.
    """
    messages = map(_refusal, client.journal(status=NotAdmitted.status, tail=_LOOKED_AT))
    for message in list(dict.fromkeys(filter(None, messages)))[-_MOST:]:
        found = _OPTION.match(message)
        if found is not None:
            remedy = f"If they are yours: atthene-emulator serve {found['option']} {found['name']}"
            yield Trouble("warning", "pages", f"{found['what']}.", remedy)


def _refusal(entry: JournalEntry) -> str:
    match entry.response:
        case {"error": {"type": NotAdmitted.type, "message": str(message)}}:
            return message
    return ""
