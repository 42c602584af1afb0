"""A fault at any step of publishing leaves whole files and a manifest that is true; the next build ends the same."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.options import ROOT


@pytest.mark.parametrize("fault", ["kill", "full", "read-only", "broken"])
def test_a_fault_at_any_step_leaves_whole_files_and_a_manifest_that_is_true(fault: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.faults.publishing", fault, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps = [int(one) for one in re.findall(r"(?:again|first) (\d+)", done.stdout)]
    assert min(steps) > 20
    assert "in place [0, 1, 2, 3]\n" in done.stdout  # it came before, between and after the files
