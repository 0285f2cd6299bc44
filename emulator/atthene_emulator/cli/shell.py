"""Words that a shell reads. This module is how they are quoted."""

import re

_PLAIN = r"[A-Za-z0-9_./:-]+"


def quoted(word: str) -> str:
    """A word as sh, bash, zsh and fish all read it; they differ on a backslash between single quotes."""
    if re.fullmatch(_PLAIN, word):
        return word
    return "'" + re.sub(r"(['\\])", _in_double_quotes, word) + "'"


def _in_double_quotes(found: re.Match[str]) -> str:
    return "'\"" + ("\\\\" if found[0] == "\\" else found[0]) + "\"'"
