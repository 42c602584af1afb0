"""From the assessment of underpinning to the internal alignment report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import TypeVar

from pipeline.measure.assessments import Assessment, Kind, Underpinning, Verdict
from pipeline.measure.chains import Lapse
from pipeline.measure.measurement import Measurement
from pipeline.measure.underpinning import assess
from pipeline.measure.windows import Agreed, compare_windows
from pipeline.merge.alignment import AgreementRow, AlignmentContext, LapseRow, PromiseRow, ServiceRow, WindowRow
from pipeline.merge.blocks import party, records_keeper
from pipeline.merge.chain_words import at_least, chain, figure, margin, notes, promised, supporter
from pipeline.merge.document import Document, Wanted, retained
from pipeline.merge.drafting import target_name
from pipeline.merge.tables import LISTED, Table, listing
from pipeline.merge.words import Labels, Words
from pipeline.model.agreements import BINDING, ORGANIZATION, Agreement, InForce, in_force
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import DateRange

THIN = Fraction(1, 10)
"""A carried promise with less left than this part of its time (or of its downtime) is worth watching."""
DETAILED = 400
"""With more promises than this only the services are listed, and every promise at risk."""
_Row = TypeVar("_Row")
LEFT_OUT = ("actuals", "capacity", "words", "money")
RULES = (
    "chain",
    "versions",
    "times",
    "suppliers",
    "pauses",
    "share",
    "availability",
    "redundant",
    "windows",
    "verdict",
)


def alignments(
    portfolio: Portfolio, _measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The report in every language, where there are OLAs or UCs; about all customers, so there is none of one."""
    supported = any(versions[0].kind != "sla" for versions in portfolio.agreements.values())
    if wanted.customer or not supported:
        return
    found = assess(portfolio)
    if not found.assessments:
        return
    day = max(span.agreement.revision.date for span in _relevant(portfolio, found))
    since = max(day, wanted.month.first_day()) if wanted.month else day
    spans = [span for span in _relevant(portfolio, found) if span.days.end >= since]
    if not any(span.agreement.kind == "sla" for span in spans):
        return
    for language in portfolio.languages:
        words = Words(language, labels[language])
        context = alignment_context(portfolio, found, since, words)
        yield Document(
            kind="alignment",
            stem=f"internal/alignment.{language}",
            language=language,
            agreement="",
            version=day.isoformat(),
            day=day,
            retain_until=retained(portfolio, day),
            context=context,
            sources=_sources(portfolio, spans, _unsigned(portfolio, since)),
            sheets=_sheets(context, words),
        )


def _relevant(portfolio: Portfolio, found: Underpinning) -> tuple[InForce, ...]:
    """When the SLAs assessed, and the OLAs and UCs that they name, are in force; by kind, SLAs first."""
    ids = dict.fromkeys(one.sla.id for one in found.assessments)
    named = {support for one in found.assessments for support in one.sla.relies_on}
    everything = [*ids, *(one for one in portfolio.agreements if one in named)]
    return tuple(span for identifier in everything for span in in_force(portfolio.agreements[identifier]))


def _sources(portfolio: Portfolio, spans: Iterable[InForce], unsigned: Iterable[Agreement]) -> tuple[str, ...]:
    sources = [portfolio.organization.source, portfolio.policy.source]
    sources += [one.source for one in portfolio.services.values()]
    sources += [one.source for one in portfolio.calendars.values()]
    sources += [one.source for one in unsigned]
    for span in spans:
        sources += [span.agreement.source, portfolio.party(span.agreement.other_party).source]
    return tuple(sorted({one.file for one in sources}))


def alignment_context(portfolio: Portfolio, found: Underpinning, since: date, words: Words) -> AlignmentContext:
    """What the agreements in force on that day or later come to; those that ended are history."""
    current = [one for one in found.assessments if one.days.end >= since]
    spans = [span for span in _relevant(portfolio, found) if span.days.end >= since]
    covered = [one for one in current if one.verdict is not Verdict.UNCOVERED]
    risks = [one for one in _worst_first(covered) if one.verdict is not Verdict.CARRIED or _thin(one)]
    listed = [one for one in covered if one.timed] if len(covered) <= DETAILED else []
    verdicts = _by_promise(current)
    short = sum(verdict in {Verdict.SHORT, Verdict.GAP, Verdict.UNCOVERED} for verdict, _ in verdicts)
    lapses = [lapse for lapse in found.lapses if lapse.days[-1].end >= since]
    whole = DateRange(min(span.days.start for span in spans), max(span.days.end for span in spans))
    years = sorted({year for one in current for note in one.remarks if note.kind is Kind.YEARS for year in note.items})
    thin = sum(thin for _, thin in verdicts)
    headline = "short" if short or lapses else "thin" if thin else "all"
    end = max(span.days.end for span in spans if span.agreement.kind == "sla")
    services = tuple(_services(current, portfolio, words))
    if len(services) > LISTED:
        services = tuple(_services(_worst_first(current), portfolio, words))
    return AlignmentContext(
        language=words.language,
        id="alignment",
        title=words.label("alignment.title"),
        provider=party(portfolio, ORGANIZATION, words),
        purpose=words.label("alignment.purpose"),
        date=words.date(since),
        scope=words.label("alignment.scope", **{kind: _count(spans, kind) for kind in ("sla", "ola", "uc")}),
        period=_range(DateRange(since, end), words),
        headline=words.label(f"alignment.headline.{headline}", count=len(verdicts), short=short, thin=thin),
        assessed=len(verdicts),
        carried=sum(verdict is Verdict.CARRIED for verdict, _ in verdicts),
        thin=thin,
        short=short,
        not_backed=sum(verdict is Verdict.NOT_BACKED for verdict, _ in verdicts),
        risks=tuple(_promise(one, portfolio, words) for one in risks),
        lapses=tuple(_lapse(one, portfolio, words) for one in lapses),
        services=services,
        promises=tuple(_promise(one, portfolio, words) for one in listed),
        availability=tuple(_promise(one, portfolio, words) for one in _worst_first(covered) if not one.timed),
        windows=_first_if_many(_windows(current, portfolio, words), lambda row: row.agreed != Agreed.WITHIN),
        agreements=_first_if_many(
            (_agreement(span, whole, portfolio, words) for span in spans), lambda row: row.kind != "sla"
        ),
        at_most=LISTED,
        timeline=(words.date(whole.start), words.date(whole.end)),
        unstated_years=words.listed(tuple(years)),
        rules=tuple(words.label(f"alignment.rule.{rule}") for rule in RULES),
        left_out=tuple(_left_out(portfolio, since, years, words)),
        records_keeper=records_keeper(portfolio, words),
        retention_years=portfolio.policy.retention_years,
    )


def _first_if_many(rows: Iterable[_Row], matters: Callable[[_Row], bool]) -> tuple[_Row, ...]:
    """Those that matter first where not all are shown; otherwise the order of the agreements stays."""
    found = tuple(rows)
    return found if len(found) <= LISTED else tuple(sorted(found, key=lambda row: not matters(row)))


def _left_out(portfolio: Portfolio, since: date, years: Sequence[str], words: Words) -> Iterator[str]:
    """What the report says nothing about, so that nobody takes it for an assurance of more than it compares."""
    unsigned = tuple(one.label for one in _unsigned(portfolio, since))
    if years:
        yield words.label("alignment.years", years=words.listed(tuple(years)))
    if unsigned:
        yield words.label("alignment.left_out.unsigned", versions=words.listed(unsigned))
    for point in LEFT_OUT:
        yield words.label(f"alignment.left_out.{point}")


def _unsigned(portfolio: Portfolio, since: date) -> Iterator[Agreement]:
    """Versions that nobody has signed yet, whichever agreement they belong to."""
    for versions in portfolio.agreements.values():
        yield from (one for one in versions if one.status not in BINDING and one.effective.end >= since)


_PROMISES = {
    "agreement": "alignment.agreement", "customer": "alignment.customer", "service": "alignment.service",
    "target": "alignment.target", "days": "alignment.days", "promised": "alignment.promised",
    "chain": "alignment.chain", "carried": "alignment.carried", "margin": "alignment.margin",
    "verdict_label": "alignment.verdict", "notes": "overview.remarks",
}  # fmt: skip
_LAPSES = {
    "agreement": "alignment.agreement", "customer": "alignment.customer", "supports": "alignment.support",
    "days": "alignment.days",
}  # fmt: skip
_SERVICES = {
    "agreement": "alignment.agreement", "customer": "alignment.customer", "service": "alignment.service",
    "calendar": "alignment.calendar", "supports": "alignment.supports", "promises": "alignment.promises",
    "carried": "alignment.carried", "tightest": "alignment.tightest_of",
}  # fmt: skip
_WINDOWS = {
    "support": "alignment.support", "when": "alignment.window", "purpose": "alignment.maintenance",
    "agreement": "alignment.agreement", "customer": "alignment.customer", "service": "alignment.service",
    "agreed_label": "alignment.agreed",
}  # fmt: skip
_AGREEMENTS = {
    "kind_label": "column.kind", "id": "alignment.agreement", "version": "column.version", "title": "column.title",
    "party": "alignment.party", "validity": "alignment.validity",
}  # fmt: skip
"""Field of a row -> label of its column in the workbook."""


def _sheets(context: AlignmentContext, words: Words) -> tuple[Table, ...]:
    """Everything, for sorting and filtering; no sheet where there is nothing."""
    sheets: tuple[tuple[str, Mapping[str, str], Sequence[object]], ...] = (
        ("alignment.section.risks", _PROMISES, context.risks),
        ("alignment.lapses", _LAPSES, context.lapses),
        ("alignment.section.services", _SERVICES, context.services),
        ("alignment.section.availability", _PROMISES, context.availability),
        ("alignment.section.promises", _PROMISES, context.promises),
        ("alignment.section.windows", _WINDOWS, context.windows),
        ("alignment.section.validity", _AGREEMENTS, context.agreements),
    )
    return tuple(listing(words, name, columns, rows) for name, columns, rows in sheets if rows)


def _count(spans: Iterable[InForce], kind: str) -> int:
    return sum(span.agreement.kind == kind for span in spans)


def _by_promise(current: Sequence[Assessment]) -> tuple[tuple[Verdict, bool], ...]:
    """The worst verdict of each promise on any of its days, and whether it is carried with a thin margin."""
    found: dict[tuple[str, tuple[int, int]], list[Assessment]] = {}
    for one in current:
        found.setdefault((one.sla.label, one.place), []).append(one)
    worst = [min(several, key=_severity) for several in found.values()]
    return tuple((one.verdict, _thin(one)) for one in worst)


def _worst_first(several: Iterable[Assessment]) -> list[Assessment]:
    """Services with the worst promise first, the promises of one service together."""
    groups: dict[tuple[str, str], list[Assessment]] = {}
    for one in sorted(several, key=_severity):
        groups.setdefault((one.sla.label, one.terms.service), []).append(one)
    return [one for group in groups.values() for one in group]


def _severity(one: Assessment) -> tuple[int, Fraction]:
    """The worst first: by verdict, then by what is left."""
    return list(Verdict).index(one.verdict), one.relative_margin if one.relative_margin is not None else Fraction(-1)


def _thin(one: Assessment) -> bool:
    return one.verdict is Verdict.CARRIED and one.relative_margin is not None and one.relative_margin < THIN


def _promise(one: Assessment, portfolio: Portfolio, words: Words) -> PromiseRow:
    verdict = "thin" if _thin(one) else str(one.verdict)
    carried = figure(one, one.carried, words)
    if one.share is not None and one.carried is not None:
        carried = words.label("alignment.limit", limit=carried, goal=at_least(one.share, words))
    return PromiseRow(
        agreement=one.sla.label,
        customer=words(portfolio.party(one.sla.customer).short_name),
        service=words(portfolio.services[one.terms.service].name),
        target=target_name(one.target, words),
        days="" if one.days == one.sla.effective else _range(one.days, words),
        promised=promised(one, words),
        chain=chain(one, portfolio, words),
        carried=carried,
        margin=margin(one, words),
        verdict=verdict,
        verdict_label=words.label(f"alignment.verdict.{verdict}"),
        notes=tuple(notes(one, portfolio, words, moment=verdict != Verdict.CARRIED)),
    )


def _range(days: DateRange, words: Words) -> str:
    return words.label("date.range", first=words.date(days.start), last=words.date(days.end))


def _lapse(lapse: Lapse, portfolio: Portfolio, words: Words) -> LapseRow:
    names = [supporter(portfolio.agreements[one][-1], portfolio, words) for one in lapse.supports]
    return LapseRow(
        lapse.sla.label,
        words(portfolio.party(lapse.sla.customer).short_name),
        words.label("alignment.or").join(names),
        words.listed(tuple(_range(days, words) for days in lapse.days)),
    )


def _services(current: Sequence[Assessment], portfolio: Portfolio, words: Words) -> Iterator[ServiceRow]:
    for _, group in groupby(current, key=lambda one: (one.sla.label, one.terms.service)):
        several = list(group)
        first = several[0]
        known = [one for one in several if one.relative_margin is not None]
        tightest = min(known, key=lambda one: one.relative_margin or Fraction(0), default=None)
        supports = dict.fromkeys(
            supporter(link.agreement, portfolio, words) for one in several for step in one.links for link in step
        )
        yield ServiceRow(
            first.sla.label,
            words(portfolio.party(first.sla.customer).short_name),
            words(portfolio.services[first.terms.service].name),
            words(portfolio.calendars[first.terms.calendar].name),
            words.listed(tuple(supports)) or words.label("none"),
            len(_by_promise(several)),
            sum(verdict is Verdict.CARRIED for verdict, _ in _by_promise(several)),
            _tightest(tightest, words) if tightest else "",
        )


def _tightest(one: Assessment, words: Words) -> str:
    return words.label("alignment.tightest", target=target_name(one.target, words), margin=margin(one, words))


def _windows(current: Iterable[Assessment], portfolio: Portfolio, words: Words) -> Iterator[WindowRow]:
    """The windows that count where both sides leave maintenance out of availability."""
    for one in current:
        for link in (link for step in one.links for link in step):
            if one.timed or link.target is None or "agreed-maintenance" not in link.target.exclude:
                continue
            for check in compare_windows(one.sla, link.agreement, one.terms.service, one.days):
                yield WindowRow(
                    supporter(link.agreement, portfolio, words),
                    words(check.window.when),
                    words(check.window.purpose),
                    one.sla.label,
                    words(portfolio.party(one.sla.customer).short_name),
                    words(portfolio.services[one.terms.service].name),
                    str(check.agreed),
                    words.label(f"alignment.window.{check.agreed}"),
                )


def _agreement(span: InForce, whole: DateRange, portfolio: Portfolio, words: Words) -> AgreementRow:
    one: Agreement = span.agreement
    length = (whole.end - whole.start).days + 1
    return AgreementRow(
        one.kind,
        words.label(f"alignment.kind.{one.kind}"),
        one.id,
        str(one.version),
        words(one.title),
        words(portfolio.party(one.other_party).short_name),
        _range(span.days, words),
        f"{100 * (span.days.start - whole.start).days / length:.2f}%",
        f"{100 * ((span.days.end - span.days.start).days + 1) / length:.2f}%",
    )
