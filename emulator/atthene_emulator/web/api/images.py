"""Handlers of `/images/`."""

from typing import Any

from atthene_emulator.domain import images
from atthene_emulator.web.exchange import Exchange
from atthene_emulator.web.media import image_url


def upload_image(exchange: Exchange) -> Any:
    """Keep an image, sent as `file` [documented: images/upload@G3] or `image` [documented: rest-api-tutorial@G4]."""
    namespace, sent = exchange.namespace, exchange.sent_form.file("file", "image")
    image = images.upload_image(namespace, exchange.account, sent.filename, sent.content)
    return {"url": image_url(exchange.root, namespace, image), "media_type": image.media_type, "size": image.size}
