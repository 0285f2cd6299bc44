"""Downloads: parts of them, whether they are known already, names, what browsers may do with them, and ZIPs."""

import asyncio
import io
import re
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from atthene_emulator.domain.content import Content, ContentWriter
from atthene_emulator.domain.media_type import media_type_of
from atthene_emulator.errors import RangeNotSatisfiable
from atthene_emulator.limits import PIECE
from atthene_emulator.web.download import Download, ZipDownload
from atthene_emulator.web.faults import malformed, send_half

TEN_THOUSAND = bytes(number % 251 for number in range(10_000))  # the size of the examples of RFC 9110, section 14
CONTENT = Content.of(TEN_THOUSAND)
TAG = f'"{CONTENT.digest}"'


class Answer:
    """What was sent of a response."""

    def __init__(self, response: Response, method: str = "GET") -> None:
        self.status, self.body, self.pieces, self.is_whole = 0, b"", list[bytes](), False
        asyncio.run(response({"type": "http", "method": method}, None, self.send))  # type: ignore[arg-type]

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
            return
        self.pieces.append(message.get("body", b""))
        self.body += self.pieces[-1]
        self.is_whole = not message.get("more_body", False)


def download(method: str = "GET", content: Content = CONTENT, **headers: str) -> Answer:
    raw = {name.replace("_", "-").encode(): value.encode("latin-1") for name, value in headers.items()}
    answer = Answer(Download(content, "numbers.bin", raw, method), method)
    assert answer.is_whole
    if method == "GET" and answer.status != 304:
        assert int(answer.headers["content-length"]) == len(answer.body)
    return answer


def test_without_conditions_it_is_all_of_it() -> None:
    answer = download()
    assert (answer.status, answer.body) == (200, TEN_THOUSAND)
    assert answer.headers == {
        "etag": TAG,
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "private, no-cache",
        "content-length": "10000",
        "content-type": "application/octet-stream",
        "content-disposition": 'attachment; filename="numbers.bin"',
    }


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-499", 0, 500),
        ("bytes=500-999", 500, 1000),
        ("bytes=-500", 9500, 10_000),
        ("bytes=9500-", 9500, 10_000),
        ("bytes=0-0", 0, 1),
        ("bytes=-1", 9999, 10_000),
        ("bytes=9999-", 9999, 10_000),
        ("bytes=0-", 0, 10_000),
        ("bytes=0-9999", 0, 10_000),
        ("bytes=9000-99999", 9000, 10_000),
        ("bytes=-99999", 0, 10_000),
        ("Bytes = 0 - 4", 0, 5),
        (f"bytes=0-{'9' * 6000}", 0, 10_000),
        (f"bytes={'0' * 6000}7-7", 7, 8),
    ],
)
def test_a_range_is_followed(wanted: str, start: int, stop: int) -> None:
    answer = download(range=wanted)
    assert (answer.status, answer.body) == (206, TEN_THOUSAND[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/10000"
    assert answer.headers["etag"] == TAG


@pytest.mark.parametrize("wanted", ["bytes=10000-", "bytes=10000-10001", "bytes=-0", f"bytes={'9' * 6000}-"])
def test_a_range_behind_the_end_is_refused(wanted: str) -> None:
    with pytest.raises(RangeNotSatisfiable, match="10,000 bytes") as caught:
        download(range=wanted)
    assert caught.value.headers == {"Content-Range": "bytes */10000"}


@pytest.mark.parametrize(
    "wanted",
    ["bytes=0-0,-1", "bytes=500-600,601-999", "bytes=5-4", "bytes=-", "bytes=", "bytes", "", "lines=0-4", "bytes=a-b"],
)
def test_several_ranges_and_what_is_none_get_all_of_it(wanted: str) -> None:
    answer = download(range=wanted)
    assert (answer.status, answer.body) == (200, TEN_THOUSAND)
    assert "content-range" not in answer.headers


@pytest.mark.parametrize(("wanted", "status"), [("bytes=-5", 200), ("bytes=0-5,7-", 200)])
def test_of_nothing_there_are_no_parts(wanted: str, status: int) -> None:
    assert download(content=Content.of(b""), range=wanted).status == status


def test_of_nothing_no_part_begins_anywhere() -> None:
    with pytest.raises(RangeNotSatisfiable):
        download(content=Content.of(b""), range="bytes=0-")


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 2000))
def test_parts_of_large_files_are_right(start: int, stop: int, end: int) -> None:
    writer = ContentWriter()
    writer.write(TEN_THOUSAND * 60 + bytes(end))
    content, data = writer.finish(), TEN_THOUSAND * 60 + bytes(end)
    if start >= len(data):
        return
    answer = download(content=content, range=f"bytes={start}-{start + stop}")
    assert answer.body == data[start : start + stop + 1]
    assert max(map(len, answer.pieces)) <= PIECE.most


@given(st.binary(max_size=40) | st.from_regex(rb"bytes=[0-9]{0,6}-[0-9]{0,6}", fullmatch=True))
def test_whatever_range_comes_is_answered(wanted: bytes) -> None:
    try:
        answer = Answer(Download(CONTENT, "a", {b"range": wanted}))
    except RangeNotSatisfiable:
        return
    assert (answer.status == 200) == (answer.body == TEN_THOUSAND and "content-range" not in answer.headers)


@pytest.mark.parametrize(
    ("known", "status"),
    [
        (TAG, 304),
        (f"W/{TAG}", 304),
        (f'"other", W/"another" , {TAG}', 304),
        ("*", 304),
        (' "other"', 200),
        (CONTENT.digest, 200),
        ("", 200),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_known_is_not_sent(known: str, status: int, method: str) -> None:
    answer = download(method, if_none_match=known, range="bytes=0-1" if status == 304 else "")
    assert (answer.status, answer.headers["etag"]) == (status, TAG)
    if status == 304:
        assert answer.body == b""
        assert not any(name.startswith("content-") for name in answer.headers if name != "content-security-policy")


@pytest.mark.parametrize(
    ("known", "status"),
    [(TAG, 206), (f" {TAG} ", 206), (f"W/{TAG}", 200), ('"other"', 200), ("Wed, 15 Jan 2025 10:30:00 GMT", 200)],
)
def test_a_part_is_sent_only_of_what_the_client_has(known: str, status: int) -> None:
    assert download(range="bytes=0-1", if_range=known).status == status


def test_head_has_the_headers_and_no_body() -> None:
    answer = download("HEAD", range="bytes=0-1")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "10000")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("report.pdf", 'attachment; filename="report.pdf"'),
        ("two words.pdf", 'attachment; filename="two words.pdf"'),
        ("Übersicht.pdf", "attachment; filename=\"Ubersicht.pdf\"; filename*=UTF-8''%C3%9Cbersicht.pdf"),
        ("報告.pdf", "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E5%A0%B1%E5%91%8A.pdf"),
        ('a"b%20.txt', "attachment; filename=\"a_b_20.txt\"; filename*=UTF-8''a%22b%2520.txt"),
        ("../../c.html", 'attachment; filename="c.html"'),
        ('../x"/..\\Ü.txt', "attachment; filename=\"U.txt\"; filename*=UTF-8''%C3%9C.txt"),
        ("a/..", 'attachment; filename="file"'),
        ("a\r\nSet-Cookie: b", 'attachment; filename="aSet-Cookie: b"'),
    ],
)
def test_a_name_is_read_by_every_client(name: str, header: str) -> None:
    assert Answer(Download(CONTENT, name, {})).headers["content-disposition"] == header


@pytest.mark.parametrize(
    ("name", "media_type", "is_shown"),
    [
        ("a.png", "image/png", True),
        ("a.JPG", "image/jpeg", True),
        ("a.pdf", "application/pdf", True),
        ("a.txt", "text/plain; charset=utf-8", True),
        ("a.csv", "text/csv; charset=utf-8", True),
        ("a.json", "application/json", True),
        ("a.mp3", "audio/mpeg", True),
        ("a.mp4", "video/mp4", True),
        ("a.html", "text/html; charset=utf-8", False),
        ("a.svg", "image/svg+xml", False),
        ("a.xml", "application/xml", False),
        ("a.js", "text/javascript; charset=utf-8", False),
        ("a.md", "text/markdown; charset=utf-8", False),
        ("a.zip", "application/zip", False),
        ("a.xyz", "application/octet-stream", False),
        ("png", "application/octet-stream", False),
    ],
)
def test_what_could_run_is_never_shown(name: str, media_type: str, *, is_shown: bool) -> None:
    answer = Answer(Download(CONTENT, name, {}, inline=True))
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"].startswith("inline" if is_shown else "attachment")
    assert Answer(Download(CONTENT, name, {})).headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "media_type", ["text/html", "TEXT/HTML", "text/plainly", "image/SVG+xml", "application/json+x"]
)
def test_a_type_of_its_own_is_looked_at_alike(media_type: str) -> None:
    answer = Answer(Download(CONTENT, "a.png", {}, inline=True, media_type=f"{media_type}; charset=x"))
    assert answer.headers["content-type"].partition(";")[0] == media_type.lower()
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("media_type", ["", "png", "image/png\r\nSet-Cookie: a", "image/", "image/png/", "Ü/ü"])
def test_a_type_that_is_none_is_that_of_the_name(media_type: str) -> None:
    answer = Answer(Download(CONTENT, "a.png", {}, inline=True, media_type=media_type))
    assert answer.headers["content-type"] == "image/png"


def test_a_pdf_that_is_shown_is_in_no_sandbox_since_viewers_would_show_nothing() -> None:
    policies = [
        Answer(Download(CONTENT, "a.pdf", {}, inline=inline)).headers["content-security-policy"]
        for inline in (True, False)
    ]
    assert ["sandbox" in one for one in policies] == [False, True]
    assert all("default-src 'none'" in one for one in policies)


def test_types_do_not_depend_on_the_machine() -> None:
    assert media_type_of("a.unknown-to-us") == media_type_of("none") == "application/octet-stream"


FILES = [
    ("report.pdf", Content.of(b"one")),
    ("Report.PDF", Content.of(b"two")),
    ("report.pdf", Content.of(b"three")),
    ("../../etc/passwd", Content.of(b"")),
    ("Übersicht", CONTENT),
    ("übersicht", CONTENT),
    ("..", CONTENT),
]


def test_a_zip_has_all_files_under_names_of_their_own() -> None:
    answer = Answer(ZipDownload(FILES, "artifacts.zip"))
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        assert {one: archive.read(one) for one in archive.namelist()} == {
            "report.pdf": b"one",
            "Report (2).PDF": b"two",
            "report (3).pdf": b"three",
            "passwd": b"",
            "Übersicht": TEN_THOUSAND,
            "übersicht (2)": TEN_THOUSAND,
            "file": TEN_THOUSAND,
        }
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert answer.body == Answer(ZipDownload(FILES, "artifacts.zip")).body


def test_a_zip_of_nothing_is_one() -> None:
    with zipfile.ZipFile(io.BytesIO(Answer(ZipDownload([], "none.zip")).body)) as archive:
        assert archive.namelist() == []


@given(st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=50).map(Content.of)), max_size=8))
def test_every_zip_is_readable(files: list[tuple[str, Content]]) -> None:
    answer = Answer(ZipDownload(files, "all.zip"))
    assert int(answer.headers["content-length"]) == len(answer.body)
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert [archive.read(one) for one in archive.infolist()] == [content.read() for _, content in files]
        assert len({name.casefold() for name in archive.namelist()}) == len(files)
        assert not any(re.search(r"[/\\]|^\.{0,2}$", name) for name in archive.namelist())


@pytest.mark.parametrize("make", [lambda: Download(CONTENT, "a", {}), lambda: ZipDownload(FILES, "a")])
def test_a_damaged_download_is_cut_and_ends_with_no_text(make: Any) -> None:
    whole, answer = Answer(make()), Answer(malformed(make()))
    assert answer.body == whole.body[: len(whole.body) * 2 // 3] + b"\xff"
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_an_answer_without_a_body_is_not_damaged() -> None:
    for response in (Response(None, 204), Download(CONTENT, "a", {b"if-none-match": b"*"})):
        assert malformed(response) is response


def test_half_a_download_says_that_it_is_all_and_never_ends() -> None:
    half = Answer(Response())

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    asyncio.run(send_half(Download(CONTENT, "a", {}), {"method": "GET"}, receive, half.send))
    assert (half.headers["content-length"], half.body, half.is_whole) == ("10000", TEN_THOUSAND[:5000], False)
