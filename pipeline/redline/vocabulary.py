"""Makes the old text speak the new file's language: ids of pictures, links, lists, notes and bookmarks."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy

from lxml import etree

from pipeline.compare.names import R, W, value, whole
from pipeline.redline.files import NOTES, WordFile
from pipeline.redline.markup import FAR, FAR_NOTE, exact, make, without
from pipeline.render.package import add_part, relate

_HEADS = (f"{W}headerReference", f"{W}footerReference")
_NAME = re.compile(r"[^\s\"\\]+")
_NUMBERING = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"


def carry_relations(old: WordFile, new: WordFile, old_part: str, new_part: str) -> list[str]:
    """Give what the old part refers to an id in the new file; what could not be carried over, by its kind."""
    before, after = old.relations(old_part), new.relations(new_part)
    known = {_target(new, one.kind, one.target, external=one.external): ident for ident, one in after.items()}
    beyond = []
    for element in old.stories[old_part].iter(etree.Element):
        if element.tag in _HEADS:
            continue
        for name in [str(one) for one in element.attrib if str(one).startswith(R)]:
            relation = before.get(element.get(name, ""))
            if relation is None:
                continue
            target = _target(old, relation.kind, relation.target, external=relation.external)
            if target not in known:
                kind = old.relation_type(old_part, element.get(name, ""))
                place = relation.target if relation.external else _copied(old, new, relation.kind, relation.target)
                if not place:
                    beyond.append(relation.kind)
                    continue
                known[target] = new.refer(new_part, kind, place, external=relation.external)
            element.set(name, known[target])
    return beyond


def _target(file: WordFile, kind: str, target: str, *, external: bool) -> tuple[str, str]:
    return kind, target if external else file.package.digests.get(target.lower(), target)


def _copied(old: WordFile, new: WordFile, kind: str, target: str) -> str:
    """The name of a picture in the new file; empty for parts that refer to others."""
    content = old.content(target)
    if kind != "image" or not content:
        return ""
    folder, name = posixpath.split(target)
    place = posixpath.join(folder, f"former-{name}")
    add_part(new.contents, place, content, old.type_of(target))
    return place


def carry_lists(old: WordFile, new: WordFile) -> None:
    """Give the lists of the old text a number in the new file: the same one where they are defined alike."""
    before, after = _lists(old.tree("numbering")), _lists(new.tree("numbering"))
    used = dict.fromkeys(
        value(one) for tree in old.stories.values() for one in tree.iter(f"{W}numId") if value(one) in before
    )
    moved = {number: number for number in used if before[number][0] == after.get(number, ("",))[0]}
    missing = [number for number in used if number not in moved]
    if missing:
        moved |= _add_lists(new, {number: before[number] for number in missing})
    for tree in old.stories.values():
        for one in tree.iter(f"{W}numId"):
            one.set(f"{W}val", moved.get(value(one), value(one)))


_Definition = tuple[str, etree._Element, etree._Element]  # noqa: SLF001 - lxml has no public name for it


def _lists(numbering: etree._Element | None) -> dict[str, _Definition]:
    """How each list is defined: as text to compare, its own entry, and the one it refers to."""
    if numbering is None:
        return {}
    shapes = {value(one, "abstractNumId"): one for one in numbering.findall(f"{W}abstractNum")}
    found = {}
    for one in numbering.findall(f"{W}num"):
        shape = shapes.get(value(one.find(f"{W}abstractNumId")))
        if shape is not None:
            found[value(one, "numId")] = (definition(one, shape), one, shape)
    return found


def definition(entry: etree._Element, shape: etree._Element) -> str:
    """What a list looks like, whatever its numbers in the file are."""
    plain = without(shape, "nsid", "tmpl")
    if plain is not None:
        for name in list(plain.attrib):
            del plain.attrib[name]
    return exact(plain) + "".join(exact(one) for one in entry.findall(f"{W}lvlOverride"))


def _add_lists(new: WordFile, missing: Mapping[str, _Definition]) -> dict[str, str]:
    name = new.related("numbering") or posixpath.join(posixpath.dirname(new.main), "numbering.xml")
    tree = new.tree("numbering")
    if tree is None:
        tree = make("numbering")
        add_part(new.contents, name, b"", _NUMBERING)
        relate(new.contents, new.main, name, "numbering")
    moved = {}
    for number, (_, entry, shape) in missing.items():
        shape_id = str(1 + max((whole(value(one, "abstractNumId")) for one in tree), default=0))
        list_id = str(1 + max((whole(value(one, "numId")) for one in tree), default=0))
        made_shape, made = without(shape, "nsid"), deepcopy(entry)
        if made_shape is None:
            continue
        made_shape.set(f"{W}abstractNumId", shape_id)
        made.set(f"{W}numId", list_id)
        for one in made.findall(f"{W}abstractNumId"):
            one.set(f"{W}val", shape_id)
        last = tree.findall(f"{W}abstractNum")
        tree.insert(tree.index(last[-1]) + 1 if last else 0, made_shape)
        entries = tree.findall(f"{W}num")
        tree.insert(tree.index(entries[-1]) + 1 if entries else tree.index(made_shape) + 1, made)
        moved[number] = list_id
    new.put(name, tree)
    return moved


def part_ids(old: WordFile) -> None:
    """Numbers that must differ within a file: of notes, bookmarks and content controls."""
    kinds = [f"{W}{name}" for kind in NOTES for name in (f"{kind}Reference", kind)]
    for tree in old.stories.values():
        for one in tree.iter(*kinds):
            one.set(f"{W}id", str(whole(value(one, "id")) + FAR_NOTE))
        for one in tree.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd"):
            one.set(f"{W}id", str(whole(value(one, "id")) + FAR))
        for one in list(tree.iter(f"{W}id")):
            parent = one.getparent()
            if parent is not None and parent.tag == f"{W}sdtPr":
                parent.remove(one)


def take_out_comments(old: WordFile) -> None:
    """Comments of the old file belong to another time."""
    for tree in old.stories.values():
        for one in list(tree.iter(f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}commentReference")):
            holder = one.getparent() if one.tag == f"{W}commentReference" else one
            parent = None if holder is None else holder.getparent()
            if parent is not None and holder is not None:
                parent.remove(holder)


def name_bookmarks(old: WordFile, new: WordFile, pairs: Iterable[tuple[etree._Element, etree._Element]]) -> None:
    """A bookmark of the old text is that of the paragraph that became of its own; others keep a name of their own."""
    taken = {value(one, "name") for tree in new.stories.values() for one in tree.iter(f"{W}bookmarkStart")}
    names: dict[str, str] = {}
    settled: set[str] = set()
    for before, after in pairs:
        marks = [{value(one, "name"): value(one, "id") for one in p.iter(f"{W}bookmarkStart")} for p in (before, after)]
        for name, became in _counterparts(marks[0], marks[1]):
            names[name] = became
            settled.add(marks[0][name])
    for tree in old.stories.values():
        for one in list(tree.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd")):
            parent = one.getparent()
            if value(one, "id") in settled and parent is not None:
                parent.remove(one)
                continue
            name = value(one, "name")
            if name in taken:
                # the format allows a name 40 characters
                names[name] = next(
                    made for n in range(1, FAR) if (made := f"{name[:30]}_old{n}") not in {*taken, *names.values()}
                )
                one.set(f"{W}name", names[name])
    _rename_uses(old, names)


def _rename_uses(old: WordFile, names: Mapping[str, str]) -> None:
    for tree in old.stories.values():
        for one in tree.iter(f"{W}hyperlink"):
            anchor = value(one, "anchor")
            if anchor in names:
                one.set(f"{W}anchor", names[anchor])
        for one in tree.iter(f"{W}instrText"):
            one.text = _NAME.sub(lambda found: names.get(found[0], found[0]), one.text or "")


def _counterparts(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, str]]:
    """Bookmarks of one name, and those that a program named, in their order."""
    same = [name for name in old if name in new]
    others = [[name for name in marks if name not in same and name.startswith("_")] for marks in (old, new)]
    return [*((name, name) for name in same), *zip(*others, strict=False)]


def carry_styles(old: WordFile, new: WordFile) -> list[str]:
    """Add styles that only the old text uses; the names of those used that look otherwise in the new file."""
    before, after = old.tree("styles"), new.tree("styles")
    if before is None or after is None:
        return []
    known = {value(one, "styleId"): one for one in after.findall(f"{W}style")}
    theirs = {value(one, "styleId"): one for one in before.findall(f"{W}style")}
    tags = (f"{W}pStyle", f"{W}rStyle", f"{W}tblStyle")
    used = list(dict.fromkeys(value(one) for tree in old.stories.values() for one in tree.iter(*tags)))
    differing = []
    while used:
        style = theirs.get(used.pop(0))
        if style is None or value(style, "styleId") in differing:
            continue
        ident = value(style, "styleId")
        if ident not in known:
            made = deepcopy(style)
            made.attrib.pop(f"{W}default", "")
            after.append(made)
            known[ident] = made
        elif exact(style) != exact(known[ident]):
            differing.append(ident)
            continue
        else:
            continue
        used += [value(style.find(f"{W}{name}")) for name in ("basedOn", "link", "next")]
    if exact(before.find(f"{W}docDefaults")) != exact(after.find(f"{W}docDefaults")):
        differing.append("docDefaults")
    new.put(new.related("styles"), after)
    return differing
