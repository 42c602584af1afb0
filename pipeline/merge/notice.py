"""The notice to the SLM manager: what is new since the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.measure.alerting import News
from pipeline.merge.explanation import Section
from pipeline.merge.forecasting import Telling
from pipeline.model.alerts import Alert
from pipeline.model.records import MISSING

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Somebody with a mail address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A part of the notice about one SLA."""

    title: str
    headline: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice, ready to print; `at` is its date in UTC seconds, shown in `timezone`. `alerts` are what it tells of.

    `rules` say once how everything in the letters was worked out.
    """

    language: str
    at: int
    timezone: str
    sender: Correspondent
    recipient: Correspondent
    subject: str
    greeting: str
    intro: tuple[str, ...]
    remarks: tuple[str, ...]
    letters: tuple[Letter, ...]
    rules: Section
    alerts: tuple[Alert, ...]


def notice(found: Sequence[News], telling: Telling, at: int, *, first: bool) -> Notice:
    """The notice of that news to the holder of the role `slm-manager`; `first` is the one with none before it."""
    portfolio, words = telling.portfolio, telling.words
    organization, rules = portfolio.organization, portfolio.policy.alerts
    manager = organization.people[organization.roles["slm-manager"]]
    moment = words.label("notice.moment", at=words.moment(at, rules.timezone), timezone=words.timezone(rules.timezone))
    alerts = tuple(sorted({alert for one in found for alert in one.alerts}))
    return Notice(
        language=words.language,
        at=at,
        timezone=rules.timezone,
        sender=Correspondent(words(organization.name), organization.email),
        recipient=Correspondent(words(manager.name), manager.email),
        subject=words.label("notice.subject", count=len(alerts), at=words.moment(at, rules.timezone)),
        greeting=words.label("notice.greeting", name=words(manager.name)),
        intro=(words.label("notice.first" if first else "notice.intro", at=moment), _freshness(telling, at)),
        remarks=(words.label("notice.more"), words.label("notice.automatic")),
        letters=tuple(_letter(one, telling) for one in found),
        rules=telling.rule_section(
            [target for one in found for target in one.targets], [ticket for one in found for ticket in one.tickets]
        ),
        alerts=alerts,
    )


def _freshness(telling: Telling, at: int) -> str:
    words, rules = telling.words, telling.portfolio.policy.alerts
    newest = telling.moment(telling.newest, rules.timezone)
    if telling.newest != MISSING and at - telling.newest > rules.stale_after:
        return words.label("notice.stale", newest=newest, hours=words.number((at - telling.newest) // HOUR))
    return words.label("notice.newest", newest=newest)


def _letter(one: News, telling: Telling) -> Letter:
    words, agreement = telling.words, one.forecast.span.agreement
    return Letter(
        title=words.label(
            "notice.sla",
            customer=words(telling.portfolio.customers[agreement.customer].name),
            agreement=agreement.number,
            version=agreement.version,
            period=words.month(one.forecast.period.month),
        ),
        headline=telling.headline(one.targets, one.tickets),
        sections=(
            *([telling.target_section(one.targets)] if one.targets else []),
            *([telling.ticket_section(one.forecast, one.tickets)] if one.tickets else []),
        ),
    )
