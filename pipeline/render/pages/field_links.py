"""What a signature field is on the pages until `fields.py` makes a form field of it: a link that says which one."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import NAMESPACE_OID, uuid5

from lxml import etree

from pipeline.render.pages.numbering import VAL, W
from pipeline.render.pages.word_file import text_of

_O = "{urn:schemas-microsoft-com:office:office}"
_MOST_SIGNERS = 99
_SIGNERS = tuple((side, place) for side in ("customer", "provider") for place in range(1, _MOST_SIGNERS + 1))
_LINES = {str(uuid5(NAMESPACE_OID, f"sign:{s}:{n}:line")).upper(): f"sign:{s}:{n}:line" for s, n in _SIGNERS}
"""Word keeps no words of ours in a signature line, only the id that `signing.py` makes of them."""


def control_link(control: etree._Element) -> etree._Element | None:
    """The link for a content control; None for one that nobody signs in."""
    properties = control.find(f"{W}sdtPr")
    tag = None if properties is None else properties.find(f"{W}tag")
    if properties is None or tag is None or not tag.get(VAL, "").startswith("sign:"):
        return None
    alias = properties.find(f"{W}alias")
    said = "" if alias is None else alias.get(VAL, "")
    return _link(tag.get(VAL, ""), said, "" if only_prompts(control) else text_of(control))


def line_link(shape: etree._Element) -> etree._Element | None:
    """The link for a signature line; None for another shape."""
    line = shape.find(f"{_O}signatureline")
    tag = "" if line is None else _LINES.get(line.get("id", "").strip("{}").upper(), "")
    return _link(tag, shape.get("alt", ""), "") if tag else None


def only_prompts(control: etree._Element) -> bool:
    """Whether a control shows no words of the text, but what to write in it."""
    return control.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


def _link(tag: str, said: str, value: str) -> etree._Element:
    kind = tag.rpartition(":")[2]
    query = urlencode({"label": said or tag, "value": value})
    return etree.Element("a", {"class": f"field field-{kind}", "data-field": tag, "href": f"{tag}?{query}"})
