"""Workers take no more memory for the thousandth document than for the hundredth."""

from __future__ import annotations

import os
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import pytest

from pipeline import parallel
from pipeline.build import gather
from pipeline.options import Options
from pipeline.render.renderers import Job, make_ready, render_job
from tests.processes import resident

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="looks at memory as Linux shows it")


def taken(job: Job) -> tuple[int, int]:
    """Who rendered, and its memory afterwards."""
    render_job(job)
    return os.getpid(), resident(os.getpid())


def growth(number: int, kinds: tuple[str, ...]) -> int:
    """What a worker's memory grew by, at most, in MiB, between the first third of so many documents and the rest."""
    options = Options(kinds=kinds)
    documents, labels, _ = gather(options)
    jobs = (Job(document, options.templates, labels) for document in islice(cycle(documents), number))
    with parallel.processes(2, partial(make_ready, options.templates)) as executor:
        seen = list(parallel.run(taken, jobs, executor))
    early, late = dict(seen[: number // 3]), dict(seen[number // 3 :])
    assert len(early) == 2
    return max(late[worker] - early[worker] for worker in early)


def test_the_memory_of_a_worker_stays_what_it_is() -> None:
    assert growth(90, ("overview", "requirements")) < 16  # a new arena of the allocator is 8


@pytest.mark.slow
def test_the_memory_of_a_worker_stays_what_it_is_for_thousands_of_documents() -> None:
    assert growth(3000, ("overview", "requirements", "minutes", "improvements", "satisfaction", "reports")) < 20
