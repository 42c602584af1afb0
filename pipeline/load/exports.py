"""Which files under `metrics/` are exports, of which month, and which profile reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.confined import leads_inside
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import ExportFile, ImportProfile
from pipeline.problems import Place, Problem, did_you_mean, error, warning


def month_folders(folder: Path) -> tuple[Month, ...]:
    """The months that have a folder under `metrics/`, oldest first; words alone, without exports, make no month."""
    months = []
    for path in filter(Path.is_dir, (folder / "metrics").glob("*")):
        if [one.name for one in path.iterdir()] == ["commentary.yaml"]:
            continue
        try:
            months.append(Month.parse(path.name))
        except ValueError:
            continue
    return tuple(sorted(months))


def misnamed_folders(folder: Path) -> tuple[Problem, ...]:
    """What lies in `metrics/` and is no month."""
    problems = []
    for path in sorted((folder / "metrics").glob("[!.]*")):
        try:
            Month.parse(path.name)
        except ValueError as mistake:
            place = Place(f"sources/metrics/{path.name}")
            problems.append(error(place, "month-folder", str(mistake), "rename the folder"))
            continue
        if path.is_symlink() or path.parent.is_symlink():
            place = Place(f"sources/metrics/{path.name}")
            problems.append(error(place, "folder-link", "links to folders are not followed", "move the folder here"))
        elif not path.is_dir():
            place = Place(f"sources/metrics/{path.name}")
            problems.append(error(place, "month-folder", "a month is a folder of exports, this is a file"))
    return tuple(problems)


def missing_exports(portfolio: Portfolio, files: Sequence[ExportFile], months: Sequence[Month]) -> tuple[Problem, ...]:
    """Kinds of export that a profile reads and a month lacks.

    Without outages, availability is without data. Without tickets, every ticket that was open the month before would
    seem to run out of time: that is an error.
    """
    described = sorted({profile.describes for profile in portfolio.profiles.values()})
    found = {(file.month, file.describes) for file in files}
    return tuple(
        (error if kind == "tickets" else warning)(
            Place(f"sources/metrics/{month}"),
            "no-export",
            f"there is no export of {kind} for {month}",
            "add the file, or report on an earlier month" if kind == "tickets" else "availability is without data",
        )
        for month in months
        for kind in described
        if (month, kind) not in found
    )


@dataclass(frozen=True, slots=True)
class Export:
    """An export file with the profile that reads it."""

    path: Path
    file: str
    month: Month
    profile: ImportProfile


def exports(folder: Path, portfolio: Portfolio, months: Sequence[Month], problems: list[Problem]) -> Iterator[Export]:
    """The export files of those months in order; files that nobody can read are added to `problems`."""
    for month in months:
        for path in sorted((folder / "metrics" / str(month)).iterdir()):
            file = f"sources/metrics/{month}/{path.name}"
            if path.name.startswith(".") or path.suffix == ".yaml":
                continue
            if path.is_dir():
                problems.append(error(Place(file), "folder", "a folder lies among the exports", "take its files out"))
                continue
            if not file.isprintable():
                message = "the file name has characters that cannot be shown"
                problems.append(error(Place(ascii(file)[1:-1]), "file-name", message, "rename it"))
                continue
            fitting = [
                profile
                for profile in portfolio.profiles.values()
                if any(fnmatchcase(path.name, pattern) for pattern in profile.files)
            ]
            unusual = _unusual(path, file, folder)
            if unusual:
                problems += unusual
            elif len(fitting) == 1:
                yield Export(path, file, month, fitting[0])
            elif fitting:
                names = " and ".join(sorted(profile.id for profile in fitting))
                problems.append(error(Place(file), "two-profiles", f"the import profiles {names} both claim this file"))
            elif not portfolio.unreadable:
                patterns = [pattern for profile in portfolio.profiles.values() for pattern in profile.files]
                hint = did_you_mean(path.name, patterns)
                problems.append(error(Place(file), "no-profile", "no import profile reads this file", hint))


def _unusual(path: Path, file: str, folder: Path) -> tuple[Problem, ...]:
    """What is no file of these sources, and would be waited for, or copied from elsewhere, if it were opened."""
    if not leads_inside(path, folder):
        return (error(Place(file), "outside-link", "the link leads outside of the sources, or nowhere"),)
    if not path.is_file():
        return (error(Place(file), "file-name", "this is a pipe or a device, and no file"),)
    return ()
