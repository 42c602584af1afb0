"""A parsed source file against the schema of its kind: every mistake, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cerberus import TypeDefinition, Validator, errors

from pipeline.load.blanks import blanks
from pipeline.load.kinds import KINDS
from pipeline.load.kinds.fields import Schema
from pipeline.load.rules import READERS, read_translation
from pipeline.model.packed import PackedMap
from pipeline.model.source import Path, Source
from pipeline.problems import Place, Problem, did_you_mean, error

_TYPE_WORDS = {
    "string": "a text",
    "text": "a text, or a map from language to text",
    "step": "the id of an agreement, or any_of with a list of ids",
    "integer": "a whole number",
    "boolean": "true or false",
    "number": "a number",
    "goal": "a percentage, a time or a number",
    "list": "a list",
    "dict": "a map of keys and values",
}


_UNIQUE = ("id", "service")
"""Keys that tell the maps of one list apart, the first that a map has."""

_BY_DAY = ("days_off", "working_days")
"""Lists whose maps are told apart by their day."""

MAX_MISTAKES = 300
"""Mistakes of one file, or of one of its lists, that are told."""

MAX_MESSAGE = 240
"""A longer message quotes a text that nobody wants to see whole."""


def _rule(read: Callable[[Any], Any]) -> Callable[[Any, str, Any], None]:
    """A cerberus rule from a reader that raises ValueError."""

    def check(validator: Any, field: str, value: Any) -> None:  # noqa: ANN401 - cerberus hands over anything
        if value is None:  # reported already, but cerberus goes on
            return
        try:
            read(value)
        except ValueError as mistake:
            validator._error(field, str(mistake))  # noqa: SLF001 - the documented way to report from a rule

    return check


class _TooManyError(Exception):
    """More mistakes than anybody reads: cerberus sorts all of them anew with each that it finds."""

    def __init__(self, validator: Any) -> None:  # noqa: ANN401 - cerberus has no types
        super().__init__(validator)
        self.found = validator._errors  # noqa: SLF001 - no public tree


def _noted(validator: Any, *mistake: Any) -> None:  # noqa: ANN401 - as above
    """Cerberus's own way to note a mistake, up to a number of them."""
    Validator._error(validator, *mistake)  # noqa: SLF001 - the documented way to report
    if len(validator._errors) > MAX_MISTAKES:  # noqa: SLF001 - as above
        raise _TooManyError(validator)


# cerberus collects its rules when the class is made, hence no methods added later
_SourceValidator = type(
    "_SourceValidator",
    (Validator,),
    {
        "types_mapping": {
            **Validator.types_mapping,
            "text": TypeDefinition("text", (str, dict), ()),
            "step": TypeDefinition("step", (str, dict), ()),
            "number": TypeDefinition("number", (int, Decimal), (bool,)),
            "goal": TypeDefinition("goal", (str, int, Decimal), (bool,)),
        },
        "_error": _noted,
        **{f"_check_with_{name}": _rule(read) for name, read in READERS.items()},
    },
)

_VALIDATORS: dict[str, Any] = {}


def validate(value: Any, source: Source) -> tuple[Problem, ...]:  # noqa: ANN401 - YAML values are of any type
    """All mistakes of one source file; its kind is chosen by its `kind:`."""
    if not isinstance(value, dict):
        return (error(source.at(), "not-a-map", "expected keys and values", "start with kind: …"),)
    if "kind" not in value:
        return (error(source.at(), "no-kind", "the key 'kind' is missing", did_you_mean("", KINDS)),)
    kind = value["kind"]
    if not isinstance(kind, str) or kind not in KINDS:
        message = f"unknown kind {kind!r}" if isinstance(kind, str) else f"kind must be a text, not {_shown(kind)}"
        return (error(source.at("kind"), "unknown-kind", _clipped(message), did_you_mean(str(kind), KINDS)),)
    schema = KINDS[kind].schema
    validator = _VALIDATORS.setdefault(kind, _SourceValidator(schema))
    many: tuple[Problem, ...] = ()
    try:
        validator.validate(value, normalize=False)  # normalizing raises on a list where a map belongs
        leaves = list(_leaves(validator._errors))  # noqa: SLF001 - no public tree
    except _TooManyError as stopped:
        leaves = list(_leaves(stopped.found))
        message = f"the file has more than {MAX_MISTAKES} mistakes; the others are not told"
        many = (error(source.at(), "many-mistakes", message, "is it a file of this kind?"),)
    misspelt = {
        (*found.document_path[:-1], _hint(found, schema)) for found in leaves if found.code == errors.UNKNOWN_FIELD.code
    }
    left = blanks(value, source)
    problems = [
        problem
        for found in leaves
        if tuple(found.document_path) not in left
        if found.code != errors.REQUIRED_FIELD.code
        or (*found.document_path[:-1], f"did you mean {found.document_path[-1]!r}?") not in misspelt
        for problem in _problems(found, schema, source)
    ]
    return (*many, *problems, *left.values(), *_repeated(value, (), source))


def single_texts(value: Any, source: Source) -> Source:  # noqa: ANN401 - YAML values are of any type
    """The source with its texts for readers that are written once for all languages; `value` has no mistakes."""
    single = dict(_single(value, {"schema": KINDS[value["kind"]].schema}, ()))
    return replace(source, single=PackedMap(single), marks=PackedMap(source.marks))


def _single(value: Any, rules: Schema, path: Path) -> Iterator[tuple[Path, str]]:  # noqa: ANN401 - as above
    if rules.get("check_with") == "text" and isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _single(item, rules.get("schema", {}), (*path, index))
    elif isinstance(value, dict):
        for key, nested in value.items():
            within = rules.get("schema", {}).get(key) or rules.get("valuesrules", {})
            yield from _single(nested, within, (*path, key))


def _leaves(found: Iterable[Any]) -> Iterator[Any]:
    for item in found:
        if item.child_errors:
            yield from _leaves(item.child_errors)
        else:
            yield item


def _problems(found: Any, schema: Schema, source: Source) -> Iterator[Problem]:  # noqa: ANN401 - cerberus has no types
    path: Path = tuple(found.document_path)
    rules = _rules(schema, path)
    if found.code == errors.UNKNOWN_FIELD.code:
        message = _clipped(f"unknown key {path[-1]!r}")
        yield error(source.at(*path, "@key"), "unknown-key", message, _hint(found, schema))
    elif found.code == errors.REQUIRED_FIELD.code:
        where = " in " + _written(path[:-1]) if len(path) > 1 else ""
        yield error(source.at(*path[:-1]), "missing-key", f"the key {path[-1]!r} is missing{where}")
    elif "keysrules" in found.schema_path:
        yield _wrong_key(found, path, source)
    elif rules.get("check_with") == "text" and isinstance(found.value, dict) and found.value:
        yield from _wrong_translations(found.value, path, source)
    else:
        yield _wrong_value(found, rules, source.at(*path), _written(path))


def _hint(found: Any, schema: Schema) -> str:  # noqa: ANN401 - as above
    """What an unknown key may have been meant to be."""
    return did_you_mean(str(found.document_path[-1]), _rules(schema, tuple(found.document_path[:-1]))["schema"])


def _wrong_value(found: Any, rules: Schema, place: Place, name: str) -> Problem:  # noqa: ANN401 - as above
    if found.value is None:
        return error(place, "no-value", f"{name} has no value")
    if found.rule == "type":
        return _wrong_type(found, rules, place, name)
    if found.rule == "allowed":
        return _not_allowed(found.value, found.constraint, place, name)
    if found.rule == "minlength":
        noun = "entry" if found.constraint == 1 else "entries"
        return error(place, "too-few", f"{name} needs at least {found.constraint} {noun}")
    if found.rule in {"min", "max"}:
        word = "least" if found.rule == "min" else "most"
        return error(place, "out-of-range", f"{name} is {found.value}; at {word} {found.constraint}")
    return error(place, "wrong-value", _clipped(f"{name}: {_reason(found)}"))


def _reason(found: Any) -> str:  # noqa: ANN401 - as above
    """What the rule's reader said."""
    return str(found.info[0] if found.info else found.rule)


def _wrong_type(found: Any, rules: Schema, place: Place, name: str) -> Problem:  # noqa: ANN401 - as above
    """A value of the wrong type; a plain number or true/false is read as the text it was meant to be."""
    wanted, shown = _TYPE_WORDS[found.constraint], _shown(found.value)
    hint = ""
    if wanted.startswith("a text") and not isinstance(found.value, (list, dict)):
        if "allowed" in rules:
            return _not_allowed(shown, rules["allowed"], place, name)
        try:
            READERS[rules.get("check_with", "plain")](shown)
        except ValueError as mistake:
            return error(place, "wrong-value", f"{name}: {mistake}")
        hint = f"put it in quotes: '{shown}'"
    return error(place, "wrong-type", _clipped(f"{name} must be {wanted}, not {shown}"), hint)


def _not_allowed(value: Any, allowed: Iterable[str], place: Place, name: str) -> Problem:  # noqa: ANN401 - as above
    hint = did_you_mean(str(value), allowed)
    return error(place, "not-allowed", _clipped(f"{name}: {_shown(value)} is not allowed"), hint)


def _wrong_key(found: Any, path: Path, source: Source) -> Problem:  # noqa: ANN401 - as above
    place = source.at(*path, "@key")
    if found.rule == "allowed":
        hint = did_you_mean(str(path[-1]), found.constraint)
        return error(place, "unknown-key", _clipped(f"unknown key {path[-1]!r}"), hint)
    return error(place, "wrong-key", _clipped(f"{_written(path[:-1])}: {_reason(found)}"))


def _wrong_translations(value: dict[str, Any], path: Path, source: Source) -> Iterator[Problem]:
    for language, words in value.items():
        try:
            read_translation(language, words)
        except ValueError as mistake:
            yield error(source.at(*path, language), "wrong-value", _clipped(f"{_written(path)}: {mistake}"))


def _repeated(value: Any, path: Path, source: Source) -> Iterator[Problem]:  # noqa: ANN401 - YAML values are of any type
    """Maps of one list that claim the same id, day or service: the later would silently replace the earlier."""
    if isinstance(value, dict):
        for key, nested in value.items():
            yield from _repeated(nested, (*path, key), source)
    elif isinstance(value, list):
        seen: set[tuple[str, str]] = set()
        keys = ("date",) if path and path[-1] in _BY_DAY else _UNIQUE
        for index, item in enumerate(value):
            names = (
                set([(key, item[key]) for key in keys if isinstance(item.get(key), str)][:1])
                if isinstance(item, dict)
                else set()
            )
            for key, name in sorted(names & seen):
                message = _clipped(f"{_written(path)}: the {key} {name!r} is listed twice")
                yield error(source.at(*path, index, key), "duplicate-id", message, "keep one of the two")
            seen |= names
            yield from _repeated(item, (*path, index), source)


def _written(path: Path) -> str:
    """A path as a person would say it: `services[2].targets[1].limit`, counting from 1."""
    words = ""
    for step in path:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if words else step
    return words


def _shown(value: Any) -> str:  # noqa: ANN401 - YAML values are of any type
    """A value as it was written, as far as a message needs it."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str) else str(value)


def _clipped(message: str) -> str:
    """A message with the middle of a long quotation left out."""
    return message if len(message) <= MAX_MESSAGE else f"{message[: MAX_MESSAGE // 2]} … {message[-MAX_MESSAGE // 2 :]}"


def _rules(schema: Schema, path: Path) -> Schema:
    """The rules of the schema for the value at `path`."""
    rules: Schema = {"schema": schema}
    for step in path:
        nested = rules.get("schema", {})
        rules = nested if isinstance(step, int) else nested.get(step) or rules.get("valuesrules", {})
    return rules
