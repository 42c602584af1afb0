"""Random edits of a Word file, as a drafter may make them: paragraphs, words, looks, rows, cells, tables in tables."""

from __future__ import annotations

from copy import deepcopy
from random import Random

from lxml import etree

from tests.compare.documents import W, paragraph, run, table

_SPACES = f'xmlns:w="{W[1:-1]}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_WORDS = (
    "响应时间",
    "15 分钟",
    "within 4 h",
    "甲方",
    "≥ 99.5%",
    " ",
    "乙方应当",
    "the provider",
    "P1",
    "，",
    "2026年7月1日",
)
_STYLES = ("", "Clause", "Heading2", "Caption", "TOC1")


def element(markup: str) -> etree._Element:
    return etree.fromstring(f"<x {_SPACES}>{markup}</x>")[0]


def words(random: Random) -> str:
    return "".join(random.choice(_WORDS) for _ in range(random.randrange(5)))


def new_paragraph(random: Random) -> etree._Element:
    said = words(random)
    runs = run(said) if said else ""
    if random.random() < 0.3:
        runs += run(words(random) or "x", "<w:b/>") + f'<w:hyperlink w:anchor="_Toc1">{run("见第一章")}</w:hyperlink>'
    return element(paragraph(runs or "<w:r/>", random.choice(_STYLES)))


def new_table(random: Random) -> etree._Element:
    width = random.randrange(1, 4)
    return element(table(*(tuple(words(random) or "—" for _ in range(width)) for _ in range(random.randrange(1, 4)))))


def drop(one: etree._Element) -> None:
    parent = one.getparent()
    if parent is not None:
        parent.remove(one)


def edit(tree: etree._Element, random: Random) -> None:
    """One edit somewhere in a body, running head or note."""
    random.choice(_EDITS)(tree, random)


def _paragraphs(tree: etree._Element) -> list[etree._Element]:
    return [one for one in tree.iter(f"{W}p") if next(one.iterancestors(f"{W}r"), None) is None]


def _insert(tree: etree._Element, random: Random) -> None:
    place = random.choice(_paragraphs(tree))
    made = new_paragraph(random)
    place.addprevious(made) if random.random() < 0.5 else place.addnext(made)


def _insert_table(tree: etree._Element, random: Random) -> None:
    random.choice(_paragraphs(tree)).addprevious(new_table(random))


def _is_needed(one: etree._Element) -> bool:
    """A cell, and a body, has to end in a paragraph."""
    following = one.getnext()
    return one.tag == f"{W}p" and (following is None or following.tag != f"{W}p")


def _delete(tree: etree._Element, random: Random) -> None:
    free = [one for one in tree.iter(f"{W}p", f"{W}tbl") if not _is_needed(one)]
    free = [one for one in free if next(one.iterancestors(f"{W}r"), None) is None]
    if free:
        one = random.choice(free)
        drop(one)


def _move(tree: etree._Element, random: Random) -> None:
    free = [one for one in _paragraphs(tree) if not _is_needed(one)]
    if free:
        one = random.choice(free)
        place = random.choice([other for other in _paragraphs(tree) if other is not one])
        drop(one)
        place.addprevious(one)


def _reword(tree: etree._Element, random: Random) -> None:
    texts = list(tree.iter(f"{W}t"))
    if texts:
        one = random.choice(texts)
        said = one.text or ""
        at = random.randrange(len(said) + 1)
        one.text = said[:at] + random.choice(_WORDS) + said[at + random.randrange(4) :]
        one.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _restyle(tree: etree._Element, random: Random) -> None:
    one = random.choice(_paragraphs(tree))
    old = one.find(f"{W}pPr")
    made = element(f"<w:pPr><w:pStyle w:val='{random.choice(_STYLES[1:])}'/><w:jc w:val='center'/></w:pPr>")
    if old is not None and old.find(f"{W}sectPr") is None:
        one.remove(old)
    if old is None or old.getparent() is None:
        one.insert(0, made)


def _embolden(tree: etree._Element, random: Random) -> None:
    runs = list(tree.iter(f"{W}r"))
    if not runs:
        return
    one = random.choice(runs)
    old = one.find(f"{W}rPr")
    if old is not None:
        one.remove(old)
    if random.random() < 0.7:
        one.insert(0, element(random.choice(("<w:rPr><w:b/></w:rPr>", "<w:rPr><w:i/><w:sz w:val='18'/></w:rPr>"))))


def _take_out(tree: etree._Element, random: Random) -> None:
    loose = [one for one in tree.iter(f"{W}r", f"{W}hyperlink", f"{W}sdt") if one.find(f".//{W}fldChar") is None]
    loose = [one for one in loose if one.find(f"{W}footnoteRef") is None and one.find(f"{W}instrText") is None]
    if loose:
        one = random.choice(loose)
        drop(one)


def _row(tree: etree._Element, random: Random) -> None:
    rows = list(tree.iter(f"{W}tr"))
    if not rows:
        return
    row = random.choice(rows)
    if random.random() < 0.5 and len(list(row.itersiblings(f"{W}tr"))) > 1:
        drop(row)
        return
    made = deepcopy(row)
    for control in list(made.iter(f"{W}sdt")):
        drop(control)
    for text in made.iter(f"{W}t"):
        text.text = random.choice(_WORDS)
    row.addnext(made)


def _cell(tree: etree._Element, random: Random) -> None:
    cells = list(tree.iter(f"{W}tc"))
    if not cells:
        return
    one = random.choice(cells)
    if random.random() < 0.5:
        one.insert(1, new_table(random))
    elif random.random() < 0.5:
        properties = one.find(f"{W}tcPr")
        if properties is not None and properties.find(f"{W}gridSpan") is None:
            properties.append(element("<w:gridSpan w:val='2'/>"))
    else:
        one.append(new_paragraph(random))


def _merge(tree: etree._Element, random: Random) -> None:
    for number, row in enumerate(random.choice(list(tree.iter(f"{W}tbl")) or [tree]).findall(f"{W}tr")):
        properties = row.find(f"{W}tc/{W}tcPr")
        if properties is not None and properties.find(f"{W}vMerge") is None:
            properties.append(element("<w:vMerge w:val='restart'/>" if not number else "<w:vMerge/>"))


_EDITS = (
    _insert, _insert, _insert_table, _delete, _delete, _delete, _move, _reword, _reword, _reword, _restyle, _embolden,
    _take_out, _row, _row, _cell, _merge,
)  # fmt: skip
