"""Operations of images. This module is their rows."""

from atthene_emulator.configuration.schema import Schema
from atthene_emulator.evidence.levels import documented
from atthene_emulator.web.operation import Operation
from atthene_emulator.web.operations.vocabulary import CREATED, FORM, KEY

IMAGES: tuple[Operation, ...] = (
    Operation(
        "images.upload", "POST", "/images/upload/", "Upload an image, and get the address that shows it",
        "api.images:upload_image", 201, CREATED, documented("images/upload@G3, rest-api-tutorial@G4"), "responses/image",
        operation_id="uploadImage", body=Schema("requests/image-upload"), files=("file", "image"),
        errors=(*KEY, *FORM),
        example={"file": '<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>'},
    ),
)  # fmt: skip
