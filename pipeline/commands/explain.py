"""`slm explain`: why a ticket has its verdict, or a figure its value."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.commands.shared import DEFAULTS, OK, PROBLEMS, MonthType, options, show, shown_path
from pipeline.commands.sheets import print_sheet
from pipeline.model.quantities import LANGUAGES, Month

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("name", metavar="TICKET|TARGET")
@click.option("--sla", default="", metavar="ID", help="The agreement; with it, the id of a target explains its figure.")
@click.option("--service", default="", metavar="ID", help="The figure of this service only.")
@click.option("--month", type=MonthType(), help="As the report of that month measured it (default: the newest).")
@click.option("--customer", default="", metavar="ID", help="Whose ticket, where several have the number.")
@click.option("--profile", default="", metavar="ID", help="Which tool's ticket: the import profile that reads it.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the language of the agreement.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, times to the second.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write a PDF to send to the customer.")
@click.option("--sources", type=_FOLDER, default=DEFAULTS.sources, help="The folder of sources.")
@click.option("--templates", type=_FOLDER, default=DEFAULTS.templates, help="The folder of templates.")
def explain(
    name: str,
    *,
    sla: str,
    service: str,
    month: Month | None,
    customer: str,
    profile: str,
    language: str | None,
    as_json: bool,
    pdf: Path | None,
    **folders: Path,
) -> None:
    """Explain a ticket to the second, or (with --sla) a figure.

    Every window of service time, every pause and why, the version and target applied, the verdict and the period it
    counts in; or the tickets, outages and credits behind a target's value.
    """
    from pipeline.explain import Question, page_of  # noqa: PLC0415
    from pipeline.explain import explain as answer_of  # noqa: PLC0415

    run = options(**folders, month=month, customer=customer)
    answer = answer_of(run, Question(name.strip(), sla, service, profile, language or ""))
    show(answer.problems, run, as_json=as_json)
    if not answer.explanations:
        sys.exit(PROBLEMS)
    if pdf is not None and len(answer.explanations) > 1:
        message = f"several services have the target {name}; a PDF explains one: add --service"
        raise click.UsageError(message)
    for number, one in enumerate(answer.explanations):
        if number and not as_json:
            click.echo()
        if as_json:
            click.echo(one.json)
        elif pdf is None:
            print_sheet(one.sheets[0])
        if pdf is not None and answer.labels is not None:
            content, problems = page_of(one, run, answer.labels)
            show(problems, run, as_json=as_json)
            if problems:
                sys.exit(PROBLEMS)
            pdf.write_bytes(content)
            click.echo(f"written to {shown_path(pdf)}", err=as_json)
    sys.exit(OK)
