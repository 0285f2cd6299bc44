"""Lengths of time as people write them: `90`, `30s`, `15m`, `1h`, `2d`. This module is how they are read."""

import re

import click

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds_of(context: click.Context, param: click.Parameter, value: str) -> float:
    """The seconds of a length of time; of an option, as its callback.

    Raises:
        BadParameter: it is none.
    """
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]+)?)\s*([smhd]?)", value.strip().lower())
    if found is None:
        raise click.BadParameter(f"{value!r} is no length of time; write it like 30s, 15m, 1h or 2d.", context, param)
    return float(found[1]) * _SECONDS[found[2]]
