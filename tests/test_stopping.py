"""A build that is stopped, as a terminal or the system stops it, ends at once and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.options import ROOT
from tests.processes import command, descendants

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")


def start(output: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "build", *arguments, "--output", str(output)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def workers(pid: int) -> list[int]:
    return [one for one in descendants(pid) if "spawn_main" in command(one)]


def wait_for(running: subprocess.Popen[str], number: int, output: Path) -> list[int]:
    """The workers, once there are so many and rendered files are staged."""
    until = time.monotonic() + 60
    while time.monotonic() < until and running.poll() is None:
        found = workers(running.pid)
        if len(found) >= number and any(path.is_file() for path in output.glob(".staging-*/**/*")):
            return found
        time.sleep(0.02)
    raise AssertionError(running.communicate())


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("asked", "group"),
    [
        (signal.SIGINT, True),
        (signal.SIGTERM, False),
        pytest.param(signal.SIGINT, False, marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, True, marks=pytest.mark.slow),
    ],
)
def test_a_stopped_build_says_one_line_and_leaves_no_process_and_no_file(
    asked: signal.Signals, group: bool, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    with start(output, "sla", "--workers", "2") as running:
        began = wait_for(running, 2, output)
        sent = time.monotonic()
        (os.killpg if group else os.kill)(running.pid, asked)
        said = running.communicate(timeout=30)
    assert time.monotonic() - sent < 5  # a fraction of a second, where the machine has nothing else to do
    assert said == ("", "slm: stopped; no file was left half written\n")
    assert running.returncode == 128 + asked
    assert not [one for one in began if "spawn_main" in command(one)]
    assert not output.exists()


@pytest.mark.slow
def test_a_killed_worker_ends_the_build_with_one_line(tmp_path: Path) -> None:
    output = tmp_path / "output"
    with start(output, "sla", "--workers", "2") as running:
        began = wait_for(running, 2, output)
        os.kill(began[0], signal.SIGKILL)
        out, error = running.communicate(timeout=60)
    message = "a worker process was ended by something else (out of memory?): build again, with fewer --workers"
    assert (out, error) == ("", f"slm: the environment: {message}\n")
    assert running.returncode == 3
    assert not [one for one in began if "spawn_main" in command(one)]
    assert not output.exists()


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.2 * step for step in range(2, 32)])
def test_a_build_can_be_stopped_at_any_moment(seconds: float, tmp_path: Path) -> None:
    output = tmp_path / "output"
    with start(output, "--workers", "2") as running:
        time.sleep(seconds)
        began = workers(running.pid)
        sent = time.monotonic()
        os.kill(running.pid, signal.SIGTERM)
        running.communicate(timeout=30)
    assert time.monotonic() - sent < 5
    assert running.returncode in {128 + signal.SIGTERM, -signal.SIGTERM}  # the second before the program has begun
    assert not [one for one in began if "spawn_main" in command(one)]
    assert not list(output.glob(".staging-*"))


@pytest.mark.slow
def test_stopping_while_files_are_published_leaves_whole_ones_and_the_next_build_completes_them(
    demo_output: Path, tmp_path: Path
) -> None:
    output, whole = tmp_path / "output", files(demo_output)
    with start(output, "--workers", "2") as running:
        until = time.monotonic() + 300
        while not any(path.is_file() for path in output.glob("[!.]*/**/*")):
            assert time.monotonic() < until
        os.kill(running.pid, signal.SIGTERM)
        running.communicate(timeout=30)
    assert not list(output.glob(".staging-*"))
    assert files(output).items() <= whole.items()
    with start(output, "--workers", "2") as running:
        running.communicate(timeout=600)
    assert running.returncode == 0
    assert files(output) == whole
