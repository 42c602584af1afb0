"""The seam for workers: any executor, the same results in the same order."""

from __future__ import annotations

import os
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from pipeline import parallel


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


def is_warm(_number: int) -> bool:
    return os.environ.get("SLM_TEST_WARM") == "1"


class Backwards(Executor):
    """An executor that finishes its jobs in reverse: order must come from us, not from it."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []

    def submit(self, function: Any, /, *arguments: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, function, arguments))
        if len(self.waiting) == 5:
            for late, call, values in reversed(self.waiting):
                late.set_result(call(*values))
        return future


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor(4), Backwards()])
def test_results_come_in_the_order_of_the_jobs(executor: Executor | None) -> None:
    assert list(parallel.run(slow_square, range(5), executor)) == [0, 1, 4, 9, 16]


def test_processes_are_others_and_have_been_warmed_up() -> None:
    with parallel.processes(2, warm) as executor:
        assert executor is not None
        pids = set(parallel.run(process, range(6), executor))
        assert os.getpid() not in pids
        assert all(parallel.run(is_warm, range(4), executor))
    assert "SLM_TEST_WARM" not in os.environ


def test_one_worker_needs_no_processes() -> None:
    with parallel.processes(1, warm) as executor:
        assert executor is None


def test_a_failing_job_raises_in_the_caller() -> None:
    with pytest.raises(TypeError):
        list(parallel.run(fail, [1], ThreadPoolExecutor(1)))
