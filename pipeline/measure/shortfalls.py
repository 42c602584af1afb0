"""What the assessment of underpinning finds wrong, as problems at the targets of the SLA."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from pipeline.measure.assessments import Assessment, Finding, Kind, Underpinning
from pipeline.measure.chains import Lapse, Link
from pipeline.measure.links import stages_of
from pipeline.measure.underpinning import assess
from pipeline.model.catalog import Target
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import DateRange
from pipeline.problems import Problem

_STEP = Decimal("0.0001")


def check_underpinning(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Promises to customers that the agreements behind them do not carry; severity as `policy.yaml` says."""
    return shortfalls(assess(portfolio), portfolio)


def shortfalls(underpinning: Underpinning, portfolio: Portfolio) -> tuple[Problem, ...]:
    """A problem for each weakness, at the target of the SLA; for missing days, where the support is named."""
    found = [problem for one in underpinning.lapses for problem in _lapse(one, portfolio)]
    found += [problem for one in underpinning.assessments for problem in _weaknesses(one, portfolio)]
    return tuple(dict.fromkeys(found))


def _lapse(lapse: Lapse, portfolio: Portfolio) -> Iterator[Problem]:
    names, days = " or ".join(lapse.supports), " and ".join(_days(one) for one in lapse.days)
    message = f"{lapse.sla.label} is in force {days}, but {names} is not"
    place = lapse.sla.source.at(*lapse.path)
    yield Problem(place, portfolio.policy.underpinning, "underpinning", message, "extend it, or shorten the promise")


def _weaknesses(one: Assessment, portfolio: Portfolio) -> Iterator[Problem]:
    index, position = one.place
    place = one.sla.source.at("services", index, "targets", position)
    what = f"{one.sla.label} {one.terms.service} {one.target.id}"
    if one.days != one.sla.effective:
        what += f" {_days(one.days)}"
    for finding in one.findings:
        message, hint = _said(one, finding)
        yield Problem(place, portfolio.policy.underpinning, "underpinning", f"{what}: {message}", hint)


def _said(one: Assessment, finding: Finding) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    label, items = finding.support.label if finding.support else "", ", ".join(finding.items)
    if finding.kind in {Kind.TIME, Kind.AVAILABILITY}:
        return _too_little(one), "shorten a link of the chain, or promise more time" if one.timed else _AGREE
    when = finding.window.window.when.in_language(one.sla.language) if finding.window else ""
    missing = f"{one.target.measure} for {one.target.priority}" if one.target.priority else one.target.measure
    return {
        Kind.INSIDE: (
            f"{items} works within the limit of {label}, but may take {spelled(finding.value)} longer",
            "give the team more time, or let its target pause on waiting-supplier, so that both times add up",
        ),
        Kind.PAUSE: (
            f"{label} pauses on {items}, while the clock of this promise runs on",
            "end the pause there, agree on it here, or name a contract that limits it",
        ),
        Kind.SHARE: (f"{one.target.goal}% promised, {percent(finding.value)} kept by {label}", _AGREE),
        Kind.HOURS: (f"{label} serves only {percent(finding.value)} of the service time promised", _AGREE),
        Kind.EXCLUDED: (
            f"{label} does not count {items}, this promise does",
            "exclude it on both sides, or on neither",
        ),
        Kind.WINDOW: (
            f"the maintenance of {label} ({when}) is in no window of this SLA",
            "agree on the window here, or move it there",
        ),
        Kind.FOREIGN: (f"{label} is named for this service, but does not cover it", "add it there, or name another"),
    }.get(finding.kind, (f"{label} has no {missing}", "add that target there"))


_AGREE = "agree more with the supporting side, or promise less"


def _too_little(one: Assessment) -> str:
    """Promise, sum and what is missing."""
    carried, promised = one.carried or Fraction(0), one.promised
    if not one.timed:
        missing = rounded_down(promised - carried)
        return f"{percent(promised)} promised, {percent(carried)} carried by {chain_words(one)}, {missing} points short"
    words = f"{spelled(promised)} promised, {spelled(carried)} carried by {chain_words(one)}, "
    words += f"{spelled(carried - promised)} too slow"
    if one.worst_moment is not None:
        moment = datetime.fromtimestamp(one.worst_moment, ZoneInfo(one.sla.timezone))
        words += f"; worst for a ticket of {moment:%Y-%m-%d %H:%M}"
    return words


def chain_words(one: Assessment) -> str:
    """`ola-desk 10 min → ola-net 4 h (uc-a 3 h within) → (uc-b 3 h or uc-c 2 h)`, without those who take no part."""
    words = []
    for own, suppliers in stages_of(one.links, timed=one.timed):
        within = " → ".join(filter(None, map(_step, suppliers)))
        words.append(f"{_step(own)} ({within} within)" if own and within else _step(own) if own else within)
    return " → ".join(filter(None, words))


def _step(step: Sequence[Link]) -> str:
    figures = [f"{link.agreement.id} {_figure(link.target)}" for link in step if link.target is not None]
    return f"({' or '.join(figures)})" if len(figures) > 1 else "".join(figures)


def _figure(target: Target) -> str:
    return str(target.limit) if target.limit is not None else f"{target.goal}%"


def spelled(seconds: Fraction) -> str:
    """`4 h 30 min`."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min"), (left, "s")) if number]
    return " ".join(parts) or "0 s"


def percent(value: Fraction) -> str:
    """A percentage, never rounded up."""
    return f"{rounded_down(value)}%"


def rounded_down(value: Fraction) -> Decimal:
    """To four decimals at most, with as few as do."""
    exact = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_STEP, ROUND_DOWN)
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact.normalize()


def _days(days: DateRange) -> str:
    return f"from {days.start} to {days.end}" if days.start != days.end else f"on {days.start}"
