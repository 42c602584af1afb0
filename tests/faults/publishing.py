"""Publishing, alone, with a fault at each of its steps: `python -m tests.faults.publishing FAULT FOLDER`.

Each time a process of its own publishes the second edition over the first, and what it leaves is checked.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from pipeline.publish.digests import digest
from pipeline.publish.files import Staging
from pipeline.publish.manifest import NAME, Entry, Manifest, intact, read_manifest
from tests.faults.strike import arm

OLD = {"a/one.pdf": b"one", "a/two.docx": b"two", "b/three.xlsx": b"three", "b/same.csv": b"same"}
NEW = {**OLD, "a/one.pdf": b"uno" * 9000, "b/three.xlsx": b"tre", "c/four.eml": b"quattro"}
ENDED, STRUCK = 0, 1


def manifest(files: dict[str, bytes]) -> Manifest:
    entries = [
        Entry(name, "sla", digest(content), "sla-x", "A/00", "2030-01-01", digest(content), (), ())
        for name, content in files.items()
    ]
    return Manifest().with_entries(entries, "all", digest(repr(sorted(files.items())).encode()))


def publish(output: Path, files: dict[str, bytes]) -> None:
    with Staging(output) as staging:
        for name, content in files.items():
            staging.add(name, content)
        staging.publish(manifest(files))


def disturbed(fault: str, step: int, output: Path) -> bool:
    """Publish in a process of its own; whether the fault came."""
    pid = os.fork()
    if pid == 0:
        arm(fault, step, str(output))
        try:
            publish(output, NEW)
        except OSError:
            os._exit(STRUCK)
        os._exit(ENDED)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != ENDED


def files_of(output: Path) -> dict[str, bytes]:
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def check(output: Path) -> int:
    """Hold what was left against both editions; how many files are those of the second."""
    left = {name: content for name, content in files_of(output).items() if not name.startswith(".")}
    told = read_manifest(output)
    if NAME in left:
        assert told.content() == left.pop(NAME), "a manifest by halves"
    for name, content in left.items():
        assert content in {OLD.get(name), NEW.get(name)}, name
    for entry in told.entries.values():
        assert intact(output, entry), f"the manifest says what is not so of {entry.path}"
    for build in told.builds.values():
        assert set(build.files) <= set(told.entries)
    moved = sum(left.get(name) == content != OLD.get(name) for name, content in NEW.items())
    publish(output, NEW)
    whole = {**NEW, NAME: manifest(NEW).content()}
    assert files_of(output) == whole
    return moved


def main(fault: str, folder: Path) -> str:
    """Go through all steps; how many there are, and all numbers of files that were in place when it struck."""
    seen, told = set(), ""
    for first in (False, True):
        step = 0
        while True:
            step += 1
            output = folder / "output"
            shutil.rmtree(output, ignore_errors=True)
            output.mkdir()
            if not first:
                publish(output, OLD)
            struck = disturbed(fault, step, output)
            if not struck:
                assert read_manifest(output).content() == manifest(NEW).content()
            seen.add(check(output))
            if not struck:
                break
        told += f"{'first' if first else 'again'} {step}\n"
    return f"{told}in place {sorted(seen)}\n"


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1], Path(sys.argv[2])))
