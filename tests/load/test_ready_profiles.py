"""Every ready profile reads a sample of its tool's export, and what it reads is measured."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.check import check
from pipeline.load.characters import all_covered
from pipeline.load.kinds.import_profile import READY, ready
from pipeline.load.sources import load_portfolio
from pipeline.measure.measurement import measure
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import MISSING, Records
from pipeline.options import ROOT
from tests.builders import load_records

PROJECT = ROOT / "tests" / "projects" / "small" / "sources"
SAMPLES = Path(__file__).parent / "samples"
SEPTEMBER = Month(2026, 9)


@dataclass(frozen=True)
class Sample:
    """A file, what a company adds to the ready profile, and what comes of it."""

    profile: str
    file: str
    own: str
    records: Mapping[str, tuple[str, str]]
    set_aside: Mapping[str, str]
    measured: Mapping[str, tuple[int, int]]


SHANGHAI = "timezone: Asia/Shanghai\n"
FIRST = {"p1-resolution": (1, 1), "p2-resolution": (2, 1)}
"""One urgent ticket in time; of the two others one is in time, and one is open past its limit."""

SAMPLES_OF = [
    Sample(
        "servicenow",
        "servicenow.csv",
        SHANGHAI + "values: {customer: {Bay Port Ltd.: bay-port}, service: {ERP Production: app-support}, "
        "priority: {2 - High: P2, 3 - Moderate: P2}}\n",
        {
            "INC0010023": ("2026-09-01 01:05:12", "2026-09-01 03:47:30"),
            "INC0010031": ("2026-09-02 06:20:00", "2026-09-03 02:00:00"),
            "INC0010040": ("2026-09-10 00:00:00", ""),
        },
        {"INC0010044": "company: 'Other Ltd.' is not known; known: bay-port"},
        FIRST,
    ),
    Sample(
        "servicenow-events",
        "servicenow-events.csv",
        SHANGHAI + "values: {customer: {Bay Port Ltd.: bay-port}, service: {ERP Production: app-support}}\n",
        {"INC0010023": ("2026-09-01 01:05:00", "2026-09-01 03:47:00")},
        {"INC0010024": "the state 'Somewhere' in line 7 is not known; add it to states: in sources/imports/tool.yaml"},
        {"p1-response": (1, 1), "p1-resolution": (1, 1)},
    ),
    Sample(
        "jira-service-management",
        "jira.csv",
        SHANGHAI + "values: {customer: {Bay Port: bay-port}, service: {ERP Support: app-support}}\n",
        {
            "ERP-101": ("2026-09-01 01:05:00", "2026-09-01 03:47:00"),
            "ERP-102": ("2026-09-02 06:20:00", "2026-09-03 02:00:00"),
            "ERP-103": ("2026-09-10 00:00:00", ""),
        },
        {"ERP-104": "Custom field (Organizations) is missing"},
        FIRST,
    ),
    Sample(
        "glpi",
        "glpi.csv",
        SHANGHAI
        + "values: {customer: {Root entity > Bay Port: bay-port}, service: {Applications > ERP: app-support}}\n",
        {
            "2101": ("2026-09-01 01:05:00", "2026-09-01 03:47:00"),
            "2102": ("2026-09-02 06:20:00", "2026-09-03 02:00:00"),
            "2103": ("2026-09-10 00:00:00", ""),
        },
        {"2104": "Category: 'Facilities' is not known; known: app-support"},
        FIRST,
    ),
    Sample(
        "itop",
        "itop.csv",
        SHANGHAI + "values: {customer: {Bay Port: bay-port}, service: {ERP: app-support}}\n",
        {
            "R-000101": ("2026-09-01 01:05:12", "2026-09-01 03:47:30"),
            "R-000102": ("2026-09-02 06:20:00", "2026-09-03 02:00:00"),
            "R-000103": ("2026-09-10 00:00:00", ""),
        },
        {"R-000104": "Resolution date is before Start date"},
        {"p1-response": (1, 1), **FIRST},
    ),
    Sample(
        "znuny",
        "znuny.csv",
        SHANGHAI + "values: {customer: {bayport: bay-port}, service: {ERP: app-support}, priority: {3 normal: P2}}\n",
        {
            "2026090110000012": ("2026-09-01 01:05:12", "2026-09-01 03:47:30"),
            "2026090210000045": ("2026-09-02 06:20:00", "2026-09-03 02:00:00"),
            "2026091010000078": ("2026-09-10 00:00:00", ""),
        },
        {"2026091010000079": "Created is missing"},
        {"p1-response": (1, 1), **FIRST},
    ),
    Sample(
        "itss-excel",
        "事件台账.xlsx",
        SHANGHAI + "values: {customer: {海湾港务有限公司: bay-port}, service: {业务系统运维: app-support}}\n",
        {
            "SJ-2026-0901": ("2026-09-01 01:05:12", "2026-09-01 03:47:30"),
            "SJ-2026-0902": ("2026-09-02 06:20:00", "2026-09-03 02:00:00"),
            "SJ-2026-0903": ("2026-09-10 00:00:00", ""),
        },
        {"SJ-2026-0904": "事件级别: '特急' is not known; known: P1, P2"},
        {"p1-response": (1, 1), **FIRST},
    ),
    Sample(
        "zabbix-events",
        "zabbix-events.json",
        "values: {service: {erp-prod-01: app-support}}\n",
        {
            "5501": ("2026-09-05 04:00:00", "2026-09-05 04:30:00"),
            "5507": ("2026-09-12 15:00:00", "2026-09-12 17:00:00"),
        },
        {"5519": "hosts.0.host: 'erp-test-01' is not known; known: app-support"},
        {},
    ),
    Sample(
        "zabbix-sla-report",
        "zabbix-sla.json",
        'values: {service: {"12": app-support}}\n',
        {  # 30 minutes of downtime lie on both sides of the excluded half hour
            "12@1788192600": ("2026-08-31 16:10:00", "2026-08-31 16:40:00"),
            "12@1788192000": ("2026-08-31 16:00:00", "2026-08-31 16:10:00"),
            "12@1788194400": ("2026-08-31 16:40:00", "2026-08-31 17:00:00"),
        },
        {"13@1788278400": "serviceid: '13' is not known; known: app-support"},
        {},
    ),
    Sample(
        "prometheus-range",
        "prometheus.json",
        "values: {service: {erp: app-support}}\n",
        {
            "erp-prod-01:9100,erp@1788580860": ("2026-09-05 04:01:00", "2026-09-05 04:03:00"),
            "erp-prod-01:9100,erp@1788581040": ("2026-09-05 04:04:00", "2026-09-05 04:05:00"),  # then no samples
            "erp-prod-01:9100,erp@1788581400": ("2026-09-05 04:10:00", "2026-09-05 04:11:00"),
        },
        {"shop-01:9100,shop@1788580920": "metric.job: 'shop' is not known; known: app-support"},
        {},
    ),
]


def company(sample: Sample, folder: Path) -> tuple[Portfolio, Records]:
    """The small project with nothing but that export."""
    sources = folder / "sources"
    shutil.copytree(PROJECT, sources, ignore=shutil.ignore_patterns("metrics", "imports"))
    (sources / "imports").mkdir()
    if ready(sample.profile)["describes"] == "outages":  # these samples are of nights and weekends
        for agreement in (sources / "agreements").rglob("*.yaml"):
            text = agreement.read_text(encoding="utf-8")
            agreement.write_text(text.replace("calendar: business-cn", "calendar: always"), encoding="utf-8")
    own = f'kind: import\nid: tool\nextends: {sample.profile}\nfiles: ["{sample.file}"]\n{sample.own}'
    (sources / "imports" / "tool.yaml").write_text(own, encoding="utf-8")
    month = sources / "metrics" / str(SEPTEMBER)
    month.mkdir(parents=True)
    shutil.copy(SAMPLES / sample.file, month)
    portfolio, problems = load_portfolio(sources, all_covered)
    assert portfolio is not None
    assert [str(problem) for problem in (*problems, *check(portfolio))] == []
    records, problems = load_records(sources, portfolio, [SEPTEMBER], all_covered)
    assert {problem.code for problem in problems} == {"set-aside"}
    return portfolio, records


def shown(instant: int) -> str:
    return "" if instant == MISSING else f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize("sample", SAMPLES_OF, ids=lambda sample: str(sample.profile))
def test_the_sample_is_read_and_measured(sample: Sample, tmp_path: Path) -> None:
    portfolio, records = company(sample, tmp_path)
    tickets, outages = records.tickets, records.outages
    found = dict(
        zip(tickets.id, zip(map(shown, tickets.opened), map(shown, tickets.resolved), strict=True), strict=True)
    )
    found |= dict(zip(outages.id, zip(map(shown, outages.start), map(shown, outages.stop), strict=True), strict=True))
    assert found == sample.records
    assert {one.record: one.reason for one in records.set_aside} == sample.set_aside
    assert sum(records.rows.values()) == len(sample.records) + len(sample.set_aside)
    measurement, problems = measure(portfolio, records, [SEPTEMBER])
    assert measurement is not None
    assert problems == ()
    results = {result.promise.target.id: result for result in measurement.months["sla-bay"][-1].results}
    judged = {name: (one.count, one.tally.met) for name, one in results.items() if name != "uptime" and one.count}
    assert judged == sample.measured
    if len(outages):
        assert 99 < (results["uptime"].value or 100) < 100


def test_every_ready_profile_has_a_sample() -> None:
    assert sorted(sample.profile for sample in SAMPLES_OF) == sorted(READY)


def test_pauses_of_an_event_log_come_from_its_states(tmp_path: Path) -> None:
    _, records = company(next(one for one in SAMPLES_OF if one.profile == "servicenow-events"), tmp_path)
    tickets = records.tickets
    pauses = zip(map(shown, tickets.pause_start), map(shown, tickets.pause_stop), tickets.pause_reason, strict=True)
    assert list(pauses) == [("2026-09-01 02:00:00", "2026-09-01 03:00:00", "waiting-customer")]


def test_what_was_planned_is_maintenance(tmp_path: Path) -> None:
    _, records = company(next(one for one in SAMPLES_OF if one.profile == "zabbix-sla-report"), tmp_path)
    outages = records.outages
    kinds = dict(zip(outages.id, outages.category, strict=True))
    assert kinds["12@1788192600"] == "agreed-maintenance"
    assert set(kinds.values()) == {"agreed-maintenance", "outage"}


@pytest.mark.parametrize("name", READY)
def test_a_ready_profile_states_no_time_zone_where_its_times_have_none(name: str) -> None:
    profile = ready(name)
    assert ("timezone" in profile) == (profile["date_formats"] == ["epoch"])
