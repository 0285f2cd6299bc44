"""The generations of the service that are imitated. This module is the one table of what tells them apart."""

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
        hash_form: how `config_hash` shows a digest, as a format string.
        execution: what execute answers with: an `agent.session`, a `success`, or an `execution_result`. The schema of that
            answer is `responses/execution.<name>`.
    """

    name: ContractName
    session_ids: SessionStyle
    hash_form: str
    execution: Literal["agent.session", "success", "execution_result"]


_ALL = (
    Contract("current", session_ids="uuid", hash_form="object:{}:u:anon", execution="agent.session"),
    Contract("reference", session_ids="session_", hash_form="{:.12}", execution="success"),
    Contract("connecting", session_ids="sess_", hash_form="{:.12}", execution="execution_result"),
)
CONTRACTS: Mapping[ContractName, Contract] = MappingProxyType({contract.name: contract for contract in _ALL})
USUAL = CONTRACTS["current"]
