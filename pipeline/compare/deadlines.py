"""What is due by date: agreements that end, texts to sign, reviews, reports, surveys, promises, improvements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from pipeline.compare.duties import Duty, about, next_version
from pipeline.compare.horizon import Horizon
from pipeline.compare.meetings import improvements_due, promises_due, reviews_due
from pipeline.compare.reports import reports_due
from pipeline.model.agreements import BINDING, Status, in_force
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month

Source = Callable[[Portfolio, Horizon], Iterator[Duty]]
"""What yields the duties of one sort that are overdue or fall due within the horizon."""


def deadlines(portfolio: Portfolio, today: date, within: int, newest: Month | None = None) -> tuple[Duty, ...]:
    """What is overdue on `today` or falls due in the `within` days after it, party by party, the earliest first.

    `newest` is the last month that there are exports of: reports on later ones have not been made.
    """
    horizon = Horizon(today, within, newest)
    found = {duty for source in SOURCES for duty in source(portfolio, horizon)}
    return tuple(sorted(found, key=lambda duty: (duty.party, duty.day, duty)))


def endings_due(portfolio: Portfolio, horizon: Horizon) -> Iterator[Duty]:
    """The last version in force ends, or did so lately; one that was terminated has been dealt with."""
    within = timedelta(days=horizon.within)
    for versions in portfolio.agreements.values():
        final = max(in_force(versions), key=lambda span: span.days.end, default=None)
        if final is None or final.agreement.status is Status.TERMINATED:
            continue
        one, end = final.agreement, final.days.end
        if abs(end - horizon.today) > within:
            continue
        because = f"ended on {end}" if end < horizon.today else f"ends on {end}"
        action = f"agree on what follows and have it signed ({next_version(one, portfolio)}), or hand over"
        yield about(one, str(one.status), because, action, day=str(end), kind="ending")


def signatures_due(portfolio: Portfolio, horizon: Horizon) -> Iterator[Duty]:
    """Signed texts that the register does not know, and drafts whose first day has come."""
    for one in (version for versions in portfolio.agreements.values() for version in versions):
        start = one.effective.start
        if one.status is Status.SIGNED and portfolio.registration(one) is None:
            action = f"slm register sign {one.label} --date … --by …"
            day = str(one.revision.date)
            yield about(one, "signed", "the register does not know it", action, day=day, kind="register")
        elif one.status not in BINDING and start <= horizon.today:
            action = "have it signed, or agree on a later first day"
            because = f"was to take effect on {start}"
            yield about(one, str(one.status), because, action, day=str(start), kind="signature")


def rounds_due(portfolio: Portfolio, horizon: Horizon) -> Iterator[Duty]:
    """Rounds of surveys that open, and those that have closed without answers."""
    for survey in portfolio.surveys.values():
        for one in survey.rounds:
            if one.held or one.opens > horizon.last:
                continue
            because = f"open from {one.opens} to {one.closes}"
            day, action = one.closes, f"write its answers: file or answers of the round {one.month}"
            if one.opens > horizon.today:
                day, action = one.opens, f"send the questions to the {one.invited} people invited"
            party, subject = portfolio.agreements[survey.agreement][-1].other_party, f"survey {survey.id}"
            key = str(one.month)
            yield Duty(party, subject, "planned", because, action, survey.source.file, str(day), kind="survey", key=key)


SOURCES: tuple[Source, ...] = (
    endings_due,
    signatures_due,
    reviews_due,
    promises_due,
    improvements_due,
    reports_due,
    rounds_due,
)
"""All sorts of deadlines. Another sort is another function here."""
