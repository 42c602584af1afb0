"""What a missed target costs: credit tiers and their cap, in percent of the period's charge."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from pipeline.measure.promises import Promise
from pipeline.model.agreements import CreditTier

NOTHING = Decimal(0)


def credit(promise: Promise, value: Fraction | None) -> Decimal:
    """The highest tier whose value is undercut (exceeded, where less is better); nothing where nothing was measured."""
    if value is None:
        return NOTHING
    tiers = [
        one.credit for one in promise.terms.credits if one.target == promise.target.id and is_due(one, promise, value)
    ]
    return max(tiers, default=NOTHING)


def is_due(tier: CreditTier, promise: Promise, value: Fraction) -> bool:
    """Whether the value lies below the tier's (above it, where less is better)."""
    threshold = Fraction(tier.below) if tier.time is None else tier.time.exact(promise.day)
    return value > threshold if tier.above else value < threshold


def capped(earned: Iterable[Decimal], cap: Decimal | None) -> tuple[Decimal, Decimal]:
    """The sum before and after the cap."""
    total = sum(earned, NOTHING)
    return total, total if cap is None else min(total, cap)
