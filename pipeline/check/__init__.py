"""Portfolio to problems: pure functions, all of them listed in `CHECKS`."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.check.approvals import check_approvals
from pipeline.check.calendars import check_calendars
from pipeline.check.improvements import check_improvements
from pipeline.check.languages import check_languages
from pipeline.check.matrix import check_matrix
from pipeline.check.procedure import check_procedure
from pipeline.check.profiles import check_profiles
from pipeline.check.publications import check_publications
from pipeline.check.references import check_references
from pipeline.check.requirements import check_requirements
from pipeline.check.reviews import check_reviews
from pipeline.check.roles import check_roles
from pipeline.check.signed import check_signed
from pipeline.check.surveys import check_surveys
from pipeline.check.targets import check_exclusions, check_supplier_terms, check_targets
from pipeline.check.versions import check_versions
from pipeline.model.portfolio import Portfolio
from pipeline.problems import Problem

CHECKS: tuple[Callable[[Portfolio], tuple[Problem, ...]], ...] = (
    check_references,
    check_matrix,
    check_versions,
    check_signed,
    check_roles,
    check_reviews,
    check_improvements,
    check_approvals,
    check_calendars,
    check_targets,
    check_supplier_terms,
    check_exclusions,
    check_languages,
    check_profiles,
    check_publications,
    check_procedure,
    check_requirements,
    check_surveys,
)
"""Every check of the portfolio; the order does not matter, since problems are sorted by place."""


def check(portfolio: Portfolio) -> tuple[Problem, ...]:
    """All mistakes that only show when the sources are seen together."""
    return tuple(problem for check_one in CHECKS for problem in check_one(portfolio))
