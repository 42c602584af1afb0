"""`slm forecast` and `slm alert`: what the running periods will come to, and what of that is new."""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from math import floor
from zoneinfo import ZoneInfo

from pipeline.build import known_customer, label_missing, months_of, prepare
from pipeline.load.exports import missing_exports, month_folders
from pipeline.load.reading import Reading
from pipeline.load.rules import FIRST_YEAR, LAST_YEAR
from pipeline.measure.alerting import current, news
from pipeline.measure.forecast import Forecast, forecasts
from pipeline.measure.known import KnownAt, newest
from pipeline.measure.promises import month_of, sla_spans
from pipeline.measure.underway import measure_running, running_period
from pipeline.merge.explanation import Sheet
from pipeline.merge.forecast_records import forecast_record
from pipeline.merge.forecasting import Telling
from pipeline.merge.notice import Notice, notice
from pipeline.merge.plain import plain
from pipeline.merge.words import Labels, MissingLabelError, Words
from pipeline.model.alerts import Alert
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import MISSING
from pipeline.options import Options
from pipeline.problems import Place, Problem, error, has_errors, warning
from pipeline.publish.files import Staging
from pipeline.publish.notices import FOLDER, LEDGER, publish, read_remembered
from pipeline.render import fonts
from pipeline.render.notice import digest, mail, markdown
from pipeline.render.templates import TemplateMistake

_FIRST, _LAST = (int(datetime(year, 1, 2, tzinfo=UTC).timestamp()) for year in (FIRST_YEAR, LAST_YEAR))


@dataclass(frozen=True, slots=True)
class Asked:
    """The moment asked for, as written, and the day of the environment; without both, where the exports end."""

    at: str = ""
    epoch: int | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """All forecasts as known at `at`, to read and as lines for programs; none, and problems, where it failed."""

    problems: tuple[Problem, ...]
    at: int = MISSING
    forecasts: tuple[Forecast, ...] = ()
    telling: Telling | None = None
    sheets: tuple[Sheet, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """The alerts that are new, and the files that tell of them."""

    problems: tuple[Problem, ...]
    new: tuple[Alert, ...] = ()
    files: tuple[str, ...] = ()
    standing: int = 0


def forecast(options: Options, asked: Asked) -> Foreseen:
    """Every SLA (of the customer asked for) that is in force, in its running period."""
    prepared = prepare(options)
    portfolio, labels = prepared.portfolio, prepared.labels
    if portfolio is None or has_errors(prepared.problems):
        return Foreseen(prepared.problems)
    gc.freeze()  # as for a build: the sources stay to the end
    at, problems = _moment(options, asked, portfolio)
    problems += known_customer(options, portfolio)
    if has_errors(problems):
        return Foreseen(problems)
    months, found = _months(options, portfolio, at)
    problems += (*found, *_nothing_runs(portfolio, at))
    if has_errors(problems):
        return Foreseen(problems)
    reading = Reading.of(options.sources, portfolio, months, fonts.uncovered)
    known = KnownAt(reading, at)
    measurement, found = measure_running(
        portfolio, known, months, at, lambda customer: options.customer in {"", customer}
    )
    problems += tuple(one for one in (*reading.problems, *found) if has_errors((one,)))
    problems += missing_exports(portfolio, reading.files, months[-1:])
    if measurement is None or has_errors(problems):
        return Foreseen(problems)
    made = forecasts(measurement, at, portfolio.calendars, portfolio.policy.alerts)
    made = tuple(one for one in made if options.customer in {"", one.span.agreement.customer})
    try:
        return _told(
            made,
            Telling(portfolio, measurement.measured.records.tickets, known.newest, _words(asked, portfolio, labels)),
            at,
            (*problems, *_stale(portfolio, known.newest, at, months[-1])),
        )
    except MissingLabelError as missing:
        return Foreseen((*problems, label_missing(missing)))


def alert(options: Options, asked: Asked) -> Told:
    """Write a notice of what is new since the last one, and remember it; with errors nothing is written."""
    with Staging(options.output) as staging:
        return _alert(options, asked, staging)


def _alert(options: Options, asked: Asked, staging: Staging) -> Told:
    foreseen = forecast(options, asked)
    if foreseen.telling is None:
        return Told(foreseen.problems)
    ledger, found = read_remembered(options.output)
    problems = (*foreseen.problems, *found, *_earlier(ledger.at, foreseen.at))
    if has_errors(problems):
        return Told(problems)
    tickets, at = foreseen.telling.tickets, foreseen.at
    standing = current(foreseen.forecasts, tickets)
    fresh = tuple(news(foreseen.forecasts, tickets, ledger.alerts))
    notices: dict[str, bytes] = {}
    try:
        if fresh:
            letter = notice(fresh, foreseen.telling, at, first=ledger.at is None)
            notices = _files(letter, options)
    except MissingLabelError as missing:
        return Told((*problems, label_missing(missing)))
    except TemplateMistake as mistake:
        return Told((*problems, mistake.problem))
    publish(staging, notices, ledger.after(at, standing, options.customer))
    new = tuple(sorted({one for single in fresh for one in single.alerts}))
    return Told(problems, new, tuple(f"{FOLDER}/{name}" for name in notices), len(standing))


def _told(made: Sequence[Forecast], telling: Telling, at: int, problems: tuple[Problem, ...]) -> Foreseen:
    lines = (json.dumps(plain(forecast_record(one, telling)), ensure_ascii=False) for one in made)
    return Foreseen(problems, at, tuple(made), telling, tuple(map(telling.sheet, made)), tuple(lines))


def _files(letter: Notice, options: Options) -> dict[str, bytes]:
    stem = f"notice-{datetime.fromtimestamp(letter.at, UTC):%Y%m%dT%H%M%SZ}-{digest(letter)[:8]}"
    return {f"{stem}.eml": mail(letter, options.templates), f"{stem}.md": markdown(letter)}


def _words(asked: Asked, portfolio: Portfolio, labels: Labels) -> Words:
    language = asked.language or portfolio.languages[0]
    return Words(language, labels[language])


# -- when ---------------------------------------------------------------------------------------------------------


def _moment(options: Options, asked: Asked, portfolio: Portfolio) -> tuple[int, tuple[Problem, ...]]:
    """Now: as written, else the environment's, else the second after the newest that tickets tell of."""
    if asked.at:
        return _written(asked.at, portfolio.policy.alerts.timezone)
    if asked.epoch is not None:
        return _sensible(asked.epoch, f"SOURCE_DATE_EPOCH={asked.epoch}")
    folders = month_folders(options.sources)
    if not folders:
        return MISSING, (error(Place("sources/metrics"), "no-month", "there are no exports"),)
    reading = Reading.of(options.sources, portfolio, folders[-1:], fonts.uncovered)
    latest = max(map(newest, reading.batches()), default=MISSING)
    if latest == MISSING:
        message = f"no ticket of {folders[-1]} tells how far the exports reach"
        return MISSING, (error(Place(f"sources/metrics/{folders[-1]}"), "no-moment", message, "say when: --at"),)
    return latest + 1, ()


def _written(text: str, timezone: str) -> tuple[int, tuple[Problem, ...]]:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a moment"
        hint = "write it like 2026-11-20T12:00, or with its offset: 2026-11-20T12:00+08:00"
        return MISSING, (error(Place("--at"), "moment", message, hint),)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))
    return _sensible(floor(moment.timestamp()), text)


def _sensible(at: int, written: str) -> tuple[int, tuple[Problem, ...]]:
    """A moment that calendars can be asked about."""
    if _FIRST <= at < _LAST:
        return at, ()
    return MISSING, (error(Place("--at"), "moment", f"{written!r} lies outside of {FIRST_YEAR} to {LAST_YEAR}"),)


def _months(options: Options, portfolio: Portfolio, at: int) -> tuple[tuple[Month, ...], tuple[Problem, ...]]:
    """The months that the reports of the running periods would read, as far as there are exports of them."""
    folders = month_folders(options.sources)
    running = max((month_of(spans[-1].agreement, at - 1) for spans in sla_spans(portfolio).values()), default=None)
    begun = [one for one in folders if running is None or one <= running]
    if not begun:
        message = "there are no exports of the time before the moment asked for"
        return (), (error(Place("--at"), "no-month", message),)
    return months_of(replace(options, month=begun[-1]), portfolio)


def _nothing_runs(portfolio: Portfolio, at: int) -> tuple[Problem, ...]:
    if any(running_period(spans, at) for spans in sla_spans(portfolio).values()):
        return ()
    return (error(Place("--at"), "not-in-force", "no SLA is in force in the month of the moment asked for"),)


def _stale(portfolio: Portfolio, known: int, at: int, last: Month) -> tuple[Problem, ...]:
    """A forecast from old exports misleads: what happened since is not in it."""
    rules = portfolio.policy.alerts
    if known != MISSING and at - known <= rules.stale_after:
        return ()
    shown = partial(datetime.fromtimestamp, tz=ZoneInfo(rules.timezone))
    reach = "tell of no ticket before" if known == MISSING else f"reach to {shown(known):%Y-%m-%d %H:%M}; now is"
    message = f"the exports {reach} {shown(at):%Y-%m-%d %H:%M}"
    return (warning(Place(f"sources/metrics/{last}"), "stale-exports", message, "add newer exports"),)


def _earlier(told: int | None, at: int) -> tuple[Problem, ...]:
    """A notice of an earlier moment would forget alerts that were told since."""
    if told is None or at >= told:
        return ()
    hint = f"slm forecast looks at earlier moments; if that one was a slip, delete {LEDGER}, and all is told again"
    message = f"the last notice is of a later moment, {datetime.fromtimestamp(told, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return (error(Place("--at"), "earlier", message, hint),)
