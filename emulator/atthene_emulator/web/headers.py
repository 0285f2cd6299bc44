"""The request headers that are ours. This module is their list, by which misspelt ones are found."""

from typing import NoReturn

from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.wording import did_you_mean

HEADERS = frozenset((b"x-emulator-namespace", b"x-emulator-contract", b"x-emulator-fault", b"x-emulator-strict"))


def refuse_header(name: bytes) -> NoReturn:
    """Say that there is no such header, and which one may be meant.

    Raises:
        EmulatorRefusal: 400, always.
    """
    known = tuple(one.decode().title() for one in sorted(HEADERS))
    given = name.decode("latin-1").title()[:60]
    near = did_you_mean(given, known, f"; there are {', '.join(known)}")
    raise EmulatorRefusal(400, f"There is no header {given}{near}")
