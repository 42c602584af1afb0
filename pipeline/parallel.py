"""One map-shaped seam: the same jobs run serially, in processes, or on any executor, with the same results in order."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def run(function: Callable[[Job], Result], jobs: Sequence[Job], executor: Executor | None = None) -> Iterator[Result]:
    """`function` of every job, in the order of the jobs; without an executor in this process.

    The function and the jobs must be picklable where the executor needs that.
    """
    if executor is None:
        yield from map(function, jobs)
        return
    yield from executor.map(function, jobs)


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def processes(workers: int, warm_up: Callable[[], object]) -> Iterator[Executor | None]:
    """An executor of `workers` fresh processes that have run `warm_up`; None for one worker."""
    if workers <= 1:
        yield None
        return
    # spawned, not forked: a fork would copy Pango's and numpy's threads in an unknown state
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=warm_up)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
