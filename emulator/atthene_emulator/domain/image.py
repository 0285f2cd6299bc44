"""An uploaded image as it is kept, without its bytes. This module is the record, which types there are, and how it is saved.

Times are unix seconds.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from atthene_emulator.domain.content import Content
from atthene_emulator.domain.parts import Json, Saved
from atthene_emulator.domain.record_set import Kind

_BEGINNING = 4096  # bytes; what stands before the first element of an SVG may be long
# What may stand before the first element of a document: a mark, declarations, comments, a document type.
_PROLOGUE = rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*)?>)*+"


class ImageType(NamedTuple):
    """A type of images (D67).

    Attributes:
        extensions: of names, in lower case; addresses have the first.
        beginning: of the bytes, as a regular expression.
    """

    media_type: str
    extensions: tuple[str, ...]
    beginning: bytes


def _type(media_type: str, extensions: str, beginning: bytes) -> ImageType:
    return ImageType(media_type, tuple(extensions.split()), beginning)


IMAGE_TYPES: Mapping[str, ImageType] = {
    one.media_type: one
    for one in (
        _type("image/png", "png", rb"\x89PNG\r\n\x1a\n"),
        _type("image/jpeg", "jpg jpeg", rb"\xff\xd8\xff"),
        _type("image/gif", "gif", rb"GIF8[79]a"),
        _type("image/webp", "webp", rb"RIFF....WEBP"),
        _type("image/bmp", "bmp", rb"BM"),
        _type("image/tiff", "tiff tif", rb"II\*\x00|MM\x00\*"),
        _type("image/svg+xml", "svg", _PROLOGUE + rb"<(?:svg:)?svg[\s/>]"),
    )
}
EXTENSIONS = tuple(extension for one in IMAGE_TYPES.values() for extension in one.extensions)


def type_of(content: Content) -> ImageType | None:
    """What type of image it is, by how it begins; None for what is none."""
    beginning = b"".join(content.between(0, _BEGINNING))
    return next((one for one in IMAGE_TYPES.values() if re.match(one.beginning, beginning, re.DOTALL)), None)


class Image(NamedTuple):
    """An image of an account.

    Attributes:
        media_type: its real one.
        digest, size: of its bytes.
    """

    id: str
    owner: str
    media_type: str
    digest: str
    size: int
    created_at: float


def _save(image: Image) -> Json:
    return image._asdict()


def _load(entry: Mapping[str, Any], _: Saved) -> Image:
    return Image(**{**entry, "size": int(entry["size"])})


IMAGES: Kind[Image] = Kind("images", _save, _load, indexes={"content": lambda image: image.digest})
