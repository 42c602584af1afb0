"""`output/manifest.json`: what was published, from what, and until when it is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipeline.publish.digests import digest

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One published file. `key` is the digest of everything that decides its bytes.

    `flags` are what somebody has to act on: `termination-trigger:<service>/<target>` in a report.
    """

    path: str
    kind: str
    sha256: str
    agreement: str
    version: str
    retain_until: str
    key: str
    template: Mapping[str, str]
    inputs: Mapping[str, str]
    flags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Build:
    """A build that was made: the digest of all that went into it, and the files it is about."""

    inputs: str
    files: Sequence[str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Entries by path, and the builds that these entries are the result of."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    builds: Mapping[str, Build] = field(default_factory=dict)

    def with_entries(self, entries: Sequence[Entry], build: str, inputs: str) -> Manifest:
        """The manifest after a build; builds from other inputs are forgotten, since their files may be overwritten."""
        merged = {**self.entries, **{entry.path: entry for entry in entries}}
        kept = {name: one for name, one in self.builds.items() if one.inputs == inputs}
        made = Build(inputs, tuple(sorted(entry.path for entry in entries)))
        return Manifest(merged, {**kept, build: made})

    def content(self) -> bytes:
        """The file's bytes: sorted, so that the same build gives the same ones."""
        value: dict[str, Any] = {
            "format": FORMAT,
            "builds": {name: asdict(self.builds[name]) for name in sorted(self.builds)},
            "documents": [asdict(self.entries[path]) for path in sorted(self.entries)],
        }
        return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(output: Path) -> Manifest:
    """The manifest of a folder; an empty one where there is none that this program can read."""
    try:
        value = json.loads((output / NAME).read_bytes())
        if value["format"] != FORMAT:
            return Manifest()
        return Manifest(
            {one["path"]: Entry(**one) for one in value["documents"]},
            {name: Build(**one) for name, one in value["builds"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Manifest()


def intact(output: Path, entry: Entry) -> bool:
    """Whether the file is there with the bytes it was published with."""
    try:
        return digest((output / entry.path).read_bytes()) == entry.sha256
    except OSError:
        return False
