"""Word's own signature line, and the picture that every other program and the printer show for it.

The picture is a cross and a rule, without words, so that it needs no font; who signs stands beside it as text, where a
name that is changed later cannot disagree with it.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache
from uuid import NAMESPACE_OID, uuid5

from lxml import etree

from pipeline.render.controls import Field
from pipeline.render.package import RELATION, add_part, relate

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VML, _OFFICE = "urn:schemas-microsoft-com:vml", "urn:schemas-microsoft-com:office:office"
V, O = f"{{{_VML}}}", f"{{{_OFFICE}}}"  # noqa: E741 - the prefix by which the format knows it
PICTURE = "word/media/sign-here.png"
_SIZE = "width:144pt;height:43.2pt"

_WIDTH, _HEIGHT = 1000, 300
_CROSS = 84
_LEFT, _BOTTOM = 8, 262
_THICK = 7
_INK, _PAPER = b"\x33", b"\xff"


def add_picture(parts: dict[str, bytes]) -> str:
    """Put the picture into the package; the id under which the document knows it."""
    add_part(parts, PICTURE, sign_here(), "image/png")
    return relate(parts, "word/document.xml", PICTURE, "image")


def signature_line(field: Field, position: int, picture: str, name: str, title: str) -> etree._Element:
    """A run with a picture that Word knows to be a signature line, suggesting who signs; `position` counts from 0."""
    run = etree.Element(f"{W}r")
    drawing = etree.SubElement(run, f"{W}pict", nsmap={"v": _VML, "o": _OFFICE, "r": RELATION})
    if position == 0:
        frame = {"coordsize": "21600,21600", "path": "m,l,21600r21600,l21600,xe", "filled": "f", "stroked": "f"}
        etree.SubElement(drawing, f"{V}shapetype", {"id": "_x0000_t75", **frame, f"{O}spt": "75"})
    described = f"{field.label} · {field.value}" if field.value else field.label
    look = {"id": f"_x0000_i{2001 + position}", "type": "#_x0000_t75", "alt": described, "style": _SIZE}
    shape = etree.SubElement(drawing, f"{V}shape", look)
    etree.SubElement(shape, f"{V}imagedata", {f"{{{RELATION}}}id": picture, f"{O}title": ""})
    fixed = dict.fromkeys(("ungrouping", "rotation", "cropping", "verticies", "text", "grouping"), "t")
    etree.SubElement(shape, f"{O}lock", {f"{V}ext": "edit", **fixed})
    line = {
        f"{V}ext": "edit",
        "id": f"{{{str(uuid5(NAMESPACE_OID, field.tag)).upper()}}}",
        "provid": "{00000000-0000-0000-0000-000000000000}",
        f"{O}suggestedsigner": name,
        f"{O}suggestedsigner2": title,
        "issignatureline": "t",
    }
    etree.SubElement(shape, f"{O}signatureline", line)
    return run


@cache
def sign_here() -> bytes:
    """The picture: a PNG in grey, 10 : 3."""
    rows = [bytearray(_PAPER * _WIDTH) for _ in range(_HEIGHT)]
    for row in rows[_BOTTOM : _BOTTOM + _THICK - 2]:
        row[:] = _INK * _WIDTH
    top = _BOTTOM - _CROSS - 26
    for step in range(_CROSS):
        for across in (_LEFT + step, _LEFT + _CROSS - step):
            rows[top + step][across : across + _THICK + 2] = _INK * (_THICK + 2)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
