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

    @property
    def shown(self) -> str:
        """How much it is, for people."""
        for unit, size in (("MiB", MIB), ("KiB", KIB)):
            if self.what.startswith("bytes") and self.most % size == 0:
                return f"{self.most // size:,} {unit}"
        return f"{self.most:,}"


# Requests
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
CONTROL_BODY = Limit("bytes of a body of the control plane", MIB, "413")
LARGE_BODY = Limit(
    "bytes of a seed or a snapshot that is sent to the control plane, which may have a namespace's files besides",
    16 * MIB,
    "413",
)
ON_LOOP = Limit("bytes of a document that is read while other requests wait", 32 * KIB, "it is read in a thread")
UPLOAD = Limit("bytes of a file that is uploaded (D11)", 50 * MIB, "413")
UPLOADS = Limit("bytes of forms whose requests are not answered yet, of all together", 256 * MIB, "503")
FORM_FIELDS = Limit("bytes of a form's fields that are no files, together", 64 * KIB, "400")
FORM_PARTS = Limit("parts of a form", 100, "400")
PART_HEAD = Limit("bytes of the headers of a form's part", 8 * KIB, "400")
PIECE = Limit("bytes of a file that are held, or sent, as one piece", 256 * KIB, "there are several pieces")
ZIPPED = Limit("files in a ZIP, which has 4 GiB at most", 65_535, "507 that says what to do")
WAITERS = Limit("requests of one namespace that wait for a gate, a delay or the journal", 1000, "503")

# Requests that are passed on to the emulator that owns their namespace
PASSED_BODY = Limit(
    "bytes of a body that are kept, to be passed on again",
    64 * KIB,
    "a larger one is read when its owner is found",
)
PEER_SECONDS = Limit("seconds that connecting to another emulator may take", 5, "it counts as gone")
PEERS_KEPT = Limit("idle connections to another emulator that are kept", 64, "others are closed")
PEER_IDLE_SECONDS = Limit("seconds that they are kept", 20, "they are closed")

# Sockets
SOCKET_IDLE_SECONDS = Limit("seconds that a socket is kept without a frame either way (D97)", 300, "close 1001")
SOCKET_SESSIONS = Limit("sessions that a socket joins", 1000, "error connect_failed")
SOCKET_TYPES = Limit(
    "types of events that a socket names for a session, other than all", 200, "error invalid_message_format"
)
SOCKET_BEHIND = Limit("turns that a socket is behind in sending", 100, "the connection is closed")
STREAM_EVENTS = Limit("events of a session that are sent again (D87)", 1000, "the newest are sent")
SOCKET_MESSAGE = Limit("bytes of a message that a socket gets (D97)", MIB, "the socket is closed with 1009")
SOCKET_AHEAD = Limit(
    "bytes that are written ahead of a socket's client",
    64 * KIB,
    "the client gets the rest when it has read, and nothing more is read of it before",
)
SOCKET_STALL_SECONDS = Limit(
    "seconds that a socket's client may read nothing of what waits for it", 30, "the connection is cut off"
)
SOCKET_SILENT_SECONDS = Limit(
    "seconds in which nothing is heard of a socket's client, not even that it answers pings",
    60,
    "the connection is cut off",
)

# Documents
NESTING = Limit("levels of a document (K23)", 64, "400, finding Y108")
VALUES = Limit("values of a document, aliases followed (K23)", 50_000, "400, finding Y109")
CHARACTERS = Limit("characters of a YAML document, aliases followed", MIB, "400, finding Y109")
CONTROL_VALUES = Limit("values of a seed, or of a body of the control plane", 2_000_000, "400, finding Y109")
TYPE_CHARACTERS = Limit("characters of a type in the type notation (K12)", 10_000, "finding T101")
TYPE_NAMES = Limit("names in a type (K12)", 200, "finding T101")
FINDINGS = Limit("findings of each severity about one document", 100, "those that come first are told")
CHECKED = Limit(
    "values of a document with mistakes that are all looked at", 5_000, "of those after them the first mistake is told"
)
UNREAD = Limit("findings about what nobody reads of a request", 20, "those that come first are told")
ACCEPTED = Limit(
    "bytes of configurations whose acceptance is remembered", 32 * MIB, "those not used for long are checked again"
)

# Executions
TEXT = Limit("characters of a text after templates are filled in", MIB, "the templates stay as they are")
TURNS = Limit("turns of agents in an execution (K23)", 2500, "the execution fails, turn_limit_error")
NEAREST = Limit(
    "scripts that are looked at in an execution, to tell the nearest ones of turns that none answers",
    20_000,
    "of further turns none are told",
)
EXPRESSION = Limit("bytes of a compiled expression", 500_000, "400")
SMALL_EXPRESSION = Limit(
    "bytes of a compiled expression that is not large", 10_000, "it is large; with look-around or references 400"
)
STEPS = Limit("steps of backtracking when an expression is looked for in a text", 100_000, "the script does not match")
LOOKED_INTO = Limit(
    "characters of a text in which a large expression, or one with look-around or references, is looked for",
    2_000,
    "the script does not match",
)
EXECUTION = Limit("bytes of prompts and answers of one execution", 64 * MIB, "507, and nothing is kept of it")

# Knowledge bases
CHUNKS = Limit(
    "chunks of a knowledge base that are looked up in (D110)", 20_000, "those beyond are not found, and counted"
)
CHUNK_BYTES = Limit(
    "bytes of the chunks of a knowledge base that are looked up in (D110)",
    16 * MIB,
    "those beyond are not found, and counted",
)
MARKS = Limit(
    "places in a file behind which recursive may cut (D110)",
    4_000_000,
    "the strongest count; there are no others behind",
)
TABLE_VALUES = Limit("values of a CSV or JSON file that is cut by rows, roughly (D110)", 1_000_000, "it is cut as text")
BLOCK_SIZES = Limit("sizes of blocks of a chunking strategy (D110)", 20, "the smallest ones are used")
SEPARATORS = Limit("separators of a chunking strategy (D110)", 20, "the first ones are used")
QUERY_WORDS = Limit("different words of a message that are looked up (D111)", 64, "the first ones are used")
MANY_CHUNKS = Limit(
    "chunks of a knowledge base in which all words of a message are looked up (D111)",
    1000,
    "words that more than half of the chunks have do not count, if there are others",
)
FEW_WORDS = Limit("different words that are looked up in more chunks than that (D111)", 12, "the first ones are used")

# What a namespace keeps
STORED = Limit(
    "bytes of a namespace's agents and sessions, with what is known of files, and of its snapshots together",
    512 * MIB,
    "507 that says what to delete; a request that begins while there is room is kept whole, even past it",
    "--max-stored",
)
CONTENT = Limit(
    "bytes of a namespace's files, artifacts and images",
    64 * MIB,
    "the oldest are dropped, and their records stay; 410 to who wants them",
    "--max-stored",
)
COLLECTION_FILES = Limit("files of a collection (D72)", 1000, "400")
KNOWLEDGE_FILES = Limit("files of a knowledge base", 10_000, "400")
IMAGES = Limit("images of a namespace (D67)", 1000, "the oldest leaves; 404 to who wants it")
ARTIFACTS = Limit("artifacts of a session", 1000, "507 that says what to delete")
EXECUTIONS = Limit("executions that are kept to be looked at", 200, "the oldest leave, and are counted")
EXECUTION_BYTES = Limit(
    "bytes of executions that are kept, less the newest", 64 * MIB, "the oldest leave, and are counted"
)
COVERED = Limit("configurations whose coverage is counted", 1000, "those not executed for long leave, and are counted")
COVERED_BYTES = Limit(
    "bytes of configurations whose coverage is counted", 16 * MIB, "those not executed for long leave, and are counted"
)
JOURNAL_ENTRIES = Limit("requests in the journal", 1000, "the oldest leave, and are counted", "--journal-entries")
JOURNAL_BYTES = Limit(
    "bytes of requests and answers in the journal, less the newest", 16 * MIB, "the oldest leave, and are counted"
)
CHANGES = Limit("changes that the feed of events remembers", 1000, "a reader is told how many it has missed")
COMMON_EVENTS = Limit(
    "events of all namespaces that are remembered for who follows them",
    1000,
    "a reader that has not got them is dropped",
)
COMMON_BYTES = Limit(
    "bytes of events of all namespaces, less the newest", 16 * MIB, "a reader that has not got them is dropped"
)
SNAPSHOTS = Limit("snapshots of a namespace", 100, "409 that says what to drop")
SCRIPTS = Limit("scripts of a namespace", 10_000, "507 that says what to drop")
SLOW_SCRIPTS = Limit(
    "scripts added to a namespace whose expression is large, or has look-around or references", 50, "507"
)
SCRIPT_BYTES = Limit("bytes of the scripts of a namespace, and of its faults", 64 * MIB, "507 that says what to drop")
FAULTS = Limit("faults of a namespace", 1000, "507 that says what to drop")
FAULT_BODY = Limit("bytes of a fault's body", MIB, "the fault is refused")
FAULT_HEADERS = Limit("headers of a fault", 20, "the fault is refused")
FILLED_IN = Limit("bytes that the parameters of a provider state fill in", MIB, "400")
LATENCY = Limit("milliseconds that an answer is late", 600_000, "400, or an error at the start", "--latency")
GATES = Limit("gates of a namespace that are open", 1000, "507 that says what to close")
BUCKETS = Limit(
    "keys, accounts or sessions whose requests are counted", 10_000, "those not seen for long are counted anew"
)
NAMESPACES = Limit("namespaces of one server", 10_000, "409 that says what to delete")
LOADED = Limit("namespaces in memory, where a store is used", 1000, "those not used for long are in the store alone")
LOADED_BYTES = Limit(
    "bytes of namespaces in memory, where a store is used", 512 * MIB, "those not used for long are in the store alone"
)
VIEWED = Limit(
    "bytes of namespaces in a store that are looked at together, and are not in memory", 256 * MIB, "507; ask for one"
)
LOG = Limit(
    "bytes of changes in a store's file that are not put where they belong yet", 64 * MIB, "saving does that first"
)
NAMESPACE_SECONDS = Limit("seconds that a namespace may ask to be kept unused", 30 * 24 * 3600, "400")

DOCUMENT = Limit("bytes of a whole emulator as a document", 256 * MIB, "507 that says what to delete; none is opened")
DELETED = Limit("namespaces that can be looked at after they were deleted", 20, "the oldest leave")
DELETED_BYTES = Limit(
    "bytes of namespaces that can be looked at after they were deleted",
    64 * MIB,
    "the oldest leave; one that is larger by itself is not kept",
)

# Answers of the control plane
ANSWER = Limit("bytes of an answer that lists what was kept", 16 * MIB, "what is left out is counted in the answer")
LOOKED_THROUGH = Limit(
    "bytes of bodies that name secrets, in one answer of the journal",
    MIB,
    "the older ones are withheld; ?tail= asks for fewer",
)
LISTED = Limit("executions in an answer, where the query does not say", 20, "the newest are shown; ?tail= shows more")
SESSIONS = Limit("sessions in a page of the control plane", 500, "400")
MESSAGES = Limit("messages of a session in an answer of the control plane", 500, "400")
READERS = Limit("readers of the events of a namespace, and of those of all", 100, "429")
CHUNK = Limit(
    "bytes of events that are written ahead of a reader", 64 * KIB, "the reader gets the rest when it has read"
)

# Pictures
DRAWN = Limit("nodes of a graph that is drawn", 60, "there is a table in place of a picture")
DRAWN_PLACES = Limit(
    "places where lines pass the layers of a graph that is drawn", 800, "there is a table in place of a picture"
)

# Tables that are shown of artifacts
PREVIEW = Limit("bytes of a CSV file of which a preview is made (D68)", 256 * KIB, "what comes after them is left out")
PREVIEW_ROWS = Limit("rows of a preview", 1000, "what comes after them is left out")
PREVIEW_COLUMNS = Limit("columns of a preview", 100, "what comes after them is left out")

# Other
RECORDING = Limit("bytes of a recording that `verify --replay` reads", 64 * MIB, "an error, exit code 2")

LIMITS = (
    HEAD,
    HEAD_SECONDS,
    BODY_SECONDS,
    KEEP_ALIVE_SECONDS,
    DISCARDED,
    PIPELINED,
    CONNECTIONS,
    BODY,
    CONTROL_BODY,
    LARGE_BODY,
    ON_LOOP,
    UPLOAD,
    UPLOADS,
    FORM_FIELDS,
    FORM_PARTS,
    PART_HEAD,
    PIECE,
    ZIPPED,
    WAITERS,
    SOCKET_IDLE_SECONDS,
    SOCKET_SESSIONS,
    SOCKET_TYPES,
    SOCKET_BEHIND,
    STREAM_EVENTS,
    SOCKET_MESSAGE,
    SOCKET_AHEAD,
    SOCKET_STALL_SECONDS,
    SOCKET_SILENT_SECONDS,
    NESTING,
    VALUES,
    CHARACTERS,
    CONTROL_VALUES,
    TYPE_CHARACTERS,
    TYPE_NAMES,
    FINDINGS,
    CHECKED,
    UNREAD,
    ACCEPTED,
    TEXT,
    TURNS,
    NEAREST,
    EXPRESSION,
    SMALL_EXPRESSION,
    STEPS,
    LOOKED_INTO,
    EXECUTION,
    CHUNKS,
    CHUNK_BYTES,
    MARKS,
    TABLE_VALUES,
    BLOCK_SIZES,
    SEPARATORS,
    QUERY_WORDS,
    MANY_CHUNKS,
    FEW_WORDS,
    STORED,
    CONTENT,
    COLLECTION_FILES,
    KNOWLEDGE_FILES,
    IMAGES,
    ARTIFACTS,
    EXECUTIONS,
    EXECUTION_BYTES,
    COVERED,
    COVERED_BYTES,
    JOURNAL_ENTRIES,
    JOURNAL_BYTES,
    CHANGES,
    COMMON_EVENTS,
    COMMON_BYTES,
    SNAPSHOTS,
    SCRIPTS,
    SLOW_SCRIPTS,
    SCRIPT_BYTES,
    FAULTS,
    FAULT_BODY,
    FAULT_HEADERS,
    FILLED_IN,
    LATENCY,
    GATES,
    BUCKETS,
    NAMESPACES,
    LOADED,
    LOADED_BYTES,
    VIEWED,
    NAMESPACE_SECONDS,
    LOG,
    DOCUMENT,
    DELETED,
    DELETED_BYTES,
    ANSWER,
    LOOKED_THROUGH,
    LISTED,
    SESSIONS,
    MESSAGES,
    READERS,
    CHUNK,
    DRAWN,
    DRAWN_PLACES,
    PREVIEW,
    PREVIEW_ROWS,
    PREVIEW_COLUMNS,
    RECORDING,
)
