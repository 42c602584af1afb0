"""`slm forecast` and `slm alert` from the command line, on the demonstration company and on half a month of it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import slm

HARBOUR = "sla-harbour-core"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(slm, list(arguments), catch_exceptions=False)


def foreseen(*arguments: str) -> dict[str, dict[str, Any]]:
    """SLA -> its forecast."""
    result = run("forecast", "--json", *arguments)
    assert result.exit_code == 0, result.stderr
    return {one["agreement"]: one for one in map(json.loads, result.stdout.splitlines())}


def outlook(found: dict[str, Any], service: str, target: str) -> dict[str, Any]:
    (one,) = [row for row in found["targets"] if (row["service"], row["target"]) == (service, target)]
    return dict(one)


def alert(output: Path, moment: str, *arguments: str) -> Result:
    return run("alert", "--output", str(output), "--at", moment, *arguments)


@pytest.fixture
def half_a_month(demo_sources: Path) -> Path:
    """The demonstration sources on 15 October at noon, as the tools would have exported them then."""
    now = "2026-10-15 12:00:00"
    folder = demo_sources / "metrics/2026-10"
    path = folder / "tickets.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    opened, responded, resolved, pauses = (
        header.index(one) for one in ("受理时间", "响应时间", "解决时间", "挂起时段")
    )
    kept = [row for row in rows if row[opened] < now]
    for row in kept:
        for column in (responded, resolved):
            row[column] = row[column] if row[column] < now else ""
        parts = [part.split("/") for part in row[pauses].split(";") if part]
        known = [(begin, end if end < now else "", reason) for begin, end, reason in parts if begin < now]
        row[pauses] = ";".join("/".join(part) for part in known)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *kept])
    path = folder / "outages.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if line[:3] != "OUT" or "OUT202610-01" in line), encoding="utf-8")
    return demo_sources


# -- forecast -----------------------------------------------------------------------------------------------------


def test_half_a_month_of_exports_is_what_the_whole_month_tells_of_its_middle(half_a_month: Path) -> None:
    moment = "2026-10-15T12:00"
    partial = foreseen("--sources", str(half_a_month), "--at", moment)
    assert partial == foreseen("--at", moment)
    assert set(partial) == {HARBOUR, "sla-nordwind-office", "sla-renhe-clinical"}


def test_without_a_moment_now_is_where_the_exports_end(half_a_month: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    found = foreseen("--sources", str(half_a_month))[HARBOUR]
    assert found["at"] == "2026-10-15T10:46:27+08:00"
    assert found["newest"] == "2026-10-15T10:46:26+08:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1792036800")
    assert foreseen("--sources", str(half_a_month))[HARBOUR]["at"] == "2026-10-15T12:00:00+08:00"


def test_figures_are_those_that_a_count_of_the_export_gives(half_a_month: Path) -> None:
    found = foreseen("--sources", str(half_a_month), "--at", "2026-10-15T12:00")[HARBOUR]
    with (half_a_month / "metrics/2026-10/tickets.csv").open(encoding="utf-8") as file:
        mine = [
            row
            for row in csv.DictReader(file)
            if (row["客户"], row["服务"], row["优先级"]) == ("东澜港口集团", "网络运维", "中")
            and row["响应时间"] >= "2026-10-01"
        ]
    one = outlook(found, "network-operations", "p3-response")
    assert one["count"] == len(mine) > 5
    assert (one["gone_s"], one["period_s"]) == (int(14.5 * 86400), 31 * 86400)  # around the clock
    assert one["expected"] == len(mine) * one["period_s"] // one["gone_s"]
    uptime = outlook(found, "network-operations", "uptime")
    assert uptime["allowed"] == pytest.approx((31 * 86400) * 0.0005, abs=0.5)
    assert (uptime["spent"], uptime["outlook"]) == (0, "ok")


def test_exports_of_long_ago_are_warned_of(half_a_month: Path) -> None:
    result = run("forecast", "--sources", str(half_a_month), "--at", "2026-10-16T12:00", "--customer", "harbour-port")
    assert result.exit_code == 0
    assert "warning: the exports reach to 2026-10-15 10:46; now is 2026-10-16 12:00; add newer exports" in result.stderr
    fresh = run("forecast", "--sources", str(half_a_month), "--at", "2026-10-15T20:00", "--customer", "harbour-port")
    assert "the exports reach" not in fresh.stderr


def test_the_text_says_how_its_figures_were_worked_out() -> None:
    result = run("forecast", "--at", "2026-10-22T10:00", "--customer", "harbour-port", "--language", "en")
    assert "Forecast of service levels SLA-HARBOUR-CORE B/00" in result.stdout
    assert "INC20261021-0001" in result.stdout
    assert "Over the limit, open" in result.stdout
    assert "2026-10-22 09:51:10" in result.stdout  # as `slm explain` has it
    assert "So many of the tickets to come may miss, if all others are on time." in " ".join(result.stdout.split())
    explained = json.loads(run("explain", "INC20261021-0001", "--json").stdout)
    assert "2026-10-22T09:51:10+08:00" in {one["deadline"] for one in explained["results"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--at", "tomorrow"), "--at: error: 'tomorrow' is not a moment; write it like 2026-11-20T12:00"),
        (("--at", "0001-01-01"), "--at: error: '0001-01-01' lies outside of"),
        (("--at", "2098-01-01"), "--at: error: no SLA is in force in the month of the moment asked for"),
        (("--at", "2024-01-01"), "there are no exports of the time before the moment asked for"),
        (
            ("--customer", "harbor-port"),
            "error: unknown customer 'harbor-port'; did you mean 'harbour-port'",
        ),
    ],
)
def test_a_mistaken_option_is_told(arguments: tuple[str, ...], message: str) -> None:
    result = run("forecast", *arguments)
    assert result.exit_code == 1
    assert message in result.stderr


def test_a_moment_may_have_an_offset() -> None:
    assert foreseen("--at", "2026-10-15T04:00Z") == foreseen("--at", "2026-10-15T12:00")


# -- alert --------------------------------------------------------------------------------------------------------


def test_a_notice_lists_only_what_is_new(tmp_path: Path) -> None:
    first = alert(tmp_path, "2026-10-22T08:00", "--json")
    assert first.exit_code == 4
    kinds = {(one["target"], one["ticket"]): one["kind"] for one in map(json.loads, first.stdout.splitlines())}
    assert kinds["p3-resolution", "INC20261021-0001"] == "ticket-due"
    nearer = alert(tmp_path, "2026-10-22T09:00", "--json")
    assert (nearer.exit_code, nearer.stdout) == (0, "")
    past = alert(tmp_path, "2026-10-22T10:00", "--json")
    assert past.exit_code == 4
    told = [(one["ticket"], one["kind"]) for one in map(json.loads, past.stdout.splitlines())]
    assert ("INC20261021-0001", "ticket-late") in told
    assert len(list((tmp_path / "alerts").glob("*.eml"))) == 2


def test_what_went_away_and_came_back_is_new_again(tmp_path: Path) -> None:
    def due(moment: str) -> set[str]:
        result = alert(tmp_path, moment, "--json")
        return {one["ticket"] for one in map(json.loads, result.stdout.splitlines())}

    assert "INC20261015-0003" in due("2026-10-16T08:00")
    ledger = tmp_path / "alerts/ledger.json"
    assert "INC20261015-0003" in ledger.read_text(encoding="utf-8")
    assert "INC20261015-0003" not in due("2026-10-16T08:30")
    alert(tmp_path, "2026-10-17T08:00")  # it was closed in time
    assert "INC20261015-0003" not in ledger.read_text(encoding="utf-8")
    known = json.loads(ledger.read_text(encoding="utf-8"))
    ledger.write_text(json.dumps({**known, "at": "2026-10-16T00:00:00+00:00"}), encoding="utf-8")
    assert "INC20261015-0003" in due("2026-10-16T09:00")


def test_the_notice_goes_to_the_slm_manager_and_says_how_it_was_worked_out(tmp_path: Path) -> None:
    result = alert(tmp_path, "2026-10-20T12:00")
    assert result.exit_code == 4
    assert "1 new alert:" in result.stdout
    (path,) = (tmp_path / "alerts").glob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert str(message["To"]) == "苏婉清 <su.wanqing@lanshi.example.com>"
    assert message["Subject"] == "服务级别预警：新增 1 项（2026-10-20 12:00）"
    assert message["Date"] == "Tue, 20 Oct 2026 12:00:00 +0800"
    written = path.with_suffix(".md").read_text(encoding="utf-8")
    assert "| 网络运维 | 可用率 | ≥ 99.95% | 99.94% | — | 22 分 13 秒 | 14 分 00 秒 | 8 分 13 秒 |" in written
    assert "可用率：容许量 = （本期全部约定服务时间 − 迄今不计入的时间）×（100% − 目标值）" in written
    again = tmp_path / "again"
    alert(again, "2026-10-20T12:00")
    assert (again / "alerts" / path.name).read_bytes() == path.read_bytes()


def test_notices_are_no_documents_that_verify_misses_in_the_manifest(demo_output: Path, tmp_path: Path) -> None:
    output = Path(shutil.copytree(demo_output, tmp_path / "output"))
    assert alert(output, "2026-10-20T12:00").exit_code == 4
    result = run("verify", "--output", str(output))
    assert "alerts" not in result.stdout + result.stderr
    (output / "stray.pdf").write_bytes(b"")
    assert "stray.pdf" in (result := run("verify", "--output", str(output))).stdout + result.stderr


def test_one_customer_can_be_looked_at_without_forgetting_the_others(tmp_path: Path) -> None:
    assert alert(tmp_path, "2026-10-22T10:00").exit_code == 4
    assert alert(tmp_path, "2026-10-22T10:00", "--customer", "nordwind-asia").exit_code == 0
    assert alert(tmp_path, "2026-10-22T10:00").exit_code == 0


def test_an_earlier_moment_than_that_of_the_last_notice_is_refused(tmp_path: Path) -> None:
    alert(tmp_path, "2026-10-20T12:00")
    before = (tmp_path / "alerts/ledger.json").read_bytes()
    result = alert(tmp_path, "2026-10-19T12:00")
    assert result.exit_code == 1
    assert "the last notice is of a later moment, 2026-10-20T04:00:00Z" in result.stderr
    assert "if that one was a slip, delete alerts/ledger.json, and all is told again" in result.stderr
    assert (tmp_path / "alerts/ledger.json").read_bytes() == before


@pytest.mark.parametrize(
    "damaged",
    [
        lambda ledger: ledger[: len(ledger) // 2],
        lambda _: "[" * 200_000,
        lambda ledger: ledger.replace("+00:00", "", 1),
        lambda ledger: ledger.replace('"at": "2026-10-22T02:00:00+00:00"', '"at": "9999-12-31T23:59:59-23:59"'),
        lambda ledger: ledger.replace('"opened": ', '"opened": 0.5, "was": ', 1).replace('"was": ', '"opened": 1.', 1),
        lambda ledger: ledger.replace('"ticket": ""', '"ticket": "\\ud800"', 1),
        lambda ledger: ledger.replace('"period": ""', '"period": null', 1),
    ],
    ids=["half", "deep", "no offset", "year 10000", "half a second", "no character", "null"],
)
def test_a_damaged_ledger_is_told_and_left_as_it_is(tmp_path: Path, damaged: Callable[[str], str]) -> None:
    alert(tmp_path, "2026-10-22T10:00")
    ledger = tmp_path / "alerts/ledger.json"
    changed = damaged(ledger.read_text(encoding="utf-8"))
    assert changed != ledger.read_text(encoding="utf-8")
    ledger.write_text(changed, encoding="utf-8")
    result = alert(tmp_path, "2026-10-22T11:00", "--customer", "nordwind-asia")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.endswith("the ledger of alerts cannot be read; delete it, and all alerts are told again")
    assert ledger.read_text(encoding="utf-8") == changed
    ledger.unlink()
    assert alert(tmp_path, "2026-10-22T11:00").exit_code == 4


def test_with_mistakes_in_the_sources_nothing_is_written(demo_sources: Path, tmp_path: Path) -> None:
    policy = demo_sources / "policy.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("stale_after: 24 h", "stale_after: 2 d"), "utf-8")
    output = tmp_path / "output"
    result = alert(output, "2026-10-20T12:00", "--sources", str(demo_sources))
    assert result.exit_code == 1
    assert "alerts.stale_after: '2 d': a day is a service day of a calendar here; write hours, such as 48 h" in (
        result.stderr
    )
    assert not output.exists()


def test_thresholds_come_from_the_policy(demo_sources: Path, tmp_path: Path) -> None:
    policy = demo_sources / "policy.yaml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("least_elapsed: 20%", "least_elapsed: 90%"), encoding="utf-8")
    assert alert(tmp_path / "one", "2026-10-20T12:00", "--sources", str(demo_sources)).exit_code == 0
    policy.write_text(text.replace("budget_used: 80%", "budget_used: 60%"), encoding="utf-8")
    shutil.rmtree(tmp_path / "one")
    result = alert(tmp_path / "one", "2026-10-20T12:00", "--sources", str(demo_sources))
    assert result.exit_code == 4
