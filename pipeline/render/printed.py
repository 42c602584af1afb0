"""The words that a Word document prints, as one digest: equal digests, equal words."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

from lxml import etree

from pipeline.render.package import PARSER

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PRINTED = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")


def words_digest(content: bytes) -> str:
    """The SHA-256 of all paragraphs of a .docx, part by part, in hexadecimal."""
    total = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in sorted(filter(_PRINTED.fullmatch, archive.namelist())):
            for paragraph in etree.fromstring(archive.read(name), PARSER).iter(f"{W}p"):
                total.update("".join(one.text or "" for one in paragraph.iter(f"{W}t")).encode() + b"\n")
    return total.hexdigest()
