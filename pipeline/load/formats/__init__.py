"""The formats of exports: each makes the bytes of a file a table of texts; what the cells mean is not its business."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from pipeline.load.formats.table import Layout, Table


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the ends of its file names, the function that opens a file, and what it leaves to the profile.

    The function is named, not imported: most runs need one or two of these libraries.
    """

    endings: tuple[str, ...]
    module: str
    function: str
    typed: bool = False
    """Whether cells have types: times then are ISO 8601 and numbers have a point, whatever the profile says."""

    def open(self, path: Path, layout: Layout) -> Table:
        """The table of a file."""
        found: Callable[[Path, Layout], Table] = getattr(
            import_module(f"pipeline.load.formats.{self.module}"), self.function
        )
        return found(path, layout)


FORMATS: Mapping[str, Format] = {
    "csv": Format((".csv", ".txt", ".tsv"), "delimited", "open_delimited"),
    "xlsx": Format((".xlsx", ".xlsm"), "workbook", "open_workbook", typed=True),
    "jsonl": Format((".jsonl", ".ndjson"), "json_lines", "open_json_lines", typed=True),
    "json": Format((".json",), "json_document", "open_json", typed=True),
    "parquet": Format((".parquet",), "parquet", "open_parquet", typed=True),
    "xes": Format((".xes", ".xes.gz"), "xes", "open_xes", typed=True),
    "zabbix-events": Format((), "zabbix", "open_events", typed=True),
    "zabbix-sla-report": Format((), "zabbix", "open_sla_report", typed=True),
    "prometheus": Format((), "prometheus", "open_range_query", typed=True),
}
"""`format:` of a profile -> how it is read; without one the end of the file name decides, and CSV is the rest."""


def format_of(name: str, stated: str = "") -> str:
    """The name of the format of a file."""
    if stated:
        return stated
    lowered = name.lower()
    return next((name for name, one in FORMATS.items() if lowered.endswith(one.endings or ("\0",))), "csv")
