"""Writing the file: each object becomes bytes once; numbers, names and the references to pages without detours."""

from __future__ import annotations

from functools import lru_cache
from hashlib import md5
from typing import Any

import pydyf

_write = pydyf.PDF.write


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
    parts = [b"/%b %b" % (_name(key), value if type(value) is bytes else to_bytes(value)) for key, value in one.items()]
    return b"<<%b>>" % b"".join(parts)


@lru_cache(maxsize=4096)
def _name(key: Any) -> bytes:  # noqa: ANN401 - as above
    return to_bytes(key)


def _array(one: Any) -> bytes:  # noqa: ANN401 - as above
    return b"[%b]" % b" ".join([child if type(child) is bytes else to_bytes(child) for child in one])


def write(pdf: Any, output: Any, version: bytes = b"1.7", identifier: Any = False, compress: bool = False) -> None:  # noqa: ANN401 - as above
    """`PDF.write`; what an object becomes is kept for the identifier, which is the digest of all objects."""
    if compress or identifier is not True:
        _write(pdf, output, version, identifier, compress)
        return
    if pdf.info:
        pdf.add_object(pdf.info)
    pdf.write_line(b"%PDF-" + to_bytes(version or b"1.7"), output)
    pdf.write_line(b"%\xf0\x9f\x96\xa4", output)
    digest = md5(usedforsecurity=False)
    for one in pdf.objects:
        if one.free != "f":
            content = _content(one)
            digest.update(content)
            one.offset = pdf.current_position
            pdf.write_line(b"%d %d obj\n%b\nendobj" % (one.number, one.generation, content), output)
    pdf.xref_position = pdf.current_position
    places = [f"{one.offset:010} {one.generation:05} {one.free} \n" for one in pdf.objects]
    named = pydyf.String(digest.hexdigest().encode()).data
    info = b"/Info %b\n" % pdf.info.reference if pdf.info else b""
    output.write(b"xref\n0 %d\n%b" % (len(places), "".join(places).encode()))
    output.write(b"trailer\n<<\n/Size %d\n/Root %b\n%b" % (len(places), pdf.catalog.reference, info))
    output.write(b"/ID [%b %b]\n>>\nstartxref\n%d\n%%%%EOF\n" % (named, named, pdf.xref_position))


def _content(one: Any) -> bytes:  # noqa: ANN401 - as above
    """`Object.data`, of a stream in one piece."""
    if not isinstance(one, pydyf.Stream) or one.compress:
        return one.data  # type: ignore[no-any-return]
    content = b"\n".join([item if type(item) is bytes else to_bytes(item) for item in one.stream])
    extra = pydyf.Dictionary({**one.extra, "Length": len(content)})
    return b"%b\nstream\n%b\nendstream" % (extra.data, content)


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
    pydyf.PDF.write = write
    pydyf.PDF.page_references = property(_page_references)
