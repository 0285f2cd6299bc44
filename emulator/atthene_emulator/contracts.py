"""The generations of the service that are imitated. This module is the one table of what tells them apart.

Each answers exactly its own pages [documented: sessions/create@G1, sessions/from-agent@G1, sessions/from-agent@G4,
rest-api-tutorial@G4, connecting-your-agent@G4]; that there are three is D21.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

ContractName = Literal["current", "reference", "connecting"]
SessionStyle = Literal["uuid", "session_", "sess_"]


class Contract(NamedTuple):
    """One generation.

    Attributes:
        name: what users call it.
        session_ids: a UUID, or what they begin with.
        hash_form: how `config_hash` of a session shows a digest, as a format string.
        created: fields of a session that was made from a configuration, or from the default agent.
        started: fields of a session that was started from an agent.
        execution: what execute answers with: an `agent.session`, a `success`, or an `execution_result`. The schema of that
            answer is `responses/execution.<name>`.
        knowledge_bases: what they are shown to be made of; schemas of their answers end in it.
    """

    name: ContractName
    session_ids: SessionStyle
    hash_form: str
    created: tuple[str, ...]
    started: tuple[str, ...]
    execution: Literal["agent.session", "success", "execution_result"]
    knowledge_bases: Literal["sources", "collections"] = "sources"


_CREATED = ("success", "session_id", "config_hash")
_ALL = (
    Contract(
        "current",
        session_ids="uuid",
        hash_form="object:{}:u:anon",
        created=_CREATED,
        started=(*_CREATED, "agent_id", "agent_name"),
        execution="agent.session",
    ),
    Contract(
        "reference",
        session_ids="session_",
        hash_form="{:.12}",
        created=_CREATED,
        started=("success", "session_id", "agent_id", "config_hash"),
        execution="success",
        knowledge_bases="collections",
    ),
    Contract(
        "connecting",
        session_ids="sess_",
        hash_form="{:.12}",
        created=("session_id", "config_hash", "created_at"),
        started=("session_id", "agent_key", "created_at"),
        execution="execution_result",
    ),
)
CONTRACTS: Mapping[ContractName, Contract] = MappingProxyType({contract.name: contract for contract in _ALL})
USUAL = CONTRACTS["current"]
