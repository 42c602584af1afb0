"""The seam for workers: any executor, the same results in the same order, few of them in hand at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipeline import parallel
from tests.processes import children, command


def slow_square(number: int) -> int:
    time.sleep(0.02 if number == 0 else 0)
    return number * number


def fail(_number: int) -> int:
    raise TypeError


def process(_number: int) -> int:
    time.sleep(0.2)
    return os.getpid()


def warm() -> None:
    os.environ["SLM_TEST_WARM"] = "1"


def cold() -> None:
    raise RuntimeError


def is_warm(_number: int) -> bool:
    return os.environ.get("SLM_TEST_WARM") == "1"


def be_killed(_number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def size(content: bytes) -> int:
    return len(content)


class Backwards(Executor):
    """An executor that finishes its jobs in reverse: order must come from us, not from it."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []
        self.width = 2

    def submit(self, function: Any, /, *arguments: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, function, arguments))
        if len(self.waiting) == 5:
            for late, call, values in reversed(self.waiting):
                late.set_result(call(*values))
        return future


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor(4), Backwards()])
def test_results_come_in_the_order_of_the_jobs(executor: Executor | None) -> None:
    assert list(parallel.run(slow_square, iter(range(5)), executor)) == [0, 1, 4, 9, 16]


def test_no_more_jobs_are_taken_than_the_workers_need() -> None:
    taken = 0

    def jobs() -> Iterator[int]:
        nonlocal taken
        while taken < 100:
            taken += 1
            yield taken

    class Wide(ThreadPoolExecutor):
        width = 2

    with Wide(2) as executor:
        most = max(taken - done for done, _ in enumerate(parallel.run(slow_square, jobs(), executor)))
    assert taken == 100
    assert most == parallel.AHEAD * 2


def test_processes_are_others_and_have_been_warmed_up() -> None:
    with parallel.processes(2, warm) as executor:
        assert executor is not None
        pids = set(parallel.run(process, range(6), executor))
        assert os.getpid() not in pids
        assert len(pids) == 2
        assert all(parallel.run(is_warm, range(4), executor))
    assert "SLM_TEST_WARM" not in os.environ


def test_one_worker_needs_no_processes() -> None:
    with parallel.processes(1, warm) as executor:
        assert executor is None


def test_a_failing_job_raises_in_the_caller() -> None:
    with pytest.raises(TypeError):
        list(parallel.run(fail, [1], ThreadPoolExecutor(1)))


def test_a_warm_up_that_fails_leaves_it_to_the_jobs_to_say_why() -> None:
    with parallel.processes(2, cold) as executor, pytest.raises(TypeError):
        list(parallel.run(fail, [1], executor))


def test_a_killed_process_is_told_in_one_line() -> None:
    with (
        pytest.raises(parallel.WorkerLost, match=r"ended by something else \(out of memory\?\)"),
        parallel.processes(2, warm) as executor,
    ):
        list(parallel.run(be_killed, range(20), executor))


def test_an_exception_ends_the_processes_though_jobs_too_big_for_a_pipe_wait() -> None:
    began = time.monotonic()
    with pytest.raises(RuntimeError), parallel.processes(2, warm) as executor:  # noqa: PT012 - the block is left by it
        assert executor is not None
        next(parallel.run(size, (bytes(1_000_000) for _ in range(20)), executor))
        for _ in range(6):
            executor.submit(time.sleep, 60)
        raise RuntimeError
    assert time.monotonic() - began < 20
    assert not [one for one in children(os.getpid()) if "spawn_main" in command(one)]


FOREVER = """
import time
from pipeline import parallel
if __name__ == "__main__":
    with parallel.processes(2, time.time) as executor:
        for _ in parallel.run(time.sleep, [0, 0, *[60] * 20], executor):
            print("one", flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")
def test_processes_end_when_the_one_that_started_them_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "forever.py"
    script.write_text(FOREVER, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(parallel.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"one\n"
        workers = [one for one in children(running.pid) if "spawn_main" in command(one)]
        running.kill()
    assert len(workers) == 2
    until = time.monotonic() + 10
    while any("spawn_main" in command(one) for one in workers):
        assert time.monotonic() < until
        time.sleep(0.05)
