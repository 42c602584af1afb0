"""Versions of an agreement as they would be with other values; the files stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from pipeline.load.characters import Glyphs
from pipeline.load.kinds import KINDS
from pipeline.load.kinds.agreement import SCHEMA
from pipeline.load.kinds.fields import TARGET, Schema, as_targets
from pipeline.load.marked_yaml import parse, plain_scalar
from pipeline.load.validate import single_texts, validate
from pipeline.model.agreements import Agreement
from pipeline.model.catalog import Better
from pipeline.model.measures import better_of
from pipeline.model.settings import CALENDAR, REPEATED, TIERS, Setting
from pipeline.model.source import Path
from pipeline.problems import Place, Problem, error

_CHARGE = ("charge", "amount")
_PATHS: dict[str, Path] = {"counted_by": ("period", "counted_by"), "charge": _CHARGE}
_RULES: dict[str, Schema] = {"charge": SCHEMA["charge"]["schema"]["amount"]}
_CLAUSES = {TIERS, REPEATED}
_REPEATED = re.compile(r"(\d+)(?:\s*of\s*(\d+))?\s*:(.+)")


def amended(
    folder: FilePath, agreement: Agreement, settings: Sequence[Setting], glyphs: Glyphs
) -> tuple[Agreement | None, tuple[Problem, ...]]:
    """The version read again with the settings instead of what its file says; None, and problems, where they are wrong.

    A setting about a target or service that the version does not have changes nothing. Whatever a setting gives is
    checked like what stands in a file.
    """
    file = agreement.source.file
    value, source, problems = parse((folder / file.removeprefix("sources/")).read_bytes(), file, glyphs)
    given: dict[Path, str] = {}
    for setting in settings:
        for path in () if setting.key in _CLAUSES else tuple(_paths(setting, value)):
            _put(value, path, setting)
            given[path] = setting.option
    source = replace(source, given=given)
    problems += validate(value, source)
    if problems:
        return None, problems
    for setting in settings:
        for index in _services(setting, value) if setting.key in _CLAUSES else ():
            problems += tuple(_set_clauses(setting, value, index, given))
    problems += validate(value, source)
    if problems:
        return None, problems
    return KINDS[value["kind"]].read(value, single_texts(value, source)), ()


def _services(setting: Setting, value: Any) -> Iterator[int]:  # noqa: ANN401 - YAML values are of any type
    """Which services of the version a setting of a target is about."""
    for index, terms in enumerate(value["services"]):
        if any(setting.concerns(terms["service"], target["id"]) for target in terms["targets"]):
            yield index


def _paths(setting: Setting, value: Any) -> Iterator[Path]:  # noqa: ANN401 - as above
    """Where a setting puts its value."""
    if setting.target:
        for index in _services(setting, value):
            for at, target in enumerate(value["services"][index]["targets"]):
                if target["id"] == setting.target:
                    yield "services", index, "targets", at, setting.key
    elif setting.key == CALENDAR:
        for index, terms in enumerate(value["services"]):
            if setting.service in {"", terms["service"]}:
                yield "services", index, CALENDAR
    else:
        yield _PATHS.get(setting.key, (setting.key,))


def _put(value: Any, path: Path, setting: Setting) -> None:  # noqa: ANN401 - as above
    rules = TARGET["schema"][setting.key] if setting.target else _RULES.get(setting.key, {"type": "string"})
    *steps, last = path
    for step in steps:
        value = value.setdefault(step, {}) if isinstance(value, dict) else value[step]
    if setting.value:
        value[last] = _typed(setting.value, rules)
    else:
        value.pop(last, None)


def _typed(text: str, rules: Schema) -> Any:  # noqa: ANN401 - as above
    """What the text would stand for in a file, where a value of that type belongs."""
    if rules["type"] == "list":
        items = text.removeprefix("[").removesuffix("]").split(",")
        return [_typed(item.strip(), rules["schema"]) for item in items if item.strip()]
    return text if rules["type"] in {"string", "step"} else plain_scalar(text)


def _set_clauses(
    setting: Setting,
    value: Any,  # noqa: ANN401 - as above
    index: int,
    given: dict[Path, str],
) -> Iterator[Problem]:
    """The target's credit tiers, or its clauses on repeated misses, instead of those that the service has for it."""
    terms = value["services"][index]
    (target,) = as_targets([one for one in terms["targets"] if one["id"] == setting.target])
    clauses = [one for one in terms.get(setting.key, ()) if one["target"] != setting.target]
    for written in filter(None, map(str.strip, setting.value.split(","))):
        made = _tier(written, better_of(target)) if setting.key == TIERS else _repeated(written)
        if made is None:
            how = "99.9%:5%,99%:10%" if setting.key == TIERS else "2 of 3:5%"
            message = f"{written!r} is not understood"
            yield error(
                Place(setting.option), "set-form", message, f"write it like {setting.target}.{setting.key}={how}"
            )
            return
        given["services", index, setting.key, len(clauses)] = setting.option
        clauses.append({"target": setting.target, **made})
    if clauses:
        terms[setting.key] = clauses
    else:
        terms.pop(setting.key, None)


def _tier(written: str, better: Better) -> dict[str, Any] | None:
    """`99.9%:5%`: below that (above it, where less is better) so much is credited."""
    bound, sign, credit = (part.strip() for part in written.partition(":"))
    if not sign or not bound or not credit:
        return None
    return {"below" if better is Better.HIGHER else "above": plain_scalar(bound), "credit": credit}


def _repeated(written: str) -> dict[str, Any] | None:
    """`2 of 3:5%`, `2:5%`."""
    match = _REPEATED.fullmatch(written)
    if match is None:
        return None
    of = {"of": plain_scalar(match[2])} if match[2] else {}
    return {"months": plain_scalar(match[1]), **of, "credit": match[3].strip()}
