"""Imports point one way, so that a newcomer can follow the flow and a stage can be tested alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PIPELINE = Path(__file__).resolve().parents[1] / "pipeline"

# stage -> what it may see besides itself; standing alone below problems are only model and problems
ALLOWED = {
    "problems": set(),
    "confined": set(),
    "model": {"problems"},
    "load": {"confined", "model", "problems"},
    "check": {"model", "problems"},
    "measure": {"model", "problems"},
    "merge": {"compare", "measure", "model", "problems"},
    "render": {"confined", "merge", "measure", "compare", "pages", "recount", "model", "problems"},
    "pages": {"recount", "problems"},
    "differences": {"load", "merge", "pages", "recount", "render", "model", "problems"},
    "compare": {"model", "problems"},
    "options": {"model"},
    "parallel": set(),
    "cluster": {"merge", "publish", "render", "options"},
    "publish": {"model", "options", "problems"},
    "doctor": {"render"},
    "inventory": {"options", "publish", "render"},
    "build": {
        "load",
        "check",
        "measure",
        "merge",
        "render",
        "publish",
        "parallel",
        "cluster",
        "options",
        "model",
        "problems",
    },
    "register": {"build", "check", "load", "merge", "render", "options", "model", "problems"},
    "verify": {"build", "compare", "load", "merge", "publish", "recount", "render", "options", "model", "problems"},
    "redline": {"compare", "render", "problems"},
    "redlines": {"build", "compare", "merge", "redline", "render", "options", "model", "problems"},
    "recount": {"load", "model", "problems"},
    "dispatch": {"build", "load", "merge", "publish", "render", "options", "model", "problems"},
    "records": {"load", "merge", "publish", "options", "model", "problems"},
    "due": {"build", "load", "compare", "merge", "records", "render", "options", "model", "problems"},
    "reminders": {"due", "compare", "render", "model", "problems"},
    "imports": {"check", "load", "model", "problems"},
    "explain": {"build", "load", "measure", "merge", "render", "options", "model", "problems"},
    "forecast": {"build", "load", "measure", "merge", "render", "publish", "options", "model", "problems"},
    "whatif": {"build", "check", "load", "measure", "merge", "render", "options", "model", "problems"},
    "comparison": {"build", "compare", "load", "merge", "render", "whatif", "options", "model", "problems"},
    "scaffold": {"load", "merge", "render", "options", "model", "problems"},
    "portal": {
        "build",
        "confined",
        "due",
        "load",
        "compare",
        "measure",
        "merge",
        "publish",
        "render",
        "options",
        "model",
        "problems",
    },
    "commands": {
        "build",
        "register",
        "verify",
        "redline",
        "redlines",
        "dispatch",
        "records",
        "due",
        "reminders",
        "check",
        "imports",
        "explain",
        "forecast",
        "portal",
        "whatif",
        "comparison",
        "differences",
        "merge",
        "scaffold",
        "compare",
        "load",
        "publish",
        "render",
        "doctor",
        "inventory",
        "options",
        "model",
        "problems",
    },
    "cli": {"commands", "publish", "render"},
    "__main__": {"cli"},
    "__init__": set(),
}


def stage_of(path: Path) -> str:
    return path.relative_to(PIPELINE).parts[0].removesuffix(".py")


def imported_stages(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "pipeline":
            parts = node.module.split(".")
            names |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("pipeline.")}
    return names


@pytest.mark.parametrize("path", sorted(PIPELINE.rglob("*.py")), ids=lambda path: str(path.relative_to(PIPELINE)))
def test_a_module_imports_only_stages_below_its_own(path: Path) -> None:
    stage = stage_of(path)
    assert imported_stages(path) - {stage} <= ALLOWED[stage]


def test_the_model_uses_the_standard_library_only() -> None:
    import sys

    for path in [*(PIPELINE / "model").glob("*.py"), PIPELINE / "problems.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                top = node.module.split(".")[0]
            elif isinstance(node, ast.Import):
                top = node.names[0].name.split(".")[0]
            else:
                continue
            assert top in sys.stdlib_module_names or top == "pipeline", f"{path.name} imports {top}"
