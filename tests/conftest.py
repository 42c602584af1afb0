"""What most tests need: the demonstration company, copied and built once."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from pipeline.build import Outcome, build
from pipeline.options import ROOT, Options
from pipeline.publish.uptodate import read_inputs
from pipeline.render import fonts

# how long an example takes says more about the machine than about it
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def run_build(options: Options) -> Outcome:
    """A build as the command line starts it."""
    return build(options, read_inputs(options, fonts.digest()), lambda: None)


@pytest.fixture(scope="session")
def demo_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`output/` of the demonstration company, built once; tests leave it as it is."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # one build for all processes of the test run
    output = shared / "demo" / "output"
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not output.exists():
            outcome = run_build(Options(output=output, workers=2))
            assert [problem for problem in outcome.problems if problem.severity == "error"] == []
    return output


@pytest.fixture
def demo_sources(tmp_path: Path) -> Path:
    """A copy of the demonstration sources to edit; without the register, so that what was signed may be edited too."""
    unregistered = shutil.ignore_patterns("register", "register.yaml")
    return Path(shutil.copytree(ROOT / "sources", tmp_path / "sources", ignore=unregistered))
