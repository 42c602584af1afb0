"""`slm compare` of two PDFs: what reads or looks otherwise, and the pages side by side."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.load.labels import load_labels
from pipeline.model.quantities import LANGUAGES
from pipeline.pages.comparing import compare_pages
from pipeline.pages.reading import Pages, read_pages
from pipeline.pages.results import Change, Kind, PageChanges
from pipeline.problems import Place, Problem, error, has_errors
from pipeline.recount.container import MOST_BYTES
from pipeline.recount.results import RefusedError
from pipeline.render import fonts
from pipeline.render.sidebyside import Compared, File, marked
from pipeline.render.templates import TemplateMistake


@dataclass(frozen=True, slots=True)
class Differences:
    """Both files taken apart, and what differs; nothing where there are problems."""

    files: tuple[File, ...] = ()
    pages: tuple[Pages, ...] = ()
    changes: PageChanges | None = None
    problems: tuple[Problem, ...] = ()

    def text(self) -> str:
        """The differences, a line each."""
        changes = self.changes.changes if self.changes else ()
        many = f"{len(changes):,} differences" if len(changes) > 1 else "1 difference"
        return "\n".join([many if changes else "the files do not differ", *(f"  - {_line(one)}" for one in changes)])

    def json(self) -> str:
        """The same, one JSON object a line."""
        changes = self.changes.changes if self.changes else ()
        return "\n".join(json.dumps({"finding": "difference", **asdict(one)}, ensure_ascii=False) for one in changes)


def compare_pdfs(old: Path, new: Path) -> Differences:
    """What differs between two PDFs; OSError when one cannot be read."""
    files, pages, problems = [], [], []
    for file in (old, new):
        why = _refused(file)
        try:
            if not why:
                content = file.read_bytes()
                pages.append(read_pages(content))
                files.append(File(file.name, hashlib.sha256(content).hexdigest(), content))
        except RefusedError as mistake:
            why = str(mistake)
        if why:
            problems.append(error(Place(str(file)), "compare-unreadable", why))
    if problems:
        return Differences(problems=tuple(problems))
    return Differences(tuple(files), tuple(pages), compare_pages(pages[0], pages[1]))


def side_by_side(found: Differences, templates: Path, language: str) -> tuple[bytes, tuple[Problem, ...]]:
    """The differences as a PDF: the list, then the pages; its words in that language or, without one, the first."""
    labels, problems = load_labels(templates, fonts.uncovered)
    if found.changes is None or has_errors(problems):
        return b"", problems
    chosen, (old, new) = language or LANGUAGES[0], found.pages
    compared = Compared((found.files[0], found.files[1]), (old.sizes, new.sizes), found.changes)
    try:
        return marked(compared, templates, chosen, labels[chosen]), problems
    except TemplateMistake as mistake:
        return b"", (*problems, mistake.problem)


def _refused(file: Path) -> str:
    """Why a file is not even opened: a pipe would be waited for without end."""
    if not file.is_file():
        return "this is no file"
    return f"the file is over {MOST_BYTES >> 20} MB" if file.stat().st_size > MOST_BYTES else ""


def _line(change: Change) -> str:
    pages = [f"{boxes[0].page + 1}" if boxes else "–" for boxes in (change.old, change.new)]
    where = f"page {pages[0]}" if pages[0] == pages[1] else f"page {pages[0]} → {pages[1]}"
    around = f" (at “{change.lead}▸◂{change.tail}”)" if change.lead or change.tail else ""
    if change.kind is Kind.DRAWN:
        said = "a drawing or picture changed"
    elif change.kind is Kind.MOVED:
        said = f"“{change.after}” moved"
    elif change.before and change.after:
        said = f"“{change.before}” became “{change.after}”"
    else:
        said = f"removed “{change.before}”" if change.before else f"added “{change.after}”"
    return f"{where}: {said}{around}"
