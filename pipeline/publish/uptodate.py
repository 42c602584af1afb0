"""Everything that decides the bytes of `output/`, as digests: equal digests, equal documents.

Read before anything heavy is imported, so that a build with nothing to do costs little more than starting Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.options import ROOT, Options
from pipeline.problems import Place, Problem, error
from pipeline.publish.digests import Stamp, combined, digest, folder_digests, folder_stamps, of_all
from pipeline.publish.manifest import Used, intact, read_manifest

_RECORDS = "sources/records/"  # what was sent makes no document
RENDERING = (
    "pipeline/render/",
    "pipeline/merge/",
    "pipeline/model/",
    "pipeline/compare/",
    "pipeline/measure/spread.py",
    "pipeline/confined.py",
)
"""Code that takes part in making files from documents; what all other code did shows in the documents themselves."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The source files and the template files by name, and digests of the program with its fonts and pinned libraries.

    `program` is the whole, `rendering` what makes files from documents. `stamps` are from before any was read.
    """

    sources: Mapping[str, Used]
    templates: Mapping[str, Used]
    program: str
    rendering: str
    stamps: Mapping[str, Stamp] = field(default_factory=dict)

    @property
    def all(self) -> str:
        """One digest of it all."""
        return combined([of_all(self.sources.values()), of_all(self.templates.values()), self.program])


def read_inputs(options: Options, fonts: str) -> Inputs:
    """The inputs as they are now; `fonts` is the digest of the fonts in use."""
    stamps = _stamps(options)
    sources = folder_digests(options.sources, "sources").items()
    whole, rendering = program(fonts)
    return Inputs(
        sources={one[0]: one for one in sources if not one[0].startswith(_RECORDS)},
        templates={one[0]: one for one in folder_digests(options.templates, "templates").items()},
        program=whole,
        rendering=rendering,
        stamps=stamps,
    )


def _stamps(options: Options) -> dict[str, Stamp]:
    found = folder_stamps(options.sources, "sources") | folder_stamps(options.templates, "templates")
    return {name: stamp for name, stamp in found.items() if not name.startswith(_RECORDS)}


def changed_since(options: Options, inputs: Inputs, prefix: str) -> tuple[Problem, ...]:
    """An error for each file below `sources/` or `templates/` that was written since its digest was taken.

    Nobody could say of a document which content it was made from, nor notice when the file is changed back.
    """
    now = _stamps(options)
    changed = sorted(name for name in {*now, *inputs.stamps} if now.get(name) != inputs.stamps.get(name))
    message = "the file was changed while the build ran"
    return tuple(
        error(Place(name), "changed-meanwhile", message, "build again") for name in changed if name.startswith(prefix)
    )


def program(fonts: str) -> tuple[str, str]:
    """Digests of the program, and of what of it makes files from documents, with its pinned libraries and `fonts`."""
    lock = ROOT / "requirements.lock"
    libraries = digest(lock.read_bytes()) if lock.is_file() else ""
    files = [
        one for pattern in ("*.py", "*.yaml") for one in folder_digests(ROOT / "pipeline", "pipeline", pattern).items()
    ]
    rendering = (one for one in files if one[0].startswith(RENDERING))
    return combined([of_all(files), libraries, fonts]), combined([of_all(rendering), libraries, fonts])


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
