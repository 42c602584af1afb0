"""One map-shaped seam: the same jobs run serially, in processes, or on any executor, with the same results in order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Protocol, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)

AHEAD = 4
"""Jobs in hand for each worker: enough that none waits, few enough that memory does not grow with the jobs."""


class Promise(Protocol[Result_co]):
    """A result to come."""

    def result(self) -> Result_co:
        """Wait for it."""

    def cancel(self) -> object:
        """Give it up, where nobody has begun it."""


class Executor(Protocol):
    """What runs jobs: an executor of concurrent.futures, or the workers of a cluster.

    Where it has a `width`, that is how many jobs it runs at a time.
    """

    def submit(self, function: Callable[[Any], Any], job: Any, /) -> Promise[Any]:  # noqa: ANN401 - of any kind
        """Have a job done."""


class WorkerLost(ChildProcessError):  # noqa: N818 - it names a state of the machine
    """A process that made documents is gone."""


def run(function: Callable[[Job], Result], jobs: Iterable[Job], executor: Executor | None = None) -> Iterator[Result]:
    """`function` of every job, in the order of the jobs; without an executor in this process.

    The jobs are taken as they are needed: no more are in hand at a time than `AHEAD` for each worker. The function and
    the jobs must be picklable where the executor needs that. WorkerLost where a process was ended by others.
    """
    if executor is None:
        yield from map(function, jobs)
        return
    window = AHEAD * getattr(executor, "width", cores())
    waiting: deque[Promise[Result]] = deque()
    try:
        for job in jobs:
            waiting.append(executor.submit(function, job))
            if len(waiting) >= window:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenExecutor:
        msg = "a worker process was ended by something else (out of memory?): build again, with fewer --workers"
        raise WorkerLost(msg) from None
    finally:
        for promise in waiting:
            promise.cancel()


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def processes(workers: int, warm_up: Callable[[], object]) -> Iterator[Executor | None]:
    """An executor of `workers` fresh processes that have run `warm_up`; None for one worker.

    What `warm_up` holds should be small: a process is started only once the one before has read it.
    Where the block is left by an exception, a Ctrl-C among them, the processes are ended in the middle of their jobs.
    """
    if workers <= 1:
        yield None
        return
    others = set(multiprocessing.active_children())
    pool = _Processes(workers, warm_up)
    try:
        yield pool
    except BaseException:
        for worker in set(multiprocessing.active_children()) - others:
            worker.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


class _Processes(ProcessPoolExecutor):
    """Processes that leave it to this one to answer a Ctrl-C, and never outlive it."""

    def __init__(self, workers: int, warm_up: Callable[[], object]) -> None:
        # spawned, not forked: a fork would copy Pango's and numpy's threads in an unknown state
        context = multiprocessing.get_context("spawn")
        super().__init__(workers, mp_context=context, initializer=_begin, initargs=(warm_up,))
        self.width = workers

    def submit(self, *call: Any, **named: Any) -> Any:  # noqa: ANN401 - the library's own signature
        """Have a job done; a process that is started for it is known before a signal can break off this one.

        It inherits what is blocked, and so has Ctrl-C blocked from its first moment on.
        """
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            return super().submit(*call, **named)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _begin(warm_up: Callable[[], object]) -> None:
    """Make a worker ready for its first job."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # an initializer that fails breaks the pool without a word; the first job meets the same, and it is told
    with suppress(Exception):
        warm_up()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
