"""The numbers that a program shows before headings, clauses and captions, computed as it computes them.

Programs rewrite the definitions behind the numbers; what a reader sees is compared, not how it is defined.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from pipeline.compare.looks import Styles
from pipeline.compare.names import W, switched, value, whole

BULLET = "•"
_PLACE = re.compile(r"%([1-9])")
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
)
_ROMAN_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii")
_DIGITS = "〇一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_SMALL = (
    "chineseCounting",
    "chineseCountingThousand",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "japaneseCounting",
)
_CIRCLES = ("decimalEnclosedCircle", "decimalEnclosedCircleChinese")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is counted and shown."""

    start: int
    shape: str
    shown: str
    restart: int | None
    legal: bool


_NO_LEVEL = Level(1, "none", "", None, legal=False)


class Numbering:
    """Counts through a document; ask in the order in which it is read."""

    def __init__(self, tree: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, etree._Element] = {}
        self._lists: dict[str, etree._Element] = {}
        if tree is not None:
            self._abstract = {value(one, "abstractNumId"): one for one in tree.iter(f"{W}abstractNum")}
            self._lists = {value(one, "numId"): one for one in tree.iter(f"{W}num")}
        self._levels: dict[tuple[str, int], Level] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, properties: etree._Element | None) -> str:
        """What is shown before the paragraph with these properties."""
        place = self._place(properties)
        if place is None:
            return ""
        number, depth = place
        return self._show(number, depth, self._count(number, depth))

    def _place(self, properties: etree._Element | None) -> tuple[str, int] | None:
        """The list and the level that a paragraph counts in, by itself or by its style."""
        number = depth = ""
        if properties is not None:
            number, depth = _entries(properties.find(f"{W}numPr"))
        for style in self._styles.chain(self._styles.of_paragraph(properties)):
            if number:
                break
            number, inherited = _entries(style.find(f"{W}pPr/{W}numPr"))
            if number:
                depth = depth or self._linked(number, value(style, "styleId")) or inherited
        if number in {"", "0"} or number not in self._lists:
            return None
        return number, min(max(whole(depth), 0), 8)

    def _linked(self, number: str, style: str) -> str:
        """The level that names a style as its own: a style counts there, whatever level it states."""
        definition = self._definition(number)
        for level in () if definition is None else definition.findall(f"{W}lvl"):
            if value(level.find(f"{W}pStyle")) == style:
                return value(level, "ilvl")
        return ""

    def _key(self, number: str) -> str:
        return value(self._lists[number].find(f"{W}abstractNumId")) if number in self._lists else ""

    def _definition(self, number: str) -> etree._Element | None:
        definition = self._abstract.get(self._key(number))
        link = value(None if definition is None else definition.find(f"{W}numStyleLink"))
        for style in self._styles.chain(link)[:1]:
            target = value(style.find(f"{W}pPr/{W}numPr/{W}numId"))
            if self._abstract.get(self._key(target)) is not definition:
                return self._abstract.get(self._key(target))
        return definition

    def _level(self, number: str, depth: int) -> Level:
        known = self._levels.get((number, depth))
        if known is not None:
            return known
        definition = self._definition(number)
        own = self._lists[number].find(f"{W}lvlOverride[@{W}ilvl='{depth}']/{W}lvl")
        found = own
        if found is None and definition is not None:
            found = definition.find(f"{W}lvl[@{W}ilvl='{depth}']")
        made = _NO_LEVEL if found is None else _read_level(found)
        self._levels[number, depth] = made
        return made

    def _start(self, number: str, depth: int) -> int:
        over = self._lists[number].find(f"{W}lvlOverride[@{W}ilvl='{depth}']/{W}startOverride")
        return self._level(number, depth).start if over is None else whole(value(over), 1)

    def _count(self, number: str, depth: int) -> dict[int, int]:
        counts = self._counts.setdefault(self._key(number), {})
        for upper in range(depth):
            counts.setdefault(upper, self._start(number, upper))
        override = self._lists[number].find(f"{W}lvlOverride[@{W}ilvl='{depth}']/{W}startOverride")
        if override is not None and (number, depth) not in self._begun:
            counts[depth] = self._start(number, depth)
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else self._start(number, depth)
        self._begun.add((number, depth))
        for lower in [one for one in counts if one > depth]:
            restart = self._level(number, lower).restart
            if restart is None or (restart > 0 and depth < restart):
                del counts[lower]
        return counts

    def _show(self, number: str, depth: int, counts: dict[int, int]) -> str:
        level = self._level(number, depth)
        if level.shape == "bullet":
            return _bullet(level.shown)

        def entry(found: re.Match[str]) -> str:
            one = int(found[1]) - 1
            shape = self._level(number, one).shape
            return shaped(counts.get(one, self._start(number, one)), "decimal" if level.legal else shape)

        return _PLACE.sub(entry, level.shown).strip()


def _entries(properties: etree._Element | None) -> tuple[str, str]:
    if properties is None:
        return "", ""
    return value(properties.find(f"{W}numId")), value(properties.find(f"{W}ilvl"))


def _read_level(level: etree._Element) -> Level:
    restart = level.find(f"{W}lvlRestart")
    return Level(
        start=whole(value(level.find(f"{W}start")), 0 if level.find(f"{W}start") is None else 1),
        shape=value(level.find(f"{W}numFmt"), default="decimal"),
        shown=value(level.find(f"{W}lvlText")),
        restart=None if restart is None else whole(value(restart)),
        legal=bool(switched(level, "isLgl")),
    )


def _bullet(shown: str) -> str:
    """Programs draw one bullet by different signs, but a word as a bullet is a word."""
    said = shown.strip()
    return BULLET if len(said) <= 1 and not (said.isalnum() and said not in "oqvunlüØ§·") else said


def shaped(count: int, shape: str) -> str:
    """A number in one of the format's shapes."""
    if shape in _SMALL:
        return _chinese(count)
    if shape in _CIRCLES:
        return chr(0x2460 + count - 1) if 1 <= count <= 20 else str(count)  # noqa: PLR2004 - Unicode has circles up to 20
    maker = _SHAPES.get(shape)
    return str(count) if maker is None else maker(count)


def _letters(count: int) -> str:
    if not 1 <= count <= 26 * 50:
        return str(count)
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)


def _roman(count: int) -> str:
    if not 1 <= count <= 5000:  # noqa: PLR2004 - the shape has no larger signs
        return str(count)
    made = ""
    for size, sign in _ROMAN:
        made += sign * (count // size)
        count %= size
    return made + _ROMAN_ONES[count]


def _chinese(count: int) -> str:
    if not 1 <= count <= 9999:  # noqa: PLR2004 - the next sign is for ten thousand
        return str(count)
    digits = str(count)
    made = ""
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        made += "〇" if digit == "0" else _DIGITS[int(digit)] + _UNITS[place]
    made = re.sub("〇+", "〇", made).rstrip("〇")
    return made[1:] if made.startswith("一十") else made


_SHAPES: dict[str, Callable[[int], str]] = {
    "none": lambda _count: "",
    "decimalZero": "{:02d}".format,
    "lowerLetter": _letters,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
    "decimalFullWidth": lambda count: "".join(chr(ord(digit) + 0xFEE0) for digit in str(count)),
    "ideographTraditional": lambda count: "甲乙丙丁戊己庚辛壬癸"[(count - 1) % 10],
    "ideographZodiac": lambda count: "子丑寅卯辰巳午未申酉戌亥"[(count - 1) % 12],
}
