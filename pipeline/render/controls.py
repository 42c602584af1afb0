"""Content controls: places in a Word text that can be filled in but not deleted."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_REGIONS = {"en": "en-GB", "zh": "zh-CN"}
"""Word takes a language with its region only."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the template asks for it; `blank` shows while there is no value.

    `value` is the format of a date, and the party of a signature line.
    """

    side: str
    number: str
    name: str
    label: str
    blank: str
    value: str

    @property
    def tag(self) -> str:
        """By which programs find the field again."""
        return f"sign:{self.side}:{self.number}:{self.name}"


def control(field: Field, looks: etree._Element | None, blank_style: str, language: str) -> etree._Element:
    """The control of a field, in the looks (run properties) of the text that it stands in."""
    value = "" if field.name == "date" else field.value.strip()
    made = etree.Element(f"{W}sdt")
    properties = etree.SubElement(made, f"{W}sdtPr")
    if looks is not None:
        properties.append(deepcopy(looks))
    known = {"alias": field.label, "tag": field.tag, "id": _number(field.tag), "lock": "sdtLocked"}
    for name, setting in known.items():
        etree.SubElement(properties, f"{W}{name}", {f"{W}val": setting})
    if not value:
        etree.SubElement(properties, f"{W}showingPlcHdr")
    properties.append(_date_picker(field.value, language) if field.name == "date" else etree.Element(f"{W}text"))
    run = etree.SubElement(etree.SubElement(made, f"{W}sdtContent"), f"{W}r")
    shown = deepcopy(looks) if looks is not None else etree.Element(f"{W}rPr")
    if not value and blank_style:
        for old in shown.findall(f"{W}rStyle"):
            shown.remove(old)
        shown.insert(0, etree.Element(f"{W}rStyle", {f"{W}val": blank_style}))
    if len(shown):
        run.append(shown)
    etree.SubElement(run, f"{W}t", {SPACE: "preserve"}).text = value or field.blank
    return made


def _date_picker(shape: str, language: str) -> etree._Element:
    picker = etree.Element(f"{W}date")
    lid = _REGIONS.get(language, language)
    for name, setting in (
        ("dateFormat", shape),
        ("lid", lid),
        ("storeMappedDataAs", "date"),
        ("calendar", "gregorian"),
    ):
        etree.SubElement(picker, f"{W}{name}", {f"{W}val": setting})
    return picker


def _number(tag: str) -> str:
    """An id that is the same in every build: Word wants one in 31 bits, not 0."""
    return str(int.from_bytes(hashlib.sha256(tag.encode()).digest()[:4], "big") % (2**31 - 2) + 1)
