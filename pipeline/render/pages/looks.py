"""The styles of a Word file: what each says itself and takes over from those it is based on.

Lengths: Word counts in twips (1/20 pt), and sizes in half-points.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from pipeline.render.pages.numbering import VAL, W

NATURAL = {"zh-CN": 1.3}
NATURAL_LATIN = 1.2
"""A single line of the fonts that templates name, in parts of its size: `auto` spacing is a multiple of it."""

_DEFAULT_SIZE = 10.0
_MOST = 1e9
_OFF = {"0", "false", "off", "none"}


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """A style with all that it takes over from those it is based on; `css_class` names it in style sheets."""

    id: str
    name: str
    kind: str
    css_class: str
    paragraph: Mapping[str, etree._Element]
    run: Mapping[str, etree._Element]
    chain: tuple[etree._Element, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """The styles of a document by id, and what holds where none says otherwise.

    `both` is how text between two margins is set: a Chinese line is filled but for a character, and has too few spaces
    to stretch.
    """

    styles: Mapping[str, Style]
    defaults: Mapping[str, str]
    paragraph: Mapping[str, etree._Element]
    run: Mapping[str, etree._Element]
    size: float
    natural: float
    both: str

    def default(self, kind: str) -> Style | None:
        """The style of whatever names none."""
        return self.styles.get(self.defaults.get(kind, ""))


def read_looks(part: bytes, language: str) -> Looks:
    """The styles of `word/styles.xml`."""
    tree = etree.fromstring(part)
    elements = {one.get(f"{W}styleId", ""): one for one in tree.iter(f"{W}style")}
    defaults = {
        one.get(f"{W}type", ""): key for key, one in elements.items() if one.get(f"{W}default") in {"1", "true"}
    }
    run = children(tree.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
    paragraph = children(tree.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr"))
    taken: dict[str, str] = {}
    styles = {key: _style(key, elements, taken) for key in elements}
    normal = styles.get(defaults.get("paragraph", ""))
    run |= normal.run if normal else {}
    return Looks(
        styles,
        defaults,
        paragraph | dict(normal.paragraph if normal else {}),
        run,
        half_points(run.get("sz")) or _DEFAULT_SIZE,
        NATURAL.get(language, NATURAL_LATIN),
        "left" if language.startswith("zh") else "justify",
    )


def _style(key: str, elements: Mapping[str, etree._Element], taken: dict[str, str]) -> Style:
    chain: list[etree._Element] = []
    at = key
    while at in elements and elements[at] not in chain:
        chain.insert(0, elements[at])
        based = elements[at].find(f"{W}basedOn")
        at = "" if based is None else based.get(VAL, "")
    name = elements[key].find(f"{W}name")
    shown = key if name is None else name.get(VAL, key)
    css_class = re.sub(r"[\W_]+", "-", shown.lower()).strip("-") or "style"
    css_class = f"style-{css_class}" if css_class[0].isdigit() else css_class
    if taken.setdefault(css_class, key) != key:
        css_class = f"{css_class}-{len(taken)}"
    paragraph: dict[str, etree._Element] = {}
    run: dict[str, etree._Element] = {}
    for one in chain:
        paragraph = merged(paragraph, one.find(f"{W}pPr"))
        run |= children(one.find(f"{W}rPr"))
    return Style(key, shown, elements[key].get(f"{W}type", ""), css_class, paragraph, run, tuple(chain))


@lru_cache(maxsize=4096)
def local_name(tag: object) -> str:
    """The name of an element without its vocabulary; none for a comment."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(parent: etree._Element | None) -> dict[str, etree._Element]:
    """Properties by name."""
    return {} if parent is None else {local_name(one.tag): one for one in parent if isinstance(one.tag, str)}


def merged(base: Mapping[str, etree._Element], over: etree._Element | None) -> dict[str, etree._Element]:
    """Paragraph properties of a style with others on top; spacing, indents and tabs add up by attribute."""
    result = dict(base)
    for name, one in children(over).items():
        below = result.get(name)
        if below is not None and name in {"spacing", "ind"}:
            together = {str(key): str(value) for key, value in (*below.items(), *one.items())}
            if name == "ind" and one.get(f"{W}firstLine") and not one.get(f"{W}hanging"):
                together.pop(f"{W}hanging", None)
            result[name] = etree.Element(one.tag, together)
        elif below is not None and name == "tabs":
            both = etree.Element(one.tag)
            both.extend([*map(_copy, below), *map(_copy, one)])
            result[name] = both
        else:
            result[name] = one
    return result


def _copy(one: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(one))


def on(element: etree._Element | None) -> bool:
    """Whether a property that is present or not, true or false, holds."""
    return element is not None and element.get(VAL, "1") not in _OFF


def twips(element: etree._Element | None, *names: str) -> float:
    """The first of the attributes that is there, in points."""
    for name in names:
        value = None if element is None else element.get(f"{W}{name}")
        if value is not None:
            return number(value) / 20
    return 0.0


@lru_cache(maxsize=4096)
def number(value: str) -> float:
    """A figure that Word wrote; 0 for anything else, as Word takes it."""
    found = re.match(r"-?\d+(\.\d+)?", value)
    return max(-_MOST, min(float(found[0]), _MOST)) if found else 0.0


def from_hexadecimal(value: str) -> int:
    """Bits, or a character, as Word writes them; 0 for anything else."""
    return int(value, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,8}", value) else 0


def half_points(element: etree._Element | None) -> float:
    """A size in points."""
    return 0.0 if element is None else number(element.get(VAL, "0")) / 2


def indents(properties: Mapping[str, etree._Element]) -> tuple[float, float, float]:
    """Left, right, and how far the first line stands out to the left (negative: in to the right)."""
    ind = properties.get("ind")
    hanging = twips(ind, "hanging") if ind is not None and f"{W}hanging" in ind.attrib else -twips(ind, "firstLine")
    return twips(ind, "left", "start"), twips(ind, "right", "end"), hanging
