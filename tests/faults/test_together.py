"""Builds that are started together, and a look at the documents while one is running."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.options import ROOT
from pipeline.publish.alone import Busy
from pipeline.records import audit
from tests.faults.scene import Scene

PROGRAM = [sys.executable, "-m", "pipeline"]


def started(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(20))
def test_of_two_builds_at_once_each_is_whole_or_refused(number: int, scene: Scene, tmp_path: Path) -> None:
    output = scene.output(tmp_path, first=number % 2 == 0)
    command = [*PROGRAM, *scene.arguments(output, 1 + number % 3 // 2)]
    with started(command) as first:
        time.sleep(random.Random(number).uniform(0, 5))
        with started(command) as second:
            said = [one.communicate()[1].splitlines()[-1:] for one in (first, second)]
    ended = [first.returncode, second.returncode]
    assert 0 in ended
    for code, lines in zip(ended, said, strict=True):
        if code:
            assert code == 1
            assert lines[0].startswith("slm: another build is writing output/ (process ")
    scene.check(output)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_who_verifies_during_a_build_hears_that_it_runs_or_that_all_is_well(
    workers: int, scene: Scene, tmp_path: Path
) -> None:
    output = scene.output(tmp_path)
    options = scene.options(output)
    looks = 0
    with started([*PROGRAM, *scene.arguments(output, workers)]) as running:
        while running.poll() is None:
            try:
                assert audit(options).findings == ()
            except Busy:
                time.sleep(0.001)
            looks += 1
        running.communicate()
    assert running.returncode == 0
    assert looks > 20
    scene.check(output)
