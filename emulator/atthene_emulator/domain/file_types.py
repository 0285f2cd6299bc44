"""What kinds of files there are, and how one can be. This module is those words, and what an extension tells."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from atthene_emulator.knowledge.documents import extension_of

FileType = Literal["document", "image", "data", "code", "video", "audio", "archive", "other"]
FILE_TYPES: tuple[FileType, ...] = get_args(FileType)
FileStatus = Literal["uploading", "active", "archived", "deleted", "error"]
FILE_STATUSES: tuple[FileStatus, ...] = get_args(FileStatus)

_EXTENSIONS: Mapping[FileType, str] = {  # [documented: files/upload@G1; xls inferred]
    "document": "pdf doc docx txt md rtf",
    "image": "png jpg jpeg gif tiff bmp webp svg",
    "data": "xlsx csv json xml xls",
    "code": "py js java cpp html css yaml toml",
    "video": "mp4 avi mov",
    "audio": "mp3 wav",
    "archive": "zip tar",
}
_TYPES: Mapping[str, FileType] = MappingProxyType(
    {extension: kind for kind, extensions in _EXTENSIONS.items() for extension in extensions.split()}
)


def type_of(name: str) -> FileType:
    """What kind of file it is, by its extension."""
    return _TYPES.get(extension_of(name), "other")
