"""What a Word document prints, as one digest: equal digests, equal words and equal numbers."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

from lxml import etree, html

from pipeline.render.package import PARSER
from pipeline.render.pages.document import docx_to_html

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PRINTED = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")


def words_digest(content: bytes, language: str) -> str:
    """The SHA-256, in hexadecimal, of all paragraphs of a .docx and of their computed numbers."""
    total = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in sorted(filter(_PRINTED.fullmatch, archive.namelist())):
            for paragraph in etree.fromstring(archive.read(name), PARSER).iter(f"{W}p"):
                total.update("".join(one.text or "" for one in paragraph.iter(f"{W}t")).encode() + b"\n")
    for element in html.fromstring(docx_to_html(content, language)).iter():
        if "number" in element.get("class", "").split():
            total.update("".join(map(str, element.itertext())).encode() + b"\n")
    return total.hexdigest()
