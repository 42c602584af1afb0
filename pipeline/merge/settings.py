"""What `slm whatif` set, in words: each term with its values before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.merge import amounts
from pipeline.merge.drafting import missed_often, target_name, tier_words
from pipeline.merge.words import EMPTY, Words
from pipeline.model.agreements import Agreement, ServiceTerms, Version
from pipeline.model.catalog import Target
from pipeline.model.measures import types_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.settings import CALENDAR, REPEATED, TIERS, Setting

Versions = Sequence[tuple[Agreement, Agreement]]


@dataclass(frozen=True, slots=True)
class Revision:
    """A setting where it applies: to a target of a service, a service, or (no `service`) the whole agreement.

    `values` are those of each version that has it, before and after; the `unchanged` versions do not.
    """

    setting: Setting
    service: str
    name: str
    values: tuple[tuple[Version, str, str], ...]
    unchanged: tuple[Version, ...]

    def before(self, words: Words) -> str:
        """`4 h`, or by version where those differ."""
        return _by_version([(version, value) for version, value, _ in self.values], words)

    def after(self, words: Words) -> str:
        """The same of the value that was set."""
        return _by_version([(version, value) for version, _, value in self.values], words)


def revisions(
    portfolio: Portfolio, settings: Sequence[Setting], versions: Versions, words: Words
) -> tuple[Revision, ...]:
    """Every setting, for each service that it applies to."""
    return tuple(one for setting in settings for one in _Reviser(portfolio, setting, versions, words).revisions())


def _by_version(values: Sequence[tuple[Version, str]], words: Words) -> str:
    having: dict[str, list[str]] = {}
    for version, value in values:
        having.setdefault(value, []).append(str(version))
    if len(having) == 1:
        return values[0][1]
    told = (
        words.label("whatif.by_version", versions=words.listed(tuple(versions)), value=value)
        for value, versions in having.items()
    )
    return words.joined(tuple(told))


@dataclass(frozen=True, slots=True)
class _Reviser:
    """One setting."""

    portfolio: Portfolio
    setting: Setting
    versions: Versions
    words: Words

    def revisions(self) -> Iterator[Revision]:
        """One for each service, or one for the agreement."""
        setting, words = self.setting, self.words
        label = words.label(f"whatif.key.{setting.key}")
        if not setting.target and setting.key != CALENDAR:
            values = tuple((one.version, self._agreed(one), self._agreed(other)) for one, other in self.versions)
            yield Revision(setting, "", label, values, ())
            return
        services = dict.fromkeys(
            terms.service
            for _, other in reversed(self.versions)
            for terms in other.services
            if setting.service in {"", terms.service}
            and (not setting.target or terms.target(setting.target) is not None)
        )
        for service in services:
            pairs = [(one, one.terms(service), other.terms(service)) for one, other in self.versions]
            having = [
                (one.version, before, after)
                for one, before, after in pairs
                if before is not None
                and after is not None
                and (not setting.target or after.target(setting.target) is not None)
            ]
            lacking = tuple(one.version for one, _ in self.versions if one.version not in {each[0] for each in having})
            name = self._name(service, having[-1][2], label)
            values = tuple((version, self._value(before), self._value(after)) for version, before, after in having)
            yield Revision(setting, service, name, values, lacking)

    def _name(self, service: str, terms: ServiceTerms, label: str) -> str:
        """`Network operations, P1 resolution time: limit`."""
        name = self.words(self.portfolio.services[service].name)
        target = terms.target(self.setting.target)
        if target is not None:
            name = self.words.label("whatif.name", service=name, target=target_name(target, self.words))
        return self.words.label("whatif.term.of", owner=name, term=label)

    def _agreed(self, agreement: Agreement) -> str:
        """A term of the whole agreement."""
        words = self.words
        if self.setting.key == "charge":
            return words.money(agreement.charge) if agreement.charge else EMPTY
        if self.setting.key == "counted_by":
            return words.label(f"whatif.counted_by.{agreement.counted_by}")
        cap = agreement.credit_cap if self.setting.key == "credit_cap" else agreement.credit_cap_year
        return words.percent(cap) if cap is not None else EMPTY

    def _value(self, terms: ServiceTerms) -> str:
        """A term of a service, or of a target of it."""
        words, identifier = self.words, self.setting.target
        target = terms.target(identifier)
        if self.setting.key == CALENDAR:
            return words(self.portfolio.calendars[terms.calendar].name)
        if self.setting.key == TIERS:
            tiers = [
                words.label("whatif.tier", bound=tier_words(one, target, words), credit=words.percent(one.credit))
                for one in terms.credits
                if one.target == identifier and target is not None
            ]
            return words.listed(tuple(tiers)) or EMPTY
        if self.setting.key == REPEATED:
            clauses = [
                words.label(
                    "whatif.tier", bound=missed_often(one, words), credit=words.percent(one.credit or Decimal(0))
                )
                for one in terms.repeated_miss
                if one.target == identifier
            ]
            return words.listed(tuple(clauses)) or EMPTY
        return self._of_target(target) if target is not None else EMPTY

    def _of_target(self, target: Target) -> str:
        words, key = self.words, self.setting.key
        lists = {
            "pause_on": ("pause", target.pause_on),
            "exclude": ("outage", target.exclude),
            "types": ("ticket", types_of(target)),
        }
        if key in lists:
            prefix, chosen = lists[key]
            return words.listed(tuple(words.label(f"{prefix}.{one}") for one in sorted(chosen))) or EMPTY
        if key in {"limit", "grace"}:
            limit = target.limit if key == "limit" else target.grace
            return words.limit(limit) if limit is not None else EMPTY
        if key == "components":
            return words.listed(tuple(words.label("rule.any_of").join(step) for step in target.components)) or EMPTY
        return {
            "goal": amounts.bound(target, words),
            "on_reopen": words.label(f"reopen.{target.on_reopen}"),
            "on_priority_change": words.label(f"whatif.on_priority_change.{target.on_priority_change}"),
            "priority": target.priority or EMPTY,
            "minimum_sample": str(target.minimum_sample or EMPTY),
        }.get(key, amounts.measure_name(target, words))
