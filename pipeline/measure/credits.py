"""What a missed target costs: credit tiers and their cap, in percent of the period's charge."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from pipeline.model.agreements import ServiceTerms
from pipeline.model.catalog import Target

NOTHING = Decimal(0)


def credit(terms: ServiceTerms, target: Target, value: Fraction | None) -> Decimal:
    """The highest tier whose threshold the value lies below; nothing where nothing was measured."""
    if value is None:
        return NOTHING
    tiers = [tier.credit for tier in terms.credits if tier.target == target.id and value < Fraction(tier.below)]
    return max(tiers, default=NOTHING)


def capped(earned: Iterable[Decimal], cap: Decimal | None) -> tuple[Decimal, Decimal]:
    """The sum before and after the cap."""
    total = sum(earned, NOTHING)
    return total, total if cap is None else min(total, cap)
