"""`slm due`: what a change of the sources, or a day that passes, asks for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from icalendar import Calendar

from pipeline.cli import slm
from pipeline.compare.deadlines import deadlines
from pipeline.compare.duties import Duty
from pipeline.compare.horizon import later
from pipeline.compare.impact import duties
from pipeline.compare.portfolios import compare
from pipeline.load.characters import all_covered
from pipeline.load.sources import load_portfolio
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month

NETWORK = "catalog/network-operations.yaml"
OFFICE = "calendars/business-cn.yaml"
HARBOUR = "agreements/sla-harbour-core/B-00.yaml"
WHO = {"NAME": "Somebody", "EMAIL": "somebody@example.com"}
TODAY = date(2026, 10, 31)


def edit(sources: Path, file: str, old: str, new: str) -> None:
    text = (sources / file).read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    (sources / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def load(sources: Path) -> Portfolio:
    portfolio, problems = load_portfolio(sources, all_covered)
    assert portfolio is not None, problems
    return portfolio


def changed(sources: Path, *edits: tuple[str, str, str]) -> tuple[list[str], tuple[Duty, ...]]:
    """The changes that edits make, as they are told, and what they ask for."""
    before = load(sources)
    for file, old, new in edits:
        edit(sources, file, old, new)
    after = load(sources)
    changes = compare(before, after)
    return list(map(str, changes)), duties(changes, before, after, TODAY)


def of(found: tuple[Duty, ...], subject: str) -> list[str]:
    return [duty.action for duty in found if duty.subject == subject]


@pytest.mark.parametrize(
    ("file", "old", "new", "thing", "told"),
    [
        (
            NETWORK,
            "limit: 10 min",
            "limit: 5 min",
            "service network-operations",
            "level gold, p1-response limit: 10 min -> 5 min",
        ),
        (
            NETWORK,
            "goal: 99.95%",
            "goal: 99.99%",
            "service network-operations",
            "level gold, uptime goal: 99.95% -> 99.99%",
        ),
        (
            NETWORK,
            "amount: 68000.00",
            "amount: 70000.00",
            "service network-operations",
            "level gold, charge: 68000.00 CNY -> 70000.00 CNY",
        ),
        (NETWORK, "state: offered", "state: retired", "service network-operations", "state: offered -> retired"),
        (
            NETWORK,
            "en: Network Operations}",
            "en: Networks}",
            "service network-operations",
            "name: Network Operations -> Networks",
        ),
        (
            OFFICE,
            '"09:00-12:00"',
            '"08:30-12:00"',
            "calendar business-cn",
            "hours of workdays: 09:00-12:00, 13:30-18:00 -> 08:30-12:00, 13:30-18:00",
        ),
        (OFFICE, "from: 2024", "from: 2025", "calendar business-cn", "years: 2024-2026 -> 2025-2026"),
        ("policy.yaml", "{high: P1, medium: P2,", "{high: P1, medium: P1,", "policy", "matrix, site, medium: P2 -> P1"),
        ("policy.yaml", "retention_years: 3", "retention_years: 5", "policy", "retention years: 3 -> 5"),
        (
            "organization.yaml",
            "incident-manager: he-jing",
            "incident-manager: luo-xin",
            "organization",
            "role incident-manager: he-jing -> luo-xin",
        ),
        (HARBOUR, "credit_cap: 15%", "credit_cap: 20%", "sla sla-harbour-core@B/00", "credit cap: 15% -> 20%"),
        (
            HARBOUR,
            "until: 2027-06-30",
            "until: 2027-05-31",
            "sla sla-harbour-core@B/00",
            "effective: 2026-07-01 to 2027-06-30 -> 2026-07-01 to 2027-05-31",
        ),
        (
            HARBOUR,
            "below: 99.95%, credit: 3%",
            "below: 99.95%, credit: 4%",
            "sla sla-harbour-core@B/00",
            "service network-operations, credit for uptime below 99.95%, credit: 3% -> 4%",
        ),
    ],
)
def test_a_change_is_told_in_business_terms(
    demo_sources: Path, *, file: str, old: str, new: str, thing: str, told: str
) -> None:
    assert changed(demo_sources, (file, old, new))[0] == [f"{thing}: {told}"]


def test_an_entry_put_in_front_changes_none_of_the_others(demo_sources: Path) -> None:
    first = "      - {id: p1-response, measure: response_time, priority: P1, limit: 10 min, goal: 95%}\n"
    more = "      - {id: fast, measure: response_time, priority: P1, limit: 1 min, goal: 50%}\n"
    told, _ = changed(demo_sources, (NETWORK, first, more + first))
    assert told == ["service network-operations: level gold, fast added: response_time P1 1 min 50%"]


def test_entries_in_another_order_are_no_change(demo_sources: Path) -> None:
    first = "      - {id: p1-response, measure: response_time, priority: P1, limit: 10 min, goal: 95%}\n"
    second = "      - {id: p2-response, measure: response_time, priority: P2, limit: 20 min, goal: 95%}\n"
    assert changed(demo_sources, (NETWORK, first + second, second + first))[0] == []


def test_a_long_text_is_shown_around_what_differs(demo_sources: Path) -> None:
    told, _ = changed(demo_sources, (NETWORK, "发现异常先于您的用户", "在您的用户之前发现异常"))
    assert len(told) == 1
    assert "发现异常先于您的用户" in told[0]
    assert "-> …" in told[0]
    assert "Your office network" not in told[0]  # the English text stayed as it was


def test_a_limit_of_a_level_concerns_the_agreements_on_that_level_and_what_underpins_them(demo_sources: Path) -> None:
    _, found = changed(demo_sources, (NETWORK, "limit: 10 min", "limit: 5 min"))  # of gold
    [action] = of(found, "sla-harbour-core@B/00")
    assert action.startswith("the signed text stays as it is; agree and sign a new version")
    assert action.endswith(": slm new version sla-harbour-core")
    for earlier in ("sla-harbour-core@A/00", "sla-harbour-core@A/01"):  # replaced by B/00
        assert of(found, earlier) == []
    assert of(found, "sla-renhe-clinical@A/00") == []  # does not have the service
    for support in ("ola-infrastructure@A/00", "uc-hengyuan-lines@A/00"):
        [action] = of(found, support)
        assert action.startswith("check that it still carries sla-harbour-core@B/00")
    assert of(found, "service catalogue") == [
        "publish a new version: add a revision to catalog.yaml, then make catalog"
    ]


def test_other_words_in_the_catalogue_need_no_new_signature(demo_sources: Path) -> None:
    _, found = changed(demo_sources, (NETWORK, "en: Network Operations}", "en: Networks}"))
    [action] = of(found, "sla-harbour-core@B/00")
    assert "the next version takes it up" in action
    assert "sign a new version" not in action
    assert of(found, "uc-hengyuan-lines@A/00") == []


def test_changed_hours_change_the_figures_of_signed_agreements(demo_sources: Path) -> None:
    _, found = changed(demo_sources, (OFFICE, '"09:00-12:00"', '"08:30-12:00"'))
    [action] = of(found, "sla-harbour-core@B/00")
    assert "its figures are measured by the new hours" in action
    assert "a calendar of their own" in action
    assert of(found, "sla-renhe-clinical@A/00") == []  # measured by other calendars


def test_a_version_being_negotiated_is_sent_again(demo_sources: Path) -> None:
    edit(demo_sources, HARBOUR, "status: signed", "status: negotiating")
    _, found = changed(demo_sources, (NETWORK, "limit: 10 min", "limit: 5 min"))
    assert of(found, "sla-harbour-core@B/00") == ["make builds it anew; send the new draft"]


def test_a_signed_version_refers_to_the_draft_that_follows_it(demo_sources: Path) -> None:
    draft = (demo_sources / HARBOUR).read_text(encoding="utf-8")
    draft = draft.replace("version: B/00", "version: B/01").replace("status: signed", "status: draft")
    draft = draft.replace("replaces: A/01", "replaces: B/00").replace("from: 2026-07-01", "from: 2027-01-01")
    (demo_sources / "agreements/sla-harbour-core/B-01.yaml").write_text(draft, encoding="utf-8")
    _, found = changed(demo_sources, (NETWORK, "limit: 10 min", "limit: 5 min"))
    [action] = of(found, "sla-harbour-core@B/00")
    assert action.endswith("go on with sla-harbour-core@B/01")


def test_a_changed_signed_text_is_to_be_put_back(demo_sources: Path) -> None:
    _, found = changed(demo_sources, (HARBOUR, "credit_cap: 15%", "credit_cap: 20%"))
    assert of(found, "sla-harbour-core@B/00") == [
        "a signed text never changes: put it back, and slm new version sla-harbour-core"
    ]


def test_a_weaker_ola_concerns_every_agreement_that_relies_on_it(demo_sources: Path) -> None:
    _, found = changed(demo_sources, ("agreements/ola-infrastructure/A-00.yaml", "limit: 5 min", "limit: 6 min"))
    for relying in ("sla-harbour-core@B/00", "sla-nordwind-office@A/00"):
        assert of(found, relying) == ["check that ola-infrastructure@A/00 still carries it (slm check)"]


def test_a_service_that_is_offered_starts_the_procedure(demo_sources: Path) -> None:
    edit(demo_sources, NETWORK, "state: offered", "state: planned")
    _, found = changed(demo_sources, (NETWORK, "state: planned", "state: offered"))
    [action] = of(found, "service network-operations")
    assert "SLM1" in action
    assert "slm new agreement" in action


def test_a_role_in_other_hands_concerns_reviews_texts_and_the_procedure(demo_sources: Path) -> None:
    _, found = changed(demo_sources, ("organization.yaml", "incident-manager: he-jing", "incident-manager: luo-xin"))
    assert of(found, "management procedure") == ["make builds it anew; tell everybody who holds a role"]
    assert "takes it up" in of(found, "sla-harbour-core@B/00")[0]  # names her as a contact
    assert {duty.party for duty in found} >= {"organization", "harbour-port", "nordwind-asia"}


def test_a_customer_s_new_name_concerns_its_own_agreements_only(demo_sources: Path) -> None:
    _, found = changed(
        demo_sources, ("parties/customers/harbour-port.yaml", "东澜港口集团有限公司", "东澜港集团有限公司")
    )
    assert {(duty.party, duty.subject) for duty in found} == {("harbour-port", "sla-harbour-core@B/00")}


def test_a_new_priority_matrix_concerns_every_agreement_in_force(demo_sources: Path) -> None:
    _, found = changed(demo_sources, ("policy.yaml", "{high: P1, medium: P2,", "{high: P1, medium: P1,"))
    subjects = {duty.subject for duty in found}
    assert subjects >= {"sla-harbour-core@B/00", "sla-nordwind-office@A/00", "sla-renhe-clinical@A/00"}
    assert "sla-harbour-core@A/00" not in subjects


def test_a_changed_improvement_plan_is_told_to_its_owner(demo_sources: Path) -> None:
    told, found = changed(demo_sources, ("improvements/sip-2026-02.yaml", "due: 2026-10-30", "due: 2026-11-30"))
    assert told == ["improvement sip-2026-02: action sip-2026-02-a, due: 2026-10-30 -> 2026-11-30"]
    assert of(found, "improvement sip-2026-02") == ["make improvements; tell pan-wenjie"]


def test_what_cannot_be_read_on_one_side_is_not_called_new_or_gone(demo_sources: Path) -> None:
    before = load(demo_sources)
    edit(demo_sources, NETWORK, "kind: service", "kind: service\nsurprise: 1")
    after, problems = load_portfolio(demo_sources, all_covered)
    assert after is not None
    assert problems
    assert compare(before, after) == compare(after, before) == ()


# by date


def test_reviews_fall_due_by_the_frequency_agreed(demo_sources: Path) -> None:
    portfolio = load(demo_sources)
    found = {duty.subject: duty for duty in deadlines(portfolio, TODAY, 90) if "its review" in duty.because}
    nordwind = found["sla-nordwind-office@A/00"]
    assert nordwind.because == "its review was due on 2026-07-01"  # yearly, in force since 2025-07-01
    assert nordwind.state == "never reviewed since 2025-07-01"
    assert "sla-renhe-clinical@A/00" not in found  # one is planned
    assert found["sla-harbour-core@B/00"].day == "2027-01-21"
    soon = [duty.subject for duty in deadlines(portfolio, TODAY, 30) if "its review" in duty.because]
    assert "sla-harbour-core@B/00" not in soon


def test_an_agreement_that_ends_within_the_notice_needs_a_successor(demo_sources: Path) -> None:
    portfolio = load(demo_sources)

    def ending(day: str) -> list[tuple[str, str]]:
        found = deadlines(portfolio, date.fromisoformat(day), 90)
        return [(duty.subject, duty.because) for duty in found if duty.because.startswith("end")]

    assert ending("2026-10-31") == []
    assert ending("2027-04-30") == [
        ("sla-harbour-core@B/00", "ends on 2027-06-30"),
        ("sla-nordwind-office@A/00", "ends on 2027-06-30"),
    ]
    assert ("sla-harbour-core@B/00", "ended on 2027-06-30") in ending("2027-07-01")
    assert ("sla-harbour-core@B/00", "ended on 2027-06-30") not in ending("2027-12-31")


def test_a_signed_version_that_is_not_registered_is_due(demo_sources: Path) -> None:
    portfolio = load(demo_sources)
    unregistered = {
        one.label for versions in portfolio.agreements.values() for one in versions if one.status == "signed"
    }
    unregistered -= {f"{identifier}@{version}" for identifier, version in portfolio.register}
    found = {duty.subject for duty in deadlines(portfolio, TODAY, 0) if "register sign" in duty.action}
    assert found == unregistered


def test_a_draft_whose_first_day_has_come_is_due(demo_sources: Path) -> None:
    edit(demo_sources, HARBOUR, "status: signed", "status: negotiating")
    portfolio = load(demo_sources)
    [duty] = [one for one in deadlines(portfolio, TODAY, 0) if one.subject == "sla-harbour-core@B/00"]
    assert (duty.because, duty.state) == ("was to take effect on 2026-07-01", "negotiating")


def test_what_was_promised_in_a_review_is_due_until_it_is_done(demo_sources: Path) -> None:
    open_actions = [one for one in deadlines(load(demo_sources), TODAY, 0) if one.subject == "review harbour-2026-07"]
    assert open_actions
    assert all("was due on 2026" in one.because or "is due on 2026" in one.because for one in open_actions)
    assert all(one.day <= str(TODAY) for one in open_actions)


def test_an_action_that_a_later_month_reports_done_is_due_no_longer(demo_sources: Path) -> None:
    portfolio = load(demo_sources)

    def overdue(day: str) -> list[str]:
        found = deadlines(portfolio, date.fromisoformat(day), 0)
        return [one.key for one in found if one.kind == "action" and one.party == "harbour-port"]

    assert overdue("2026-09-30") == [
        "act-2025-12-3",
        "act-2026-07-1",
        "act-2026-07-2",
        "act-2026-07-4",
        "act-2026-07-3",
    ]
    assert overdue("2026-10-31") == ["act-2026-07-4"]  # the commentary of October tells of the others


def test_reports_fall_due_in_working_days_by_the_provider_s_calendar(demo_sources: Path) -> None:
    portfolio = load(demo_sources)
    found = deadlines(portfolio, date(2026, 9, 30), 60, Month(2026, 9))
    days = {(one.agreement, one.key): one.day for one in found if one.kind == "report"}
    # 1 to 7 October 2026 are public holidays, Saturday the 10th is worked: 8, 9, 10, 12, 13 October
    assert days["sla-harbour-core", "2026-09"] == "2026-10-13"
    assert days["sla-harbour-core", "2026-10"] == "2026-11-06"
    assert days["uc-qirui-maintenance", "2026-Q3"]
    assert ("uc-qirui-maintenance", "2026-10") not in days  # quarterly


def test_without_a_calendar_working_days_are_those_from_monday_to_friday(demo_sources: Path) -> None:
    edit(demo_sources, "policy.yaml", "business_days: business-cn\n", "")
    found = deadlines(load(demo_sources), date(2026, 9, 30), 60, Month(2026, 9))
    days = {(one.agreement, one.key): one.day for one in found if one.kind == "report"}
    assert days["sla-harbour-core", "2026-09"] == "2026-10-07"


def test_a_report_of_a_month_with_exports_was_made_and_is_not_called_late(demo_sources: Path) -> None:
    portfolio = load(demo_sources)

    def late(newest: Month) -> list[tuple[str, str]]:
        found = deadlines(portfolio, date(2026, 11, 30), 0, newest)
        return [(one.key, one.because) for one in found if one.kind == "report" and one.agreement == "sla-harbour-core"]

    assert late(Month(2026, 10)) == []
    assert late(Month(2026, 9)) == [("2026-10", "its report on 2026-10 was due on 2026-11-06")]


@pytest.mark.parametrize(
    ("today", "day", "action"),
    [
        (date(2026, 11, 20), "2026-12-07", "send the questions to the 42 people invited"),
        (date(2026, 12, 8), "2026-12-16", "write its answers: file or answers of the round 2026-12"),
        (date(2027, 1, 8), "2026-12-16", "write its answers: file or answers of the round 2026-12"),
    ],
)
def test_a_round_of_a_survey_is_due_until_it_has_answers(
    demo_sources: Path, today: date, day: str, action: str
) -> None:
    found = [one for one in deadlines(load(demo_sources), today, 30) if one.kind == "survey"]
    assert [(one.party, one.subject, one.day, one.action) for one in found] == [
        ("harbour-port", "survey harbour-satisfaction", day, action)
    ]
    assert found[0].because == "open from 2026-12-07 to 2026-12-16"


def test_a_round_that_was_answered_or_opens_later_is_not_due(demo_sources: Path) -> None:
    assert not [one for one in deadlines(load(demo_sources), date(2026, 11, 6), 30) if one.kind == "survey"]


def test_reviews_with_teams_and_suppliers_fall_due_after_those_with_customers(demo_sources: Path) -> None:
    found = deadlines(load(demo_sources), TODAY, 90)
    [desk] = [one for one in found if one.kind == "review" and one.agreement == "ola-service-desk"]
    assert desk.state == "never reviewed since 2025-01-01"
    assert desk.action.endswith("hold the reviews with customers first")


def test_what_is_due_can_be_taken_into_a_calendar(demo_sources: Path, tmp_path: Path) -> None:
    file = tmp_path / "due.ics"
    result = due(demo_sources, "--today", "2026-10-31", "--ics", str(file), "--json")
    listed = rows(result)
    calendar: Any = Calendar.from_ical(file.read_bytes())
    events = calendar.walk("VEVENT")
    assert result.stderr.splitlines()[-1].endswith(f": {len(events)} events")
    assert len(events) == len(listed) == len({event["UID"] for event in events})
    assert {str(event["DTSTART"].dt) for event in events} == {row["day"] for row in listed}
    [planned] = [event for event in events if event["SUMMARY"].startswith("review renhe-2026-12: planned")]
    assert planned["DTSTART"].dt == date(2026, 12, 10)
    again = tmp_path / "again.ics"
    due(demo_sources, "--today", "2026-10-31", "--ics", str(again))
    assert again.read_bytes() == file.read_bytes()


def test_a_calendar_that_cannot_be_written_is_wrong_usage(demo_sources: Path, tmp_path: Path) -> None:
    result = due(demo_sources, "--ics", str(tmp_path / "nowhere" / "due.ics"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [("2026-08-31", 6, "2027-02-28"), ("2024-02-29", 12, "2025-02-28"), ("2026-12-15", 1, "2027-01-15")],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: str, months: int, then: str) -> None:
    assert later(date.fromisoformat(day), months) == date.fromisoformat(then)


# the command


def git(folder: Path, *arguments: str, moment: str = "") -> None:
    """Run git as somebody, untouched by what the machine has configured."""
    program = shutil.which("git")
    if program is None:
        pytest.skip("git is not installed")
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in WHO.items()}
    when = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment} if moment else {}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **who, **when}
    subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True, env=environment)


@pytest.fixture
def repository(demo_sources: Path) -> Path:
    """The demonstration sources, committed on 1 October 2026 and again, changed, on 1 November."""
    folder = demo_sources.parent
    git(folder, "init", "-q")
    _commit(folder, "2026-10-01T12:00:00")
    edit(demo_sources, NETWORK, "limit: 10 min", "limit: 5 min")
    _commit(folder, "2026-11-01T12:00:00")
    return demo_sources


def _commit(folder: Path, moment: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "state", moment=moment)


def due(sources: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(slm, ["due", *arguments, "--sources", str(sources)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_changes_since_a_revision_or_a_day_are_listed_party_by_party(repository: Path) -> None:
    result = due(repository, "--changed-since", "HEAD~1")
    assert result.stdout == due(repository, "--changed-since", "2026-10-15").stdout
    lines = result.stdout.splitlines()
    assert lines[:2] == [
        "1 change:",
        "   1  service network-operations: level gold, p1-response limit: 10 min -> 5 min",
    ]
    parties = [line.split()[0] for line in lines if line and not line.startswith(" ")][2:]
    assert parties == sorted(parties)
    assert any(line.startswith("harbour-port  东澜港口集团有限公司; contact: 郑海波") for line in lines)
    assert "  sla-harbour-core@B/00, in force until 2027-06-30" in lines
    catalogue = lines[lines.index("  service catalogue") :]
    assert catalogue[1].endswith("then make catalog [1]")
    assert "        catalog/service-catalog.zh-CN.docx" in catalogue


def test_nothing_is_due_where_nothing_changed(repository: Path) -> None:
    result = due(repository, "--changed-since", "HEAD")
    assert (result.exit_code, result.stdout) == (0, "nothing is due\n")


def test_json_lines_name_party_contact_action_and_documents(repository: Path) -> None:
    found = rows(due(repository, "--changed-since", "HEAD~1", "--json"))
    harbour = next(row for row in found if row["subject"] == "sla-harbour-core@B/00")
    assert (harbour["party"], harbour["email"]) == ("harbour-port", "zheng.haibo@donglan.example.com")
    assert harbour["because"] == "service network-operations: level gold, p1-response limit: 10 min -> 5 min"
    assert harbour["file"] == "sources/catalog/network-operations.yaml"
    catalogue = next(row for row in found if row["subject"] == "service catalogue")
    assert "catalog/service-catalog.en.docx" in catalogue["documents"]


def test_documents_of_a_draft_that_would_come_out_differently_are_named(repository: Path) -> None:
    edit(repository, HARBOUR, "status: signed", "status: negotiating")
    _commit(repository.parent, "2026-11-02T12:00:00")
    edit(repository, HARBOUR, "credit_cap: 15%", "credit_cap: 20%")
    found = rows(due(repository, "--changed-since", "HEAD", "--json"))
    own = next(row for row in found if row["subject"] == "sla-harbour-core@B/00")
    assert own["action"] == "make builds it anew; send the new draft"
    assert "harbour-port/agreements/sla-harbour-core_B-00.docx" in own["documents"]
    assert not any("A-01" in file for row in found for file in row["documents"])


def test_a_version_that_was_only_registered_is_not_built_anew(repository: Path) -> None:
    arguments = ["register", "sign", "sla-harbour-core@B/00", "--date", "2026-06-25", "--by", "lin-zhiyuan"]
    signed = CliRunner().invoke(slm, [*arguments, "--sources", str(repository)])
    assert signed.exit_code == 0, signed.output
    result = due(repository, "--changed-since", "HEAD")
    assert (result.exit_code, result.stdout) == (0, "nothing is due\n")


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("nowhere", "git knows no revision 'nowhere'"),
        ("--upload-pack=x", "is no revision"),
        ("", "'' is no revision"),
        ("2026-09-30", "there is no commit up to the end of 2026-09-30"),
        ("2026-02-30", "is not a day of the calendar"),
    ],
)
def test_a_state_that_git_does_not_have_is_wrong_usage(repository: Path, since: str, words: str) -> None:
    result = due(repository, f"--changed-since={since}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_sources_outside_of_a_repository_have_no_earlier_state(
    demo_sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(demo_sources / "nothing"))  # as a hook would leave it
    result = due(demo_sources, "--changed-since", "HEAD")
    assert result.exit_code == 2
    assert "lies in no git repository" in result.stderr


def test_a_folder_that_was_not_there_yet_is_wrong_usage(repository: Path) -> None:
    moved = repository.rename(repository.parent / "elsewhere")
    result = due(moved, "--changed-since", "HEAD")
    assert result.exit_code == 2
    assert "was not there yet at HEAD" in result.stderr


def test_the_day_comes_from_the_option_or_the_environment_or_the_exports(
    demo_sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    by_exports = due(demo_sources).stdout
    assert by_exports == due(demo_sources, "--today", "2026-10-31").stdout
    assert "planned for 2026-12-10" in by_exports
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1809345600")  # 2027-05-03
    assert "ends on 2027-06-30" in due(demo_sources).stdout
    assert due(demo_sources, "--today", "2026-10-31").stdout == by_exports


def test_problems_of_the_sources_are_told_but_hide_nothing(repository: Path) -> None:
    edit(repository, OFFICE, '"09:00-12:00"', '"10:00-12:00"')
    edit(repository, NETWORK, "owner: pan-wenjie", "owner: nobody")
    result = due(repository, "--changed-since", "HEAD~1")
    assert result.exit_code == 1
    assert "unknown person 'nobody'" in result.stderr
    assert "hours of workdays" in result.stdout
