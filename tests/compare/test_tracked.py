"""What remains when tracked changes are accepted or refused."""

from __future__ import annotations

from lxml import etree

from pipeline.compare.tracked import reading
from tests.compare.documents import W, table

_BY = 'w:id="1" w:author="x" w:date="2026-06-18T00:00:00Z"'


def test_an_added_paragraph_before_a_table_is_gone_when_refused_though_it_cannot_join_the_table() -> None:
    """An empty one would count as a caption, and every number after it would be another."""
    caption = (
        f'<w:p><w:pPr><w:pStyle w:val="Caption"/><w:rPr><w:ins {_BY}/></w:rPr></w:pPr>'
        f'<w:bookmarkStart w:id="7" w:name="b"/><w:ins {_BY}><w:r><w:t>目标一览</w:t></w:r></w:ins>'
        '<w:bookmarkEnd w:id="7"/></w:p>'
    )
    body = etree.fromstring(f'<w:body xmlns:w="{W[1:-1]}">{caption}{table(("一", "二"))}</w:body>')
    assert [one.tag for one in reading(body, accepted=False)] == [f"{W}tbl"]
    assert ["".join(map(str, one.itertext())) for one in reading(body, accepted=True)] == ["目标一览", "一二"]
