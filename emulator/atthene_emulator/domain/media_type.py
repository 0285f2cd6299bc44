"""What kind of file it is, by the extension of its name: alike on every machine, whatever types that one knows."""

from atthene_emulator.knowledge.documents import extension_of

OTHER = "application/octet-stream"

_OFFICE = "application/vnd.openxmlformats-officedocument."
_BY_EXTENSION = {
    "avi": "video/x-msvideo",
    "bmp": "image/bmp",
    "cpp": "text/x-c++src",
    "css": "text/css",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "java": "text/x-java-source",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json",
    "md": "text/markdown",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "py": "text/x-python",
    "rtf": "application/rtf",
    "svg": "image/svg+xml",
    "tar": "application/x-tar",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "toml": "application/toml",
    "txt": "text/plain",
    "wav": "audio/wav",
    "webp": "image/webp",
    "xls": "application/vnd.ms-excel",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "zip": "application/zip",
}


def media_type_of(name: str) -> str:
    """The media type of a file, without parameters; `application/octet-stream` where the extension says nothing."""
    return _BY_EXTENSION.get(extension_of(name), OTHER)
