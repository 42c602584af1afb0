"""`slm verify`: whether a returned copy says what was sent; and whether what was published and issued is as it was."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.shared import DEFAULTS, OK, PROBLEMS, count, options, show

if TYPE_CHECKING:
    from pipeline.options import Options
    from pipeline.verify import Verdict


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--sources", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.sources)
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.output)
@click.option("--templates", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.templates)
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON lines.")
def verify(file: Path | None, *, as_json: bool, **chosen: Path) -> None:
    """Compare a returned Word agreement, word by word, with what was sent.

    Exit code 0 only when nothing but signature fields was filled in. Without a FILE, hold all published documents, the
    register and what was issued against their digests.
    """
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
