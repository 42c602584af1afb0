"""Opens a Word file that a stranger made: bounded in size, without entities, and a message instead of a crash."""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from pipeline.compare.results import Cause, Unreadable

MOST_BYTES = 64 << 20
MOST_PARTS = 4000
MOST_XML = 48 << 20
MOST_TAGS = 1_500_000
MOST_MEDIA = 256 << 20
MOST_TYPES = 1 << 20

_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/customProperties",
        b"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes",
        b"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes",
    ),
)
"""Word's “Strict Open XML” names the same things by other addresses."""
_READ = frozenset(
    "officeDocument header footer footnotes endnotes comments styles numbering settings glossaryDocument".split()  # noqa: SIM905
)
"""What a part has to be XML for: words, or what decides how words look."""
_TYPES = "[content_types].xml"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: another part by its name in the package, or something `external` by its address."""

    kind: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a Word file; `main` is the name of the one that holds the body."""

    xml: Mapping[str, etree._Element]
    digests: Mapping[str, str]
    main: str

    def relations(self, part: str) -> dict[str, Relation]:
        """What `part` ("" for the package) refers to, by id."""
        folder, name = posixpath.split(part)
        tree = self.xml.get(posixpath.join(folder, "_rels", f"{name}.rels").lower())
        if tree is None:
            return {}
        return {one.get("Id", ""): _relation(one, folder) for one in tree.iter(_RELATION)}

    def related(self, part: str, kind: str) -> list[str]:
        """The names of the parts that `part` refers to as `kind`."""
        return [one.target for one in self.relations(part).values() if one.kind == kind and not one.external]

    def all_relations(self) -> list[Relation]:
        """Everything that any part refers to."""
        return [
            _relation(one, posixpath.dirname(posixpath.dirname(name)))
            for name, tree in sorted(self.xml.items())
            if name.endswith(".rels")
            for one in tree.iter(_RELATION)
        ]

    def tree(self, part: str) -> etree._Element | None:
        """A part that is XML."""
        return self.xml.get(part.lower())

    def single(self, kind: str) -> etree._Element | None:
        """The part that the body refers to as `kind`, such as its styles."""
        names = self.related(self.main, kind)
        return self.tree(names[0]) if names else None


def _relation(one: etree._Element, folder: str) -> Relation:
    kind, target = one.get("Type", "").rstrip("/").rsplit("/", 1)[-1], one.get("Target", "")
    if one.get("TargetMode") == "External":
        return Relation(kind, target, external=True)
    return Relation(kind, posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/"), external=False)


def open_package(content: bytes) -> Package | Unreadable:
    """The parts of a Word file, or why it cannot be read."""
    refused = _refuse_by_look(content)
    if refused is not None:
        return refused
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
        UnicodeError,
    ) as mistake:
        return Unreadable(Cause.DAMAGED, f"the file is damaged: {mistake}")
    except RuntimeError:  # how zipfile says that an entry has a password
        return Unreadable(Cause.ENCRYPTED, "the file is locked with a password; ask for a copy without one")


def _refuse_by_look(content: bytes) -> Unreadable | None:
    if len(content) > MOST_BYTES:
        return Unreadable(Cause.TOO_LARGE, f"the file has more than {MOST_BYTES >> 20} MB")
    if b"%PDF-" in content[:1024]:
        return Unreadable(Cause.PDF, "this is a PDF; compare the Word file (.docx) that the other party returned")
    if content.startswith(_CFB):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return Unreadable(Cause.ENCRYPTED, "the file is locked with a password; ask for a copy without one")
        return Unreadable(Cause.OLD_WORD, "this is an old Word file (.doc); save it as .docx and compare that")
    if not content.startswith(b"PK"):
        return Unreadable(Cause.NOT_WORD, "this is not a Word file (.docx)")
    return None


def _read(archive: zipfile.ZipFile) -> Package | Unreadable:
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    declared = _declared(archive, entries)
    if isinstance(declared, Unreadable):
        return declared
    xml: dict[str, etree._Element] = {}
    digests: dict[str, str] = {}
    size = media = tags = 0
    for entry in entries:
        name = entry.filename.lower()
        if name not in declared:
            digest, length = _digest(archive, entry, MOST_MEDIA - media)
            media += length
            digests[name] = digest
            if media >= MOST_MEDIA:
                return Unreadable(Cause.TOO_LARGE, "the pictures of the file are too large unpacked")
            continue
        with archive.open(entry) as opened:
            text = opened.read(MOST_XML - size + 1)
        size += len(text)
        tags += text.count(b"<")
        if size > MOST_XML or tags > MOST_TAGS:
            return Unreadable(Cause.TOO_LARGE, "the text of the file is too large unpacked")
        digests[name] = hashlib.sha256(text).hexdigest()
        tree = _parse(text, name)
        if isinstance(tree, Unreadable):
            return tree
        xml[name] = tree
    return _with_main(Package(xml, digests, ""))


def _declared(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> set[str] | Unreadable:
    """The parts that are XML, by name or content type: Word reads comments from any file that is declared as such."""
    names = {entry.filename.lower(): entry for entry in entries}
    if len(entries) > MOST_PARTS:
        return Unreadable(Cause.TOO_LARGE, f"the file has more than {MOST_PARTS} parts")
    if len(names) < len(entries):
        return Unreadable(Cause.UNSAFE, "the file holds two parts of one name; what it shows depends on the program")
    usual = {name for name in names if name.endswith((".xml", ".rels"))}
    if _TYPES not in names:
        return usual
    with archive.open(names[_TYPES]) as opened:
        text = opened.read(MOST_TYPES + 1)
    if len(text) > MOST_TYPES:
        return Unreadable(Cause.TOO_LARGE, "the list of what the file holds is too large unpacked")
    tree = _parse(text, _TYPES)
    if isinstance(tree, Unreadable):
        return tree
    stated = [one for one in tree.iter("{*}Override", "{*}Default") if _is_xml(one.get("ContentType", ""))]
    overrides = {unquote(one.get("PartName", "")).lower().lstrip("/") for one in stated}
    endings = {one.get("Extension", "").lower() for one in stated} - {""}
    return usual | {name for name in names if name in overrides or name.rpartition(".")[2] in endings}


def _is_xml(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower().endswith("xml")


def _digest(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> tuple[str, int]:
    digest, length = hashlib.sha256(), 0
    with archive.open(entry) as opened:
        while length < most and (piece := opened.read(1 << 16)):
            digest.update(piece)
            length += len(piece)
    return digest.hexdigest(), length


def _parse(text: bytes, name: str) -> etree._Element | Unreadable:
    for strict, usual in _STRICT:
        text = text.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, load_dtd=False
    )
    # an entity could hide in another encoding: the parsed document is asked as well
    if _DOCTYPE.search(text):
        return Unreadable(Cause.UNSAFE, f"{name} declares entities, which no Word file does")
    try:
        tree = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as mistake:
        return Unreadable(Cause.DAMAGED, f"{name} is damaged: {mistake.msg}")
    if tree.getroottree().docinfo.internalDTD is not None:
        return Unreadable(Cause.UNSAFE, f"{name} declares entities, which no Word file does")
    return tree


def _with_main(package: Package) -> Package | Unreadable:
    mains = package.related("", "officeDocument")
    if not mains:
        return Unreadable(Cause.NOT_WORD, "this is not a Word file (.docx)")
    if len(mains) > 1:
        return Unreadable(Cause.UNSAFE, "the file holds two texts; which one it shows depends on the program")
    for relation in package.all_relations():
        target = relation.target.lower()
        if relation.kind in _READ and not relation.external and target in package.digests and target not in package.xml:
            return Unreadable(Cause.UNSAFE, f"{target} holds words, and does not say so")
    tree = package.tree(mains[0])
    if tree is None or etree.QName(tree).localname != "document":
        return Unreadable(Cause.NOT_WORD, "this is not a Word file (.docx)")
    return Package(package.xml, package.digests, mains[0])
