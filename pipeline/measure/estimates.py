"""How sure a figure of a sample is: intervals for a mean and for a share, at 95 percent.

Student's quantile is worked out here: for whole degrees of freedom the distribution has a closed form, so that a
library of some forty megabytes for one number, and another version's last digit, are saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from math import atan, cos, pi, sin, sqrt

CONFIDENCE = Decimal("0.95")
Z = Decimal("1.959964")
"""Standard normal quantile of 0.975."""

LEAST = 2
"""Values below which nothing tells how they spread."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The ends of a confidence interval."""

    low: Decimal
    high: Decimal


def mean_interval(counts: dict[Fraction, int], population: int | None, ends: tuple[int, int]) -> Interval | None:
    """Of the mean of `counts` (value -> how often) among `population` people; never beyond the ends of the scale.

    Where nobody knows how many there are, they are taken for many, which makes it rather too wide.

    mean ± t(0.975; n - 1) · s / √n · √(1 - n / N), with the sample variance s² = Σ(x - mean)² / (n - 1). W. G. Cochran,
    Sampling Techniques, 3rd edition (1977), 2.6 (variance with the finite population correction) and 2.8 (the limits).
    None where fewer than two people answered, or where all gave the same score and others were not heard: then nothing
    tells how scores spread. When everybody answered, both ends are the mean.
    """
    n = sum(counts.values())
    if n < LEAST:
        return None
    mean = sum((value * count for value, count in counts.items()), Fraction(0)) / n
    squares = sum((count * (value - mean) ** 2 for value, count in counts.items()), Fraction(0))
    unheard = max(Fraction(0), 1 - Fraction(n, population)) if population else Fraction(1)
    if not squares and unheard:
        return None
    half = t_quantile(n - 1) * _root(squares / (n - 1) / n * unheard)
    middle = _decimal(mean)
    return Interval(max(middle - half, Decimal(ends[0])), min(middle + half, Decimal(ends[1])))


def share_interval(part: int, n: int) -> Interval | None:
    """Of a share, in percent: Wilson's score interval, without a correction for a small population, so rather too wide.

    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n). E. B. Wilson, Journal of the American Statistical Association
    22 (1927), 209-212. None where nobody answered.
    """
    if not n:
        return None
    p, square = Fraction(part, n), Fraction(Z) ** 2
    middle = p + square / (2 * n)
    spread = Z * _root(p * (1 - p) / n + square / (4 * n * n))
    whole = _decimal(1 + square / n)
    low, high = ((_decimal(middle) + sign * spread) / whole for sign in (-1, 1))
    # at the ends the interval reaches them exactly; roots are rounded
    return Interval(Decimal(0) if not part else 100 * low, Decimal(100) if part == n else 100 * high)


@cache
def t_quantile(degrees: int) -> Decimal:
    """Student's quantile of 0.975, to six decimals."""
    low, high = 0.0, 13.0
    while high - low > 1e-9:  # noqa: PLR2004 - three digits more than are kept
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, degrees) < float(CONFIDENCE) else (low, middle)
    return Decimal(high).quantize(Decimal("0.000001"))


def within(t: float, degrees: int) -> float:
    """The probability that Student's t lies between -t and t: Abramowitz and Stegun (1964), 26.7.3 and 26.7.4."""
    angle = atan(t / sqrt(degrees))
    total = factor = cos(angle) if degrees % 2 else 1.0
    square = cos(angle) ** 2
    for step in range(3 if degrees % 2 else 2, degrees - 1, 2):
        factor *= square * (step - 1) / step
        total += factor
    if degrees % 2 == 0:
        return sin(angle) * total
    return 2 / pi * (angle + (sin(angle) * total if degrees > 1 else 0.0))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _root(value: Fraction) -> Decimal:
    with localcontext(prec=34):
        return _decimal(value).sqrt()
