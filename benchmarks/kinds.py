"""What each kind of document costs, file by file, in seconds of the processor."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeline.render import renderers

Spent = dict[tuple[str, str], list[float]]
"""Kind of document and ending -> seconds of each file."""


@contextmanager
def by_kind(spent: Spent) -> Iterator[None]:
    """Note what each file costs while documents are rendered in this process."""
    usual = renderers.RENDERERS

    def timed(kind: str, ending: str, make: Callable[..., bytes]) -> Callable[..., bytes]:
        def made(*given: object) -> bytes:
            began = time.process_time()
            content = make(*given)
            spent[kind, ending].append(time.process_time() - began)
            return content

        return made

    renderers.RENDERERS = {
        kind: {ending: timed(kind, ending, make) for ending, make in endings.items()} for kind, endings in usual.items()
    }
    try:
        yield
    finally:
        renderers.RENDERERS = usual


def print_by_kind(spent: Spent) -> None:
    """A line for each kind and ending, the most expensive first."""
    total = sum(map(sum, spent.values()))
    print(f"  {'kind of document':22}{'file':16}{'files':>6}{'ms each':>9}{'seconds':>9}{'share':>7}")
    for (kind, ending), seconds in sorted(spent.items(), key=lambda item: -sum(item[1])):
        each, share = 1000 * statistics.fmean(seconds), 100 * sum(seconds) / total
        print(f"  {kind:22}{ending:16}{len(seconds):6}{each:9.1f}{sum(seconds):9.2f}{share:6.1f}%")
