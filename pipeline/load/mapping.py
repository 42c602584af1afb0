"""Validated YAML to model, one function a kind; the only place where dicts turn into values.

Every function may trust the schema of its kind, and nothing else: what a schema cannot say is checked in `check/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.load import rules
from pipeline.load.holidays import NotPublishedError, chinese_days
from pipeline.model.agreements import (
    Agreement,
    CreditTier,
    Due,
    Escalation,
    Maintenance,
    Reporting,
    ReviewTerms,
    Revision,
    ServiceTerms,
    Signatory,
    Status,
    Version,
)
from pipeline.model.calendars import WEEKDAYS, Calendar, Window
from pipeline.model.catalog import Level, MeasureName, Service, Target
from pipeline.model.parties import Contact, Organization, Party, Person
from pipeline.model.portfolio import Policy, Priority
from pipeline.model.quantities import DateRange, Limit, Money, Month, Text, parse_percent
from pipeline.model.records import ImportProfile
from pipeline.model.reviews import Action, Attendee, Review
from pipeline.model.source import Source
from pipeline.problems import Problem, Severity, error

Spec = Mapping[str, Any]
NO_TEXT = Text()


def text(value: str | Mapping[str, str] | None) -> Text:
    """A text as written: one string, or one per language."""
    if value is None:
        return NO_TEXT
    if isinstance(value, str):
        return Text(plain=value.strip())
    return Text(translations={language: words.strip() for language, words in value.items()})


def texts(values: Sequence[Any] | None) -> tuple[Text, ...]:
    """A list of texts."""
    return tuple(text(value) for value in values or ())


def _money(spec: Spec | None) -> Money | None:
    return Money(Decimal(spec["amount"]), spec["currency"]) if spec else None


def _contacts(specs: Sequence[Spec]) -> tuple[Contact, ...]:
    return tuple(
        Contact(text(spec["purpose"]), text(spec["name"]), spec["phone"], spec["email"], text(spec["hours"]))
        for spec in specs
    )


def _targets(specs: Sequence[Spec]) -> tuple[Target, ...]:
    return tuple(
        Target(
            id=spec["id"],
            measure=MeasureName(spec["measure"]),
            goal=parse_percent(spec["goal"]),
            priority=spec.get("priority", ""),
            limit=Limit.parse(spec["limit"]) if "limit" in spec else None,
            pause_on=frozenset(spec.get("pause_on", ())),
            on_reopen=spec.get("on_reopen", "continue"),
            exclude=frozenset(spec.get("exclude", ())),
        )
        for spec in specs
    )


def organization(spec: Spec, source: Source) -> Organization:
    """`organization.yaml`."""
    return Organization(
        name=text(spec["name"]),
        short_name=text(spec["short_name"]),
        address=text(spec["address"]),
        phone=spec["phone"],
        email=spec["email"],
        departments={item["id"]: text(item["name"]) for item in spec["departments"]},
        people={
            item["id"]: Person(
                item["id"], text(item["name"]), text(item["title"]), item["department"], item["email"], item["phone"]
            )
            for item in spec["people"]
        },
        roles=dict(spec["roles"]),
        records_keeper=spec["records_keeper"],
        source=source,
    )


def policy(spec: Spec, source: Source) -> Policy:
    """`policy.yaml`."""
    return Policy(
        priorities=tuple(
            Priority(item["id"], text(item["name"]), text(item["description"])) for item in spec["priorities"]
        ),
        impacts={key: text(value) for key, value in spec["impacts"].items()},
        urgencies={key: text(value) for key, value in spec["urgencies"].items()},
        matrix={impact: dict(row) for impact, row in spec["matrix"].items()},
        review_chair=spec["review"]["chair"],
        review_roles=tuple(spec["review"]["required_roles"]),
        retention_years=spec["retention_years"],
        underpinning=Severity(spec["underpinning"]),
        source=source,
    )


def calendar(spec: Spec, source: Source) -> tuple[Calendar, tuple[Problem, ...]]:
    """A calendar with its public holidays filled in; a year that is not published yet is a problem."""
    hours = spec["hours"]
    week = []
    for index, day in enumerate(WEEKDAYS):
        shared = hours.get("workdays") if index < 5 and "workdays" in hours else hours.get("every_day", ())  # noqa: PLR2004 - Monday to Friday
        week.append(_windows(hours.get(day, shared)))
    problems = []
    days_off: dict[date, Text] = {}
    working: dict[date, tuple[Window, ...]] = {}
    years = range(spec["years"]["from"], spec["years"]["until"] + 1) if "years" in spec else range(0)
    if "holidays" in spec:
        try:
            days_off, worked = chinese_days(years)
            working = dict.fromkeys(worked, week[0])
        except NotPublishedError as mistake:
            hint = "leave it out of years:; when its days are announced, update the library"
            edge = "from" if mistake.args[1] == years.start else "until"
            problems.append(error(source.at("years", edge), "holidays-unknown", mistake.args[0], hint))
    for item in spec.get("days_off", ()):
        free = rules.read_date(item["date"])
        days_off[free] = text(item["reason"])
        working.pop(free, None)
    for item in spec.get("working_days", ()):
        extra = rules.read_date(item["date"])
        working[extra] = _windows(item["hours"]) if "hours" in item else week[0]
    made = Calendar(
        id=spec["id"],
        name=text(spec["name"]),
        timezone=spec["timezone"],
        week=tuple(week),
        holidays=spec.get("holidays", ""),
        years=frozenset(years),
        days_off=days_off,
        working_days=working,
        source=source,
    )
    return made, tuple(problems)


def _windows(written: Sequence[str]) -> tuple[Window, ...]:
    return tuple(sorted(rules.read_window(window) for window in written))


def service(spec: Spec, source: Source) -> Service:
    """A catalogue entry."""
    return Service(
        id=spec["id"],
        name=text(spec["name"]),
        description=text(spec["description"]),
        objective=text(spec["objective"]),
        audience=text(spec["audience"]),
        content=texts(spec["content"]),
        frequency=text(spec["frequency"]),
        delivery=text(spec["delivery"]),
        deliverables=texts(spec["deliverables"]),
        owner=spec["owner"],
        state=spec["state"],
        request=text(spec["request"]),
        supporting=tuple(spec.get("supporting", ())),
        levels=tuple(
            Level(
                item["id"],
                text(item["name"]),
                text(item["summary"]),
                item["calendar"],
                Money(Decimal(item["charge"]["amount"]), item["charge"]["currency"]),
                _targets(item["targets"]),
            )
            for item in spec["levels"]
        ),
        source=source,
    )


def party(spec: Spec, source: Source) -> Party:
    """A customer, team or supplier."""
    return Party(
        kind=spec["kind"],
        id=spec["id"],
        name=text(spec["name"]),
        short_name=text(spec["short_name"]),
        address=text(spec["address"]),
        language=spec["language"],
        contacts=_contacts(spec["contacts"]),
        source=source,
    )


def agreement(spec: Spec, source: Source) -> Agreement:
    """One version of an SLA, OLA or UC."""
    revision, reporting, review = spec["revision"], spec["reporting"], spec["review"]
    return Agreement(
        kind=spec["kind"],
        id=spec["id"],
        title=text(spec["title"]),
        version=Version.parse(spec["version"]),
        status=Status(spec["status"]),
        effective=DateRange(
            rules.read_date(spec["effective"]["from"]),
            rules.read_date(spec["effective"]["until"]),
        ),
        terminated_on=rules.read_date(spec["terminated_on"]) if "terminated_on" in spec else None,
        replaces=Version.parse(spec["replaces"]) if "replaces" in spec else None,
        revision=Revision(
            text(revision["summary"]),
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
        objective=text(spec["objective"]),
        services=tuple(_terms(item) for item in spec["services"]),
        dependencies=texts(spec.get("dependencies")),
        provider_duties=texts(spec["duties"].get("provider")),
        customer_duties=texts(spec["duties"].get("customer")),
        deliverables=texts(spec.get("deliverables")),
        contacts=_contacts(spec["contacts"]),
        maintenance=tuple(
            Maintenance(text(item["when"]), text(item["purpose"])) for item in spec.get("maintenance", ())
        ),
        escalation=tuple(
            Escalation(text(item["after"]), text(item["provider"]), text(item["customer"]))
            for item in spec["escalation"]
        ),
        change=text(spec["change"]),
        termination=text(spec["termination"]),
        charge=_money(spec.get("charge")),
        credit_cap=parse_percent(spec["credit_cap"]) if "credit_cap" in spec else None,
        underpinned_by=tuple(spec.get("underpinned_by", ())),
        reporting=Reporting(
            reporting["frequency"],
            texts(reporting["content"]),
            Due.parse(reporting["due"]),
            text(reporting["channel"]),
            texts(reporting["recipients"]),
        ),
        review=ReviewTerms(review["frequency"], texts(review["content"])),
        signatories=tuple(
            Signatory(item["party"], text(item.get("name")), text(item["title"])) for item in spec["signatories"]
        ),
        source=source,
    )


def _terms(spec: Spec) -> ServiceTerms:
    return ServiceTerms(
        service=spec["service"],
        level=spec["level"],
        calendar=spec["calendar"],
        scope=texts(spec.get("scope")),
        exceptions=texts(spec.get("exceptions")),
        workload_limit=spec["workload_limit"]["incidents_per_month"] if "workload_limit" in spec else None,
        targets=_targets(spec["targets"]),
        credits=tuple(
            CreditTier(item["target"], parse_percent(item["below"]), parse_percent(item["credit"]))
            for item in spec.get("credits", ())
        ),
    )


def import_profile(spec: Spec, source: Source) -> ImportProfile:
    """How one tool's exports are read."""
    return ImportProfile(
        id=spec["id"],
        describes=spec["describes"],
        shape=spec.get("shape", "ticket"),
        files=tuple(spec["files"]),
        encoding=spec.get("encoding", "utf-8"),
        delimiter=spec.get("delimiter", ","),
        timezone=spec["timezone"],
        date_formats=tuple(spec["date_formats"]),
        missing=frozenset(spec.get("missing", ())) | {""},
        columns=dict(spec["columns"]),
        constants=dict(spec.get("constants", {})),
        values={column: dict(mapping) for column, mapping in spec.get("values", {}).items()},
        states=dict(spec.get("states", {})),
        source=source,
    )


def review(spec: Spec, source: Source) -> Review:
    """A review meeting."""
    present, absent = spec.get("present", {}), spec.get("absent", {})
    return Review(
        id=spec["id"],
        status=spec["status"],
        agreement=spec["agreement"],
        day=rules.read_date(spec["date"]),
        time=spec["time"],
        location=text(spec["location"]),
        first=Month.parse(spec["period"]["from"]),
        last=Month.parse(spec["period"]["until"]),
        chair=spec["chair"],
        recorder=spec["recorder"],
        present_provider=tuple(present.get("provider", ())),
        absent_provider=tuple(absent.get("provider", ())),
        present_customer=_attendees(present.get("customer")),
        absent_customer=_attendees(absent.get("customer")),
        present_suppliers=_attendees(present.get("suppliers")),
        agenda=texts(spec["agenda"]),
        previous_actions=_actions(spec.get("previous_actions")),
        quality=texts(spec.get("quality")),
        unusual=texts(spec.get("unusual")),
        satisfaction=text(spec.get("satisfaction")),
        customer_requests=texts(spec.get("customer_requests")),
        provider_requests=texts(spec.get("provider_requests")),
        decisions=texts(spec.get("decisions")),
        actions=_actions(spec.get("actions")),
        suggestions=texts(spec.get("suggestions")),
        next_review=rules.read_date(spec["next_review"]) if "next_review" in spec else None,
        source=source,
    )


def _attendees(specs: Sequence[Spec] | None) -> tuple[Attendee, ...]:
    return tuple(Attendee(text(item["name"]), text(item["title"])) for item in specs or ())


def _actions(specs: Sequence[Spec] | None) -> tuple[Action, ...]:
    return tuple(
        Action(
            item["id"],
            text(item["action"]),
            text(item["owner"]),
            rules.read_date(item["due"]),
            item["state"],
            text(item.get("note")),
        )
        for item in specs or ()
    )
