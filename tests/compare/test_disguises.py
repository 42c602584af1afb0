"""Markup that one program shows and another does not, styles that hide, pictures that cover."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.compare.results import Comparison, Kind
from pipeline.compare.returned import compare_returned
from tests.compare.documents import agreement, pack, unpack

MAIN = "word/document.xml"
STYLES = "word/styles.xml"
SPACE = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
ANCHOR = (
    '<w:p><w:r><w:drawing><wp:anchor xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:extent cx="7560000" cy="6000000"/></wp:anchor></w:drawing></w:r></w:p>'
)


def rewritten(part: str, change: Callable[[str], str]) -> bytes:
    """The small agreement with one part rewritten."""
    parts = unpack(agreement())
    held = parts[part]
    before = held if isinstance(held, str) else held.decode()
    assert change(before) != before
    return pack({**parts, part: change(before)})


def conditional(kind: str, look: str) -> Callable[[str], str]:
    style = (
        f'<w:style w:type="table" w:styleId="T9"><w:name w:val="T 9"/>'
        f'<w:tblStylePr w:type="{kind}"><w:rPr>{look}</w:rPr></w:tblStylePr></w:style>'
    )
    return lambda text: text.replace("</w:styles>", f"{style}</w:styles>")


def wrapped(text: str) -> str:
    added = "<zz:x><w:p><w:r><w:t>补充条款：客户放弃全部抵扣。</w:t></w:r></w:p></zz:x>"
    start = text.index("<w:body>") + len("<w:body>")
    text = text[:start] + added + text[start:]
    return text.replace("<w:document ", '<w:document xmlns:zz="urn:zz" mc:ProcessContent="zz:x" ', 1)


def alternative_row(text: str) -> str:
    row = "<w:tr><w:tc><w:p><w:r><w:t>99 分钟</w:t></w:r></w:p></w:tc></w:tr>"
    other = f'<mc:AlternateContent {SPACE}><mc:Choice Requires="w14">{row}</mc:Choice></mc:AlternateContent>'
    end = text.index("</w:tbl>")
    return text[:end] + other + text[end:]


@pytest.mark.parametrize(
    ("part", "change", "kind"),
    [
        pytest.param(MAIN, wrapped, Kind.OBJECT, id="words that only some programs unwrap"),
        pytest.param(MAIN, alternative_row, Kind.OBJECT, id="a row that only some programs show"),
        pytest.param(STYLES, conditional("lastRow", "<w:vanish/>"), Kind.HIDDEN, id="a style that hides last rows"),
        pytest.param(STYLES, conditional("wholeTable", '<w:color w:val="FFFFFF"/>'), Kind.HIDDEN, id="a white style"),
        pytest.param(STYLES, conditional("band1Horz", '<w:sz w:val="2"/>'), Kind.HIDDEN, id="a style of tiny words"),
        pytest.param(
            MAIN,
            lambda text: text.replace("</w:body>", f"{ANCHOR}</w:body>"),
            Kind.PICTURE,
            id="a picture over the page",
        ),
    ],
)
def test_a_disguise_is_a_difference(part: str, change: Callable[[str], str], kind: Kind) -> None:
    found = compare_returned(agreement(), rewritten(part, change))
    assert isinstance(found, Comparison)
    assert kind in {one.kind for one in found.differences}


def test_a_table_style_with_a_bold_first_column_hides_nothing() -> None:
    returned = rewritten(STYLES, conditional("firstCol", "<w:b/>"))
    found = compare_returned(agreement(), returned)
    assert isinstance(found, Comparison)
    assert found.untouched
