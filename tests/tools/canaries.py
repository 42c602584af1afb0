"""What looks for the words of one customer in the files of another, however they are packed."""

from __future__ import annotations

import csv
import email
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from email.policy import SMTP
from pathlib import Path

import pikepdf
import pypdfium2

from pipeline.model.portfolio import Portfolio


def told_by(portfolio: Portfolio, customer: str) -> set[str]:
    """Words that only what concerns a customer has."""
    party = portfolio.customers[customer]
    texts = [party.name, party.short_name, party.address, *(one.name for one in party.contacts)]
    found = {customer, *(word for text in texts for word in (text.plain, *text.translations.values()))}
    found |= {word for one in party.contacts for word in (one.phone, one.email)}
    for identifier, versions in portfolio.agreements.items():
        if versions[0].kind == "sla" and versions[0].customer == customer:
            found |= {identifier, versions[0].number, *versions[-1].title.translations.values()}
            found |= {key for key, one in portfolio.reviews.items() if one.agreement == identifier}
            found |= {key for key, one in portfolio.surveys.items() if one.agreement == identifier}
            found |= {key for key, one in portfolio.improvements.items() if one.agreement == identifier}
    return {word for word in found if word}


def tickets_of(folder: Path) -> set[str]:
    """The numbers of the tickets that a customer's reports list."""
    found = set()
    for path in folder.rglob("*.tickets.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found |= {row["ticket"] for row in csv.DictReader(file)}
    return found


def layers(name: str, content: bytes) -> Iterator[bytes]:
    """A file's bytes, and what is packed in it: members of archives, streams and words of PDFs, parts of mails."""
    yield name.encode()
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from layers(member, archive.read(member))
    elif content.startswith(b"%PDF"):
        yield from _of_pdf(content)
    elif name.endswith(".eml"):
        message = email.message_from_bytes(content, policy=SMTP)
        yield "\n".join(f"{key}: {value}" for key, value in message.items()).encode()
        for part in message.walk():
            carried = part.get_payload(decode=True)
            if isinstance(carried, bytes):
                yield from layers(part.get_filename() or "", carried)


def _of_pdf(content: bytes) -> Iterator[bytes]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
        yield "\n".join(repr(one) for one in pdf.objects if not isinstance(one, pikepdf.Stream)).encode()
        for one in streams:
            if one.get("/Subtype") != "/Image" and "/Length1" not in one:  # fonts hold no words
                packed = one.read_bytes()
                yield from layers("", packed) if packed.startswith((b"PK", b"%PDF")) else (packed,)
    document = pypdfium2.PdfDocument(content)
    for page in document:
        yield re.sub(r"\s", "", page.get_textpage().get_text_bounded()).encode()
    document.close()


def found_in(files: Iterable[tuple[str, bytes]], wanted: set[str]) -> set[tuple[str, str]]:
    """In which file which of the words stand, in any layer and as UTF-8 or UTF-16."""
    spellings = {
        word: {word.encode(), word.encode("utf-16-be"), word.encode("utf-16-le"), re.sub(r"\s", "", word).encode()}
        for word in wanted
    }
    found, seen = set(), set()
    for name, content in files:
        for layer in layers(name, content):
            digest = hashlib.sha256(layer).digest()  # what a PDF carries often lies beside it, too
            if digest not in seen:
                hits = {(name, word) for word, spelt in spellings.items() if any(one in layer for one in spelt)}
                found |= hits
                if not hits:
                    seen.add(digest)
    return found


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file by its name below the folder, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()
