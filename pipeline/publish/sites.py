"""Publishing a folder of pages: what is new is moved into place first, then what is left of an earlier one goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from pipeline.publish.files import Staging

PORTAL, PORTALS = "portal", "portals"
"""Where the portal and those of single customers lie in `output/`; pages are no documents, so no manifest has them."""


def publish_site(output: Path, folder: str, files: Mapping[str, bytes]) -> int:
    """Write the files of a site below a folder of `output/`; the number that changed."""
    with Staging(output) as staging:
        for name, content in files.items():
            staging.add(f"{folder}/{name}", content)
        changed = staging.move()
    return changed + _removed(output / folder, files)


def _removed(site: Path, files: Collection[str]) -> int:
    """Delete what does not belong to the site any more."""
    left = sorted(site.rglob("*"), reverse=True)  # what is in a folder before the folder
    count = 0
    for path in left:
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(site).as_posix() not in files:
            path.unlink()
            count += 1
    return count
