"""What a requirement means for the catalogue, the customer's SLA and the agreements behind it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.measure.fit import RequirementFit, ServiceFit, Verdict
from pipeline.merge.requirement import ImpactRow
from pipeline.merge.words import EMPTY, Words
from pipeline.model.agreements import Agreement, in_force
from pipeline.model.portfolio import Portfolio

Support = tuple[Agreement, tuple[ServiceFit, ...]]
"""An OLA or UC version, and the services asked for that it underpins."""

_WEIGHT = (Verdict.PRESENT, Verdict.NEW, Verdict.OTHER, Verdict.BEYOND)


def impact(portfolio: Portfolio, fit: RequirementFit, words: Words) -> Iterator[ImpactRow]:
    """The catalogue, the SLA, and every OLA and UC that underpins a service asked for."""
    yield _catalogue(portfolio, fit, words)
    yield _sla(portfolio, fit, words)
    for agreement, services in underpinning(portfolio, fit):
        verdict = max((_verdict(fit, one) for one in services), key=_WEIGHT.index)
        yield ImpactRow(
            words.label(f"requirement.kind.{agreement.kind}"),
            f"{agreement.number} {agreement.version}",
            words(portfolio.party(agreement.provider).short_name),
            _names(services, words),
            words.label(f"requirement.impact.support.{verdict}"),
        )


def underpinning(portfolio: Portfolio, fit: RequirementFit) -> tuple[Support, ...]:
    """The OLAs and UCs in force behind each service: those that the customer's SLA names, else all that have it."""
    found = []
    for identifier, versions in portfolio.agreements.items():
        for span in in_force(versions):
            if span.agreement.kind == "sla" or fit.requirement.day not in span.days:
                continue
            services = tuple(
                one
                for one in fit.services
                if span.agreement.terms(one.service.id) is not None
                and (one.agreement is None or identifier in one.agreement.relies_on)
            )
            if services:
                found.append((span.agreement, services))
    return tuple(found)


def _verdict(fit: RequirementFit, service: ServiceFit) -> Verdict:
    """The gravest verdict on the items of a service."""
    items = [item for item in fit.requirement.items if item.service == service.service.id]
    return max((fit.verdict(item) for item in items), key=_WEIGHT.index)


def _names(services: tuple[ServiceFit, ...], words: Words) -> str:
    return words.listed(tuple(words(one.service.name) for one in services))


def _catalogue(portfolio: Portfolio, fit: RequirementFit, words: Words) -> ImpactRow:
    beyond = fit.beyond
    named = [found for item in beyond if (found := fit.of(item)) is not None]
    services = tuple(one for one in fit.services if one in named)
    shown = [_names(services, words)] if services else []
    if any(not item.service for item in beyond):
        shown.append(words.label("requirement.impact.catalogue.unlisted"))
    action = words.label("requirement.impact.catalogue" if beyond else "requirement.impact.none")
    kind = words.label("requirement.kind.catalogue")
    issues = portfolio.catalog.issues if portfolio.catalog else ()
    then = [str(one.version) for one in issues if one.revision.date <= fit.requirement.day]
    return ImpactRow(kind, then[-1] if then else EMPTY, EMPTY, words.listed(tuple(shown)) or EMPTY, action)


def _sla(portfolio: Portfolio, fit: RequirementFit, words: Words) -> ImpactRow:
    """The customer's SLA: which services change level or come in, and which wait for a change."""
    requirement = fit.requirement
    present = next((one.agreement for one in fit.services if one.agreement is not None), None)
    if present is None:
        present = next(
            (
                span.agreement
                for span in in_force(portfolio.agreements.get(requirement.agreement, ()))
                if requirement.day in span.days
            ),
            None,
        )
    actions = []
    for one in fit.services:
        verdict = _verdict(fit, one)
        if verdict in {Verdict.NEW, Verdict.OTHER} and one.proposed is not None:
            before = words(one.present.level.name) if one.present else ""
            fields = {"service": words(one.service.name), "level": words(one.proposed.level.name), "present": before}
            actions.append(words.label(f"requirement.impact.sla.{verdict if before else 'new'}", **fields))
    if any(_over(one, fit) for one in fit.services):
        actions.append(words.label("requirement.impact.sla.workload"))
    if fit.beyond:
        actions.append(words.label("requirement.impact.sla.beyond"))
    text = words.label("requirement.impact.join").join(actions)
    return ImpactRow(
        words.label("requirement.kind.sla"),
        f"{present.number} {present.version}" if present else EMPTY,
        words(portfolio.customers[requirement.customer].short_name),
        _names(fit.services, words) or EMPTY,
        (text if present else words.label("requirement.impact.sla.conclude", changes=text))
        or words.label("requirement.impact.sla.present"),
    )


def _over(service: ServiceFit, fit: RequirementFit) -> bool:
    """Whether more work was asked for than the SLA allows for today."""
    agreed = service.terms.workload_limit if service.terms else None
    asked = [one.workload for one in fit.requirement.items if one.service == service.service.id and one.workload]
    return agreed is not None and max(asked, default=0) > agreed
