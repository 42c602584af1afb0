"""`KEY=VALUE` of `slm whatif --set`, held against the versions that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.load.kinds.fields import TARGET
from pipeline.model.agreements import Agreement
from pipeline.model.settings import CALENDAR, REPEATED, TIERS, Setting, option
from pipeline.problems import Place, Problem, did_you_mean, error

OF_TARGET = (*(key for key in TARGET["schema"] if key != "id"), TIERS, REPEATED)
OF_SERVICE = (CALENDAR,)
OF_AGREEMENT = (CALENDAR, "credit_cap", "credit_cap_year", "counted_by", "charge")
EXAMPLE = "write it like p1-resolution.limit=2h"
_WITH_SERVICE = 3


def read_settings(
    written: Sequence[str], versions: Sequence[Agreement]
) -> tuple[tuple[Setting, ...], tuple[Problem, ...]]:
    """Every `--set` in order; `versions` are those of one agreement that the settings may change."""
    found = [_read(one.strip(), versions) for one in written]
    settings = [one for one in found if isinstance(one, Setting)]
    problems = [one for one in found if isinstance(one, Problem)]
    keys: set[tuple[str, str, str]] = set()
    for one in settings:
        key = one.service, one.target, one.key
        if key in keys:
            problems.append(_wrong(one.written, "twice", "the key is set twice", "keep one of the two"))
        keys.add(key)
    return tuple(settings), tuple(problems)


def _wrong(written: str, code: str, message: str, hint: str = "") -> Problem:
    return error(Place(option(written)), f"set-{code}", message, hint)


def _read(written: str, versions: Sequence[Agreement]) -> Setting | Problem:
    path, sign, value = written.partition("=")
    parts = [part.strip() for part in path.split(".")]
    if not sign or not all(parts) or len(parts) > _WITH_SERVICE:
        return _wrong(written, "form", "this is no key with its value", EXAMPLE)
    *owner, key = parts
    targets: dict[str, set[str]] = {}
    for terms in (terms for one in versions for terms in one.services):
        targets.setdefault(terms.service, set()).update(target.id for target in terms.targets)
    every = set().union(*targets.values())
    if not owner:
        return _of_agreement(written, key, value.strip(), every)
    if len(owner) == 1 and owner[0] in targets and (key in OF_SERVICE or owner[0] not in every):
        return _of_service(written, owner[0], key, value.strip())
    service, target = ("", *owner) if len(owner) == 1 else owner
    return _of_target(Setting(written, service, target, key, value.strip()), targets)


def _of_target(setting: Setting, targets: Mapping[str, set[str]]) -> Setting | Problem:
    written, service, target, key = setting.written, setting.service, setting.target, setting.key
    if service and service not in targets:
        return _wrong(written, "service", f"unknown service {service!r}", did_you_mean(service, targets))
    known = targets[service] if service else set().union(*targets.values())
    if target not in known:
        where = f" of {service}" if service else ""
        hint = did_you_mean(target, known if service else {*known, *targets})
        return _wrong(written, "target", f"unknown target{where} {target!r}", hint)
    if key not in OF_TARGET:
        return _wrong(written, "key", f"{key!r} is no key of a target that can be set", did_you_mean(key, OF_TARGET))
    return setting


def _of_service(written: str, service: str, key: str, value: str) -> Setting | Problem:
    if key not in OF_SERVICE:
        return _wrong(written, "key", f"{key!r} is no key of a service that can be set", did_you_mean(key, OF_SERVICE))
    return Setting(written, service, "", key, value)


def _of_agreement(written: str, key: str, value: str, targets: set[str]) -> Setting | Problem:
    if key in targets:
        return _wrong(written, "form", f"{key} is a target", f"name a key of it: {key}.limit=2h")
    if key not in OF_AGREEMENT:
        return _wrong(
            written, "key", f"{key!r} is no key of an agreement that can be set", did_you_mean(key, OF_AGREEMENT)
        )
    return Setting(written, "", "", key, value)
