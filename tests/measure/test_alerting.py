"""What is an alert, and which alerts are news: worse is, better and nearer are not."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.measure.alerting import current, news
from pipeline.measure.forecast import Forecast
from pipeline.model.agreements import Agreement
from pipeline.model.alerts import Alert
from tests.builders import Outage, Ticket, make_sla, make_target, make_tickets, make_uptime
from tests.measure.test_forecast import forecast

UPTIME = make_sla(make_uptime("99%"))  # 7.44 h of March
SHORT = Outage("O1", "2026-03-02 00:00", "2026-03-02 01:00")
LONGER = Outage("O2", "2026-03-08 00:00", "2026-03-08 05:10")
LONGEST = Outage("O3", "2026-03-21 00:00", "2026-03-21 04:00")


def kinds(found: Sequence[Forecast], told: frozenset[Alert] = frozenset(), *tickets: Ticket) -> list[str]:
    """The kinds of the news."""
    return [str(alert.kind) for one in news(found, make_tickets(*tickets), told) for alert in one.alerts]


def seen(now: str, *outages: Outage, sla: Agreement = UPTIME) -> list[Forecast]:
    return forecast(sla, now=now, outages=outages)


def test_a_target_that_gets_worse_is_news_each_time() -> None:
    likely = seen("2026-03-04 00:00", SHORT)
    assert kinds(likely) == ["likely-miss"]
    told = current(likely, make_tickets())
    lost = seen("2026-03-22 00:00", SHORT, LONGER, LONGEST)
    assert kinds(lost, told) == ["cannot-keep"]
    assert kinds(lost, current(lost, make_tickets())) == []


def test_a_target_that_gets_better_is_no_news() -> None:
    likely = seen("2026-03-20 00:00", SHORT, LONGER)
    assert kinds(likely) == ["likely-miss"]
    nearly_used = seen("2026-03-30 00:00", SHORT, LONGER)
    assert kinds(nearly_used) == ["budget-used"]
    assert kinds(nearly_used, current(likely, make_tickets())) == []


def test_the_same_outlook_in_another_period_is_news() -> None:
    sla = make_sla(make_uptime("99%"), starts_on_day=11)
    march = seen("2026-03-10 00:00", LONGER, LONGEST, sla=sla)
    april = seen("2026-03-22 00:00", LONGER, LONGEST, sla=sla)
    assert kinds(april, current(march, make_tickets())) == ["likely-miss"]


def test_a_late_ticket_is_told_once_however_long_it_stays_open() -> None:
    sla, ticket = make_sla(make_target(limit="4 h")), Ticket("T1", "2026-02-27 09:00")
    due = forecast(sla, now="2026-02-27 12:30", tickets=[ticket])
    late = forecast(sla, now="2026-02-27 14:00", tickets=[ticket])
    next_month = forecast(sla, now="2026-03-05 09:00", tickets=[ticket])
    assert kinds(due, frozenset(), ticket) == ["ticket-due"]
    told = current(due, make_tickets(ticket))
    assert "ticket-late" in kinds(late, told, ticket)
    told = current(late, make_tickets(ticket))
    assert "ticket-late" not in kinds(next_month, told, ticket)


def test_two_tickets_with_one_number_are_two() -> None:
    sla = make_sla(make_target(limit="4 h"))
    first, second = Ticket("T1", "2026-03-02 09:00"), Ticket("T1", "2026-03-02 09:15")
    one = forecast(sla, now="2026-03-02 12:10", tickets=[first])
    both = forecast(sla, now="2026-03-02 12:20", tickets=[first, second])
    assert kinds(both, current(one, make_tickets(first)), first, second) == ["ticket-due"]


def test_what_is_on_course_or_too_early_is_no_alert() -> None:
    assert current(seen("2026-03-20 00:00"), make_tickets()) == frozenset()
    assert kinds(seen("2026-03-20 00:00", SHORT)) == []
