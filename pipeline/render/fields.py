"""Signature fields of a PDF, empty and the same in every build.

`pages.py` leaves a link where a field belongs, `sign:customer:1:name?label=…&value=…`, which WeasyPrint places, tags
and keeps in reading order. Here each becomes the form field that it stands for: a signature for `line`, else a text. A
value that is known already moves with its glyphs from the page into the field, so that whoever changes it leaves
nothing of the old one behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Matrix, Name, Operator, String

from pipeline.render.archival import owners

SCHEME = "sign:"
_INK = "0.149 0.169 0.2 rg"
_SIZE = 10
_PRINT = 4
_MULTILINE = 1 << 12
_TWO_LINES = 24.0
_SIGNATURES_EXIST = 1
_STATE = {"rg", "RG", "gs", "w", "g", "G", "d", "J", "j"}
Instruction = ContentStreamInstruction | pikepdf.ContentStreamInlineImage


@dataclass(slots=True, eq=False)
class _Glyphs:
    """What a page draws for one field, taken out of it; `pieces` carry the state that they were drawn in."""

    marks: frozenset[int]
    pieces: list[bytes] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _State:
    """What is in force at a point of a page's drawing."""

    matrix: Matrix = field(default_factory=Matrix)
    settings: dict[str, ContentStreamInstruction] = field(default_factory=dict)
    outer: list[tuple[Matrix, dict[str, ContentStreamInstruction]]] = field(default_factory=list)

    def follow(self, one: Instruction) -> None:
        """Take an instruction into account."""
        name = str(one.operator)
        if name == "q":
            self.outer.append((self.matrix, dict(self.settings)))
        elif name == "Q" and self.outer:
            self.matrix, self.settings = self.outer.pop()
        elif name == "cm":
            self.matrix = Matrix(*(float(str(number)) for number in one.operands)) @ self.matrix
        elif name in _STATE and isinstance(one, ContentStreamInstruction):
            self.settings[name] = one

    def restored(self) -> list[ContentStreamInstruction]:
        """Instructions that bring about this state from none."""
        place = ContentStreamInstruction(list(self.matrix.as_array()), Operator("cm"))
        return [ContentStreamInstruction([], Operator("q")), place, *self.settings.values()]


def add_signature_fields(document: pikepdf.Pdf) -> None:
    """Give the file its fields; it stays as it is when it has none, as a draft."""
    owned = owners(document)
    fields = [one for page in document.pages for one in _fields_of(document, page, owned)]
    if not fields:
        return
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    document.Root.AcroForm = document.make_indirect(
        Dictionary(
            Fields=Array(fields),
            DA=String(_default_appearance()),
            DR=Dictionary(Font=Dictionary(Helv=document.make_indirect(font))),
            SigFlags=_SIGNATURES_EXIST,
        )
    )


def _default_appearance() -> str:
    return f"/Helv {_SIZE} Tf {_INK}"


def _fields_of(document: pikepdf.Pdf, page: pikepdf.Page, owned: dict[int, pikepdf.Object]) -> Iterator[pikepdf.Object]:
    links = [one for one in page.obj.get("/Annots", Array()).as_list() if _address(one).startswith(SCHEME)]
    if not links:
        return
    drawn = []
    for link in links:
        owner = owned.get(int(link.get("/StructParent", -1)))
        drawn.append(_Glyphs(frozenset(() if owner is None else _marks(owner))))
        if owner is not None:
            owner.S = Name.Form
            owner.K = Array([kid for kid in owner.K.as_list() if _is_reference(kid)])
    _take_out(document, page, drawn)
    _forget(owned.get(int(page.obj.get("/StructParents", -1))), drawn)
    for link, glyphs in zip(links, drawn, strict=True):
        _become_field(document, page, link, glyphs)
        yield link


def _address(annotation: pikepdf.Object) -> str:
    action = annotation.get("/A")
    return "" if action is None else str(action.get("/URI", ""))


def _marks(element: pikepdf.Object) -> Iterator[int]:
    """The numbers of what pages draw for an element and for those within it."""
    kids: list[Any] = list(element.K.as_list())
    for kid in kids:
        if isinstance(kid, int):
            yield kid
        elif not _is_reference(kid):
            yield from _marks(kid)


def _is_reference(kid: Any) -> bool:  # noqa: ANN401 - pikepdf gives numbers as they are
    return isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR


def _forget(parents: pikepdf.Object | None, drawn: Sequence[_Glyphs]) -> None:
    """The page no longer shows these marks."""
    for mark in sorted(mark for glyphs in drawn for mark in glyphs.marks):
        if parents is not None and mark < len(parents.as_list()):
            parents[mark] = None


def _take_out(document: pikepdf.Pdf, page: pikepdf.Page, drawn: Sequence[_Glyphs]) -> None:
    """Move the marked glyphs from the page into `drawn`; what they set for later ones stays on the page."""
    wanted = {mark: glyphs for glyphs in drawn for mark in glyphs.marks}
    if not wanted:
        return
    kept: list[Instruction] = []
    state = _State()
    taking: _Glyphs | None = None
    piece: list[Instruction] = []
    depth = 0
    for one in pikepdf.parse_content_stream(page):
        name = str(one.operator)
        if taking is None and name == "BDC" and _mark(one) in wanted:
            taking, depth, piece = wanted[_mark(one)], len(state.outer), [*state.restored()]
            continue
        state.follow(one)
        if taking is None:
            kept.append(one)
        elif name == "EMC" and len(state.outer) == depth:
            piece.append(ContentStreamInstruction([], Operator("Q")))
            taking.pieces.append(pikepdf.unparse_content_stream(piece))
            taking = None
        else:
            piece.append(one)
            if name in _STATE and len(state.outer) == depth:
                kept.append(one)
    page.obj.Contents = document.make_stream(pikepdf.unparse_content_stream(kept))


def _mark(one: Instruction) -> int:
    operands = list(one.operands)
    properties = operands[1] if len(operands) > 1 else None
    return int(properties.get("/MCID", -1)) if isinstance(properties, Dictionary) else -1


def _become_field(document: pikepdf.Pdf, page: pikepdf.Page, link: pikepdf.Object, glyphs: _Glyphs) -> None:
    tag, _, query = _address(link).partition("?")
    said = parse_qs(query, keep_blank_values=True)
    sides = [float(number) for number in link.Rect.as_list()]
    left, right = sorted(sides[::2])
    bottom, top = sorted(sides[1::2])
    for key in ("/A", "/BS", "/Contents"):
        if key in link:
            del link[key]
    box = Array([round(number, 3) for number in (left, bottom, right, top)])
    link.Subtype, link.Rect, link.P, link.F = Name.Widget, box, page.obj, _PRINT
    link.T, link.TU = String(tag), String(said.get("label", [tag])[0])
    signature = tag.endswith(":line")
    link.FT = Name.Sig if signature else Name.Tx
    content = b"" if signature else b"/Tx BMC\n" + b"\n".join(glyphs.pieces) + b"\nEMC"
    looks = document.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=box)
    if glyphs.pieces:
        looks.Resources = page.obj.Resources
    link.AP = Dictionary(N=looks)
    if not signature:
        link.DA = String(_default_appearance())
        link.V = String(said.get("value", [""])[0])
        if top - bottom > _TWO_LINES:
            link.Ff = _MULTILINE
