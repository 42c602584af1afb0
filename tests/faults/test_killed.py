"""`kill -9` at any moment of a build leaves whole files and a manifest that is true; the next build completes them."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from pipeline.options import ROOT
from tests.faults.scene import Scene
from tests.processes import command as command_of
from tests.processes import descendants

PROGRAM = [sys.executable, "-m", "pipeline"]
LOOK = os.WEXITED | os.WNOWAIT | os.WNOHANG
SEED, MOMENTS, QUICK = 20261123, 200, 1
STEPS = {"again": 33, "first": 39}
"""In how many steps the builds of the scene change files below `output/`, from the staging folder to its end."""


def used(pid: int) -> float:
    """Processor seconds of a process: moments told by them are the same ones on a busy machine."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def killed(command: list[str], after: float) -> bool:
    """Start a build and kill it after so many processor seconds; whether it was still running then."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        while used(running.pid) < after and os.waitid(os.P_PID, running.pid, LOOK) is None:
            time.sleep(0.001)
        workers = descendants(running.pid)
        running.kill()
        running.wait()
    until = time.monotonic() + 10
    while any(command_of(one) for one in workers):
        assert time.monotonic() < until, "a worker outlives its build"
        time.sleep(0.01)
    return running.returncode == -signal.SIGKILL


@pytest.fixture(scope="module")
def cost(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], float]:
    """By number of workers, the processor seconds of the process that publishes, where nobody disturbs it."""

    @cache
    def timed(workers: int) -> float:
        command = [*PROGRAM, *scene.arguments(scene.output(tmp_path_factory.mktemp("timed")), workers)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT)
            return used(running.pid)

    return timed


@pytest.mark.parametrize(
    "number", [*range(QUICK), *(pytest.param(one, marks=pytest.mark.slow) for one in range(QUICK, MOMENTS))]
)
def test_a_build_that_is_killed_leaves_whole_files_and_the_next_one_completes_them(
    number: int, scene: Scene, cost: Callable[[int], float], tmp_path: Path
) -> None:
    moments = random.Random(SEED)
    shares = [(one + moments.random()) / MOMENTS for one in range(MOMENTS)]  # from the first to the last moment
    moments.shuffle(shares)
    workers, first = 1 + number % 2, number % 3 == 0
    output = tmp_path / "output"
    share = shares[number]
    while True:
        shutil.rmtree(output, ignore_errors=True)
        scene.output(tmp_path, first=first)
        if killed([*PROGRAM, *scene.arguments(output, workers)], share * cost(workers)):
            break
        share *= 0.95  # it was quicker than the one that was timed
    scene.check(output)


@pytest.mark.slow  # publishing.py goes through them all in every test run, without a real build
@pytest.mark.parametrize(
    ("which", "step"), [(which, step) for which, last in STEPS.items() for step in range(1, last + 1)]
)
def test_a_build_that_is_killed_at_any_step_of_publishing_can_be_completed(
    which: str, step: int, scene: Scene, tmp_path: Path
) -> None:
    output = scene.output(tmp_path, first=which == "first")
    command = [sys.executable, "-m", "tests.faults.strike", "kill", str(step), str(output), *scene.arguments(output)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    scene.check(output)
