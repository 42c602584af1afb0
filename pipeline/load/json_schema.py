"""The schemas of the sources as JSON Schema (draft 7), so that editors complete and check the YAML as it is written.

Made from the schemas that `slm check` uses, never written by hand; titles and sentences stand in `keys.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.load.kinds import KINDS
from pipeline.load.kinds.fields import Schema
from pipeline.load.rules import PATTERNS
from pipeline.model.quantities import LANGUAGES

DRAFT = "http://json-schema.org/draft-07/schema#"
_FAMILIES = {
    **dict.fromkeys(("sla", "ola", "uc"), "agreement"),
    **dict.fromkeys(("customer", "team", "supplier"), "party"),
}
_LIMITS = {"min": "minimum", "max": "maximum", "allowed": "enum"}
_COMPLETED = ("extends", "query")
"""Keys of an import that stand for others: with one of them the profile need not write all that is required."""

Steps = tuple[str, ...]


def schema_of(kind: str) -> Schema:
    """The JSON Schema of one kind of file."""
    return {"$schema": DRAFT, "title": f"kind: {kind}", **_definition(kind)}


def whole_schema() -> Schema:
    """One schema for all files: `kind:` decides."""
    cases = [
        {
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {"$ref": f"#/definitions/{kind}"},
        }
        for kind in KINDS
    ]
    return {
        "$schema": DRAFT,
        "type": "object",
        "properties": {"kind": {**described(("kind",)), "enum": list(KINDS)}},
        "required": ["kind"],
        "allOf": cases,
        "definitions": {kind: _definition(kind) for kind in KINDS},
    }


def family(kind: str) -> str:
    """Kinds of one form share what is said of their keys."""
    return _FAMILIES.get(kind, kind)


def _definition(kind: str) -> Schema:
    made = _map(KINDS[kind].schema, (family(kind),))
    made["properties"]["kind"]["const"] = kind
    if kind == "import":
        made["anyOf"] = [*({"required": [key]} for key in _COMPLETED), {"required": made["required"]}]
        made["required"] = [key for key in made["required"] if key in {"kind", "id"}]
    return made


def _map(fields: Schema, path: Steps) -> Schema:
    return {
        "type": "object",
        "properties": {
            key: {**described((*path, key)), **_rules(rules, (*path, key))} for key, rules in fields.items()
        },
        "required": [key for key, rules in fields.items() if rules.get("required")],
        "additionalProperties": False,
    }


def _rules(rules: Schema, path: Steps) -> Schema:
    """What a value may be."""
    made = _shape(rules, path)
    if rules.get("nullable") or path[0] == "import":  # a profile takes away what it extends with no value
        return {"anyOf": [made, {"type": "null"}]}
    return made


def _shape(rules: Schema, path: Steps) -> Schema:
    """The same without leaving it out."""
    kind = str(rules.get("type"))
    if kind in _NESTED:
        return _NESTED[kind](rules, path)
    bounds = {name: rules[key] for key, name in _LIMITS.items() if key in rules}
    return {"type": kind, **bounds, **_pattern(rules.get("check_with", ""))}


def _list(rules: Schema, path: Steps) -> Schema:
    least = {"minItems": rules["minlength"]} if rules.get("minlength") else {}
    return {"type": "array", "items": _shape(rules["schema"], path), **least}


def _dict(rules: Schema, path: Steps) -> Schema:
    if "valuesrules" in rules:
        names = _shape(rules["keysrules"], path)
        return {"type": "object", "propertyNames": names, "additionalProperties": _rules(rules["valuesrules"], path)}
    least = {"minProperties": rules["minlength"]} if rules.get("minlength") else {}
    return {**_map(rules["schema"], path), **least}


def _text(_rules: Schema, _path: Steps) -> Schema:
    words = {language: {"type": "string", "minLength": 1} for language in LANGUAGES}
    by_language = {"type": "object", "properties": words, "additionalProperties": False, "minProperties": 1}
    return {"anyOf": [{"type": "string", "minLength": 1}, by_language]}


def _step(rules: Schema, path: Steps) -> Schema:
    return {"anyOf": [_pattern("identifier"), _map(rules["schema"], path)]}


def _goal(_rules: Schema, _path: Steps) -> Schema:
    return {"anyOf": [{"type": "string"}, {"type": "number", "minimum": 0}]}


_NESTED: Mapping[str, Callable[[Schema, Steps], Schema]] = {
    "list": _list,
    "dict": _dict,
    "text": _text,
    "step": _step,
    "goal": _goal,
}
"""Types that are not of one piece."""


def _pattern(rule: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{PATTERNS[rule]})$"} if rule in PATTERNS else {}


def described(path: Steps) -> Schema:
    """The title and the sentence of a key, in all languages; KeyError where it has none."""
    words = next((_keys()[name] for name in (".".join(path[at:]) for at in range(len(path))) if name in _keys()), None)
    if words is None:
        raise KeyError(".".join(path))
    told = [_told(words[language]) for language in LANGUAGES]
    return {"title": " / ".join(title for title, _ in told), "description": "\n".join(said for _, said in told)}


def titles(language: str) -> dict[str, str]:
    """What keys are called in one language, by their names."""
    return {key: _told(words[language])[0] for key, words in _keys().items()}


def _told(words: str) -> tuple[str, str]:
    title, _, said = words.replace("：", ": ", 1).partition(": ")
    return title, said


@cache
def _keys() -> dict[str, dict[str, str]]:
    found: Any = yaml.safe_load((Path(__file__).parent / "keys.yaml").read_text(encoding="utf-8"))
    return dict(found)
