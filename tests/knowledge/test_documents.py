import time

import pytest

from atthene_emulator.knowledge.documents import text_of

PAGE = """<!doctype html><html><head><title>Returns</title><style>p { color: red }</style></head>
<body><h1>Returns &amp; refunds</h1><p>Within <b>14</b>
days.</p><script>alert("no")</script><ul><li>shoes<li>shirts</ul><br>R&D, 1 < 2 &lt;3</body></html>"""


@pytest.mark.parametrize("name", ["a.txt", "b.MD", "c.Csv", "d.json", "folder.pdf/e.txt"])
def test_text_is_read_as_it_stands(name: str) -> None:
    assert text_of(name, b'{"a":\r\n1}') == '{"a":\r\n1}'


@pytest.mark.parametrize("name", ["a.pdf", "b.docx", "c.xlsx", "txt", ".html", "a.txt.zip", ""])
def test_other_files_have_no_text(name: str) -> None:
    assert text_of(name, b"text") is None


def test_what_is_no_text_is_replaced_and_marks_are_left_out() -> None:
    assert text_of("a.txt", b"\xef\xbb\xbfna\xefve") == "na\ufffdve"
    assert text_of("a.csv", "\ufeffä;ö".encode("utf-16-le")) == "ä;ö"
    assert text_of("a.csv", "\ufeffä;ö".encode("utf-16-be")) == "ä;ö"


def test_pages_are_text_without_tags_scripts_and_styles() -> None:
    assert text_of("a.html", PAGE.encode()) == (
        "Returns\n\nReturns & refunds\n\nWithin 14 days.\n\nshoes\n\nshirts\n\nR&D, 1 < 2 <3"
    )


@pytest.mark.parametrize(
    "page",
    [
        "<!--",
        "<!-->",
        "<a ",
        "<a b='",
        '<a b="x',
        "</",
        "</a",
        "<![CDATA[",
        "<![x",
        "<!x",
        "<?",
        "<script>",
        "&",
        "&#1",
        " ",
        "<",
    ],
)
def test_pages_are_read_in_linear_time(page: str) -> None:
    data = b"Hello " + page.encode() * (400_000 // len(page))
    begun = time.thread_time()
    text = text_of("a.html", data)
    assert time.thread_time() - begun < 3
    assert text is not None
    assert text.startswith("Hello")
