"""YAML as people mean it, with the place of every value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.load.characters import all_covered
from pipeline.load.marked_yaml import MAX_DEPTH, parse
from pipeline.model.source import Path


def value_of(text: str) -> Any:
    value, _, problems = parse(text.encode(), "sources/x.yaml", all_covered)
    assert problems == ()
    return value


def problems_of(content: str | bytes) -> list[str]:
    raw = content if isinstance(content, bytes) else content.encode()
    return [str(problem) for problem in parse(raw, "x.yaml", all_covered)[2]]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10:30", "10:30"),
        ("no", "no"),
        ("on", "on"),
        ("2026-04-01", "2026-04-01"),
        ("0123", "0123"),
        ("1e5", "1e5"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        (".inf", ".inf"),
        ("True", "True"),
        ("1234567890123456789", "1234567890123456789"),
        ("+86 21 0000 1001", "+86 21 0000 1001"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("42", 42),
        ("-7", -7),
        ("1.10", Decimal("1.10")),
        ("'42'", "42"),
        ('"null"', "null"),
        ("'true'", "true"),
    ],
)
def test_a_plain_scalar_is_text_unless_it_can_mean_only_one_thing(written: str, meant: Any) -> None:
    read = value_of(f"key: {written}\n")["key"]
    assert read == meant
    assert type(read) is type(meant)


def test_a_decimal_keeps_the_digits_it_was_written_with() -> None:
    assert str(value_of("goal: 99.90")["goal"]) == "99.90"


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}", fullmatch=True),
        st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1),
    )
)
def test_quoted_text_comes_back_as_it_was(words: dict[str, str]) -> None:
    doubled = {key: text.replace("'", "''") for key, text in words.items()}
    text = "".join(f"{key}: '{text}'\n" for key, text in doubled.items())
    assert value_of(text or "{}") == words


DOCUMENT = """\
# a comment
kind: sla
名称: 协议
nested:
  list:
    - first
    - {a: 1,  b:   中文}
  empty:
folded: >-
  two
  lines
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (2, 1)),
        (("kind",), (2, 7)),
        (("kind", "@key"), (2, 1)),
        (("名称",), (3, 5)),
        (("nested",), (5, 3)),
        (("nested", "@key"), (4, 1)),
        (("nested", "list", 0), (6, 7)),
        (("nested", "list", 1, "b"), (7, 20)),
        (("nested", "list", 1, "b", "@key"), (7, 15)),
        (("nested", "empty"), (8, 3)),
        (("folded",), (9, 9)),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_value_has_its_place_in_characters_of_its_line(path: Path, place: tuple[int, int], line_end: str) -> None:
    _, source, problems = parse(DOCUMENT.replace("\n", line_end).encode("utf-8-sig"), "x.yaml", all_covered)
    assert problems == ()
    found = source.at(*path)
    assert (found.line, found.column) == place


def test_a_path_that_was_not_written_has_the_place_of_its_nearest_ancestor() -> None:
    source = parse(DOCUMENT.encode(), "x.yaml", all_covered)[1]
    assert source.at("nested", "list", 7, "limit") == source.at("nested", "list")


def test_all_keys_written_twice_are_told_and_the_rest_is_still_read() -> None:
    value, _, problems = parse(b"a: 1\nb: {c: 1, c: 2}\na: 3\n", "x.yaml", all_covered)
    assert [str(problem) for problem in problems] == [
        "x.yaml:2:11: error: the key 'c' is written twice, first in line 2; keep one of the two",
        "x.yaml:3:1: error: the key 'a' is written twice, first in line 1; keep one of the two",
    ]
    assert value == {"a": 1, "b": {"c": 1}}


def test_forty_levels_are_read_and_one_more_is_not() -> None:
    assert problems_of("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert problems_of("- " * (MAX_DEPTH + 1)) == [f"x.yaml:1:{2 * MAX_DEPTH + 1}: error: nested deeper than 40 levels"]


@pytest.mark.parametrize("text", ["[" * 200_000, "{a: " * 200_000, "- " * 200_000, "? " * 200_000])
def test_hostile_nesting_never_reaches_the_composer(text: str) -> None:
    assert len(problems_of(text)) == 1


@pytest.mark.parametrize(
    "character", ["\x00", "\x0b", "\x0c", "\x1f", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\ufffe"]
)
def test_a_character_that_nobody_sees_is_refused_at_its_own_place_even_in_a_comment(character: str) -> None:
    name = f"U+{ord(character):04X}"
    assert problems_of(f"kind: x\n# 注释{character}\n") == [f"x.yaml:2:5: error: illegal character {name}; remove it"]


def test_an_escape_cannot_smuggle_an_illegal_character_in() -> None:
    assert problems_of('a: "x\\x01\\u202ey"') == [
        "x.yaml:1:4: error: illegal character U+0001, U+202E in the text; remove it"
    ]


def test_an_escaped_tab_and_line_end_are_text() -> None:
    assert value_of('a: "x\\ty\\nz"') == {"a": "x\ty\nz"}


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("名称: 小山信息".encode("gbk"), "it looks like GBK; save it as UTF-8"),
        ("名称: 䶮㛃".encode("gb18030"), "it looks like GB18030; save it as UTF-8"),
        ("名称: 小山信息服务".encode() + b"\xff", "save it as UTF-8"),
        ("name: caf\xe9 \xe8".encode("latin-1"), "save it as UTF-8"),
    ],
)
def test_the_encoding_is_guessed_only_where_it_fits(content: bytes, hint: str) -> None:
    assert [problem.rsplit("not UTF-8; ", 1)[1] for problem in problems_of(content)] == [hint]


def test_the_first_byte_that_is_no_utf_8_is_pointed_at() -> None:
    assert problems_of("\ufeffa: 甲乙\nb: 丙".encode() + b"\xff")[0].startswith(
        "x.yaml:2:5: error: the file is not UTF-8"
    )


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_problems_of_one_line_within_the_file(content: bytes) -> None:
    problems = parse(content, "x.yaml", all_covered)[2]
    lines = content.count(b"\n") + content.count(b"\r") + 1
    for problem in problems:
        assert str(problem).isprintable()
        assert 1 <= problem.place.line <= lines + 1
