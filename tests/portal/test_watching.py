"""What is saved is built, and what is built is told."""

from __future__ import annotations

import itertools
import os
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.portal.watching import Built, Watcher, snapshot

SECONDS = 60


@contextmanager
def watching(folder: Path, *commands: list[str]) -> Iterator[tuple[Watcher, queue.Queue[Built]]]:
    told: queue.Queue[Built] = queue.Queue()
    watcher = Watcher((folder,), commands, told.put)
    thread = threading.Thread(target=watcher.run)
    thread.start()
    try:
        yield watcher, told
    finally:
        watcher.stop()
        thread.join(SECONDS)
    assert not thread.is_alive()


@pytest.mark.parametrize("name", ["a.yaml", "deep/b.csv"])
def test_a_file_that_comes_changes_or_goes_is_noticed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    seen = [snapshot((tmp_path,))]
    path.parent.mkdir(exist_ok=True)
    for written in ("one", "two!"):
        path.write_text(written, encoding="utf-8")
        seen.append(snapshot((tmp_path,)))
    path.unlink()
    seen.append(snapshot((tmp_path,)))
    assert [one != other for one, other in itertools.pairwise(seen)] == [True, True, True]


@pytest.mark.parametrize("name", [".a.yaml.swp", "~$a.docx", "records/sent.jsonl", ".git/index"])
def test_files_of_editors_and_records_are_not(tmp_path: Path, name: str) -> None:
    before = snapshot((tmp_path,))
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("x", encoding="utf-8")
    assert snapshot((tmp_path,)) == before


def test_it_builds_at_once_and_again_when_something_was_saved(tmp_path: Path) -> None:
    with watching(tmp_path, ["--help"]) as (_, told):
        first = told.get(timeout=SECONDS)
        assert first.ok
        assert first.said.startswith("Usage:")
        time.sleep(2)
        assert told.empty()
        (tmp_path / "a.yaml").write_text("saved", encoding="utf-8")
        assert told.get(timeout=SECONDS) == first


def test_a_build_that_fails_ends_there_and_tells_why(tmp_path: Path) -> None:
    with watching(tmp_path, ["check", "--sources", str(tmp_path / "none")], ["--help"]) as (_, told):
        built = told.get(timeout=SECONDS)
    assert not built.ok
    assert "there is no folder" in built.said
    assert "Commands:" not in built.said


def test_stopping_ends_a_build_that_takes_long(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    endless = ["serve", "--port", "0", "--output", str(tmp_path / "output")]
    with watching(tmp_path / "sources", endless) as (watcher, told):
        for _ in range(SECONDS * 10):
            if watcher._running is not None:
                break
            time.sleep(0.1)
        assert watcher._running is not None
        pid.write_text(str(watcher._running.pid), encoding="utf-8")
        begun = time.monotonic()
    assert time.monotonic() - begun < 5
    assert told.empty()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text(encoding="utf-8")), 0)


def test_what_is_saved_during_a_build_starts_it_anew(tmp_path: Path) -> None:
    endless = ["serve", "--port", "0", "--output", str(tmp_path / "output")]
    sources = tmp_path / "sources"
    sources.mkdir()
    with watching(sources, endless) as (watcher, _):
        running = []
        for at in range(2):
            for _ in range(SECONDS * 10):
                now = watcher._running
                if now is not None and now not in running:
                    running.append(now)
                    break
                time.sleep(0.1)
            (sources / f"{at}.yaml").write_text("saved", encoding="utf-8")
        assert len(running) == 2
        assert running[0].poll() is not None


def test_a_build_that_is_broken_off_clears_up_behind_itself(tmp_path: Path) -> None:
    output, sources = tmp_path / "output", tmp_path / "sources"
    sources.mkdir()
    with watching(sources, ["build", "sla", "--workers", "2", "--output", str(output)]) as (watcher, told):
        until = time.monotonic() + SECONDS
        while not any(path.is_file() for path in output.glob(".staging-*/**/*")):
            assert time.monotonic() < until
            time.sleep(0.02)
        watcher.stop()
    assert told.empty()
    assert not output.exists()
