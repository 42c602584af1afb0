"""The priority matrix of the policy answers every question that can be put to it."""

from __future__ import annotations

from pipeline.model.portfolio import Portfolio
from pipeline.problems import Problem, error


def check_matrix(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Combinations of impact and urgency without a priority; unknown ones are for `check_references`."""
    policy = portfolio.policy
    problems = []
    for impact in policy.impacts:
        row = policy.matrix.get(impact)
        missing = [urgency for urgency in policy.urgencies if urgency not in (row or {})]
        if row is None:
            message = f"the matrix has no row for the impact {impact!r}"
            hint = f"add {impact}: {{{', '.join(f'{urgency}: …' for urgency in policy.urgencies)}}}"
            problems.append(error(policy.source.at("matrix", "@key"), "matrix-incomplete", message, hint))
        elif missing:
            message = f"the matrix has no priority for the impact {impact!r} with the urgency {' or '.join(missing)}"
            problems.append(error(policy.source.at("matrix", impact, "@key"), "matrix-incomplete", message))
    return tuple(problems)
