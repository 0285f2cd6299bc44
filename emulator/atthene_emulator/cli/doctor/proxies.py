"""Proxies between a program and this machine. This module is how `doctor` finds them."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_address, ip_network

from atthene_emulator.addresses import unproxied
from atthene_emulator.cli.doctor.report import Trouble

_PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


def swallowing_proxies(environment: Mapping[str, str]) -> Iterator[Trouble]:
    """Proxies that requests to this machine would be sent to."""
    proxies = [name for name in _PROXIES if environment.get(name)]
    read = "no_proxy" if environment.get("no_proxy") else "NO_PROXY"  # clients read the first that is set
    exempt = environment.get(read, "")
    swallowed = [host for host in ("127.0.0.1", "localhost") if not _is_exempt(host, exempt)]
    if proxies and swallowed:
        hosts = unproxied(environment, *swallowed)
        yield Trouble(
            "error",
            "proxy",
            f"{proxies[0]} is set, and {read} leaves out {' and '.join(swallowed)}: clients look for them at the proxy.",
            f"export NO_PROXY={hosts} no_proxy={hosts}",
        )


def _is_exempt(host: str, no_proxy: str) -> bool:
    """Whether a list of hosts, domains and networks names this one."""
    for name in (one.strip().lower() for one in no_proxy.split(",")):
        if name == "*" or host == name.lstrip("."):
            return True
        with suppress(ValueError):  # the host or the name is no address
            if ip_address(host) in ip_network(name, strict=False):
                return True
    return False
