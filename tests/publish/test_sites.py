"""A folder of pages takes the place of an earlier one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.publish.sites import publish_site


def names(output: Path) -> list[str]:
    return sorted(path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file())


def test_only_what_changed_is_written_and_what_is_gone_is_deleted(tmp_path: Path) -> None:
    first = {"index.html": b"one", "en/a.html": b"a", "en/old/b.html": b"b"}
    assert publish_site(tmp_path, "portal", first) == 3
    before = (tmp_path / "portal/index.html").stat().st_mtime_ns
    assert publish_site(tmp_path, "portal", {"index.html": b"one", "en/a.html": b"changed"}) == 2
    assert names(tmp_path) == ["portal/en/a.html", "portal/index.html"]
    assert not (tmp_path / "portal/en/old").exists()
    assert (tmp_path / "portal/index.html").stat().st_mtime_ns == before


def test_what_others_keep_beside_it_stays(tmp_path: Path) -> None:
    (tmp_path / "portals").mkdir(parents=True)
    for name in ("portals/x.html", "manifest.json"):
        (tmp_path / name).write_bytes(b"others'")
    publish_site(tmp_path, "portal", {"index.html": b"one"})
    assert names(tmp_path) == ["manifest.json", "portal/index.html", "portals/x.html"]


def test_a_link_in_it_is_removed_and_never_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_bytes(b"not ours")
    (tmp_path / "output/portal").mkdir(parents=True)
    (tmp_path / "output/portal/link").symlink_to(elsewhere)
    publish_site(tmp_path / "output", "portal", {"index.html": b"one"})
    assert (elsewhere / "kept.txt").read_bytes() == b"not ours"
    assert not (tmp_path / "output/portal/link").is_symlink()


def test_nothing_changes_where_a_folder_is_in_the_way(tmp_path: Path) -> None:
    publish_site(tmp_path, "portal", {"a.html": b"old"})
    (tmp_path / "portal/b.html").mkdir()
    with pytest.raises(IsADirectoryError):
        publish_site(tmp_path, "portal", {"a.html": b"new", "b.html": b"new"})
    assert (tmp_path / "portal/a.html").read_bytes() == b"old"
