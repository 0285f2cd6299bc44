"""A form: files with their bytes, and fields. This module is that record."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from atthene_emulator.domain.content import Content
from atthene_emulator.errors import InvalidRequest, Problem

_TRUE = ("true", "1")


class FilePart(NamedTuple):
    """A file in a form.

    Attributes:
        field: the name of its part.
        filename: as `file_name` has it; never empty.
        content_type: as its part says it; `application/octet-stream` where it says nothing.
        content: the bytes.
    """

    field: str
    filename: str
    content_type: str
    content: Content


class Form(NamedTuple):
    """What was sent, in its order; fields are names and values, and a name may come several times."""

    files: tuple[FilePart, ...]
    fields: tuple[tuple[str, str], ...]

    def file(self, *names: str) -> FilePart:
        """The first file of one of these names.

        Raises:
            InvalidRequest: there is none; of the field that is named first.
        """
        for one in self.files:
            if one.field in names:
                return one
        raise InvalidRequest(
            None,
            [Problem(names[0], f"There is no file; send it as a part named {' or '.join(names)}, with a filename.")],
        )

    @property
    def said(self) -> Mapping[str, Any]:
        """What a schema is told of it: values by name, a list where there are several; of files their names."""
        said: dict[str, Any] = {one.field: one.filename for one in self.files}
        for name in dict.fromkeys(name for name, _ in self.fields):
            values = self.values(name)
            said[name] = values if len(values) > 1 else values[0]
        return said

    @property
    def summary(self) -> Mapping[str, Any]:
        """What is written down of it: the same, and of files what they are."""
        files = {
            one.field: {
                "filename": one.filename,
                "content_type": one.content_type,
                "size": one.content.size,
                "sha256": one.content.digest,
            }
            for one in self.files
        }
        return {**self.said, **files}

    def text(self, name: str) -> str:
        """The last value of a field; empty without one."""
        return "".join(self.values(name)[-1:])

    def is_true(self, name: str) -> bool:
        """Whether that is `true` or `1`."""
        return self.text(name).lower() in _TRUE

    def values(self, name: str) -> list[str]:
        """All values of a field."""
        return [value for one, value in self.fields if one == name]
