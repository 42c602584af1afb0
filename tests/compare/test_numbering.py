from __future__ import annotations

import pytest
from lxml import etree

from pipeline.compare.looks import Styles
from pipeline.compare.numbering import BULLET, Numbering, shaped
from tests.compare.documents import WORD, W

SHAPES = [
    (1, "decimal", "1"),
    (7, "decimalZero", "07"),
    (27, "lowerLetter", "aa"),
    (3, "upperLetter", "C"),
    (1994, "lowerRoman", "mcmxciv"),
    (4, "upperRoman", "IV"),
    (10, "chineseCounting", "十"),
    (12, "chineseCountingThousand", "十二"),
    (105, "chineseCountingThousand", "一百〇五"),
    (110, "chineseCountingThousand", "一百一十"),
    (3, "decimalEnclosedCircle", "③"),
    (2, "ideographTraditional", "乙"),
    (12, "decimalFullWidth", "１２"),
    (5, "none", ""),
    (0, "lowerRoman", "0"),
    (5, "a shape of the future", "5"),
]


@pytest.mark.parametrize(("count", "shape", "expected"), SHAPES)
def test_a_number_is_written_in_its_shape(count: int, shape: str, expected: str) -> None:
    assert shaped(count, shape) == expected


def xml(markup: str) -> etree._Element:
    return etree.fromstring(f'<w:x xmlns:w="{WORD}">{markup}</w:x>')


LISTS = """
<w:abstractNum w:abstractNumId="1">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="第%1条"/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="2">
  <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/></w:lvl>
  <w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="乙方不担保："/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/>
  <w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>
"""


def labels(*places: tuple[int, int]) -> list[str]:
    numbering = Numbering(xml(LISTS), Styles(None))
    shown = []
    for number, level in places:
        properties = xml(f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
        properties.tag = f"{W}pPr"
        shown.append(numbering.label(properties))
    return shown


def test_deeper_levels_begin_again_under_the_next_number() -> None:
    assert labels((1, 0), (1, 1), (1, 1), (1, 0), (1, 1)) == ["第1条", "1.a)", "1.b)", "第2条", "2.a)"]


def test_a_list_with_a_start_of_its_own_begins_again_once() -> None:
    assert labels((1, 0), (1, 0), (2, 0), (2, 0)) == ["第1条", "第2条", "第1条", "第2条"]


def test_every_drawn_bullet_is_the_same_but_words_are_words() -> None:
    assert labels((3, 0), (3, 1)) == [BULLET, "乙方不担保："]


def test_a_list_that_is_not_defined_shows_nothing() -> None:
    assert labels((0, 0), (99, 0)) == ["", ""]
