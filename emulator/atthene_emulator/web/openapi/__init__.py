"""OpenAPI documents, made from the tables of operations and the schemas. This package is those documents.

`x-evidence` says of operations, statuses and properties what they rest on, as `level: page or decision`; `x-decisions` what each
decision says. `x-contract` is the contract, one of `x-contracts`.
"""

from atthene_emulator.web.openapi.control_document import control_openapi, control_served_at
from atthene_emulator.web.openapi.document import openapi, served_at

__all__ = ("control_openapi", "control_served_at", "openapi", "served_at")
