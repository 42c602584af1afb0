"""`slm whatif`: what it says equals editing the agreement and reporting on the months, and nothing is written."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from click.testing import CliRunner, Result

from pipeline.build import gather
from pipeline.cli import slm
from pipeline.merge.report import ReportContext
from pipeline.merge.whatif import WhatIfRecord
from pipeline.options import ROOT, Options
from pipeline.whatif import Question
from pipeline.whatif import whatif as answer_of

PORT, OFFICE = "sla-harbour-core", "sla-nordwind-office"
OTHERS = ("Nordwind", "仁禾", "Renhe")

Edit = Callable[[str], str]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(slm, ["whatif", *map(str, arguments)])


def told(*arguments: str | Path) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def recalculated(sla: str, *settings: str, months: int = 12, sources: Path = ROOT / "sources") -> WhatIfRecord:
    answer = answer_of(Options(sources=sources), Question(sla, settings, months))
    assert answer.record is not None, answer.problems
    return answer.record


def report_of(sources: Path, sla: str) -> ReportContext:
    """The report on the last month, as the documents have it."""
    documents, _, problems = gather(Options(sources=sources, kinds=("reports",)))
    assert documents, problems
    (context,) = {
        id(one.context): one.context
        for one in documents
        if one.agreement == sla
        and isinstance(one.context, ReportContext)
        and one.context.language == one.language
        and one.stem.endswith("2026-10")
    }.values()
    return context


def edit(sources: Path, sla: str, change: Edit) -> None:
    """Write every version of an agreement anew."""
    for path in sorted((sources / "agreements" / sla).glob("*.yaml")):
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def sub(pattern: str, written: str) -> Edit:
    def change(text: str) -> str:
        return re.sub(pattern, written, text, flags=re.MULTILINE)

    return change


def text_of(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(document[page].get_textpage().get_text_range() for page in range(len(document)))


# -- the same as writing it into the file -------------------------------------------------------------------------


EDITS: list[tuple[str, tuple[str, ...], Edit]] = [
    (PORT, ("p1-resolution.limit=2h",), sub(r"(id: p1-resolution,.*limit: )[^,]+,", r"\g<1>2 h,")),
    (PORT, ("p3-resolution.goal=99.5%",), sub(r"(id: p3-resolution,.*goal: )[^,}]+", r"\g<1>99.5%")),
    (PORT, ("calendar=business-cn",), sub(r"^    calendar: \S+", "    calendar: business-cn")),
    (
        PORT,
        ("p2-resolution.pause_on=", "p3-resolution.pause_on=waiting-supplier"),
        lambda text: sub(r"(id: p3-resolution,.*\n *pause_on: )\[[^]]*\]", r"\g<1>[waiting-supplier]")(
            sub(r"(id: p2-resolution,.*\n *)pause_on: \[[^]]*\], ", r"\g<1>")(text)
        ),
    ),
    (PORT, ("counted_by=opened",), sub("counted_by: resolved", "counted_by: opened")),
    (PORT, ("p3-resolution.grace=2h",), sub(r"(id: p3-resolution,.*limit: [^,]+,)", r"\g<1> grace: 2 h,")),
    (
        PORT,
        ("p3-resolution.aggregate=mean", "p3-resolution.limit=", "p3-resolution.goal=6h"),
        sub(r"(id: p3-resolution,.*) limit: [^,]+, goal: [^,}]+", r"\g<1> aggregate: mean, goal: 6 h"),
    ),
    (
        PORT,
        ("credit_cap=4%", "uptime.credits=99.9%:6%,99%:20%"),
        lambda text: sub(r"^credit_cap: .*", "credit_cap: 4%")(
            sub(
                r"^    credits:.*\n((?:      - .*\n)+)",
                "    credits:\n      - {target: uptime, below: 99.9%, credit: 6%}\n"
                "      - {target: uptime, below: 99%, credit: 20%}\nOLD",
            )(text).replace("OLD", "")
        ),
    ),
    (
        OFFICE,
        ("uptime.repeated_miss=1 of 3:2%", "credit_cap_year=0.5%", "uptime.goal=99.99%"),
        lambda text: sub(r"^credit_cap: .*", r"\g<0>\ncredit_cap_year: 0.5%")(
            sub(
                r"^    credits:",
                "    repeated_miss:\n      - {target: uptime, months: 1, of: 3, credit: 2%}\n    credits:",
            )(sub(r"(id: uptime,.*goal: )[^,}]+", r"\g<1>99.99%")(text))
        ),
    ),
]


@pytest.mark.parametrize(("sla", "settings", "change"), EDITS, ids=[" ".join(one[1]) for one in EDITS])
def test_it_says_what_the_report_says_once_the_file_is_edited(
    demo_sources: Path, sla: str, settings: tuple[str, ...], change: Edit
) -> None:
    policy = demo_sources / "policy.yaml"
    policy.write_text(sub("^underpinning: .*", "underpinning: warning")(policy.read_text(encoding="utf-8")), "utf-8")
    found = recalculated(sla, *settings, sources=demo_sources)
    assert any(one.before != one.after for setting in found.settings for one in setting.versions)
    for side in ("before", "after"):
        if side == "after":
            edit(demo_sources, sla, change)
        report = report_of(demo_sources, sla)
        rows = {(one.service, one.target): one for one in report.results}
        mine = {(one.service, one.target): one for one in found.results if getattr(one.months[-1], side)}
        assert rows.keys() == mine.keys()
        for key, row in rows.items():
            last = getattr(mine[key].months[-1], side)
            assert (last.value, last.status, last.met, last.missed, last.credit) == (
                row.value,
                row.status,
                row.met,
                row.missed,
                row.credit,
            )
            months = [getattr(one, side) for one in mine[key].months]
            trend = [(None, "no-data") if one is None else (one.value, one.status) for one in months]
            assert trend == [(point.value, point.status) for point in row.trend]
        due = getattr(found.credits[-1], side)
        assert (due.uncapped, due.credited) == (report.credits.uncapped, report.credits.total)


def test_what_is_credited_each_month_can_be_counted_by_hand() -> None:
    found = recalculated(PORT, "uptime.credits=99.95%:4%,99.9%:9%", "uptime.goal=99.95%", "credit_cap=12%")
    charges = {"A/00": 96_000, "A/01": 148_000, "B/00": 188_000}
    for at, month in enumerate(found.credits):
        due = Decimal(0)
        for one in found.results:
            side = one.months[at].after
            if side is not None and side.value is not None and one.target == "uptime":
                due += 9 if side.value < Decimal("99.9") else 4 if side.value < Decimal("99.95") else 0
            elif (
                side is not None
                and side.version == "B/00"
                and (one.service, one.target)
                == (
                    "network-operations",
                    "p1-resolution",
                )
            ):
                due += 3 if side.value is not None and side.value < 95 else 0
        assert month.after is not None
        assert (month.after.uncapped, month.after.credited) == (due, min(due, Decimal(12)))
        assert month.after.amount == charges[month.after.version] * min(due, Decimal(12)) / 100
    assert found.credits_after.amount == sum(one.after.amount or 0 for one in found.credits if one.after)
    assert found.credits_after.credited > found.credits_before.credited


def test_money_of_two_currencies_is_not_added_up(demo_sources: Path) -> None:
    old = demo_sources / "agreements" / PORT / "A-01.yaml"
    old.write_text(old.read_text(encoding="utf-8").replace("currency: CNY", "currency: EUR"), "utf-8")
    found = recalculated(PORT, "credit_cap=4%", sources=demo_sources)
    due = {one.month: one.after for one in found.credits if one.after and one.after.amount}
    assert {month: (side.amount, side.currency) for month, side in due.items()} == {
        "2026-03": (Decimal(5920), "EUR"),
        "2026-04": (Decimal(4440), "EUR"),
        "2026-06": (Decimal(4440), "EUR"),
        "2026-08": (Decimal(7520), "CNY"),
    }
    assert (found.credits_after.credited, found.credits_after.amount) == (Decimal(14), None)
    assert found.credits_before.amount is None
    found = recalculated(PORT, "credit_cap=4%", sources=demo_sources, months=4)
    assert (found.credits_after.credited, found.credits_after.amount) == (Decimal(4), Decimal(7520))


def test_what_earlier_months_of_the_contract_year_used_up_counts_also_where_they_are_not_shown() -> None:
    written = "uptime.goal=100%", "uptime.credits=100%:5%", "credit_cap_year=0.5%"
    settings = [part for one in written for part in ("--set", one)]
    whole, end = (
        told(OFFICE, *settings, "--month", "2026-05", "--months", months)["credits"] for months in ("12", "2")
    )
    assert end == whole[-2:]
    april = end[0]["after"]
    assert (april["uncapped"], april["credited"]) == (5, 1)


def test_the_first_month_rests_on_all_that_its_report_rests_on(demo_sources: Path) -> None:
    policy = demo_sources / "policy.yaml"
    policy.write_text(sub("^underpinning: .*", "underpinning: warning")(policy.read_text(encoding="utf-8")), "utf-8")
    edit(demo_sources, PORT, sub("starts_on_day: 1", "starts_on_day: 15"))
    found = recalculated(PORT, "p3-resolution.limit=12h", sources=demo_sources, months=1)
    edit(demo_sources, PORT, sub(r"(id: p3-resolution,.*limit: )[^,]+,", r"\g<1>12 h,"))
    rows = {(one.service, one.target): one for one in report_of(demo_sources, PORT).results}
    assert len(found.results) == len(rows) > 20
    for one in found.results:
        after, row = one.months[0].after, rows[one.service, one.target]
        assert after is not None
        assert (after.value, after.met, after.missed) == (row.value, row.met, row.missed)


def test_months_that_nothing_is_known_of_are_told(demo_sources: Path) -> None:
    shutil.rmtree(demo_sources / "metrics/2026-03")
    result = run(PORT, "--set", "credit_cap=5%", "--sources", demo_sources)
    assert result.exit_code == 0
    assert "there are no exports for 2026-03; it counts on no side" in result.stderr
    (demo_sources / "metrics/2026-10/tickets.csv").unlink()
    result = run(PORT, "--set", "credit_cap=5%", "--sources", demo_sources)
    assert result.exit_code == 1  # as for a build: what was open would seem to run out of time
    assert "there is no export of tickets for 2026-10" in result.stderr


# -- tickets ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        ("p1-resolution.limit=2h",),
        ("p3-resolution.limit=12h", "p2-response.limit=10min"),
        ("calendar=business-cn",),
        ("p3-resolution.grace=2h",),
    ],
    ids=" ".join,
)
def test_the_tickets_judged_differently_account_for_every_difference_of_the_counts(settings: tuple[str, ...]) -> None:
    found = recalculated(PORT, *settings)
    sums: Counter[tuple[str, str, str, str]] = Counter()
    for flip in found.flips:
        for sign, side in ((1, flip.after), (-1, flip.before)):
            if side is not None:
                sums[flip.service, flip.target, side.counts_in, side.verdict] += sign
    for one in found.results:
        for month in one.months:
            if one.measure not in {"response_time", "resolution_time"} or month.before is None or month.after is None:
                continue
            key = one.service, one.target, month.month
            assert month.after.met - month.before.met == sums[(*key, "met")]
            assert month.after.missed - month.before.missed == sums[(*key, "missed")]
    assert found.flips
    for flip in found.flips:
        for side in (flip.before, flip.after):
            assert side is not None
            assert (side.elapsed_s > side.limit_s) == (side.verdict == "missed")


def test_a_ticket_judged_differently_is_told_with_both_times_and_limits() -> None:
    flips = {one["ticket"]: one for one in told(PORT, "--set", "p1-resolution.limit=2h")["flips"]}
    assert flips.keys() == {"INC20251224-0004", "INC20260205-0001", "INC20260302-0003", "INC20260423-0001"}
    ticket = flips["INC20260302-0003"]
    assert ticket["before"] == {
        "version": "A/01",
        "elapsed_s": 10_887,
        "limit_s": 14_400,
        "verdict": "met",
        "counts_in": "2026-03",
    }
    assert ticket["after"] == {**ticket["before"], "limit_s": 7_200, "verdict": "missed"}
    lines = (ROOT / ticket["file"]).read_text(encoding="utf-8").splitlines()
    assert lines[ticket["line"] - 1].startswith("INC20260302-0003,")


def test_a_setting_of_one_service_leaves_the_others_as_they_are() -> None:
    found = recalculated(PORT, "server-operations.p1-resolution.limit=2h")
    assert {(one.service, one.target) for one in found.results if one.changed} == {
        ("server-operations", "p1-resolution")
    }
    assert {one.service for one in found.flips} == {"server-operations"}


# -- what does not change -----------------------------------------------------------------------------------------


def test_setting_what_was_agreed_changes_nothing() -> None:
    result = run(OFFICE, "--set", "credit_cap=10%", "--language", "en")
    assert result.exit_code == 0
    assert "In these months nothing would have come out differently" in result.stdout
    found = recalculated(OFFICE, "credit_cap=10%", "network-operations.calendar=always")
    assert not [one for one in found.results if one.changed]
    assert found.flips == ()
    assert found.credits_before == found.credits_after
    assert [one.before for one in found.credits] == [one.after for one in found.credits]


def test_the_sources_stay_as_they_are(demo_sources: Path, tmp_path: Path) -> None:
    def digests() -> dict[Path, str]:
        files = (one for one in demo_sources.rglob("*") if one.is_file())
        return {one: hashlib.sha256(one.read_bytes()).hexdigest() for one in files}

    before = digests()
    pdf = tmp_path / "letter.pdf"
    assert run(PORT, "--set", "p1-resolution.limit=2h", "--sources", demo_sources, "--pdf", pdf).exit_code == 0
    assert digests() == before


def test_months_without_exports_or_outages_are_no_data(demo_sources: Path) -> None:
    (demo_sources / "metrics/2026-05/outages.csv").unlink()
    for path in (demo_sources / "metrics/2026-02").iterdir():
        path.unlink()
    (demo_sources / "metrics/2026-02").rmdir()
    found = recalculated(PORT, "uptime.goal=99.99%", sources=demo_sources)
    (uptime,) = [one for one in found.results if (one.service, one.target) == ("network-operations", "uptime")]
    assert uptime.months[3].month == "2026-02"
    assert uptime.months[3].before is None
    assert uptime.months[6].after is not None
    assert (uptime.months[6].after.value, uptime.months[6].after.status) == (None, "no-data")
    assert (uptime.before.measured, uptime.after.measured) == (10, 10)


def test_as_many_months_are_told_as_were_asked_for_and_as_there_are_exports() -> None:
    found = told(PORT, "--set", "p1-resolution.limit=2h", "--months", "3", "--month", "2026-04")
    assert (found["first"], found["last"]) == ("2026-02", "2026-04")
    assert [one["month"] for one in found["credits"]] == ["2026-02", "2026-03", "2026-04"]
    assert {one["ticket"] for one in found["flips"]} == {
        "INC20260205-0001",
        "INC20260302-0003",
        "INC20260423-0001",
    }
    assert told(PORT, "--set", "p1-resolution.limit=2h", "--months", "60")["first"] == "2025-11"


def test_a_version_without_the_target_stays_as_it_is_and_is_named() -> None:
    found = told(PORT, "--set", "database-operations.p1-resolution.limit=2h")
    (setting,) = found["settings"]
    assert setting["unchanged"] == ["A/00"]
    assert [(one["version"], one["before"], one["after"]) for one in setting["versions"]] == [
        ("A/01", "4 小时", "2 小时"),
        ("B/00", "4 小时", "2 小时"),
    ]
    output = run(PORT, "--set", "database-operations.p1-resolution.limit=2h", "--language", "en").stdout
    expected = "Database Operations, P1 Resolution time: time limit: not in version A/00, which is measured as agreed."
    assert expected in output


# -- to read ------------------------------------------------------------------------------------------------------


def test_the_tables_say_how_often_targets_were_met_and_what_is_credited() -> None:
    settings = ("--set", "p1-resolution.limit=2h", "--set", "credit_cap=4%")
    lines = [" ".join(line.split()) for line in run(PORT, *settings, "--language", "en").stdout.splitlines()]
    for expected in (
        "Recalculation under Changed Terms sla-harbour-core",
        "Months November 2025 to October 2026 (12)",
        "Network Operations, P1 Resolution time: time limit A/00, A/01: 4 h; B/00: 3 h 2 h",
        "Network Operations, P1 Resolution time 8/9 50% 91% 6/9 0% 64%",
        "March 2026 5% CNY 7,400.00 4% CNY 5,920.00",
        "March 2026 50% 1/2 Missed 0% 0/2 Missed",
        (
            "INC20260423-0001 2026-04-23 15:55 Network Operations, P1 Resolution time "
            "Met: 2 h 17 min 50 s of 4 h 00 min 00 s Missed: 2 h 17 min 50 s of 2 h 00 min 00 s"
        ),
    ):
        assert expected in lines


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "条款调整测算说明"), ("en", "Recalculation under Changed")])
def test_the_letter_is_a_tagged_pdf_with_charts_and_without_other_customers_or_suppliers(
    tmp_path: Path, language: str, title: str
) -> None:
    pdf = tmp_path / "letter.pdf"
    chosen = ("--set", "p1-resolution.limit=2h", "--language", language, "--pdf", pdf)
    assert run(PORT, *chosen).exit_code == 0
    with pikepdf.open(pdf) as opened:
        assert opened.Root.Lang == language
        assert opened.Root.MarkInfo.Marked
    text = text_of(pdf)
    assert title in text
    assert "INC20260423-0001" in text
    assert not [name for name in (*OTHERS, "hengyuan", "ola-") if name in text]
    first = pdf.read_bytes()
    assert run(PORT, *chosen).exit_code == 0
    assert pdf.read_bytes() == first


def test_no_ticket_of_another_customer_is_told_of() -> None:
    found = recalculated(OFFICE, "p3-resolution.limit=1h", "p4-resolution.limit=1h", "p2-resolution.limit=10min")
    numbers = {one.ticket for one in found.flips}
    assert len(numbers) > 100
    for month in (ROOT / "sources/metrics").iterdir():
        for line in (month / "tickets.csv").read_text(encoding="utf-8").splitlines():
            if line.partition(",")[0] in numbers:
                assert "Nordwind" in line


def test_promises_that_the_agreements_behind_do_not_carry_are_warned_of() -> None:
    result = run(PORT, "--set", "network-operations.p1-resolution.limit=2h")
    assert result.exit_code == 0
    (line,) = result.stderr.splitlines()
    assert line.startswith("--set: warning: sla-harbour-core@B/00 network-operations p1-resolution: 2 h promised")


def test_a_ticket_that_a_mean_is_made_of_is_not_called_in_time() -> None:
    settings = "p3-resolution.aggregate=mean", "p3-resolution.limit=", "p3-resolution.goal=6h"
    found = recalculated(OFFICE, *settings)
    assert {(one.before.verdict, one.after.verdict) for one in found.flips if one.before and one.after} == {
        ("missed", "counted")
    }
    shown = run(OFFICE, *(part for one in settings for part in ("--set", one)), "--language", "en").stdout
    assert "counted, not judged by itself" in shown


def test_shares_are_not_drawn_on_the_axis_of_times() -> None:
    settings = "p3-resolution.aggregate=mean", "p3-resolution.limit=", "p3-resolution.goal=6h", "p2-resolution.limit=2h"
    answer = answer_of(Options(), Question(OFFICE, settings, 12))
    assert answer.sheet is not None
    assert answer.record is not None
    changed = {one.target for one in answer.record.results if one.changed}
    assert changed == {"p2-resolution", "p3-resolution"}
    assert {one.unit for one in answer.sheet.pairs} == {"%"}
    assert len(answer.sheet.pairs) == sum(one.changed and one.unit == "%" for one in answer.record.results)


def test_no_month_is_the_poorest_where_versions_add_up_in_different_ways(demo_sources: Path) -> None:
    newest = demo_sources / "agreements" / PORT / "B-00.yaml"
    change = sub(r"(id: p3-resolution,.*) limit: [^,]+, goal: [^,}]+", r"\g<1> aggregate: mean, goal: 6 h")
    newest.write_text(change(newest.read_text(encoding="utf-8")), "utf-8")
    found = recalculated(PORT, "network-operations.p3-resolution.types=incident", sources=demo_sources)
    (one,) = (row for row in found.results if (row.service, row.target) == ("network-operations", "p3-resolution"))
    assert one.before.measured == 12
    assert (one.before.poorest, one.before.overall) == (None, None)


# -- mistakes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("p1-resolution.limit", "this is no key with its value; write it like p1-resolution.limit=2h"),
        ("p1-resolution=2h", "p1-resolution is a target; name a key of it: p1-resolution.limit=2h"),
        ("p1-resolutoin.limit=2h", "unknown target 'p1-resolutoin'; did you mean 'p1-resolution'?"),
        ("network-operation.uptime.goal=1%", "unknown service 'network-operation'; did you mean 'network-operations'?"),
        ("network-operations.uptim.goal=1%", "unknown target of network-operations 'uptim'; did you mean 'uptime'?"),
        ("p1-resolution.limt=2h", "'limt' is no key of a target that can be set; did you mean 'limit'?"),
        (
            "network-operations.calender=x",
            "'calender' is no key of a service that can be set; did you mean 'calendar'?",
        ),
        ("credit_kap=1%", "'credit_kap' is no key of an agreement that can be set; did you mean 'credit_cap'?"),
        ("p1-resolution.limit=2", "limit: '2' is not a time limit"),
        ("p1-resolution.pause_on=waiting-custmer", "did you mean 'waiting-customer'?"),
        ("calendar=busines-cn", "did you mean 'business-cn'?"),
        ("credit_cap=10", "credit_cap: '10' is not a percentage; write it with its sign"),
        ("uptime.credits=99.9%", "'99.9%' is not understood; write it like uptime.credits=99.9%:5%,99%:10%"),
        ("uptime.repeated_miss=often", "'often' is not understood; write it like uptime.repeated_miss=2 of 3:5%"),
        ("uptime.credits=99.99%:5%", "a credit below 99.99% would be paid although the goal of 99.9% is met"),
        ("uptime.limit=2h", "limit does not apply to availability"),
        ("p1-resolution.limit=", "resolution_time needs a limit"),
        ("uptime.minimum_sample=few", "minimum_sample must be a whole number"),
    ],
)
def test_a_mistake_is_told_at_the_option_with_what_to_write_instead(setting: str, expected: str) -> None:
    result = run(PORT, "--set", setting)
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert all(line.startswith(f"--set {setting}: error: ") for line in lines)
    assert any(expected in line for line in lines)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("p1-resolution.limit=2", "limit: '2' is not a time limit"),
        ("p1-resolution.limit=", "resolution_time needs a limit"),
        ("p1-resolution.on_priority_change=restart", "on_priority_change is restart for another priority"),
        ("calendar=", "the key 'calendar' is missing"),
        ("counted_by=", "the key 'counted_by' is missing"),
        ("p1-resolution.limit=" + 5000 * "9" + "h", "is over a year"),
        ("uptime.repeated_miss=" + 5000 * "9" + ":5%", "months must be a whole number"),
        ("credit\ncap=5%", r"'credit\ncap' is no key of an agreement"),
    ],
)
def test_a_mistake_that_shows_in_many_places_is_one_line_at_the_option(setting: str, expected: str) -> None:
    result = run(PORT, "--set", setting)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("--set ")
    assert expected in line
    assert len(line) < 600


def test_a_key_set_twice_is_a_mistake() -> None:
    result = run(PORT, "--set", "uptime.goal=99%", "--set", "uptime.goal=98%")
    assert result.exit_code == 1
    assert "the key is set twice" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("sla-harbor-core",), "SLA: error: unknown SLA 'sla-harbor-core'; did you mean 'sla-harbour-core'?"),
        (("ola-infrastructure",), "SLA: error: unknown SLA 'ola-infrastructure'"),
        ((PORT, "--month", "2020-01"), "--month: error: there are no exports for 2020-01"),
    ],
)
def test_an_unknown_agreement_or_month_is_a_mistake(arguments: tuple[str, ...], expected: str) -> None:
    result = run(*arguments, "--set", "credit_cap=5%")
    assert result.exit_code == 1
    assert expected in result.stderr


@pytest.mark.parametrize("arguments", [(PORT,), (PORT, "--set", "credit_cap=5%", "--months", "0")])
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_sources_with_mistakes_are_told_before_anything_is_measured(demo_sources: Path) -> None:
    policy = demo_sources / "policy.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("retention_years:", "retention_year:"), "utf-8")
    result = run(PORT, "--set", "credit_cap=5%", "--sources", demo_sources)
    assert result.exit_code == 1
    assert "did you mean 'retention_years'?" in result.stderr
