"""Compares what is no words: pictures, links, fields that are filled in, objects, and what a file refers to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from urllib.parse import unquote

from pipeline.compare.names import W, switched, value
from pipeline.compare.package import Package
from pipeline.compare.passages import Block, Link, Paragraph, Picture, Story, Table
from pipeline.compare.results import About, Difference, Kind, Note, Part, Where

_ACTIVE = frozenset(
    {
        "vbaProject",
        "wordVbaData",
        "oleObject",
        "package",
        "aFChunk",
        "control",
        "activeXControlBinary",
        "subDocument",
        "frame",
    }
)
_FOLLOWED = frozenset({"hyperlink", "image"})
"""External references that are compared where they stand."""
_FREE_CODES = frozenset("TOC HYPERLINK PAGEREF PAGE NUMPAGES SECTIONPAGES SECTION FORMTEXT".split())  # noqa: SIM905


@dataclass(slots=True)
class Attached:
    """What a comparison of things other than words found."""

    differences: list[Difference] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def compare_attached(sent: Story, returned: Story, part: Part, sent_area: range, returned_area: range) -> Attached:
    """Pictures, links, fields and objects of a text; the areas are the blocks around the signature fields."""
    found = Attached()
    _pictures(sent, returned, part, (sent_area, returned_area), found)
    _links(sent.links, returned.links, part, found)
    codes = Counter(map(_kind, sent.codes))
    for code in returned.codes:
        codes[_kind(code)] -= 1
        if codes[_kind(code)] < 0 and _kind(code) not in _FREE_CODES:
            found.differences.append(
                Difference(Kind.FIELD, part, Where(), after=code, detail="words that a program fills in")
            )
    frozen = sorted(kind for kind, count in codes.items() if count > 0 and kind not in _FREE_CODES)
    found.notes += [Note(About.FIELD_FROZEN, kind) for kind in frozen]
    for source in _surplus(sent.drawn_from, returned.drawn_from):
        found.differences.append(
            Difference(Kind.FIELD, part, Where(), after=source, detail="words drawn from elsewhere in the file")
        )
    for thing in _surplus(sent.objects, returned.objects):
        kind, _, words = thing.partition(": ")
        if kind == "alternatives":
            found.differences.append(
                Difference(Kind.HIDDEN, part, Where(), after=words, detail="words that only some programs show")
            )
        else:
            found.differences.append(Difference(Kind.OBJECT, part, Where(), after=kind))
    return found


def compare_contents(sent: Story, returned: Story) -> Attached:
    """The table of contents: as it was sent, or made anew from the headings of the returned text."""
    old, new = _lines(sent.contents), _lines(returned.contents)
    if old == new:
        return Attached()
    for depth in range(1, 10):
        headings = [block for block in returned.blocks if isinstance(block, Paragraph) and 0 < block.level <= depth]
        made = [_line(f"{block.label}{block.passage.text}") for block in headings]
        if new and new in (made, [_line(block.passage.text) for block in headings]):
            return Attached(notes=[Note(About.CONTENTS_UPDATED)])
    found = Attached()
    for code, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if code != "equal":
            before, after = "; ".join(old[start:end]), "; ".join(new[first:last])
            kind = Kind.CHANGED if before and after else Kind.ADDED if after else Kind.REMOVED
            found.differences.append(Difference(kind, Part.BODY, Where(), before, after, detail="table of contents"))
    return found


def compare_files(sent: Package, returned: Package) -> Attached:
    """What the files are made of: programs in them, references to the outside, protection, properties."""
    found = Attached()
    known = {(one.kind, one.target) for one in sent.all_relations()}
    for relation in dict.fromkeys(returned.all_relations()):
        if (relation.kind, relation.target) in known:
            continue
        if relation.kind == "attachedTemplate":
            remote = relation.target.lower().startswith(("http", "ftp", "\\\\", "file://"))
            if remote and not relation.target.lower().startswith("file:///"):
                found.differences.append(
                    Difference(Kind.OBJECT, Part.FILE, Where(), after=relation.target, detail="remote template")
                )
            else:
                found.notes.append(Note(About.TEMPLATE_ATTACHED, relation.target))
        elif relation.kind in _ACTIVE or (relation.external and relation.kind not in _FOLLOWED):
            detail = "outside of the file" if relation.external else "embedded"
            found.differences.append(
                Difference(Kind.OBJECT, Part.FILE, Where(), after=f"{relation.kind} {relation.target}", detail=detail)
            )
    told = " ".join(one.after for one in found.differences).lower()
    for name in returned.digests:
        if name.endswith("vbaproject.bin") and name not in sent.digests and "vbaproject" not in told:
            found.differences.append(Difference(Kind.OBJECT, Part.FILE, Where(), after=name, detail="macros"))
    found.notes += _notes(sent, returned)
    return found


def _notes(sent: Package, returned: Package) -> Iterable[Note]:
    if _is_protected(sent) and not _is_protected(returned):
        yield Note(About.PROTECTION_REMOVED)
    fonts = {name for name in returned.digests if name.startswith("word/fonts/")}
    if fonts - set(sent.digests):
        yield Note(About.FONTS_EMBEDDED)
    if any(name.startswith("_xmlsignatures/") for name in returned.digests):
        yield Note(About.DIGITALLY_SIGNED)
    program = _program(returned)
    if program and program != _program(sent):
        yield Note(About.SAVED_BY, program)


def _program(package: Package) -> str:
    for name in package.related("", "extended-properties"):
        tree = package.tree(name)
        for one in () if tree is None else tree.iter("{*}Application"):
            return (one.text or "").strip()[:80]
    return ""


def _is_protected(package: Package) -> bool:
    settings = package.single("settings")
    protection = None if settings is None else settings.find(f"{W}documentProtection")
    if protection is None:
        return False
    return (
        value(protection, "enforcement").lower() in {"1", "true", "on"}
        and switched(settings, "documentProtection") is True
    )


def signature_area(blocks: Sequence[Block], signed: Iterable[int] = ()) -> range:
    """The blocks with signature fields, and the one before and after them: there seals and signatures are set."""
    places = list(signed) or [
        index
        for index, block in enumerate(blocks)
        if any(
            span.name.startswith("sign:")
            for passage in (
                [cell.passage for row in block.rows for cell in row.cells]
                if isinstance(block, Table)
                else [block.passage]
            )
            for span in passage.fields
        )
    ]
    return range(min(places) - 1, max(places) + 2) if places else range(0)


def _pictures(sent: Story, returned: Story, part: Part, areas: tuple[range, range], found: Attached) -> None:
    old = [one.digest for one in sent.pictures if one.block not in areas[0]]
    new = [one.digest for one in returned.pictures if one.block not in areas[1]]
    for code, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if code == "equal":
            continue
        for index in range(max(end - start, last - first)):
            gone, came = index < end - start, index < last - first
            detail = "replaced" if gone and came else "added" if came else "removed"
            where = (
                _under(returned, [one for one in returned.pictures if one.block not in areas[1]][first + index])
                if came
                else Where()
            )
            found.differences.append(Difference(Kind.PICTURE, part, where, detail=detail))
    for digest in _surplus(
        [one.digest for one in sent.pictures if one.block in areas[0]],
        [one.digest for one in returned.pictures if one.block in areas[1]],
    ):
        found.notes.append(Note(About.PICTURE_IN_SIGNATURE, digest[:16]))


def _under(story: Story, picture: Picture) -> Where:
    for block in reversed(story.blocks[: picture.block + 1]):
        if isinstance(block, Paragraph) and block.level:
            return Where(block.label, block.passage.text)
    return Where()


def _links(sent: Sequence[Link], returned: Sequence[Link], part: Part, found: Attached) -> None:
    old, new = (
        [(one.words, _address(one.address)) for one in sent],
        [(one.words, _address(one.address)) for one in returned],
    )
    for code, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if code == "equal":
            continue
        for index in range(max(end - start, last - first)):
            before = sent[start + index] if index < end - start else None
            after = returned[first + index] if index < last - first else None
            if before is None and after is not None and _is_own_address(after):
                found.notes.append(Note(About.LINK_OF_ITS_WORDS, after.address))
                continue
            words = after.words if after is not None else before.words if before is not None else ""
            found.differences.append(
                Difference(
                    Kind.LINK,
                    part,
                    Where(),
                    before.address if before else "",
                    after.address if after else "",
                    detail=f"“{words}”",
                )
            )


def _is_own_address(link: Link) -> bool:
    """Word turns an address that somebody touches into a link to itself."""
    said = link.words.strip().lower()
    return _address(link.address) in {
        f"mailto:{said}",
        said.rstrip("/"),
        f"http://{said}".rstrip("/"),
        f"https://{said}".rstrip("/"),
    }


def _address(address: str) -> str:
    return unquote(address).strip().rstrip("/").lower()


def _kind(code: str) -> str:
    return code.split(maxsplit=1)[0].upper() if code.split() else ""


def _surplus(sent: Iterable[str], returned: Iterable[str]) -> list[str]:
    return sorted((Counter(returned) - Counter(sent)).elements())


def _lines(contents: Sequence[str]) -> list[str]:
    return [line for entry in contents if (line := _line(entry))]


def _line(entry: str) -> str:
    head, tab, page = entry.rpartition("\t")
    said = head if tab and page.strip().isdigit() and head.strip() else entry
    return "".join(said.split())
