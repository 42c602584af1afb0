"""What every input has to come to, however hostile: problems, one line each with a place, soon."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from pipeline.problems import Problem, in_one_line

SECONDS = 2.0
"""Processor time that one input may take."""

LONGEST = 2000
"""Characters of the line that tells a problem."""

Harness = Callable[[bytes], Iterable[Problem]]
"""Hands an input to the product as a command does, and gives the problems that the user would read."""


def judge(harness: Harness, content: bytes, seconds: float = SECONDS) -> tuple[Problem, ...]:
    """The problems of an input; AssertionError where one is no clear line or it took too long, else what was raised."""
    started = time.process_time()
    problems = tuple(harness(content))
    taken = time.process_time() - started
    for problem in problems:
        line = str(problem)
        assert line == in_one_line(line), f"no plain line: {line!r}"
        assert len(line) <= LONGEST, f"a line of {len(line)} characters: {line[:200]}"
        assert problem.message.strip(), f"no message: {line}"
        assert problem.place.file, f"no file: {line}"
        assert min(problem.place.line, problem.place.column) >= 1, f"no place: {line}"
    assert taken < seconds, f"it took {taken:.1f} s of processor time"
    return problems
