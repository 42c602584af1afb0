"""Publishing a folder of pages: what is new is moved into place first, then what is left of an earlier one goes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from pipeline.publish.files import Staging

PORTAL, PORTALS = "portal", "portals"
"""Where the portal and those of single customers lie in `output/`; pages are no documents, so no manifest has them."""

SUMS = "SHA256SUMS"
"""The digests of a site's files, beside them, as `sha256sum --check` reads them."""

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def publish_site(staging: Staging, folder: str, files: Mapping[str, bytes]) -> int:
    """Write the files of a site below a folder of `output/`, and their digests; the number of files that changed."""
    digests = {name: staging.add(f"{folder}/{name}", content) for name, content in files.items()}
    lines = (f"{digests[name]}  {name}\n" for name in sorted(digests))
    staging.add(f"{folder}/{SUMS}", "".join(lines).encode())
    return staging.move(f"{folder}/{SUMS}") + _removed(staging.output / folder, {*files, SUMS})


def sites(output: Path) -> Iterator[str]:
    """The folders of the sites there are, as they are called in `output/`."""
    found = [output / PORTAL, *sorted((output / PORTALS).glob("*"))]
    yield from (site.relative_to(output).as_posix() for site in found if site.is_dir())


def read_sums(site: Path) -> dict[str, str] | None:
    """The digests of a site's files; none where they are missing or cannot be read."""
    try:
        lines = (site / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    found = [_LINE.fullmatch(line) for line in lines]
    return {one[2]: one[1] for one in found if one} if all(found) else None


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
