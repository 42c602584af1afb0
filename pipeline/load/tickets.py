"""Rows of ticket exports into the ticket columns: one row a ticket, or one row a change (event log)."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.load.details import Details, read_details
from pipeline.load.rows import Row, Unusable
from pipeline.model.portfolio import Portfolio
from pipeline.model.records import ANY_VALUE, MISSING, PAUSE_REASONS, RESOLVED, Coded, Origin, RowKey, TextList, Tickets
from pipeline.problems import Place, did_you_mean

Pause = tuple[int, int, str]
"""Start, stop (MISSING while it lasts), reason."""

WRITTEN_REASONS = (*PAUSE_REASONS, RESOLVED)
NEW = "new"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as one record of an export tells it; `row` is where it does."""

    profile: str
    id: str
    customer: str
    service: str
    priority: str
    opened: int
    responded: int
    resolved: int
    reopened: int
    summary: str
    cause: str
    action: str
    origin: Origin
    line: int
    pauses: tuple[Pause, ...]
    details: Details

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two records tell of one ticket; two tools may use the same number."""
        return self.profile, self.customer, self.id


@dataclass(frozen=True, slots=True)
class Known:
    """The ids that records may name."""

    customers: Collection[str]
    services: Collection[str]
    priorities: Collection[str]

    @classmethod
    def of(cls, portfolio: Portfolio) -> Known:
        """Those of the sources, in their order."""
        return cls(portfolio.customers, portfolio.services, [one.id for one in portfolio.policy.priorities])


def read_ticket(row: Row, ids: Known) -> Ticket:
    """The ticket of a row; Unusable when it cannot be measured."""
    row.whole()
    pauses, (responded, resolved, reopened) = _read_pauses(row), map(row.instant, ("responded", "resolved", "reopened"))
    details = read_details(row, ids.priorities).completed(row, reopened)
    return ticket_of(row, ids, pauses, details, responded=responded, resolved=resolved, reopened=reopened)


def ticket_of(
    row: Row,
    ids: Known,
    pauses: tuple[Pause, ...],
    details: Details,
    *,
    responded: int,
    resolved: int,
    reopened: int,
    opened: int = MISSING,
) -> Ticket:
    """A ticket from its row and its history; Unusable when the two do not make a measurable ticket.

    `opened` is for exports without a column that tells.
    """
    ticket = Ticket(
        profile=row.profile.id,
        id=identifier(row, "ticket"),
        customer=known(row, "customer", ids.customers),
        service=known(row, "service", ids.services),
        priority=known(row, "priority", ids.priorities),
        opened=row.instant("opened") if row.has("opened") else opened,
        responded=responded,
        resolved=resolved,
        reopened=reopened,
        summary=row.text("summary"),
        cause=row.text("cause"),
        action=row.text("action"),
        origin=row.origin("ticket"),
        line=row.line,
        pauses=pauses,
        details=details,
    )
    if not details.first_priority:
        ticket = replace(ticket, details=replace(details, first_priority=ticket.priority))
    if ticket.opened == MISSING:
        raise Unusable("missing", "opened", row.column("opened"))
    times = responded, resolved, reopened, details.prioritized
    for field, instant in zip(("responded", "resolved", "reopened", "priority_changed"), times, strict=True):
        if MISSING < instant < ticket.opened:
            raise Unusable("before", field, row.column(field), row.column("opened"))
    if MISSING < resolved < reopened:
        raise Unusable("before", "resolved", row.column("resolved"), row.column("reopened"))
    return ticket


def ticket_table(tickets: Sequence[Ticket]) -> Tickets:
    """Tickets as columns, in the order given."""
    pauses = [(index, *pause) for index, ticket in enumerate(tickets) for pause in ticket.pauses]
    details = [ticket.details for ticket in tickets]
    updates = [(index, moment) for index, one in enumerate(details) for moment in one.updates or ()]
    return Tickets(
        id=TextList(ticket.id for ticket in tickets),
        customer=Coded.of(ticket.customer for ticket in tickets),
        service=Coded.of(ticket.service for ticket in tickets),
        priority=Coded.of(ticket.priority for ticket in tickets),
        opened=array("q", (ticket.opened for ticket in tickets)),
        responded=array("q", (ticket.responded for ticket in tickets)),
        resolved=array("q", (ticket.resolved for ticket in tickets)),
        reopened=array("q", (ticket.reopened for ticket in tickets)),
        summary=TextList(ticket.summary for ticket in tickets),
        cause=TextList(ticket.cause for ticket in tickets),
        action=TextList(ticket.action for ticket in tickets),
        origin=Coded.of(ticket.origin for ticket in tickets),
        line=array("q", (ticket.line for ticket in tickets)),
        pause_ticket=array("q", (pause[0] for pause in pauses)),
        pause_start=array("q", (pause[1] for pause in pauses)),
        pause_stop=array("q", (pause[2] for pause in pauses)),
        pause_reason=Coded.of(pause[3] for pause in pauses),
        type=Coded.of(one.type for one in details),
        first_priority=Coded.of(one.first_priority for one in details),
        prioritized=array("q", (one.prioritized for one in details)),
        reopens=array("q", (one.reopens for one in details)),
        first_contact=Coded.of(one.first_contact for one in details),
        outcome=Coded.of(one.outcome for one in details),
        score=array("q", (one.score for one in details)),
        updates=array("q", (MISSING if one.updates is None else len(one.updates) for one in details)),
        update_ticket=array("q", (update[0] for update in updates)),
        update_at=array("q", (update[1] for update in updates)),
    )


def known(row: Row, field: str, allowed: Collection[str]) -> str:
    """The mapped value of a cell that must be there, and among `allowed`; Unusable otherwise."""
    value = row.mapped(field)
    if not value:
        raise Unusable("missing", field, row.column(field))
    if value not in allowed:
        raise Unusable("unknown", field, row.column(field), value, did_you_mean(value, allowed))
    return value


def identifier(row: Row, field: str) -> str:
    """The record's own number, fit to be printed; Unusable when it is missing."""
    value = row.text(field)
    if not value:
        raise Unusable("missing", field, row.column(field))
    return value


def _read_pauses(row: Row) -> tuple[Pause, ...]:
    """`start/end/reason; start//reason`: the end is empty while the pause lasts; dates may have slashes themselves."""
    pauses = []
    for written in filter(None, (part.strip() for part in row.raw("pauses").split(";"))):
        *times, reason = (part.strip() for part in written.split("/"))
        middle = len(times) - 1 if times and not times[-1] else len(times) // 2
        begin, end = "/".join(times[:middle]), "/".join(times[middle:])
        if not begin or reason not in WRITTEN_REASONS:
            raise Unusable("pause", "pauses", row.column("pauses"), written, ", ".join(WRITTEN_REASONS))
        start = row.read_instant(begin, "pauses")
        stop = row.read_instant(end, "pauses") if end else MISSING
        if MISSING < stop < start:
            raise Unusable("pause-order", "pauses", row.column("pauses"), written)
        pauses.append((start, stop, reason))
    return tuple(sorted(pauses))


class EventReader:
    """Event logs: all rows of a ticket together are one record; pauses come from the states it went through."""

    def __init__(self, ids: Known) -> None:
        self._ids = ids
        self._tickets: dict[tuple[str, str, str], Ticket] = {}
        self._histories: dict[tuple[str, str], list[Row]] = {}
        self.replaced: list[RowKey] = []

    def group(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The latest row of each ticket, standing for its history, which may have begun in an earlier month."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            found.setdefault(_number(row), []).append(row)
        for number, unordered in found.items():
            added = _in_order(unordered)
            self._histories[number] = _continued(self._histories.get(number, []), added)
            yield added[-1]

    def take(self, row: Row) -> None:
        """Add the ticket whose history ends with `row`; Unusable when any of its rows cannot be read."""
        history = self._histories[_number(row)]
        changes = [_change(event) for event in history]
        resolved = row.instant("resolved") if "resolved" in row.positions else _resolved(changes)
        responded, reopened = _responded(changes), _reopened(changes)
        solved = changes[-1][1] == RESOLVED
        if solved and resolved == MISSING:
            raise Unusable("closed", "resolved", row.column("resolved"))
        if not solved and resolved <= reopened:
            resolved = MISSING  # what the tool still says of the resolution before the reopening
        for event, (changed, state) in zip(history, changes, strict=True):
            if state != NEW and row.has("opened") and changed < row.instant("opened"):
                raise _before(event, event.column("changed"), event.column("opened"))
            if changed == reopened > resolved > MISSING:
                raise _before(event, event.column("resolved"), event.column("changed"))
        details = self._details(row, history, changes)
        ticket = ticket_of(
            row,
            self._ids,
            _pauses(changes),
            details,
            responded=responded,
            resolved=resolved,
            reopened=reopened,
            opened=changes[0][0],
        )
        earlier = self._tickets.get(ticket.key)
        if earlier is not None and earlier.origin.month == row.month:
            place = Place(earlier.origin.file, earlier.line, earlier.origin.column)
            raise Unusable("twice", "ticket", ticket.id, str(place))
        if earlier is not None:
            self._replace(earlier)
        self._tickets[ticket.key] = ticket

    def _details(self, row: Row, history: Sequence[Row], changes: Changes) -> Details:
        """What the columns say of the ticket; what they do not, its history does."""
        details = read_details(row, self._ids.priorities)
        first, prioritized = _priorities(history, changes, self._ids.priorities)
        reopens = sum(before == RESOLVED != state for (_, before), (_, state) in pairwise(changes))
        return Details(
            type=details.type,
            first_priority=details.first_priority or first,
            prioritized=prioritized if details.prioritized == MISSING else details.prioritized,
            reopens=reopens if details.reopens == MISSING else details.reopens,
            first_contact=details.first_contact,
            outcome=details.outcome,
            score=details.score,
            updates=tuple(moment for moment, _ in changes) if details.updates is None else details.updates,
        )

    def drop(self, row: Row) -> None:
        """Forget what an earlier month said of a ticket that can no longer be measured."""
        key = row.profile.id, row.mapped("customer"), row.text("ticket")
        earlier = self._tickets.get(key)
        if earlier is not None and earlier.origin.month < row.month:
            self._replace(earlier)
            del self._tickets[key]

    def _replace(self, earlier: Ticket) -> None:
        self.replaced.append((earlier.origin.month, earlier.customer, earlier.service))

    def table(self) -> Tickets:
        """The tickets as columns."""
        return ticket_table(list(self._tickets.values()))


def _number(row: Row) -> tuple[str, str]:
    """Which ticket of which tool; a row without a number is a ticket of its own."""
    return row.profile.id, row.raw("ticket") or f"{row.file}:{row.line}"


def _moment(event: Row) -> int:
    """When the row was written, MISSING where it does not tell."""
    try:
        return event.instant("changed")
    except Unusable:
        return MISSING


def _in_order(history: list[Row]) -> list[Row]:
    """Oldest row first; rows of one minute stay in the order of the file, which may list the newest first."""
    newest_first = _moment(history[0]) > _moment(history[-1])
    return sorted(reversed(history) if newest_first else history, key=_moment)


def _continued(earlier: list[Row], added: list[Row]) -> list[Row]:
    """A history that goes on in the export of a later month, which may repeat all of it."""
    first = _moment(added[0])
    known = [moment for moment in map(_moment, earlier) if moment != MISSING]
    if known and first <= known[0]:
        return added
    return [*(event for event in earlier if _moment(event) < first), *added]


def _change(event: Row) -> tuple[int, str]:
    """When the ticket came into which state; Unusable, with the row's own place, when the row does not tell."""
    try:
        return _changed(event), _state(event)
    except Unusable as why:
        raise Unusable(why.code, why.field, *why.values, place=event.place(why.field)) from None


def _changed(event: Row) -> int:
    event.whole()
    changed = event.instant("changed")
    if changed == MISSING:
        raise Unusable("missing-in-line", "changed", event.column("changed"), str(event.line))
    return changed


def _state(event: Row) -> str:
    written = event.raw("state")
    states = event.profile.states
    state = states.get(written) or (states.get(ANY_VALUE) if written else None)
    if state is None:
        raise Unusable("state", "state", written, str(event.line), event.profile.source.file)
    return state


def _before(event: Row, early: str, late: str) -> Unusable:
    """What the row of a change tells does not fit the ticket's other times."""
    return Unusable("before", "changed", early, late, place=event.place("changed"))


Changes = Sequence[tuple[int, str]]
"""(instant, state entered), in order of time."""


def _responded(changes: Changes) -> int:
    """When the ticket first left the state new."""
    return next((changed for changed, state in changes if state != NEW), MISSING)


def _reopened(changes: Changes) -> int:
    """The last time that the ticket left the state resolved."""
    times = [changed for (_, before), (changed, state) in pairwise(changes) if before == RESOLVED != state]
    return times[-1] if times else MISSING


def _resolved(changes: Changes) -> int:
    """When the ticket came to the state resolved that it did not leave again."""
    resolved = MISSING
    for changed, state in changes:
        if state != RESOLVED:
            resolved = MISSING
        elif resolved == MISSING:
            resolved = changed
    return resolved


def _priorities(history: Sequence[Row], changes: Changes, priorities: Collection[str]) -> tuple[str, int]:
    """The first priority and the last change of it; cells that are no priority (`to be triaged`) are passed over."""
    first, last, changed = "", "", MISSING
    for event, (moment, _) in zip(history, changes, strict=True):
        priority = event.mapped("priority")
        if priority not in priorities:
            continue
        if last and priority != last:
            changed = moment
        first, last = first or priority, priority
    return first, changed


def _pauses(changes: Changes) -> tuple[Pause, ...]:
    """Times in a waiting state, and in the state resolved where a reopening followed; runs of one state are joined."""
    pauses: list[Pause] = []
    ends = [changed for changed, _ in changes[1:]] + [MISSING]
    for (start, state), stop in zip(changes, ends, strict=True):
        if state not in PAUSE_REASONS and state != RESOLVED:
            continue
        if pauses and pauses[-1][1:] == (start, state):
            pauses[-1] = (pauses[-1][0], stop, state)
        else:
            pauses.append((start, stop, state))
    return tuple(
        pause for pause in pauses if pause[0] != pause[1] and not (pause[2] == RESOLVED and pause[1] == MISSING)
    )
