"""A parsed source file against the schema of its kind: every mistake, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from cerberus import TypeDefinition, Validator, errors

from pipeline.load.rules import READERS
from pipeline.load.schemas import SCHEMAS, Schema
from pipeline.model.source import Path, Source
from pipeline.problems import Problem, did_you_mean, error

_TYPE_WORDS = {
    "string": "a text",
    "text": "a text, or a map from language to text",
    "integer": "a whole number",
    "number": "a number",
    "list": "a list",
    "dict": "a map of keys and values",
}


def _rule(read: Callable[[Any], Any]) -> Callable[[Any, str, Any], None]:
    """A cerberus rule from a reader that raises ValueError."""

    def check(validator: Any, field: str, value: Any) -> None:  # noqa: ANN401 - cerberus hands over anything
        try:
            read(value)
        except ValueError as mistake:
            validator._error(field, str(mistake))  # noqa: SLF001 - the documented way to report from a rule

    return check


# cerberus collects its rules when the class is made, hence no methods added later
_SourceValidator = type(
    "_SourceValidator",
    (Validator,),
    {
        "types_mapping": {
            **Validator.types_mapping,
            "text": TypeDefinition("text", (str, dict), ()),
            "number": TypeDefinition("number", (int, Decimal), (bool,)),
        },
        **{f"_check_with_{name}": _rule(read) for name, read in READERS.items()},
    },
)

_VALIDATORS: dict[str, Any] = {}


def validate(value: Any, source: Source) -> tuple[Problem, ...]:  # noqa: ANN401 - YAML values are of any type
    """All mistakes of one source file; its kind is chosen by its `kind:`."""
    if not isinstance(value, dict):
        return (error(source.at(), "not-a-map", "expected keys and values", "start with kind: …"),)
    kind = value.get("kind")
    if kind is None:
        return (error(source.at(), "no-kind", "the key 'kind' is missing", did_you_mean("", SCHEMAS)),)
    if kind not in SCHEMAS:
        return (
            error(source.at("kind"), "unknown-kind", f"unknown kind {kind!r}", did_you_mean(str(kind), SCHEMAS)),
        )
    schema = SCHEMAS[kind]
    validator = _VALIDATORS.setdefault(kind, _SourceValidator(schema))
    validator.validate(value)
    return tuple(_problem(found, schema, source) for found in _leaves(validator._errors))  # noqa: SLF001 - no public tree


def _leaves(found: Iterable[Any]) -> Iterator[Any]:
    for item in found:
        if item.child_errors:
            yield from _leaves(item.child_errors)
        else:
            yield item


def _problem(found: Any, schema: Schema, source: Source) -> Problem:  # noqa: ANN401 - cerberus has no types
    path: Path = tuple(found.document_path)
    key = path[-1] if path else ""
    if found.code == errors.UNKNOWN_FIELD.code:
        hint = did_you_mean(str(key), _allowed_keys(schema, path[:-1]))
        return error(source.at(*path, "@key"), "unknown-key", f"unknown key {key!r}", hint)
    if found.code == errors.REQUIRED_FIELD.code:
        where = " in " + _written(path[:-1]) if len(path) > 1 else ""
        return error(source.at(*path[:-1]), "missing-key", f"the key {key!r} is missing{where}")
    name = _written(path)
    if found.rule == "nullable" or found.value is None:
        return error(source.at(*path), "no-value", f"{name} has no value")
    if found.rule == "type":
        wanted = _TYPE_WORDS[found.constraint]
        quotes = wanted.startswith("a text") and not isinstance(found.value, (list, dict))
        hint = f"put it in quotes: '{found.value}'" if quotes else ""
        return error(source.at(*path), "wrong-type", f"{name} must be {wanted}, not {_shown(found.value)}", hint)
    if found.rule == "allowed":
        hint = did_you_mean(str(found.value), found.constraint)
        return error(source.at(*path), "not-allowed", f"{name}: {_shown(found.value)} is not allowed", hint)
    if found.rule == "minlength":
        return error(source.at(*path), "too-few", f"{name} needs at least {found.constraint} entries")
    if found.rule in {"min", "max"}:
        word = "least" if found.rule == "min" else "most"
        return error(source.at(*path), "out-of-range", f"{name} is {found.value}; at {word} {found.constraint}")
    return error(source.at(*path), "wrong-value", f"{name}: {found.info[0] if found.info else found.rule}")


def _written(path: Path) -> str:
    """A path as a person would say it: `services[2].targets[1].limit`, counting from 1."""
    words = ""
    for step in path:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if words else step
    return words


def _shown(value: Any) -> str:  # noqa: ANN401 - YAML values are of any type
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    return repr(value) if isinstance(value, str) else str(value)


def _allowed_keys(schema: Schema, path: Path) -> list[str]:
    """The keys that the schema knows at `path`."""
    for step in path:
        if isinstance(step, int):
            schema = schema.get("schema", {})
        else:
            schema = schema.get(step) or schema.get("schema", {}).get(step) or schema.get("valuesrules", {})
    nested = schema.get("schema", schema)
    return [key for key, rules in nested.items() if isinstance(rules, dict)]
