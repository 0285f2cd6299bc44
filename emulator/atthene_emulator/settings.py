"""What a user can choose when starting the emulator.

This module is the list of choices with their defaults; the command line and the Python API fill it in.
"""

import re
from dataclasses import dataclass, field

from atthene_emulator.addresses import is_loopback
from atthene_emulator.contracts import CONTRACTS, ContractName
from atthene_emulator.errors import SetupError
from atthene_emulator.evidence.rulings import Rulings
from atthene_emulator.limits import BODY, JOURNAL_ENTRIES, STORED
from atthene_emulator.wording import did_you_mean


@dataclass(frozen=True)
class Settings:
    """The emulator's settings.

    Attributes:
        host: address to bind; anything but a loopback address needs `allow_remote`.
        port: 0 picks a free one.
        seeds: names of bundled fixtures or paths of seed files; later ones add.
        contract: overrides the contract that the seeds name.
        strict: unknown keys are errors, and a default answer is refused with 501.
        cors_origins: origins, besides loopback ones, whose pages may call the imitated API.
        max_body: bytes a request body may have.
        journal_entries: how many requests the journal keeps.
        max_stored: bytes that a namespace's agents and sessions may have, and its snapshots together.
        allow_remote: permits other addresses than loopback ones.
        allow_hosts: `Host` names, besides loopback ones, that reach the control plane.
        control_cors_origins: origins whose pages may use the control plane, too.
        control_token: what the control plane wants as `Authorization: Bearer`, if set.
        log_level: of the server's own log.
        rulings: how decided rows are decided.
        observations: a file of `atthene-emulator verify`, whose findings win over `rulings`, and whose contract is taken
            unless one is chosen.
        watch: seed files named by their path, and the configurations that they name, are looked at twice a second; when
            one changes, the namespace `default` starts from what they say then. Needs a seed that is named by its path.
    """

    host: str = "127.0.0.1"
    port: int = 8484
    seeds: tuple[str, ...] = ("default",)
    contract: ContractName | None = None
    strict: bool = False
    cors_origins: tuple[str, ...] = ()
    max_body: int = BODY.most
    journal_entries: int = JOURNAL_ENTRIES.most
    max_stored: int = STORED.most
    allow_remote: bool = False
    allow_hosts: tuple[str, ...] = ()
    control_cors_origins: tuple[str, ...] = ()
    control_token: str | None = None
    log_level: str = "warning"
    rulings: Rulings = field(default_factory=Rulings)
    observations: str | None = None
    watch: bool = False

    def check(self) -> None:
        """Refuse what cannot be served, and what would open the emulator to others unguarded.

        Raises:
            SetupError: a setting is wrong.
        """
        if self.contract is not None and self.contract not in CONTRACTS:
            near = did_you_mean(str(self.contract), tuple(CONTRACTS), f"; there are {', '.join(CONTRACTS)}.")
            raise SetupError(f"There is no contract {self.contract}{near}")
        if isinstance(self.seeds, str) or not all(isinstance(name, str) for name in self.seeds):
            raise SetupError(f"seeds is a tuple of names, such as ('default',), not {self.seeds!r}.")
        if not isinstance(self.port, int):
            raise SetupError(f"port is a number from 0 to 65535, not {self.port!r}.")
        for origin in (*self.cors_origins, *self.control_cors_origins):
            if not re.fullmatch(r"https?://[^/\s]+", origin):
                raise SetupError(f"{origin} is not an origin; write it like https://app.example.com, without a path.")
        if not is_loopback(self.host) and not self.allow_remote:
            raise SetupError(
                f"{self.host} is not a loopback address; add --allow-remote to be reachable from elsewhere."
            )
        if self.allow_remote and not self.control_token:
            raise SetupError("--allow-remote needs --control-token, so that nobody else controls the emulator.")
        if self.control_token is not None and not self.control_token.strip():
            raise SetupError("--control-token is empty; name a token, or leave the option out.")
