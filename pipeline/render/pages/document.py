"""Our Word documents as HTML pages, so that a PDF has the very words of the Word file beside it.

Covers what templates are written with: styles, numbering, tables, fields, pictures, headers and footers, sections,
content controls. What it does not know (charts, shapes without text) it leaves out, with its surroundings intact. Looks
come from the file's own styles; `templates/pdf/word.css` is read after them and can change any, by the style's name:
`.heading-1`, `.table-text`.
"""

from __future__ import annotations

from itertools import groupby

from lxml import etree

from pipeline.render.pages.blocks import Blocks
from pipeline.render.pages.css import style_sheet
from pipeline.render.pages.joined import join_words
from pipeline.render.pages.paper import Section, page_rules, read_sections, running_elements
from pipeline.render.pages.word_file import DOCUMENT, WordFile, open_word

STYLE_SHEET = "word.css"


def docx_to_html(content: bytes, language: str) -> str:
    """A Word file that this program rendered, as a page for `render_pdf`."""
    file = open_word(content, language)
    page = etree.Element("html", lang=language)
    head, body = etree.SubElement(page, "head"), etree.SubElement(page, "body")
    sections = read_sections(file)
    rules: list[str] = []
    for section, papers in _papers(sections):
        holder = etree.SubElement(body, "section", {"class": section.name})
        if section is not sections[0]:
            # only where it has to be: on a named page every break counts as forced and leaves space at the top
            rules.append(f".{section.name} {{ page: {section.name} }}")
        holder.extend(running_elements(file, section))
        rules += page_rules(file, section, first=section is sections[0])
        _write(file, holder, papers)
    join_words(body)
    etree.SubElement(head, "meta", charset="utf-8")
    etree.SubElement(head, "title").text = file.property("title")
    if author := file.property("creator"):
        etree.SubElement(head, "meta", name="author", content=author)
    etree.SubElement(head, "style").text = "\n".join(
        [style_sheet(file.looks, file.numbering, file.used), *file.rules, *rules]
    )
    etree.SubElement(head, "link", rel="stylesheet", href=STYLE_SHEET)
    return etree.tostring(page, encoding="unicode", method="html", doctype="<!DOCTYPE html>")


def _papers(sections: list[Section]) -> list[tuple[Section, list[Section]]]:
    """Sections that share paper: a continuous one goes on with the pages of the one before."""
    starts = 0
    keyed: list[tuple[int, Section]] = []
    for section in sections:
        starts += not section.continuous or not keyed
        keyed.append((starts, section))
    groups = [[section for _, section in group] for _, group in groupby(keyed, key=lambda one: one[0])]
    return [(group[0], group) for group in groups]


def _write(file: WordFile, holder: etree._Element, papers: list[Section]) -> None:
    blocks = Blocks(file, DOCUMENT)
    for section in papers:
        target = holder
        if section.columns > 1:
            target = etree.SubElement(holder, "div", {"class": "columns", "style": f"columns: {section.columns}"})
        blocks.write(target, section.content)
