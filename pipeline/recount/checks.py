"""A report's printed figures, its data and their evidence, held against each other one by one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest

from pipeline.recount.container import Container, PrintedRow, open_report, squeezed
from pipeline.recount.data import ENDINGS, Data, Listed, Part, Target, Ticket, read_data
from pipeline.recount.figures import Sum, add_months, add_up, credits_of, money_in, same_as_stored, seconds_in, shows
from pipeline.recount.results import Finding, Recount, Standing, found

TIMES = {"response_time": 0, "resolution_time": 1}
"""Measures that the lines of tickets have a time and a finding of."""

LATE_SIGN = "▲"
"""What stands before a missed figure, so that it shows without colour too."""

_RESULT_CELLS = 5
_COVER = 5
_MOST_LISTED = 60
_FIRST = 3
_EQUATION = re.compile(r"[0-9]+=[0-9]+(?:\+[0-9]+)+")

UNPROVEN = ("complete", "service-time", "agreed", "words", "charts", "glyphs", "origin")
LONGER = ("months",)
"""What no data inside a report can prove; commands say it in words."""


def recount(content: bytes) -> Recount:
    """Hold a report against the data inside it; RefusedError where that cannot be done at all."""
    printed = open_report(content)
    data = read_data(printed.files)
    report = data.report
    monthly = report.months == 1
    adding = add_up if monthly else add_months
    sums = [adding(one, data.workbook.evidence.get(at, ())) for at, one in enumerate(report.targets)]
    findings = (
        *_identity(printed, data),
        *_targets(printed, data, sums),
        *_summary(printed, data, sums),
        *_credits(printed, data, sums),
        *_tickets(data),
        *_breaches(printed, data),
        *_workload(printed, data),
        *_rows(printed, data),
        *_trend(printed, data),
        *_days(data),
    )
    return Recount(report.number, report.title, report.language, findings, UNPROVEN + (() if monthly else LONGER))


# -- whether it all belongs together ----------------------------------------------------------------------------------


def _identity(printed: Container, data: Data) -> Iterator[Finding]:
    report = data.report
    same = squeezed(report.number) in printed.words and squeezed(report.title) == squeezed(printed.title)
    yield found("report", printed.title, report.title, report.number, agrees=same)
    named = set(data.stems)
    belong = len(named) == 1 and next(iter(named)).startswith(f"{report.agreement}_")
    known = [name for name in printed.files if name.endswith(ENDINGS)]
    yield found("files", ", ".join(sorted(printed.files)), "", "", agrees=belong and len(known) == len(printed.files))
    if printed.strays:
        yield found("pages", f"{printed.strays} pieces outside of the structure", "", "", agrees=False)


# -- the targets ------------------------------------------------------------------------------------------------------


def _targets(printed: Container, data: Data, sums: Sequence[Sum]) -> Iterator[Finding]:
    rows = iter([row for row in printed.rows if len(row) == _RESULT_CELLS and not any(cell.heading for cell in row)])
    sheet = data.workbook.figures
    for at, (target, made) in enumerate(zip(data.report.targets, sums, strict=True)):
        row = next((row for row in rows if row[0].text == squeezed(target.name)), None)
        shown = row[2].text if row else ""
        status = row[3].text if row else ""
        told = shown == squeezed(target.shown) and status.endswith(squeezed(target.status_label))
        told = told and row is not None and squeezed(target.goal_shown) in row[1].text
        told = told and _told_in_sheet(sheet[at] if at < len(sheet) else None, target) and _told_again(printed, target)
        about = f"{target.service} {target.id}"
        holds = (
            told
            and same_as_stored(made.value, target.value)
            and shows(shown, made.value, target)
            and (made.status, made.credit) == (target.status, target.credit)
            and _counted(target, made)
            and _limits(data.workbook.evidence.get(at, ()), target)
        )
        yield found(about, shown, _value(target.value), _recounted(target, made), agrees=holds)
    targets = data.report.targets
    stray = [
        f"{part.service} {part.target}"
        for at, parts in data.workbook.evidence.items()
        for part in parts
        if not 0 <= at < len(targets) or (part.service, part.target) != (targets[at].service, targets[at].id)
    ]
    if stray or len(sheet) != len(targets):
        yield found("evidence", "", ", ".join(dict.fromkeys(stray)), "", agrees=False)


def _told_again(printed: Container, target: Target) -> bool:
    """Whether every other row about the target prints the same figure: among those missed, and among credits."""
    about = [squeezed(target.service_name), squeezed(target.name)]
    rows = [[cell.text for cell in row] for row in printed.rows if [cell.text for cell in row[:2]] == about]
    return all(len(row) < _RESULT_CELLS or row[3] == squeezed(target.shown) for row in rows)


def _told_in_sheet(row: Listed | None, target: Target) -> bool:
    """Whether the workbook's list of figures says the same."""
    counts = (target.count, target.met, target.missed)
    if row is None or (row.target, row.counts, row.credit) != (target.id, counts, target.credit):
        return False
    if row.value is None or target.value is None:
        return row.value is target.value
    return abs(row.value - target.value) <= Decimal("0.0000001")


def _counted(target: Target, made: Sum) -> bool:
    """Whether the numbers of tickets are those of the evidence; of interruptions only their number is."""
    if target.measure == "availability":
        return True
    if target.measure in {"mttr", "mtbf", "backlog", "workload"} or target.unit in {"s", "score"}:
        return target.count == made.count
    return (target.count, target.met, target.missed) == (made.count, made.met, made.missed)


def _limits(parts: Sequence[Part], target: Target) -> bool:
    """Whether tickets were judged by one limit a version, the report's among them, and as their times say."""
    limits = {(part.version, part.limit) for part in parts if part.limit is not None}
    if len({version for version, _ in limits}) != len(limits):
        return False
    for part in parts:
        if part.limit is None or part.elapsed is None or not part.denominator:
            continue
        late = part.elapsed > part.limit
        if part.numerator != int(late if target.better == "lower" else not late):
            return False
    newest = max(limits, default=("", target.allowed_s))[1]
    return not target.allowed_s or newest == target.allowed_s or len(limits) > 1


def _value(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _recounted(target: Target, made: Sum) -> str:
    if made.value is None:
        return ""
    value = f"{float(made.value):.6f}".rstrip("0").rstrip(".")
    if target.measure == "availability" or target.aggregate != "share":
        return value
    return f"{value} ({made.met} of {made.count})"


# -- the first page ---------------------------------------------------------------------------------------------------


def _summary(printed: Container, data: Data, sums: Sequence[Sum]) -> Iterator[Finding]:
    report = data.report
    statuses = Counter(one.status for one in sums)
    counted = len(report.targets), statuses["met"], statuses["missed"], statuses["no-data"]
    numbers = set(map(int, re.findall(r"\d+", report.headline)))
    holds = report.summary == counted and squeezed(report.headline) in printed.words and numbers <= set(counted)
    yield found("summary", report.headline, _joined(report.summary), _joined(counted), agrees=holds)
    cover = next((row for row in printed.rows if len(row) == _COVER and row[0].text.isdigit()), ())
    told = [cell.text for cell in cover[:4]]
    expected = [str(one) for one in (*counted[1:], len({ticket for ticket, _, _ in report.breaches}))]
    holds = told == expected and all(squeezed(one) in printed.words for one in _first_misses(data))
    yield found("cover", ", ".join(told), "", ", ".join(expected), agrees=holds)
    strip = printed.words[printed.words.rfind(squeezed(report.headline)) + len(squeezed(report.headline)) :]
    again = re.findall(r"\d+", strip)[:3]
    yield found(
        "overview", ", ".join(again), "", _joined(counted[1:]), agrees=again == [str(one) for one in counted[1:]]
    )


def _first_misses(data: Data) -> Iterator[str]:
    """What the first page says of the first of the targets that were missed."""
    missed = [one for one in data.report.targets if one.status == "missed"]
    yield from (f"{one.service_name}·{one.name}{one.shown}({one.goal_shown})" for one in missed[:_FIRST])


def _joined(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


# -- credits ----------------------------------------------------------------------------------------------------------


def _credits(printed: Container, data: Data, sums: Sequence[Sum]) -> Iterator[Finding]:
    told, months = data.report.credits, data.report.months
    uncapped, total, amount = credits_of(told, [one.credit for one in sums])
    holds = (told.uncapped, told.total) == (uncapped, total) and money_in(told.amount_shown) == amount
    shown = [row[1].text for row in printed.rows if len(row) == len(("label", "value")) and row[0].span > 1]
    expected = [one for one in _sums(data) if one]
    agrees = holds and [squeezed(one) for one in expected] == shown
    cover = next((row[4].text for row in printed.rows if len(row) == _COVER and row[0].text.isdigit()), "")
    if told.total and (told.amount_shown if told.months else told.total_shown):
        agrees = agrees and cover == squeezed(
            told.amount_shown if told.months and told.amount_shown else told.total_shown
        )
    recounted = f"{total:f}%" + ("" if amount is None else f", {amount}")
    data_say = ", ".join(one for one in (f"{told.total:f}%", told.amount_shown) if one)
    printed_say = ", ".join(shown[-2:]) or cover
    if months > 1:
        standing = Standing.UNPROVEN if agrees else Standing.DIFFERS
        yield Finding("credits", standing, printed_say, data_say, recounted)
    else:
        yield found("credits", printed_say, data_say, recounted, agrees=agrees)


def _sums(data: Data) -> tuple[str, ...]:
    """The sums below the table of credits, in order, as the data say they are printed."""
    told = data.report.credits
    if told.months:
        return (told.amount_shown,)
    if not told.uncapped:
        return ()
    return (
        f"{told.uncapped:f}%",
        told.cap_shown,
        told.year_cap_shown,
        told.year_left_shown,
        told.total_shown,
        told.charge_shown,
        told.amount_shown,
    )


# -- tickets ----------------------------------------------------------------------------------------------------------


def _tickets(data: Data) -> Iterator[Finding]:
    """The lines of tickets against the workbook, the period and the evidence; every one that does not fit."""
    wrong = []
    for line, row in zip_longest(data.tickets, data.workbook.tickets):
        if line is None or row is None or _cells(line) != row:
            wrong.append(line.id if line else row[0] if row else "")
    stands: dict[tuple[str, str, int], list[Part]] = {}
    alone = Counter((one.service, one.priority, one.measure) for one in data.report.targets)
    judged = data.report.targets if data.report.months == 1 else ()  # the evidence of longer periods are months
    for number, target in enumerate(judged):
        for part in data.workbook.evidence.get(number, ()) if target.measure in TIMES else ():
            stands.setdefault((part.record, part.service, TIMES[target.measure]), []).append(part)
    known = {(one.id, one.service) for one in data.tickets}
    wrong += [record for record, service, _ in stands if (record, service) not in known]
    for line in data.tickets:
        fits = _in_period(line, data) and _within_clock(line)
        for measure, at in TIMES.items():
            if data.report.months == 1 and alone[line.service, line.priority, measure] == 1:
                fits = fits and _fits(line, stands.get((line.id, line.service, at), ()), at)
        if not fits:
            wrong.append(line.id)
    names = ", ".join(dict.fromkeys(wrong))
    yield found("tickets", "", f"{len(data.tickets)}", names or f"{len(data.tickets)}", agrees=not wrong)


def _cells(line: Ticket) -> tuple[str, ...]:
    """A line as the workbook has it."""
    return (line.id, line.priority, *line.times, *("" if one is None else str(one) for one in line.seconds))


def _fits(line: Ticket, parts: Sequence[Part], at: int) -> bool:
    """Whether a ticket's finding on one limit is that of the evidence."""
    status = (line.response_status, line.resolution_status)[at]
    counted = [one for one in parts if one.denominator]
    if status not in {"met", "missed"}:
        return not counted
    late = status == "missed"
    return any(
        one.elapsed == line.seconds[at + 1] and late == (one.limit is not None and (one.elapsed or 0) > one.limit)
        for one in counted
    )


def _in_period(line: Ticket, data: Data) -> bool:
    """Whether a ticket was there in the period at all."""
    return datetime.fromisoformat(line.times[0]) < data.report.end


def _within_clock(line: Ticket) -> bool:
    """Service time is never longer than the time that passed."""
    opened = datetime.fromisoformat(line.times[0])
    for stop, seconds in zip(line.times[1:], line.seconds[1:], strict=True):
        if stop and seconds is not None and not 0 <= seconds <= (datetime.fromisoformat(stop) - opened).total_seconds():
            return False
    return True


def _breaches(printed: Container, data: Data) -> Iterator[Finding]:
    """The late tickets: those of the evidence, as the data list them and as they are printed."""
    report = data.report
    late = [
        (part.record, part.target, part.elapsed)
        for parts in data.workbook.evidence.values()
        for part in parts
        if part.limit is not None and part.denominator and (part.elapsed or 0) > part.limit
    ]
    rows = [row for row in printed.rows if len(row) == 6 and row[0].heading and not row[1].heading]  # noqa: PLR2004
    shown = [(row[0].text, seconds_in(row[3].text)) for row in rows]
    listed = [(squeezed(ticket), seconds_in(elapsed)) for ticket, _, elapsed in report.breaches[:_MOST_LISTED]]
    holds = shown == listed
    if report.months == 1:
        told = [(ticket, target, seconds_in(elapsed)) for ticket, target, elapsed in report.breaches]
        holds = holds and Counter(told) == Counter(late)
    recounted = str(len(late)) if report.months == 1 else ""
    yield found("late", str(len(shown)), str(len(report.breaches)), recounted, agrees=holds)


# -- the rest ---------------------------------------------------------------------------------------------------------


def _workload(printed: Container, data: Data) -> Iterator[Finding]:
    report = data.report
    names = {one.service_name: one.service for one in report.targets}
    rows = {row[0].text: row for row in printed.rows if len(row) == 6 and not row[0].heading}  # noqa: PLR2004
    for load in report.workload:
        row: PrintedRow = rows.get(squeezed(load.service), ())
        shown = tuple(cell.text.replace(",", "") for cell in row[1:4])
        told = tuple(map(str, (load.opened, load.resolved, load.open)))
        about = f"{names.get(load.service, load.service)} workload"
        if report.months > 1 or load.service not in names:
            standing = Standing.UNPROVEN if shown == told else Standing.DIFFERS
            yield Finding(about, standing, "/".join(shown), "/".join(told), "")
            continue
        mine = [one for one in data.tickets if one.service == names[load.service]]
        counted = tuple(map(str, _loads(mine, report.start, report.end)))
        yield found(about, "/".join(shown), "/".join(told), "/".join(counted), agrees=shown == told == counted)


def _loads(lines: Sequence[Ticket], start: datetime, end: datetime) -> tuple[int, int, int]:
    """Opened in the period, resolved in it, and open at its end."""
    opened = [datetime.fromisoformat(one.times[0]) for one in lines]
    resolved = [datetime.fromisoformat(one.times[2]) if one.times[2] else None for one in lines]
    return (
        sum(start <= one < end for one in opened),
        sum(one is not None and start <= one < end for one in resolved),
        sum(came < end and (went is None or went >= end) for came, went in zip(opened, resolved, strict=True)),
    )


def _rows(printed: Container, data: Data) -> Iterator[Finding]:
    """Rows read = rows measured + rows set aside + rows replaced."""
    report, rows = data.report, data.report.rows
    read, measured, aside, replaced = rows
    parts = (measured, aside, replaced) if replaced else (measured, aside)
    equation = f"{read}={'+'.join(map(str, parts))}"
    shown = next(
        (one for one in ("".join(c.text for c in row) for row in printed.rows) if _EQUATION.fullmatch(one)), ""
    )
    holds = shown == equation and read == measured + aside + replaced
    holds = holds and report.set_aside == data.workbook.set_aside == aside
    yield found("rows", shown, equation, str(measured + aside + replaced), agrees=holds)


def _trend(printed: Container, data: Data) -> Iterator[Finding]:
    """The table of months: as the data say; its last month is the period's own."""
    report, width = data.report, data.report.trend_months + 2
    if report.trend_months < len(("before", "now")):
        return
    rows = iter([row for row in printed.rows if len(row) == width and not row[0].heading])
    told = wrong = 0
    for target in report.targets:
        row = next((row for row in rows if row[0].text == squeezed(target.name)), None)
        shown = [cell.text for cell in row[2:]] if row else []
        told += len(shown)
        wrong += [one.removeprefix(LATE_SIGN) for one in shown] != [squeezed(one) for one in target.points]
        wrong += report.months == 1 and target.points[-1:] != (target.shown,)
    standing = Standing.DIFFERS if wrong else Standing.UNPROVEN
    yield Finding("trend", standing, str(told), str(len(report.targets) * report.trend_months), "")


def _days(data: Data) -> Iterator[Finding]:
    """The availability calendar in the data adds up to the evidence of the first availability target."""
    if data.report.months > 1:
        return
    for days in data.report.days:
        wanted = days.service, "availability"
        places = [at for at, one in enumerate(data.report.targets) if (one.service, one.measure) == wanted]
        parts = data.workbook.evidence.get(places[0], ()) if places else ()
        agreed = sum((one.denominator for one in parts), Fraction(0))
        down = agreed - sum((one.numerator for one in parts), Fraction(0))
        told = f"{float(days.down):g} s of {float(days.agreed):g} s"
        made = f"{float(down):g} s of {float(agreed):g} s"
        holds = abs(days.agreed - agreed) + abs(days.down - down) < Fraction(1, 1000)
        yield found(f"{days.service} days", "", told, made, agrees=holds)
