"""`slm whatif`: what past months would have come to under other terms."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.commands.shared import DEFAULTS, OK, PROBLEMS, MonthType, options, show, shown_path
from pipeline.commands.sheets import print_sheet
from pipeline.model.quantities import LANGUAGES, Month
from pipeline.problems import has_errors

YEAR, LONGEST = 12, 60
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("sla", metavar="SLA")
@click.option("--set", "settings", multiple=True, required=True, metavar="KEY=VALUE", help="A term; may be repeated.")
@click.option("--months", type=click.IntRange(1, LONGEST), default=YEAR, show_default=True, help="So many months ...")
@click.option("--month", type=MonthType(), help="... up to this one (default: the newest).")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the language of the agreement.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: every target, month and ticket.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write a PDF, with charts, to negotiate.")
@click.option("--sources", type=_FOLDER, default=DEFAULTS.sources, help="The folder of sources.")
@click.option("--templates", type=_FOLDER, default=DEFAULTS.templates, help="The folder of templates.")
def whatif(
    sla: str,
    *,
    settings: tuple[str, ...],
    months: int,
    month: Month | None,
    language: str | None,
    as_json: bool,
    pdf: Path | None,
    **folders: Path,
) -> None:
    """Recompute past months of an SLA under other terms; the sources stay as they are.

    KEY is TARGET.KEY (p1-resolution.limit=2h, uptime.goal=99.95%, uptime.credits=99.9%:5%,99%:10%), SERVICE.TARGET.KEY,
    SERVICE.calendar, or calendar, credit_cap, credit_cap_year, counted_by, charge. KEY= takes a term out.
    """
    from pipeline.whatif import Question, letter  # noqa: PLC0415
    from pipeline.whatif import whatif as answer_of  # noqa: PLC0415

    run = options(**folders, month=month)
    answer = answer_of(run, Question(sla.strip(), settings, months, language or ""))
    show(answer.problems, run, as_json=as_json)
    if answer.sheet is None or answer.labels is None:
        sys.exit(PROBLEMS)
    if as_json:
        click.echo(answer.json)
    elif pdf is None:
        print_sheet(answer.sheet)
    if pdf is not None:
        content, problems = letter(answer.sheet, run, answer.labels)
        show(problems, run, as_json=as_json)
        if has_errors(problems):
            sys.exit(PROBLEMS)
        pdf.write_bytes(content)
        click.echo(f"written to {shown_path(pdf)}", err=as_json)
    sys.exit(OK)
