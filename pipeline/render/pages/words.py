"""The words of a paragraph as HTML: runs, links, fields, pictures, content controls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from unicodedata import category

from lxml import etree

from pipeline.render.pages.css import declarations, run_css
from pipeline.render.pages.field_links import control_link
from pipeline.render.pages.looks import children, from_hexadecimal, local_name
from pipeline.render.pages.numbering import SYMBOLS, VAL, W
from pipeline.render.pages.pictures import picture
from pipeline.render.pages.word_file import R, WordFile

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_COUNTERS = {"PAGE": "page-number", "NUMPAGES": "page-count", "SECTIONPAGES": "page-count"}
_THROUGH = {"ins", "moveTo", "smartTag", "customXml", "bdo", "dir", "sdtContent"}


@dataclass(slots=True, eq=False)
class _Field:
    """A field that is being read: its code, then what Word last made of it."""

    code: str = ""
    result: bool = False
    silent: bool = False
    links: bool = False


class Words:
    """Fills paragraphs of one part; fields may begin in one paragraph and end in another.

    `boxes` gathers the text boxes that are met, for whoever writes the paragraph: they cannot stand within it.
    """

    def __init__(self, file: WordFile, part: str) -> None:
        self.file = file
        self.part = part
        self.boxes: list[etree._Element] = []
        self._fields: list[_Field] = []
        self._targets: list[etree._Element] = []

    def fill(self, target: etree._Element, content: Iterable[etree._Element]) -> None:
        """Append what runs and their like say to an element."""
        self._targets = [target]
        self._walk(content)
        self._targets = []

    def _walk(self, content: Iterable[etree._Element]) -> None:
        for one in content:
            name = local_name(one.tag)
            if name == "r":
                self._run(one)
            elif name == "hyperlink":
                self._link(self._address(one.get(f"{R}id"), one.get(f"{W}anchor")))
                self._walk(one)
                self._targets.pop()
            elif name == "fldSimple":
                if not self._special(one.get(f"{W}instr", "")):
                    self._walk(one)
            elif name == "bookmarkStart" and not one.get(f"{W}name", "").startswith("_GoBack"):
                etree.SubElement(self._targets[-1], "span", id=one.get(f"{W}name", ""))
            elif name == "sdt":
                self._control(one)
            elif name in _THROUGH:
                self._walk(one)

    def _control(self, control: etree._Element) -> None:
        """A content control; one to sign in becomes a field, which shows what Word shows in it."""
        content = control.find(f"{W}sdtContent")
        link = control_link(control)
        if link is not None:
            self._targets[-1].append(link)
            self._targets.append(link)
        if content is not None:
            self._walk(content)
        if link is not None:
            self._targets.pop()

    def _address(self, relation: str | None, anchor: str | None) -> str:
        outside = self.file.target(self.part, relation) if relation else ""
        return f"{outside}#{anchor}" if anchor else outside

    def _link(self, address: str) -> None:
        known = re.match(r"(https?|mailto|tel):|#", address)
        link = etree.SubElement(self._targets[-1], "a", {"href": address} if known else {})
        self._targets.append(link)

    # ---- runs

    def _run(self, run: etree._Element) -> None:
        properties = children(run.find(f"{W}rPr"))
        style = self.file.looks.styles.get(properties["rStyle"].get(VAL, "")) if "rStyle" in properties else None
        if "vanish" in properties or (style is not None and "vanish" in style.run):
            return
        css = run_css(properties)
        attributes = {"style": declarations(css)} if css else {}
        if style is not None and run_css(style.run):
            self.file.used.add(style.css_class)
            attributes["class"] = style.css_class
        holder: etree._Element | None = None
        for one in run:
            name = local_name(one.tag)
            text = _character(one, name)
            if text:
                if not self._silent:
                    if holder is None or "  " in text:
                        holder = self._holder(attributes, spaced="  " in text)
                    append(holder, text)
                continue
            if name == "rPr":
                continue
            holder = None
            self._special_child(one, name)

    def _holder(self, attributes: Mapping[str, str], *, spaced: bool) -> etree._Element:
        """Where a run's words go: an element of their own when they have looks, or spaces that pages would join."""
        if spaced:
            kept = f"white-space: pre-wrap; {attributes.get('style', '')}".rstrip("; ")
            attributes = {**attributes, "style": kept}
        target = self._targets[-1]
        return etree.SubElement(target, "span", dict(attributes)) if attributes else target

    def _special_child(self, one: etree._Element, name: str) -> None:
        if name == "fldChar":
            self._field(one.get(f"{W}fldCharType", ""))
        elif name == "instrText" and self._fields and not self._fields[-1].result:
            self._fields[-1].code += one.text or ""
        elif not self._silent:
            self._thing(one, name)

    def _thing(self, one: etree._Element, name: str) -> None:
        """What stands among words without being one."""
        if name == "tab":
            etree.SubElement(self._targets[-1], "span", {"class": "tab"})
        elif name in {"br", "cr"}:
            kind = one.get(f"{W}type", "")
            etree.SubElement(self._targets[-1], "br", {"class": f"{kind}-break"} if kind in {"page", "column"} else {})
        elif name in {"drawing", "pict", "object"}:
            self._picture(one)
        elif name == "AlternateContent":
            choice = one.find(f"{_MC}Choice")
            for inner in () if choice is None else choice:
                self._special_child(inner, local_name(inner.tag))
        elif name in {"footnoteReference", "endnoteReference"}:
            self._note(one, name.removesuffix("Reference"))

    @property
    def _silent(self) -> bool:
        return any(one.silent or not one.result for one in self._fields)

    def _field(self, step: str) -> None:
        if step == "begin":
            self._fields.append(_Field())
        elif not self._fields:
            return
        elif step == "separate":
            self._begin_result(self._fields[-1])
        else:
            last = self._fields[-1]
            if not last.result:
                self._begin_result(last)
            self._fields.pop()
            if last.links and len(self._targets) > 1:
                self._targets.pop()

    def _begin_result(self, one: _Field) -> None:
        outer = self._fields.pop()
        one.silent = not self._silent and self._special(one.code)
        self._fields.append(outer)
        one.result = True
        link = re.match(r'\s*HYPERLINK\s+(\\l\s+)?"([^"]*)"', one.code)
        if link and not self._silent:
            self._link(f"#{link[2]}" if link[1] else link[2])
            one.links = True

    def _special(self, code: str) -> bool:
        """Put in the fields that only pages can answer; False for others, whose last result stands."""
        words = code.split()
        name = words[0].upper() if words else ""
        if name in _COUNTERS:
            etree.SubElement(self._targets[-1], "span", {"class": _COUNTERS[name]})
        elif name == "PAGEREF" and len(words) > 1:
            page_of(self._targets[-1], words[1])
        else:
            return False
        return True

    # ---- pictures and notes

    def _picture(self, one: etree._Element) -> None:
        box = next(one.iter(f"{W}txbxContent"), None)
        if box is not None:
            self.boxes.append(box)
        elif (made := picture(self.file, self.part, one)) is not None:
            self._targets[-1].append(made)

    def _note(self, reference: etree._Element, kind: str) -> None:
        notes = self.file.tree(f"word/{kind}s.xml")
        key = reference.get(f"{W}id")
        for note in () if notes is None else notes:
            if note.get(f"{W}id") == key:
                holder = etree.SubElement(self._targets[-1], "span", {"class": "footnote"})
                inner = Words(self.file, f"word/{kind}s.xml")
                for paragraph in note.iter(f"{W}p"):
                    inner.fill(holder, paragraph)


def append(target: etree._Element, text: str) -> None:
    """Add text at the end of an element."""
    if len(target):
        target[-1].tail = (target[-1].tail or "") + text
    else:
        target.text = (target.text or "") + text


def page_of(target: etree._Element, bookmark: str) -> None:
    """The number of the page that a bookmark is on."""
    etree.SubElement(target, "span", {"class": "page-of", "data-target": f"#{bookmark}"})


def _character(one: etree._Element, name: str) -> str:
    if name == "t":
        return one.text or ""
    if name == "sym":
        sign = chr(from_hexadecimal(one.get(f"{W}char", "")) % 0x10000)
        return "" if category(sign) in {"Cc", "Cs", "Cn"} else SYMBOLS.get(sign, sign)  # what XML cannot hold
    return {"noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}.get(name, "")
