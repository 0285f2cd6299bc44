"""Forms: what clients send is understood, in whatever portions it comes; what is wrong is told, and nothing else happens."""

import asyncio
import gc
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atthene_emulator.domain.content import ContentWriter
from atthene_emulator.errors import FileTooLarge, InvalidRequest, UnsupportedMediaType
from atthene_emulator.limits import FORM_FIELDS, FORM_PARTS, MIB, PART_HEAD, UPLOAD
from atthene_emulator.web.connection import ClientGone
from atthene_emulator.web.form import FilePart, Form
from atthene_emulator.web.form_reader import read_form
from tests.multipart import BOUNDARY, CONTENT_TYPE, Part, field, file, multipart, with_boundaries


def read(
    portions: Sequence[bytes], content_type: str | None = CONTENT_TYPE, max_file: int = MIB, **headers: str
) -> Form:
    """What is read of a body that comes in portions."""
    given = headers if content_type is None else {"content-type": content_type, **headers}
    events = [{"type": "http.request", "body": one, "more_body": True} for one in portions]
    events.append({"type": "http.request", "body": b""})

    async def receive() -> Any:
        return events.pop(0)

    raw = {name.replace("_", "-").encode(): value.encode("latin-1") for name, value in given.items()}
    exchange = cast("Any", SimpleNamespace(headers=raw, receive=receive, count_upload=lambda _: None))
    return asyncio.run(read_form(exchange, max_file=max_file))


def shown(form: Form) -> list[tuple[str, str, bytes]]:
    """Files and fields."""
    files = [(one.field, one.filename, one.content.read()) for one in form.files]
    return files + [(name, "", value.encode()) for name, value in form.fields]


def refusal(portions: Sequence[bytes], **more: Any) -> tuple[str, str]:
    """Field and sentence of the one mistake."""
    with pytest.raises(InvalidRequest) as caught:
        read(portions, **more)
    (problem,) = caught.value.problems
    assert problem.message.endswith(".")
    return problem.field, problem.message


def test_files_and_fields_are_read_in_their_order() -> None:
    form = read([multipart(field("tags", "a"), file(b"\x00\r\n--\xff"), field("tags", "b"), field("title", "Über"))])
    assert form.fields == (("tags", "a"), ("tags", "b"), ("title", "Über"))
    assert form.values("tags") == ["a", "b"]
    (one,) = form.files
    assert one == FilePart("file", "hello.txt", "text/plain", one.content)
    assert one.content.read() == b"\x00\r\n--\xff"
    assert form.file("file") is one
    assert form.file("image", "file") is one


def test_an_empty_file_is_a_file() -> None:
    assert read([multipart(file(b""))]).file("file").content.size == 0


def test_a_form_of_nothing_is_one() -> None:
    assert read([multipart()]) == Form((), ())


def test_a_file_without_a_type_is_bytes() -> None:
    form = read([multipart(Part('form-data; name="file"; filename="x"'))])
    assert form.files[0].content_type == "application/octet-stream"


def test_who_wants_a_file_tells_its_name() -> None:
    with pytest.raises(InvalidRequest) as caught:
        read([multipart(field("tags", "a"))]).file("file", "image")
    assert caught.value.problems[0].field == "file"
    assert "file or image" in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('form-data; name="file"; filename="plain.txt"', "plain.txt"),
        ("form-data; name=file; filename=token.txt", "token.txt"),
        ('Form-Data;name="file" ; FileName="spaces.txt"', "spaces.txt"),
        ('form-data; name="file"; filename="a \\"quoted\\"; one.txt"', 'a "quoted"; one.txt'),
        ('form-data; name="file"; filename="C:\\new\\table.txt"', "table.txt"),
        ('form-data; name="file"; filename="Müller.txt"', "Müller.txt"),
        ("form-data; name=\"file\"; filename*=UTF-8''M%C3%BCller%20%E2%82%AC.txt", "Müller €.txt"),
        ('form-data; name="file"; filename="M_ller.txt"; filename*=utf-8\'de\'M%c3%bcller.txt', "Müller.txt"),
        ("form-data; name=\"file\"; filename*=ISO-8859-1''M%FCller.txt", "Müller.txt"),
        ('form-data; name="file"; filename="plain.txt"; filename*=koi8-r\'\'x.txt', "plain.txt"),
        ("form-data; name=\"file\"; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("form-data; name=\"file\"; filename*=UTF-8''a%00b.txt", "ab.txt"),
    ],
)
def test_the_name_of_a_file_is_understood(disposition: str, name: str) -> None:
    assert read([multipart(Part(disposition, b"x"))]).files[0].filename == name


TWO = multipart(file(), file(b"other"))
HEADLESS = "The headers of a part have more than"
WRONG: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "body", "breaks off"),
    "only line ends": (b"\r\n\r\n", "body", "breaks off"),
    "something else": (b'{"file": "x"}', "body", "malformed at byte 0"),
    "another boundary": (multipart(file(), boundary="another"), "body", "malformed"),
    "cut off in the file": (multipart(file())[:-50], "body", "breaks off"),
    "cut off in the head": (multipart(file())[:50], "body", "breaks off"),
    "without its last boundary": (multipart(file()).removesuffix(f"--{BOUNDARY}--\r\n".encode()), "body", "breaks off"),
    "a header without a colon": (with_boundaries([b"no header\r\n\r\nx"]), "body", "malformed"),
    "a header without a name": (with_boundaries([b": x\r\n\r\nx"]), "body", "malformed"),
    "a part without headers": (with_boundaries([b"\r\nx"]), "body", "A part has no name"),
    "an attachment": (multipart(Part('attachment; name="file"; filename="x"')), "body", "A part has no name"),
    "a part without a name": (multipart(Part('form-data; filename="x"')), "body", "A part has no name"),
    "an empty name": (multipart(Part('form-data; name=""')), "body", "A part has no name"),
    "an open quotation": (multipart(Part('form-data; name="file')), "body", "Content-Disposition of a part is mal"),
    "a name in Latin-1": (
        with_boundaries(['Content-Disposition: form-data; name="Ü"\r\n\r\n'.encode("latin-1")]),
        "body",
        "not UTF-8",
    ),
    "a filename* that is not UTF-8": (
        multipart(Part("form-data; name=\"file\"; filename*=UTF-8''%FF")),
        "file",
        "not UTF-8",
    ),
    "a file without a name": (multipart(file(filename="")), "file", "The file has no name"),
    "a file named dot dot": (multipart(file(filename="a/..")), "file", "The file has no name"),
    "a file as text": (multipart(field("file", "hello")), "file", "sent as text"),
    "a file in base64": (
        multipart(Part('form-data; name="file"; filename="x"', b"eA==", ("Content-Transfer-Encoding: base64",))),
        "file",
        "base64",
    ),
    "two files": (TWO, "file", "Two files are sent as file"),
    "a field in Latin-1": (multipart(Part('form-data; name="tags"', b"\xfc")), "tags", "tags is not UTF-8"),
    "fields too large": (multipart(field("tags", "x" * (FORM_FIELDS.most + 1))), "tags", "more than 65,536 bytes"),
    "too many parts": (multipart(*[field("tags", "x")] * (FORM_PARTS.most + 1)), "body", "more than 100 parts"),
    "many headers": (
        multipart(Part('form-data; name="tags"', b"", tuple(f"X-{at}: {'x' * 80}" for at in range(100)))),
        "body",
        HEADLESS,
    ),
}


@pytest.mark.parametrize(("body", "where", "said"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("size", [1, 7, 10**6])
def test_what_is_wrong_is_told(body: bytes, where: str, said: str, size: int) -> None:
    told = refusal([body[at : at + size] for at in range(0, len(body), size)])
    assert told[0] == where
    assert said in told[1]


@pytest.mark.parametrize("size", [1, 10**6])
@pytest.mark.parametrize("header", ["X-Long: " + "x" * PART_HEAD.most, "X" * (PART_HEAD.most + 1), "X:" + " " * 10**4])
def test_a_large_header_of_a_part_is_refused(header: str, size: int) -> None:
    body = multipart(Part('form-data; name="tags"', b"", (header,)))
    assert refusal([body[at : at + size] for at in range(0, len(body), size)])[0] == "body"


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        (None, "Content-Type empty"),
        ("application/json", "Content-Type application/json"),
        ("multipart/mixed; boundary=x", "multipart/mixed"),
        ("application/x-www-form-urlencoded", "send multipart/form-data"),
    ],
)
def test_another_content_type_is_refused(content_type: str | None, said: str) -> None:
    with pytest.raises(UnsupportedMediaType, match=said):
        read([multipart(file())], content_type)


def test_a_compressed_form_is_refused() -> None:
    with pytest.raises(UnsupportedMediaType, match="Content-Encoding gzip"):
        read([multipart(file())], content_encoding="gzip")


@pytest.mark.parametrize(
    "parameter", ["", "; boundary=", '; boundary=""', "; boundary=" + "x" * 71, '; boundary="open', "; boundary=ü"]
)
def test_without_a_boundary_it_is_refused(parameter: str) -> None:
    assert refusal([multipart(file())], content_type=f"multipart/form-data{parameter}")[0] == "body"


@pytest.mark.parametrize("boundary", ["x", "x" * 70, "a b:c", "'()+_,-./=?"])
def test_every_boundary_that_there_may_be_is_taken(boundary: str) -> None:
    body = multipart(file(), boundary=boundary)
    assert read([body], f'Multipart/Form-Data; charset=utf-8; boundary="{boundary}"').files


@pytest.mark.parametrize("excess", [0, 1])
def test_a_file_may_have_so_many_bytes_and_no_more(excess: int) -> None:
    body = multipart(file(b"x" * (1000 + excess)))
    if not excess:
        assert read([body], max_file=1000).files[0].content.size == 1000
        return
    with pytest.raises(FileTooLarge) as caught:
        read([body], max_file=1000)
    assert caught.value.members == {"max_size": "50MB"}


def test_many_files_are_bounded_together() -> None:
    files = [file(b"x" * MIB, name=f"file_{number}") for number in range(3)]
    with pytest.raises(FileTooLarge):
        read([multipart(*files)], max_file=MIB)


def test_a_length_that_is_too_large_is_refused_before_anything_is_read() -> None:
    with pytest.raises(FileTooLarge):
        read([], max_file=UPLOAD.most, content_length=str(UPLOAD.most + 2 * MIB))


def test_a_client_that_leaves_is_noticed() -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    exchange = cast("Any", SimpleNamespace(headers={b"content-type": CONTENT_TYPE.encode()}, receive=receive))
    with pytest.raises(ClientGone):
        asyncio.run(read_form(exchange))


def test_of_a_form_that_breaks_off_nothing_stays() -> None:
    gc.collect()
    gc.disable()
    try:
        with suppress(InvalidRequest):
            read([multipart(file(b"x" * MIB))[:-50]])
        left = [one for one in gc.get_objects() if type(one) is ContentWriter and one.size]
    finally:
        gc.enable()
    assert left == []


DATA = st.binary(max_size=300) | st.lists(
    st.sampled_from([b"\r\n", b"--", BOUNDARY.encode()[:-1], b"\r", b"x", b"\r\n--" + BOUNDARY.encode()[:10]])
).map(b"".join)
FORMS = st.lists(
    st.builds(lambda data, number: file(data, f"{number}.bin", f"file_{number}"), DATA, st.integers(0, 10**6))
    | st.builds(field, st.sampled_from(["tags", "title"]), st.text(max_size=50)),
    max_size=6,
    unique_by=lambda part: part.disposition if "filename" in part.disposition else object(),
)


def cut(body: bytes, cuts: Sequence[int]) -> list[bytes]:
    """A body in portions."""
    places = [0, *sorted({one % (len(body) + 1) for one in cuts}), len(body)]
    return [body[start:stop] for start, stop in pairwise(places)]


@given(FORMS, st.lists(st.integers(0, 10**5), max_size=40))
def test_a_form_is_the_same_in_whatever_portions_it_comes(parts: list[Part], cuts: list[int]) -> None:
    body = multipart(*parts)
    form = read(cut(body, cuts))
    assert form == read([body])
    assert [one.content.read() for one in form.files] == [part.data for part in parts if "filename" in part.disposition]
    assert [value.encode() for _, value in form.fields] == [
        part.data for part in parts if "filename" not in part.disposition
    ]


TOKENS = st.sampled_from(
    [
        f"--{BOUNDARY}".encode(),
        f"\r\n--{BOUNDARY}".encode(),
        b"\r\n",
        b"--",
        b":",
        b";",
        b'"',
        b" ",
        b'Content-Disposition: form-data; name="file"',
        b'Content-Disposition: form-data; name="tags"',
        b'; filename="x.txt"',
        b"; filename*=UTF-8''%e4",
        b"\\",
        b"\xff",
    ]
)
JUNK = st.binary(max_size=200) | st.lists(TOKENS, max_size=30).map(b"".join)


@given(JUNK, st.lists(st.integers(0, 10**5), max_size=10))
def test_whatever_comes_is_a_form_or_refused(body: bytes, cuts: list[int]) -> None:
    with suppress(InvalidRequest, FileTooLarge):
        read(cut(body, cuts))


@given(st.text(max_size=100).map(lambda text: text.encode("latin-1", "ignore").decode("latin-1")))
def test_whatever_content_type_comes_is_taken_or_refused(given: str) -> None:
    with suppress(InvalidRequest, UnsupportedMediaType):
        read([multipart(file())], f"multipart/form-data{given}")
