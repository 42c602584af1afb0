"""The whole `sources/` folder as a Portfolio: every file read once, every mistake collected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.confined import leads_inside
from pipeline.load.answers import read_answers
from pipeline.load.characters import Glyphs
from pipeline.load.kinds import KINDS
from pipeline.load.kinds.calendar import read_all
from pipeline.load.kinds.import_profile import completed
from pipeline.load.marked_yaml import parse
from pipeline.load.register import read_contents
from pipeline.load.validate import single_texts, validate
from pipeline.model.agreements import Agreement
from pipeline.model.portfolio import Portfolio
from pipeline.model.source import Source
from pipeline.problems import Place, Problem, error

_COMMENTARY = (3, "commentary")
"""How deep below the sources a month's commentary lies, and its name: all else in `metrics/` is an export."""

_SINGLE = ("organization", "policy")


def load_portfolio(folder: Path, glyphs: Glyphs) -> tuple[Portfolio | None, tuple[Problem, ...]]:
    """Every YAML file below `folder`, of `metrics/` the commentaries; None when there is no provider or no policy.

    With problems the portfolio holds the files that are right, enough to check those against each other.
    """
    problems: list[Problem] = []
    files = source_files(folder, problems)
    unreadable = {Path(problem.place.file).stem for problem in problems}
    found: dict[str, dict[Any, Any]] = {kind: {} for kind in KINDS}
    for path, file in files:
        value, source, mistakes = parse(path.read_bytes(), file, glyphs)
        value = completed(value)
        if value is not None or not mistakes:
            mistakes += validate(value, source)
        if not mistakes:
            mistakes = _misplaced(value, source)
        problems += mistakes
        if mistakes:
            unreadable |= {path.stem, path.parent.name, *_claimed(value)}
        else:
            _keep(value, single_texts(value, source), found)
    found["calendar"], mistakes = read_all(written := found["calendar"], unreadable)
    problems += mistakes
    unreadable |= written.keys() - found["calendar"].keys()
    for kind in _SINGLE:
        if not found[kind] and not any(problem.place.file == f"sources/{KINDS[kind].place}" for problem in problems):
            place = Place(f"sources/{KINDS[kind].place}")
            problems.append(error(place, "missing-file", "the file is missing", f"write one with kind: {kind}"))
    register, mistakes = read_contents(folder, found["register"].get("register", ()))
    problems += mistakes
    surveys, mistakes = read_answers(folder, found["survey"], glyphs)
    problems += mistakes
    portfolio = _portfolio(found, unreadable) if all(found[kind] for kind in _SINGLE) else None
    return replace(portfolio, register=register, surveys=surveys) if portfolio else None, tuple(problems)


def source_files(folder: Path, problems: list[Problem]) -> list[tuple[Path, str]]:
    """The YAML files of `folder` in a fixed order, by the name that messages use; links leading outside are refused."""
    root = folder.resolve()
    files = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_symlink() and not path.is_file() and path.suffix not in {".yaml", ".yml"}:
            problems += _link_to_no_file(relative)
        if path.suffix.lower() not in {".yaml", ".yml"} or (
            relative.parts[0] == "metrics" and (len(relative.parts), path.stem) != _COMMENTARY
        ):
            continue
        if any(part.startswith(".") for part in relative.parts):
            continue
        file = f"sources/{relative.as_posix()}"
        if not file.isprintable():
            message = "the file name has characters that cannot be shown"
            problems.append(error(Place(ascii(file)[1:-1]), "file-name", message, "rename it"))
        elif not leads_inside(path, root):
            message = "the link leads outside of the sources, or nowhere"
            problems.append(error(Place(file), "outside-link", message, "copy the file here"))
        elif path.suffix != ".yaml":
            message = f"the file name ends in {path.suffix}"
            problems.append(error(Place(file), "file-name", message, "rename it to .yaml"))
        elif path.is_file():
            files.append((path, file))
        else:
            message = "this is a folder, a pipe or a device, and no file"
            problems.append(error(Place(file), "file-name", message, "keep the text in a file of this name"))
    return files


def _link_to_no_file(relative: Path) -> tuple[Problem, ...]:
    """Links to folders are never walked through: whoever relies on one must hear of it."""
    if relative.parts[0] == "metrics" or any(part.startswith(".") for part in relative.parts):
        return ()  # what lies among the exports is told there
    file = f"sources/{relative.as_posix()}"
    place = Place(file if file.isprintable() else ascii(file)[1:-1])
    return (error(place, "folder-link", "links to folders, or to nothing, are not followed", "move the folder here"),)


def _claimed(value: Any) -> Iterator[str]:  # noqa: ANN401 - YAML values are of any type
    """The id that a file gives itself, if any, and those of the actions that it lists."""
    if not isinstance(value, dict):
        return
    listed = value.get("actions")
    for one in (value, *(listed if isinstance(listed, list) else ())):
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            yield one["id"]


def _misplaced(value: Mapping[str, Any], source: Source) -> tuple[Problem, ...]:
    version = str(value.get("version", "")).replace("/", "-")
    wanted = "sources/" + KINDS[value["kind"]].place.format(
        id=value.get("id", ""), version=version, month=value.get("month", "")
    )
    if source.file == wanted:
        return ()
    key = "id" if "id" in value else "kind"
    message = f"this {value['kind']} belongs into {wanted}"
    return (error(source.at(key), "wrong-place", message, "rename the file or correct the id"),)


def _keep(value: Mapping[str, Any], source: Source, found: dict[str, dict[Any, Any]]) -> None:
    kind = value["kind"]
    made = KINDS[kind].read(value, source)
    key = (made.id, made.version) if isinstance(made, Agreement) else value.get("id", getattr(made, "month", kind))
    found[kind][key] = made


def _portfolio(found: Mapping[str, Mapping[Any, Any]], unreadable: set[str]) -> Portfolio:
    agreements: dict[str, list[Agreement]] = {}
    for kind in ("sla", "ola", "uc"):
        for (identifier, _), version in sorted(found[kind].items()):
            agreements.setdefault(identifier, []).append(version)
    return Portfolio(
        organization=found["organization"]["organization"],
        policy=found["policy"]["policy"],
        calendars=found["calendar"],
        services=found["service"],
        customers=found["customer"],
        teams=found["team"],
        suppliers=found["supplier"],
        agreements={identifier: tuple(versions) for identifier, versions in sorted(agreements.items())},
        profiles=found["import"],
        reviews=found["review"],
        catalog=found["catalog"].get("catalog"),
        procedure=found["procedure"].get("procedure"),
        requirements=found["requirement"],
        exclusions=found["exclusion"],
        commentaries=found["commentary"],
        improvements=found["improvement"],
        unreadable=frozenset(unreadable),
    )
