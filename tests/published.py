"""What a build leaves, changed by a test as another build would have left it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.publish.digests import digest
from pipeline.publish.manifest import NAME, read_manifest


def told_otherwise(output: Path, path: str, **values: Any) -> None:
    """The manifest says something else of a file."""
    manifest = read_manifest(output)
    entries = {**manifest.entries, path: replace(manifest.entries[path], **values)}
    (output / NAME).write_bytes(replace(manifest, entries=entries).content())


def rebuilt(output: Path, path: str, content: bytes) -> None:
    """A file with other bytes, as a build leaves it."""
    (output / path).write_bytes(content)
    told_otherwise(output, path, sha256=digest(content))
