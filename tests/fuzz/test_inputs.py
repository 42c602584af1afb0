"""Whatever is in a file from outside, the user reads one line a problem: no traceback, no hang.

`findings/` keeps the inputs that once did worse. CONTRIBUTING says how one is kept, and `targets.py` lists the inputs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.judging import judge
from tests.fuzz.mutating import edited, edits
from tests.fuzz.targets import FINDINGS, TARGETS, Target

LONG = 1000
"""Times as many changed inputs in a long campaign."""

_HOW: dict[str, Any] = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def _warm(target: Target) -> None:
    """Libraries are loaded by the first input; that is not its time."""
    tuple(target.harness(target.seeds()[0]))


@pytest.mark.parametrize("name", TARGETS)
def test_files_as_they_should_be_are_read_in_time(name: str) -> None:
    target = TARGETS[name]
    _warm(target)
    for seed in target.seeds()[:2]:
        judge(target.harness, seed, target.seconds)


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name, target in TARGETS.items() for path in target.findings(name)],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_what_was_found_once_stays_repaired(name: str, path: Path) -> None:
    _warm(TARGETS[name])
    judge(TARGETS[name].harness, path.read_bytes(), TARGETS[name].seconds)


def test_findings_lie_in_folders_of_inputs_that_there_are() -> None:
    assert {path.name for path in FINDINGS.iterdir()} <= set(TARGETS)


def _campaign(target: Target, examples: int, into: Path, *, repeatable: bool) -> None:
    """Changed inputs, made smaller where one fails."""
    seeds = target.seeds()
    phases = (Phase.generate,) if repeatable else (Phase.generate, Phase.shrink)
    _warm(target)

    @settings(max_examples=examples, derandomize=repeatable, phases=phases, **_HOW)
    @given(number=st.integers(0, len(seeds) - 1), changes=edits(target))
    def tried(number: int, changes: list[Any]) -> None:
        content = edited(target, seeds[number], changes)
        into.write_bytes(content)  # the last one is what to keep when this fails
        judge(target.harness, content, target.seconds)

    tried()


@pytest.mark.parametrize("name", TARGETS)
def test_a_changed_file_is_read_or_refused_with_its_place(name: str, tmp_path: Path) -> None:
    _campaign(TARGETS[name], TARGETS[name].quick, tmp_path / name, repeatable=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_no_file_of_a_long_campaign_makes_more_than_problems(name: str, tmp_path: Path) -> None:
    _campaign(TARGETS[name], TARGETS[name].quick * LONG, tmp_path / name, repeatable=False)
