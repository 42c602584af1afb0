"""What is edited during a build: documents say truly which content they were made of, or none is made."""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.build import Outcome, build
from pipeline.options import ROOT, Options
from pipeline.publish.manifest import read_manifest
from pipeline.publish.uptodate import read_inputs, up_to_date
from pipeline.render import fonts
from tests.conftest import run_build
from tests.faults.scene import Scene, files_of

REVIEW = "reviews/bay-2026-10.yaml"
DOCUMENT = "bay-port/reviews/bay-2026-10.docx"
MOMENTS = 40


def rewritten(path: Path, old: str, new: str) -> Callable[[], None]:
    def rewrite() -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return rewrite


@pytest.fixture
def options(tmp_path: Path) -> Options:
    shutil.copytree(ROOT / "tests/projects/small/sources", tmp_path / "sources")
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    return Options(tmp_path / "sources", tmp_path / "output", tmp_path / "templates", kinds=("minutes",), workers=1)


def disturbed(options: Options, *, reading: Callable[[], object] = int, making: Callable[[], object] = int) -> Outcome:
    """A build in which something happens after the digests were taken, or after the first document was made."""
    inputs = read_inputs(options, fonts.digest())
    reading()

    def advance() -> None:
        making()

    return build(options, inputs, advance)


def test_a_source_that_is_edited_while_the_sources_are_read_stops_the_build(options: Options) -> None:
    source = options.sources / REVIEW
    outcome = disturbed(options, reading=rewritten(source, "两个月均达标", "两个月都达标"))
    assert [(one.code, one.place.file) for one in outcome.problems if one.severity == "error"] == [
        ("changed-meanwhile", f"sources/{REVIEW}")
    ]
    assert not options.output.exists()
    assert run_build(options).rendered == 1


def test_an_edit_that_is_taken_back_at_once_stops_the_build_too(options: Options) -> None:
    source = options.sources / REVIEW

    def to_and_fro() -> None:
        rewritten(source, "两个月均达标", "两个月都达标")()
        rewritten(source, "两个月都达标", "两个月均达标")()

    codes = {one.code for one in disturbed(options, reading=to_and_fro).problems}
    assert "changed-meanwhile" in codes


@pytest.mark.parametrize("change", ["added", "removed"])
def test_a_source_that_comes_or_goes_while_the_sources_are_read_stops_the_build(options: Options, change: str) -> None:
    path = options.sources / REVIEW if change == "removed" else options.sources / "notes.txt"
    happens = path.unlink if change == "removed" else path.touch
    codes = {one.code for one in disturbed(options, reading=happens).problems}
    assert "changed-meanwhile" in codes


def test_hidden_files_and_the_records_of_mails_may_change_during_a_build(options: Options) -> None:
    records = options.sources / "records/ledger.jsonl"
    records.parent.mkdir(exist_ok=True)

    def written() -> None:
        records.touch()
        (options.sources / ".swp").touch()
        (options.sources / "reviews/~$open.yaml").touch()

    assert "changed-meanwhile" not in {one.code for one in disturbed(options, reading=written).problems}


def test_a_source_that_is_edited_later_leaves_the_documents_of_the_content_that_was_read(options: Options) -> None:
    source = options.sources / REVIEW
    read = hashlib.sha256(source.read_bytes()).hexdigest()
    assert disturbed(options, making=rewritten(source, "两个月均达标", "两个月都达标")).rendered == 1
    entry = read_manifest(options.output).entries[DOCUMENT]
    assert dict(entry.inputs)[f"sources/{REVIEW}"] == read
    assert up_to_date(options, read_inputs(options, fonts.digest())) is None
    before = (options.output / DOCUMENT).read_bytes()
    assert run_build(options).rendered == 1
    assert (options.output / DOCUMENT).read_bytes() != before


def test_a_template_that_is_edited_while_documents_are_made_stops_the_build(options: Options) -> None:
    template = options.templates / "locales/zh-CN.yaml"
    outcome = disturbed(options, making=lambda: template.write_bytes(template.read_bytes() + b"\n"))
    assert [(one.code, one.place.file) for one in outcome.problems if one.severity == "error"] == [
        ("changed-meanwhile", "templates/locales/zh-CN.yaml")
    ]
    assert not options.output.exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(MOMENTS))
def test_whenever_sources_are_edited_the_next_build_ends_as_if_nothing_had_been(
    number: int, scene: Scene, tmp_path: Path
) -> None:
    moment = random.Random(number).uniform(0.2, 4)
    output, sources = scene.output(tmp_path), tmp_path / "sources"
    shutil.copytree(scene.sources, sources)
    table = sources / "metrics/2026-10/tickets.csv"
    edited = table.read_bytes()
    table.write_bytes(edited.replace(b"Address conflict since", b"Clash of addresses since"))
    arguments = [str(sources) if one == str(scene.sources) else one for one in scene.arguments(output)]
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        time.sleep(moment)
        table.write_bytes(edited)
        said = running.communicate()[1].decode()
    assert running.returncode == 0 or "was changed while the build ran" in said
    if running.returncode:
        assert files_of(output) == scene.old
    run_build(Options(sources, output, kinds=("reports", "requirements"), customer="nordwind-asia", workers=1))
    assert files_of(output) == scene.new
