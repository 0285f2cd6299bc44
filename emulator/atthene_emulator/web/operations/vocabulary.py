"""What rows of several groups say alike: errors, statuses, parameters. This module is those words."""

from atthene_emulator.errors import (
    BodyTooLarge,
    FileTooLarge,
    InvalidRequest,
    NotAConfiguration,
    NotAuthenticated,
    NotPermitted,
    UnsupportedMediaType,
)
from atthene_emulator.evidence.levels import decided, documented, inferred
from atthene_emulator.web.operation import Errors
from atthene_emulator.web.query import Parameter

# Errors: of the key, of a body of text, of a form, of a configuration.
KEY: Errors = (NotAuthenticated, NotPermitted)
TEXT: Errors = (BodyTooLarge, UnsupportedMediaType)
FORM: Errors = (InvalidRequest, FileTooLarge, UnsupportedMediaType)
CONFIGURED: Errors = (NotAConfiguration, *TEXT)

# What a status rests on.
OK = inferred("D01: success without a documented status")
CREATED = decided("D01")
NO_CONTENT = documented("agents/delete@G1, sessions/delete-all@G3")

# Parameters of lists.
_PAGES = documented("runtime/messages@G1")
LIMIT = Parameter("limit", "integer", "How many at most.", _PAGES, default=50, least=1, most=1000, example=10)
OFFSET = Parameter("offset", "integer", "How many to pass over.", _PAGES, default=0, example=0)
ANY_LIMIT = LIMIT._replace(description="How many at most; all without it.", evidence=decided("D20"), default=None)
ANY_OFFSET = OFFSET._replace(evidence=decided("D20"))
PAGED = (ANY_LIMIT._replace(evidence=decided("D106")), ANY_OFFSET._replace(evidence=decided("D106")))
KEY_FILTER = Parameter(
    "agent_key", "string", "Only sessions of this agent.", decided("D20"), example="customer_support_agent"
)

FLAT = {  # an example
    "name": "Sales Agent",
    "agent_type": "llm_agent",
    "system_prompt": "You sell garden furniture. Be brief.",
    "llm_config": {"model": "gpt-4o", "temperature": 0.7},
}
