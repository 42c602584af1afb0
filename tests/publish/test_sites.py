"""A folder of pages takes the place of an earlier one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.options import Options
from pipeline.publish.digests import digest
from pipeline.publish.files import Staging
from pipeline.publish.sites import publish_site, read_sums
from pipeline.records import audit


def site(output: Path, folder: str, files: dict[str, bytes]) -> int:
    with Staging(output) as staging:
        return publish_site(staging, folder, files)


def names(output: Path) -> list[str]:
    return sorted(path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file())


def test_only_what_changed_is_written_and_what_is_gone_is_deleted(tmp_path: Path) -> None:
    first = {"index.html": b"one", "en/a.html": b"a", "en/old/b.html": b"b"}
    assert site(tmp_path, "portal", first) == 3
    before = (tmp_path / "portal/index.html").stat().st_mtime_ns
    assert site(tmp_path, "portal", {"index.html": b"one", "en/a.html": b"changed"}) == 2
    assert names(tmp_path) == ["portal/SHA256SUMS", "portal/en/a.html", "portal/index.html"]
    assert not (tmp_path / "portal/en/old").exists()
    assert (tmp_path / "portal/index.html").stat().st_mtime_ns == before


def test_what_others_keep_beside_it_stays(tmp_path: Path) -> None:
    (tmp_path / "portals").mkdir(parents=True)
    for name in ("portals/x.html", "manifest.json"):
        (tmp_path / name).write_bytes(b"others'")
    site(tmp_path, "portal", {"index.html": b"one"})
    assert names(tmp_path) == ["manifest.json", "portal/SHA256SUMS", "portal/index.html", "portals/x.html"]


def test_a_link_in_it_is_removed_and_never_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_bytes(b"not ours")
    (tmp_path / "output/portal").mkdir(parents=True)
    (tmp_path / "output/portal/link").symlink_to(elsewhere)
    site(tmp_path / "output", "portal", {"index.html": b"one"})
    assert (elsewhere / "kept.txt").read_bytes() == b"not ours"
    assert not (tmp_path / "output/portal/link").is_symlink()


def test_nothing_changes_where_a_folder_is_in_the_way(tmp_path: Path) -> None:
    site(tmp_path, "portal", {"a.html": b"old"})
    (tmp_path / "portal/b.html/kept").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        site(tmp_path, "portal", {"a.html": b"new", "b.html": b"new"})
    assert (tmp_path / "portal/a.html").read_bytes() == b"old"


def test_the_digests_of_a_site_are_true_and_are_not_there_while_its_files_are_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site(tmp_path, "portal", {"a.html": b"old", "b.html": b"same"})
    assert read_sums(tmp_path / "portal") == {"a.html": digest(b"old"), "b.html": digest(b"same")}
    seen = []
    move = Staging._move

    def watched(staging: Staging, name: str) -> None:
        seen.append((name, read_sums(tmp_path / "portal")))
        move(staging, name)

    monkeypatch.setattr(Staging, "_move", watched)
    assert site(tmp_path, "portal", {"a.html": b"new", "b.html": b"same"}) == 1
    assert seen == [("portal/a.html", None), ("portal/SHA256SUMS", None)]
    (tmp_path / "portal/b.html").write_bytes(b"scribble")
    assert site(tmp_path, "portal", {"a.html": b"new", "b.html": b"same"}) == 1
    assert read_sums(tmp_path / "portal") == {"a.html": digest(b"new"), "b.html": digest(b"same")}
    (tmp_path / "portal/SHA256SUMS").write_text("nonsense\n")
    assert read_sums(tmp_path / "portal") is None


def test_what_was_done_to_pages_is_found(tmp_path: Path) -> None:
    output = tmp_path / "output"
    for folder in ("portal", "portals/x"):
        site(output, folder, {"a.html": b"a", "b.html": b"b", "en/c.html": b"c"})
    options = Options(output=output)
    assert audit(options).findings == ()
    (output / "portal/a.html").write_bytes(b"A")
    (output / "portal/en/c.html").unlink()
    (output / "portal/d.html").write_bytes(b"d")
    (output / "portals/x/SHA256SUMS").unlink()
    assert [(one.file, str(one.wrong)) for one in audit(options).findings] == [
        ("output/portal/a.html", "was changed"),
        ("output/portal/d.html", "is not of this portal"),
        ("output/portal/en/c.html", "is missing"),
        ("output/portals/x/SHA256SUMS", "is missing"),
    ]
