"""The main job, end to end, on the demonstration company."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from pipeline.model.quantities import Month
from pipeline.options import ROOT, Options
from pipeline.publish.uptodate import read_inputs, up_to_date
from pipeline.render import fonts
from tests.conftest import run_build

REPORTS = (
    "harbour-port/reports/sla-harbour-core_2026-10",
    "renhe-hospital/reports/sla-renhe-clinical_2026-10",
    "nordwind-asia/reports/sla-nordwind-office_2026-10",
)

PRINTED = (
    "catalog/service-catalog.zh-CN",
    "catalog/service-catalog.en",
    "procedure/slm-procedure.zh-CN",
    "procedure/slm-procedure.en",
    "harbour-port/agreements/sla-harbour-core_A-00",
    "harbour-port/agreements/sla-harbour-core_A-01",
    "harbour-port/agreements/sla-harbour-core_B-00",
    "renhe-hospital/agreements/sla-renhe-clinical_A-00",
    "renhe-hospital/agreements/sla-renhe-clinical_A-01",
    "nordwind-asia/agreements/sla-nordwind-office_A-00",
    "nordwind-asia/agreements/sla-nordwind-office_A-00.zh-CN",
    "data-application-team/agreements/ola-data-application_A-00",
    "infrastructure-team/agreements/ola-infrastructure_A-00",
    "infrastructure-team/agreements/ola-infrastructure_A-00.en",
    "service-desk-team/agreements/ola-service-desk_A-00",
    "hengyuan-telecom/agreements/uc-hengyuan-lines_A-00",
    "hengyuan-telecom/agreements/uc-hengyuan-lines_A-00.en",
    "qirui-hardware/agreements/uc-qirui-maintenance_A-00",
    "harbour-port/reviews/harbour-2026-07",
    "infrastructure-team/reviews/infrastructure-2026-08",
    "hengyuan-telecom/reviews/hengyuan-2026-08",
    *(f"internal/improvements/sip-2026-0{number}.{language}" for number in (1, 2, 3) for language in ("zh-CN", "en")),
)
SURVEYS = (
    *(f"harbour-port/surveys/harbour-satisfaction_{month}" for month in ("2025-06", "2025-12", "2026-06")),
    *(f"nordwind-asia/surveys/nordwind-satisfaction_{month}" for month in ("2025-10", "2026-10")),
)
REQUIREMENTS = (
    "internal/requirements/harbour-yard-database",
    "internal/requirements/nordwind-extended-hours",
    "internal/requirements/renhe-internet-hospital",
    "internal/requirements/renhe-internet-hospital_change-request",
)


def files_of(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def pdf_text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def context_of(output: Path, stem: str) -> dict[str, object]:
    return json.loads((output / f"{stem}.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_every_document_that_is_due_is_built(demo_output: Path) -> None:
    names = set(files_of(demo_output))
    wanted = {f"{stem}{ending}" for stem in REPORTS for ending in (".pdf", ".json", ".xlsx", ".tickets.csv")}
    wanted |= {f"{stem}{ending}" for stem in PRINTED for ending in (".docx", ".pdf")}
    wanted |= {f"{stem}.docx" for stem in REQUIREMENTS}
    wanted |= {f"{stem}{ending}" for stem in SURVEYS for ending in (".pdf", ".json", ".xlsx")}
    wanted |= {f"internal/alignment.{language}{end}" for language in ("zh-CN", "en") for end in (".pdf", ".xlsx")}
    wanted |= {
        f"internal/overview_2026-10.{language}{end}"
        for language in ("zh-CN", "en")
        for end in (".pdf", ".json", ".xlsx")
    }
    wanted |= {
        f"internal/improvement-register.{language}{end}" for language in ("zh-CN", "en") for end in (".pdf", ".xlsx")
    }
    wanted |= {f"renhe-hospital/reviews/renhe-2026-12_pack{ending}" for ending in (".pdf", ".ics")}
    wanted.add("manifest.json")
    assert names == wanted


def test_the_report_says_what_the_independent_count_of_the_generator_found(demo_output: Path) -> None:
    """Expected figures come from a script that shares no code with the pipeline."""
    summaries = {stem: context_of(demo_output, stem)["summary"] for stem in REPORTS}
    counts = {
        stem.split("/")[0]: (one["targets"], one["met"], one["missed"], one["no_data"])  # type: ignore[index]
        for stem, one in summaries.items()
    }
    assert counts == {
        "harbour-port": (35, 28, 1, 6),
        "renhe-hospital": (24, 19, 0, 5),
        "nordwind-asia": (24, 20, 1, 3),
    }
    nordwind = context_of(demo_output, REPORTS[2])
    (missed,) = [row for row in nordwind["results"] if row["status"] == "missed"]  # type: ignore[attr-defined]
    assert (missed["service"], missed["target"], missed["credit"]) == ("network-operations", "uptime", 5)
    assert missed["value"] == pytest.approx(99.6401, abs=1e-4)
    assert nordwind["credits"]["amount_shown"] == "CNY 4,100.00"  # type: ignore[index]


@pytest.mark.parametrize("stem", REPORTS)
def test_every_figure_of_a_report_can_be_recounted_from_the_tickets_beside_it(demo_output: Path, stem: str) -> None:
    with (demo_output / f"{stem}.tickets.csv").open(encoding="utf-8", newline="") as file:
        tickets = list(csv.DictReader(file))
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for row in tickets:
        for measure in ("response", "resolution"):
            counts[row["service"], row["priority"], f"{measure}_time", row[f"{measure}_status"]] += 1
    timed = [row for row in context_of(demo_output, stem)["results"] if row["limit"]]  # type: ignore[attr-defined]
    assert timed
    for row in timed:
        key = (row["service"], row["priority"], row["measure"])
        assert (row["met"], row["missed"]) == (counts[*key, "met"], counts[*key, "missed"]), key
        assert row["count"] == row["met"] + row["missed"]
        if row["count"]:
            exact = Decimal(100 * row["met"]) / row["count"]
            assert Decimal(str(row["value"])) == pytest.approx(exact, abs=Decimal("0.000001"))
            assert row["status"] == ("met" if exact >= Decimal(str(row["goal"])) else "missed")
        else:
            assert (row["value"], row["status"]) == (None, "no-data")


@pytest.mark.parametrize("stem", REPORTS)
def test_rows_in_are_rows_measured_plus_rows_set_aside(demo_output: Path, stem: str) -> None:
    context = context_of(demo_output, stem)
    rows = context["rows"]
    assert rows["read"] == rows["measured"] + rows["set_aside"]  # type: ignore[index]
    assert rows["set_aside"] == len(context["set_aside"])  # type: ignore[index,arg-type]


def test_the_report_shows_the_rows_set_aside_with_file_line_and_reason(demo_output: Path) -> None:
    context = context_of(demo_output, REPORTS[0])
    assert [(row["line"], row["reason"]) for row in context["set_aside"]] == [  # type: ignore[attr-defined]
        (148, "缺少“优先级”"),
        (163, "“解决时间”早于“受理时间”"),
    ]


@pytest.mark.parametrize("stem", REPORTS)
def test_the_pdf_prints_the_figures_of_its_json(demo_output: Path, stem: str) -> None:
    context = context_of(demo_output, stem)
    text = pdf_text(demo_output / f"{stem}.pdf")
    squeezed = "".join(text.split())
    for row in context["results"]:  # type: ignore[attr-defined]
        assert row["value_shown"] in text
    assert "".join(str(context["summary"]["headline"]).split()) in squeezed  # type: ignore[index]
    for breach in context["breaches"]:  # type: ignore[attr-defined]
        assert "".join(breach["ticket"].split()) in squeezed
        assert "".join(breach["cause"].split()) in squeezed


def test_no_report_names_another_customer(demo_output: Path) -> None:
    names = {"harbour-port": "东澜", "renhe-hospital": "仁禾", "nordwind-asia": "Nordwind"}
    for stem in REPORTS:
        own = stem.split("/")[0]
        texts = [pdf_text(demo_output / f"{stem}.pdf"), (demo_output / f"{stem}.json").read_text(encoding="utf-8")]
        for customer, name in names.items():
            for text in texts:
                assert (name in text) == (customer == own), (stem, customer)


def test_the_workbook_has_frozen_headers_filters_and_no_formulas(demo_output: Path) -> None:
    book = openpyxl.load_workbook(demo_output / f"{REPORTS[0]}.xlsx")
    assert book.sheetnames == ["指标数据", "工单明细", "中断明细", "无法计量的记录", "计算依据"]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    figures = book["指标数据"]
    assert figures.max_row == 36
    assert {figures.cell(1, column).value for column in (1, 8)} == {"服务", "实际值"}


def test_the_manifest_tells_what_each_file_was_made_from(demo_output: Path) -> None:
    manifest = json.loads((demo_output / "manifest.json").read_text(encoding="utf-8"))
    entries = {entry["path"]: entry for entry in manifest["documents"]}
    used = {number: (one["file"], one["sha256"]) for number, one in enumerate(manifest["files"])}
    assert set(entries) == set(files_of(demo_output)) - {"manifest.json"}
    for path, entry in entries.items():
        assert entry["sha256"] == hashlib.sha256((demo_output / path).read_bytes()).hexdigest()
    sla = entries["harbour-port/agreements/sla-harbour-core_B-00.docx"]
    assert (sla["kind"], sla["agreement"], sla["version"]) == ("sla", "sla-harbour-core", "B/00")
    assert sla["retain_until"] == "2030-06-30"
    assert [used[number][0] for number in sla["template"]] == ["templates/docx/sla.zh-CN.docx"]
    source = "sources/agreements/sla-harbour-core/B-00.yaml"
    assert (
        dict(used[number] for number in sla["inputs"])[source]
        == hashlib.sha256((ROOT / source).read_bytes()).hexdigest()
    )


def test_the_same_sources_give_the_same_bytes_with_other_workers_time_zone_and_hash_seed(
    demo_output: Path, tmp_path: Path
) -> None:
    environment = os.environ | {"TZ": "America/New_York", "PYTHONHASHSEED": "4711", "LC_ALL": "C"}
    output = tmp_path / "elsewhere" / "output"
    command = [sys.executable, "-m", "pipeline", "build", "--workers", "2", "--output", str(output)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert files_of(output) == files_of(demo_output)


def test_a_build_with_nothing_changed_rewrites_nothing_and_says_so(demo_output: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in demo_output.rglob("*") if path.is_file()}
    command = [sys.executable, "-m", "pipeline", "build", "--output", str(demo_output)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("nothing changed: all 101 files in ")
    assert {path: path.stat().st_mtime_ns for path in demo_output.rglob("*") if path.is_file()} == before


def test_only_the_documents_of_a_changed_source_are_made_again(demo_sources: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    first = run_build(Options(sources=demo_sources, output=output, kinds=("requirements",)))
    assert (first.documents, first.rendered) == (4, 4)
    party = demo_sources / "parties/customers/nordwind-asia.yaml"
    party.write_text(party.read_text(encoding="utf-8").replace("Nordwind", "Nordwynd"), encoding="utf-8")
    second = run_build(Options(sources=demo_sources, output=output, kinds=("requirements",)))
    assert (second.documents, second.rendered, second.changed) == (4, 1, 1)


def test_a_damaged_or_missing_file_comes_back(demo_sources: Path, tmp_path: Path) -> None:
    options = Options(sources=demo_sources, output=tmp_path / "output", kinds=("requirements",))
    run_build(options)
    before = files_of(options.output)
    damaged, missing = sorted(options.output.rglob("*.docx"))[:2]
    damaged.write_bytes(b"scribble")
    missing.unlink()
    assert run_build(options).rendered == 2
    assert files_of(options.output) == before


def test_a_build_in_between_from_other_sources_does_not_pass_for_this_one(demo_sources: Path, tmp_path: Path) -> None:
    everything = Options(sources=demo_sources, output=tmp_path / "output", kinds=("requirements", "minutes"), workers=1)
    run_build(everything)
    before = files_of(everything.output)
    source = demo_sources / "parties/customers/nordwind-asia.yaml"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("Nordwind", "Nordwynd"), encoding="utf-8")
    run_build(replace(everything, kinds=("requirements",)))
    assert files_of(everything.output) != before
    source.write_text(text, encoding="utf-8")
    assert up_to_date(everything, read_inputs(everything, fonts.digest())) is None
    run_build(everything)
    documents = {name: digest for name, digest in files_of(everything.output).items() if name != "manifest.json"}
    assert documents == {name: digest for name, digest in before.items() if name != "manifest.json"}


def test_a_lost_report_of_an_older_month_does_not_keep_other_builds_busy(demo_sources: Path, tmp_path: Path) -> None:
    newest = Options(
        sources=demo_sources, output=tmp_path / "output", kinds=("requirements",), customer="nordwind-asia"
    )
    older = replace(newest, kinds=("reports",), month=Month(2026, 6))
    run_build(older)
    run_build(newest)
    next(newest.output.rglob("*2026-06.pdf")).unlink()
    assert up_to_date(newest, read_inputs(newest, fonts.digest())) == 1
    assert up_to_date(older, read_inputs(older, fonts.digest())) is None


def test_a_staging_folder_of_a_killed_build_is_swept_away(demo_sources: Path, tmp_path: Path) -> None:
    left = tmp_path / "output" / ".staging-999999999"
    left.mkdir(parents=True)
    (left / "half.docx").write_bytes(b"half")
    run_build(Options(sources=demo_sources, output=tmp_path / "output", kinds=("requirements",)))
    assert not left.exists()


def test_an_older_month_gives_its_own_report_and_keeps_the_newer_one(demo_sources: Path, tmp_path: Path) -> None:
    options = Options(sources=demo_sources, output=tmp_path / "output", kinds=("reports",), customer="harbour-port")
    run_build(options)
    older = Options(
        sources=demo_sources,
        output=options.output,
        kinds=("reports",),
        customer="harbour-port",
        month=Month(2026, 6),
    )
    run_build(older)
    names = {name for name in files_of(options.output) if name.endswith(".json") and "reports" in name}
    assert names == {
        f"harbour-port/reports/sla-harbour-core_{period}.json" for period in ("2026-06", "2026-Q2", "2026-10")
    }
    june = context_of(options.output, "harbour-port/reports/sla-harbour-core_2026-06")
    assert june["agreement"]["version"] == "A/01"  # type: ignore[index]
    assert june["period"] == {
        "start": "2026-06-01T00:00:00+08:00",
        "end": "2026-07-01T00:00:00+08:00",
        "timezone": "Asia/Shanghai",
        "label": "2026年6月",
        "first_day": "2026年6月1日",
        "last_day": "2026年6月30日",
        "interval": "2026年6月1日 00:00 至 2026年7月1日 00:00（不含），北京时间（UTC+08:00）",
        "months": 1,
    }


def test_a_mistake_gives_its_place_and_leaves_output_as_it_was(demo_sources: Path, tmp_path: Path) -> None:
    options = Options(sources=demo_sources, output=tmp_path / "output", kinds=("requirements",))
    run_build(options)
    before = files_of(options.output)
    path = demo_sources / "agreements/sla-harbour-core/B-00.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, "colour: blue"]) + "\n", encoding="utf-8")
    outcome = run_build(options)
    (problem,) = [problem for problem in outcome.problems if problem.severity == "error"]
    assert str(problem.place) == f"sources/agreements/sla-harbour-core/B-00.yaml:{len(lines) + 1}:1"
    assert problem.message == "unknown key 'colour'"
    assert files_of(options.output) == before
