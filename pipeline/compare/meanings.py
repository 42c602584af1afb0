"""What a change of a term means for the customer: the orders that values of terms stand in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pipeline.model.agreements import MONTHS, CreditTier, Due, MissClause
from pipeline.model.calendars import Calendar, Window
from pipeline.model.catalog import Better, Target
from pipeline.model.measures import better_of, goal_of, unit_of
from pipeline.model.quantities import DateRange, Limit, Money, Text, TimeUnit

LONGEST_LOOK = 366
"""Days of a version that service hours are compared on."""

# what turns the sense of a sentence: figures, and words of duty, denial and exception
_WEIGHTY = re.compile(
    r"\d+(?:[.,:]\d+)*%?|[〇零一二三四五六七八九十百千万两半]|[不未无非除免须应可]"
    r"|\b(?:not?|never|except|unless|without|only|may|shall|must|should|will|can(?:not)?|any|all|each"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twice|once|half|double)\b",
    re.IGNORECASE,
)


class Meaning(StrEnum):
    """What a change is to the customer of the agreement, told by itself; neutral where it cannot be ordered."""

    BETTER = "better"
    WORSE = "worse"
    NEUTRAL = "neutral"
    WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Setting:
    """What the two values stand in: service seconds of a day, the targets they belong to, and the days that matter."""

    days: tuple[int, int] = (0, 0)
    targets: tuple[Target | None, Target | None] = (None, None)
    span: DateRange | None = None

    @property
    def alike(self) -> bool:
        """Whether both targets are about the same, so that their figures can be held against each other."""
        about = [one and (one.measure, one.aggregate, one.priority, unit_of(one)) for one in self.targets]
        return about[0] == about[1]


Order = Callable[[Any, Any, Setting], Meaning]
"""Two values that differ, the old one first, and what stands around them."""


def judged(old: Any, new: Any, up: Meaning) -> Meaning:  # noqa: ANN401 - anything that can be ordered
    """`up` where the new value is the greater one, its opposite where it is the lesser."""
    if old == new:
        return Meaning.NEUTRAL
    return up if new > old else opposite(up)


def opposite(meaning: Meaning) -> Meaning:
    """Better for worse, worse for better."""
    return {Meaning.BETTER: Meaning.WORSE, Meaning.WORSE: Meaning.BETTER}.get(meaning, meaning)


def neutral(_old: object, _new: object, _setting: Setting) -> Meaning:
    """What cannot be ordered."""
    return Meaning.NEUTRAL


def amounts(up: Meaning, *, absent: float | None = None) -> Order:
    """Numbers; one that is not stated counts as `absent`, or cannot be compared."""

    def order(old: Any, new: Any, setting: Setting) -> Meaning:  # noqa: ANN401 - as above
        before, after = (absent if one is None else one for one in (old, new))
        if before is None or after is None or not setting.alike:
            return Meaning.NEUTRAL
        return judged(before, after, up)

    return order


def limits(up: Meaning, *, absent: int | None = None) -> Order:
    """Spans of service time; those in service days only where both sides have days of one length."""

    def order(old: Limit | None, new: Limit | None, setting: Setting) -> Meaning:
        stated = [one for one in (old, new) if one is not None]
        in_days = any(one.unit is TimeUnit.DAY for one in stated)
        if not setting.alike or (in_days and setting.days[0] != setting.days[1]):
            return Meaning.NEUTRAL
        before, after = (absent if one is None else one.exact(setting.days[0]) for one in (old, new))
        return Meaning.NEUTRAL if before is None or after is None else judged(before, after, up)

    return order


def goals(old: Target, new: Target, setting: Setting) -> Meaning:
    """Goals of one measure: a least that rises is better, a most that falls."""
    in_days = any(one.time_goal is not None and one.time_goal.unit is TimeUnit.DAY for one in (old, new))
    if not setting.alike or (in_days and setting.days[0] != setting.days[1]):
        return Meaning.NEUTRAL
    up = Meaning.BETTER if better_of(new) is Better.HIGHER else Meaning.WORSE
    return judged(goal_of(old, setting.days[0]), goal_of(new, setting.days[1]), up)


def sets(more: Meaning) -> Order:
    """Sets of which one contains the other."""

    def order(old: frozenset[str], new: frozenset[str], _setting: Setting) -> Meaning:
        if old < new:
            return more
        return opposite(more) if new < old else Meaning.NEUTRAL

    return order


def ranked(*best_first: str) -> Order:
    """Words of which the earlier is the better one."""

    def order(old: str, new: str, _setting: Setting) -> Meaning:
        if old not in best_first or new not in best_first:
            return Meaning.NEUTRAL
        return judged(best_first.index(old), best_first.index(new), Meaning.WORSE)

    return order


often = ranked(*sorted(MONTHS, key=lambda name: MONTHS[name]))
"""How often something is done: the more often the better."""


def charges(old: Money | None, new: Money | None, _setting: Setting) -> Meaning:
    """What is paid, in one currency."""
    if old is None or new is None or old.currency != new.currency:
        return Meaning.NEUTRAL
    return judged(old.amount, new.amount, Meaning.WORSE)


def dues(old: Due, new: Due, _setting: Setting) -> Meaning:
    """Terms in days of one sort."""
    return judged(old.days, new.days, Meaning.WORSE) if old.business == new.business else Meaning.NEUTRAL


def hours(old: Calendar | None, new: Calendar | None, setting: Setting) -> Meaning:
    """Service hours, day by day: wider where each day has all that it had, and some day more.

    Of a year whose holidays are not published the days of the week are known, and which side keeps holidays.
    """
    if old is None or new is None or setting.span is None or old.timezone != new.timezone:
        return Meaning.NEUTRAL
    more = less = False
    for offset in range(min((setting.span.end - setting.span.start).days + 1, LONGEST_LOOK)):
        day = setting.span.start + timedelta(days=offset)
        before, after = (_minutes(one.windows(day)) for one in (old, new))
        more, less = more or bool(after & ~before), less or bool(before & ~after)
        if old.holidays != new.holidays:
            more, less = more or _unpublished(old, day), less or _unpublished(new, day)
    if more == less:
        return Meaning.NEUTRAL if more else Meaning.WORDING
    return Meaning.BETTER if more else Meaning.WORSE


def _unpublished(calendar: Calendar, day: date) -> bool:
    """Whether the day lies in a year of which nobody knows the holidays yet."""
    return bool(calendar.holidays) and day.year not in calendar.years


def _minutes(windows: Sequence[Window]) -> int:
    """The minutes of a day as the bits of a number."""
    return sum((1 << stop) - (1 << start) for start, stop in windows)


def credited(old: Sequence[CreditTier], new: Sequence[CreditTier], setting: Setting) -> Meaning:
    """Tiers of one target by what they credit, whatever is reached: the highest that applies."""
    tiers = (*old, *new)
    days = setting.days[0]
    in_days = any(one.time is not None and one.time.unit is TimeUnit.DAY for one in tiers)
    if len({(one.above, one.unit) for one in tiers}) > 1 or (in_days and days != setting.days[1]):
        return Meaning.NEUTRAL

    def credit(side: Sequence[CreditTier], at: Fraction) -> Fraction:
        applying = (one for one in side if (_bound(one, days) <= at if one.above else _bound(one, days) >= at))
        return max((Fraction(one.credit) for one in applying), default=Fraction(0))

    bounds = {_bound(one, days) for one in tiers}
    return _dominating([(credit(old, at), credit(new, at)) for at in bounds])


def _bound(tier: CreditTier, day_seconds: int) -> Fraction:
    return tier.time.exact(day_seconds) if tier.time is not None else Fraction(tier.below)


def _dominating(pairs: Sequence[tuple[Fraction, Fraction]]) -> Meaning:
    """Better where no figure falls and some rises."""
    rises, falls = any(new > old for old, new in pairs), any(new < old for old, new in pairs)
    if rises == falls:
        return Meaning.NEUTRAL
    return Meaning.BETTER if rises else Meaning.WORSE


def misses(old: Sequence[MissClause], new: Sequence[MissClause], _setting: Setting) -> Meaning:
    """Clauses on repeated misses: better where whatever applied before still does, and for no less."""
    kept = all(any(_covers(other, one) for other in new) for one in old)
    matched = all(any(_covers(one, other) for one in old) for other in new)
    if kept == matched:
        return Meaning.NEUTRAL
    return Meaning.BETTER if kept else Meaning.WORSE


def _covers(wide: MissClause, narrow: MissClause) -> bool:
    """Whether all that fulfils the narrow clause fulfils the wide one, for a credit that is no less."""
    looser = wide.months <= narrow.months and wide.of >= narrow.of
    in_a_row = narrow.months == narrow.of and wide.of <= narrow.of
    return (looser or in_a_row) and (wide.credit or 0) >= (narrow.credit or 0)


def texts(old: Text, new: Text, _setting: Setting) -> Meaning:
    """Wording, unless figures or words of duty, denial or exception changed: those a reader has to weigh."""
    if not old or not new:
        return Meaning.NEUTRAL
    pairs = [(old.plain, new.plain)] if old.plain and new.plain else []
    pairs += [
        (said, new.translations[language])
        for language, said in old.translations.items()
        if language in new.translations
    ]
    if not pairs:
        pairs = [
            (old.plain or next(iter(old.translations.values())), new.plain or next(iter(new.translations.values())))
        ]
    return Meaning.NEUTRAL if any(weighty(one) != weighty(other) for one, other in pairs) else Meaning.WORDING


def weighty(text: str) -> list[str]:
    """The words of a text that turn its sense, in order."""
    return [found.lower() for found in _WEIGHTY.findall(text)]
