"""`slm verify`: whether a returned copy says what was sent; and whether what was published and issued is as it was."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.shared import DEFAULTS, OK, PROBLEMS, count, options, show

if TYPE_CHECKING:
    from pipeline.options import Options
    from pipeline.verify import Checked, Verdict

_ABOUT = {
    "report": "number and title",
    "files": "files inside",
    "pages": "pages",
    "evidence": "evidence",
    "summary": "targets, met, missed, without data",
    "cover": "numbers of the first page",
    "overview": "numbers of the overview",
    "tickets": "lines of tickets",
    "late": "late tickets",
    "rows": "rows of the exports",
    "trend": "figures of the trend",
}
_UNPROVEN = {
    "complete": "that the exports were complete and true: compare them by the digests that the report prints",
    "service-time": "how service time was told from the clock: slm explain shows it ticket by ticket",
    "agreed": "that goals, limits and credits are those agreed: compare them with the signed agreement",
    "words": "other words, and numbers among them",
    "charts": "what the charts draw",
    "glyphs": "that pages look as their text reads",
    "origin": "who made the file: whoever changes print and data alike leaves no trace here, but other bytes",
    "months": "that the sums of the months are right: the evidence of the monthly reports comes to them",
}
"""What no data inside a report can prove, by its code."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--sources", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.sources)
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.output)
@click.option("--templates", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.templates)
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON lines.")
def verify(file: Path | None, *, as_json: bool, **chosen: Path) -> None:
    """Compare a returned Word agreement with what was sent, word by word; a PDF report with the data inside it.

    Exit code 0 only when nothing but signature fields was filled in, or every figure agrees. Without a FILE, hold all
    published documents, the register and what was issued against their digests.
    """
    if file is not None and _is_pdf(file):
        here = replace(DEFAULTS, sources=chosen["sources"], output=chosen["output"])
        sys.exit(_verify_report(file, here, as_json=as_json))
    run = options(**chosen)
    if file is None:
        sys.exit(_verify_all(run, as_json=as_json))
    from pipeline.verify import verify as verify_copy  # noqa: PLC0415

    verdict, problems = verify_copy(file, run)
    show(problems, run, as_json=as_json)
    if verdict is None:
        sys.exit(PROBLEMS)
    _show_json(verdict) if as_json else _show_words(verdict)
    sys.exit(OK if verdict.untouched else PROBLEMS)


def _is_pdf(file: Path) -> bool:
    if not file.is_file():
        return False  # opening a pipe would wait for somebody to write into it
    with file.open("rb") as content:
        return content.read(5) == b"%PDF-" or file.suffix.lower() == ".pdf"


def _verify_report(file: Path, run: Options, *, as_json: bool) -> int:
    """Say of every figure of a report how it stands; the exit code. A customer has the file only, and no sources."""
    from pipeline.verify import verify_report  # noqa: PLC0415

    checked, problems = verify_report(file, run)
    show(problems, run, as_json=as_json)
    if checked is None:
        return PROBLEMS
    _show_figures_json(checked) if as_json else _show_figures(checked)
    return OK if checked.recount.agrees else PROBLEMS


def _show_figures(checked: Checked) -> None:
    found = checked.recount
    differing = sum(one.standing == "differs" for one in found.findings)
    verdict = "every figure agrees" if found.agrees else f"{count(differing, 'finding')} differ{'s' * (differing == 1)}"
    click.echo(f"{found.number} ({found.language}): {verdict}")
    width = max(len(_ABOUT.get(one.about, one.about)) for one in found.findings)
    for one in found.findings:
        told = (("printed", one.printed), ("data", one.data), ("recounted", one.recounted))
        said = ", ".join(f"{name} {value}" for name, value in told if value) or "nothing measured"
        click.echo(f"  {one.standing:<8}  {_ABOUT.get(one.about, one.about):<{width}}  {said}")
    if checked.published or checked.issued:
        where = " and ".join(one for one in (checked.published, checked.issued) if one)
        click.echo(f"  the same bytes were published: {where}")
    else:
        click.echo("  nothing with these bytes is published or issued here")
    click.echo("not proven by the data inside:")
    for code in found.unproven:
        click.echo(f"  - {_UNPROVEN[code]}")


def _show_figures_json(checked: Checked) -> None:
    found = checked.recount
    head = {"report": found.number, "agrees": found.agrees, "published": checked.published, "issued": checked.issued}
    click.echo(json.dumps({**head, "unproven": found.unproven}, ensure_ascii=False))
    for one in found.findings:
        click.echo(json.dumps({"finding": "figure", **asdict(one)}, ensure_ascii=False))


def _verify_all(run: Options, *, as_json: bool) -> int:
    """Say of every file that is not as it should be; the exit code."""
    from pipeline.build import prepare  # noqa: PLC0415
    from pipeline.problems import has_errors  # noqa: PLC0415
    from pipeline.records import audit  # noqa: PLC0415

    prepared, found = prepare(run), audit(run)
    problems = prepared.problems + found.problems
    show(problems, run, as_json=as_json)
    signed = len(prepared.portfolio.register) if prepared.portfolio else 0
    for one in found.findings:
        detail = f"; {one.detail}" if one.detail else ""
        line = {"finding": one.wrong.name.lower(), "file": one.file, "detail": one.detail}
        click.echo(json.dumps(line) if as_json else f"{one.file} {one.wrong}{detail}")
    if not as_json:
        checked = f"{count(found.published, 'file')} published, {count(found.issued, 'file')} issued, {signed} signed"
        click.echo(f"{checked}: {count(len(found.findings), 'difference') if found.findings else 'no difference'}")
    return PROBLEMS if found.findings or has_errors(problems) else OK


def _show_words(verdict: Verdict) -> None:
    comparison = verdict.comparison
    filled = [field for field in comparison.filled if field.value != field.sent]
    replaced = [field for field in filled if field.sent]
    click.echo(f"{verdict.agreement}@{verdict.version} ({verdict.language})")
    if not verdict.same_fingerprint:
        click.echo(
            "  its fingerprint is not that of the present text: the sources changed since, or it is another file"
        )
    if not comparison.untouched:
        click.echo(f"  the text was changed: {count(len(comparison.differences), 'difference')}")
    else:
        said = "; only signature fields were filled in" if filled else ", and no signature field was filled in"
        click.echo(f"  the text is untouched{said}{', not by the signatory named' if replaced else ''}")
    for difference in comparison.differences:
        click.echo(f"  - {difference}")
    for field in replaced:
        click.echo(f"  signatory changed: {field.side} {field.number}, {field.field}: {field.sent} -> {field.value}")
    for field in [one for one in filled if one not in replaced]:
        click.echo(f"  {field.side} {field.number}, {field.field}: {field.value}")
    for note in [one for one in comparison.notes if one.about != "signatory-changed"]:
        click.echo(f"  note: {note}")
    if verdict.called not in {"", f"{verdict.agreement}@{verdict.version}"}:
        click.echo(f"  note: its properties call it {verdict.called}")


def _show_json(verdict: Verdict) -> None:
    identity = {
        name: getattr(verdict, name) for name in ("agreement", "version", "language", "untouched", "same_fingerprint")
    }
    click.echo(json.dumps(identity, ensure_ascii=False))
    for kind, items in (
        ("difference", verdict.comparison.differences),
        ("filled", verdict.comparison.filled),
        ("note", verdict.comparison.notes),
    ):
        for item in items:
            click.echo(json.dumps({"finding": kind, **asdict(item)}, ensure_ascii=False))
