"""`output/manifest.json`: what was published, from what, and until when it is kept."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.publish.digests import digest

NAME = "manifest.json"
FORMAT = 3
_UNSEALED = {1, 2}
"""The formats before, without a digest of their own; in the first each document had names and digests itself."""

_SEAL = b',\n"sha256": "'
"""Before the digest of all that stands before it."""

Used = tuple[str, str]
"""A file that something was made from, and its digest then."""


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
    template: Sequence[Used]
    inputs: Sequence[Used]
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

    def without(self, paths: Collection[str]) -> Manifest:
        """What can be said while these files are being replaced: nothing of them, nor of builds that made them."""
        left = frozenset(paths)
        return Manifest(
            {path: entry for path, entry in self.entries.items() if path not in left},
            {name: one for name, one in self.builds.items() if left.isdisjoint(one.files)},
        )

    def content(self) -> bytes:
        """The file's bytes: sorted, so that the same build gives the same ones.

        A line for each document and for each file that any was made from, which documents name by its number: many
        documents are made from the same exports. The last line is the digest of those before.
        """
        used = sorted({one for entry in self.entries.values() for one in (*entry.template, *entry.inputs)})
        numbers = {one: number for number, one in enumerate(used)}
        builds = {name: asdict(self.builds[name]) for name in sorted(self.builds)}
        lists = {
            "files": [_line({"file": file, "sha256": sha256}) for file, sha256 in used],
            "documents": [_line(_record(self.entries[path], numbers)) for path in sorted(self.entries)],
        }
        parts = [f'"format": {FORMAT}', f'"builds": {_line(builds)}']
        parts += [f'"{name}": [{",".join(chr(10) + line for line in lines)}\n]' for name, lines in lists.items()]
        body = ("{\n" + ",\n".join(parts)).encode()
        return body + _SEAL + digest(body).encode() + b'"\n}\n'


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _record(entry: Entry, numbers: Mapping[Used, int]) -> dict[str, Any]:
    files = {name: [numbers[one] for one in getattr(entry, name)] for name in ("template", "inputs")}
    return {**asdict(replace(entry, template=(), inputs=())), **files}


def read_manifest(output: Path) -> Manifest:
    """The manifest of a folder; an empty one where there is none that this program can read."""
    try:
        content = (output / NAME).read_bytes()
        value = json.loads(content)
        if not _is_whole(content, value):
            return Manifest()
        used = [(str(one["file"]), str(one["sha256"])) for one in value.get("files", ())]
        return Manifest(
            {entry.path: entry for entry in _entries(value["documents"], used)},
            {name: Build(**one) for name, one in value["builds"].items()},
        )
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return Manifest()


def _is_whole(content: bytes, value: dict[str, Any]) -> bool:
    """Whether the manifest says what was written; what is older had nothing to tell that by."""
    body, sealed, _ = content.rpartition(_SEAL)
    if not sealed:
        return value["format"] in _UNSEALED
    return value["format"] == FORMAT and content == body + _SEAL + digest(body).encode() + b'"\n}\n'


def _entries(records: Sequence[dict[str, Any]], used: Sequence[Used]) -> Iterator[Entry]:
    shared: dict[tuple[int, ...], tuple[Used, ...]] = {}  # the files of one document are made from the same
    for one in records:
        for name in ("template", "inputs"):
            if isinstance(one[name], dict):
                one[name] = tuple(one[name].items())
                continue
            named = tuple(one[name])
            one[name] = shared.setdefault(named, tuple(used[number] for number in named))
        yield Entry(**one)


def intact(output: Path, entry: Entry) -> bool:
    """Whether the file is there with the bytes it was published with."""
    path = output / entry.path
    try:
        return not path.is_symlink() and digest(path.read_bytes()) == entry.sha256
    except OSError:
        return False
