"""Effective dates: one version in force a day, no gaps, in the order of the version numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import combinations, pairwise

from pipeline.model.agreements import Agreement, InForce, Status, in_force
from pipeline.model.portfolio import Portfolio
from pipeline.problems import Problem, error, warning


def check_versions(portfolio: Portfolio) -> tuple[Problem, ...]:
    """What is wrong with the versions of each agreement."""
    problems: list[Problem] = []
    for versions in portfolio.agreements.values():
        for version in versions:
            problems += _single(version, versions)
        binding = in_force(versions)
        problems += _overlaps(binding)
        problems += _order_and_gaps(binding)
        problems += _periods(binding)
    problems += _same_service_twice(portfolio)
    return tuple(problems)


def _single(version: Agreement, versions: Sequence[Agreement]) -> Iterator[Problem]:
    source, days = version.source, version.effective
    if days.end < days.start:
        message = f"the version ends on {days.end}, before it starts on {days.start}"
        yield error(source.at("effective", "until"), "dates-order", message)
    if version.kind != versions[0].kind:
        message = f"this version is a {version.kind}, {versions[0].version} is a {versions[0].kind}"
        yield error(source.at("kind"), "kind-changed", message)
    if version.customer != versions[0].customer or version.provider != versions[0].provider:
        message = "the parties differ from those of the first version"
        yield error(source.at("customer"), "party-changed", message, "a new party needs a new agreement id")
    if version.status is Status.TERMINATED and version.terminated_on is None:
        message = "a terminated version needs the day of its end"
        yield error(source.at("status"), "terminated-when", message, "add terminated_on: YYYY-MM-DD")
    if version.terminated_on is not None and version.status is not Status.TERMINATED:
        yield error(source.at("terminated_on"), "terminated-status", "the status is not terminated")
    if version.replaces is not None:
        earlier = {other.version: other for other in versions if other.version < version.version}
        if version.replaces not in earlier:
            known = ", ".join(str(number) for number in earlier) or "none"
            message = f"there is no earlier version {version.replaces}"
            yield error(source.at("replaces"), "replaces-unknown", message, f"earlier versions: {known}")
        elif version.effective.start < earlier[version.replaces].effective.start:
            message = f"{version.version} takes effect before {version.replaces}, which it replaces"
            yield error(source.at("effective", "from"), "versions-order", message, "higher versions start later")
    if version.revision.date > version.effective.start and version.status is Status.SIGNED:
        message = f"signed on {version.revision.date}, after it took effect on {version.effective.start}"
        yield warning(source.at("revision", "date"), "signed-late", message)


def _overlaps(binding: Sequence[InForce]) -> Iterator[Problem]:
    for first, second in combinations(binding, 2):
        common = first.days.overlap(second.days)
        if common is not None:
            agreement = second.agreement
            message = (
                f"{first.agreement.version} and {agreement.version} of {agreement.id} are both in force "
                f"from {common.start} to {common.end}"
            )
            hint = f"end one of them earlier, or write replaces: {first.agreement.version} here"
            yield error(agreement.source.at("effective", "from"), "two-in-force", message, hint)


def _order_and_gaps(binding: Sequence[InForce]) -> Iterator[Problem]:
    for earlier, later in pairwise(binding):
        source = later.agreement.source
        if later.days.start < earlier.days.start:
            message = f"{later.agreement.version} takes effect before {earlier.agreement.version}"
            yield error(source.at("effective", "from"), "versions-order", message, "higher versions start later")
        elif later.days.start > earlier.days.end + timedelta(days=1):
            first = earlier.days.end + timedelta(days=1)
            last = later.days.start - timedelta(days=1)
            message = f"no version of {later.agreement.id} is in force from {first} to {last}"
            yield warning(source.at("effective", "from"), "gap", message)


def _periods(binding: Sequence[InForce]) -> Iterator[Problem]:
    """Contract months that begin at other instants would count some days twice, or never."""
    for earlier, later in pairwise(one.agreement for one in binding if one.agreement.kind == "sla"):
        if later.period_start_day != earlier.period_start_day:
            message = f"contract months start on day {later.period_start_day}, those of {earlier.version} on day "
            message += f"{earlier.period_start_day}: days in between would count twice or never"
            hint = f"write starts_on_day: {earlier.period_start_day}, or make it an agreement with an id of its own"
            yield error(later.source.at("period", "starts_on_day"), "period-changed", message, hint)
        if later.timezone != earlier.timezone:
            message = f"contract months are those of {later.timezone}, in {earlier.version} of {earlier.timezone}: "
            message += "hours in between would count twice or never"
            hint = f"write timezone: {earlier.timezone}, or make it an agreement with an id of its own"
            yield error(later.source.at("timezone"), "period-changed", message, hint)


def _same_service_twice(portfolio: Portfolio) -> Iterator[Problem]:
    """Two SLAs of one customer that promise a service on the same day: nobody could say which a ticket counts for."""
    spans: dict[tuple[str, str], list[InForce]] = {}
    for versions in portfolio.agreements.values():
        for span in in_force(versions):
            if span.agreement.kind == "sla":
                for terms in span.agreement.services:
                    spans.setdefault((span.agreement.customer, terms.service), []).append(span)
    for (_, service), found in spans.items():
        for first, second in combinations(found, 2):
            common = first.days.overlap(second.days)
            if common is not None and first.agreement.id != second.agreement.id:
                index = [terms.service for terms in second.agreement.services].index(service)
                message = (
                    f"{service} is already promised by {first.agreement.label} from {common.start} to {common.end}"
                )
                place = second.agreement.source.at("services", index, "service")
                yield error(place, "service-twice", message, "a customer's service belongs to one SLA at a time")
