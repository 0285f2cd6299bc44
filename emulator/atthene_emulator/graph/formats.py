"""A graph as a text. This module is the formats that there are."""

from typing import Literal, get_args

from atthene_emulator.graph.marks import Marked

Format = Literal["text", "svg", "mermaid"]
FORMATS: tuple[Format, ...] = get_args(Format)


def written(marked: Marked, style: Format) -> str | None:
    """A graph in a format; None for a picture of one that is too large for it."""
    if style == "mermaid":
        from atthene_emulator.graph.mermaid import mermaid  # noqa: PLC0415  # only who asks needs it

        return mermaid(marked)
    if style == "text":
        from atthene_emulator.graph.text import text  # noqa: PLC0415  # the same

        return text(marked)
    from atthene_emulator.graph.drawing import drawing_of  # noqa: PLC0415  # the same
    from atthene_emulator.graph.svg import svg  # noqa: PLC0415  # the same

    drawing = drawing_of(marked)
    return None if drawing is None else svg(marked, drawing)
