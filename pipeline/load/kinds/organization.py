"""`organization.yaml`: the provider."""

from __future__ import annotations

from pipeline.load import rules
from pipeline.load.kinds.fields import IDENTIFIER, Schema, Spec, as_text, keyed, many, record, text, word, written
from pipeline.model.parties import Organization, Person, Tenure
from pipeline.model.source import Source

SCHEMA: Schema = {
    "kind": word(),
    "name": text(),
    "short_name": text(),
    "address": text(),
    "phone": word(),
    "email": written("email"),
    "departments": many(record({"id": IDENTIFIER, "name": text()}), required=True, least=1),
    "people": many(
        record(
            {
                "id": IDENTIFIER,
                "name": text(),
                "title": text(),
                "department": IDENTIFIER,
                "email": written("email"),
                "phone": word(),
            }
        ),
        required=True,
        least=1,
    ),
    "roles": keyed(IDENTIFIER, required=True),
    "former_roles": many(record({"role": IDENTIFIER, "person": IDENTIFIER, "until": written("date")})),
    "records_keeper": IDENTIFIER,
}


def read(spec: Spec, source: Source) -> Organization:
    """`organization.yaml`."""
    return Organization(
        name=as_text(spec["name"]),
        short_name=as_text(spec["short_name"]),
        address=as_text(spec["address"]),
        phone=spec["phone"],
        email=spec["email"],
        departments={item["id"]: as_text(item["name"]) for item in spec["departments"]},
        people={
            item["id"]: Person(
                item["id"],
                as_text(item["name"]),
                as_text(item["title"]),
                item["department"],
                item["email"],
                item["phone"],
            )
            for item in spec["people"]
        },
        roles=dict(spec["roles"]),
        records_keeper=spec["records_keeper"],
        source=source,
        former=tuple(
            Tenure(item["role"], item["person"], rules.read_date(item["until"]))
            for item in spec.get("former_roles", ())
        ),
    )
