"""What each kind of document is rendered to."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from pipeline.confined import leads_inside
from pipeline.merge.agreement import AgreementContext
from pipeline.merge.document import Document
from pipeline.merge.plain import plain
from pipeline.merge.procedure import ProcedureContext
from pipeline.merge.report import ReportContext
from pipeline.merge.review_pack import InvitedRow, PackContext
from pipeline.merge.survey import SurveyContext
from pipeline.merge.whatif import WhatIfSheet
from pipeline.merge.words import Labels
from pipeline.problems import Place, Problem, error
from pipeline.render.archival import Attachment, attach
from pipeline.render.charts import charts, survey_charts
from pipeline.render.charts.trends import trends
from pipeline.render.charts.whatif import comparisons
from pipeline.render.docx import Properties, WordTemplate, compile_template, render_docx
from pipeline.render.drawings import Picture
from pipeline.render.fields import add_signature_fields
from pipeline.render.flow import flow_picture
from pipeline.render.ics import Event, Guest, render_ics
from pipeline.render.pages.document import docx_to_html
from pipeline.render.pdf import render_pdf
from pipeline.render.printed import words_digest
from pipeline.render.templates import TemplateMistake, environment, foreign, render_file
from pipeline.render.xlsx import render_csv, render_xlsx


class Workshop:
    """The templates of one folder, read and compiled once a process."""

    def __init__(self, folder: Path, labels: Labels) -> None:
        self.folder = folder
        self.labels = labels
        self._words: dict[str, WordTemplate] = {}
        self._latest: tuple[Document, bytes] | None = None

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
            if not leads_inside(path, self.folder):
                raise TemplateMistake(foreign(file))
            self._words[name] = compile_template(path.read_bytes(), file, self.environment)
        return self._words[name]

    def word_file(self, document: Document) -> bytes:
        """A document as a Word file; the one made last is kept, for its pages are made from it."""
        if self._latest is None or self._latest[0] is not document:
            self._latest = document, _word_file(document, self)
        return self._latest[1]


Made = Mapping[str, bytes]
"""The files of a document that were made already, by ending."""


def variables(context: object) -> dict[str, Any]:
    """A context's fields by name, as templates see them."""
    return {one.name: getattr(context, one.name) for one in fields(context)}  # type: ignore[arg-type]


def word_template(document: Document) -> str:
    """The Word template of a document, by its name below `docx/`."""
    return document.template or f"{document.kind}.{document.language}.docx"


def _docx(document: Document, workshop: Workshop, _made: Made) -> bytes:
    return workshop.word_file(document)


def _word_file(document: Document, workshop: Workshop) -> bytes:
    name = word_template(document)
    properties = Properties(
        title=document.context.title,
        author=document.context.provider.name,
        language=document.language,
        date=document.day.isoformat(),
        custom=_identity(document),
    )
    pictures = _pictures(document, workshop)
    content = render_docx(workshop.word(name), variables(document.context), properties, pictures)
    if document.words and words_digest(content) != document.words:
        message = f"{document.agreement}@{document.version} was signed with other words than this template gives it"
        hint = "keep the earlier template under another name and name it in templates: of its entry in register.yaml"
        raise TemplateMistake(error(Place(f"templates/docx/{name}"), "signed-words", message, hint))
    return content


def _pages(document: Document, workshop: Workshop, _made: Made) -> bytes:
    """The PDF of a document that is also a Word file: made from that file, so that their words cannot differ."""
    html = docx_to_html(workshop.word_file(document), document.language)
    return render_pdf(html, f"docx/{word_template(document)}", workshop.folder, add_signature_fields)


def _identity(document: Document) -> Mapping[str, str]:
    """What tells a returned copy of an agreement from all others."""
    if not isinstance(document.context, AgreementContext):
        return {}
    return {
        "SLM-Fingerprint": document.context.fingerprint,
        "SLM-Agreement": f"{document.agreement}@{document.version}",
        "SLM-Language": document.language,
    }


def _pictures(document: Document, workshop: Workshop) -> Mapping[str, Picture]:
    """What a Word template may ask for with `[[picture:NAME]]`."""
    if not isinstance(document.context, ProcedureContext):
        return {}
    labels = workshop.labels[document.language]
    return {"flow": flow_picture(document.context, labels, workshop.environment, workshop.folder)}


def _pdf(document: Document, workshop: Workshop, made: Made) -> bytes:
    """The PDF, with the data behind it inside."""
    name, labels = f"pdf/{document.kind}.html", workshop.labels[document.language]
    seen = {**variables(document.context), "labels": labels}
    if isinstance(document.context, ReportContext):
        seen["charts"] = charts(document.context, labels, workshop.environment)
    if isinstance(document.context, PackContext):
        seen["charts"] = tuple(trends(document.context, labels, workshop.environment))
    if isinstance(document.context, SurveyContext):
        seen["charts"] = survey_charts(document.context, labels, workshop.environment)
    if isinstance(document.context, WhatIfSheet):
        seen["charts"] = comparisons(document.context, labels, workshop.environment)
    html = render_file(workshop.environment, name, seen)
    attached = tuple(_attachments(document, made, labels))
    finish = partial(attach, attachments=attached, day=document.day) if attached else None
    return render_pdf(html, name, workshop.folder, finish)


def _attachments(document: Document, made: Made, labels: Mapping[str, str]) -> Iterator[Attachment]:
    name = document.stem.rpartition("/")[2]
    for ending, media_type in EMBEDDED.get(document.kind, {}).items():
        told = labels[f"attachment{ending}"]
        yield Attachment(name + ending, made[ending], media_type, told, source=ending == ".json")


def _invitation(document: Document, _workshop: Workshop, _made: Made) -> bytes:
    """The meeting as a calendar file that asks those invited to take part."""
    if not isinstance(document.context, PackContext):
        msg = f"{document.stem} is no meeting"
        raise TypeError(msg)
    meeting = document.context.meeting
    event = Event(
        key=meeting.key,
        summary=meeting.summary,
        description=meeting.description,
        start=meeting.start,
        stop=meeting.stop,
        location=meeting.location,
        organizer=_guest(meeting.organizer),
        guests=tuple(_guest(one) for one in meeting.invited),
    )
    stamp = datetime(document.day.year, document.day.month, document.day.day, tzinfo=UTC)
    return render_ics((event,), meeting.summary, stamp)


def _guest(row: InvitedRow) -> Guest:
    return Guest(row.name, row.email)


def _json(document: Document, _workshop: Workshop, _made: Made) -> bytes:
    return (json.dumps(plain(document.context), ensure_ascii=False, indent=1) + "\n").encode()


def _xlsx(document: Document, _workshop: Workshop, _made: Made) -> bytes:
    return render_xlsx(document.sheets, document.context.title, document.context.provider.name)


def _tickets(document: Document, _workshop: Workshop, _made: Made) -> bytes:
    if document.tickets is None:
        msg = f"{document.stem} has no tickets"
        raise ValueError(msg)
    return render_csv(document.tickets)


Renderer = Callable[[Document, Workshop, Made], bytes]

RENDERERS: Mapping[str, Mapping[str, Renderer]] = {
    "sla": {".docx": _docx, ".pdf": _pages},
    "ola": {".docx": _docx, ".pdf": _pages},
    "uc": {".docx": _docx, ".pdf": _pages},
    "report": {".pdf": _pdf, ".json": _json, ".xlsx": _xlsx, ".tickets.csv": _tickets},
    "catalog": {".docx": _docx, ".pdf": _pages},
    "procedure": {".docx": _docx, ".pdf": _pages},
    "minutes": {".docx": _docx, ".pdf": _pages},
    "satisfaction": {".pdf": _pdf, ".json": _json, ".xlsx": _xlsx},
    "review-pack": {".pdf": _pdf, ".ics": _invitation},
    "sip": {".docx": _docx, ".pdf": _pages},
    "improvement-register": {".pdf": _pdf, ".xlsx": _xlsx},
    "alignment": {".pdf": _pdf, ".xlsx": _xlsx},
    "overview": {".pdf": _pdf, ".json": _json, ".xlsx": _xlsx},
    "requirement": {".docx": _docx},
    "change-request": {".docx": _docx},
    "explain": {".pdf": _pdf},
    "whatif": {".pdf": _pdf},
}
"""Kind of document -> ending of each of its files -> how it is made."""


EMBEDDED: Mapping[str, Mapping[str, str]] = {
    "report": {
        ".json": "application/json",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".tickets.csv": "text/csv",
    }
}
"""Kind of document -> endings of the files that its PDF carries along, so that its figures can be recomputed."""


_DRAWN = {"procedure": ("templates/svg/flow.svg",)}
"""The drawings within a Word document."""


def template_files(document: Document, ending: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of the template files `names` (from `templates/` on) a file of the document is made with."""
    word = (f"templates/docx/{word_template(document)}", *_DRAWN.get(document.kind, ()))
    parts: Mapping[Renderer, tuple[str, ...]] = {
        _docx: word,
        _pages: (*word, "templates/pdf/word.css"),
        _pdf: ("templates/pdf/", "templates/svg/"),
    }
    return tuple(name for name in names if name.startswith(parts.get(RENDERERS[document.kind][ending], ("/",))))


@dataclass(frozen=True, slots=True)
class Job:
    """A document to render with the templates of a folder: all of its files, or those with the `endings` named."""

    document: Document
    templates: Path
    labels: Labels = field(repr=False)
    endings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """The files of one document by ending; none, and problems, where its templates are wrong."""

    document: Document
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...]


_workshops: dict[Path, Workshop] = {}
_KEPT = 4  # a worker of a cluster sees the templates of many builds
_BLANK = '<html lang="zh-CN"><title>Blank</title><body><p>服务级别 <b>Service</b></p></body></html>'


def warm_up(templates: Path, labels: Labels) -> Workshop:
    """This process's workshop for a folder of templates, made once."""
    if templates not in _workshops or _workshops[templates].labels != labels:
        while len(_workshops) >= _KEPT:
            del _workshops[next(iter(_workshops))]
        _workshops[templates] = Workshop(templates, labels)
    return _workshops[templates]


def make_ready(templates: Path) -> None:
    """Have a fresh process load what all pages need, fonts above all, before its first job."""
    render_pdf(_BLANK, "pdf/blank.html", templates)
    gc.collect()
    gc.freeze()  # what is loaded stays: to look through it for garbage again and again is wasted


def render_job(job: Job) -> Rendered:
    """The files of one document; any process can run it."""
    workshop, document = warm_up(job.templates, job.labels), job.document
    made: dict[str, bytes] = {}
    problems = []
    renderers, embedded = RENDERERS[document.kind], EMBEDDED.get(document.kind, {})
    wanted = job.endings or tuple(renderers)
    for ending in (*embedded, *wanted) if ".pdf" in wanted else wanted:
        try:
            if ending not in made:
                made[ending] = renderers[ending](document, workshop, made)
        except TemplateMistake as mistake:
            problems.append(mistake.problem)
    if problems:
        return Rendered(document, {}, tuple(problems))
    return Rendered(document, {ending: made[ending] for ending in wanted}, ())
