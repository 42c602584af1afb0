"""The JSON Schema of the sources accepts what `slm check` accepts, and refuses what it refuses by shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from pipeline.cli import slm
from pipeline.load import json_schema
from pipeline.load.characters import all_covered
from pipeline.load.json_schema import described, schema_of, whole_schema
from pipeline.load.kinds import KINDS
from pipeline.load.kinds.fields import Schema
from pipeline.load.kinds.import_profile import completed
from pipeline.load.marked_yaml import parse
from pipeline.load.validate import validate
from pipeline.options import ROOT
from tests.test_cases import NAMES, prepare

SHAPE = {
    "missing-key",
    "unknown-key",
    "not-allowed",
    "wrong-type",
    "no-value",
    "too-few",
    "out-of-range",
    "unknown-kind",
}
"""What a schema can tell; the other mistakes take a reader."""

ACCEPTED = sorted([*(ROOT / "sources").rglob("*.yaml"), *(ROOT / "tests" / "projects").rglob("*.yaml")])


@cache
def validator() -> Any:
    schema = whole_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def plain(value: Any) -> Any:
    """A source as an editor has it."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value


def refused(value: Any) -> list[str]:
    return [f"{list(one.absolute_path)}: {one.message}" for one in validator().iter_errors(plain(value))]


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_source_of_the_demonstration_is_valid(path: Path) -> None:
    value, _, problems = parse(path.read_bytes(), str(path), all_covered)
    assert not problems
    assert refused(value) == []


def sources(folder: Path) -> Iterator[tuple[Any, set[str]]]:
    """The files of a case that can be parsed, and the codes of what is wrong with them."""
    for path in sorted((folder / "sources").rglob("*.yaml")):
        value, source, problems = parse(path.read_bytes() if path.is_file() else b"", str(path), all_covered)
        if not problems and isinstance(value, dict):
            yield value, {one.code for one in validate(completed(value), source)}


@pytest.mark.parametrize("case", NAMES)
def test_bad_input_is_refused_where_its_shape_is_wrong_and_nowhere_else(case: str, tmp_path: Path) -> None:
    prepare(case, tmp_path)
    for value, codes in sources(tmp_path):
        if codes & SHAPE:
            assert refused(value), codes
        elif not codes:
            assert refused(value) == []


def test_the_cases_hold_mistakes_of_every_shape(tmp_path: Path) -> None:
    found = set()
    for case in NAMES:
        prepare(case, tmp_path / case)
        found |= {code for _, codes in sources(tmp_path / case) for code in codes}
    assert found >= SHAPE


def keys_of(fields: Schema, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key, rules in fields.items():
        yield (*path, key)
        yield from nested(rules, (*path, key))


def nested(rules: Schema, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if rules.get("type") == "list":
        yield from nested(rules["schema"], path)
    elif "schema" in rules:
        yield from keys_of(rules["schema"], path)
    elif "valuesrules" in rules:
        yield from nested(rules["valuesrules"], path)


ALL_KEYS = [path for kind in KINDS for path in keys_of(KINDS[kind].schema, (json_schema.family(kind),))]


def test_every_key_has_a_title_and_a_sentence_in_both_languages() -> None:
    assert len(ALL_KEYS) > 500
    for path in ALL_KEYS:
        words = described(path)
        titles, sentences = words["title"].split(" / "), words["description"].split("\n")
        assert [len(titles), len(sentences)] == [2, 2], path
        assert all(one.strip() for one in (*titles, *sentences)), path


def test_no_sentence_is_about_a_key_that_does_not_exist() -> None:
    written = yaml.safe_load((ROOT / "pipeline" / "load" / "keys.yaml").read_text(encoding="utf-8"))
    known = {".".join(path[at:]) for path in ALL_KEYS for at in range(len(path))}
    assert set(written) - known == set()


def test_the_command_prints_the_schema_of_a_kind_and_writes_all_of_them(tmp_path: Path) -> None:
    printed = CliRunner().invoke(slm, ["schema", "calendar"])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == json.loads(json.dumps(schema_of("calendar")))
    written = CliRunner().invoke(slm, ["schema", "--output", str(tmp_path / "made")])
    assert written.exit_code == 0
    assert {path.stem for path in (tmp_path / "made").iterdir()} == {*KINDS, "sources"}
    assert json.loads((tmp_path / "made" / "sources.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(whole_schema())
    )


def test_an_unknown_kind_is_wrong_usage() -> None:
    result = CliRunner().invoke(slm, ["schema", "calender"])
    assert result.exit_code == 2
    assert "did you mean 'calendar'?" in result.stderr


def test_an_editor_completes_the_words_that_a_key_may_have() -> None:
    target = schema_of("sla")["properties"]["services"]["items"]["properties"]["targets"]["items"]["properties"]
    assert "resolution_time" in target["measure"]["enum"]
    assert target["priority"]["pattern"] == "^(?:P[1-5])$"
    assert target["goal"]["title"] == "目标 / Goal"
