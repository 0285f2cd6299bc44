"""Every bound of the emulator, in one table. This module is that table.

Whoever sends more gets the answer that stands beside the bound, and changes nothing by it; what has to leave for something
newer is counted where it is shown. Bounds that belong to the service itself (agents of a system, rounds, handoffs) stand with
the language that states them, not here.
"""

from typing import NamedTuple

KIB, MIB = 1024, 1024 * 1024


class Limit(NamedTuple):
    """One bound.

    Attributes:
        what: is counted, with its unit.
        most: that is allowed.
        answer: what is seen of it when it is passed.
        option: of `serve` and `exec`, by which a user sets it; empty for none.
    """

    what: str
    most: int
    answer: str
    option: str = ""


HEAD = Limit("bytes of a request's first line and headers", 64 * KIB, "431, and the connection is closed")
HEAD_SECONDS = Limit("seconds that a head may take, from its first byte", 30, "408, and the connection is closed")
BODY_SECONDS = Limit("seconds that a body may take", 30, "408, and the connection is closed")
KEEP_ALIVE_SECONDS = Limit("seconds that an idle connection is kept", 75, "the connection is closed")
DISCARDED = Limit(
    "bytes that are still read of a request that is answered already", 64 * MIB, "the connection is closed"
)
PIPELINED = Limit(
    "bytes that wait behind a request on its connection", 64 * KIB, "more is read when that request is answered"
)
CONNECTIONS = Limit(
    "connections, or half as many as the process may have files open",
    4096,
    "the oldest one that is idle or incomplete is closed for a new one; 503 if there is none",
)
BODY = Limit("bytes of a body", MIB, "413", "--max-body")
FAULT_BODY = Limit("bytes of a fault's body", MIB, "the fault is refused")
FAULT_HEADERS = Limit("headers of a fault", 20, "the fault is refused")

FILLED_IN = Limit("bytes that the parameters of a provider state fill in", MIB, "400")

NAMESPACE_SECONDS = Limit("seconds that a namespace may ask to be kept unused", 30 * 24 * 3600, "400")

LIMITS = (
    HEAD,
    HEAD_SECONDS,
    BODY_SECONDS,
    KEEP_ALIVE_SECONDS,
    DISCARDED,
    PIPELINED,
    CONNECTIONS,
    BODY,
    FAULT_BODY,
    FAULT_HEADERS,
    FILLED_IN,
    NAMESPACE_SECONDS,
)
