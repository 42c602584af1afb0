"""`slm compare`: what changed, and what it means for the customer, as text, JSON, Markdown or one page."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.shared import DEFAULTS, OK, PROBLEMS, count, options, show, shown_path
from pipeline.model.quantities import LANGUAGES
from pipeline.problems import has_errors

if TYPE_CHECKING:
    from pipeline.comparison import Question
    from pipeline.options import Options

YEAR, LONGEST = 12, 60
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("old", required=False, default="")
@click.argument("new", required=False, default="")
@click.option("--base", default="", metavar="REV|DATE", help="Compare the sources with this state of the repository.")
@click.option("--to", default="", metavar="REV|DATE", help="With --base: up to this state (default: as they are now).")
@click.option("--with-signed", is_flag=True, help="Compare with what was registered as signed.")
@click.option("--effect", is_flag=True, help="Also measure past months under the new version.")
@click.option("--months", type=click.IntRange(1, LONGEST), default=YEAR, show_default=True, help="With --effect.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the language of the agreement.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--markdown", is_flag=True, help="Markdown, as a comment for a pull request.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Also write one page, side by side.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Of two PDFs: also their pages, marked.")
@click.option("--documents", is_flag=True, help="With --base: also the documents that come out otherwise.")
@click.option("--sources", type=_FOLDER, default=DEFAULTS.sources, help="The folder of sources.")
@click.option("--templates", type=_FOLDER, default=DEFAULTS.templates, help="The folder of templates.")
def compare(
    old: str,
    new: str,
    *,
    base: str,
    to: str,
    with_signed: bool,
    effect: bool,
    months: int,
    language: str | None,
    as_json: bool,
    markdown: bool,
    html: Path | None,
    pdf: Path | None,
    documents: bool,
    **folders: Path,
) -> None:
    """Tell what changed between two versions, in business terms, and what it means for the customer.

    OLD and NEW are versions (sla-x@A/00 sla-x@A/01), or two .docx or .pdf files, of which every passage is told
    that differs.
    One agreement with --with-signed is compared with what was signed; with --base, or none at all, the sources are
    compared with an earlier state of their git repository.
    """
    from pipeline.comparison import Question  # noqa: PLC0415

    if Path(old).suffix.lower() == Path(new).suffix.lower() == ".docx":
        sys.exit(_tell_words(Path(old), Path(new), as_json=as_json))
    if Path(old).suffix.lower() == Path(new).suffix.lower() == ".pdf":
        sys.exit(_tell_pages(Path(old), Path(new), pdf, folders["templates"], language or "", as_json=as_json))
    mistake = _misused(old, new, base=base, to=to, with_signed=with_signed, effect=effect, documents=documents)
    if mistake:
        raise click.UsageError(mistake)
    asked = Question(
        old=old.strip(),
        new=new.strip(),
        base=base,
        to=to,
        signed=with_signed,
        months=months if effect else 0,
        documents=documents,
        language=language or "",
    )
    _tell(asked, options(**folders), html, as_json=as_json, markdown=markdown)


def _tell_words(old: Path, new: Path, *, as_json: bool) -> int:
    """Say of two Word files what reads otherwise, passage by passage; the exit code."""
    from pipeline.redlines import compare_files  # noqa: PLC0415

    found, problems = compare_files(old, new)
    show(problems, DEFAULTS, as_json=as_json)
    if found is None:
        return PROBLEMS
    fields = [one for one in found.filled if one.value != one.sent]
    if as_json:
        changes = [{"finding": "difference", **asdict(one)} for one in found.differences]
        changes += [{"finding": "field", **asdict(one)} for one in fields]
        click.echo("\n".join(json.dumps(one, ensure_ascii=False) for one in changes), nl=bool(changes))
        return OK
    click.echo(count(len(found.differences), "difference") if found.differences else "the text is the same")
    for one in found.differences:
        click.echo(f"  - {one}")
    for field in fields:
        click.echo(f"  {field.side} {field.number}, {field.field}: {field.sent} -> {field.value}")
    return OK


def _tell_pages(old: Path, new: Path, pdf: Path | None, templates: Path, language: str, *, as_json: bool) -> int:
    """Say of two PDFs what reads or looks otherwise, and lay their pages side by side; the exit code."""
    from pipeline.differences import compare_pdfs, side_by_side  # noqa: PLC0415

    found = compare_pdfs(old, new, templates.resolve(), language)
    show(found.problems, DEFAULTS, as_json=as_json)
    if found.changes is None:
        return PROBLEMS
    said = found.json() if as_json else found.text()
    click.echo(said, nl=bool(said))
    if pdf is not None:
        content, problems = side_by_side(found, templates.resolve())
        show(problems, DEFAULTS, as_json=as_json)
        if has_errors(problems):
            return PROBLEMS
        pdf.write_bytes(content)
        click.echo(f"written to {shown_path(pdf)}", err=True)
    return OK


def _misused(old: str, new: str, *, base: str, to: str, with_signed: bool, effect: bool, documents: bool) -> str:
    """What does not go together."""
    if base and (new or with_signed or effect):
        return "--base compares states of the sources; it goes with one agreement or with none"
    if (to or documents) and not base:
        return f"{'--to' if to else '--documents'} goes with --base"
    if base and "@" in old:
        return f"--base compares all versions of an agreement; write {old.partition('@')[0]}"
    if with_signed and (new or not old):
        return "--with-signed goes with one version, such as sla-x@A/01"
    if not base and not with_signed and not new:
        return "write two versions, such as sla-x@A/00 sla-x@A/01; or --base REV, or --with-signed"
    return ""


def _tell(asked: Question, run: Options, html: Path | None, *, as_json: bool, markdown: bool) -> None:
    from pipeline.comparison import comparison, page  # noqa: PLC0415
    from pipeline.load.history import NoEarlierState  # noqa: PLC0415
    from pipeline.render.changes import as_markdown, as_text  # noqa: PLC0415

    try:
        answer = comparison(run, asked)
    except NoEarlierState as mistake:
        raise click.UsageError(str(mistake)) from None
    show(answer.problems, run, as_json=as_json)
    if answer.sheet is None:
        sys.exit(PROBLEMS)
    if as_json:
        click.echo(answer.json)
    else:
        click.echo(as_markdown(answer.sheet) if markdown else as_text(answer.sheet), nl=False)
    if html is not None:
        content, problems = page(answer.sheet, run)
        show(problems, run, as_json=as_json)
        if has_errors(problems):
            sys.exit(PROBLEMS)
        html.write_bytes(content)
        click.echo(f"written to {shown_path(html)}", err=True)
    sys.exit(PROBLEMS if has_errors(answer.problems) else OK)
