"""Every row of an export becomes a ticket or an outage, or is set aside with its place and its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.load.characters import Glyphs, all_covered
from pipeline.load.exports import misnamed_folders, month_folders
from pipeline.model.quantities import Month
from pipeline.model.records import FULL_IMPACT, MISSING, ImportProfile, Records, SetAside
from pipeline.problems import Problem, Severity
from tests.builders import TICKET_HEADER, at, load_records, make_portfolio, make_profile

GOOD = "T1,acme,desk,P1,2026-03-02 09:00,2026-03-02 09:10,2026-03-02 11:00,,Printer is on fire"
OUTAGE_PROFILE = make_profile(
    identifier="monitor",
    describes="outages",
    files=["outages*.csv"],
    columns={
        "outage": "ID",
        "customer": "Customer",
        "service": "Service",
        "category": "Category",
        "started": "From",
        "ended": "To",
    },
    values={"category": {"Unplanned": "outage", "Planned": "agreed-maintenance"}},
)
OUTAGE_HEADER = "ID,Customer,Service,Category,From,To"


@dataclass
class Company:
    """A `sources/` folder with exports only."""

    folder: Path

    def export(self, content: str | bytes, name: str = "tickets.csv", month: str = "2026-03") -> None:
        """Put a file into a month."""
        path = self.folder / "metrics" / month / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def load(
        self, *profiles: ImportProfile, glyphs: Glyphs = all_covered, services: Sequence[str] = ("desk",)
    ) -> tuple[Records, tuple[Problem, ...]]:
        """Everything in it; no row may get lost on the way."""
        portfolio = make_portfolio(profiles=profiles or (make_profile(), OUTAGE_PROFILE), services=services)
        months = month_folders(self.folder)
        records, problems = load_records(self.folder, portfolio, months, glyphs)
        for month in months:
            read = sum(count for key, count in records.rows.items() if key[0] == month)
            again = sum(one.month == month for one in records.set_aside)
            if month == months[-1]:
                kept = list(records.tickets.month).count(month) + records.outages.month.count(month)
                assert read == kept + again
        return records, problems


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def table(*rows: str, header: str = TICKET_HEADER) -> str:
    return "\n".join([header, *rows, ""])


def asides(records: Records) -> list[tuple[int, int, str, str]]:
    """(line, column, record, reason) of what was set aside."""
    return [(one.place.line, one.place.column, one.record, one.reason) for one in records.set_aside]


def lines(problems: Sequence[Problem]) -> list[str]:
    return [str(problem).removeprefix("sources/metrics/") for problem in problems]


# -- the file -----------------------------------------------------------------------------------------------------


def test_a_row_becomes_a_ticket_with_everything_it_says(company: Company) -> None:
    row = GOOD.replace(
        ",,Printer", ",2026-03-02 09:30/2026-03-02 10:00/waiting-customer; 2026-03-02 10:30//waiting-supplier,Printer"
    )
    company.export(table(row))
    records, problems = company.load()
    tickets = records.tickets
    assert problems == ()
    assert (tuple(tickets.id), tuple(tickets.customer), tuple(tickets.service), tuple(tickets.priority)) == (
        ("T1",),
        ("acme",),
        ("desk",),
        ("P1",),
    )
    assert tickets.opened.tolist() == [at("2026-03-02 09:00")]
    assert tickets.responded.tolist() == [at("2026-03-02 09:10")]
    assert tickets.resolved.tolist() == [at("2026-03-02 11:00")]
    assert tickets.reopened.tolist() == [MISSING]
    assert tuple(tickets.summary) == ("Printer is on fire",)
    assert (tuple(tickets.month), tickets.place[0].line) == ((Month(2026, 3),), 2)
    assert tickets.pause_ticket.tolist() == [0, 0]
    assert tickets.pause_start.tolist() == [at("2026-03-02 09:30"), at("2026-03-02 10:30")]
    assert tickets.pause_stop.tolist() == [at("2026-03-02 10:00"), MISSING]
    assert tuple(tickets.pause_reason) == ("waiting-customer", "waiting-supplier")


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no BOM", "BOM"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(company: Company, ending: str, mark: bytes) -> None:
    company.export(mark + table(GOOD, GOOD.replace("T1", "T2")).replace("\n", ending).encode())
    records, problems = company.load()
    assert problems == ()
    assert tuple(records.tickets.id) == ("T1", "T2")
    assert tuple(records.tickets.summary) == ("Printer is on fire",) * 2
    assert list(records.tickets.line) == [2, 3]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8"])
def test_the_profile_s_encoding_is_used(company: Company, encoding: str) -> None:
    company.export(table(GOOD.replace("Printer is on fire", "打印机起火")).encode(encoding))
    records, problems = company.load(make_profile(encoding=encoding))
    assert problems == ()
    assert tuple(records.tickets.summary) == ("打印机起火",)


def test_a_file_in_another_encoding_is_an_error_at_the_first_wrong_byte(company: Company) -> None:
    company.export(table(GOOD, GOOD.replace("T1", "T2").replace("Printer", "打印机")).encode("gbk"))
    _, problems = company.load()
    assert lines(problems) == [
        (
            "2026-03/tickets.csv:3:69: error: the file is not UTF-8; "
            "write its encoding into sources/imports/tool.yaml, for example encoding: gb18030"
        )
    ]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_profile_s_delimiter_is_used(company: Company, delimiter: str) -> None:
    company.export(table(GOOD).replace(",", delimiter))
    records, problems = company.load(make_profile(delimiter=delimiter))
    assert (problems, tuple(records.tickets.id)) == ((), ("T1",))


def test_lines_are_right_after_a_quoted_cell_of_several_lines(company: Company) -> None:
    first = GOOD.replace("Printer is on fire", '"Printer\r\nis ""on""\n\nfire, again"')
    company.export(table(first, "", GOOD.replace("acme", "amce").replace("T1", "T2")))
    records, _ = company.load()
    assert tuple(records.tickets.summary) == ('Printer\r\nis "on"\n\nfire, again',)
    assert asides(records) == [(7, 2, "T2", "Customer: 'amce' is not known; did you mean 'acme'?")]


def test_a_quote_that_is_never_closed_is_an_error_and_swallows_nothing_silently(company: Company) -> None:
    company.export(table(GOOD, GOOD.replace("Printer", '"Printer'), GOOD.replace("T1", "T3")))
    _, problems = company.load()
    assert lines(problems) == ["2026-03/tickets.csv:3:1: error: not valid CSV: unexpected end of data"]


def test_missing_and_repeated_columns_are_errors_and_nothing_is_read(company: Company) -> None:
    header = TICKET_HEADER.replace("Priority", "Priorty").replace("Summary", "Opened")
    company.export(table(GOOD, header=header))
    records, problems = company.load()
    assert lines(problems) == [
        "2026-03/tickets.csv:1:1: error: the column 'Priority' is missing; did you mean 'Priorty'?",
        "2026-03/tickets.csv:1:9: error: the column 'Opened' appears twice",
        (
            "2026-03/tickets.csv:1:1: error: the column 'Summary' is missing; "
            "known: Customer, Opened, Pauses, Priorty, Resolved, Responded, Service, Ticket"
        ),
    ]
    assert (len(records.tickets), records.rows) == (0, {})


def test_columns_that_the_profile_does_not_name_may_be_anything(company: Company) -> None:
    company.export(table("x," + GOOD + ",y", header="Extra," + TICKET_HEADER + ",Extra"))
    records, problems = company.load()
    assert (problems, tuple(records.tickets.id)) == ((), ("T1",))


@pytest.mark.parametrize("content", ["", "\n", "\ufeff", ",,,\n"])
def test_a_file_without_a_header_is_an_error(company: Company, content: str) -> None:
    company.export(content)
    _, problems = company.load()
    assert lines(problems) == ["2026-03/tickets.csv:1:1: error: the file has no header row"]


def test_a_file_with_a_header_only_is_a_month_without_tickets(company: Company) -> None:
    company.export(table())
    records, problems = company.load()
    assert (problems, len(records.tickets), records.set_aside) == ((), 0, ())
    assert [file.describes for file in records.files] == ["tickets"]


def test_a_file_that_no_profile_or_two_profiles_claim_is_an_error(company: Company) -> None:
    company.export(table(GOOD), name="ticket.csv")
    company.export(table(GOOD), name="tickets-b.csv")
    _, problems = company.load(make_profile(), make_profile(identifier="other", files=["*-b.csv"]))
    assert lines(problems) == [
        "2026-03/ticket.csv:1:1: error: no import profile reads this file; did you mean 'tickets*.csv'?",
        "2026-03/tickets-b.csv:1:1: error: the import profiles other and tool both claim this file",
    ]


def test_a_link_out_of_the_sources_is_refused(company: Company, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "tickets.csv"
    secret.write_text(table(GOOD), encoding="utf-8")
    company.export(table(GOOD), name="tickets-a.csv")
    (company.folder / "metrics" / "2026-03" / "tickets-b.csv").symlink_to(secret)
    records, problems = company.load()
    assert lines(problems) == ["2026-03/tickets-b.csv:1:1: error: the link leads outside of the sources, or nowhere"]
    assert tuple(records.tickets.id) == ("T1",)


def test_folders_that_are_no_months_are_named(company: Company) -> None:
    company.export(table(GOOD))
    company.export(table(GOOD), month="2026-3")
    assert month_folders(company.folder) == (Month(2026, 3),)
    assert lines(misnamed_folders(company.folder)) == [
        "2026-3:1:1: error: '2026-3' is not a month; write it as 2026-10; rename the folder"
    ]


# -- the row ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (GOOD + ",x", 1, "the row has 10 cells, the header 9"),
        ("T1,acme,desk,P1", 1, "the row has 4 cells, the header 9"),
        (GOOD.replace("T1", ""), 1, "Ticket is missing"),
        (GOOD.replace("acme", ""), 2, "Customer is missing"),
        (GOOD.replace("desk", "dekc"), 3, "Service: 'dekc' is not known; did you mean 'desk'?"),
        (GOOD.replace("P1", "P9"), 4, "Priority: 'P9' is not known; known: P1, P2, P3, P4"),
        (GOOD.replace("P1", ""), 4, "Priority is missing"),
        (GOOD.replace("2026-03-02 09:00", ""), 5, "Opened is missing"),
        (
            GOOD.replace("2026-03-02 09:00", "2.3.2026 9:00"),
            5,
            "Opened is '2.3.2026 9:00', not a time of the form %Y-%m-%d %H:%M in the years 1990 to 2100",
        ),
        (
            GOOD.replace("2026-03-02 11:00", "2026-02-30 11:00"),
            7,
            "Resolved is '2026-02-30 11:00', not a time of the form %Y-%m-%d %H:%M in the years 1990 to 2100",
        ),
        (GOOD.replace("2026-03-02 11:00", "2026-03-01 11:00"), 7, "Resolved is before Opened"),
        (GOOD.replace("2026-03-02 09:10", "2026-03-02 08:59"), 6, "Responded is before Opened"),
    ],
)
def test_a_row_that_cannot_be_measured_is_set_aside_with_its_cell_and_reason(
    company: Company, row: str, column: int, reason: str
) -> None:
    company.export(table(row, GOOD.replace("T1", "T2")))
    records, problems = company.load()
    assert tuple(records.tickets.id) == ("T2",)
    (aside,) = records.set_aside
    assert (aside.place.line, aside.place.column, aside.reason) == (2, column, reason)
    assert (aside.describes, aside.month) == ("tickets", Month(2026, 3))
    assert lines(problems) == [f"2026-03/tickets.csv:2:{column}: warning: set aside: {reason}"]


def test_a_row_set_aside_keeps_what_it_tells_of_customer_service_and_priority(company: Company) -> None:
    company.export(table(GOOD.replace("2026-03-02 09:00", ""), GOOD.replace("desk", "dekc"), GOOD.replace("P1", "P9")))
    records, _ = company.load()
    told = [(one.customer, one.service, one.priority) for one in records.set_aside]
    assert told == [("acme", "desk", "P1"), ("acme", "", "P1"), ("acme", "desk", "")]
    assert records.rows == {(Month(2026, 3), "acme", "desk"): 2, (Month(2026, 3), "acme", ""): 1}


@pytest.mark.parametrize("moment", ["0001-01-01 00:00", "1970-01-01 00:00", "9999-12-31 23:59", "2199-01-01 00:00"])
@pytest.mark.parametrize("timezone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_a_placeholder_date_sets_one_row_aside_and_spoils_no_other(
    company: Company, moment: str, timezone: str
) -> None:
    field = "2026-03-02 09:00" if moment < "2026" else "2026-03-02 11:00"
    column = "Opened" if moment < "2026" else "Resolved"
    company.export(table(GOOD.replace(field, moment), GOOD.replace("T1", "T2")))
    records, _ = company.load(make_profile(timezone=timezone))
    assert tuple(records.tickets.id) == ("T2",)
    assert [one.reason for one in records.set_aside] == [
        f"{column} is '{moment}', not a time of the form %Y-%m-%d %H:%M in the years 1990 to 2100"
    ]


def test_times_are_read_in_the_profile_s_zone_and_an_offset_of_their_own_wins(company: Company) -> None:
    company.export(
        table(
            GOOD.replace("2026-03-02 09:00", "2026-03-02T01:00:00Z"),
            GOOD.replace("T1", "T2").replace("2026-03-02 09:00", "2026-03-02T10:00:00+0900"),
            GOOD.replace("T1", "T3"),
        )
    )
    records, problems = company.load(make_profile(timezone="Asia/Shanghai", date_formats=["iso", "%Y-%m-%d %H:%M"]))
    assert problems == ()
    assert records.tickets.opened.tolist() == [at("2026-03-02 01:00")] * 3


def test_the_profile_s_words_for_missing_mean_missing(company: Company) -> None:
    company.export(table(GOOD.replace("2026-03-02 11:00", "-")))
    records, problems = company.load(make_profile(missing=["-", "?"]))
    assert (problems, records.tickets.resolved.tolist()) == ((), [MISSING])


def test_values_and_constants_of_the_profile_are_translated(company: Company) -> None:
    company.export("Ticket,Priority,Opened,Resolved\nT1,紧急,2026-03-02 09:00,\n")
    profile = make_profile(
        columns={"ticket": "Ticket", "priority": "Priority", "opened": "Opened", "resolved": "Resolved"},
        constants={"customer": "acme", "service": "desk"},
        values={"priority": {"紧急": "P1"}},
    )
    records, problems = company.load(profile)
    assert problems == ()
    assert (tuple(records.tickets.customer), tuple(records.tickets.service), tuple(records.tickets.priority)) == (
        ("acme",),
        ("desk",),
        ("P1",),
    )


# -- pauses -------------------------------------------------------------------------------------------------------


PAUSE_REASONS = "waiting-customer, waiting-supplier, waiting-change, waiting-evidence, waiting-problem, resolved"
TIME_FORM = "a time of the form %Y-%m-%d %H:%M in the years 1990 to 2100"


@pytest.mark.parametrize(
    ("pauses", "mistake"),
    [
        ("2026-03-02 09:30/2026-03-02 10:00", "has {0!r}; write start/end/reason with a reason of {1}"),
        ("2026-03-02 09:30/2026-03-02 10:00/lunch", "has {0!r}; write start/end/reason with a reason of {1}"),
        ("/2026-03-02 10:00/waiting-customer", "has {0!r}; write start/end/reason with a reason of {1}"),
        ("waiting-customer", "has {0!r}; write start/end/reason with a reason of {1}"),
        ("2026-03-02 09:30/10:00/waiting-customer", "is '10:00', not {2}"),
        ("2026-03-02 09:30/2026-03-02 10:00/x/waiting-customer", "is '2026-03-02 10:00/x', not {2}"),
        ("2026-03-02 10:00/2026-03-02 09:30/waiting-customer", ": the pause ends before it starts: {0!r}"),
    ],
    ids=["no reason", "unknown reason", "no start", "a reason only", "no date", "too much", "ends before it starts"],
)
def test_a_pause_that_cannot_be_read_sets_the_ticket_aside(company: Company, pauses: str, mistake: str) -> None:
    company.export(table(GOOD.replace(",,Printer", f",{pauses},Printer")))
    records, _ = company.load()
    reason = ("Pauses " + mistake).replace(" :", ":").format(pauses, PAUSE_REASONS, TIME_FORM)
    assert asides(records) == [(2, 8, "T1", reason)]


def test_pauses_may_be_written_with_slashed_dates(company: Company) -> None:
    row = GOOD.replace("2026-03-02", "2026/3/2")
    pauses = "2026/3/2 09:30/2026/3/2 10:00/waiting-customer;2026/3/2 10:30//waiting-supplier;"
    company.export(table(row.replace(",,Printer", f",{pauses},Printer")))
    records, problems = company.load(make_profile(date_formats=["%Y/%m/%d %H:%M"]))
    assert problems == ()
    assert records.tickets.pause_start.tolist() == [at("2026-03-02 09:30"), at("2026-03-02 10:30")]
    assert records.tickets.pause_stop.tolist() == [at("2026-03-02 10:00"), MISSING]


def test_the_time_from_a_resolution_to_its_reopening_can_be_written_as_a_pause(company: Company) -> None:
    header, row = TICKET_HEADER + ",Reopened", GOOD + ",2026-03-02 10:30"
    company.export(
        table(row.replace(",,Printer", ",2026-03-02 10:00/2026-03-02 10:30/resolved,Printer"), header=header)
    )
    profile = make_profile()
    records, problems = company.load(make_profile(columns={**profile.columns, "reopened": "Reopened"}))
    assert problems == ()
    assert tuple(records.tickets.pause_reason) == ("resolved",)
    assert records.tickets.reopened.tolist() == [at("2026-03-02 10:30")]


def test_a_ticket_resolved_before_its_last_reopening_is_set_aside(company: Company) -> None:
    header, row = TICKET_HEADER + ",Reopened", GOOD + ",2026-03-02 11:01"
    company.export(table(row, header=header))
    records, _ = company.load(make_profile(columns={**make_profile().columns, "reopened": "Reopened"}))
    assert asides(records) == [(2, 7, "T1", "Resolved is before Reopened")]


# -- texts --------------------------------------------------------------------------------------------------------


def test_control_characters_are_taken_out_of_texts_with_a_warning(company: Company) -> None:
    company.export(table(GOOD.replace("Printer is", "Printer\x0b\x00 is\u202e")))
    records, problems = company.load()
    assert tuple(records.tickets.summary) == ("Printer is on fire",)
    assert lines(problems) == [
        "2026-03/tickets.csv:2:9: warning: illegal character U+0000, U+000B, U+202E taken out of Summary"
    ]


def test_control_characters_do_not_reach_documents_by_way_of_an_id(company: Company) -> None:
    company.export(table(GOOD.replace("T1", "T\x0b1"), GOOD.replace("T1", "T\x022").replace("P1", "P9")))
    records, problems = company.load()
    assert tuple(records.tickets.id) == ("T1",)
    assert [one.record for one in records.set_aside] == ["T2"]
    assert lines(problems)[0] == "2026-03/tickets.csv:2:1: warning: illegal character U+000B taken out of Ticket"


def test_a_character_that_no_font_has_is_named_instead(company: Company) -> None:
    def glyphs(text: str) -> tuple[str, ...]:
        return ("🔥",) if "🔥" in text else ()

    company.export(table(GOOD.replace("fire", "🔥"), GOOD.replace("T1", "T2").replace("P1", "🔥")))
    records, problems = company.load(glyphs=glyphs)
    assert tuple(records.tickets.summary) == ("Printer is on [U+1F525]",)
    assert "2:9: warning: no font of the documents has 🔥; printed as [U+1F525]" in lines(problems)[0]
    assert [one.reason for one in records.set_aside] == ["Priority: '[U+1F525]' is not known; known: P1, P2, P3, P4"]


# -- several files and months -------------------------------------------------------------------------------------


def test_a_ticket_twice_in_a_month_counts_once_and_the_second_row_is_set_aside(company: Company) -> None:
    company.export(table(GOOD, GOOD.replace("11:00", "12:00")))
    company.export(table(GOOD), name="tickets-2.csv")
    records, _ = company.load()
    assert tuple(records.tickets.id) == ("T1",)
    where = [(one.place.file.rpartition("/")[2], one.place.line) for one in records.set_aside]
    assert where == [("tickets.csv", 2), ("tickets.csv", 3)]
    assert {one.reason for one in records.set_aside} == {
        "T1 appears twice, first at sources/metrics/2026-03/tickets-2.csv:2:1"
    }


def test_the_same_number_of_two_customers_is_two_tickets(company: Company) -> None:
    """Two tools may count alike; the profile tells the customers apart."""
    profiles = [
        make_profile(identifier=name, files=[f"tickets-{name}.csv"], values={"service": {"desk": name}})
        for name in ("desk", "network")
    ]
    company.export(table(GOOD), name="tickets-desk.csv")
    company.export(table(GOOD.replace("T1", "T2")), name="tickets-network.csv")
    records, problems = company.load(*profiles, services=["desk", "network"])
    assert problems == ()
    assert (tuple(records.tickets.id), tuple(records.tickets.service)) == (("T1", "T2"), ("desk", "network"))


def test_a_ticket_exported_again_in_a_later_month_is_replaced_by_the_later_row(company: Company) -> None:
    company.export(table(GOOD.replace("2026-03-02 11:00", ""), GOOD.replace("T1", "T2")))
    company.export(table(GOOD.replace("2026-03-02 11:00", "2026-04-02 11:00")), month="2026-04")
    records, problems = company.load()
    assert problems == ()
    assert tuple(records.tickets.id) == ("T1", "T2")
    assert records.tickets.resolved.tolist() == [at("2026-04-02 11:00"), at("2026-03-02 11:00")]
    assert tuple(records.tickets.month) == (Month(2026, 4), Month(2026, 3))


def test_records_do_not_depend_on_the_order_of_files_or_rows(company: Company, tmp_path: Path) -> None:
    ids = [f"T{number}" for number in range(1, 6)]
    rows = [GOOD.replace("T1", one) for one in ids]
    company.export(table(*rows))
    other = Company(tmp_path / "other")
    other.export(table(*rows[3:]), name="tickets-a.csv")
    other.export(table(*reversed(rows[:3])), name="tickets-b.csv")
    assert list(company.load()[0].tickets.id) == list(other.load()[0].tickets.id) == ids


def test_files_are_listed_with_the_digest_of_their_bytes(company: Company) -> None:
    company.export("Ticket\r\n")  # printf 'Ticket\r\n' | sha256sum
    company.export(OUTAGE_HEADER, name="outages.csv")
    records, _ = company.load()
    assert [(file.file, file.describes) for file in records.files] == [
        ("sources/metrics/2026-03/outages.csv", "outages"),
        ("sources/metrics/2026-03/tickets.csv", "tickets"),
    ]
    assert records.files[1].sha256 == "add3457fcd2bad37d001d29b9dd579f8e24d560c5a214446825588c3508dd203"


# -- outages ------------------------------------------------------------------------------------------------------


def outage_asides(records: Records) -> list[SetAside]:
    return [one for one in records.set_aside if one.describes == "outages"]


def test_outages_are_read_and_no_customer_means_all_of_them(company: Company) -> None:
    company.export(
        table(
            "O2,,desk,Planned,2026-03-03 01:00,2026-03-03 02:00",
            "O1,acme,desk,Unplanned,2026-03-02 09:00,",
            header=OUTAGE_HEADER,
        ),
        name="outages.csv",
    )
    records, problems = company.load()
    outages = records.outages
    assert problems == ()
    assert (outages.id, outages.customer) == (("O1", "O2"), ("acme", "*"))
    assert outages.category == ("outage", "agreed-maintenance")
    assert outages.stop.tolist() == [MISSING, at("2026-03-03 02:00")]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("O1,acme,desk,Unplaned,2026-03-02 09:00,", 4, "Category: 'Unplaned' is not known; known: "),
        ("O1,acme,desk,Unplanned,,", 5, "From is missing"),
        ("O1,acme,desk,Unplanned,2026-03-02 09:00,2026-03-02 08:00", 6, "To is before From"),
        ("O1,amce,desk,Unplanned,2026-03-02 09:00,", 2, "Customer: 'amce' is not known; did you mean 'acme'?"),
        (",acme,desk,Unplanned,2026-03-02 09:00,", 1, "ID is missing"),
    ],
)
def test_an_outage_that_cannot_be_measured_is_set_aside(company: Company, row: str, column: int, reason: str) -> None:
    company.export(table(row, header=OUTAGE_HEADER), name="outages.csv")
    records, _ = company.load()
    (aside,) = outage_asides(records)
    assert (aside.place.line, aside.place.column) == (2, column)
    assert aside.reason.startswith(reason)
    assert len(records.outages) == 0


def test_an_outage_twice_in_a_month_is_set_aside_and_in_a_later_month_replaced(company: Company) -> None:
    row = "O1,acme,desk,Unplanned,2026-03-31 09:00,"
    company.export(table(row, row, header=OUTAGE_HEADER), name="outages.csv")
    company.export(table(row + "2026-04-01 09:00", header=OUTAGE_HEADER), name="outages.csv", month="2026-04")
    records, _ = company.load()
    assert [one.reason for one in records.set_aside] == [
        "O1 appears twice, first at sources/metrics/2026-03/outages.csv:2:1"
    ]
    assert records.outages.stop.tolist() == [at("2026-04-01 09:00")]


def test_set_aside_rows_are_warnings_and_unreadable_files_are_errors(company: Company) -> None:
    company.export(table(GOOD.replace("P1", "P9")))
    company.export("Ticket\nT1\n", name="tickets-b.csv")
    _, problems = company.load()
    severities = {problem.code: problem.severity for problem in problems}
    assert severities == {"set-aside": Severity.WARNING, "column-missing": Severity.ERROR}


def test_tickets_of_two_tools_with_the_same_number_are_two_tickets(company: Company) -> None:
    profiles = [make_profile(identifier=name, files=[f"{name}*.csv"]) for name in ("alpha", "beta")]
    company.export(table(GOOD), name="alpha.csv", month="2026-02")
    company.export(table(GOOD), name="beta.csv", month="2026-03")
    records, problems = company.load(*profiles)
    assert problems == ()
    assert tuple(records.tickets.id) == ("T1", "T1")


def test_a_ticket_whose_newest_record_is_set_aside_is_not_measured_by_an_older_one(company: Company) -> None:
    company.export(table(GOOD), month="2026-02")
    company.export(table(GOOD.replace("P1", "urgent")), month="2026-03")
    records, _ = company.load()
    assert len(records.tickets) == 0
    assert [one.record for one in records.set_aside] == ["T1"]


def test_a_time_far_from_the_month_of_its_export_sets_the_row_aside(company: Company) -> None:
    company.export(table(GOOD, GOOD.replace("T1", "T2").replace("2026-03-02 11:00", "2062-03-02 11:00")))
    records, _ = company.load()
    assert tuple(records.tickets.id) == ("T1",)
    assert [one.code for one in records.set_aside] == ["far"]


def test_an_outage_tells_its_component_and_how_much_of_it_was_out(tmp_path: Path) -> None:
    profile = make_profile(
        describes="outages",
        files=["outages*.csv"],
        columns={"outage": "id", "started": "from", "ended": "to", "component": "part", "impact": "impact"},
        constants={"customer": "acme", "service": "desk", "category": "outage"},
    )
    rows = ["O1,2026-03-02 09:00,,web,40%", "O2,2026-03-02 09:00,,,", "O3,2026-03-02 09:00,,db,12.5",
            "O4,2026-03-02 09:00,,db,101%", "O5,2026-03-02 09:00,,db,half"]  # fmt: skip
    path = tmp_path / "metrics" / "2026-03" / "outages.csv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(["id,from,to,part,impact", *rows, ""]), "utf-8")
    records, _ = load_records(tmp_path, make_portfolio(profiles=[profile]), [Month(2026, 3)], all_covered)
    outages = records.outages
    assert list(zip(outages.component, outages.impact, strict=True)) == [
        ("web", 40 * FULL_IMPACT // 100), ("", FULL_IMPACT), ("db", FULL_IMPACT // 8),
    ]  # fmt: skip
    assert [one.reason for one in records.set_aside] == [
        "impact is '101%'; write 0% … 100%", "impact is 'half'; write 0% … 100%",
    ]  # fmt: skip
