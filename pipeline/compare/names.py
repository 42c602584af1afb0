"""The names of the file format that several modules look for, and how its switches read."""

from __future__ import annotations

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
VML = "{urn:schemas-microsoft-com:vml}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
OFF = frozenset({"0", "false", "off"})
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
THROUGH = frozenset(
    f"{W}{name}" for name in ("smartTag", "customXml", "sdtContent", "ins", "moveTo", "dir", "ruby", "rubyBase", "rt")
)
"""What is wrapped around words without changing what is read."""


def value(element: etree._Element | None, name: str = "val", default: str = "") -> str:
    """An attribute of the word-processing vocabulary."""
    return default if element is None else element.get(f"{W}{name}", default)


def switched(parent: etree._Element | None, name: str) -> bool | None:
    """A property that is on or off; None where nothing is said."""
    found = None if parent is None else parent.find(f"{W}{name}")
    if found is None:
        return None
    return found.get(f"{W}val", "true").lower() not in OFF


def whole(text: str, default: int = 0) -> int:
    """A whole number as the format writes it, also where a program wrote a fraction."""
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return default
