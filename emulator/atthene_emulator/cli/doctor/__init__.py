"""`atthene-emulator doctor`: what is wrong, and what to do. This package is that command; this module is where it begins."""

import os

import click
from click.core import ParameterSource

from atthene_emulator.cli.connection import client_of, json_option, namespace_option, token_option, url_option


@click.command()
@url_option
@token_option
@namespace_option
@json_option
@click.pass_context
def doctor(
    context: click.Context, url: str, control_token: str | None, namespace: str | None, *, as_json: bool
) -> None:
    """Find out what is wrong, and what to do about it.

    Looked at are the emulator: whether it runs, its version, clock, faults, rate limit and scenario; web pages that it
    refused; who holds its port; proxies; the variables ATTHENE_BASE_URL and ATTHENE_API_KEY; and the files that came with it.
    Each trouble has a remedy.

    \b
    Examples:
      atthene-emulator doctor
      atthene-emulator doctor --url http://127.0.0.1:9000 --json

    Exit status: 0 nothing is wrong, although something may be unusual; 1 something is wrong; 3 no emulator runs there.
    """
    # Loaded here, so that --help stays quick.
    from atthene_emulator.cli.doctor.emulator import examine  # noqa: PLC0415
    from atthene_emulator.cli.doctor.files import broken_files  # noqa: PLC0415
    from atthene_emulator.cli.doctor.proxies import swallowing_proxies  # noqa: PLC0415
    from atthene_emulator.cli.doctor.report import Report, to_json, to_text  # noqa: PLC0415
    from atthene_emulator.cli.doctor.variables import misleading, place  # noqa: PLC0415
    from atthene_emulator.cli.unknown_variables import warn_of_unknown_variables  # noqa: PLC0415

    warn_of_unknown_variables(context)
    if context.get_parameter_source("url") is ParameterSource.DEFAULT:
        url = place(url, control_token)
    with client_of(url, control_token) as client, client_of(url, control_token, namespace) as world:
        report = Report(client.url)
        report.found += [*broken_files(), *swallowing_proxies(os.environ), *examine(client, world, report)]
        report.found += misleading(client, report)
    click.echo(to_json(report) if as_json else to_text(report))
    context.exit(report.status)
