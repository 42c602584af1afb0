"""`procedure.yaml` and `catalog.yaml`: what is read, and what their schemas refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.load.characters import all_covered
from pipeline.load.marked_yaml import parse
from pipeline.load.sources import load_portfolio
from pipeline.load.validate import validate
from pipeline.model.procedure import END
from pipeline.options import ROOT


def mistakes(file: str, old: str, new: str) -> list[str]:
    """What is wrong with a file of the demonstration company after one edit."""
    written = (ROOT / "sources" / file).read_text(encoding="utf-8")
    assert written.count(old) == 1
    value, source, problems = parse(written.replace(old, new).encode(), f"sources/{file}", all_covered)
    return [problem.message for problem in (*problems, *validate(value, source))]


def test_the_procedure_is_read_section_by_section() -> None:
    portfolio, _ = load_portfolio(ROOT / "sources", all_covered)
    assert portfolio is not None
    procedure = portfolio.procedure
    assert procedure is not None
    assert [activity.id for activity in procedure.activities] == ["SLM1", "SLM2", "SLM3", "SLM4", "SLM5"]
    assert [activity.stage for activity in procedure.activities] == ["plan", "do", "do", "check", "act"]
    assert [flow.to for flow in procedure.activities[4].flows] == ["SLM1", "SLM4", END]
    assert procedure.activities[0].steps[1].raci["slm-owner"] == "AR"
    assert not procedure.activities[0].decision
    assert [str(issue.version) for issue in procedure.issues] == ["A/00", "A/01", "B/00"]
    assert set(procedure.reached()) == {stop.id for stop in procedure.stops}


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "procedure.yaml",
            "raci: {slm-owner: AR, slm-manager: R, slm-administrator: I}",
            "raci: {slm-owner: X}",
            "activities[1].steps[2].raci.slm-owner: 'X' is not allowed",
        ),
        (
            "procedure.yaml",
            "id: SLM4\n",
            "id: slm4\n",
            "activities[4].id: 'slm4' is not the number of an activity; write it like SLM1",
        ),
        ("procedure.yaml", "id: SLM4\n", "id: SLM3\n", "activities: the id 'SLM3' is listed twice"),
        ("procedure.yaml", "stage: check", "stage: checking", "activities[4].stage: 'checking' is not allowed"),
        ("catalog.yaml", "version: A/01", "version: A1", "revisions[2].version: 'A1' is not a version"),
    ],
)
def test_what_the_schema_refuses(file: str, old: str, new: str, message: str) -> None:
    found = mistakes(file, old, new)
    assert len(found) == 1
    assert found[0].startswith(message)


def test_a_company_without_the_two_files_has_neither() -> None:
    small = Path(__file__).parents[1] / "projects" / "small" / "sources"
    portfolio, problems = load_portfolio(small, all_covered)
    assert problems == ()
    assert portfolio is not None
    assert (portfolio.catalog, portfolio.procedure) == (None, None)
