"""Reads what stands in a paragraph: words, signs, fields, links, controls and drawings."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from lxml import etree

from pipeline.compare import drawings
from pipeline.compare.looks import Backdrop, Look, Styles
from pipeline.compare.names import MATH, MC, SPACE, THROUGH, R, W, value
from pipeline.compare.numbering import Numbering
from pipeline.compare.package import Package
from pipeline.compare.passages import CLOSE, OPEN, Box, Paragraph, Passage, Picture, Span, Story
from pipeline.compare.tracked import NUMBER
from pipeline.compare.writer import Fields, Writer

_BLANKS = re.compile(r"[\t\r\n]")
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "\u2011",
    f"{W}softHyphen": "\u00ad",
    f"{W}pgNum": f"{OPEN}PAGE{CLOSE}",
    f"{W}footnoteReference": f"{OPEN}NOTE{CLOSE}",
    f"{W}endnoteReference": f"{OPEN}NOTE{CLOSE}",
}
_DATES = frozenset(f"{W}{unit}{form}" for unit in ("day", "month", "year") for form in ("Long", "Short"))
_BOUND = ("dataBinding", "{http://schemas.microsoft.com/office/word/2012/wordml}dataBinding")
_Context: TypeAlias = tuple[etree._Element | None, Backdrop]  # noqa: SLF001 - lxml has no public name for it
"""The properties of the paragraph that is read, and what stands behind it."""


class Paragraphs:
    """Reads paragraphs into a story; numbers go on from part to part of the same document."""

    def __init__(self, package: Package, part: str, styles: Styles, numbering: Numbering) -> None:
        self._package = package
        self._relations = package.relations(part)
        self._styles = styles
        self._numbering = numbering
        self.story = Story()
        self._fields = Fields(self.story)
        self._entries: dict[str, Callable[[etree._Element, Writer, Look], None]] = {
            f"{W}t": self._text,
            f"{W}br": self._break,
            f"{W}sym": self._symbol,
            f"{W}fldChar": self._field_mark,
            f"{W}instrText": lambda one, _writer, _look: self._fields.code(one.text or ""),
            f"{W}drawing": self._drawing,
            f"{W}pict": self._drawing,
            f"{W}object": self._object,
            f"{W}ruby": self._inside_run,
            f"{MC}AlternateContent": self._alternatives,
        }
        self._wrappers: dict[str, Callable[[etree._Element, Writer, _Context], None]] = {
            f"{W}sdt": self._control,
            f"{W}hyperlink": self._hyperlink,
            f"{W}fldSimple": self._simple_field,
            f"{W}bdo": self._turned,
            f"{MC}AlternateContent": self._alternative_runs,
        }

    def paragraph(self, paragraph: etree._Element, backdrop: Backdrop) -> Paragraph | None:
        """A paragraph; None for a line of a table of contents, which repeats what stands elsewhere."""
        properties = paragraph.find(f"{W}pPr")
        writer = Writer(self._fields)
        label = self._numbering.label(properties)
        self._inside(paragraph, writer, (properties, backdrop))
        self.story.links += writer.leads()
        passage = writer.passage(paragraph.get(NUMBER, ""))
        if writer.contents:
            self.story.contents.append(passage.text)
            return None
        name = self._styles.name(self._styles.of_paragraph(properties))
        return Paragraph(passage, label, self._styles.level(properties), name.startswith("caption"))

    def _inside(self, container: etree._Element, writer: Writer, context: _Context) -> None:
        for child in container:
            if child.tag == f"{W}r":
                self._inside_run(child, writer, self._styles.look(child.find(f"{W}rPr"), *context))
            elif child.tag in THROUGH:
                self._inside(child, writer, context)
            else:
                self._wrapped(child, writer, context)

    def _wrapped(self, child: etree._Element, writer: Writer, context: _Context) -> None:
        """What stands between runs; what no program would show is passed over."""
        entry = self._wrappers.get(child.tag)
        if entry is not None:
            entry(child, writer, context)
        elif child.tag in {f"{MATH}oMath", f"{MATH}oMathPara"}:
            writer.write("".join(text.text or "" for text in child.iter(f"{MATH}t")), Look.PLAIN)
        elif child.tag == f"{W}subDoc":
            self.story.objects.append("subDoc")

    def _turned(self, child: etree._Element, writer: Writer, context: _Context) -> None:
        """Words whose letters run the other way."""
        writer.put("\u202e" if value(child) == "rtl" else "\u202d", Look.PLAIN)
        self._inside(child, writer, context)
        writer.put("\u202c", Look.PLAIN)

    def _alternative_runs(self, child: etree._Element, writer: Writer, context: _Context) -> None:
        chosen = self._chosen(child)
        if chosen is not None:
            self._inside(chosen, writer, context)

    def _control(self, control: etree._Element, writer: Writer, context: _Context) -> None:
        self.note_binding(control)
        tag, start = value(control.find(f"{W}sdtPr/{W}tag")), writer.length
        for content in control.findall(f"{W}sdtContent"):
            self._inside(content, writer, context)
        if tag.startswith("sign:"):
            blank = control.find(f"{W}sdtPr/{W}showingPlcHdr") is not None
            writer.spans.append(Span(start, writer.length, tag + (":blank" if blank else "")))

    def note_binding(self, control: etree._Element) -> None:
        """A control that draws its words from elsewhere does so when Word opens the file."""
        properties = control.find(f"{W}sdtPr")
        for name in _BOUND:
            found = None if properties is None else properties.find(name if name.startswith("{") else f"{W}{name}")
            if found is not None:
                self.story.drawn_from.append(value(found, "xpath"))

    def _hyperlink(self, link: etree._Element, writer: Writer, context: tuple[etree._Element | None, Backdrop]) -> None:
        relation = self._relations.get(link.get(f"{R}id", ""))
        start = writer.length
        self._inside(link, writer, context)
        if relation is not None and relation.external:
            writer.links.append(Span(start, writer.length, relation.target))

    def _simple_field(self, simple: etree._Element, writer: Writer, context: _Context) -> None:
        self._fields.begin()
        self._fields.code(value(simple, "instr"))
        self._sign(self._fields.result(), writer, Look.PLAIN)
        self._inside(simple, writer, context)
        self._fields.end()

    def _sign(self, sign: str, writer: Writer, look: Look) -> None:
        """The sign of a field stands where the field stands, though its result is not read."""
        if sign:
            held, self._fields.open[:] = list(self._fields.open), self._fields.open[:-1]
            writer.put(sign, look)
            self._fields.open[:] = held

    def _inside_run(self, run: etree._Element, writer: Writer, look: Look) -> None:
        for child in run:
            entry = self._entries.get(child.tag)
            if entry is not None:
                entry(child, writer, look)
            elif child.tag in _SIGNS:
                # one program raises the sign of a note by a style, another by itself
                writer.put(_SIGNS[child.tag], look & (Look.HIDDEN | Look.FAINT) if len(_SIGNS[child.tag]) > 1 else look)
                if child.tag.endswith("noteReference"):
                    self.story.notes.append(
                        (etree.QName(child).localname.removesuffix("Reference"), value(child, "id"))
                    )
            elif child.tag in _DATES:
                writer.put(f"{OPEN}DATE{CLOSE}", look)
            elif child.tag in {f"{W}rubyBase", f"{W}rt", f"{W}r"}:
                self._inside_run(child, writer, look)

    def _text(self, element: etree._Element, writer: Writer, look: Look) -> None:
        words = _BLANKS.sub(" ", element.text or "")
        if (
            element.get(SPACE) != "preserve"
            and next((one for holder in element.iterancestors() if (one := holder.get(SPACE)) is not None), "")
            != "preserve"
        ):
            words = words.strip(" ")
        writer.write(words, look)

    def _break(self, element: etree._Element, writer: Writer, look: Look) -> None:
        if value(element, "type", "textWrapping") == "textWrapping":
            writer.put("\n", look)

    def _symbol(self, element: etree._Element, writer: Writer, look: Look) -> None:
        try:
            sign = chr(int(value(element, "char"), 16))
        except (ValueError, OverflowError):
            sign = "\ufffd"
        writer.write(sign, look | Look.SYMBOL)

    def _field_mark(self, element: etree._Element, writer: Writer, look: Look) -> None:
        kind = value(element, "fldCharType")
        if kind == "begin":
            self._fields.begin()
        elif kind == "separate":
            self._sign(self._fields.result(), writer, look)
        elif kind == "end":
            self._sign(self._fields.result(), writer, look)
            self._fields.end()

    def _alternatives(self, element: etree._Element, writer: Writer, look: Look) -> None:
        chosen = self._chosen(element)
        if chosen is not None:
            self._inside_run(chosen, writer, look)

    def _chosen(self, element: etree._Element) -> etree._Element | None:
        said = {drawings.words_of(one) for one in element}
        if len(said - {""}) > 1:
            self.story.objects.append("alternatives: " + " / ".join(sorted(said - {""})))
        return drawings.branch(element)

    def _drawing(self, element: etree._Element, _writer: Writer, look: Look) -> None:
        for one in drawings.shown(element):
            if drawings.is_concealed(one):
                look |= Look.HIDDEN
            for relation in drawings.pictures(one, self._relations):
                digest = "" if relation.external else self._package.digests.get(relation.target.lower(), "")
                self.story.pictures.append(Picture(digest or relation.target, len(self.story.blocks)))
            words, kind = drawings.art_words(one), drawings.foreign(one)
            if words:
                self.story.boxes.append(Box(Passage(words, (look,) * len(words)), len(self.story.blocks)))
            if kind:
                self.story.objects.append(kind)
            if drawings.is_bare_shape(one):
                self.story.objects.append("shape")
            if one.tag == f"{W}txbxContent":
                self.box(one, look)

    def _object(self, element: etree._Element, writer: Writer, look: Look) -> None:
        self.story.objects.append("object")
        self._drawing(element, writer, look)

    def box(self, content: etree._Element, look: Look) -> None:
        """What floats over the paragraph holds paragraphs and tables of its own."""
        raise NotImplementedError
