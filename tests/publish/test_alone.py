"""Two programs never write into one `output/`, and whoever reads meanwhile is told so."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.options import ROOT
from pipeline.publish.alone import Busy, ensure_free
from pipeline.publish.files import Staging

HOLDER = """
import sys, time
from pathlib import Path
from pipeline.publish.files import Staging
with Staging(Path(sys.argv[1])) as staging:
    staging.add("a.txt", b"one")
    print("staged", flush=True)
    time.sleep(60)
"""


@contextmanager
def holder(output: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program in the middle of its work."""
    command = [sys.executable, "-c", HOLDER, str(output)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "staged\n"
        yield running
        running.kill()


def slm(*arguments: str | Path) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_second_program_is_told_who_writes_and_leaves_everything_as_it_is(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        said = rf"^another build is writing {tmp_path.name}/ \(process {other.pid}\): wait until it has ended$"
        with pytest.raises(Busy, match=said), Staging(tmp_path):
            pass
        with pytest.raises(Busy, match=said):
            ensure_free(tmp_path)
        assert [path.name for path in tmp_path.rglob("*.txt")] == ["a.txt"]
    ensure_free(tmp_path)


def test_a_killed_program_leaves_no_lock_and_its_files_are_swept_away(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert [path.name for path in tmp_path.rglob("*.txt")] == ["a.txt"]
    ensure_free(tmp_path)
    with Staging(tmp_path):
        assert not list(tmp_path.rglob("*.txt"))


def test_what_a_killed_program_left_is_swept_though_another_has_its_number_now(tmp_path: Path) -> None:
    left = tmp_path / f".staging-{os.getppid()}/half.docx"
    left.parent.mkdir()
    left.write_bytes(b"half")
    with Staging(tmp_path):
        assert not left.exists()


def test_who_only_looks_keeps_no_build_from_beginning(tmp_path: Path) -> None:
    looking = "import sys\nfrom pathlib import Path\nfrom pipeline.publish.alone import ensure_free\n"
    looking += "print(flush=True)\nwhile True: ensure_free(Path(sys.argv[1]))"
    command = [sys.executable, "-c", looking, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        assert running.stdout is not None
        running.stdout.readline()
        for _ in range(10):
            with Staging(tmp_path):
                pass
        running.kill()


def test_a_folder_that_is_not_there_is_free_and_is_not_made(tmp_path: Path) -> None:
    ensure_free(tmp_path / "output")
    assert not (tmp_path / "output").exists()


def test_the_folder_of_a_failed_build_is_not_taken_for_the_one_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "output"
    output.mkdir()
    lock = __import__("fcntl").flock

    def late(descriptor: int, operation: int) -> None:
        shutil.rmtree(output)  # between opening and locking
        lock(descriptor, operation)

    monkeypatch.setattr("fcntl.flock", late)
    with pytest.raises((Busy, FileNotFoundError)), Staging(output):
        pass


@pytest.mark.parametrize(
    "command",
    [
        ("build", "requirements"),
        ("verify",),
        *(pytest.param((name,), marks=pytest.mark.slow) for name in ("dispatch", "portal", "alert")),
    ],
    ids=lambda command: command[0],
)
def test_commands_that_write_and_those_that_would_report_nonsense_say_one_line(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    output.mkdir()
    (output / "stray.txt").write_bytes(b"something to find")
    with holder(output) as other:
        code, out, error = slm(*command, "--output", output)
        assert error.splitlines()[-1:] == [
            f"slm: another build is writing output/ (process {other.pid}): wait until it has ended"
        ]
    assert (code, out) == (1, "")
    assert sorted(path.name for path in output.iterdir() if not path.name.startswith(".")) == ["stray.txt"]
