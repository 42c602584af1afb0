"""Publishing: whole files only, and nothing at all when a build fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.publish.digests import digest
from pipeline.publish.files import Staging
from pipeline.publish.manifest import Entry, Manifest, read_manifest


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


def test_an_empty_folder_or_a_link_where_a_file_belongs_gives_way(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"one")
    output = tmp_path / "output"
    (output / "a.txt").mkdir(parents=True)
    (output / "b.txt").symlink_to(elsewhere)
    with Staging(output) as staging:
        staging.add("a.txt", b"one")
        staging.add("b.txt", b"one")
        assert staging.publish(Manifest()) == 2
    assert (output / "a.txt").read_bytes() == (output / "b.txt").read_bytes() == elsewhere.read_bytes() == b"one"
    assert not (output / "b.txt").is_symlink()


def test_a_file_where_a_folder_belongs_stops_the_build_before_anything_moves(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"somebody's")
    with Staging(tmp_path) as staging:
        staging.add("a.txt", b"one")
        staging.add("b/c/d.txt", b"two")
        with pytest.raises(NotADirectoryError, match="a file is where a folder belongs"):
            staging.publish(Manifest())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b"]


def test_while_files_are_moved_the_manifest_says_nothing_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = ({name: entry(name, text) for name in ("a", "b", "c")} for text in (b"old", b"new"))
    kept = {"kept": entry("kept", b"kept")}
    with Staging(tmp_path) as staging:
        for name in ("a", "b", "c", "kept"):
            staging.add(name, b"kept" if name == "kept" else b"old")
        staging.publish(Manifest(old | kept))
    seen = []
    move = Staging._move

    def watched(staging: Staging, name: str) -> None:
        seen.append((name, set(read_manifest(tmp_path).entries)))
        move(staging, name)

    monkeypatch.setattr(Staging, "_move", watched)
    with Staging(tmp_path) as staging:
        for name in ("a", "b", "kept"):
            staging.add(name, b"kept" if name == "kept" else b"new")
        staging.publish(Manifest(new | {"c": old["c"]} | kept))
    assert seen == [("a", {"c", "kept"}), ("b", {"c", "kept"}), ("manifest.json", {"c", "kept"})]
    assert {name: one.sha256 for name, one in read_manifest(tmp_path).entries.items()} == {
        "a": digest(b"new"),
        "b": digest(b"new"),
        "c": digest(b"old"),
        "kept": digest(b"kept"),
    }


def entry(path: str, content: bytes) -> Entry:
    return Entry(path, "sla", digest(content), "sla-x", "A/00", "2030-01-01", "key", (), ())


@pytest.mark.parametrize(
    "damage", [lambda raw: raw.replace(b"2030", b"2020"), lambda raw: raw[:-1], lambda raw: raw + b" ", lambda _: b""]
)
def test_a_manifest_that_is_not_as_it_was_written_counts_as_none(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    manifest = Manifest({"a": entry("a", b"one")})
    path = tmp_path / "manifest.json"
    path.write_bytes(manifest.content())
    assert read_manifest(tmp_path).content() == manifest.content()
    path.write_bytes(damage(manifest.content()))
    assert read_manifest(tmp_path) == Manifest()


def test_a_manifest_from_before_it_had_a_digest_is_read(tmp_path: Path) -> None:
    manifest = Manifest({"a": entry("a", b"one")})
    body = manifest.content().rpartition(b",")[0].replace(b'"format": 3', b'"format": 2')
    (tmp_path / "manifest.json").write_bytes(body + b"\n}\n")
    assert read_manifest(tmp_path).content() == manifest.content()
    (tmp_path / "manifest.json").write_bytes(manifest.content().rpartition(b",")[0] + b"\n}\n")
    assert read_manifest(tmp_path) == Manifest()


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
    (tmp_path / "b.txt/kept").mkdir(parents=True)
    with Staging(tmp_path) as staging:
        staging.add("a.txt", b"one")
        staging.add("b.txt", b"two")
        with pytest.raises(IsADirectoryError, match="a folder is where a file belongs"):
            staging.publish(Manifest())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.txt"]
