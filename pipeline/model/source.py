"""Where each value of a source file was written, so that any later stage can point at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.problems import Place

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A source file and the position of every node in it, keyed by path (`("services", 0, "service")`).

    `single` holds the texts for readers that are written once, for all languages; `given` the options in place of which
    a run takes values that are not in the file.
    """

    file: str
    marks: Mapping[Path, tuple[int, int]]
    single: Mapping[Path, str] = field(default_factory=dict)
    given: Mapping[Path, str] = field(default_factory=dict)

    def at(self, *path: str | int) -> Place:
        """The place of `path`, or of its nearest ancestor that was written; the option where one gave the value."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.given:
                return Place(self.given[path[:length]])
        while path and path not in self.marks:
            path = path[:-1]
        line, column = self.marks.get(path, (1, 1))
        return Place(self.file, line, column)
