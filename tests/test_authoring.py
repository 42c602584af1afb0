"""The examples of `docs/authoring.md` are a project that can be built as it is printed there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.build import prepare
from pipeline.options import ROOT, Options
from tests.conftest import run_build

ENGLISH, CHINESE = ROOT / "docs" / "authoring.md", ROOT / "docs" / "authoring.zh-CN.md"
EXAMPLE = re.compile(r"^`sources/([^`\n]+)`\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
SLA, OLA, UC = (f"agreements/{one}/A-00.yaml" for one in ("sla-acme", "ola-desk", "uc-line"))


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The examples written into files; an OLA and a UC are given by what differs in them."""
    examples = dict(EXAMPLE.findall(ENGLISH.read_text(encoding="utf-8")))
    assert len(examples) > 15
    ola = {**read(examples[SLA]), **read(examples[OLA])}
    for key in ("underpinned_by", "credit_cap", "charge", "tax"):
        ola.pop(key, None)
    for terms in ola["services"]:
        terms.pop("credits", None)
    examples[UC] = written({**ola, **read(examples[UC])})
    examples[OLA] = written(ola)
    for name, content in examples.items():
        path = tmp_path / "sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path / "sources"


def read(text: str) -> dict[str, Any]:
    """A file with all its values as they are written."""
    found: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    return found


def written(values: dict[str, Any]) -> str:
    """The file of such values, whole numbers without quotes."""
    return re.sub(r"'(\d{1,4})'", r"\1", yaml.safe_dump(values, sort_keys=False))


def test_the_examples_have_no_mistake(sources: Path) -> None:
    prepared = prepare(Options(sources=sources))
    assert [str(one) for one in prepared.problems] == []
    assert prepared.portfolio is not None
    assert set(prepared.portfolio.agreements) == {"sla-acme", "ola-desk", "uc-line"}


def test_the_examples_can_be_built(sources: Path, tmp_path: Path) -> None:
    outcome = run_build(Options(sources=sources, output=tmp_path / "output", kinds=("sla", "ola", "uc"), workers=1))
    assert [str(one) for one in outcome.problems] == []
    for name in (
        "acme/agreements/sla-acme_A-00",
        "desk-team/agreements/ola-desk_A-00",
        "line-co/agreements/uc-line_A-00",
    ):
        assert (tmp_path / "output" / f"{name}.docx").is_file()


@pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=["en", "zh-CN"])
def test_every_piece_of_yaml_in_the_pages_can_be_read(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    windows = re.findall(r"`(\{(?:weekday|day): [^`]*\})`", text)
    assert blocks
    assert windows
    for piece in (*blocks, *windows):
        assert isinstance(yaml.safe_load(piece), dict), piece
