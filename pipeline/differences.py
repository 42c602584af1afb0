"""`slm compare` of two PDFs: what reads or looks otherwise, and the pages side by side."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.load.labels import load_labels
from pipeline.merge.words import Words
from pipeline.model.quantities import LANGUAGES
from pipeline.pages.comparing import compare_pages
from pipeline.pages.reading import Pages, read_pages
from pipeline.pages.results import Change, Kind, PageChanges
from pipeline.problems import Place, Problem, error, has_errors
from pipeline.recount.changes import ReportChanges, compare_reports
from pipeline.recount.container import MOST_BYTES, open_report
from pipeline.recount.data import read_data
from pipeline.recount.results import RefusedError
from pipeline.render import fonts
from pipeline.render.figure_changes import lines
from pipeline.render.sidebyside import Compared, File, marked
from pipeline.render.templates import TemplateMistake


@dataclass(frozen=True, slots=True)
class Differences:
    """Both files taken apart, and what differs; nothing where there are problems."""

    files: tuple[File, ...] = ()
    pages: tuple[Pages, ...] = ()
    changes: PageChanges | None = None
    figures: ReportChanges | None = None
    told: tuple[str, ...] = ()
    language: str = ""
    problems: tuple[Problem, ...] = ()

    def text(self) -> str:
        """The differences, a line each: of reports the figures first."""
        changes = self.changes.changes if self.changes else ()
        many = f"{len(changes):,} differences" if len(changes) > 1 else "1 difference"
        pages = [many if changes else "the files do not differ", *(f"  - {_line(one)}" for one in changes)]
        return "\n".join([*self.told, *([""] if self.told else []), *pages])

    def json(self) -> str:
        """The same, one JSON object a line."""
        found = [{"finding": "difference", **asdict(one)} for one in self.changes.changes] if self.changes else []
        if self.figures is not None:
            found.insert(0, {"finding": "figures", **asdict(self.figures)})
        return "\n".join(json.dumps(one, ensure_ascii=False, default=str) for one in found)


def compare_pdfs(old: Path, new: Path, templates: Path, language: str) -> Differences:
    """What differs between two PDFs, in that language or else the newer report's; OSError where one cannot be read."""
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
    labels, mistakes = load_labels(templates, fonts.uncovered)
    if has_errors(mistakes):
        return Differences(problems=mistakes)
    figures, spoken = _figures(files[0], files[1])
    chosen = language or spoken
    told = tuple(lines(figures, Words(chosen, labels[chosen]))) if figures else ()
    return Differences(tuple(files), tuple(pages), compare_pages(pages[0], pages[1]), figures, told, chosen)


def _figures(old: File, new: File) -> tuple[ReportChanges | None, str]:
    """Which figures differ and why, and the language to say it in; nothing where not both carry a report's data."""
    try:
        before, after = (read_data(open_report(one.content).files) for one in (old, new))
    except RefusedError:
        return None, LANGUAGES[0]
    return compare_reports(before, after), after.report.language


def side_by_side(found: Differences, templates: Path) -> tuple[bytes, tuple[Problem, ...]]:
    """The differences as a PDF: the list, then the pages."""
    labels, problems = load_labels(templates, fonts.uncovered)
    if found.changes is None or has_errors(problems):
        return b"", problems
    old, new = found.pages
    compared = Compared((found.files[0], found.files[1]), (old.sizes, new.sizes), found.changes, found.told)
    try:
        return marked(compared, templates, found.language, labels[found.language]), problems
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
