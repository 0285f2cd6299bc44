"""Use cases of images: upload, and look one up by the name in its address.

Who knows an address sees the image: it is served without a key (D67), so its name is one that nobody guesses (D107).
"""

from hmac import compare_digest

from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.content import Content
from atthene_emulator.domain.image import EXTENSIONS, IMAGE_TYPES, Image, type_of
from atthene_emulator.domain.namespace import Namespace
from atthene_emulator.errors import InvalidRequest, NotFound, Problem
from atthene_emulator.knowledge.documents import extension_of
from atthene_emulator.limits import IMAGES
from atthene_emulator.wording import either

_PREFIX = "temp_"
_ID = len(_PREFIX) + 12  # characters


def upload_image(namespace: Namespace, account: Account, name: str, content: Content) -> Image:
    """Keep an image; the oldest leaves where there are too many (D67).

    Args:
        namespace: where it is kept.
        account: whose it is.
        name: of the file, which tells nothing but that it is meant to be an image.
        content: its bytes, which tell its type.

    Raises:
        InvalidRequest: it is none; of the field `file`.
        NoRoom: so much is kept that no more is.
    """
    found = type_of(content)
    if found is None or extension_of(name) not in EXTENSIONS:
        raise InvalidRequest(None, [Problem("file", _mistake(name, is_image=found is not None))])
    namespace.check_room()
    images = namespace.records.images
    while len(images) >= IMAGES.most:
        namespace.records.forget(images, next(iter(images)).id)
    image = Image(
        id=namespace.ids.prefixed(_PREFIX),
        owner=account.id,
        media_type=found.media_type,
        digest=content.digest,
        size=content.size,
        created_at=namespace.clock.now(),
    )
    images.add(image)
    namespace.contents.add(content)
    return image


def _mistake(name: str, *, is_image: bool) -> str:
    if is_image:
        return f"{name} is not named as an image; its name must end in {either([f'.{one}' for one in EXTENSIONS])}."
    return f"{name} is not an image; send PNG, JPEG, GIF, WebP, BMP, TIFF or SVG."


def name_of(namespace: Namespace, image: Image) -> str:
    """The name in its address, such as `temp_….jpg`."""
    return f"{image.id}{namespace.seal(image.id)}.{IMAGE_TYPES[image.media_type].extensions[0]}"


def image_named(namespace: Namespace, name: str) -> Image:
    """The image whose address ends in this name.

    Raises:
        NotFound: there is none.
    """
    image = namespace.records.images.get(name[:_ID])
    if image is None or not compare_digest(name_of(namespace, image).encode(), name.encode("utf-8", "replace")):
        raise NotFound("Image not found")
    return image
