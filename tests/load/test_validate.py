"""Every mistake of a file is told at its own place, in the words of the person who wrote it."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.load.characters import all_covered
from pipeline.load.kinds import KINDS
from pipeline.load.marked_yaml import parse
from pipeline.load.rules import READERS
from pipeline.load.validate import validate

CALENDAR = """\
kind: calendar
id: always
name: {zh-CN: 全天, en: Always}
timezone: Asia/Shanghai
hours:
  every_day: ["00:00-24:00"]
"""


def mistakes(text: str) -> list[str]:
    value, source, problems = parse(text.encode(), "x.yaml", all_covered)
    assert problems == ()
    return sorted(str(problem) for problem in validate(value, source))


def test_a_right_file_has_no_mistake() -> None:
    assert mistakes(CALENDAR) == []


IDENTIFIER = "use lower-case letters, digits and single hyphens, such as sla-harbour"
ZONE = "timezone: Asia/Shanghai"
TWICE = f"{ZONE}\ndays_off: [{{date: 2026-05-01, reason: a}}, {{date: 2026-05-01, reason: b}}]"
KEYS = "days_off, extends, holidays, hours, id, kind, listed_years, name, timezone, working_days, years"
NAME = "{zh-CN: 全天, en: Always}"
REGION = "write a country, or a part of one: CN, HK, GB, DE-BY"
HOURS = '["00:00-24:00"]'


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("id: always", "id: 7", f"2:5: error: id: '7' is not an identifier; {IDENTIFIER}"),
        ("id: always", "id: ''", f"2:5: error: id: '' is not an identifier; {IDENTIFIER}"),
        ("id: always", "id: [a]", "2:5: error: id must be a text, not a list"),
        ("id: always", "id:", "2:1: error: id has no value"),
        ("id: always\n", "", "1:1: error: the key 'id' is missing"),
        ("id: always", "id: always\nfoo: 1", f"3:1: error: unknown key 'foo'; known: {KEYS}"),
        ("en: Always", "en: ", "3:19: error: name: the en text is empty"),
        ("en: Always", "en: 5", "3:23: error: name: the en text is no text; put numbers in quotes"),
        ("en: Always", "de: Immer", "3:23: error: name: unknown language 'de'; known: en, zh-CN"),
        (NAME, "' '", "3:7: error: name: the text is empty"),
        (NAME, "{}", "3:7: error: name: the text is empty"),
        (NAME, "[]", "3:7: error: name must be a text, or a map from language to text, not a list"),
        ("Asia/Shanghai", "true", "4:11: error: timezone: 'true' is not a time zone; write it as Asia/Shanghai"),
        (ZONE, f"{ZONE}\nholidays: 1", f"5:11: error: holidays: the public holidays of '1' are not known; {REGION}"),
        (ZONE, f"{ZONE}\nyears: {{from: 1800, until: 2026}}", "5:15: error: years.from is 1800; at least 1990"),
        (ZONE, f"{ZONE}\nyears: {{from: a, until: 2026}}", "5:15: error: years.from must be a whole number, not 'a'"),
        (ZONE, TWICE, "5:50: error: days_off: the date '2026-05-01' is listed twice; keep one of the two"),
        ("every_day:", "everyday:", "6:3: error: unknown key 'everyday'; did you mean 'every_day'?"),
        (HOURS, "9-12", "6:14: error: hours.every_day must be a list, not '9-12'"),
        (HOURS, "[x]", "6:15: error: hours.every_day[1]: 'x' is not a time window; write it as 09:00-12:00"),
        (f"  every_day: {HOURS}", "  {}", "6:3: error: hours needs at least 1 entry"),
    ],
)
def test_a_mistake_is_told_once_where_it_stands(right: str, wrong: str, message: str) -> None:
    assert CALENDAR.count(right) == 1
    assert mistakes(CALENDAR.replace(right, wrong)) == [f"x.yaml:{message}"]


def test_a_long_text_is_quoted_in_part() -> None:
    (message,) = mistakes(CALENDAR.replace("id: always", f"id: {'x' * 5000}"))
    assert len(message) < 300
    assert message.endswith("such as sla-harbour")


def test_a_misspelt_key_is_not_called_missing_as_well_but_another_one_is() -> None:
    assert mistakes(CALENDAR.replace("timezone:", "time_zone:").replace("id: always\n", "")) == [
        "x.yaml:1:1: error: the key 'id' is missing",
        "x.yaml:3:1: error: unknown key 'time_zone'; did you mean 'timezone'?",
    ]


@pytest.mark.parametrize("value", [None, "text", 7, [], ["kind"], {}])
def test_what_is_no_map_with_a_kind_is_told_in_one_line(value: Any) -> None:
    source = parse(b"a: 1", "x.yaml", all_covered)[1]
    assert len(validate(value, source)) == 1


def fields(rules: Any) -> list[Any]:
    """All rule sets within a schema."""
    if not isinstance(rules, dict):
        return []
    return [rules, *(found for nested in rules.values() for found in fields(nested))]


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_names_only_rules_that_there_are(kind: str) -> None:
    named = {rules["check_with"] for rules in fields(KINDS[kind].schema) if isinstance(rules.get("check_with"), str)}
    assert named
    assert named <= READERS.keys()
