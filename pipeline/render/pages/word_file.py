"""A finished Word file, opened for reading: its parts, what they refer to, its styles and lists."""

from __future__ import annotations

import base64
import io
import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.render.package import PARSER, RELATION
from pipeline.render.pages.looks import Looks, read_looks
from pipeline.render.pages.numbering import Numbering, W, read_numbering

DOCUMENT = "word/document.xml"
R = f"{{{RELATION}}}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TYPES = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "gif": "gif", "svg": "svg+xml", "webp": "webp"}


@dataclass(slots=True, eq=False)
class WordFile:
    """What the pages are made from; `used` gathers the classes that they turn out to need."""

    parts: Mapping[str, bytes]
    language: str
    looks: Looks
    numbering: Numbering
    used: set[str] = field(default_factory=set)
    rules: list[str] = field(default_factory=list)
    _trees: dict[str, etree._Element] = field(default_factory=dict)
    _relations: dict[str, dict[str, str]] = field(default_factory=dict)

    def tree(self, part: str) -> etree._Element | None:
        """A part as XML; None when the file has no such part."""
        if part not in self._trees and part in self.parts:
            self._trees[part] = etree.fromstring(self.parts[part], PARSER)
        return self._trees.get(part)

    def target(self, part: str, relation: str | None) -> str:
        """What a part refers to by a relation's id: the name of another part, or an address outside."""
        if part not in self._relations:
            folder, name = posixpath.split(part)
            relations = self.tree(f"{folder}/_rels/{name}.rels")
            self._relations[part] = {
                one.get("Id", ""): one.get("Target", "")
                if one.get("TargetMode") == "External"
                else posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
                for one in ([] if relations is None else relations)
            }
        return self._relations[part].get(relation or "", "")

    def picture(self, part: str, relation: str | None) -> str:
        """A picture as an address that carries it; nothing for one in a format that pages cannot show."""
        name = self.target(part, relation)
        kind = _TYPES.get(name.rpartition(".")[2].lower())
        if kind is None or name not in self.parts:
            return ""
        return f"data:image/{kind};base64,{base64.b64encode(self.parts[name]).decode('ascii')}"

    def property(self, name: str) -> str:
        """A property of the document: `title`, `creator`."""
        core = self.tree("docProps/core.xml")
        return "" if core is None else core.findtext(f"{_DC}{name}", "")


def open_word(content: bytes, language: str) -> WordFile:
    """Read a file that this program wrote."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {item.filename: archive.read(item) for item in archive.infolist()}
    looks = read_looks(parts["word/styles.xml"], language)
    return WordFile(parts, language, looks, read_numbering(parts.get("word/numbering.xml")))


def text_of(element: etree._Element) -> str:
    """The words in an element."""
    return "".join(text.text or "" for text in element.iter(f"{W}t"))
