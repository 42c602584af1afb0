"""Two PDFs are compared by what a reader sees: words wherever lines and pages break, and what is drawn."""

from __future__ import annotations

import base64
import io
from functools import cache

import pikepdf
import pytest
from PIL import Image

from pipeline.options import ROOT
from pipeline.pages.comparing import compare_pages
from pipeline.pages.reading import read_pages
from pipeline.pages.results import Change, Kind, PageChanges, PagePair
from pipeline.recount.container import MOST_PAGES
from pipeline.recount.results import RefusedError
from pipeline.render.pdf import render_pdf

HEAD = (
    '<html lang="en"><head><title>t</title><style>@page {{ size: A4; margin: 30mm 20mm; {page} }} {css}</style></head>'
)
CSS = "body { font: 10pt 'SLM Sans' } i { color: #b3261e } p { margin: 0 0 4mm }"
WORDS = "The service desk answers within the time agreed and tells the customer what it does. "
TEXT = "服务台在约定时限内响应，并告知客户处理进展。"


@cache
def made(body: str, page: str = "") -> bytes:
    return render_pdf(
        HEAD.format(page=page, css=CSS) + f"<body>{body}</body></html>", "pdf/test.html", ROOT / "templates"
    )


def compared(old: str, new: str, page: str = "") -> PageChanges:
    return compare_pages(read_pages(made(old, page)), read_pages(made(new, page)))


def told(old: str, new: str) -> list[tuple[str, str, str]]:
    return [(str(one.kind), one.before, one.after) for one in compared(old, new).changes]


def paragraphs(count: int) -> str:
    return "".join(f"<p>{number}. {WORDS}</p>" for number in range(1, count + 1))


def test_a_file_does_not_differ_from_itself() -> None:
    body = paragraphs(40)
    assert compared(body, body) == PageChanges((), (PagePair(0, 0), PagePair(1, 1)), 2, 2)


def test_a_changed_word_is_told_with_what_stands_around_it_and_where() -> None:
    old, new = f"<p>{WORDS}</p><p>{TEXT}</p>", f"<p>{WORDS.replace('agreed', 'desired')}</p><p>{TEXT}</p>"
    (change,) = compared(old, new).changes
    assert (change.kind, change.before, change.after) == (Kind.CHANGED, "agreed", "desired")
    assert (change.lead, change.tail) == ("within the time ", " and tells the c")
    (was,), (now,) = change.old, change.new
    assert was.page == now.page == 0
    assert abs(was.left - now.left) < 0.01
    assert abs(was.top - (842 - 85)) < 8  # the first line below the margin of 30 mm
    assert 20 < was.right - was.left < 40


def test_a_change_of_chinese_is_told_by_the_letter() -> None:
    assert told(f"<p>{TEXT}{TEXT}</p>", f"<p>{TEXT}{TEXT.replace('约定', '规定')}</p>") == [("changed", "约", "规")]


def test_lines_and_pages_that_break_elsewhere_are_no_difference() -> None:
    narrow = "".join(f'<p style="width: 80mm">{number}. {WORDS}</p>' for number in range(1, 31))
    assert told(paragraphs(30), narrow) == []
    assert compared(paragraphs(30), narrow).new_pages == 2


def test_a_paragraph_before_all_others_moves_them_without_changing_them() -> None:
    changes = compared(paragraphs(50), f"<p>{TEXT}</p>{paragraphs(50)}")
    assert [(one.kind, one.before, one.after) for one in changes.changes] == [(Kind.ADDED, "", TEXT)]


def test_a_short_cell_is_quoted_whole() -> None:
    row = "<table><tr><td style='width: 60mm'>P1 Resolution time</td><td>{}</td></tr></table>"
    assert told(row.format("6 h"), row.format("5 h")) == [("changed", "6 h", "5 h")]


def test_words_that_went_elsewhere_are_told_as_moved() -> None:
    first, second = "<p>Alpha beta gamma delta epsilon.</p>", "<p>Zeta eta theta iota kappa lambda my ny.</p>"
    changes = told(first + second + paragraphs(3), second + paragraphs(3) + first)
    assert changes == [("moved", "Alpha beta gamma delta epsilon.", "Alpha beta gamma delta epsilon.")]


def bar(millimetres: int, colour: str = "#1f3a5f") -> str:
    return f'<p>{WORDS}</p><div style="width: {millimetres}mm; height: 6mm; background: {colour}"></div><p>{TEXT}</p>'


@pytest.mark.parametrize("other", [bar(62), bar(60, "#a84a00"), bar(60).replace("<div", '<div class="x"><div').replace(
    "</div>", '</div><div style="width: 9mm; height: 2mm; background: red"></div></div>')],
    ids=["a longer bar", "another colour", "a bar more"])  # fmt: skip
def test_what_is_drawn_otherwise_is_found_where_no_word_changed(other: str) -> None:
    (change,) = compared(bar(60), other).changes
    assert change.kind is Kind.DRAWN
    assert [box.page for box in change.new] == [0]


def test_a_bar_that_moved_with_the_words_beside_it_is_no_difference() -> None:
    assert told(bar(60), f"<p>{WORDS}</p>{bar(60)}") == [("added", "", WORDS.strip())]


def test_a_bar_that_moved_alone_is_a_difference() -> None:
    assert told(bar(60), bar(60).replace("width", "margin-left: 5mm; width")) == [("drawn", "", "")]


def picture(colour: str) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(buffer, "PNG")
    address = base64.b64encode(buffer.getvalue()).decode()
    return f'<p>{WORDS}</p><img alt="a picture" style="width: 30mm" src="data:image/png;base64,{address}">'


def test_another_picture_at_the_same_place_is_a_difference() -> None:
    assert told(picture("red"), picture("red")) == []
    assert told(picture("red"), picture("blue")) == [("drawn", "", "")]


def test_running_heads_are_told_once_and_page_numbers_never() -> None:
    def page(version: str) -> str:
        feet = '@bottom-right { content: counter(page) " of " counter(pages) }'
        return f'@top-left {{ content: "Version {version}" }} {feet}'

    old, new = made(paragraphs(150), page("A/00")), made(paragraphs(190), page("A/01"))
    found = compare_pages(read_pages(old), read_pages(new))
    assert (found.old_pages, found.new_pages) == (6, 8)
    edges = [one for one in found.changes if one.kind is Kind.FURNITURE]
    assert [(one.before, one.after) for one in edges] == [("Version A/00", "Version A/01")]
    assert len(found.changes) == 2  # the other one is the forty paragraphs more


def test_a_page_more_in_the_middle_stands_alone() -> None:
    parts = [f'<section style="break-after: page">{words * 3}</section>' for words in (WORDS, TEXT, WORDS[::-1])]
    found = compared(parts[0] + parts[2], "".join(parts))
    pairs = [(pair.old, pair.new) for pair in found.pairs]
    assert (0, 0) in pairs
    assert (1, 2) in pairs
    assert (None, 1) in pairs


def turned(content: bytes, angle: int) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        for page in document.pages:
            page.rotate(angle, relative=False)
        document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_pages_that_lie_turned_are_read_as_they_are_shown(angle: int) -> None:
    old, new = (turned(made(f"<p>{WORDS}</p><p>{one}</p>"), angle) for one in ("6 h", "5 h"))
    changes = compare_pages(read_pages(old), read_pages(new)).changes
    assert [(one.before, one.after) for one in changes] == [("6 h", "5 h")]
    (box,) = changes[0].new
    middle = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    x, y = 69.6, 717.8  # of a page that is not turned
    expected = {90: (y, 595.3 - x), 180: (595.3 - x, 841.9 - y), 270: (841.9 - y, x)}[angle]
    assert all(abs(one - other) < 1 for one, other in zip(middle, expected, strict=True)), middle


def locked(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(buffer, encryption=pikepdf.Encryption(owner="o", user="u"))
    return buffer.getvalue()


def too_many_pages() -> bytes:
    buffer = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(MOST_PAGES + 1):
            document.add_blank_page()
        document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (lambda: b"PK", "this is no PDF"),
        (lambda: b"%PDF-1.7\n" + b"x" * 400, "the PDF is damaged"),
        (lambda: made("<p>a</p>")[:900], "the PDF is damaged"),
        (lambda: locked(made("<p>a</p>")), "the file asks for a password"),
        (too_many_pages, f"the file has over {MOST_PAGES} pages"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_few_words(content: object, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        read_pages(content())  # type: ignore[operator]


def test_the_same_files_give_the_same_differences() -> None:
    one, other = paragraphs(40), paragraphs(40).replace("agreed", "set")
    first, second = (compare_pages(read_pages(made(one)), read_pages(made(other))) for _ in range(2))
    assert first == second
    assert all(isinstance(change, Change) and change.after == "set" for change in first.changes)
