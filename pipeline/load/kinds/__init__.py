"""The kinds of source files: where each lies, what it may say, and what it becomes.

The only place where dicts turn into values. Each reader may trust the schema of its kind, and nothing else: what a
schema cannot say is checked in `check/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.load.kinds import (
    agreement,
    calendar,
    catalog,
    commentary,
    exclusion,
    import_profile,
    improvement,
    organization,
    party,
    policy,
    procedure,
    register,
    requirement,
    review,
    service,
    survey,
)
from pipeline.load.kinds.fields import Schema, Spec
from pipeline.model.source import Source


@dataclass(frozen=True, slots=True)
class Kind:
    """`place` is where the file must lie, so that a reader finds it by its id; `schema` is cerberus's."""

    place: str
    schema: Schema
    read: Callable[[Spec, Source], Any]


KINDS: Mapping[str, Kind] = {
    "organization": Kind("organization.yaml", organization.SCHEMA, organization.read),
    "policy": Kind("policy.yaml", policy.SCHEMA, policy.read),
    "catalog": Kind("catalog.yaml", catalog.SCHEMA, catalog.read),
    "procedure": Kind("procedure.yaml", procedure.SCHEMA, procedure.read),
    "calendar": Kind("calendars/{id}.yaml", calendar.SCHEMA, calendar.read),
    "service": Kind("catalog/{id}.yaml", service.SCHEMA, service.read),
    "customer": Kind("parties/customers/{id}.yaml", party.SCHEMA, party.read),
    "team": Kind("parties/teams/{id}.yaml", party.SCHEMA, party.read),
    "supplier": Kind("parties/suppliers/{id}.yaml", party.SCHEMA, party.read),
    "sla": Kind("agreements/{id}/{version}.yaml", agreement.SCHEMA, agreement.read),
    "ola": Kind("agreements/{id}/{version}.yaml", agreement.SCHEMA, agreement.read),
    "uc": Kind("agreements/{id}/{version}.yaml", agreement.SCHEMA, agreement.read),
    "commentary": Kind("metrics/{month}/commentary.yaml", commentary.SCHEMA, commentary.read),
    "exclusion": Kind("exclusions/{id}.yaml", exclusion.SCHEMA, exclusion.read),
    "import": Kind("imports/{id}.yaml", import_profile.SCHEMA, import_profile.read),
    "improvement": Kind("improvements/{id}.yaml", improvement.SCHEMA, improvement.read),
    "register": Kind("register.yaml", register.SCHEMA, register.read),
    "requirement": Kind("requirements/{id}.yaml", requirement.SCHEMA, requirement.read),
    "review": Kind("reviews/{id}.yaml", review.SCHEMA, review.read),
    "survey": Kind("surveys/{id}.yaml", survey.SCHEMA, survey.read),
}
"""`kind:` of a file -> what is known of it."""
