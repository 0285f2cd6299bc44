"""What a message holds: text, or blocks. This module is what can be told of it."""

import re
from collections.abc import Mapping
from typing import Any

Content = str | tuple[Any, ...]

_IMAGE_NAME = r"(?i)\.(?:png|jpe?g|gif|webp|bmp|svg|tiff?|heic)(?:[?#]|$)"


def text_of(content: Content) -> str:
    """The text of a message: of blocks, the text ones, a line each."""
    if isinstance(content, str):
        return content
    return "\n".join(block["text"] for block in content if block["type"] == "text")


def has_media(content: Content) -> bool:
    """Whether a message has images or files."""
    return not isinstance(content, str) and any(block["type"] != "text" for block in content)


def has_image(content: Content) -> bool:
    """Whether a message has an image: a block of one, or a file that is one by its media type or its name."""
    return not isinstance(content, str) and any(map(_is_image, content))


def _is_image(block: Mapping[str, Any]) -> bool:
    if block["type"] != "file":
        return block["type"] in ("image_url", "image")
    source = block.get("source", {"url": block.get("file_url", "")})
    if "media_type" in source:
        return str(source["media_type"]).startswith("image/")
    return any(re.search(_IMAGE_NAME, str(source.get(key, ""))) for key in ("filename", "url"))
