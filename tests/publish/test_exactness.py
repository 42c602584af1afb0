"""A document is made again exactly when something that it is made from changed: by content, never by date.

Which documents are made again is asked here, not what is in them: nothing is rendered.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from pipeline.build import Outcome, build
from pipeline.merge.document import Document
from pipeline.merge.words import Labels
from pipeline.options import ROOT, Options
from pipeline.publish.manifest import read_manifest
from pipeline.publish.uptodate import read_inputs, up_to_date
from pipeline.render import fonts
from pipeline.render.renderers import RENDERERS, Rendered

made: list[str] = []


def rendered(documents: Iterable[Document], _labels: Labels, _options: Options) -> Iterator[Rendered]:
    for document in documents:
        made.append(document.stem)
        yield Rendered(document, {ending: repr(document).encode() for ending in RENDERERS[document.kind]}, ())


def made_by(options: Options, letters: str = "") -> set[str]:
    """The documents that a build makes; `letters` is the digest of the fonts."""
    made.clear()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pipeline.build.render", rendered)
        outcome: Outcome = build(options, read_inputs(options, letters or fonts.digest()), lambda: None)
    assert outcome.rendered == len(made) == len(set(made))
    return set(made)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Options:
    folder = tmp_path_factory.mktemp("built")
    for name in ("sources", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    options = Options(folder / "sources", folder / "output", folder / "templates")
    assert len(made_by(options)) > 40
    return options


@pytest.fixture
def options(built: Options, tmp_path: Path) -> Options:
    for name in ("sources", "templates", "output"):
        shutil.copytree(getattr(built, name), tmp_path / name)
    return Options(tmp_path / "sources", tmp_path / "output", tmp_path / "templates")


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def made_with(options: Options, name: str) -> set[str]:
    """The documents of which the manifest says that they were made with a file."""
    entries = read_manifest(options.output).entries.values()
    paths = {entry.path for entry in entries if name in dict((*entry.template, *entry.inputs))}
    endings = sorted((ending for renderers in RENDERERS.values() for ending in renderers), key=len, reverse=True)
    return {path.removesuffix(next(one for one in endings if path.endswith(one))) for path in paths}


REPORT = "nordwind-asia/reports/sla-nordwind-office_2026-10"
TABLE = "metrics/2026-10/tickets.csv"


def test_a_changed_ticket_makes_the_report_of_its_customer_again_and_no_other(options: Options) -> None:
    rewrite(options.sources / TABLE, "Address conflict after new equipment", "Address conflict since new equipment")
    assert made_by(options) == {REPORT}


@pytest.mark.slow
def test_a_ticket_that_became_late_makes_the_overviews_again_too(options: Options) -> None:
    was = "2026-10-05 07:05:00,2026-10-05 07:45:05,2026-10-08"
    rewrite(options.sources / TABLE, was, "2026-10-05 07:05:00,2026-10-05 17:45:05,2026-10-28")
    overviews = {f"internal/overview_2026-10.{language}" for language in ("zh-CN", "en")}
    assert made_by(options) == {REPORT} | overviews


@pytest.mark.slow
def test_a_changed_customer_makes_its_documents_again_and_what_tells_of_all(options: Options) -> None:
    rewrite(options.sources / "parties/customers/nordwind-asia.yaml", "9 Gear Road", "8 Gear Road")
    found = made_by(options)
    assert found
    assert {stem.partition("/")[0] for stem in found} <= {"nordwind-asia", "internal"}
    assert found <= made_with(options, "sources/parties/customers/nordwind-asia.yaml")


def test_dates_of_files_make_nothing_again(options: Options) -> None:
    for folder in (options.sources, options.templates, options.output):
        for path in folder.rglob("*"):
            os.utime(path, (0, 0))
    assert up_to_date(options, read_inputs(options, fonts.digest())) == 101
    assert made_by(options) == set()


@pytest.mark.slow
def test_a_comment_in_a_source_makes_nothing_again(options: Options) -> None:
    source = options.sources / "policy.yaml"
    source.write_bytes(source.read_bytes() + b"# looked through\n")
    assert up_to_date(options, read_inputs(options, fonts.digest())) is None
    assert made_by(options) == set()
    assert up_to_date(options, read_inputs(options, fonts.digest())) == 101


@pytest.mark.parametrize(
    ("template", "some"),
    [
        pytest.param(*("docx/minutes.zh-CN.docx", "harbour-port/reviews/harbour-2026-07"), marks=pytest.mark.slow),
        pytest.param("docx/sla.en.docx", "nordwind-asia/agreements/sla-nordwind-office_A-00", marks=pytest.mark.slow),
        pytest.param(*("pdf/word.css", "harbour-port/reviews/harbour-2026-07"), marks=pytest.mark.slow),
        pytest.param(*("pdf/report.css", "nordwind-asia/reports/sla-nordwind-office_2026-10"), marks=pytest.mark.slow),
    ],
)
def test_a_changed_template_makes_the_documents_again_that_are_made_with_it(
    template: str, some: str, options: Options
) -> None:
    path = options.templates / template
    path.write_bytes(path.read_bytes() + b"\n")
    wanted = made_with(options, f"templates/{template}")
    assert some in wanted
    assert wanted < made_with_any(options)
    assert made_by(options) == wanted


def made_with_any(options: Options) -> set[str]:
    names = {name for entry in read_manifest(options.output).entries.values() for name, _ in entry.inputs}
    return {stem for name in names for stem in made_with(options, name)}


@pytest.mark.slow
def test_other_fonts_make_everything_again(options: Options) -> None:
    assert made_by(options, "others") == made_with_any(options)


@pytest.mark.slow
def test_what_is_gone_or_damaged_is_made_again_and_nothing_else(options: Options) -> None:
    (options.output / "nordwind-asia/reports/sla-nordwind-office_2026-10.xlsx").unlink()
    (options.output / "harbour-port/reviews/harbour-2026-07.pdf").write_bytes(b"scribble")
    assert made_by(options) == {
        "nordwind-asia/reports/sla-nordwind-office_2026-10",
        "harbour-port/reviews/harbour-2026-07",
    }
