"""Whether a tool's call waits for a person's approval. This module is that rule [documented: human-in-the-loop@G4; sources K46]."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

Requirement = Literal["never", "default_on", "mandatory"]
ApprovalSource = Literal["mandatory", "policy", "tool_default", "instance"]
# Of pauses [documented: websocket-api@G4]: a person accepts or declines, but answers the last one.
Kind = Literal[
    "approval",
    "connection_required",
    "mail_connection_required",
    "uknow_connection_required",
    "api_key_connection_required",
    "oauth_integration_required",
    "ask_user_question",
]

CONFIRMATION = "Confirm action?"
SESSION_WIDE = ("tool_default", "instance")  # sources of which a person may approve for the whole session
# The two that the page names; it says "most write tools" of others, and those count as never.
REQUIREMENTS: Mapping[str, Requirement] = MappingProxyType(
    {"mail_delete_email": "mandatory", "mail_send_email": "default_on"}
)


class Hitl(NamedTuple):
    """`hitl_config` of a tool: `prompt` is what the person is asked."""

    requires: bool = False
    mandates: bool = False
    disables: bool = False
    prompt: str = CONFIRMATION


def read_hitl(entry: Mapping[str, Any]) -> Hitl:
    """Read a `hitl_config` that has no errors."""
    return Hitl(
        entry.get("requires_human_approval", False),
        entry.get("mandate_human_approval", False),
        entry.get("disable_human_approval", False),
        entry.get("confirmation_prompt", CONFIRMATION),
    )


def approval_source(hitl: Hitl, requirement: Requirement) -> ApprovalSource | None:
    """Why a call of the tool waits for approval, the strongest reason first; None if it does not."""
    if requirement == "mandatory":
        return "mandatory"
    if hitl.mandates:
        return "policy"
    if requirement == "default_on" and not hitl.disables:
        return "tool_default"
    return "instance" if hitl.requires else None
