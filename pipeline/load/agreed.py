"""What was signed, read back from the register as a version like any other, so that it can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pipeline.load.kinds import KINDS
from pipeline.load.kinds.fields import Schema
from pipeline.load.validate import single_texts, validate
from pipeline.model.agreements import Agreement, Status
from pipeline.model.register import Registration
from pipeline.model.source import Source
from pipeline.problems import Problem

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def agreed_version(kind: str, registration: Registration) -> tuple[Agreement | None, tuple[Problem, ...]]:
    """The version as it was registered; None, and problems, where the form of agreements has changed since."""
    tree: dict[str, Any] = {}
    for key, value in registration.agreed.items():
        *steps, last = key.split("/")
        within = tree
        for step in steps:
            within = within.setdefault(step, {})
        within[last] = value
    spec = _typed({**tree, "status": str(Status.SIGNED)}, {"type": "dict", "schema": KINDS[kind].schema})
    source = Source(registration.file, {})
    problems = validate(spec, source)
    return (None, problems) if problems else (KINDS[kind].read(spec, single_texts(spec, source)), ())


def _typed(value: Any, rules: Schema) -> Any:  # noqa: ANN401 - any part of a source
    """Lists where the schema has lists, numbers where it has numbers: the register keeps texts by key."""
    kind = rules.get("type")
    if isinstance(value, Mapping):
        if kind == "list":
            # entries without an id are known by their number, and the register is in the order of its texts
            keys = sorted(value, key=lambda key: (int(key) if key.isdecimal() else 0, key))
            return [_typed(value[key], rules["schema"]) for key in keys]
        nested = rules.get("schema", {})
        return {key: _typed(one, nested.get(key) or rules.get("valuesrules", {})) for key, one in value.items()}
    if kind == "integer":
        return int(value)
    if kind == "number" or (kind == "goal" and _NUMBER.fullmatch(value)):
        return Decimal(value)
    return value == "True" if kind == "boolean" else value
