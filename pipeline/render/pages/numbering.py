"""The numbers that Word puts before paragraphs: it stores how to count, not what it counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.render.package import whole

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"

_CHINESE = "〇一二三四五六七八九"
_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"],
        strict=True,
    )
)
_CIRCLED = 20
SYMBOLS = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf06c": "●", "\uf06e": "■"}
SYMBOLS |= {"\uf0fe": "☑", "\uf0a8": "☐"}
"""What the characters of Word's symbol fonts look like; our fonts do not have them."""


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """How one level of a list counts and looks; `key` names it in style sheets."""

    key: str
    start: int
    kind: str
    text: str
    suffix: str
    restart: int | None
    legal: bool
    paragraph: etree._Element | None
    run: etree._Element | None

    @property
    def bullet(self) -> bool:
        """Whether it shows a sign instead of a number."""
        return self.kind == "bullet"


@dataclass(frozen=True, slots=True, eq=False)
class _List:
    abstract: str
    levels: Mapping[int, Level]
    restarts: Mapping[int, int]


@dataclass(slots=True, eq=False)
class Numbering:
    """The lists of a document while it is read from beginning to end; every call of `label` counts."""

    lists: Mapping[str, _List]
    linked: Mapping[tuple[str, str], int]
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def level(self, number: str, level: int) -> Level | None:
        """The level of a list; None for one that the document does not define."""
        found = self.lists.get(number)
        return None if found is None else found.levels.get(level)

    def level_of_style(self, number: str, style: str) -> int:
        """The level that a list keeps for a paragraph style."""
        return self.linked.get((number, style), 0)

    def levels(self) -> Iterator[Level]:
        """Every level that can be shown, once."""
        seen: dict[str, Level] = {}
        for one in self.lists.values():
            for level in one.levels.values():
                seen.setdefault(level.key, level)
        yield from seen.values()

    def label(self, number: str, depth: int) -> str:
        """Count one paragraph; what stands before it."""
        one, level = self.lists[number], self.lists[number].levels[depth]
        counts = self._counts.setdefault(one.abstract, {})
        if depth in one.restarts and (number, depth) not in self._begun:
            counts[depth] = one.restarts[depth]
        elif depth in counts:
            counts[depth] += 1
        else:
            counts[depth] = level.start
        self._begun.add((number, depth))
        for deeper in [other for other in counts if other > depth]:
            after = one.levels[deeper].restart if deeper in one.levels else None
            if after is None or depth < after:
                del counts[deeper]
        if level.bullet:
            return "".join(SYMBOLS.get(character, character) for character in level.text)
        text = level.text
        for place in range(depth + 1):
            if f"%{place + 1}" in text:
                at = one.levels.get(place, level)
                kind = "decimal" if level.legal else at.kind
                text = text.replace(f"%{place + 1}", number_text(counts.setdefault(place, at.start), kind))
        return text


def read_numbering(part: bytes | None) -> Numbering:
    """The lists that `word/numbering.xml` defines."""
    if part is None:
        return Numbering({}, {})
    tree = etree.fromstring(part)
    abstracts = {one.get(f"{W}abstractNumId", ""): one for one in tree.iter(f"{W}abstractNum")}
    lists, linked = {}, {}
    for one in tree.iter(f"{W}num"):
        number, abstract = one.get(f"{W}numId", ""), _value(one, "abstractNumId")
        if abstract not in abstracts:
            continue
        levels = dict(_levels(abstracts[abstract], f"n{abstract}"))
        restarts = {}
        for override in one.iter(f"{W}lvlOverride"):
            depth = whole(override.get(f"{W}ilvl"))
            start = override.find(f"{W}startOverride")
            if start is not None:
                restarts[depth] = whole(start.get(VAL), 1)
            levels |= dict(_levels(override, f"n{abstract}-{number}"))
        lists[number] = _List(abstract, levels, restarts)
        for level in abstracts[abstract].iter(f"{W}lvl"):
            linked[number, _value(level, "pStyle")] = whole(level.get(f"{W}ilvl"))
    return Numbering(lists, linked)


def _levels(parent: etree._Element, key: str) -> Iterator[tuple[int, Level]]:
    for one in parent.findall(f"{W}lvl"):
        depth = whole(one.get(f"{W}ilvl"))
        restart = one.find(f"{W}lvlRestart")
        yield (
            depth,
            Level(
                key=f"{key}-{depth}",
                start=whole(_value(one, "start"), 1),
                kind=_value(one, "numFmt") or "decimal",
                text=_value(one, "lvlText"),
                suffix=_value(one, "suff") or "tab",
                restart=None if restart is None else whole(restart.get(VAL)),
                legal=one.find(f"{W}isLgl") is not None,
                paragraph=one.find(f"{W}pPr"),
                run=one.find(f"{W}rPr"),
            ),
        )


def _value(parent: etree._Element, name: str) -> str:
    found = parent.find(f"{W}{name}")
    return "" if found is None else found.get(VAL, "")


def number_text(number: int, kind: str) -> str:
    """A number as Word's format `kind` writes it; an unknown format, or a number beyond it, in figures."""
    if kind == "none":
        return ""
    text = ""
    if kind.endswith("Letter"):
        text = _letters(number)
    elif kind.endswith("Roman"):
        text = _roman(number)
    elif kind.startswith(("chineseCounting", "japaneseCounting", "ideographTraditional")):
        text = _chinese(number)
    elif kind.startswith("decimalEnclosedCircle") and number <= _CIRCLED:
        text = chr(ord("①") + number - 1)
    elif kind == "decimalZero":
        text = f"{number:02d}"
    text = text or str(number)
    return text.upper() if kind.startswith("upper") else text


def _letters(number: int) -> str:
    """A … z, then aa, bb: as Word counts, not as spreadsheets do."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else ""


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        text += sign * (number // value)
        number %= value
    return text


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not 0 < tens < 10:  # noqa: PLR2004 - beyond ninety-nine, figures
        return _CHINESE[ones] if not tens else ""
    return ("" if tens == 1 else _CHINESE[tens]) + "十" + (_CHINESE[ones] if ones else "")
