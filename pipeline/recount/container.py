"""What a report's PDF holds: its words as the structure orders them, and the files inside it.

The file may come from anybody: every stream is unpacked within a budget before the libraries see it.
"""

from __future__ import annotations

import ctypes
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.recount.results import RefusedError

MOST_BYTES = 64 << 20
MOST_UNPACKED = 256 << 20
MOST_PAGES = 2000
MOST_ELEMENTS = 1_000_000
MOST_DEPTH = 100

_STREAM = re.compile(rb"stream\r?\n")
_PLAIN_FILTERS = {"/FlateDecode", "/DCTDecode"}
_CELLS = {"/TD": "TD", "/TH": "TH"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a printed table: heading or not, columns that it spans, and its words without spaces."""

    heading: bool
    span: int
    text: str


PrintedRow = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Container:
    """A PDF taken apart: rows of its tables in reading order, all words of its structure, and its files by name.

    `strays` are words and pictures on pages that no element of the structure describes, and notes laid over a page.
    """

    title: str
    language: str
    rows: tuple[PrintedRow, ...]
    words: str
    strays: int
    files: dict[str, bytes]


def squeezed(text: str) -> str:
    """Words without spaces and line breaks, as far as those depend on the width of a column."""
    return "".join(text.split())


def open_report(content: bytes) -> Container:
    """Take a PDF apart; RefusedError where it is none, or too large to look at."""
    if len(content) > MOST_BYTES:
        msg = f"the file is over {MOST_BYTES >> 20} MB"
        raise RefusedError(msg)
    if not content.startswith(b"%PDF-"):
        msg = "this is no PDF"
        raise RefusedError(msg)
    check_unpacked(content)
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            _check_filters(document)
            texts, strays = _marked(content, document)
            rows: list[PrintedRow] = []
            words = "".join(_Reader(document, texts, rows).read())
            title = str(document.open_metadata().get("dc:title", ""))
            return Container(title, str(document.Root.get("/Lang", "")), tuple(rows), words, strays, _files(document))
    except pikepdf.PasswordError:
        msg = "the file asks for a password"
        raise RefusedError(msg) from None
    except (pikepdf.PdfError, pypdfium2.PdfiumError, ValueError, TypeError, AttributeError, KeyError, RuntimeError):
        msg = "the PDF is damaged"
        raise RefusedError(msg) from None


def check_unpacked(content: bytes) -> None:
    """Refuse a file whose streams, packed as PDF packs them, come to more than the budget."""
    left = MOST_UNPACKED
    for match in _STREAM.finditer(content):
        left -= _unpacked(memoryview(content)[match.end() :], left)


def _unpacked(packed: bytes | memoryview, left: int) -> int:
    """How many bytes a stream comes to, of which `left` are allowed; also of what is packed twice."""
    unpacking = zlib.decompressobj()
    try:
        plain = unpacking.decompress(packed, left + 1)
    except zlib.error:
        return 0
    if len(plain) > left:
        msg = f"its contents come to over {MOST_UNPACKED >> 20} MB"
        raise RefusedError(msg)
    return len(plain) + (_unpacked(plain, left - len(plain)) if plain[:1] == b"\x78" else 0)


def _check_filters(document: pikepdf.Pdf) -> None:
    if len(document.pages) > MOST_PAGES:
        msg = f"the file has over {MOST_PAGES} pages"
        raise RefusedError(msg)
    for one in document.objects:
        if isinstance(one, pikepdf.Stream):
            named = one.get("/Filter")
            filters = [] if named is None else list(named.as_list()) if isinstance(named, pikepdf.Array) else [named]
            if len(filters) > 1 or {str(each) for each in filters} - _PLAIN_FILTERS:
                msg = "its contents are packed in a way that no report is"
                raise RefusedError(msg)


def _files(document: pikepdf.Pdf) -> dict[str, bytes]:
    """The files inside, whole."""
    return {str(name): bytes(entry.get_file().read_bytes()) for name, entry in document.attachments.items()}


Marked = dict[tuple[tuple[int, int], int], str]
"""(page, number of the marked content) -> its words."""


def _marked(content: bytes, document: pikepdf.Pdf) -> tuple[Marked, int]:
    """The words of each piece of marked content, and how much lies on the pages besides."""
    texts: Marked = {}
    strays = sum(_notes(page) for page in document.pages)
    pages = pypdfium2.PdfDocument(content)
    try:
        for page, known in zip(pages, document.pages, strict=True):
            words = page.get_textpage()
            for at in range(pdfium.FPDFPage_CountObjects(page)):
                piece = pdfium.FPDFPage_GetObject(page, at)
                kind, number = pdfium.FPDFPageObj_GetType(piece), pdfium.FPDFPageObj_GetMarkedContentID(piece)
                strays += kind != pdfium.FPDF_PAGEOBJ_PATH and number < 0
                if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                    key = known.obj.objgen, number
                    texts[key] = texts.get(key, "") + _text(piece, words)
    finally:
        pages.close()
    return texts, strays


def _notes(page: pikepdf.Page) -> int:
    """Annotations that are no links: they may cover what is printed."""
    annotations = page.obj.get("/Annots", pikepdf.Array()).as_list()
    return sum(one.get("/Subtype") != pikepdf.Name.Link for one in annotations)


def _text(piece: Any, words: Any) -> str:  # noqa: ANN401 - objects of the library
    size = pdfium.FPDFTextObj_GetText(piece, words, None, 0)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    pdfium.FPDFTextObj_GetText(piece, words, buffer, size)
    return bytes(buffer)[: max(size - 2, 0)].decode("utf-16-le", "replace")


class _Reader:
    """Walks the structure once, from the first element to the last."""

    def __init__(self, document: pikepdf.Pdf, texts: Marked, rows: list[PrintedRow]) -> None:
        self._root = document.Root.get("/StructTreeRoot")
        self._texts = texts
        self._rows = rows
        self._left = MOST_ELEMENTS

    def read(self) -> Iterator[str]:
        """All words in reading order; rows of tables are put aside on the way."""
        if self._root is None:
            msg = "the PDF has no structure to read its figures from"
            raise RefusedError(msg)
        yield from self._element(self._root, None, 0)

    def _element(self, element: pikepdf.Object, page: tuple[int, int] | None, depth: int) -> Iterator[str]:
        self._left -= 1
        if depth > MOST_DEPTH or self._left < 0:
            msg = "the structure of the PDF is too deep or too large"
            raise RefusedError(msg)
        own = element.get("/Pg")
        page = own.objgen if own is not None else page
        if str(element.get("/S", "")) == "/TR":
            row = [self._cell(kid, page, depth) for kid in _kids(element) if isinstance(kid, pikepdf.Dictionary)]
            self._rows.append(tuple(row))
            yield from (cell.text for cell in row)
            return
        for kid in _kids(element):
            if isinstance(kid, int):
                yield squeezed(self._texts.get((page, kid), "") if page else "")
            elif isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield from self._element(kid, page, depth + 1)

    def _cell(self, cell: pikepdf.Object, page: tuple[int, int] | None, depth: int) -> Cell:
        attributes = cell.get("/A")
        span = int(attributes.get("/ColSpan", 1)) if isinstance(attributes, pikepdf.Dictionary) else 1
        return Cell(str(cell.get("/S", "")) == "/TH", span, "".join(self._element(cell, page, depth + 1)))


def _kids(element: pikepdf.Object) -> list[Any]:
    kids = element.get("/K")
    if kids is None:
        return []
    return list(kids.as_list()) if isinstance(kids, pikepdf.Array) else [kids]
