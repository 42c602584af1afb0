"""What one run was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.model.quantities import Month

ROOT = Path(__file__).resolve().parents[1]
"""The project's folder, which holds `sources/`, `templates/` and `output/`."""


@dataclass(frozen=True, slots=True)
class Options:
    """Folders and selection of a run; no month means the newest, no kinds all, `workers` 0 as many as pay.

    `cluster` is the address of a scheduler whose workers render; without one this machine does.
    """

    sources: Path = ROOT / "sources"
    output: Path = ROOT / "output"
    templates: Path = ROOT / "templates"
    kinds: tuple[str, ...] = ()
    month: Month | None = None
    customer: str = ""
    workers: int = 0
    strict: bool = False
    cluster: str = ""

    @property
    def name(self) -> str:
        """What distinguishes this kind of build from others into the same folder; never how fast it was made."""
        parts = [",".join(self.kinds) or "all", str(self.month or "newest"), self.customer or "everyone"]
        return " ".join([*parts, *(["strict"] if self.strict else [])])
