"""Times as texts: ISO-8601 in UTC, and dates as HTTP has them. This module is how they are read and written."""

from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache

FIRST, LAST = -62_135_596_800.0, 253_402_300_799.0  # the years 1 to 9999: no other time can be written


def parse_time(text: str) -> float:
    """Unix seconds of an ISO-8601 time; without a zone it is UTC.

    Raises:
        ValueError: the text is no such time, or none of the years 1 to 9999 in UTC.
    """
    parsed = datetime.fromisoformat(text)
    seconds = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    if not FIRST <= seconds < LAST + 1:
        raise ValueError("only the years 1 to 9999 can be written")
    return min(seconds, LAST)


def format_time(seconds: float) -> str:
    """ISO-8601 in UTC, whole seconds, with Z."""
    return _format(int(seconds))


def parse_date(text: str) -> float:
    """Unix seconds of a date such as `Wed, 15 Jan 2025 10:30:00 GMT`, or of an ISO-8601 time.

    Raises:
        ValueError: the text is neither.
    """
    try:
        return parse_time(text)
    except ValueError:
        parsed = parsedate_to_datetime(text)
        return parse_time(parsed.isoformat())


def format_http_date(seconds: float) -> str:
    """A date as HTTP's headers have it, such as `Wed, 15 Jan 2025 10:30:00 GMT`."""
    return formatdate(int(max(FIRST, min(seconds, LAST))), usegmt=True)


@lru_cache(1024)
def _format(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
