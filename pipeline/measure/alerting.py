"""What of a forecast is an alert, and which alerts are news.

An alert that is graver than another includes it: a target that cannot be kept is also likely to miss, and a late ticket
was about to be. So what gets better is no news, and neither is a ticket that comes nearer to its deadline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pipeline.measure.breaching import OpenTicket
from pipeline.measure.forecast import Forecast, Outlook, Standing
from pipeline.model.alerts import Alert, AlertKind
from pipeline.model.records import Tickets

_GRAVER = (
    (Standing.BUDGET, AlertKind.BUDGET_USED),
    (Standing.LIKELY, AlertKind.LIKELY_MISS),
    (Standing.LOST, AlertKind.CANNOT_KEEP),
)


@dataclass(frozen=True, slots=True)
class News:
    """What is new of an SLA: the targets and tickets with an alert that was not told of before."""

    forecast: Forecast
    targets: tuple[Outlook, ...]
    tickets: tuple[OpenTicket, ...]
    alerts: tuple[Alert, ...]


def current(forecasts: Sequence[Forecast], tickets: Tickets) -> frozenset[Alert]:
    """All alerts there are."""
    return frozenset(
        alert
        for one in forecasts
        for alert in (
            *(found for target in one.targets for found in target_alerts(one, target)),
            *(found for ticket in one.tickets for found in ticket_alerts(one, ticket, tickets)),
        )
    )


def news(forecasts: Sequence[Forecast], tickets: Tickets, told: Collection[Alert]) -> Iterator[News]:
    """What has an alert that is not among those told of, SLA by SLA; of each target and ticket the gravest is new."""
    for one in forecasts:
        targets = [(target, found[-1]) for target in one.targets if (found := target_alerts(one, target))]
        late = [(ticket, ticket_alerts(one, ticket, tickets)[-1]) for ticket in one.tickets]
        fresh = tuple(target for target, alert in targets if alert not in told)
        near = tuple(ticket for ticket, alert in late if alert not in told)
        if fresh or near:
            alerts = (*(alert for _, alert in targets), *(alert for _, alert in late))
            yield News(one, fresh, near, tuple(alert for alert in alerts if alert not in told))


def target_alerts(forecast: Forecast, one: Outlook) -> tuple[Alert, ...]:
    """Those of a target, the gravest last."""
    promise, agreement = one.result.promise, forecast.span.agreement
    order = [standing for standing, _ in _GRAVER]
    reached = order.index(one.standing) + 1 if one.standing in order else 0
    return tuple(
        Alert(
            agreement.customer,
            agreement.id,
            promise.terms.service,
            promise.target.id,
            kind,
            period=str(forecast.period.month),
        )
        for _, kind in _GRAVER[:reached]
    )


def ticket_alerts(forecast: Forecast, one: OpenTicket, tickets: Tickets) -> tuple[Alert, ...]:
    """Those of a ticket against a limit, the gravest last."""
    agreement, promise = forecast.span.agreement, one.promise
    kinds = (AlertKind.TICKET_DUE, AlertKind.TICKET_LATE) if one.late else (AlertKind.TICKET_DUE,)
    return tuple(
        Alert(
            agreement.customer,
            agreement.id,
            promise.terms.service,
            promise.target.id,
            kind,
            ticket=tickets.id[one.row],
            opened=int(tickets.opened[one.row]),
        )
        for kind in kinds
    )
