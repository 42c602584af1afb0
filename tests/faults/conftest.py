"""What is disturbed."""

from __future__ import annotations

import pytest

from tests.faults.scene import Scene, set_up


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Built once for each process of the test run; tests leave it as it is."""
    return set_up(tmp_path_factory.mktemp("scene"))
