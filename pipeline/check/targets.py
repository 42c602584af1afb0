"""Targets are complete and credits follow them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.model.agreements import Agreement, ServiceTerms
from pipeline.model.catalog import TIMED, Target
from pipeline.model.portfolio import Portfolio
from pipeline.model.source import Path, Source
from pipeline.problems import Problem, error

SUPPLIER_TERMS = ("renewal", "outcome", "interfaces", "commercial")


def check_targets(portfolio: Portfolio) -> tuple[Problem, ...]:
    """What is wrong with the targets of each service level, agreement and requirement."""
    problems: list[Problem] = []
    for service in portfolio.services.values():
        for index, level in enumerate(service.levels):
            problems += _targets(service.source, ("levels", index, "targets"), level.targets)
    for versions in portfolio.agreements.values():
        for agreement in versions:
            for index, terms in enumerate(agreement.services):
                problems += _targets(agreement.source, ("services", index, "targets"), terms.targets)
                problems += _credits(agreement, index, terms)
    for requirement in portfolio.requirements.values():
        for index, item in enumerate(requirement.items):
            problems += _targets(requirement.source, ("items", index, "targets"), item.targets)
    return tuple(problems)


def check_supplier_terms(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Renewal, outcome and the like belong to a UC, and a UC needs them."""
    problems: list[Problem] = []
    for versions in portfolio.agreements.values():
        for agreement in versions:
            said = {leaf.key.split("/")[0] for leaf in agreement.content}
            for key in SUPPLIER_TERMS:
                if agreement.kind == "uc" and key not in said:
                    message = f"a contract with a supplier needs {key}"
                    problems.append(error(agreement.source.at("kind"), "missing-key", message, f"add {key}: …"))
                elif agreement.kind != "uc" and key in said:
                    message = f"{key} does not apply to an {agreement.kind}"
                    problems.append(error(agreement.source.at(key), "unknown-key", message, "take it out"))
    return tuple(problems)


def _targets(source: Source, path: Path, targets: Sequence[Target]) -> Iterator[Problem]:
    for index, target in enumerate(targets):
        place = source.at(*path, index)
        if target.measure in TIMED:
            if not target.priority:
                yield error(place, "target-incomplete", f"{target.measure} needs a priority", "add priority: P1")
            if target.limit is None:
                yield error(place, "target-incomplete", f"{target.measure} needs a limit", "add limit: 4 h")
            if target.exclude:
                message = f"exclude does not apply to {target.measure}"
                yield error(source.at(*path, index, "exclude"), "target-excess", message, "use pause_on")
        else:
            for key, present in (
                ("priority", bool(target.priority)),
                ("limit", target.limit is not None),
                ("pause_on", bool(target.pause_on)),
            ):
                if present:
                    message = f"{key} does not apply to {target.measure}"
                    yield error(source.at(*path, index, key), "target-excess", message, "take it out")


def _credits(agreement: Agreement, index: int, terms: ServiceTerms) -> Iterator[Problem]:
    for position, tier in enumerate(terms.credits):
        target = terms.target(tier.target)
        path = ("services", index, "credits", position, "below")
        if target is not None and tier.below > target.goal:
            message = f"a credit below {tier.below}% would be paid although the goal of {target.goal}% is met"
            yield error(agreement.source.at(*path), "credit-above-goal", message)
    if terms.credits and agreement.charge is None:
        message = "credits are a share of the charge, which is not stated"
        place = agreement.source.at("services", index, "credits")
        yield error(place, "credit-without-charge", message, "add charge: {amount: …, currency: CNY}")
