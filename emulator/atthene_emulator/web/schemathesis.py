"""What Schemathesis must be told beside the OpenAPI document: what no schema can say. This module is that configuration.

It leaves every check on, and says of a few operations which statuses are right answers, and why.
"""

from collections.abc import Iterable

from atthene_emulator.web.control.operations import CONTROL
from atthene_emulator.web.operations import OPERATIONS

_ENDLESS = ("events.follow", "journal.wait")
_CHECK, _IMPORT = "configurations.check", "snapshots.import"
_CANCEL, _VALIDATE = "runtime.cancel", "agents.validate"
_TEXT = """\
# What Schemathesis must be told of the Atthene Sessions API beside its OpenAPI document. Save it as schemathesis.toml, then:
#   schemathesis run http://127.0.0.1:8484/__emulator/openapi.json --header 'x-api-key: test-key'
# All checks stay on.

# A body that fits its schema may still mean nothing: edges that lead to no agent, two agents of one name, inputs that the session's
# configuration does not declare (D34), neither content nor inputs (D52). Numbers have 64 bits, also in objects of any form.
[[operations]]
include-operation-id = [
{bodies}
]
checks.positive_data_acceptance.expected-statuses = {statuses}

# There is nothing to cancel unless an execution runs.
[[operations]]
include-operation-id = "{cancel}"
checks.positive_data_acceptance.expected-statuses = {statuses}

# To say what is wrong with an invalid configuration is the success of this operation: 200 with `valid: false` (D05b).
[[operations]]
include-operation-id = "{validate}"
checks.negative_data_rejection.expected-statuses = ["200", "400", "401", "403", "404", "405", "413", "415", "422", "429", "5xx"]

# Of a form every field is a text, so a number or an object that is sent in place of one is a text, too.
[[operations]]
include-operation-id = [
{forms}
]
checks.negative_data_rejection.expected-statuses = ["201", "400", "401", "403", "404", "405", "413", "415", "422", "429", "5xx"]
"""
_CONTROL_TEXT = """\
# What Schemathesis must be told of the control plane of an Atthene emulator beside its OpenAPI document. Save it as
# schemathesis.toml, then:
#   schemathesis run 'http://127.0.0.1:8484/__emulator/openapi.json?api=control'
# All checks stay on. What it sends changes the emulator: give it one of its own.

# A body that fits its schema may still mean nothing: a script of a name that the seed has, a snapshot whose parts do not belong
# together. Numbers have 64 bits.
[[operations]]
include-operation-id = [
{bodies}
]
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "429", "5xx"]

# To say what is wrong with an invalid configuration is the success of this operation.
[[operations]]
include-operation-id = "{check}"
checks.negative_data_rejection.expected-statuses = ["200", "400", "401", "403", "404", "405", "413", "415", "422", "429", "5xx"]

# No document that is made by chance is one that an emulator has exported; to make such documents takes long.
[[operations]]
include-operation-id = "{imported}"
phases.fuzzing.enabled = false
phases.coverage.enabled = false

# These have no end of their own, or one that the body says.
[[operations]]
include-operation-id = [
{endless}
]
enabled = false
"""


def schemathesis_configuration() -> str:
    """The configuration, in TOML; it counts for every contract."""
    ids = {row.name: row.operation_id for row in OPERATIONS}
    bodies = ",\n".join(f'  "{row.operation_id}"' for row in OPERATIONS if row.body is not None)
    forms = ",\n".join(f'  "{row.operation_id}"' for row in OPERATIONS if row.files)
    statuses = '["2xx", "400", "401", "403", "404", "409", "429", "5xx"]'
    return _TEXT.format(bodies=bodies, forms=forms, statuses=statuses, cancel=ids[_CANCEL], validate=ids[_VALIDATE])


def control_schemathesis_configuration() -> str:
    """The same for the control plane's document."""
    bodies = [row.operation_id for row in CONTROL if row.body is not None]
    ids = {row.name: row.operation_id for row in CONTROL}
    endless = [ids[name] for name in _ENDLESS]
    return _CONTROL_TEXT.format(
        bodies=_listed(bodies), endless=_listed(endless), check=ids[_CHECK], imported=ids[_IMPORT]
    )


def _listed(ids: Iterable[str]) -> str:
    return ",\n".join(f'  "{one}"' for one in ids)
