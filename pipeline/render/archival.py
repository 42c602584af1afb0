"""What a PDF lacks to be kept for years (PDF/A-3a) and read aloud (PDF/UA-1) in one file.

WeasyPrint can make a file one or the other. It makes the first; here the file also says that it is the second, and
loses the links that WeasyPrint repeats for each part of a link, which no structure element describes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pikepdf
from pikepdf import Array, Dictionary, Name

VARIANT = "pdf/a-3a"
_END = b"</rdf:RDF>"
_SCHEMA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a PDF carries along; `source` where the pages were made from it, else it is data behind them."""

    name: str
    content: bytes
    media_type: str
    description: str
    source: bool = False


Finish = Callable[[pikepdf.Pdf], None]
"""What else is done to a PDF before it is saved."""


def attach(document: pikepdf.Pdf, attachments: Sequence[Attachment], day: date) -> None:
    """Put files inside, dated with the document's own day."""
    moment = f"D:{day:%Y%m%d}000000Z"
    listed = Array()
    for one in attachments:
        entry = pikepdf.AttachedFileSpec(
            document,
            one.content,
            description=one.description,
            filename=one.name,
            mime_type=one.media_type,
            creation_date=moment,
            mod_date=moment,
        )
        entry.relationship = Name.Source if one.source else Name.Data
        document.attachments[one.name] = entry
        listed.append(entry.obj)
    document.Root.AF = listed


def make_archival(pdf: bytes, finish: Finish | None = None) -> bytes:
    """The file that WeasyPrint made as `VARIANT`, uncompressed, as PDF/A-3a and PDF/UA-1."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        metadata = document.Root.Metadata
        metadata.write(metadata.read_bytes().replace(_END, _SCHEMA + _END, 1))
        owned = owners(document)
        for page in document.pages:
            _drop_repeated_links(page, owned)
        if finish:
            finish(document)
        return saved(document)


def saved(document: pikepdf.Pdf) -> bytes:
    """The file as bytes, which are the same for the same content."""
    buffer = io.BytesIO()
    document.save(buffer, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()


def owners(document: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    """Which element of the structure an annotation belongs to, by its number; none in a file without structure."""
    root = document.Root.get("/StructTreeRoot")
    numbers = [] if root is None else list(root.ParentTree.get("/Nums", Array()).as_list())
    return {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}


def _drop_repeated_links(page: pikepdf.Page, owned: dict[int, pikepdf.Object]) -> None:
    """Of a link and its parts only the link itself stays one."""
    kept = []
    for annotation in page.obj.get("/Annots", Array()).as_list():
        owner = owned.get(int(annotation.get("/StructParent", -1)))
        if owner is None or not any(outer.get("/S") == Name.Link for outer in _above(owner)):
            kept.append(annotation)
            continue
        owner.K = Array([kid for kid in owner.K.as_list() if not _refers_to(kid, annotation)])
        if owner.get("/S") == Name.Link:
            owner.S = Name.Span
    if kept:
        page.obj.Annots = Array(kept)


def _above(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    parent = element.get("/P")
    while isinstance(parent, Dictionary):
        yield parent
        parent = parent.get("/P")


def _refers_to(kid: object, annotation: pikepdf.Object) -> bool:
    return isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR and kid.Obj.objgen == annotation.objgen
