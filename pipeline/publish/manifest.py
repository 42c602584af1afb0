"""`output/manifest.json`: what was published, from what, and until when it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.publish.digests import digest

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One published file. `key` is the digest of everything that decides its bytes."""

    path: str
    kind: str
    sha256: str
    agreement: str
    version: str
    retain_until: str
    key: str
    template: Mapping[str, str]
    inputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Entries by path, and per kind of build the digest of all that went into the last one."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    builds: Mapping[str, str] = field(default_factory=dict)

    def with_entries(self, entries: Iterable[Entry], build: str, inputs: str) -> Manifest:
        """The manifest after a build."""
        merged = {**self.entries, **{entry.path: entry for entry in entries}}
        return replace(self, entries=merged, builds={**self.builds, build: inputs})

    def content(self) -> bytes:
        """The file's bytes: sorted, so that the same build gives the same ones."""
        value: dict[str, Any] = {
            "format": FORMAT,
            "builds": dict(sorted(self.builds.items())),
            "documents": [asdict(self.entries[path]) for path in sorted(self.entries)],
        }
        return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(output: Path) -> Manifest:
    """The manifest of a folder; an empty one where there is none that this program can read."""
    try:
        value = json.loads((output / NAME).read_bytes())
        if value["format"] != FORMAT:
            return Manifest()
        return Manifest({one["path"]: Entry(**one) for one in value["documents"]}, value["builds"])
    except (OSError, ValueError, KeyError, TypeError):
        return Manifest()


def intact(output: Path, entry: Entry) -> bool:
    """Whether the file is there with the bytes it was published with."""
    try:
        return digest((output / entry.path).read_bytes()) == entry.sha256
    except OSError:
        return False
