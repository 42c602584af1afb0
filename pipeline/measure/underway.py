"""The contract months that are running: measured up to an instant within them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.measure.measurement import Asked, Exports, Measurement, Shown, measure_periods, months_in_force
from pipeline.measure.promises import Period, Span, month_of, sla_spans
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.problems import Problem


def measure_running(
    portfolio: Portfolio, exports: Exports, months: Sequence[Month], at: int, shown: Shown | None = None
) -> tuple[Measurement | None, tuple[Problem, ...]]:
    """Measure the contract month that runs at `at`, up to that instant: each SLA in force has one month, cut at `at`.

    `exports` are those of `months`, and tell of nothing at or after `at`. At the end of a period the results are those
    of its report.
    """
    spans = sla_spans(portfolio)
    whole = {identifier: running_period(found, at) for identifier, found in spans.items()}
    cut = {
        identifier: tuple((span, replace(period, stop=at)) for span, period in found)
        for identifier, found in whole.items()
    }
    now, none = dict.fromkeys(spans, at), dict.fromkeys(spans, ())
    periods = [period for found in whole.values() for _, period in found]
    return measure_periods(portfolio, exports, Asked(spans, cut, none, cut, now, periods, months), shown)


def running_period(spans: Sequence[Span], at: int) -> tuple[tuple[Span, Period], ...]:
    """The contract month in which the second before `at` lies, with the version that its report will be about.

    So the end of a period still belongs to it. Nothing where no version of the SLA has been in force in that month yet.
    """
    found = tuple(months_in_force(spans, [month_of(spans[-1].agreement, at - 1)]))
    return tuple(
        (span, period) for span, period in found if any(one.start < at and one.stop > period.start for one in spans)
    )
