"""The targets that an SLA missed in a period, and why: what the exports tell of tickets, and what was said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.measure.attainment import MISSED, Result
from pipeline.measure.cases import outage_cases, ticket_cases
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import Measurement, SlaMonth
from pipeline.measure.measures import Measured
from pipeline.model.commentary import MissRemark, Remarks
from pipeline.model.measures import Basis, basis_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.problems import Place, Problem, warning


@dataclass(frozen=True, slots=True)
class Miss:
    """A target missed; `told` are cause and action of each late ticket or interruption behind it, as exported."""

    result: Result
    told: tuple[tuple[str, str], ...]
    remark: MissRemark | None

    @property
    def explained(self) -> bool:
        """Whether anybody said why."""
        return self.remark is not None or (bool(self.told) and all(cause for cause, _ in self.told))


def misses(portfolio: Portfolio, measured: Measured, month: SlaMonth) -> Iterator[Miss]:
    """The targets missed, in the order of the agreement; of several months the latest remark counts."""
    spoken = remarks_on(portfolio, month)
    late: dict[tuple[str, str], list[tuple[str, str]]] = {}
    tickets, outages = measured.records.tickets, measured.records.outages
    for case in ticket_cases(measured, month):
        for stand in case.stands:
            if stand.counted and stand.verdict is Verdict.MISSED:
                key = stand.promise.terms.service, stand.promise.target.id
                late.setdefault(key, []).append((tickets.cause[case.row], tickets.action[case.row]))
    down: dict[str, list[tuple[str, str]]] = {}
    for one in outage_cases(measured, month):
        if one.counted:
            down.setdefault(outages.service[one.row], []).append((outages.cause[one.row], outages.action[one.row]))
    for result in month.results:
        if result.status != MISSED:
            continue
        service, target = result.promise.terms.service, result.promise.target
        about_outages = basis_of(target) is Basis.OUTAGES
        told = down.get(service, []) if about_outages else late.get((service, target.id), [])
        remark = next((found for words in spoken if (found := words.on(service, target.id))), None)
        yield Miss(result, tuple(dict.fromkeys(told)), remark)


def remarks_on(portfolio: Portfolio, month: SlaMonth) -> tuple[Remarks, ...]:
    """What was said of the months of a period, the latest first."""
    months = [month.period.month.plus(-back) for back in range(month.period.months)]
    found = [portfolio.commentaries[one] for one in months if one in portfolio.commentaries]
    identifier = month.span.agreement.id
    return tuple(one.agreements[identifier] for one in found if identifier in one.agreements)


def unexplained(portfolio: Portfolio, measurement: Measurement | None, last: Month | None) -> tuple[Problem, ...]:
    """A warning for each SLA that missed targets in the month, where neither an export nor a commentary says why."""
    if measurement is None or last is None:
        return ()
    return tuple(problem for problem in _unexplained(portfolio, measurement, last))


def _unexplained(portfolio: Portfolio, measurement: Measurement, last: Month) -> Iterator[Problem]:
    written = portfolio.commentaries.get(last)
    file = f"sources/metrics/{last}/commentary.yaml"
    for identifier, months in measurement.months.items():
        for month in months:
            if month.period.month != last:
                continue
            found = [one for one in misses(portfolio, measurement.measured, month) if not one.explained]
            if found:
                missed = ", ".join(
                    f"{one.result.promise.terms.service} {one.result.promise.target.id}" for one in found
                )
                at = ("agreements", identifier) if written and identifier in written.agreements else ("agreements",)
                place = written.source.at(*at) if written else Place(file)
                hint = f"write cause and action under misses: of {identifier} in {file}"
                yield warning(place, "unexplained-miss", f"nothing says why {identifier} missed {missed}", hint)
