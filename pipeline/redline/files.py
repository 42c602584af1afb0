"""Word files as they are taken apart and put together again."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from pipeline.compare.names import R, W, value
from pipeline.compare.package import Package, Relation, open_package
from pipeline.compare.results import Unreadable
from pipeline.compare.tracked import has_changes
from pipeline.problems import Place, Problem, error
from pipeline.redline.markup import make
from pipeline.redline.normal import normalise
from pipeline.render.package import PARSER, to_bytes

HEADS = ("header", "footer")
NOTES = ("footnote", "endnote")
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_LIST = "[Content_Types].xml"


@dataclass(slots=True)
class WordFile:
    """An opened file: its parts as bytes, by name, and those with text as trees in one form."""

    package: Package
    contents: dict[str, bytes]
    stories: dict[str, etree._Element]

    @property
    def main(self) -> str:
        """The name of the part with the body."""
        return self.package.main

    @property
    def body(self) -> etree._Element:
        """The body; an empty one where there is none."""
        found = self.stories[self.main].find(f"{W}body")
        return make("body") if found is None else found

    def relations(self, part: str) -> dict[str, Relation]:
        """What a part refers to, by id."""
        return self.package.relations(part)

    def related(self, kind: str) -> str:
        """The part that the body refers to as `kind`; empty where there is none."""
        return next(iter(self.package.related(self.main, kind)), "")

    def tree(self, kind: str) -> etree._Element | None:
        """The part that the body refers to as `kind`."""
        name = self.related(kind)
        if name in self.stories:
            return self.stories[name]
        return self.package.tree(name) if name else None

    def content(self, part: str) -> bytes:
        """The bytes of a part, however its name is written."""
        return next((one for name, one in self.contents.items() if name.lower() == part.lower()), b"")

    def put(self, part: str, tree: etree._Element) -> None:
        """Put a tree in the place of a part."""
        known = next((name for name in self.contents if name.lower() == part.lower()), part)
        self.contents[known] = to_bytes(tree)

    def type_of(self, part: str) -> str:
        """The content type of a part."""
        types = etree.fromstring(self.contents[_LIST], PARSER)
        for one in types.iter(f"{_TYPES}Override"):
            if one.get("PartName", "").lower() == f"/{part}".lower():
                return one.get("ContentType", "")
        ending = part.rpartition(".")[2].lower()
        found = [one for one in types.iter(f"{_TYPES}Default") if one.get("Extension", "").lower() == ending]
        return found[0].get("ContentType", "") if found else ""

    def refer(self, part: str, kind: str, target: str, *, external: bool) -> str:
        """A new id under which a part knows something; `kind` is the whole address of the relation."""
        folder, name = posixpath.split(part)
        file = posixpath.join(folder, "_rels", f"{name}.rels")
        known = self.content(file)
        tree = etree.fromstring(known, PARSER) if known else etree.Element(f"{_RELATIONS}Relationships")
        taken = {one.get("Id") for one in tree}
        ident = next(f"rId{number}" for number in range(1, len(taken) + 2) if f"rId{number}" not in taken)
        entry = {"Id": ident, "Type": kind, "Target": target if external else posixpath.relpath(target, folder)}
        etree.SubElement(tree, f"{_RELATIONS}Relationship", entry | ({"TargetMode": "External"} if external else {}))
        self.put(file, tree)
        return ident

    def relation_type(self, part: str, ident: str) -> str:
        """The whole address of a relation's kind."""
        folder, name = posixpath.split(part)
        known = self.content(posixpath.join(folder, "_rels", f"{name}.rels"))
        entries = etree.fromstring(known, PARSER) if known else ()
        return next((one.get("Type", "") for one in entries if one.get("Id") == ident), "")

    def sections(self) -> list[etree._Element]:
        """The properties of every section, in order."""
        inner = [one for paragraph in self.body.findall(f"{W}p") for one in paragraph.findall(f"{W}pPr/{W}sectPr")]
        return [*inner, *self.body.findall(f"{W}sectPr")]

    def heads(self) -> dict[tuple[int, str, str], str]:
        """The part of each running head that a section names, by section, kind and kind of page."""
        relations = self.relations(self.main)
        return {
            (number, kind, value(one, "type", "default")): relations[one.get(f"{R}id", "")].target
            for number, section in enumerate(self.sections())
            for kind in HEADS
            for one in section.findall(f"{W}{kind}Reference")
            if one.get(f"{R}id", "") in relations
        }


def open_file(content: bytes, name: str, *, tracked: bool = False) -> WordFile | Problem:
    """A Word file whose words are all settled, unless they may be `tracked`; or why it cannot be compared."""
    package = open_package(content)
    if isinstance(package, Unreadable):
        return error(Place(name), "redline-unreadable", package.message)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
        contents = {
            entry: to_bytes(package.xml[entry.lower()]) if entry.lower() in package.xml else archive.read(entry)
            for entry in entries
        }
    stories = dict(_stories(package))
    if tracked:
        return WordFile(package, contents, stories)
    if any(has_changes(tree) for tree in stories.values()):
        hint = "accept or reject them in Word first"
        return error(Place(name), "redline-tracked", "the file holds tracked changes already", hint)
    for tree in stories.values():
        normalise(tree)
    return WordFile(package, contents, stories)


def _stories(package: Package) -> Iterator[tuple[str, etree._Element]]:
    names = [package.main, *(name for kind in HEADS for name in package.related(package.main, kind))]
    for name in [*names, *(name for kind in NOTES for name in package.related(package.main, f"{kind}s"))]:
        tree = package.tree(name)
        if tree is not None:
            yield name, tree
