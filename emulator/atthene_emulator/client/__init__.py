"""The control plane of a running emulator, from Python. This module is its client, which needs no pytest.

    client = EmulatorClient("http://127.0.0.1:8484")
    with client.create_namespace() as atthene:
        atthene.script("It rains.", content="How is the weather?")
        ...  # whatever is tested, pointed at atthene.base_url with atthene.api_key
        atthene.assert_no_default_answers()

`EmulatorClient` has a method for each operation of the control plane. `EmulatorNamespace` is one whose namespace has a key
of its own, with assertions about what came there. What the emulator shows is returned as records, and as plain JSON where
its shape depends on what was configured. The language of scripts and faults is that of seed files.
"""

from atthene_emulator.client.assertions import default_answers
from atthene_emulator.client.asynchronous import AsyncEmulatorClient, AsyncEmulatorNamespace, AsyncGate
from atthene_emulator.client.asynchronous_documents import AsyncDocument
from atthene_emulator.client.asynchronous_socket import AsyncSocket
from atthene_emulator.client.clock import ClockState
from atthene_emulator.client.connection import Body, origin_of, session
from atthene_emulator.client.documents import Collection, File, KnowledgeBase, NeverReady
from atthene_emulator.client.emulator import EmulatorClient, EmulatorNamespace
from atthene_emulator.client.events import Event, EventStream
from atthene_emulator.client.executions import Execution, Move, Pause
from atthene_emulator.client.faults import Fault, FaultParts
from atthene_emulator.client.gates import Answered, Gate, GateState, NobodyWaits
from atthene_emulator.client.journal import Filters, JournalEntry
from atthene_emulator.client.latency import Latency
from atthene_emulator.client.namespaces import NamespaceInfo
from atthene_emulator.client.rate_limit import RateLimit
from atthene_emulator.client.reading import Json
from atthene_emulator.client.scenarios import Scenario
from atthene_emulator.client.scripts import Script, ScriptParts, Step, When
from atthene_emulator.client.service import Health
from atthene_emulator.client.sessions import SessionDetails, SessionInfo
from atthene_emulator.client.snapshots import Snapshot
from atthene_emulator.client.socket import Socket
from atthene_emulator.client.socket_frames import NeverCame, SocketEvent, SocketPause, SocketResult

__all__ = [
    "Answered",
    "AsyncDocument",
    "AsyncEmulatorClient",
    "AsyncEmulatorNamespace",
    "AsyncGate",
    "AsyncSocket",
    "Body",
    "ClockState",
    "Collection",
    "EmulatorClient",
    "EmulatorNamespace",
    "Event",
    "EventStream",
    "Execution",
    "Fault",
    "FaultParts",
    "File",
    "Filters",
    "Gate",
    "GateState",
    "Health",
    "JournalEntry",
    "Json",
    "KnowledgeBase",
    "Latency",
    "Move",
    "NamespaceInfo",
    "NeverCame",
    "NeverReady",
    "NobodyWaits",
    "Pause",
    "RateLimit",
    "Scenario",
    "Script",
    "ScriptParts",
    "SessionDetails",
    "SessionInfo",
    "Snapshot",
    "Socket",
    "SocketEvent",
    "SocketPause",
    "SocketResult",
    "Step",
    "When",
    "default_answers",
    "origin_of",
    "session",
]
