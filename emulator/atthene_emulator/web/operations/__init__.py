"""The whole imitated API as one table, of which each group has its rows in a module of its own. This module is `OPERATIONS`.

The router, the journal, the contract tests and the generated documentation read these rows.
"""

from typing import Literal, get_args

from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations.agents import AGENTS
from atthene_emulator.web.operations.artifacts import ARTIFACTS
from atthene_emulator.web.operations.collections import COLLECTIONS
from atthene_emulator.web.operations.files import FILES
from atthene_emulator.web.operations.images import IMAGES
from atthene_emulator.web.operations.knowledge_bases import KNOWLEDGE_BASES
from atthene_emulator.web.operations.runtime import RUNTIME
from atthene_emulator.web.operations.sessions import SESSIONS

Group = Literal["agents", "sessions", "runtime", "images", "artifacts", "files", "collections", "knowledge_bases"]
GROUPS: tuple[Group, ...] = get_args(Group)

PATH_PARAMETERS = {  # description and example
    "agent_id": ("Id of an agent; its agent_key works, too (D19).", "550e8400-e29b-41d4-a716-446655440000"),
    "session_id": ("Id of a session.", "session_abc123"),
    "artifact_id": ("Id of an artifact.", "7b7a6e2a-7c7a-4a2e-9a3e-2e6e7a6e7a6e"),
    "file_id": ("Id of a file.", "file_123"),
    "collection_id": ("Id of a collection.", "coll_123"),
    "kb_id": ("Id of a knowledge base.", "kb_123"),
}

OPERATIONS: tuple[Operation, ...] = (
    *AGENTS,
    *SESSIONS,
    *IMAGES,
    *ARTIFACTS,
    *RUNTIME,
    *FILES,
    *COLLECTIONS,
    *KNOWLEDGE_BASES,
)
