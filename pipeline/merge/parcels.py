"""Which documents are to be sent now, and to whom, by what the agreements say of reporting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pipeline.measure.measurement import longer_in_force, months_in_force
from pipeline.measure.promises import period_up_to, spans_of
from pipeline.merge.reporting import period_name
from pipeline.model.addressees import Addressee, readers, signer
from pipeline.model.agreements import Agreement, Status
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.problems import Problem, warning

Purpose = Literal["reports", "agreements", "minutes", "invitations", "surveys"]
PURPOSES: tuple[Purpose, ...] = ("reports", "agreements", "minutes", "invitations", "surveys")
"""What is sent, each with words of its own."""

INVITED = timedelta(days=30)
"""From so long before a planned meeting on, those who take part are invited, with what is known by then."""

_BY_MAIL = re.compile(r"邮件|邮箱|e-?mail|\bmail\b", re.IGNORECASE)
_NAMED = {".json": re.compile(r"json", re.IGNORECASE), ".csv": re.compile(r"csv", re.IGNORECASE)}
"""Files for programs, which are sent where the agreement's channel names them."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The files of one document, `stem` and an ending, for those who get it.

    `label` names it in file names; `first` and `last` are the days it is about, `months` how many.
    """

    purpose: Purpose
    agreement: Agreement
    stem: str
    label: str
    first: date
    last: date
    addressees: tuple[Addressee, ...]
    months: int = 1

    @property
    def optional(self) -> bool:
        """Whether it is only made where the exports reach far enough back."""
        return self.months > 1

    def takes(self, path: str) -> bool:
        """Whether a published file belongs into it."""
        if not path.startswith(self.stem + ".") or "/" in path[len(self.stem) :]:
            return False
        return not any(
            path.endswith(ending) and not named.search(_said(self.agreement)) for ending, named in _NAMED.items()
        )


def parcels(
    portfolio: Portfolio,
    month: Month | None,
    today: date,
    purposes: tuple[str, ...],
    customer: str,
    *,
    any_channel: bool = False,
) -> tuple[tuple[Parcel, ...], tuple[Problem, ...]]:
    """The reports of the month, minutes of meetings and results of surveys since it began, final texts to sign.

    To these come the packs of meetings that are near. What is not agreed to go by mail is left out, unless
    `any_channel` will do.
    """
    found: list[Parcel] = []
    problems: list[Problem] = []
    makers: Mapping[Purpose, Iterator[_Draft]] = {
        "reports": _reports(portfolio, month),
        "agreements": _unsigned(portfolio),
        "minutes": _minutes(portfolio, month),
        "invitations": _invitations(portfolio, today),
        "surveys": _surveys(portfolio, month),
    }
    for purpose in PURPOSES:
        for draft in makers[purpose] if purpose in purposes or not purposes else ():
            one = draft.agreement
            if customer not in {"", one.other_party}:
                continue
            if purpose == "agreements":
                to: tuple[Addressee, ...] = (signer(one, portfolio.party(one.other_party)),)
            elif not any_channel and not _BY_MAIL.search(_said(one)):
                problems.append(_not_by_mail(one, draft))
                continue
            else:
                to, mistakes = readers(one, portfolio)
                problems += mistakes
            found.append(Parcel(purpose, one, draft.stem, draft.label, draft.first, draft.last, to, draft.months))
    return tuple(found), tuple(problems)


@dataclass(frozen=True, slots=True)
class _Draft:
    agreement: Agreement
    stem: str
    label: str
    first: date
    last: date
    months: int = 1


def _reports(portfolio: Portfolio, month: Month | None) -> Iterator[_Draft]:
    """The reports of the month, and of the quarter and year that it ends, under the last version in force in each."""
    for versions in portfolio.agreements.values() if month else ():
        if versions[0].kind != "sla" or month is None:
            continue
        spans = spans_of(versions)
        monthly = ((span, 1) for span, _ in months_in_force(spans, [month]))
        for span, count in (*monthly, *longer_in_force(spans, month)):
            one = span.agreement
            name = period_name(period_up_to(one, month, count))
            first, last = (month.plus(at).contract_days(one.period_start_day) for at in (1 - count, 0))
            stem = f"{one.customer}/reports/{one.id}_{name}"
            yield _Draft(one, stem, name, first.start, last.end, count)


def _unsigned(portfolio: Portfolio) -> Iterator[_Draft]:
    for versions in portfolio.agreements.values():
        for one in versions:
            if one.status is Status.SIGNED and portfolio.registration(one) is None:
                stem = f"{one.other_party}/agreements/{one.id}_{one.version.slug}"
                yield _Draft(one, stem, one.version.slug, one.effective.start, one.effective.end)


def _minutes(portfolio: Portfolio, month: Month | None) -> Iterator[_Draft]:
    for review in portfolio.reviews.values():
        if review.status == "held" and month is not None and review.day >= month.first_day():
            one = portfolio.agreements[review.agreement][-1]
            yield _Draft(one, f"{one.other_party}/reviews/{review.id}", str(review.day), review.day, review.day)


def _invitations(portfolio: Portfolio, today: date) -> Iterator[_Draft]:
    for review in portfolio.reviews.values():
        if review.status == "planned" and today <= review.day <= today + INVITED:
            one = portfolio.agreements[review.agreement][-1]
            yield _Draft(one, f"{one.other_party}/reviews/{review.id}_pack", str(review.day), review.day, review.day)


def _surveys(portfolio: Portfolio, month: Month | None) -> Iterator[_Draft]:
    for survey in portfolio.surveys.values():
        one = portfolio.agreements[survey.agreement][-1]
        for held in survey.held:
            if month is not None and held.closes >= month.first_day():
                stem = f"{one.other_party}/surveys/{survey.id}_{held.month}"
                yield _Draft(one, stem, str(held.month), held.opens, held.closes)


def _said(agreement: Agreement) -> str:
    channel = agreement.reporting.channel
    return " ".join((channel.plain, *channel.translations.values()))


def _not_by_mail(agreement: Agreement, draft: _Draft) -> Problem:
    place = agreement.source.at("reporting", "channel")
    message = f"{draft.stem} is not sent: by {agreement.label} the channel is no mail"
    return warning(place, "channel", message, "hand it over as agreed, then note that with --by-hand")
