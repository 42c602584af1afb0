"""Everything that decides the bytes of `output/`, as digests: equal digests, equal documents.

Read before anything heavy is imported, so that a build with nothing to do costs little more than starting Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.options import ROOT, Options
from pipeline.publish.digests import combined, digest, folder_digests, of_all
from pipeline.publish.manifest import intact, read_manifest

_RECORDS = "sources/records/"  # what was sent makes no document


@dataclass(frozen=True, slots=True)
class Inputs:
    """Digests of the source files, the template files, and the program with its fonts and pinned libraries."""

    sources: Mapping[str, str]
    templates: Mapping[str, str]
    program: str

    @property
    def all(self) -> str:
        """One digest of it all."""
        return combined([of_all(self.sources), of_all(self.templates), self.program])


def read_inputs(options: Options, fonts: str) -> Inputs:
    """The inputs as they are now; `fonts` is the digest of the fonts in use."""
    lock = ROOT / "requirements.lock"
    program = {
        file: sha256
        for pattern in ("*.py", "*.yaml")
        for file, sha256 in folder_digests(ROOT / "pipeline", "pipeline", pattern).items()
    }
    return Inputs(
        sources={
            file: sha256
            for file, sha256 in folder_digests(options.sources, "sources").items()
            if not file.startswith(_RECORDS)
        },
        templates=folder_digests(options.templates, "templates"),
        program=combined([of_all(program), digest(lock.read_bytes()) if lock.is_file() else "", fonts]),
    )


def up_to_date(options: Options, inputs: Inputs) -> int | None:
    """How many published files there are, when this very build was made before and all of them are intact."""
    manifest = read_manifest(options.output)
    made = manifest.builds.get(options.name)
    if made is None or made.inputs != inputs.all:
        return None
    entries = [manifest.entries.get(path) for path in made.files]
    if not all(entry is not None and intact(options.output, entry) for entry in entries):
        return None
    return len(entries)
