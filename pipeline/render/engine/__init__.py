"""WeasyPrint, quicker: a few of its functions give way to ones with the same answers.

Pages come out byte for byte as without them (`tests/render/test_engine.py`). They hold for the release that they were
written against; with any other WeasyPrint is left as it is, and only slower. Importing a module of this package loads
Pango, which must not happen before the fonts are in force.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module, metadata
from typing import Any

WRITTEN_FOR = "70.0"
MODULES = ("boxes", "drawing", "lengths", "lines", "parsing", "styles", "svg", "writing")


@cache
def install() -> bool:
    """Put the quicker functions in place, once a process; False where another WeasyPrint is installed."""
    if metadata.version("weasyprint") != WRITTEN_FOR:
        return False
    for name in MODULES:
        import_module(f"pipeline.render.engine.{name}").install()
    return True


def replace(original: Callable[..., Any], quicker: Callable[..., Any]) -> None:
    """Let every module of WeasyPrint that took a function by its name have another one."""
    for name, module in list(sys.modules.items()):
        if name == "weasyprint" or name.startswith("weasyprint."):
            for key, value in list(vars(module).items()):
                if value is original:
                    setattr(module, key, quicker)
