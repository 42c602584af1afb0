"""An event log, one row a change, tells when a ticket was answered, waited, was solved and came back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.load.characters import all_covered
from pipeline.load.exports import month_folders
from pipeline.model.quantities import Month
from pipeline.model.records import MISSING, Records
from tests.builders import at, load_records, make_portfolio, make_profile

HEADER = "Number,State,Updated,Opened,Resolved,Priority"
PROFILE = make_profile(
    shape="event-log",
    files=["*.csv"],
    columns={
        "ticket": "Number", "state": "State", "changed": "Updated", "opened": "Opened", "resolved": "Resolved",
        "priority": "Priority",
    },
    constants={"customer": "acme", "service": "desk"},
    date_formats=["%Y-%m-%d %H:%M"],
    missing=["?"],
    states={
        "New": "new", "Active": "running", "Awaiting User": "waiting-customer", "Awaiting Vendor": "waiting-supplier",
        "Resolved": "resolved", "Closed": "resolved",
    },
)  # fmt: skip
LOGGED_ONLY = make_profile(
    shape="event-log",
    files=["*.csv"],
    columns={name: column for name, column in PROFILE.columns.items() if name != "resolved"},
    constants=PROFILE.constants,
    states=PROFILE.states,
)


def row(
    state: str,
    updated: str,
    *,
    number: str = "T1",
    opened: str = "03-02 09:00",
    resolved: str = "?",
    priority: str = "P1",
) -> str:
    """Times are written `03-02 09:00`, all of them in 2026."""
    written = [moment if moment == "?" else f"2026-{moment}" for moment in (updated, opened, resolved)]
    return ",".join([number, state, *written, priority])


def load(folder: Path, files: Mapping[str, list[str]], profile: object = PROFILE) -> Records:
    """Records of `month/name` -> rows."""
    for name, rows in files.items():
        path = folder / "metrics" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    portfolio = make_portfolio(profiles=[profile])  # type: ignore[list-item]
    months = month_folders(folder)
    records, problems = load_records(folder, portfolio, months, all_covered)
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    last = months[-1]
    read = sum(count for (month, _, _), count in records.rows.items() if month == last)
    assert read == list(records.tickets.month).count(last) + sum(one.month == last for one in records.set_aside)
    return records


def pauses(records: Records) -> list[tuple[int, int, str]]:
    tickets = records.tickets
    return list(zip(tickets.pause_start, tickets.pause_stop, tickets.pause_reason, strict=True))


def asides(records: Records) -> list[tuple[int, int, str, str]]:
    return [(one.place.line, one.place.column, one.record, one.reason) for one in records.set_aside]


STORY = [
    row("New", "03-02 09:00"),
    row("New", "03-02 09:05"),
    row("Active", "03-02 09:10"),
    row("Awaiting User", "03-02 10:00"),
    row("Awaiting User", "03-02 10:30"),
    row("Active", "03-02 11:00"),
    row("Awaiting Vendor", "03-02 12:00"),
    row("Resolved", "03-02 13:00", resolved="03-02 13:00"),
    row("Closed", "03-07 13:00", resolved="03-02 13:00"),
]


@pytest.mark.parametrize("profile", [PROFILE, LOGGED_ONLY], ids=["resolved from its column", "resolved from the log"])
def test_a_history_gives_response_resolution_and_pauses(tmp_path: Path, profile: object) -> None:
    records = load(tmp_path, {"2026-03/log.csv": STORY}, profile)
    tickets = records.tickets
    assert (tuple(tickets.id), tuple(tickets.priority), tickets.place[0].line) == (("T1",), ("P1",), 10)
    assert tickets.opened.tolist() == [at("2026-03-02 09:00")]
    assert tickets.responded.tolist() == [at("2026-03-02 09:10")]
    assert tickets.resolved.tolist() == [at("2026-03-02 13:00")]
    assert tickets.reopened.tolist() == [MISSING]
    assert pauses(records) == [
        (at("2026-03-02 10:00"), at("2026-03-02 11:00"), "waiting-customer"),
        (at("2026-03-02 12:00"), at("2026-03-02 13:00"), "waiting-supplier"),
    ]


def test_rows_of_several_tickets_may_be_mixed(tmp_path: Path) -> None:
    other = [line.replace("T1", "T2") for line in STORY]
    mixed = [line for pair in zip(STORY, other, strict=True) for line in pair]
    records = load(tmp_path, {"2026-03/log.csv": mixed})
    assert tuple(records.tickets.id) == ("T1", "T2")
    assert records.tickets.pause_ticket.tolist() == [0, 0, 1, 1]
    assert sum(records.rows.values()) == 2


def test_a_log_with_the_newest_change_first_tells_the_same(tmp_path: Path) -> None:
    """Also where several changes fall into one minute, which their times alone could not put in order."""
    story = [
        row("New", "03-02 09:00", priority="P3"),
        row("Awaiting User", "03-02 10:00", priority="P3"),
        row("Active", "03-02 11:00", priority="P1"),
        row("Resolved", "03-02 11:00", resolved="03-02 11:00", priority="P1"),
        row("Closed", "03-07 11:00", resolved="03-02 11:00", priority="P1"),
    ]
    forward = load(tmp_path / "forward", {"2026-03/log.csv": story}).tickets
    backward = load(tmp_path / "backward", {"2026-03/log.csv": story[::-1]}).tickets
    for tickets in (forward, backward):
        assert (tuple(tickets.priority), tickets.reopened.tolist()) == (("P1",), [MISSING])
        assert tickets.resolved.tolist() == [at("2026-03-02 11:00")]
        assert tickets.pause_stop.tolist() == [at("2026-03-02 11:00")]


def test_an_open_ticket_has_no_resolution_and_its_wait_goes_on(tmp_path: Path) -> None:
    records = load(tmp_path, {"2026-03/log.csv": [row("New", "03-02 09:00"), row("Awaiting User", "03-02 10:00")]})
    assert records.tickets.resolved.tolist() == [MISSING]
    assert pauses(records) == [(at("2026-03-02 10:00"), MISSING, "waiting-customer")]


def test_a_ticket_nobody_touched_has_no_response(tmp_path: Path) -> None:
    records = load(tmp_path, {"2026-03/log.csv": [row("New", "03-02 09:00")]})
    assert records.tickets.responded.tolist() == [MISSING]


REOPENED = [
    row("Active", "03-02 09:00"),
    row("Resolved", "03-02 10:00", resolved="03-02 10:00"),
    row("Active", "03-03 09:00", resolved="03-02 10:00"),
]


def test_the_time_between_a_resolution_and_its_reopening_is_a_pause(tmp_path: Path) -> None:
    story = [*REOPENED, row("Resolved", "03-03 11:00", resolved="03-03 11:00")]
    records = load(tmp_path, {"2026-03/log.csv": story})
    assert records.tickets.resolved.tolist() == [at("2026-03-03 11:00")]
    assert records.tickets.reopened.tolist() == [at("2026-03-03 09:00")]
    assert pauses(records) == [(at("2026-03-02 10:00"), at("2026-03-03 09:00"), "resolved")]


def test_a_ticket_reopened_and_not_solved_again_is_open_although_its_old_resolution_stands(tmp_path: Path) -> None:
    records = load(tmp_path, {"2026-03/log.csv": REOPENED})
    assert records.tickets.resolved.tolist() == [MISSING]
    assert records.tickets.reopened.tolist() == [at("2026-03-03 09:00")]


def test_a_closed_ticket_whose_resolution_lies_before_its_reopening_is_set_aside(tmp_path: Path) -> None:
    story = [*REOPENED, row("Closed", "03-03 11:00", resolved="03-02 10:00")]
    assert asides(load(tmp_path, {"2026-03/log.csv": story})) == [(4, 3, "T1", "Resolved is before Updated")]


def test_a_log_that_ends_before_the_resolution_still_gives_it(tmp_path: Path) -> None:
    records = load(tmp_path, {"2026-03/log.csv": [row("Active", "03-02 09:00", resolved="03-02 12:00")]})
    assert records.tickets.resolved.tolist() == [at("2026-03-02 12:00")]


@pytest.mark.parametrize(
    ("bad", "place", "reason"),
    [
        (
            row("Sleeping", "03-02 09:30"),
            (3, 2),
            "the state 'Sleeping' in line 3 is not known; add it to states: in sources/imports/tool.yaml",
        ),
        (row("Active", "?"), (3, 3), "Updated is missing in line 3"),
        (
            row("Active", "03-32 09:30"),
            (3, 3),
            "Updated is '2026-03-32 09:30', not a time of the form %Y-%m-%d %H:%M in the years 1990 to 2100",
        ),
        (row("Active", "03-02 09:30") + ",x", (3, 1), "the row has 7 cells, the header 6"),
        (row("Active", "03-02 08:00"), (3, 3), "Updated is before Opened"),
    ],
    ids=["state", "no time", "bad time", "cells", "before opening"],
)
def test_one_bad_row_sets_its_ticket_aside_and_no_other(
    tmp_path: Path, bad: str, place: tuple[int, int], reason: str
) -> None:
    rows = [row("New", "03-02 09:00"), bad, row("Resolved", "03-02 11:00", resolved="03-02 11:00")]
    records = load(tmp_path, {"2026-03/log.csv": [*rows, *(line.replace("T1", "T2") for line in STORY)]})
    assert asides(records) == [(*place, "T1", reason)]
    assert tuple(records.tickets.id) == ("T2",)


def test_a_closed_ticket_without_a_resolution_is_set_aside(tmp_path: Path) -> None:
    records = load(tmp_path, {"2026-03/log.csv": [row("New", "03-02 09:00"), row("Closed", "03-02 11:00")]})
    assert asides(records) == [(3, 5, "T1", "the ticket is closed, but Resolved is missing")]


def test_rows_without_a_number_are_set_aside_one_by_one(tmp_path: Path) -> None:
    records = load(
        tmp_path, {"2026-03/log.csv": [row("New", "03-02 09:00", number="?"), row("New", "03-02 09:00", number="?")]}
    )
    assert asides(records) == [(2, 1, "", "Number is missing"), (3, 1, "", "Number is missing")]


MARCH = [row("New", "03-30 09:00", opened="03-30 09:00"), row("Awaiting User", "03-30 10:00", opened="03-30 09:00")]
APRIL = [
    row("Active", "04-02 10:00", opened="03-30 09:00"),
    row("Resolved", "04-02 11:00", opened="03-30 09:00", resolved="04-02 11:00"),
]


@pytest.mark.parametrize("april", [APRIL, [*MARCH, *APRIL]], ids=["new changes only", "whole history"])
def test_a_ticket_that_spans_months_keeps_its_history(tmp_path: Path, april: list[str]) -> None:
    records = load(tmp_path, {"2026-03/log.csv": MARCH, "2026-04/log.csv": april})
    assert records.tickets.responded.tolist() == [at("2026-03-30 10:00")]
    assert records.tickets.resolved.tolist() == [at("2026-04-02 11:00")]
    assert records.tickets.reopened.tolist() == [MISSING]
    assert pauses(records) == [(at("2026-03-30 10:00"), at("2026-04-02 10:00"), "waiting-customer")]
    assert tuple(records.tickets.month) == (Month(2026, 4),)


def test_changes_that_a_later_month_repeats_did_not_happen_twice(tmp_path: Path) -> None:
    """Solved twice within the minute would look like a reopening."""
    march = [
        row("New", "03-02 09:00"),
        row("Active", "03-02 10:00"),
        row("Resolved", "03-02 10:00", resolved="03-02 10:00"),
    ]
    april = [*march[1:], row("Closed", "04-01 10:00", resolved="03-02 10:00")]
    tickets = load(tmp_path, {"2026-03/log.csv": march, "2026-04/log.csv": april}).tickets
    assert (tickets.responded.tolist(), tickets.reopened.tolist()) == ([at("2026-03-02 10:00")], [MISSING])


def test_a_month_s_log_may_come_in_several_files(tmp_path: Path) -> None:
    records = load(tmp_path, {"2026-03/a.csv": STORY[:4], "2026-03/b.csv": STORY[4:]})
    assert records.set_aside == ()
    assert len(pauses(records)) == 2
    assert [file.file.rpartition("/")[2] for file in records.files] == ["a.csv", "b.csv"]


def test_a_history_that_began_before_the_months_asked_for_is_read_from_its_beginning(tmp_path: Path) -> None:
    """A report looks a year back; its tickets may be older."""
    load(tmp_path, {"2026-03/log.csv": MARCH, "2026-04/log.csv": APRIL}, LOGGED_ONLY)
    portfolio = make_portfolio(profiles=[LOGGED_ONLY])
    records, _ = load_records(tmp_path, portfolio, [Month(2026, 4)], all_covered)
    assert records.tickets.opened.tolist() == [at("2026-03-30 09:00")]
    assert records.tickets.responded.tolist() == [at("2026-03-30 10:00")]
    assert pauses(records) == [(at("2026-03-30 10:00"), at("2026-04-02 10:00"), "waiting-customer")]


def test_what_was_set_aside_before_the_months_asked_for_is_not_told_again(tmp_path: Path) -> None:
    wrong = row("Sleeping", "03-02 09:10", number="T2")
    load(tmp_path, {"2026-03/log.csv": [*MARCH, wrong], "2026-04/log.csv": APRIL})
    portfolio = make_portfolio(profiles=[PROFILE])
    told = [load_records(tmp_path, portfolio, months, all_covered)[1] for months in MARCH_AND_APRIL]
    assert [[problem.code for problem in problems] for problems in told] == [["set-aside"], []]


MARCH_AND_APRIL = [[Month(2026, 3), Month(2026, 4)], [Month(2026, 4)]]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (row("Sleeping", "03-02 09:10"), "the state 'Sleeping' in line 3 is not known"),
        (row("Active", "?"), "Updated is missing in line 3"),
    ],
    ids=["state", "time"],
)
def test_a_mistake_corrected_in_a_later_whole_history_is_forgotten(tmp_path: Path, wrong: str, reason: str) -> None:
    records = load(tmp_path, {"2026-03/log.csv": [STORY[0], wrong], "2026-04/log.csv": STORY})
    assert [(one.month, one.reason.partition(";")[0]) for one in records.set_aside] == [(Month(2026, 3), reason)]
    assert tuple(records.tickets.month) == (Month(2026, 4),)


def test_a_mistake_in_an_earlier_part_of_the_history_keeps_the_ticket_set_aside(tmp_path: Path) -> None:
    records = load(
        tmp_path, {"2026-03/log.csv": [STORY[0], row("Sleeping", "03-02 09:10")], "2026-04/log.csv": STORY[3:]}
    )
    assert len(records.tickets) == 0
    assert [(str(one.month), str(one.place)) for one in records.set_aside] == [
        ("2026-03", "sources/metrics/2026-03/log.csv:3:2"),
        ("2026-04", "sources/metrics/2026-03/log.csv:3:2"),
    ]


# -- what else the history tells ----------------------------------------------------------------------------------


def test_the_history_tells_the_first_priority_and_its_last_change(tmp_path: Path) -> None:
    rows = [
        row("New", "03-02 09:00", priority="P3"),
        row("Active", "03-02 10:00", priority="P3"),
        row("Active", "03-02 11:00", priority="to be triaged"),
        row("Active", "03-02 12:00", priority="P1"),
        row("Active", "03-02 13:00", priority="?"),
        row("Resolved", "03-02 14:00", resolved="03-02 14:00", priority="P1"),
    ]
    tickets = load(tmp_path, {"2026-03/log.csv": rows}).tickets
    assert (tickets.first_priority[0], tickets.priority[0]) == ("P3", "P1")
    assert tickets.prioritized[0] == at("2026-03-02 12:00")


def test_a_priority_that_never_changed_is_the_first_one(tmp_path: Path) -> None:
    rows = [row("New", "03-02 09:00"), row("Resolved", "03-02 14:00", resolved="03-02 14:00")]
    tickets = load(tmp_path, {"2026-03/log.csv": rows}).tickets
    assert (tickets.first_priority[0], tickets.prioritized[0]) == ("P1", MISSING)


def test_every_change_is_a_sign_of_life_and_every_return_a_reopening(tmp_path: Path) -> None:
    moments = ["03-02 09:00", "03-02 10:00", "03-02 11:00", "03-02 12:00", "03-02 13:00", "03-02 14:00"]
    states = ["New", "Resolved", "Active", "Resolved", "Active", "Resolved"]
    rows = [row(state, moment, resolved="03-02 14:00") for state, moment in zip(states, moments, strict=True)]
    tickets = load(tmp_path, {"2026-03/log.csv": rows}).tickets
    assert (tickets.reopens[0], tickets.updates[0]) == (2, 6)
    assert list(tickets.update_at) == [at(f"2026-{moment}") for moment in moments]
