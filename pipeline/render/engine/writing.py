"""Writing the file: numbers and names as bytes, and the references to pages, without detours."""

from __future__ import annotations

from typing import Any

import pydyf


def to_bytes(item: Any) -> bytes:  # noqa: ANN401 - pydyf has no types
    """`pydyf._to_bytes`, by the exact type where it is a plain one."""
    kind = type(item)
    if kind is bytes:
        return item  # type: ignore[no-any-return]
    if kind is str:
        return item.encode("ascii")  # type: ignore[no-any-return]
    if kind is int:
        return b"%d" % item
    if isinstance(item, pydyf.Object):
        return item.data  # type: ignore[no-any-return]
    if isinstance(item, float):
        return str(int(item)).encode() if item.is_integer() else f"{item:f}".rstrip("0").encode()
    return str(item).encode("ascii")


def _dictionary(one: Any) -> bytes:  # noqa: ANN401 - as above
    parts = [b"/%b %b" % (to_bytes(key), to_bytes(value)) for key, value in one.items()]
    return b"<<%b>>" % b"".join(parts)


def _array(one: Any) -> bytes:  # noqa: ANN401 - as above
    return b"[%b]" % b" ".join([to_bytes(child) for child in one])


def _page_references(pdf: Any) -> tuple[bytes, ...]:  # noqa: ANN401 - as above
    """`PDF.page_references`: each element of the structure asks for one of them."""
    known: tuple[bytes, ...] = pdf.__dict__.get("known_pages", ())
    numbers = pdf.pages["Kids"][::3] if len(known) * 3 != len(pdf.pages["Kids"]) else ()
    if numbers:
        known = pdf.known_pages = tuple(f"{number} 0 R".encode() for number in numbers)
    return known


def install() -> None:
    """Let pydyf write like this."""
    pydyf._to_bytes = to_bytes  # noqa: SLF001 - there is no other way in
    pydyf.Dictionary.data = property(_dictionary)
    pydyf.Array.data = property(_array)
    pydyf.PDF.page_references = property(_page_references)
