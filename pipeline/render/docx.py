"""Word documents from Word templates: context to bytes, the same bytes every time.

docxtpl's `patch_xml` turns the XML that Word wrote into a Jinja template. Everything after that is ours, because
docxtpl parses the result in recover mode (one illegal character silently drops every later < > &), compiles the
template anew for each document and stamps the time into the archive.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import jinja2
from docxtpl import DocxTemplate
from lxml import etree
from markupsafe import Markup

from pipeline.compare.package import open_package
from pipeline.compare.results import Unreadable
from pipeline.problems import Place, error
from pipeline.render.contents import fill_contents
from pipeline.render.drawings import NO_PICTURES, Picture, place_pictures
from pipeline.render.links import is_agreed
from pipeline.render.package import PARSER, Properties, W, archive, to_bytes, whole, write_properties
from pipeline.render.signing import make_signable
from pipeline.render.templates import TemplateMistake, render, syntax_problem
from pipeline.render.watermark import fit_watermarks

__all__ = ["Properties", "WordTemplate", "compile_template", "render_docx"]

_NEEDED = (
    "[Content_Types].xml",
    "_rels/.rels",
    "word/document.xml",
    "word/_rels/document.xml.rels",
    "word/styles.xml",
    "word/settings.xml",
)
_PROGRAMS = ("vbaproject.bin", "vbadata.xml")
_TEMPLATED = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_FETCHES = re.compile(
    r"""(?ix) (?<![a-z])
    (?: INCLUDE(?:PICTURE|TEXT)? | IMPORT | LINK | DDE(?:AUTO)? | DATABASE | RD | MACROBUTTON ) \s+ \S*
    | HYPERLINK \s+ (?! \\[lt]\b | "?mailto: ) \S* """
)
_MOST_COLUMNS = 63
"""What a table has in Word."""
_CELL, _SPAN, _VALUE = f"{W}tcPr", f"{W}gridSpan", f"{W}val"


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part of the archive that holds tags."""

    name: str
    source: str
    template: jinja2.Template


@dataclass(frozen=True, slots=True, eq=False)
class WordTemplate:
    """A Word template, read and compiled once."""

    file: str
    parts: Mapping[str, bytes]
    templated: tuple[_Part, ...]


def compile_template(content: bytes, file: str, environment: jinja2.Environment) -> WordTemplate:
    """Read a .docx template; TemplateMistake when a tag in it cannot be read."""
    refused = open_package(content)  # whoever edits templates gets them from somewhere
    if isinstance(refused, Unreadable):
        raise TemplateMistake(error(Place(file), "template", f"not a Word file: {refused.message}"))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {item.filename: package.read(item) for item in package.infolist() if not item.filename.endswith("/")}
    patch = DocxTemplate(io.BytesIO(content))
    _refuse_missing_parts(parts, file)
    _refuse_foreign_parts(parts, file)
    words = environment.overlay(trim_blocks=False, lstrip_blocks=False, finalize=_with_breaks)
    templated = []
    for name, part in parts.items():
        if _TEMPLATED.fullmatch(name):
            # a line a paragraph, so that a mistake's line tells the paragraph
            try:
                source = re.sub(r"<w:p([ >])", r"\n<w:p\1", patch.patch_xml(part.decode("utf-8")))
                templated.append(_Part(name, source, words.from_string(source)))
            except jinja2.TemplateSyntaxError as mistake:
                raise TemplateMistake(syntax_problem(mistake, file, source)) from None
            except UnicodeDecodeError:
                message = f"{name} is not UTF-8, as Word writes it"
                raise TemplateMistake(error(Place(file), "template", message, "save it in Word")) from None
    return WordTemplate(file, parts, tuple(templated))


def _refuse_missing_parts(parts: Mapping[str, bytes], file: str) -> None:
    """What Word always writes, under the names that Word gives it."""
    missing = [name for name in _NEEDED if name not in parts]
    if missing:
        message = f"the Word file has no {' and no '.join(missing)}"
        raise TemplateMistake(error(Place(file), "template", message, "save it in Word"))


def _refuse_foreign_parts(parts: Mapping[str, bytes], file: str) -> None:
    """Nothing but a link to a mail may lead out of a document: Word fetches the rest on opening, or runs it."""
    for name, part in parts.items():
        if name.endswith(".rels"):
            found = [
                f"{name} refers to {relation.get('Target')} outside of the document"
                for relation in etree.fromstring(part, PARSER)
                if relation.get("TargetMode") == "External"
                and not (relation.get("Type", "").endswith("/hyperlink") and is_agreed(relation.get("Target", "")))
            ]
        elif name.lower().endswith(_PROGRAMS):
            found = [f"{name} is a macro"]
        elif _TEMPLATED.fullmatch(name):
            found = [f"{name} has the field {code}" for code in _foreign_fields(etree.fromstring(part, PARSER))]
        else:
            continue
        for message in found:
            raise TemplateMistake(error(Place(file), "template", message, "take it out in Word"))


def _foreign_fields(tree: etree._Element) -> Iterator[str]:
    """Codes of fields that fetch something; Word may have cut one into several runs."""
    codes = "".join(one.text or "" for one in tree.iter(f"{W}instrText"))
    for code in (codes, *(one.get(f"{W}instr", "") for one in tree.iter(f"{W}fldSimple"))):
        yield from (found[0].strip() for found in _FETCHES.finditer(code))


def _with_breaks(value: Any) -> Any:  # noqa: ANN401 - whatever a tag yields
    """A line break in a text becomes a line break in Word."""
    if isinstance(value, str) and "\n" in value:
        lines = [escape(line) for line in value.split("\n")]
        return Markup('</w:t><w:br/><w:t xml:space="preserve">').join(Markup(line) for line in lines)  # noqa: S704 - escaped above
    return value


def render_docx(
    template: WordTemplate,
    variables: Mapping[str, Any],
    properties: Properties,
    pictures: Mapping[str, Picture] = NO_PICTURES,
) -> bytes:
    """The finished file; TemplateMistake for an unknown name."""
    parts = dict(template.parts)
    for part in template.templated:
        xml = render(part.template, template.file, part.source, variables)
        try:
            tree = etree.fromstring(xml.replace("\n<w:p ", "<w:p ").replace("\n<w:p>", "<w:p>").encode(), PARSER)
        except etree.XMLSyntaxError as mistake:
            message = f"the tags of {part.name} do not nest: {mistake}"
            raise TemplateMistake(error(Place(template.file), "template", message)) from None
        _complete_cells(tree)
        if part.name == "word/document.xml":
            _fit_grids(tree)
            fill_contents(tree, parts["word/styles.xml"])
            place_pictures(tree, parts, pictures, template.file)
            make_signable(tree, parts, properties.language, template.file)
        elif part.name.startswith("word/header"):
            fit_watermarks(tree)
        parts[part.name] = to_bytes(tree)
    write_properties(parts, properties)
    return archive(parts)


def _complete_cells(tree: etree._Element) -> None:
    """Word refuses a cell that does not end in a paragraph, as one does whose only paragraph was left out."""
    for cell in tree.iter(f"{W}tc"):
        if not len(cell) or cell[-1].tag != f"{W}p":
            etree.SubElement(cell, f"{W}p")


def _fit_grids(tree: etree._Element) -> None:
    """Tables with a column loop get as many grid columns as cells, within the width they had."""
    for table in tree.iter(f"{W}tbl"):
        grid = table.find(f"{W}tblGrid")
        rows = list(table.iterchildren(f"{W}tr"))
        if grid is None or not rows:
            continue
        columns = grid.findall(f"{W}gridCol")
        spanned = next(table.iter(_SPAN), None) is not None
        cells = max(sum(_span(cell) if spanned else 1 for cell in row.iterchildren(f"{W}tc")) for row in rows)
        if cells in {0, len(columns)}:
            continue
        width = sum(whole(column.get(f"{W}w")) for column in columns)
        firsts = list(rows[0].iterchildren(f"{W}tc"))
        fixed = [_width(cell) for cell in firsts] if len(firsts) == cells else [width // cells] * cells
        scale = width / max(sum(fixed), 1)
        for column in columns:
            grid.remove(column)
        widths = [int(one * scale) for one in fixed]
        for one in widths:
            etree.SubElement(grid, f"{W}gridCol", {f"{W}w": str(one)})
        written = [str(one) for one in widths]
        for row in rows:
            for cell, given in zip(row.iterchildren(f"{W}tc"), written, strict=False):
                element = _given_width(cell)
                if element is not None and (not spanned or _span(cell) == 1):
                    element.set(f"{W}w", given)


def _span(cell: etree._Element) -> int:
    for properties in cell.iterchildren(_CELL):
        for span in properties.iterchildren(_SPAN):
            return max(1, min(whole(span.get(_VALUE), 1), _MOST_COLUMNS))
    return 1


def _given_width(cell: etree._Element) -> etree._Element | None:
    for properties in cell.iterchildren(_CELL):
        for width in properties.iterchildren(f"{W}tcW"):
            return width
    return None


def _width(cell: etree._Element) -> int:
    width = _given_width(cell)
    return 1 if width is None else max(1, whole(width.get(f"{W}w"), 1))
