"""`agreements/*/*.yaml`: one version of an SLA, OLA or UC a file."""

from __future__ import annotations

from pipeline.load import rules
from pipeline.load.kinds.fields import (
    CONTACT,
    FREQUENCIES,
    GOAL,
    IDENTIFIER,
    MONEY,
    RECURRENCE,
    STEP,
    TARGET,
    TEXTS,
    Schema,
    Spec,
    as_contacts,
    as_figure,
    as_money,
    as_recurrence,
    as_steps,
    as_targets,
    as_text,
    as_texts,
    choice,
    many,
    record,
    text,
    word,
    written,
)
from pipeline.model.agreements import (
    Agreement,
    CreditTier,
    Due,
    Escalation,
    Maintenance,
    MissClause,
    Reporting,
    ReviewTerms,
    Revision,
    ServiceTerms,
    Signatory,
    Status,
    SupplierTerms,
    Version,
)
from pipeline.model.canonical import leaves
from pipeline.model.packed import PackedMap
from pipeline.model.quantities import LANGUAGES, DateRange, parse_percent
from pipeline.model.source import Source

LIFE_CYCLE = ("status", "terminated_on")
"""Keys that may change after an agreement was signed: they say what became of it, not what was agreed."""

MONTHS: Schema = {"type": "integer", "min": 1, "max": 12}
MISSED_MONTHS: Schema = {"months": {**MONTHS, "required": True}}

SCHEMA: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "title": text(),
    "version": written("version"),
    "status": choice(*Status),
    "effective": record({"from": written("date"), "until": written("date")}, required=True),
    "terminated_on": written("date", required=False),
    "replaces": written("version", required=False),
    "revision": record(
        {"summary": text(), "responsible": IDENTIFIER, "approver": IDENTIFIER, "date": written("date")},
        required=True,
    ),
    "provider": IDENTIFIER,
    "customer": IDENTIFIER,
    "language": choice(*LANGUAGES),
    "also_in": many(choice(*LANGUAGES)),
    "timezone": written("timezone"),
    "period": record(
        {
            "frequency": choice("monthly"),
            "starts_on_day": {"type": "integer", "min": 1, "max": 28},
            "counted_by": choice("resolved", "opened"),
        },
        required=True,
    ),
    "objective": text(),
    "services": many(
        record(
            {
                "service": IDENTIFIER,
                "level": IDENTIFIER,
                "calendar": IDENTIFIER,
                "scope": TEXTS,
                "workload_limit": record({"incidents_per_month": {"type": "integer", "min": 1, "required": True}}),
                "exceptions": TEXTS,
                "targets": many(TARGET, required=True, least=1),
                "credits": many(
                    record(
                        {
                            "target": IDENTIFIER,
                            "below": {**GOAL, "required": False},
                            "above": {**GOAL, "required": False},
                            "credit": written("percent"),
                        }
                    )
                ),
                "repeated_miss": many(
                    record({"target": IDENTIFIER, **MISSED_MONTHS, "of": MONTHS, "credit": written("percent")})
                ),
                "termination_triggers": many(
                    {
                        **record(
                            {"target": IDENTIFIER, **MISSED_MONTHS, "of": MONTHS, "consecutive": {"type": "boolean"}}
                        ),
                        "check_with": "trigger",
                    }
                ),
                "underpinned_by": many(STEP),
            }
        ),
        required=True,
        least=1,
    ),
    "dependencies": TEXTS,
    "duties": record({"provider": many(text(), least=1), "customer": many(text(), least=1)}, required=True),
    "deliverables": TEXTS,
    "contacts": many(CONTACT, required=True, least=1),
    "maintenance": many(
        record({"when": text(), "purpose": text(), "window": RECURRENCE, "services": many(IDENTIFIER)})
    ),
    "escalation": many(record({"after": text(), "provider": text(), "customer": text()}), required=True, least=1),
    "change": text(),
    "termination": text(),
    "renewal": text(required=False),
    "outcome": record({"utility": text(), "warranty": text()}),
    "interfaces": TEXTS,
    "commercial": TEXTS,
    "charge": record(MONEY),
    "tax": text(required=False),
    "credit_cap": written("percent", required=False),
    "credit_cap_year": written("percent", required=False),
    "underpinned_by": many(IDENTIFIER),
    "reporting": record(
        {
            "frequency": choice(*FREQUENCIES),
            "content": many(text(), required=True, least=1),
            "due": written("due"),
            "channel": text(),
            "recipients": many(text(), required=True, least=1),
        },
        required=True,
    ),
    "review": record(
        {"frequency": choice(*FREQUENCIES), "content": many(text(), required=True, least=1)}, required=True
    ),
    "signatories": many(
        record({"party": choice("provider", "customer"), "name": text(required=False), "title": text()}),
        required=True,
        least=2,
    ),
}


def read(spec: Spec, source: Source) -> Agreement:
    """One version of an SLA, OLA or UC."""
    revision, reporting, review = spec["revision"], spec["reporting"], spec["review"]
    return Agreement(
        kind=spec["kind"],
        id=spec["id"],
        title=as_text(spec["title"]),
        version=Version.parse(spec["version"]),
        status=Status(spec["status"]),
        effective=DateRange(
            rules.read_date(spec["effective"]["from"]),
            rules.read_date(spec["effective"]["until"]),
        ),
        terminated_on=rules.read_date(spec["terminated_on"]) if "terminated_on" in spec else None,
        replaces=Version.parse(spec["replaces"]) if "replaces" in spec else None,
        revision=Revision(
            as_text(revision["summary"]),
            revision["responsible"],
            revision["approver"],
            rules.read_date(revision["date"]),
        ),
        provider=spec["provider"],
        customer=spec["customer"],
        language=spec["language"],
        timezone=spec["timezone"],
        period_start_day=spec["period"].get("starts_on_day", 1),
        counted_by=spec["period"]["counted_by"],
        objective=as_text(spec["objective"]),
        services=tuple(_terms(item) for item in spec["services"]),
        dependencies=as_texts(spec.get("dependencies")),
        provider_duties=as_texts(spec["duties"].get("provider")),
        customer_duties=as_texts(spec["duties"].get("customer")),
        deliverables=as_texts(spec.get("deliverables")),
        contacts=as_contacts(spec["contacts"]),
        maintenance=tuple(
            Maintenance(
                as_text(item["when"]),
                as_text(item["purpose"]),
                as_recurrence(item.get("window")),
                tuple(item.get("services", ())),
            )
            for item in spec.get("maintenance", ())
        ),
        escalation=tuple(
            Escalation(as_text(item["after"]), as_text(item["provider"]), as_text(item["customer"]))
            for item in spec["escalation"]
        ),
        change=as_text(spec["change"]),
        termination=as_text(spec["termination"]),
        charge=as_money(spec.get("charge")),
        credit_cap=parse_percent(spec["credit_cap"]) if "credit_cap" in spec else None,
        underpinned_by=tuple(spec.get("underpinned_by", ())),
        reporting=Reporting(
            reporting["frequency"],
            as_texts(reporting["content"]),
            Due.parse(reporting["due"]),
            as_text(reporting["channel"]),
            as_texts(reporting["recipients"]),
        ),
        review=ReviewTerms(review["frequency"], as_texts(review["content"])),
        signatories=tuple(
            Signatory(item["party"], as_text(item.get("name")), as_text(item["title"])) for item in spec["signatories"]
        ),
        source=source,
        also_in=tuple(spec.get("also_in", ())),
        supplier_terms=_supplier_terms(spec),
        tax=as_text(spec.get("tax")),
        content=PackedMap(leaves(spec, LIFE_CYCLE)),
        credit_cap_year=parse_percent(spec["credit_cap_year"]) if "credit_cap_year" in spec else None,
    )


def _supplier_terms(spec: Spec) -> SupplierTerms | None:
    if spec["kind"] != "uc":
        return None
    outcome = spec.get("outcome", {})
    return SupplierTerms(
        as_text(spec.get("renewal")),
        as_text(outcome.get("utility")),
        as_text(outcome.get("warranty")),
        as_texts(spec.get("interfaces")),
        as_texts(spec.get("commercial")),
    )


def _terms(spec: Spec) -> ServiceTerms:
    return ServiceTerms(
        service=spec["service"],
        level=spec["level"],
        calendar=spec["calendar"],
        scope=as_texts(spec.get("scope")),
        exceptions=as_texts(spec.get("exceptions")),
        workload_limit=spec["workload_limit"]["incidents_per_month"] if "workload_limit" in spec else None,
        targets=as_targets(spec["targets"]),
        credits=tuple(_tier(item) for item in spec.get("credits", ())),
        underpinned_by=as_steps(spec.get("underpinned_by", ())),
        repeated_miss=tuple(
            MissClause(item["target"], item["months"], item.get("of", item["months"]), parse_percent(item["credit"]))
            for item in spec.get("repeated_miss", ())
        ),
        termination_triggers=tuple(
            MissClause(item["target"], item["months"], item.get("of", item["months"]))
            for item in spec.get("termination_triggers", ())
        ),
    )


def _tier(spec: Spec) -> CreditTier:
    """A tier states `below` or, where less is better, `above`; `check` has reported one that states neither."""
    above = "above" in spec
    figure, unit, time = as_figure(spec["above"] if above else spec.get("below", "0%"))
    return CreditTier(spec["target"], figure, parse_percent(spec["credit"]), above, unit, time)
