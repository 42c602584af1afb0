"""A disk that is full, a folder that cannot be written, and a clock that is wrong."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.options import ROOT
from pipeline.publish.uptodate import read_inputs, up_to_date
from pipeline.render import fonts
from tests.conftest import run_build
from tests.faults.scene import Scene, files_of, slm

PAST, FUTURE = 315_532_800, 4_102_444_800  # 1980 and 2100


@pytest.mark.parametrize(
    ("workers", "largest"),
    [
        (1, 30_000),
        pytest.param(2, 30_000, marks=pytest.mark.slow),
        pytest.param(1, 4_000, marks=pytest.mark.slow),
        pytest.param(1, 0, marks=pytest.mark.slow),
        pytest.param(2, 0, marks=pytest.mark.slow),
    ],
)
def test_a_file_that_finds_no_room_stops_the_build_with_one_line_and_changes_nothing(
    workers: int, largest: int, scene: Scene, tmp_path: Path
) -> None:
    output = scene.output(tmp_path)
    done = slm(
        *scene.arguments(output, workers),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest)),
    )
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("slm: the environment: ")
    assert "File too large" in done.stderr.splitlines()[-1]
    assert files_of(output) == scene.old
    scene.check(output)


@pytest.mark.slow  # publishing.py goes through them all in every test run, without a real build
@pytest.mark.parametrize("step", range(1, 34))
@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_disk_that_fails_from_any_step_on_leaves_whole_files_and_is_told_in_one_line(
    fault: str, step: int, scene: Scene, tmp_path: Path
) -> None:
    output = scene.output(tmp_path)
    command = [sys.executable, "-m", "tests.faults.strike", fault, str(step), str(output), *scene.arguments(output)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:  # what comes after the manifest is in place changes nothing any more
        assert done.returncode == 3
        what = {"full": "No space left on device", "read-only": "Read-only file system"}[fault]
        assert done.stderr.splitlines()[-1].startswith("slm: the environment: ")
        assert what in done.stderr.splitlines()[-1]
    else:
        assert files_of(output).items() >= scene.new.items()
    scene.check(output)


def without_privileges() -> None:
    """Let modes keep root, too, from writing: the capability is gone from the next program on."""
    drop, override, search = 24, 1, 2  # linux/prctl.h, linux/capability.h
    for capability in (override, search):
        ctypes.CDLL(None).prctl(drop, capability, 0, 0, 0)


@pytest.mark.parametrize("locked", [".", pytest.param("nordwind-asia/reports", marks=pytest.mark.slow)])
def test_a_folder_that_may_not_be_written_is_told_in_one_line(locked: str, scene: Scene, tmp_path: Path) -> None:
    output = scene.output(tmp_path)
    (output / locked).chmod(0o555)
    tried = subprocess.run(["touch", output / locked / "x"], preexec_fn=without_privileges, check=False)  # noqa: S607
    assert tried.returncode == 1, "the test needs a folder that it may not write"
    done = slm(*scene.arguments(output), preexec_fn=without_privileges)
    (output / locked).chmod(0o755)
    assert done.returncode == 3, done.stderr
    assert done.stderr.splitlines()[-1].startswith("slm: the environment: [Errno 13] Permission denied: ")
    assert files_of(output) == scene.old
    scene.check(output)


@pytest.mark.slow
@pytest.mark.parametrize("when", [PAST, FUTURE])
def test_no_time_of_any_file_decides_what_is_built(when: int, scene: Scene, tmp_path: Path) -> None:
    output, sources = scene.output(tmp_path), tmp_path / "sources"
    shutil.copytree(scene.sources, sources)
    for folder, moment in ((output, when), (sources, FUTURE + PAST - when)):
        for path in folder.rglob("*"):
            os.utime(path, (moment, moment))
    options = scene.options(output)
    run_build(options)
    assert files_of(output) == scene.new
    for path in (*output.rglob("*"), *sources.rglob("*")):
        os.utime(path, (when, when))
    assert up_to_date(options, read_inputs(options, fonts.digest())) == len(scene.new) - 1
