"""`slm redline`: the changes between two versions as a Word file with tracked changes."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from pipeline.commands.shared import DEFAULTS, OK, PROBLEMS, count, options, show, shown_path
from pipeline.model.agreements import Version
from pipeline.model.quantities import LANGUAGES

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--output", "target", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the language of the newer version.")
@click.option("--author", default="", help="Of two files: who made the changes.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Of two files: the day of the changes.")
@click.option("--reason", default="", help="Of two files: why; it becomes a comment at the beginning.")
@click.option("--sources", type=_FOLDER, default=DEFAULTS.sources, help="The folder of sources.")
@click.option("--templates", type=_FOLDER, default=DEFAULTS.templates, help="The folder of templates.")
@click.option("--json", "as_json", is_flag=True, help="Problems as JSON lines.")
def redline(
    old: str,
    new: str,
    *,
    target: Path,
    language: str | None,
    author: str,
    day: datetime | None,
    reason: str,
    as_json: bool,
    **folders: Path,
) -> None:
    """Write a Word file with the changes from OLD to NEW tracked, to accept or refuse one by one.

    OLD and NEW are versions of one agreement (sla-harbour-core@A/01 sla-harbour-core@B/00), whose revision record names
    author, day and reason; or two Word files. Accepting all changes gives NEW and refusing all gives OLD: that is
    checked before anything is written.
    """
    from pipeline.redline import Revision  # noqa: PLC0415
    from pipeline.redlines import Versions, redline_files, redline_versions  # noqa: PLC0415

    if _is_file(old) and _is_file(new):
        if not author or day is None:
            msg = "two files need --author and --date: whose changes these are, and of which day"
            raise click.UsageError(msg)
        made = redline_files(Path(old), Path(new), Revision(author, day.date(), reason))
        run = DEFAULTS
    else:
        if author or day is not None or reason:
            msg = "--author, --date and --reason are for two files; of versions the revision record says it"
            raise click.UsageError(msg)
        identifier, before, after = _versions(old, new)
        run = options(**folders)
        made = redline_versions(Versions(identifier, before, after, language or ""), run)
    show(made.problems, run, as_json=as_json)
    if not made.content:
        sys.exit(PROBLEMS)
    target.write_bytes(made.content)
    counts = f"{count(made.additions, 'addition')}, {count(made.deletions, 'deletion')}"
    looks = f", {count(made.formats, 'change')} of looks" if made.formats else ""
    click.echo(f"{counts}{looks}; written to {shown_path(target)}", err=as_json)
    sys.exit(OK)


def _is_file(name: str) -> bool:
    return name.lower().endswith(".docx")


def _versions(old: str, new: str) -> tuple[str, Version, Version]:
    """The agreement and both versions; UsageError where that is not what was written."""
    named = [one.partition("@") for one in (old, new)]
    try:
        versions = [Version.parse(version) for _, _, version in named]
    except ValueError as mistake:
        msg = f"{mistake}; name two versions as sla-harbour-core@A/01, or two .docx files"
        raise click.UsageError(msg) from None
    if named[0][0] != named[1][0]:
        msg = f"{named[0][0]} and {named[1][0]} are two agreements; name two versions of one"
        raise click.UsageError(msg)
    return named[0][0], versions[0], versions[1]
