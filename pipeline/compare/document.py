"""A whole document as it is read: body, running heads of every kind of page, notes and comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from pipeline.compare.looks import Styles
from pipeline.compare.names import R, W, switched, value
from pipeline.compare.numbering import Numbering
from pipeline.compare.package import Package
from pipeline.compare.passages import Story
from pipeline.compare.reader import Reader
from pipeline.compare.tracked import NUMBER, Tracked, has_changes, has_tracked_looks, reading, stamp, tracked

_RUNNING = ("header", "footer")
_PAGES = ("first", "default", "even")
_NOTES = ("footnote", "endnote")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment: who says what about which paragraph."""

    author: str
    date: str
    words: str
    paragraph: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is read; `running` names kind, kind of page and section of each running head."""

    body: Story
    running: Mapping[tuple[str, str, int], Story]
    sections: int
    notes: Mapping[str, tuple[Story, ...]]

    def stories(self) -> list[Story]:
        """Everything that is read."""
        return [self.body, *self.running.values(), *(note for notes in self.notes.values() for note in notes)]


class Parts:
    """The parts of a file that hold text, stamped, to be read with tracked changes accepted or refused."""

    def __init__(self, package: Package) -> None:
        self.package = package
        names = [package.main, *(name for kind in _RUNNING for name in package.related(package.main, kind))]
        names += [name for kind in _NOTES for name in package.related(package.main, f"{kind}s")]
        self._trees = {name: tree for name in dict.fromkeys(names) if (tree := package.tree(name)) is not None}
        for tree in self._trees.values():
            stamp(tree)

    @property
    def has_changes(self) -> bool:
        """Whether changes are tracked anywhere."""
        return any(has_changes(tree) for tree in self._trees.values())

    @property
    def has_tracked_looks(self) -> bool:
        """Whether changes of formatting are tracked anywhere."""
        return any(has_tracked_looks(tree) for tree in self._trees.values())

    def tracked(self) -> list[tuple[str, Tracked]]:
        """Every tracked change with the part that it stands in."""
        return [(name, change) for name, tree in self._trees.items() for change in tracked(tree)]

    def kind(self, name: str) -> str:
        """What a part is: body, header, footer, footnotes or endnotes."""
        relations = self.package.relations(self.package.main).values()
        return next((one.kind for one in relations if one.target == name and not one.external), "body")

    def remarks(self) -> list[Remark]:
        """The comments."""
        tree = self.package.single("comments")
        if tree is None:
            return []
        places = {
            value(mark, "id"): next(mark.iterancestors(f"{W}p"), None)
            for mark in self._trees[self.package.main].iter(f"{W}commentRangeStart", f"{W}commentReference")
        }
        return [self._remark(comment, places.get(value(comment, "id"))) for comment in tree.iter(f"{W}comment")]

    def _remark(self, comment: etree._Element, paragraph: etree._Element | None) -> Remark:
        words = "\n".join(
            "".join(text.text or "" for text in one.iter(f"{W}t", f"{W}delText")) for one in comment.iter(f"{W}p")
        )
        place = "" if paragraph is None else paragraph.get(NUMBER, "")
        return Remark(value(comment, "author"), value(comment, "date")[:10], words.strip(), place)

    def read(self, *, accepted: bool) -> Document:
        """The document with all tracked changes accepted, or all refused."""
        package = self.package
        styles = Styles(package.single("styles"))
        numbering = Numbering(package.single("numbering"), styles)
        trees = {name: reading(tree, accepted=accepted) for name, tree in self._trees.items()}
        body = trees[package.main].find(f"{W}body")
        if body is None:
            body = etree.Element(f"{W}body")
        main = Reader(package, package.main, styles, numbering).read(body)
        sections = list(body.iter(f"{W}sectPr"))
        running = {
            place: Reader(package, name, styles, numbering).read(trees[name])
            for place, name in self._running(sections).items()
            if name in trees
        }
        notes = {kind: self._notes(kind, main, trees, styles, numbering) for kind in _NOTES}
        return Document(main, running, len(sections), notes)

    def _running(self, sections: list[etree._Element]) -> dict[tuple[str, str, int], str]:
        """Which part each kind of page of each section shows; a section without its own shows the one before's."""
        relations = self.package.relations(self.package.main)
        even = bool(switched(self.package.single("settings"), "evenAndOddHeaders"))
        inherited: dict[tuple[str, str], str] = {}
        shown = {}
        for number, section in enumerate(sections):
            for reference in section.iter(f"{W}headerReference", f"{W}footerReference"):
                kind = etree.QName(reference).localname.removesuffix("Reference")
                relation = relations.get(reference.get(f"{R}id", ""))
                if relation is not None:
                    inherited[kind, value(reference, "type", "default")] = relation.target
            first = bool(switched(section, "titlePg"))
            for kind in _RUNNING:
                for page in _PAGES:
                    own = page == "default" or (page == "first" and first) or (page == "even" and even)
                    name = inherited.get((kind, page if own else "default"))
                    if name is not None:
                        shown[kind, page, number] = name
        return shown

    def _notes(
        self, kind: str, main: Story, trees: Mapping[str, etree._Element], styles: Styles, numbering: Numbering
    ) -> tuple[Story, ...]:
        """The notes that the body refers to, in the order of the references."""
        names = self.package.related(self.package.main, f"{kind}s")
        tree = trees.get(names[0]) if names else None
        if tree is None:
            return ()
        by_id = {value(note, "id"): note for note in tree.iter(f"{W}{kind}")}
        return tuple(
            Reader(self.package, names[0], styles, numbering).read(by_id[ident])
            for known, ident in main.notes
            if known == kind and ident in by_id
        )
