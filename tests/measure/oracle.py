"""A second opinion on every figure: slow, plain, and written from the words that agreements print, not from the code.

It walks through the months minute by minute, looks at the clock on the wall of each, and shares nothing with
`pipeline.measure`. Times are minutes from `base`; all that happens, happens on a full minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from pipeline.model.agreements import Agreement, ServiceTerms
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import Target
from pipeline.model.quantities import Month
from tests.measure.company import Case, Company, Fault, begins, days_of, seconds, serving, version_on, walls

MET, MISSED, UNKNOWN, EXCLUDED = "met", "missed", "unmeasured", "excluded"
TIMES = {"response_time", "resolution_time", "update_interval", "request_fulfilment"}
CHOSEN = {"mean", "median", "percentile", "worst"}
OUTAGES = {"availability", "mttr", "mtbf"}


@dataclass(frozen=True)
class Expected:
    """What a reader works out for one target in one month."""

    value: Fraction | None
    status: str
    met: int
    missed: int
    unmeasured: int
    excluded: int
    small: bool
    credit: Decimal


Key = tuple[str, str, str, str, str]
"""What makes a target the same one in two versions."""


# -- one ticket ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """A ticket against a target: its verdict, the second in whose month it counts, and what it took (or scored)."""

    verdict: str
    at: Fraction
    taken: Fraction = Fraction(0)


@dataclass
class Oracle:
    """Works out what a company's targets come to."""

    company: Company
    active: dict[int, int] = field(default_factory=dict)
    """Minute -> the outages of it, a bit each."""

    def __post_init__(self) -> None:
        """Lay the months out, and what was out in each minute of them."""
        self.shown = walls(self.company.base, self.company.days, self.company.zone)
        self.begins = begins(self.company.base, self.company.days, self.company.zone)
        self.binding = {day: version_on(self.company, day) for day in self.begins}
        self.now = self.edges(self.company.versions[-1], self.company.months[-1])[1]
        for number, one in enumerate(self.company.faults):
            for at in range(one.start, max(one.start, self.now) + 1 if one.stop is None else one.stop):
                self.active[at] = self.active.get(at, 0) | 1 << number

    def edges(self, agreement: Agreement, month: Month) -> tuple[int, int]:
        """The minutes in which a contract month begins and ends."""
        first, after = days_of(agreement, month)
        return self.begins[first], self.begins[after]

    def version_at(self, minute: int) -> Agreement | None:
        """The version in force in a minute."""
        return self.binding[self.shown[minute][0]]

    def calendar(self, version: Agreement) -> Calendar:
        """The hours of the service."""
        return self.company.calendars[version.services[0].calendar]

    def running(self, case: Case, target: Target, version: Agreement) -> Callable[[int], bool]:
        """Whether the clock of that target runs in a minute."""
        open_ = serving(self.company, self.calendar(version))
        stopping = [one for one in case.pauses if one.reason in {*target.pause_on, "resolved"}]
        return lambda at: bool(open_[at]) and not any(one.start <= at < one.stop for one in stopping)

    def judge(self, case: Case, target: Target, version: Agreement) -> Judged | None:
        """None where it does not count, or not yet."""
        name = str(target.measure)
        found = self._timed(case, target, version) if name in TIMES else self._fact(case, name)
        if found is None:
            return None
        if name in TIMES and version.counted_by == "opened":
            month = self._month(version, case.opened)
            if case.told <= month or found.at < 60 * self.edges(version, month)[1]:
                found = Judged(found.verdict, Fraction(60 * case.opened), found.taken)
        left_out = [one for one in self.company.exclusions if one.ticket == case.id]
        if any(not one.targets or target.id in one.targets for one in left_out):
            return Judged(EXCLUDED, found.at)
        return found

    def _month(self, version: Agreement, minute: int) -> Month:
        day = self.shown[minute][0]
        month = Month(day.year, day.month)
        return next(one for one in (month, month.plus(1)) if days_of(version, one)[0] <= day < days_of(version, one)[1])

    def _timed(self, case: Case, target: Target, version: Agreement) -> Judged | None:
        response = target.measure == "response_time"
        end = case.responded if response else case.resolved
        begin = case.opened
        if target.on_reopen == "restart" and case.reopened is not None and not response:
            begin = case.reopened
        changed = case.prioritized
        if target.on_priority_change == "restart" and changed is not None and (end is None or changed < end):
            begin = max(begin, changed)
        known = max(self.now, begin) if end is None else end
        if (response and end is None and case.resolved is not None) or (
            target.measure == "update_interval" and case.updates is None
        ):
            return None if case.resolved is None else Judged(UNKNOWN, Fraction(60 * case.resolved))
        calendar, runs = self.calendar(version), self.running(case, target, version)
        limited = str(target.aggregate) not in CHOSEN
        allowed = seconds(target.limit, calendar) + seconds(target.grace, calendar) if limited else Fraction(10**12)
        if end is None and not limited:
            return None
        signs = {begin}
        if target.measure == "update_interval":
            signs |= {one.start for one in case.pauses if one.reason == "resolved"} | {*(case.updates or ())}
            signs |= set() if case.responded is None else {case.responded}
        used = longest = Fraction(0)
        for at in range(begin, known):
            if at in signs:
                used = Fraction(0)
            if runs(at):
                if used + 60 > allowed:
                    return Judged(MISSED, Fraction(int(60 * at + allowed - used)))
                used += 60
                longest = max(longest, used)
        return None if end is None else Judged(MET, Fraction(60 * end), longest)

    def _fact(self, case: Case, name: str) -> Judged | None:
        if name == "workload":
            return Judged(MET, Fraction(60 * case.opened))
        if case.resolved is None or name == "backlog":
            return None
        at = Fraction(60 * case.resolved)
        if name == "satisfaction":
            return Judged(MET, at, Fraction(case.score)) if case.score else None
        if name == "reopen_rate":
            told, good = case.reopens is not None, case.reopens == 0
        elif name == "first_contact_resolution":
            told, good = bool(case.first_contact), case.first_contact == "yes"
        else:
            if case.outcome == "cancelled":
                return None
            told, good = bool(case.outcome), case.outcome == "successful"
        return Judged(MET if good else MISSED, at) if told else Judged(UNKNOWN, at)

    # -- one target in one month ----------------------------------------------------------------------------------

    def about(self, case: Case, target: Target) -> bool:
        """Whether a target is about tickets of that kind."""
        usual = {"request_fulfilment": {"request"}, "change_success": {"change"}}
        types = target.types or usual.get(str(target.measure), {"incident", "request"})
        priority = case.first_priority if target.on_priority_change == "continue" else case.priority
        return case.type in types and target.priority in {"", priority}

    def expected(self) -> Mapping[tuple[Month, Key], Expected]:
        """Month and target -> what it comes to."""
        found = {}
        for month in self.company.months:
            edges = self.edges(self.company.versions[0], month)
            in_force = [
                one for one in self.company.versions if any(self.version_at(at) is one for at in range(*edges, 60))
            ]
            if not in_force:
                continue
            present = in_force[-1]
            order = [present, *(one for one in reversed(self.company.versions) if one is not present)]
            for key in dict.fromkeys(_key(target) for one in order for target in one.services[0].targets):
                parts = [
                    (version, target, self.part(version, target, edges, in_force=version in in_force))
                    for version in order
                    for target in version.services[0].targets
                    if _key(target) == key
                ]
                counting = [one for one in parts if one[0] is present or one[2].counts]
                if counting:
                    version, target, _ = counting[0]
                    found[month, key] = self.total(version, target, [one[2] for one in parts])
        return found

    def part(self, version: Agreement, target: Target, edges: tuple[int, int], *, in_force: bool) -> Part:
        """What counts in a month by one version."""
        start, stop = edges
        name = str(target.measure)
        if name in OUTAGES:
            return self._outages(version, target, edges)
        mine = [
            case for case in self.company.cases if self.version_at(case.opened) is version and self.about(case, target)
        ]
        if name == "backlog":
            left_out = {one.ticket for one in self.company.exclusions if not one.targets or target.id in one.targets}
            waiting = [case for case in mine if case.id not in left_out and _open_before(case, stop)]
            return Part(number=len(waiting), known=in_force or bool(waiting), met=len(waiting))
        verdicts = [self.judge(case, target, version) for case in mine]
        inside = [one for one in verdicts if one is not None and 60 * start <= one.at < 60 * stop]
        met, missed, unmeasured, excluded = (
            sum(one.verdict == kind for one in inside) for kind in (MET, MISSED, UNKNOWN, EXCLUDED)
        )
        values = tuple(one.taken for one in inside if one.verdict == MET)
        known = name == "workload" and (in_force or met > 0)
        return Part(met, missed, unmeasured, excluded, values, met, known=known)

    # -- outages --------------------------------------------------------------------------------------------------

    def _outages(self, version: Agreement, target: Target, edges: tuple[int, int]) -> Part:
        touched = {Month(day.year, day.month) for day, at in self.begins.items() if edges[0] <= at < edges[1]}
        if not touched <= self.company.exported:
            return Part()
        mine = [at for at in range(*edges) if self.version_at(at) is version]
        if not mine:
            return Part()
        faults = self.company.faults
        known = {
            bits: self._down(target, [one for number, one in enumerate(faults) if bits >> number & 1])
            for bits in set(self.active.values())
        }
        down = {at: known[bits] for at, bits in sorted(self.active.items())}
        open_ = serving(self.company, self.calendar(version))
        up_all = (Fraction(0), False)
        serves = [at for at in mine if open_[at] and not down.get(at, up_all)[1]]
        agreed = len(serves)
        lost = sum((down[at][0] for at in serves if at in down), Fraction(0))
        up = 60 * (agreed - lost)
        if target.measure == "availability":
            return Part(up=up, agreed=60 * agreed)
        began, restored = 0, []
        for begin, end in _runs([at for at, (share, _) in down.items() if share]):
            counted = [at for at in range(begin, end) if not down[at][1]]
            took = 60 * sum(bool(open_[at]) for at in counted)
            if not took:
                continue
            began += counted[0] in range(mine[0], mine[-1] + 1)
            if counted[-1] + 1 in range(mine[0], mine[-1] + 1):
                restored.append(Fraction(took))
        if target.measure == "mtbf":
            return Part(up=up, met=began, number=began)
        return Part(values=tuple(restored), met=len(restored))

    def _down(self, target: Target, active: Iterable[Fault]) -> tuple[Fraction, bool]:
        """How much of the service those outages take, and whether that is excluded."""
        left_out = {one.outage for one in self.company.exclusions if not one.targets or target.id in one.targets}
        named = {part for step in target.components for part in step}

        def out(faults: Iterable[Fault]) -> Fraction:
            def of(part: str) -> int:
                return max(
                    (one.impact for one in faults if (one.component if one.component in named else "") == part),
                    default=0,
                )

            return Fraction(max([of(""), *(min(map(of, step)) for step in target.components)]), 100)

        excluded = [one for one in active if one.category in target.exclude or one.id in left_out]
        return out(active), out(excluded) > 0

    # -- adding up ------------------------------------------------------------------------------------------------

    def total(self, version: Agreement, target: Target, parts: Sequence[Part]) -> Expected:
        """The figure of all versions together, by the goal of one of them."""
        calendar = self.calendar(version)
        met, missed, unmeasured, excluded = (
            sum(getattr(one, name) for one in parts) for name in ("met", "missed", "unmeasured", "excluded")
        )
        value = _value(target, parts)
        small = value is not None and met + missed < target.minimum_sample
        if small:
            value = None
        goal = Fraction(target.goal) if target.time_goal is None else seconds(target.time_goal, calendar)
        kept = value is not None and (value >= goal if _more_is_better(target) else value <= goal)
        status = "no-data" if value is None else "met" if kept else "missed"
        credit = _credit(version.services[0], target, value, calendar)
        return Expected(value, status, met, missed, unmeasured, excluded, small, credit)


@dataclass(frozen=True)
class Part:
    """What one version brings to a figure."""

    met: int = 0
    missed: int = 0
    unmeasured: int = 0
    excluded: int = 0
    values: tuple[Fraction, ...] = ()
    number: int = 0
    known: bool = False
    up: Fraction = Fraction(0)
    agreed: int = 0

    @property
    def counts(self) -> bool:
        """Whether anything was there to count."""
        some = self.met or self.missed or self.unmeasured or self.excluded
        return bool(some or self.agreed or self.number or self.known)


def _key(target: Target) -> Key:
    return target.id, str(target.measure), target.priority, str(target.aggregate), str(target.percentile or "")


def _open_before(case: Case, stop: int) -> bool:
    """Whether a ticket is open in the last moment before that: a solved one is not, until it is reopened."""
    if case.opened >= stop or (case.resolved is not None and case.resolved < stop):
        return False
    return not any(one.reason == "resolved" and one.start < stop <= one.stop for one in case.pauses)


def _runs(minutes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where runs of minutes begin and end."""
    for _, members in groupby(enumerate(minutes), key=lambda one: one[1] - one[0]):
        run = [at for _, at in members]
        yield run[0], run[-1] + 1


def _more_is_better(target: Target) -> bool:
    name = str(target.measure)
    if target.aggregate == "count" or name in {"reopen_rate", "mttr", "backlog", "workload"}:
        return False
    return not (name in TIMES and str(target.aggregate) in CHOSEN)


def _value(target: Target, parts: Sequence[Part]) -> Fraction | None:
    name, how = str(target.measure), str(target.aggregate)
    met, missed = sum(one.met for one in parts), sum(one.missed for one in parts)
    if name == "availability":
        agreed = sum(one.agreed for one in parts)
        return 100 * sum((one.up for one in parts), Fraction(0)) / agreed if agreed else None
    if name == "mtbf":
        return sum((one.up for one in parts), Fraction(0)) / met if met else None
    if name in {"backlog", "workload"}:
        return Fraction(sum(one.number for one in parts)) if any(one.known for one in parts) else None
    if how in {"share", "count"}:
        if not met + missed:
            return None
        good = missed if name == "reopen_rate" or how == "count" else met
        return Fraction(good) if how == "count" else Fraction(100 * good, met + missed)
    values = sorted(value for one in parts for value in one.values)
    return _chosen(target, values) if values else None


def _chosen(target: Target, values: Sequence[Fraction]) -> Fraction:
    how = str(target.aggregate)
    if how == "mean":
        return sum(values, Fraction(0)) / len(values)
    if how == "worst":
        return values[0] if target.measure == "satisfaction" else values[-1]
    if how == "median":
        middle = [one for at, one in enumerate(values) if 2 * at <= len(values) <= 2 * (at + 1)]
        return sum(middle, Fraction(0)) / len(middle)
    rank = Fraction(target.percentile or 0)
    return next(one for one in values if 100 * sum(other <= one for other in values) >= rank * len(values))


def _credit(terms: ServiceTerms, target: Target, value: Fraction | None, calendar: Calendar) -> Decimal:
    due = [Decimal(0)]
    for tier in terms.credits:
        threshold = Fraction(tier.below) if tier.time is None else seconds(tier.time, calendar)
        reached = value is not None and (value > threshold if tier.above else value < threshold)
        if tier.target == target.id and reached:
            due.append(tier.credit)
    return max(due)
