"""Word documents: values arrive unharmed, contents are right when opened, bytes do not depend on when."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from lxml import etree

from pipeline.options import ROOT
from pipeline.render.docx import Properties, compile_template, render_docx
from pipeline.render.templates import TemplateMistake, environment

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PROPERTIES = Properties("Title <&>", "Author", "en", "2026-10-31")


def template_with(*paragraphs: str, table: list[list[str]] | None = None) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        style, _, words = text.partition("|") if "|" in text else ("Normal", "", text)
        document.add_paragraph(words, style=style)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for row, cells in zip(grid.rows, table, strict=True):
            for cell, words in zip(row.cells, cells, strict=True):
                cell.text = words
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def rendered(content: bytes, **variables: object) -> bytes:
    template = compile_template(content, "templates/docx/test.docx", environment(ROOT / "templates"))
    return render_docx(template, variables, PROPERTIES)


def paragraphs(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


@pytest.mark.parametrize(
    "value",
    [
        "a < b & c > \"d\" 'e'",
        ">= 99.9%",
        "{{ not a tag }} {% nor this %}",
        "{_{ x }_} {_% y %_}",
        "\\n \\t is not a break",
        "中文 与 English，𠮷野家",
        "]]> <!-- x --> &amp;",
        "“curly” ‘quotes’",
        "  two  spaces  ",
        "שלום العربية",
    ],
)
def test_a_value_arrives_as_it_was_written(value: str) -> None:
    assert paragraphs(rendered(template_with("before {{ value }} after"), value=value)) == [f"before {value} after"]


def test_later_text_survives_a_value_with_markup() -> None:
    content = template_with("{{ first }}", "{{ second }}")
    assert paragraphs(rendered(content, first="<w:p>", second=">= 99.9%")) == ["<w:p>", ">= 99.9%"]


def test_a_line_break_in_a_value_is_a_line_break_in_word() -> None:
    content = rendered(template_with("{{ value }}"), value="one <\ntwo &")
    assert paragraphs(content) == ["one <\ntwo &"]


def test_a_row_loop_makes_a_row_for_each_entry() -> None:
    table = [["Name"], ["{%tr for one in names %}"], ["{{ one }}"], ["{%tr endfor %}"]]
    content = rendered(template_with(table=table), names=("甲", "乙 & 丙"))
    (made,) = docx.Document(io.BytesIO(content)).tables
    assert [row.cells[0].text for row in made.rows] == ["Name", "甲", "乙 & 丙"]


def test_a_column_loop_keeps_the_width_and_has_a_grid_column_for_each_cell() -> None:
    table = [["Target", "{%tc for one in months %}", "{{ one }}", "{%tc endfor %}"]]
    content = template_with(table=table)
    width = grid_widths(content)
    made = rendered(content, months=("2026-01", "2026-02", "2026-03", "2026-04", "2026-05"))
    assert len(grid_widths(made)) == 6
    assert sum(grid_widths(made)) == pytest.approx(sum(width), abs=6)


def grid_widths(content: bytes) -> list[int]:
    tree = part(content, "word/document.xml")
    return [int(column.get(f"{W}w", "0")) for column in tree.iter(f"{W}gridCol")]


def part(content: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read(name))


def test_a_cell_whose_paragraph_was_left_out_still_ends_in_a_paragraph() -> None:
    table = [["{%p if shown %}"]]
    document = docx.Document()
    grid = document.add_table(1, 1)
    cell = grid.rows[0].cells[0]
    cell.text = table[0][0]
    cell.add_paragraph("{{ value }}")
    cell.add_paragraph("{%p endif %}")
    buffer = io.BytesIO()
    document.save(buffer)
    tree = part(rendered(buffer.getvalue(), shown=False, value=""), "word/document.xml")
    (made,) = tree.iter(f"{W}tc")
    assert made[-1].tag == f"{W}p"


def test_the_contents_name_and_number_the_headings_and_link_to_them() -> None:
    content = template_with(
        "Normal|[[toc]]",
        "Heading 1|Scope",
        "{%p for one in services %}",
        "Heading 2|{{ one }}",
        "{%p endfor %}",
        "Heading 1|Signatures",
    )
    made = rendered(content, services=("网络运维", "A & B"))
    tree = part(made, "word/document.xml")
    links = list(tree.iter(f"{W}hyperlink"))
    shown = ["".join(text.text or "" for text in link.iter(f"{W}t")) for link in links]
    assert shown == ["1Scope", "1.1网络运维", "1.2A & B", "2Signatures"]
    marks = {mark.get(f"{W}name"): mark.getparent() for mark in tree.iter(f"{W}bookmarkStart")}
    targets = [marks[link.get(f"{W}anchor")] for link in links]
    assert ["".join(text.text or "" for text in one.iter(f"{W}t")) for one in targets if one is not None] == [
        "Scope",
        "网络运维",
        "A & B",
        "Signatures",
    ]
    assert not any("[[toc]]" in text for text in paragraphs(made))


def test_a_template_without_styles_for_headings_has_no_contents() -> None:
    document = docx.Document()
    for name in ("Heading 1", "Heading 2"):
        style = document.styles[name].element
        style.getparent().remove(style)
    document.add_paragraph("[[toc]]")
    document.add_paragraph("Words")
    buffer = io.BytesIO()
    document.save(buffer)
    made = rendered(buffer.getvalue())
    assert paragraphs(made) == ["Words"]
    assert not list(part(made, "word/document.xml").iter(f"{W}hyperlink"))


def test_the_same_context_gives_the_same_bytes_and_no_time_of_building() -> None:
    content = template_with("{{ value }}")
    first, second = rendered(content, value="x"), rendered(content, value="x")
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        core = archive.read("docProps/core.xml").decode()
    assert "2026-10-31T00:00:00Z" in core
    assert "<dc:title>Title &lt;&amp;&gt;</dc:title>" in core


def test_an_unknown_name_is_reported_with_the_template_and_the_words_around_the_tag() -> None:
    with pytest.raises(TemplateMistake) as found:
        rendered(template_with("Between {{ custommer }} and us"), customer="x")
    problem = found.value.problem
    assert problem.place.file == "templates/docx/test.docx"
    assert "unknown name 'custommer'; did you mean 'customer'?" in problem.message
    assert "Between {{ custommer }} and us" in problem.message


def test_a_tag_that_does_not_close_is_reported_with_the_words_around_it() -> None:
    with pytest.raises(TemplateMistake) as found:
        rendered(template_with("{%p for one in names %}", "Dear {{ one }}"), names=())
    assert "templates/docx/test.docx" in str(found.value.problem)
    assert "end of template" in found.value.problem.message or "endfor" in found.value.problem.message


def test_a_template_cannot_reach_into_python() -> None:
    for attack in ("{{ x.__class__ }}", "{{ x.append(1) }}", "{{ ''.__class__.__mro__ }}"):
        with pytest.raises(TemplateMistake):
            rendered(template_with(attack), x=[1])


def test_a_file_that_is_no_word_file_is_a_mistake_in_the_template() -> None:
    with pytest.raises(TemplateMistake, match="not a Word file"):
        compile_template(b"PK nonsense", "templates/docx/x.docx", environment(ROOT / "templates"))


@pytest.mark.parametrize(
    "kind", ["sla", "ola", "uc", "catalog", "procedure", "requirement", "change-request", "minutes"]
)
def test_the_templates_of_both_languages_use_the_same_tags(kind: str) -> None:
    assert tags(f"{kind}.zh-CN.docx") == tags(f"{kind}.en.docx")


def tags(name: str) -> set[str]:
    template = compile_template((ROOT / "templates/docx" / name).read_bytes(), name, environment(ROOT / "templates"))
    found = set()
    for one in template.templated:
        for token in environment(ROOT / "templates").lex(one.source):
            if token[1] == "name":
                found.add(token[2])
    return found


def documents_of(output: Path) -> list[Path]:
    return sorted(output.rglob("*.docx"))


def test_no_produced_word_file_links_outside_or_holds_a_tag(demo_output: Path) -> None:
    files = documents_of(demo_output)
    assert files
    for path in files:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                content = archive.read(name)
                assert b'TargetMode="External"' not in content, (path.name, name)
                if name.endswith(".xml"):
                    text = "".join(map(str, etree.fromstring(content).itertext()))
                    assert not any(mark in text for mark in ("{{", "}}", "{%", "%}", "[[toc]]")), (path.name, name)


def test_tables_repeat_their_header_and_do_not_split_rows(demo_output: Path) -> None:
    tree = part((demo_output / "harbour-port/agreements/sla-harbour-core_B-00.docx").read_bytes(), "word/document.xml")
    tables = [table for table in tree.iter(f"{W}tbl") if len(table.findall(f"{W}tr")) > 3]
    assert len(tables) > 8
    for table in tables:
        rows = table.findall(f"{W}tr")
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    headed = [table for table in tables if table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None]
    assert len(headed) > 6


def test_the_agreement_says_what_its_source_says(demo_output: Path) -> None:
    path = demo_output / "harbour-port/agreements/sla-harbour-core_B-00.docx"
    text = "\n".join(
        "".join(map(str, node.itertext())) for node in part(path.read_bytes(), "word/document.xml").iter(f"{W}p")
    )
    for words in ("B/00", "2026年7月1日", "2027年6月30日", "网络运维", "99.95%", "15%", "盖章", "签署", "¥188,000.00"):
        assert words in text, words


def test_a_template_that_refers_to_a_file_outside_is_refused() -> None:
    relation = (
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'attachedTemplate" Target="file:///C:/secret/t.dotx" TargetMode="External"/></Relationships>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template_with("text"))) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/_rels/document.xml.rels":
                part = part.replace(b"</Relationships>", relation.encode())
            target.writestr(name, part)
    with pytest.raises(TemplateMistake, match=r"secret/t\.dotx outside of the document"):
        rendered(buffer.getvalue())
