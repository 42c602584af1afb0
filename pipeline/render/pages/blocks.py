"""The paragraphs of a Word text as HTML: headings, lists, captions, body, and the tables among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from pipeline.render.package import whole
from pipeline.render.pages.css import Css, declarations, paragraph_css
from pipeline.render.pages.field_links import control_link
from pipeline.render.pages.looks import Style, half_points, indents, local_name, merged, on
from pipeline.render.pages.numbering import VAL, Level, W
from pipeline.render.pages.tables import build_table
from pipeline.render.pages.tabs import read_stops, set_tabs
from pipeline.render.pages.word_file import WordFile
from pipeline.render.pages.words import Words, append, page_of

_HEADING = re.compile(r"heading ([1-6])$")
_CONTENTS = re.compile(r"toc \d$")
_DEEPEST = 6
Properties = Mapping[str, etree._Element]  # noqa: SLF001 - lxml's public class has no public name


@dataclass(frozen=True, slots=True, eq=False)
class _Paragraph:
    """What is known of a paragraph before its words are read."""

    style: Style | None
    properties: Properties
    direct: Properties
    level: Level | None
    label: str

    @property
    def name(self) -> str:
        """The name of its style as Word's own styles have it, in lower case."""
        return "" if self.style is None else self.style.name.lower()


class Blocks:
    """Writes paragraphs and tables of one part of a file."""

    def __init__(self, file: WordFile, part: str) -> None:
        self.file = file
        self.words = Words(file, part)
        self._break_before = False

    def write(self, target: etree._Element, content: Iterable[etree._Element]) -> None:
        """Append what a body, a cell or a header holds to an element."""
        for one in content:
            name = local_name(one.tag)
            if name == "p":
                self._paragraph(target, one, one)
            elif name == "tbl":
                build_table(self.file, target, one, self.write)
            elif name == "sdt":
                self._control(target, one)
            elif name in {"ins", "customXml", "sdtContent", "moveTo"}:
                self.write(target, one)

    def _control(self, target: etree._Element, control: etree._Element) -> None:
        content = control.find(f"{W}sdtContent")
        if content is None:
            return
        if control_link(control) is None:
            self.write(target, content)
            return
        # a field that is a paragraph of its own: the paragraph stays, its words are the field
        for paragraph in content.findall(f"{W}p"):
            self._paragraph(target, paragraph, [control])
            return

    # ---- a paragraph

    def _paragraph(self, target: etree._Element, source: etree._Element, content: Iterable[etree._Element]) -> None:
        known = self._known(source)
        tag = self._tag(source, known)
        css = self._css(known)
        if self._break_before:
            css["break-before"] = "page"
            self._break_before = False
        classes = [known.style.css_class] if known.style else []
        if known.level is not None:
            classes.append(known.level.key)
        self.file.used.update(classes)
        holder = _list_in(target) if tag == "li" else target
        made = etree.SubElement(holder, tag, {"class": " ".join(classes)} if classes else {})
        if css:
            made.set("style", declarations(css))
        if known.level is not None:
            _number(made, known)
        self.words.fill(made, content)
        _hoist_bookmark(made)
        if tag.startswith("h"):
            words = "".join(str(word) for word in made.itertext())
            made.set("data-label", f"{known.label} {words.removeprefix(known.label).strip()}".strip())
        if _CONTENTS.match(known.name):
            made.set("class", f"{made.get('class', '')} contents-line".strip())
            _with_page(made)
        left, _, hanging = indents(known.properties)
        if known.level is not None and "ind" not in known.direct:
            hanging = 0
        size = half_points(known.style.run.get("sz")) if known.style else 0
        size = size or self.file.looks.size
        line = made[0] if len(made) == 1 and made[0].tag == "a" and not made.text else made
        set_tabs(line, read_stops(known.properties.get("tabs"), left), left - hanging, size)
        self._close_up(made, known)
        self._break_pages(made)
        for box in self.words.boxes:
            Blocks(self.file, self.words.part).write(etree.SubElement(target, "div", {"class": "text-box"}), box)
        self.words.boxes.clear()

    def _known(self, source: etree._Element) -> _Paragraph:
        looks = self.file.looks
        properties = source.find(f"{W}pPr")
        named = None if properties is None else properties.find(f"{W}pStyle")
        style = looks.styles.get(named.get(VAL, "")) if named is not None else None
        style = style or looks.default("paragraph")
        inherited = style.paragraph if style else {}
        direct = merged({}, properties)
        level, label = self._numbering(direct.get("numPr"), inherited.get("numPr"), style)
        base = dict(inherited)
        below = {} if level is None else merged({}, level.paragraph)
        if "ind" in below and ("numPr" in direct or "ind" not in inherited):
            base["ind"] = below["ind"]
        return _Paragraph(style, merged(base, properties), direct, level, label)

    def _numbering(
        self, direct: etree._Element | None, inherited: etree._Element | None, style: Style | None
    ) -> tuple[Level | None, str]:
        numbering = self.file.numbering
        own, taken = (None if one is None else one.find(f"{W}numId") for one in (direct, inherited))
        source = own if own is not None else taken
        number = "" if source is None else source.get(VAL, "")
        if number in {"", "0"}:
            return None, ""
        depth = next(
            (
                whole(found.get(VAL))
                for one in (direct, inherited)
                if one is not None and (found := one.find(f"{W}ilvl")) is not None
            ),
            numbering.level_of_style(number, style.id if style else ""),
        )
        level = numbering.level(number, depth)
        return level, numbering.label(number, depth) if level is not None else ""

    def _tag(self, source: etree._Element, known: _Paragraph) -> str:
        outline = known.properties.get("outlineLvl")
        heading = _HEADING.match(known.name)
        deep = int(heading[1]) if heading else whole(outline.get(VAL), 9) + 1 if outline is not None else _DEEPEST + 1
        if deep <= _DEEPEST and any(text.text for text in source.iter(f"{W}t")):
            return f"h{deep}"
        return "li" if known.level is not None and known.name != "caption" else "p"

    def _css(self, known: _Paragraph) -> Css:
        """What the paragraph itself says, beyond its style."""
        shown = {name: known.properties[name] for name in known.direct if name in known.properties}
        if known.level is not None and "numPr" not in known.direct and known.style and "ind" in known.style.paragraph:
            shown["ind"] = known.properties["ind"]
        size = half_points(known.style.run.get("sz")) if known.style else 0
        return paragraph_css(shown, self.file.looks, size or self.file.looks.size)

    def _close_up(self, made: etree._Element, known: _Paragraph) -> None:
        """No space between paragraphs of one style where the style says so; an empty one is a line high."""
        if not len(made) and not made.text:
            etree.SubElement(made, "br")
        before = made.getprevious()
        if not on(known.properties.get("contextualSpacing")) or before is None:
            return
        if before.get("class", "").split(" ")[:1] == made.get("class", "").split(" ")[:1]:
            _add_style(before, "margin-bottom: 0")
            _add_style(made, "margin-top: 0")

    def _break_pages(self, made: etree._Element) -> None:
        """Word breaks pages within a paragraph, pages between them: cut it in two there."""
        mark = next((child for child in made if child.get("class") == "page-break"), None)
        if mark is None:
            return
        rest = etree.Element(made.tag, {str(key): str(value) for key, value in made.items() if key != "id"})
        append(rest, mark.tail or "")
        for child in list(mark.itersiblings()):
            rest.append(child)
        made.remove(mark)
        if len(rest) or (rest.text or "").strip():
            made.addnext(rest)
            _add_style(rest, "break-before: page")
            self._break_pages(rest)
        else:
            self._break_before = True
        parent = made.getparent()
        if parent is not None and not len(made) and not (made.text or "").strip():
            parent.remove(made)


def _list_in(target: etree._Element) -> etree._Element:
    """The list that the target ends with, or a new one."""
    if len(target) and target[-1].tag == "ul":
        return target[-1]
    return etree.SubElement(target, "ul")


def _number(made: etree._Element, known: _Paragraph) -> None:
    level = known.level
    if level is None or not known.label:
        return
    number = etree.SubElement(made, "span", {"class": "number"})
    number.text = known.label
    if level.suffix == "space":
        number.tail = " "
    if level.bullet:
        number.set("class", "number bullet")
    elif level.suffix == "tab" and indents(merged({}, level.paragraph))[2] <= 0:
        number.set("class", "number loose")


def _hoist_bookmark(made: etree._Element) -> None:
    """The first bookmark names the paragraph itself; further ones stay where they are."""
    for child in made:
        if child.tag == "span" and child.get("id") and not len(child) and not child.text:
            made.set("id", child.get("id", ""))
            previous, tail = child.getprevious(), child.tail or ""
            child.tail = None
            made.remove(child)
            if previous is None:
                made.text = (made.text or "") + tail
            else:
                previous.tail = (previous.tail or "") + tail
            return


def _with_page(line: etree._Element) -> None:
    """A line of the contents ends with the number of the page, also where Word's does not say it."""
    link = line.find("a")
    if link is None or not link.get("href", "").startswith("#"):
        return
    page = link.find(".//span[@class='page-of']")
    if page is None:
        page_of(link, link.get("href", "")[1:])
        return
    before = page.getprevious()
    if before is not None and before.get("class") == "tab" and page.getparent() is link:
        link.remove(before)


def _add_style(made: etree._Element, rule: str) -> None:
    own = made.get("style")
    made.set("style", f"{own}; {rule}" if own else rule)
