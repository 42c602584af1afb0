"""What each kind of document is rendered to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.merge.documents import Document
from pipeline.merge.report import ReportContext
from pipeline.merge.words import Labels
from pipeline.problems import Place, Problem, error
from pipeline.render.charts import charts
from pipeline.render.docx import Properties, WordTemplate, compile_template, render_docx
from pipeline.render.pdf import render_pdf
from pipeline.render.templates import TemplateMistake, environment, render_file
from pipeline.render.xlsx import render_csv, render_xlsx


class Workshop:
    """The templates of one folder, read and compiled once a process."""

    def __init__(self, folder: Path, labels: Labels) -> None:
        self.folder = folder
        self.labels = labels
        self._words: dict[str, WordTemplate] = {}

    @cached_property
    def environment(self) -> Any:  # noqa: ANN401 - jinja2 gives its sandbox no precise type
        """The Jinja environment of the folder."""
        return environment(self.folder)

    def word(self, name: str) -> WordTemplate:
        """A Word template by its name below `docx/`; TemplateMistake when it is missing or wrong."""
        if name not in self._words:
            file = f"templates/docx/{name}"
            path = self.folder / "docx" / name
            if not path.is_file():
                raise TemplateMistake(error(Place(file), "template", "the template is missing"))
            self._words[name] = compile_template(path.read_bytes(), file, self.environment)
        return self._words[name]


def variables(context: object) -> dict[str, Any]:
    """A context's fields by name, as templates see them."""
    return {one.name: getattr(context, one.name) for one in fields(context)}  # type: ignore[arg-type]


def _docx(document: Document, workshop: Workshop) -> bytes:
    template = workshop.word(f"{document.kind}.{document.language}.docx")
    properties = Properties(
        title=document.context.title,
        author=document.context.provider.name,
        language=document.language,
        date=document.day.isoformat(),
    )
    return render_docx(template, variables(document.context), properties)


def _pdf(document: Document, workshop: Workshop) -> bytes:
    name, labels = f"pdf/{document.kind}.html", workshop.labels[document.language]
    seen = {**variables(document.context), "labels": labels}
    if isinstance(document.context, ReportContext):
        seen["charts"] = charts(document.context, labels, workshop.environment)
    html = render_file(workshop.environment, name, seen)
    return render_pdf(html, name, workshop.folder)


def _json(document: Document, _workshop: Workshop) -> bytes:
    return (json.dumps(_plain(document.context), ensure_ascii=False, indent=1) + "\n").encode()


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part of a context
    """A context as JSON has it; a Decimal becomes the number it shows."""
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _xlsx(document: Document, _workshop: Workshop) -> bytes:
    return render_xlsx(document.sheets, document.context.title, document.context.provider.name)


def _tickets(document: Document, _workshop: Workshop) -> bytes:
    if document.tickets is None:
        msg = f"{document.stem} has no tickets"
        raise ValueError(msg)
    return render_csv(document.tickets)


Renderer = Callable[[Document, Workshop], bytes]

RENDERERS: Mapping[str, Mapping[str, Renderer]] = {
    "sla": {".docx": _docx},
    "report": {".pdf": _pdf, ".json": _json, ".xlsx": _xlsx, ".tickets.csv": _tickets},
    "minutes": {".docx": _docx, ".pdf": _pdf},
}
"""Kind of document -> ending of each of its files -> how it is made."""


def template_files(document: Document, ending: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of the template files `names` (from `templates/` on) a file of the document is made with."""
    parts = {
        ".docx": (f"templates/docx/{document.kind}.{document.language}.docx",),
        ".pdf": ("templates/pdf/", "templates/svg/"),
    }
    return tuple(name for name in names if name.startswith(parts.get(ending, ())))


@dataclass(frozen=True, slots=True)
class Job:
    """A document to render with the templates of a folder."""

    document: Document
    templates: Path
    labels: Labels = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The files of one document by ending; none, and problems, where its templates are wrong."""

    document: Document
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...]


_workshops: dict[Path, Workshop] = {}


def warm_up(templates: Path, labels: Labels) -> Workshop:
    """This process's workshop for a folder of templates, made once."""
    if templates not in _workshops or _workshops[templates].labels != labels:
        _workshops[templates] = Workshop(templates, labels)
    return _workshops[templates]


def render_job(job: Job) -> Rendered:
    """All files of one document; any process can run it."""
    workshop = warm_up(job.templates, job.labels)
    files: dict[str, bytes] = {}
    problems = []
    for ending, renderer in RENDERERS[job.document.kind].items():
        try:
            files[ending] = renderer(job.document, workshop)
        except TemplateMistake as mistake:
            problems.append(mistake.problem)
    return Rendered(job.document, {} if problems else files, tuple(problems))
