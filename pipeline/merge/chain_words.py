"""How the alignment report puts chains, figures and findings into words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from pipeline.measure.assessments import Assessment, Finding, Kind
from pipeline.measure.chains import Link
from pipeline.measure.links import stages_of
from pipeline.merge.words import EMPTY, Words, exact
from pipeline.model.agreements import Agreement
from pipeline.model.portfolio import Portfolio

_STEP = Decimal("0.0001")
_UNSAID = frozenset({Kind.YEARS, Kind.TIME, Kind.AVAILABILITY})
"""What the columns of a row, or the report as a whole, say already."""


def duration(seconds: Fraction, words: Words) -> str:
    """`2 小时 45 分钟`, `2 h 45 min`; with a sign where it is negative."""
    hours, rest = divmod(abs(int(seconds)), 3600)
    minutes, left = divmod(rest, 60)
    parts = [
        words.label(f"unit.{unit}", amount=words.number(amount))
        for unit, amount in (("h", hours), ("min", minutes), ("s", left))
        if amount
    ]
    shown = " ".join(map(_whole, parts)) or words.label("unit.min", amount=0)
    return f"−{shown}" if seconds < 0 else shown


def share(value: Fraction) -> str:
    """A percentage to four decimals at most, never rounded up."""
    return f"{_rounded(value)}%"


def _rounded(value: Fraction) -> str:
    shown = exact(value).quantize(_STEP, ROUND_FLOOR)
    return f"{shown:f}".rstrip("0").rstrip(".").replace("-", "−")


def figure(one: Assessment, value: Fraction | None, words: Words) -> str:
    """A time or a percentage, as the target has it."""
    if value is None:
        return EMPTY
    return duration(value, words) if one.timed else share(value)


def margin(one: Assessment, words: Words) -> str:
    """What is left of the promise."""
    if one.margin is None:
        return EMPTY
    return duration(one.margin, words) if one.timed else words.label("alignment.points", points=_rounded(one.margin))


def promised(one: Assessment, words: Words) -> str:
    """The limit, and in how many of 100 cases."""
    goal = at_least(one.target.goal, words)
    if one.target.limit is None:
        return goal
    return words.label("alignment.limit", limit=_whole(words.limit(one.target.limit)), goal=goal)


def at_least(goal: Decimal, words: Words) -> str:
    """`≥ 95%`, never torn apart."""
    return _whole(f"≥ {words.percent(goal)}")


def _whole(shown: str) -> str:
    return shown.replace(" ", "\N{NO-BREAK SPACE}")


def chain(one: Assessment, portfolio: Portfolio, words: Words) -> str:
    """`服务台 10 分钟 → 网络组 4 小时（内含运营商 3 小时）`: those who take part, in the order of their work."""
    shown = []
    for own, suppliers in stages_of(one.links, timed=one.timed):
        within = " → ".join(filter(None, (_step(step, portfolio, words) for step in suppliers)))
        team = _step(own, portfolio, words) if own else ""
        shown.append(
            words.label("alignment.within", team=team, suppliers=within) if team and within else team or within
        )
    return " → ".join(filter(None, shown)) or EMPTY


def _step(step: Sequence[Link], portfolio: Portfolio, words: Words) -> str:
    shown = [f"{supporter(one.agreement, portfolio, words)} {_figure(one, words)}" for one in step if one.target]
    return (
        words.label("alignment.any_of", links=words.label("alignment.or").join(shown))
        if len(shown) > 1
        else "".join(shown)
    )


def _figure(one: Link, words: Words) -> str:
    if one.target is None or one.target.limit is None:
        return words.percent(one.target.goal) if one.target else ""
    return _whole(words.limit(one.target.limit))


def supporter(agreement: Agreement, portfolio: Portfolio, words: Words) -> str:
    """The team or supplier behind an OLA or UC."""
    return words(portfolio.party(agreement.provider).short_name)


def notes(one: Assessment, portfolio: Portfolio, words: Words, *, moment: bool) -> Iterator[str]:
    """What weakens the promise or is worth knowing; the worst moment where it matters."""
    for finding in (*one.findings, *one.remarks):
        if finding.kind not in _UNSAID:
            yield _note(one, finding, portfolio, words)
    if moment and one.worst_moment is not None:
        yield words.label("alignment.worst", moment=words.moment(one.worst_moment, one.sla.timezone))


def _note(one: Assessment, finding: Finding, portfolio: Portfolio, words: Words) -> str:
    support = supporter(finding.support, portfolio, words) if finding.support else ""
    named: Mapping[Kind, Callable[[str], str]] = {
        Kind.PAUSE: lambda item: words.label(f"pause.{item}"),
        Kind.EXCLUDED: lambda item: words.label(f"outage.{item}"),
        Kind.INSIDE: lambda item: _party_of(item, portfolio, words),
    }
    name = named.get(finding.kind, str)
    value = duration(finding.value, words) if finding.kind is Kind.INSIDE else share(finding.value)
    return words.label(
        f"alignment.note.{finding.kind}",
        support=support,
        items=words.listed(tuple(map(name, finding.items))),
        value=value,
        measure=words.label(f"measure.{one.target.measure}"),
        priority=one.target.priority,
        window=words(finding.window.window.when) if finding.window else "",
    )


def _party_of(identifier: str, portfolio: Portfolio, words: Words) -> str:
    return supporter(portfolio.agreements[identifier][-1], portfolio, words)
