"""What is small and wants to become large is refused, in time and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys

from pipeline.options import ROOT
from tests.fuzz.bombs import BOMBS, SECONDS

_QUICK = 170
"""Seconds that all of them may take together on a busy machine."""


def test_bombs_are_refused_in_one_line_with_little_memory() -> None:
    command = [sys.executable, "-m", "tests.fuzz.bombs"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_QUICK, check=False)
    assert run.returncode == 0, run.stderr
    read = {line["bomb"]: line for line in map(json.loads, run.stdout.splitlines())}
    assert read.keys() == BOMBS.keys()
    assert {name: line["raised"] for name, line in read.items() if "raised" in line} == {}
    assert [name for name, line in read.items() if not line["errors"]] == []
    assert {name: line["seconds"] for name, line in read.items() if line["seconds"] > SECONDS} == {}
