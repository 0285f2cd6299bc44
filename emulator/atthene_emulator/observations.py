"""What `atthene-emulator verify` saw of a real service. This module reads from it how the service rules where we decided."""

from typing import Any

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.contracts import ContractName
from atthene_emulator.errors import SetupError
from atthene_emulator.evidence.rulings import BY_ID, DOCUMENTED, Rulings
from atthene_emulator.wording import did_you_mean


def read_rulings(value: Any, name: str) -> tuple[ContractName | None, Rulings]:
    """The contract and the rulings that a file of `verify` recommends.

    Args:
        value: what the file holds.
        name: of the file.

    Raises:
        SetupError: it is none.
    """
    findings = Schema("evidence").check(value)
    if findings:
        raise SetupError("\n".join(f"{name}: {finding.field}: {finding.message}" for finding in findings))
    for rule, ruling in value["rulings"].items():
        if rule in DOCUMENTED:
            raise SetupError(
                f"{name}: rulings.{rule}: {DOCUMENTED[rule]}, so nothing is left to rule; take the line out, "
                "or let `atthene-emulator verify` write the file anew."
            )
        if rule not in BY_ID:
            raise SetupError(f"{name}: rulings: there is no rule {rule}{did_you_mean(rule, tuple(BY_ID))}")
        choices = BY_ID[rule].choices
        if not any(ruling == choice and type(ruling) is type(choice) for choice in choices):
            raise SetupError(f"{name}: rulings.{rule}: must be one of {', '.join(map(str, choices))}, not {ruling!r}.")
    return value.get("contract"), Rulings(value["rulings"])
