"""Publishing: whole files only, and nothing at all when a build fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.publish.files import Staging
from pipeline.publish.manifest import Manifest, read_manifest


def test_nothing_is_visible_before_it_is_published(tmp_path: Path) -> None:
    output = tmp_path / "output"
    with Staging(output) as staging:
        staging.add("a/b.txt", b"one")
        assert not (output / "a").exists()
        assert staging.publish(Manifest()) == 1
        assert (output / "a/b.txt").read_bytes() == b"one"
    assert sorted(path.name for path in output.rglob("*")) == ["a", "b.txt", "manifest.json"]


def test_a_failed_build_leaves_no_trace_not_even_folders(tmp_path: Path) -> None:
    output = tmp_path / "deep" / "output"

    def fail() -> None:
        with Staging(output) as staging:
            staging.add("a/b.txt", b"one")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_the_same_bytes_is_not_written_again(tmp_path: Path) -> None:
    with Staging(tmp_path) as staging:
        staging.add("x", b"one")
        staging.publish(Manifest())
    before = (tmp_path / "x").stat()
    with Staging(tmp_path) as staging:
        staging.add("x", b"one")
        assert staging.publish(Manifest()) == 0
    after = (tmp_path / "x").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"format": 99}',
        '{"format": 1, "documents": [{"path": 1}]}',
        '{"format": 1, "documents": [], "builds": []}',
    ],
)
def test_a_manifest_that_cannot_be_read_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    assert read_manifest(tmp_path) == Manifest()


def test_a_folder_where_a_file_belongs_stops_the_build_before_anything_moves(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    with Staging(tmp_path) as staging:
        staging.add("a.txt", b"one")
        staging.add("b.txt", b"two")
        with pytest.raises(IsADirectoryError, match="a folder is where a file belongs"):
            staging.publish(Manifest())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.txt"]
