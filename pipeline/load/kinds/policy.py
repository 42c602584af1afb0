"""`policy.yaml`: rules that hold for every agreement."""

from __future__ import annotations

from dataclasses import replace

from pipeline.load.kinds.fields import (
    FREQUENCIES,
    IDENTIFIER,
    Schema,
    Spec,
    as_text,
    choice,
    keyed,
    many,
    record,
    text,
    word,
    written,
)
from pipeline.model.alerts import AlertRules
from pipeline.model.portfolio import Policy, Priority
from pipeline.model.quantities import LANGUAGES, Limit, parse_percent
from pipeline.model.source import Source
from pipeline.problems import Severity

SEVERITIES = ("warning", "error")
APPROVED = ("sla", "ola", "uc", "catalog", "procedure", "requirement", "change-request", "improvement")
"""What somebody has to approve."""

SCHEMA: Schema = {
    "kind": word(),
    "priorities": many(
        record({"id": written("priority"), "name": text(), "description": text()}), required=True, least=1
    ),
    "impacts": keyed(text(), required=True),
    "urgencies": keyed(text(), required=True),
    "matrix": keyed(keyed(written("priority")), required=True),
    "review": record(
        {
            "frequency": choice(*FREQUENCIES, required=False),
            "chair": IDENTIFIER,
            "required_roles": many(IDENTIFIER, required=True),
            "ola_roles": many(IDENTIFIER, least=1),
            "uc_roles": many(IDENTIFIER, least=1),
        },
        required=True,
    ),
    "retention_years": {"type": "integer", "min": 1, "max": 100, "required": True},
    "underpinning": choice(*SEVERITIES),
    "business_days": written("identifier", required=False),
    "languages": many(choice(*LANGUAGES), least=1),
    "survey": record({"smallest_group": {"type": "integer", "min": 3, "max": 1000, "required": True}}),
    "alerts": record(
        {
            "budget_used": written("percent", required=False),
            "time_left": written("percent", required=False),
            "least_tickets": {"type": "integer", "min": 1, "max": 1_000_000},
            "least_elapsed": written("percent", required=False),
            "stale_after": written("wall_time", required=False),
            "timezone": written("timezone", required=False),
        }
    ),
    "approvals": keyed(many(IDENTIFIER, least=1), keys=choice(*APPROVED, required=False)),
}


def read(spec: Spec, source: Source) -> Policy:
    """`policy.yaml`."""
    return Policy(
        priorities=tuple(
            Priority(item["id"], as_text(item["name"]), as_text(item["description"])) for item in spec["priorities"]
        ),
        impacts={key: as_text(value) for key, value in spec["impacts"].items()},
        urgencies={key: as_text(value) for key, value in spec["urgencies"].items()},
        matrix={impact: dict(row) for impact, row in spec["matrix"].items()},
        review_chair=spec["review"]["chair"],
        review_roles=tuple(spec["review"]["required_roles"]),
        retention_years=spec["retention_years"],
        underpinning=Severity(spec["underpinning"]),
        source=source,
        languages=tuple(spec.get("languages", ())),
        smallest_group=spec["survey"]["smallest_group"] if "survey" in spec else 5,
        business_days=spec.get("business_days", ""),
        review_frequency=spec["review"].get("frequency", "yearly"),
        internal_roles={
            kind: tuple(spec["review"][f"{kind}_roles"]) for kind in ("ola", "uc") if f"{kind}_roles" in spec["review"]
        },
        approvals={kind: tuple(roles) for kind, roles in spec.get("approvals", {}).items()},
        alerts=_alerts(spec.get("alerts", {})),
    )


def _alerts(spec: Spec) -> AlertRules:
    """The thresholds written; the others are as usual."""
    usual = AlertRules()
    shares = {key: parse_percent(spec[key]) for key in ("budget_used", "time_left", "least_elapsed") if key in spec}
    return replace(
        usual,
        **shares,
        least_tickets=spec.get("least_tickets", usual.least_tickets),
        stale_after=Limit.parse(spec["stale_after"]).seconds(0) if "stale_after" in spec else usual.stale_after,
        timezone=spec.get("timezone", usual.timezone),
    )
