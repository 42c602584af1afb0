"""Pages of a Word file: its very words, its numbers, its looks."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from lxml import etree, html

from pipeline.options import ROOT
from pipeline.render.pages.css import rule
from pipeline.render.pages.document import docx_to_html
from pipeline.render.pages.numbering import W, number_text
from pipeline.render.pdf import render_pdf
from tests.render.word_files import control, item, par, row, run, table, word_file

PAGE_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>99</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
WATERMARK = (
    '<w:r><w:pict><v:shape><v:textpath on="t"/></v:shape><v:shape><v:textpath string="草稿"/></v:shape></w:pict></w:r>'
)
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360606060000000"
    "0500017a5e1d6c0000000049454e44ae426082".replace(" ", "")
)


def pages(*content: str) -> Any:
    return read(word_file(*content))


def read(content: bytes) -> Any:
    return html.document_fromstring(docx_to_html(content, "zh-CN"))


def words(element: Any) -> str:
    return re.sub(r"\s", "", element.text_content())


def style_sheet(page: Any) -> str:
    return str(page.find(".//style").text)


def pdf_of(content: bytes, language: str = "zh-CN") -> bytes:
    return render_pdf(docx_to_html(content, language), "docx/test.docx", ROOT / "templates")


def page_texts(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def words_of_docx(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = etree.fromstring(archive.read("word/document.xml"))
    return re.sub(r"\s", "", "".join(text.text or "" for text in document.iter(f"{W}t")))


def words_of_pages(page: Any) -> str:
    body = page.find("body")
    for made in body.xpath('.//*[contains(@class, "running") or contains(concat(" ", @class, " "), " number ")]'):
        made.drop_tree()
    return words(body)


# ---- the words


def test_every_document_of_the_demonstration_has_the_words_of_its_word_file(demo_output: Path) -> None:
    files = sorted(demo_output.rglob("*.docx"))
    assert len(files) > 4
    for path in files:
        content = path.read_bytes()
        page = html.document_fromstring(docx_to_html(content, "en" if "nordwind" in str(path) else "zh-CN"))
        assert words_of_pages(page) == words_of_docx(content), path.name


def test_words_in_links_controls_insertions_and_tables_keep_their_order() -> None:
    body = (
        par(f'<w:hyperlink w:anchor="x">{run("一")}</w:hyperlink><w:ins>{run("二")}</w:ins>{control("a", "三")}'),
        f"<w:sdt><w:sdtContent>{par('四')}</w:sdtContent></w:sdt>",
        table(row("五", "六")),
        par(f"{run('七')}<w:r><w:br/></w:r>{run('八')}<w:r><w:noBreakHyphen/></w:r>{run('九')}"),
    )
    assert words(pages(*body).find("body")) == "一二三四五六七八\u2011九"


def test_what_word_does_not_print_is_not_printed() -> None:
    body = par(
        f"{run('可见')}{run('隐藏', '<w:vanish/>')}<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>{run('文字')}"
    )
    assert words(pages(body).find("body")) == "可见文字"


def test_markup_in_words_stays_words() -> None:
    page = pages(par("&lt;b&gt; 5 &lt; 7 &amp;amp;"))
    assert page.find("body").text_content() == "<b> 5 < 7 &amp;"


def test_spaces_that_word_keeps_are_kept() -> None:
    page = pages(par("甲  ·  乙"))
    assert page.find(".//p/span").text == "甲  ·  乙"
    assert "pre-wrap" in page.find(".//p/span").get("style")


def test_a_text_box_follows_its_paragraph() -> None:
    inside = f"<v:textbox><w:txbxContent>{par('框内')}</w:txbxContent></v:textbox>"
    box = f"<w:r><w:pict><v:shape>{inside}</v:shape></w:pict></w:r>"
    page = pages(par(f"{run('正文')}{box}"), par("下文"))
    assert words(page.find("body")) == "正文框内下文"
    assert page.find(".//div[@class='text-box']/p").text == "框内"


def test_footnotes_come_along() -> None:
    notes = f'<w:footnotes xmlns:w="{W[1:-1]}"><w:footnote w:id="2">{par("见附录")}</w:footnote></w:footnotes>'
    body = par(f'{run("正文")}<w:r><w:footnoteReference w:id="2"/></w:r>')
    content = word_file(body, parts={"word/footnotes.xml": notes.encode()})
    page = read(content)
    assert page.find(".//span[@class='footnote']").text == "见附录"


@pytest.mark.parametrize(
    ("words", "together"),
    [
        ("自 2026年7月1日 起", ["2026年7月1日"]),
        ("于3 月 12 日 中断", ["3 月 12 日"]),
        ("from 1 July 2026 on", ["1 July"]),
        ("应在 4 小时内解决，≥ 99.9 % 的月份", ["4 小时", "≥ 99.9 %"]),
        ("within 30 minutes and 2 working days", ["30 minutes", "2 working days"]),
        ("版本 B/00 版", ["B/00 版"]),
        ("致电 +86 10 0000 1234 或 400-000-1234", ["+86 10 0000 1234", "400-000-1234"]),
        ("9:00–18:00，共 8 项服务", ["9:00–18:00", "8 项"]),
        ("第 3.2 款，见 5.1 minutes-like", ["5.1 minutes"]),
    ],
)
def test_a_line_does_not_part_a_date_a_value_or_a_telephone_number(words: str, together: list[str]) -> None:
    paragraph = pages(par(words)).find(".//p")
    assert [one.text for one in paragraph.iter("span") if one.get("class") == "joined"] == together
    assert paragraph.text_content() == words


def test_a_title_does_not_part_the_kind_of_document() -> None:
    paragraph = pages(par("核心系统服务级别协议", "Title")).find(".//p")
    assert [one.text for one in paragraph.iter("span")] == ["服务级别协议"]


# ---- numbers


def test_headings_are_numbered_by_level_and_start_anew_below_each() -> None:
    page = pages(par("甲", "1"), par("乙", "2"), par("丙", "2"), par("丁", "1"), par("戊", "2"))
    assert [one.get("data-label") for one in page.iter("h1", "h2")] == ["1 甲", "1.1 乙", "1.2 丙", "2 丁", "2.1 戊"]


def test_a_heading_may_go_without_its_number() -> None:
    page = pages(par("附录", "1", '<w:numPr><w:numId w:val="0"/></w:numPr>'), par("甲", "1"))
    assert [one.get("data-label") for one in page.iter("h1")] == ["附录", "1 甲"]


def test_a_list_goes_on_unless_another_starts_it_anew() -> None:
    body = (item("a", 2), item("b", 2), par("-"), item("c", 2), item("d", 4), item("e", 4), item("f", 4, 1))
    numbers = [one.text for one in pages(*body).findall(".//span[@class='number']")]
    assert numbers == ["（1）", "（2）", "（3）", "（1）", "（2）", "a)"]


def test_captions_count_their_tables() -> None:
    page = pages(par("服务一览", "Caption"), par("服务时间", "Caption"))
    assert [one.text_content() for one in page.iter("p")] == ["表 1　服务一览", "表 2　服务时间"]


@pytest.mark.parametrize(
    ("number", "kind", "expected"),
    [
        (4, "lowerRoman", "iv"),
        (1994, "upperRoman", "MCMXCIV"),
        (28, "lowerLetter", "bb"),
        (3, "upperLetter", "C"),
        (10, "chineseCounting", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (3, "decimalEnclosedCircleChinese", "③"),
        (7, "decimalZero", "07"),
        (7, "none", ""),
        (7, "hebrew1", "7"),
    ],
)
def test_a_number_reads_as_word_writes_it(number: int, kind: str, expected: str) -> None:
    assert number_text(number, kind) == expected


# ---- looks


def test_a_style_made_in_word_keeps_its_looks() -> None:
    page = pages(par("绿", "Haus"))
    assert page.find(".//p").get("class") == "corporate-green"
    assert re.search(r"\.corporate-green \{[^}]*margin-top: 12pt[^}]*text-align: center[^}]*#00aa44", style_sheet(page))


def test_an_unknown_style_is_ordinary_text() -> None:
    assert pages(par("文", "Nirgends")).find(".//p").text == "文"


def test_what_a_run_says_itself_is_shown() -> None:
    span = pages(par(run("红", '<w:b/><w:color w:val="B54708"/><w:sz w:val="28"/>'))).find(".//p/span")
    assert span.get("style") == "font-weight: 700; color: #b54708; font-size: 14pt"


def test_no_style_sheet_is_broken_by_a_strange_value() -> None:
    border = etree.fromstring(f'<w:top xmlns:w="{W[1:-1]}" w:val="wave" w:sz="x" w:color="red; }} body {{"/>')
    assert rule(border) == "0.25pt solid #262b33"


# ---- tables


def test_merged_cells_stay_merged() -> None:
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    page = pages(table(row(f"{down}|a", '<w:gridSpan w:val="2"/>|b'), row(f"{on}|", "c", "d"), row("e", "f", "g")))
    cells = [(one.text_content(), one.get("rowspan"), one.get("colspan")) for one in page.iter("td")]
    assert cells == [("a", "2", None), ("b", None, "2")] + [(name, None, None) for name in "cdefg"]


def test_heading_rows_are_headings_and_repeat() -> None:
    style = '<w:tblStyle w:val="Grid"/><w:tblLook w:val="0020"/>'
    page = pages(table(row("名称", "值", properties="<w:tblHeader/>"), row("a", "1"), properties=style))
    assert [(one.text_content(), one.get("scope")) for one in page.findall(".//thead//th")] == [
        ("名称", "col"),
        ("值", "col"),
    ]
    assert page.find(".//thead/tr").get("class") == "firstRow"
    assert ".slm-table > * > tr.firstRow { background: #1f3a5f }" in style_sheet(page)


def test_columns_are_as_wide_as_in_word() -> None:
    grid = '<w:gridCol w:w="3000"/><w:gridCol w:w="1000"/>'
    page = pages(table(row("a", "b"), grid=grid, properties='<w:tblW w:w="4000" w:type="dxa"/>'))
    assert page.find(".//table").get("style") == "width: 200pt"
    assert [one.get("style") for one in page.iter("col")] == ["width: 75%", "width: 25%"]


def test_a_row_of_exact_height_keeps_it() -> None:
    seal = row("（盖章处）", properties='<w:trHeight w:val="2350" w:hRule="exact"/>')
    assert pages(table(seal)).find(".//td/div[@class='exact']").get("style") == "height: 117.5pt"


# ---- pages


def test_the_contents_tell_the_pages() -> None:
    mark = '<w:bookmarkStart w:id="1" w:name="_Toc1"/>'
    contents = par(f'<w:hyperlink w:anchor="_Toc1">{run("1")}<w:r><w:tab/></w:r>{run("目标")}</w:hyperlink>', "TOC1")
    heading = par(f"{mark}{run('目标')}", "1", "<w:pageBreakBefore/>")
    first, second, third = page_texts(pdf_of(word_file(contents, par("间", "", "<w:pageBreakBefore/>"), heading)))
    assert re.sub(r"\s", "", first) == "1目标3"
    assert "间" in second
    assert "目标" in third


def test_a_page_break_within_a_paragraph_breaks_the_page() -> None:
    texts = page_texts(pdf_of(word_file(par(f'{run("前")}<w:r><w:br w:type="page"/></w:r>{run("后")}'), par("末"))))
    assert [re.sub(r"\s", "", text) for text in texts] == ["前", "后末"]


def test_page_numbers_are_counted_not_copied() -> None:
    texts = page_texts(pdf_of(word_file(par("a"), par("b", "", "<w:pageBreakBefore/>"), header=par(PAGE_FIELD))))
    assert [re.sub(r"\s", "", text) for text in texts] == ["a1", "b2"]


def test_a_wide_section_gets_wide_pages() -> None:
    wide = '<w:sectPr><w:pgSz w:w="16838" w:h="11906"/><w:pgMar w:top="900" w:bottom="900"/></w:sectPr>'
    content = pdf_of(word_file(par("宽", "", wide), par("高")))
    with pypdfium2.PdfDocument(content) as document:
        assert [page.get_width() > page.get_height() for page in document] == [True, False]


def test_a_watermark_lies_behind_every_page_and_is_no_part_of_the_words() -> None:
    content = word_file(par("a"), par("b", "", "<w:pageBreakBefore/>"), header=par(WATERMARK))
    texts = page_texts(pdf_of(content))
    assert len(texts) == 2
    assert all("草稿" in text for text in texts)
    assert "草稿" not in read(content).text_content()


def test_a_picture_travels_with_its_words() -> None:
    relation = '<Relationship Id="p1" Type="http://x/image" Target="media/dot.png"/>'
    shape = '<v:shape alt="流程图" style="width:30pt;height:20pt">'
    drawn = f'<w:r><w:pict>{shape}<v:imagedata r:id="p1"/></v:shape></w:pict></w:r>'
    content = word_file(par(drawn), relations=relation, parts={"word/media/dot.png": DOT})
    picture = read(content).find(".//img")
    assert (picture.get("alt"), picture.get("style")) == ("流程图", "width: 30pt; height: 20pt")
    assert picture.get("src").startswith("data:image/png;base64,")


def test_the_file_is_tagged_named_and_has_an_outline() -> None:
    with pikepdf.open(io.BytesIO(pdf_of(word_file(par("目标", "1"), par("正文"))))) as document:
        assert str(document.Root.Lang) == "zh-CN"
        assert str(document.docinfo.Title) == "试件 & Test"
        assert document.Root.StructTreeRoot is not None
        with document.open_outline() as outline:
            assert [one.title for one in outline.root] == ["1 目标"]


def test_the_same_file_gives_the_same_pages() -> None:
    content = word_file(par("目标", "1"), table(row("a", "b")))
    assert docx_to_html(content, "zh-CN") == docx_to_html(content, "zh-CN")
    assert pdf_of(content) == pdf_of(content)
