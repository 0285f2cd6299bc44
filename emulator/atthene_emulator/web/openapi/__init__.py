"""OpenAPI documents, made from the tables of operations and the schemas. This package is those documents.

`x-evidence` says of operations, statuses and properties what they rest on, as `level: page or decision`; `x-decisions` what each
decision says. `x-contract` is the contract, one of `x-contracts`.
"""

from atthene_emulator.web.openapi.control_document import control_openapi
from atthene_emulator.web.openapi.document import openapi, served_at

__all__ = ("control_openapi", "openapi", "served_at")
