"""Handler of the control plane: a whole emulator as a document."""

from starlette.responses import Response

from atthene_emulator.errors import Conflict, SetupError
from atthene_emulator.limits import ON_LOOP
from atthene_emulator.web.aside import aside
from atthene_emulator.web.control.journal import flag_of
from atthene_emulator.web.exchange import Exchange


async def export_emulator(exchange: Exchange) -> Response:
    """One JSON document, without secrets unless they are wanted."""
    from atthene_emulator.seeds.state_document import exported, taken  # noqa: PLC0415  # the start is quicker without

    secrets = flag_of(exchange, "secrets")
    async with exchange.emulator.all_in_view():
        one = taken(exchange.emulator)
    try:
        written = await aside(ON_LOOP.most + 1, exported, one, secrets=secrets)
    except SetupError as error:  # a seed file is gone
        raise Conflict(f"What the emulator started from cannot be written: {str(error).rstrip('.')}") from None
    return Response(written, media_type="application/json")
