"""What is due by date: agreements that end, texts that wait for signatures, reviews, and promises made in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pipeline.compare.duties import Duty, about, next_version
from pipeline.model.agreements import BINDING, ORGANIZATION, Agreement, Status, in_force
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.reviews import Review

_MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}


def deadlines(portfolio: Portfolio, today: date, within: int) -> tuple[Duty, ...]:
    """What is overdue on `today` or falls due in the `within` days after it, party by party, the earliest first."""
    last = today + timedelta(days=within)
    found: list[Duty] = []
    for versions in portfolio.agreements.values():
        found += _ending(versions, portfolio, today, timedelta(days=within))
        found += _unsigned(versions, portfolio, today)
        if versions[0].kind == "sla":
            found += _review_due(versions, portfolio, today, last)
    for review in portfolio.reviews.values():
        found += _review(review, portfolio, today, last)
    return tuple(sorted(found, key=lambda duty: (duty.party, duty.day, duty)))


def _passed(day: date, today: date) -> str:
    return f"{'was' if day < today else 'is'} due on {day}"


def _ending(versions: tuple[Agreement, ...], portfolio: Portfolio, today: date, within: timedelta) -> Iterator[Duty]:
    """The last version in force ends, or did so lately; one that was terminated has been dealt with."""
    spans = in_force(versions)
    final = max(spans, key=lambda span: span.days.end, default=None)
    if final is None or final.agreement.status is Status.TERMINATED or abs(final.days.end - today) > within:
        return
    one, end = final.agreement, final.days.end
    because = f"ended on {end}" if end < today else f"ends on {end}"
    action = f"agree on what follows and have it signed ({next_version(one, portfolio)}), or hand over"
    yield about(one, str(one.status), because, action, day=str(end))


def _unsigned(versions: tuple[Agreement, ...], portfolio: Portfolio, today: date) -> Iterator[Duty]:
    """Signed texts that the register does not know, and drafts whose first day has come."""
    for one in versions:
        start = one.effective.start
        if one.status is Status.SIGNED and portfolio.registration(one) is None:
            action = f"slm register sign {one.label} --date … --by …"
            yield about(one, "signed", "the register does not know it", action, day=str(one.revision.date))
        elif one.status not in BINDING and start <= today:
            action = "have it signed, or agree on a later first day"
            yield about(one, str(one.status), f"was to take effect on {start}", action, day=str(start))


def _review_due(versions: tuple[Agreement, ...], portfolio: Portfolio, today: date, last: date) -> Iterator[Duty]:
    """The next review by the frequency agreed, counted from the last one held or from the first day in force."""
    current = next((span.agreement for span in in_force(versions) if today in span.days), None)
    if current is None:
        return
    of_this = [review for review in portfolio.reviews.values() if review.agreement == current.id]
    held = max((review.day for review in of_this if review.status == "held"), default=None)
    since = held or min(span.days.start for span in in_force(versions))
    due = later(since, _MONTHS[current.review.frequency])
    arranged = max((review.next_review for review in of_this if review.day == held and review.next_review), default=due)
    due = min(due, arranged)
    if due > last or any(review.status == "planned" for review in of_this):
        return
    state = f"reviewed {current.review.frequency}, last on {held}" if held else f"never reviewed since {since}"
    file = f"sources/reviews/{current.other_party}-{max(due, today):%Y-%m}.yaml"
    action = f"arrange the meeting: write {file} with status: planned"
    yield about(current, state, f"its review {_passed(due, today)}", action, day=str(due))


def _review(review: Review, portfolio: Portfolio, today: date, last: date) -> Iterator[Duty]:
    """A planned meeting, and what people promised at one that was held."""
    versions = portfolio.agreements.get(review.agreement)
    party = versions[-1].other_party if versions else ORGANIZATION
    subject = f"review {review.id}"
    if review.status == "planned" and review.day <= last:
        over = review.day < today
        because = f"planned for {review.day}"
        action = "write its minutes, or another day" if over else "invite those who take part; make the reports ready"
        yield Duty(party, subject, "planned", because, action, day=str(review.day))
    if review.status != "held":
        return
    for promise in review.actions:
        if promise.state in {"open", "in-progress"} and promise.due <= last:
            owner, what = (text.in_language("zh-CN") for text in (promise.owner, promise.action))
            because = f"action {promise.id} {_passed(promise.due, today)}: {what}"
            done = f"{owner}: set it to done, or agree on another day"
            yield Duty(party, subject, promise.state, because, done, day=str(promise.due))


def later(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    month = Month(day.year, day.month).plus(months)
    return date(month.year, month.month, min(day.day, month.days()))
