"""Requirements say enough to be compared, and no more than their status allows."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model.portfolio import Portfolio
from pipeline.model.requirements import Requirement, RequirementStatus
from pipeline.model.source import Path
from pipeline.problems import Problem, error, warning


def check_requirements(portfolio: Portfolio) -> tuple[Problem, ...]:
    """What is wrong with the requirements."""
    problems: list[Problem] = []
    for requirement in portfolio.requirements.values():
        problems += _items(requirement)
        problems += _decided(requirement)
        problems += _agreement(requirement, portfolio)
    return tuple(problems)


def _items(requirement: Requirement) -> Iterator[Problem]:
    source = requirement.source
    judged = requirement.status is not RequirementStatus.RECEIVED
    for index, item in enumerate(requirement.items):
        if item.targets and not item.calendar:
            message = "targets are counted in service hours, and none are asked for"
            yield error(source.at("items", index, "targets"), "hours-missing", message, "add calendar: …")
        for position, point in enumerate(item.others):
            if judged and not point.verdict:
                message = f"the requirement is {requirement.status}, but nobody has judged this point"
                place = source.at("items", index, "other", position)
                yield warning(place, "verdict-missing", message, "add verdict: within or beyond")


def _decided(requirement: Requirement) -> Iterator[Problem]:
    """Decisions that were written before anybody analysed what was asked."""
    if requirement.status is not RequirementStatus.RECEIVED:
        return
    written: list[Path] = []
    for index, item in enumerate(requirement.items):
        if item.decision:
            written.append(("items", index, "decision"))
        written += [
            ("items", index, "other", position, "decision") for position, one in enumerate(item.others) if one.decision
        ]
    if requirement.decisions:
        written.append(("decisions",))
    if requirement.change is not None and requirement.change.decision:
        written.append(("change_request", "decision"))
    for path in written:
        message = "a decision is given while the requirement is only received"
        yield error(requirement.source.at(*path), "decided-early", message, "write status: analysed, or take it out")


def _agreement(requirement: Requirement, portfolio: Portfolio) -> Iterator[Problem]:
    versions = portfolio.agreements.get(requirement.agreement, ())
    place = requirement.source.at("agreement")
    if versions and versions[0].kind == "sla" and versions[0].customer != requirement.customer:
        message = f"{requirement.agreement} is an agreement with {versions[0].customer}"
        yield error(place, "other-customer", message, f"name an SLA with {requirement.customer}")
    newer = any(version.revision.date >= requirement.day for version in versions)
    if versions and requirement.status is RequirementStatus.AGREED and not newer:
        message = f"agreed on, but {requirement.agreement} has no version since {requirement.day}"
        yield warning(place, "not-carried-out", message, "write the next version of the agreement")
