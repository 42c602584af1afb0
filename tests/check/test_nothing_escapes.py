"""Whatever a user writes, `gather` answers with problems: no exception escapes, and a problem is one line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.build import gather
from pipeline.options import Options
from pipeline.problems import has_errors

SMALL = Path(__file__).parents[1] / "projects" / "small" / "sources"
FILES = {path.relative_to(SMALL): path.read_bytes() for path in sorted(SMALL.rglob("*")) if path.is_file()}
YAML = [file for file in FILES if file.suffix == ".yaml"]
NASTY = [
    "null", "true", "12", "-1", "1.10", "no", "10:30", "''", "[]", "{}", "[1, null, [x]]", "{a: 1}", "{zh-CN: }",
    "{en: [1]}", "x", "../x", "P9", "A/00", "Z/99", '"\\u202e"', '"\\x07"', '"a\\nb"', "😀", "9999-12-31", "0001-01-01",
    "2026-02-30", "0000-01", "9999-12", "９９%", "100.1%", "0%", "99.99999999999%", "1 d", "0 h", "99999999999 d",
    "999999999999999999", "-99999999999999.5", "organization", "ola-apps", "sla-bay", "business-cn", "localtime",
    "%", "%H:%M", "*", "23:59-24:00", "1990", "2100", "{from: 2026, until: 2025}", "!!str x", "&a x", "*a", "draft",
    "terminated", "planned", "uc", "ola", "sla", "team", "import", "999 days", "'{x}'", "'{{ x }}'", "x" * 3000,
]  # fmt: skip


def spans(node: Any) -> Iterator[tuple[int, int]]:
    """Where each value of a YAML document begins and ends."""
    yield node.start_mark.index, node.end_mark.index
    children = [child for _, child in node.value] if isinstance(node, yaml.MappingNode) else node.value
    if not isinstance(node, yaml.ScalarNode):
        for child in children:
            yield from spans(child)


VALUES = [(file, *span) for file in YAML for span in spans(yaml.compose(FILES[file].decode(), Loader=yaml.SafeLoader))]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path_factory.mktemp("small") / "sources"))


def judge(sources: Path, file: Path, content: bytes) -> None:
    """Gather with one file changed."""
    try:
        (sources / file).write_bytes(content)
        documents, _, problems = gather(Options(sources=sources))
    finally:
        (sources / file).write_bytes(FILES[file])
    assert bool(documents) == (not has_errors(problems))
    for problem in problems:
        assert "\n" not in str(problem)
        assert problem.place.line >= 1
        assert problem.place.column >= 1


def one_value(draw: st.DrawFn) -> tuple[Path, bytes]:
    """A file in which one value became another."""
    file, start, stop = draw(st.sampled_from(VALUES))
    text = FILES[file].decode()
    instead = draw(st.sampled_from(NASTY) | st.text(st.characters(codec="utf-8"), max_size=12))
    end = "\n" if text[start:stop].endswith("\n") else ""
    return file, (text[:start] + instead + end + text[stop:]).encode()


def some_bytes(draw: st.DrawFn) -> tuple[Path, bytes]:
    """A file, or an export, in which some bytes became others."""
    file = draw(st.sampled_from(sorted(FILES)))
    content = FILES[file]
    start = draw(st.integers(0, len(content)))
    stop = draw(st.integers(start, min(len(content), start + 40)))
    instead = draw(
        st.binary(max_size=12) | st.sampled_from([b"\n", b"  ", b'"', b",", b": ", b"- ", b"{", b"\t", b"\0"])
    )
    return file, content[:start] + instead + content[stop:]


def edits(draw: st.DrawFn) -> tuple[Path, bytes]:
    return draw(st.sampled_from([one_value, some_bytes]))(draw)


QUICK: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@settings(max_examples=100, derandomize=True, **QUICK)
@given(edit=st.composite(edits)())
def test_no_edit_makes_gathering_raise(sources: Path, edit: tuple[Path, bytes]) -> None:
    judge(sources, *edit)


@pytest.mark.slow
@settings(max_examples=5000, **QUICK)
@given(edit=st.composite(edits)())
def test_no_edit_of_a_long_campaign_makes_gathering_raise(sources: Path, edit: tuple[Path, bytes]) -> None:
    judge(sources, *edit)
