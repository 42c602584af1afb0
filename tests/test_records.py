"""What was published and issued is held against its digests, and kept as long as the policy says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import slm
from pipeline.load.ledger import read_ledger
from pipeline.options import ROOT
from tests.published import rebuilt

REPORT = "harbour-port/reports/sla-harbour-core_2026-10"
Run = Callable[..., Result]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "sources", tmp_path / "sources"))


@pytest.fixture
def output(demo_output: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_output, tmp_path / "output"))


@pytest.fixture
def run(sources: Path, output: Path) -> Run:
    def command(name: str, *more: str) -> Result:
        return CliRunner().invoke(slm, [name, "--sources", str(sources), "--output", str(output), *more])

    return command


@pytest.fixture
def issued(run: Run, sources: Path) -> Path:
    """The folder of records after the reports of the port were handed over."""
    done = run("dispatch", "--by-hand", "--customer", "harbour-port", "--today", "2026-11-05")
    assert done.exit_code == 0, done.output
    return sources / "records"


def the_copy(records: Path) -> Path:
    return next(records.rglob("sla-harbour-core_2026-10.*.pdf"))


def test_everything_that_is_as_it_was_passes(run: Run, issued: Path) -> None:
    assert the_copy(issued).is_file()
    done = run("verify")
    assert done.exit_code == 0, done.output
    assert done.output.endswith("101 files published, 2 files issued, 10 signed: no difference\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.unlink(), "output/{} is missing"),
        (lambda path: path.write_bytes(path.read_bytes() + b"!"), "output/{} was changed"),
        (lambda path: path.unlink(), "sources/records/{} is missing"),
        (lambda path: path.write_bytes(b"another"), "sources/records/{} was changed"),
    ],
)
def test_a_file_that_is_missing_or_changed_is_named(
    run: Run, issued: Path, output: Path, change: Callable[[Path], object], said: str
) -> None:
    path, root = (output / f"{REPORT}.pdf", output) if said.startswith("output") else (the_copy(issued), issued)
    change(path)
    done = run("verify")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        said.format(path.relative_to(root)),
        "101 files published, 2 files issued, 10 signed: 1 difference",
    ]


def test_files_that_nobody_published_or_issued_are_named(run: Run, issued: Path, output: Path) -> None:
    (output / "harbour-port" / "notes.txt").write_text("mine", encoding="utf-8")
    (issued / "harbour-port" / "more.pdf").write_text("mine", encoding="utf-8")
    done = run("verify", "--json")
    assert done.exit_code == 1
    assert [json.loads(line) for line in done.output.splitlines()] == [
        {"finding": "unknown", "file": "output/harbour-port/notes.txt", "detail": ""},
        {"finding": "unrecorded", "file": "sources/records/harbour-port/more.pdf", "detail": ""},
    ]


def test_a_report_that_became_another_after_it_was_sent_is_named(run: Run, issued: Path, output: Path) -> None:
    assert issued.is_dir()
    rebuilt(output, f"{REPORT}.pdf", b"")
    done = run("verify")
    assert done.exit_code == 1
    assert f"output/{REPORT}.pdf is not the one that was sent; slm dispatch sends it as a corrected" in done.output


def test_a_manifest_that_cannot_be_read_is_no_clean_bill(run: Run, output: Path) -> None:
    (output / "manifest.json").write_text("{", encoding="utf-8")
    done = run("verify")
    assert done.exit_code == 1
    assert "output/manifest.json cannot be read; build everything again: make" in done.output


def test_a_signed_content_that_was_changed_is_named(run: Run, sources: Path) -> None:
    path = sources / "register" / "sla-harbour-core" / "B-00.json"
    path.write_text(path.read_text(encoding="utf-8").replace("99.95%", "99.90%"), encoding="utf-8")
    done = run("verify")
    assert done.exit_code == 1
    assert "does not have the digest of sla-harbour-core@B/00" in done.output


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0].replace(b"shen.qiu", b"shen.qio").replace(b"zheng", b"zhang"), *lines[1:]], 2),
        (lambda lines: [*lines[:2], b"nonsense\n", *lines[2:]], 3),
        (lambda lines: [lines[0], *lines[2:]], 2),
    ],
)
def test_a_ledger_with_a_line_changed_or_gone_stops_everything_that_relies_on_it(
    run: Run, issued: Path, change: Callable[[list[bytes]], list[bytes]], line: int
) -> None:
    ledger = issued / "ledger.jsonl"
    ledger.write_bytes(b"".join(change(ledger.read_bytes().splitlines(keepends=True))))
    for command in (["verify"], ["dispatch", "--by-hand"], ["dispose", "--yes"], ["due"]):
        done = run(*command)
        assert done.exit_code == 1, command
        assert f"records/ledger.jsonl:{line}:1: error: " in done.output


def test_a_line_cut_off_by_a_crash_never_counted(run: Run, issued: Path, sources: Path) -> None:
    ledger = issued / "ledger.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:-20])
    states = [one.state.value for one in read_ledger(sources)[0].posted.values()]
    assert states == ["sent", "uncertain"], "the intent stands, its outcome is lost"
    ledger.write_bytes(whole + b'{"event": "int')
    assert run("dispatch", "reports", "--by-hand", "--customer", "renhe-hospital").exit_code == 0
    made, problems = read_ledger(sources)
    assert problems == ()
    assert len(made.posted) == 4


def test_what_is_issued_is_on_record_with_digest_version_retention_and_keeper(issued: Path) -> None:
    intent = json.loads((issued / "ledger.jsonl").read_bytes().splitlines()[0])
    assert intent["at"].startswith("2026-11-05")
    assert (intent["agreement"], intent["version"], intent["keeper"]) == (
        "sla-harbour-core",
        "B/00",
        "business-assurance",
    )
    assert {one["retain_until"] for one in intent["documents"]} == {"2029-10-31"}
    assert all(len(one["sha256"]) == 64 for one in intent["documents"])


def test_due_lists_what_may_be_disposed_of_and_mails_that_may_not_have_arrived(run: Run, issued: Path) -> None:
    ledger = issued / "ledger.jsonl"
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[:-1]))
    assert "retention over" not in run("due", "--today", "2028-06-20").output
    found = run("due", "--today", "2029-11-01").output
    assert "may have arrived on 2026-11-05; ask; slm dispatch --send --month 2026-10 --again" in found
    assert (
        "    - kept until 2029-10-31; may be deleted: slm dispose --yes\n        output/harbour-port/reports/" in found
    )
    assert f"        {the_copy(issued).relative_to(issued.parents[1])}" in found
    assert "sources/register/sla-harbour-core/A-00.json" in found
    assert "output/catalog/" not in found, "the catalogue that holds is kept, however old it is"


def test_nothing_is_deleted_without_yes(run: Run, issued: Path, output: Path) -> None:
    done = run("dispose", "--today", "2029-11-01")
    assert done.exit_code == 0
    assert f"to delete: output/{REPORT}.pdf, kept until 2029-10-31" in done.output
    assert done.output.endswith("nothing was deleted (--yes deletes)\n")
    assert (output / f"{REPORT}.pdf").is_file()
    assert the_copy(issued).is_file()


def test_what_is_disposed_of_is_gone_and_its_record_stays(run: Run, issued: Path, output: Path, sources: Path) -> None:
    copy = the_copy(issued)
    assert run("dispose", "--yes", "--today", "2029-10-31").exit_code == 0
    assert copy.is_file(), "the last day of retention is still one"
    done = run("dispose", "--yes", "--today", "2029-11-01")
    assert done.exit_code == 0
    assert f"deleted: output/{REPORT}.pdf" in done.output
    assert "by hand: sources/register/sla-harbour-core/A-00.json" in done.output
    assert not copy.exists()
    assert not (output / f"{REPORT}.pdf").exists()
    assert (sources / "register" / "sla-harbour-core" / "A-00.json").is_file()
    assert len(read_ledger(sources)[0].posted) == 2
    verified = run("verify")
    assert verified.exit_code == 0, verified.output
    assert " 0 files issued" in verified.output


def test_what_was_sent_makes_no_document_anew(issued: Path, sources: Path, output: Path) -> None:
    from pipeline.options import Options
    from pipeline.publish.uptodate import read_inputs

    options = Options(sources=sources, output=output)
    before = read_inputs(options, "")
    shutil.rmtree(issued)
    assert read_inputs(options, "") == before
