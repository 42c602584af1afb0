"""The documents that there are, as the manifest names them, and where a page finds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pipeline.merge.words import Words
from pipeline.model.quantities import LANGUAGES
from pipeline.portal.rows import Link

FORMATS = {
    "pdf": "PDF",
    "docx": "Word",
    "xlsx": "Excel",
    "csv": "CSV",
    "json": "JSON",
    "ics": "iCalendar",
}
"""Ending -> how people call such a file; links stand in this order."""

FOR_CUSTOMERS = frozenset({"sla", "report", "minutes", "review-pack", "satisfaction"})
"""Kinds of documents that a customer receives of its own."""

FOR_ALL = "catalog"
COPIES = "documents"
"""Where the copies of documents lie in a site to hand over."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A published file, by what the manifest says of it."""

    path: str
    kind: str
    agreement: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """Files by what their names share before the ending, and these by folder.

    `copied` names the customer whose site brings the files along.
    """

    files: Mapping[str, tuple[Filed, ...]]
    folders: Mapping[str, tuple[str, ...]]
    copied: str = ""

    @property
    def all(self) -> Iterable[Filed]:
        """Every file."""
        return (file for found in self.files.values() for file in found)

    def place(self, path: str) -> str:
        """Where the file lies, from the root of the site."""
        return f"{COPIES}/{path.removeprefix(f'{self.copied}/')}" if self.copied else f"../{path}"

    def stems(self, folder: str, beginning: str) -> tuple[str, ...]:
        """The documents in a folder whose names begin so, in order."""
        return tuple(sorted(one for one in self.folders.get(folder, ()) if one.startswith(f"{folder}/{beginning}")))

    def links(self, stem: str, words: Words, name: str) -> tuple[Link, ...]:
        """A document's files, as `PDF`, `Word (English)`; `name` is the document's."""
        made = [(*_order(file.path), file.path) for file in self.files.get(stem, ())]
        return tuple(
            Link(self.place(path), _called(path, words), name)
            for *_, path in sorted(made)
            if _language(path) in {"", words.language} or not _of_every_language(stem)
        )


def shelf(files: Iterable[Filed]) -> Shelf:
    """Everything that was published, for ourselves."""
    return _shelf(files, "")


def shelf_of(customer: str, versions: Collection[tuple[str, str]], files: Iterable[Filed]) -> Shelf:
    """What a customer has received, or may: the catalogue, and documents of the versions of its own agreements."""
    agreements = {agreement for agreement, _ in versions}
    own = [one for one in files if one.kind == FOR_ALL or _is_own(one, customer, agreements, versions)]
    return _shelf(own, customer)


def _is_own(file: Filed, customer: str, agreements: Collection[str], versions: Collection[tuple[str, str]]) -> bool:
    if file.kind not in FOR_CUSTOMERS or not file.path.startswith(f"{customer}/") or file.agreement not in agreements:
        return False
    return file.kind != "sla" or (file.agreement, file.version) in versions


def _shelf(files: Iterable[Filed], copied: str) -> Shelf:
    found: dict[str, tuple[Filed, ...]] = {}
    folders: dict[str, dict[str, None]] = {}
    for file in files:
        folder, _, name = file.path.rpartition("/")
        stem = f"{folder}/{name.partition('.')[0]}"
        found[stem] = (*found.get(stem, ()), file)
        folders.setdefault(folder, {})[stem] = None
    return Shelf(found, {folder: tuple(stems) for folder, stems in folders.items()}, copied)


def _order(path: str) -> tuple[int, int]:
    ending = path.rpartition(".")[2]
    known = list(FORMATS)
    language = _language(path)
    return LANGUAGES.index(language) + 1 if language else 0, known.index(ending) if ending in known else len(known)


def _language(path: str) -> str:
    """The language that a file's name says it is in."""
    parts = path.rpartition("/")[2].split(".")
    return next((part for part in parts[1:] if part in LANGUAGES), "")


def _of_every_language(stem: str) -> bool:
    """Whether a document is made in every language, of which a reader wants one; translations are another thing."""
    return "/agreements/" not in stem


def _called(path: str, words: Words) -> str:
    ending, language = path.rpartition(".")[2], _language(path)
    name = FORMATS.get(ending, ending)
    if not language or _of_every_language(path):
        return name
    return words.label("portal.in", name=name, language=words.language_name(language))
