"""Where the reference tells of a finding, a decision or an error: `docs/reference/findings.md#f121`. This module is those addresses.

They are below the folder of the documentation; `atthene-emulator explain` says the same without it.
"""

import re


def anchor(heading: str) -> str:
    """The address of a heading in its page, as GitHub and the site have it."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


def page_of(page: str, heading: str) -> str:
    """The address of a heading in one of the pages `findings`, `decisions` and `errors`."""
    return f"docs/reference/{page}.md#{anchor(heading)}"
