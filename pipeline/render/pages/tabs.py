"""Tabs in a paragraph: pages have none, so what stands between two stops becomes a box as wide as they are apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from pipeline.render.pages.css import pt
from pipeline.render.pages.looks import number
from pipeline.render.pages.numbering import VAL, W
from pipeline.render.pages.words import append

_DEFAULT = 21.0
_NARROW = 0.55
_RULES = {"underscore": "solid", "heavy": "solid", "dot": "dotted", "middleDot": "dotted", "hyphen": "dashed"}


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a tab leads to, in points from the edge of the text."""

    at: float
    kind: str
    leader: str


def read_stops(tabs: etree._Element | None, indent: float) -> tuple[Stop, ...]:
    """The stops of a paragraph in order; its indent is one, too."""
    stops = {indent: Stop(indent, "left", "")} if indent > 0 else {}
    for one in () if tabs is None else tabs:
        at = number(one.get(f"{W}pos", "0")) / 20
        if one.get(VAL) == "clear":
            stops.pop(at, None)
        elif one.get(VAL) != "bar":
            stops[at] = Stop(at, one.get(VAL, "left"), one.get(f"{W}leader", "none"))
    return tuple(stops[at] for at in sorted(stops))


def set_tabs(line: etree._Element, stops: Sequence[Stop], start: float, size: float) -> None:
    """Replace the tab marks among the children of `line`; its text begins at `start`."""
    parts = _parts(line)
    if len(parts) == 1:
        return
    reached, kinds = start, []
    for part in parts[:-1]:
        wide = reached + _width(part, size)
        stop = next((one for one in stops if one.at > wide + 0.5), None)
        if stop is None:
            stop = Stop((wide // _DEFAULT + 1) * _DEFAULT, "left", "none")
        kinds.append((stop, reached, wide))
        reached = stop.at
    if any(stop.kind in {"right", "end", "center"} and stop.leader not in _RULES for stop, _, _ in kinds):
        line.set("class", f"{line.get('class', '')} tab-row".strip())
        line.extend(parts)
        return
    for part, (stop, begin, wide) in zip(parts, kinds, strict=False):
        if stop.leader in _RULES:
            line.append(part)
            rule = f"width: {pt(stop.at - wide)}; border-bottom-style: {_RULES[stop.leader]}"
            etree.SubElement(line, "span", {"class": "leader", "style": rule})
        else:
            part.set("class", "tabbed")
            part.set("style", f"min-width: {pt(stop.at - begin)}")
            line.append(part)
    if len(parts[-1]) or parts[-1].text:
        line.append(parts[-1])


def _parts(line: etree._Element) -> list[etree._Element]:
    """The content of a line, taken out of it and cut at its tab marks; all of it stays when there is none."""
    if not any(child.get("class") == "tab" for child in line):
        return [line]
    parts = [etree.Element("span")]
    parts[0].text, line.text = line.text, None
    for child in list(line):
        if child.get("class") == "tab":
            parts.append(etree.Element("span"))
            append(parts[-1], child.tail or "")
            line.remove(child)
        else:
            parts[-1].append(child)
    return parts


def _width(part: etree._Element, size: float) -> float:
    """About how wide words are, to know which stop comes next."""
    text = "".join(str(word) for word in part.itertext())
    wide = sum(unicodedata.east_asian_width(character) in "WFA" for character in text)
    return size * (wide + _NARROW * (len(text) - wide))
