"""The portal of the demonstration company, and the one of a customer, made once."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from pipeline.options import Options
from pipeline.portal.flow import portal

TODAY = date(2026, 10, 31)
CUSTOMER = "harbour-port"
COMPARISON = "sla-harbour-core_A-01_B-00.html"


@pytest.fixture(scope="session")
def output(demo_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`output/` with the portals in it; tests leave it as it is."""
    copy = tmp_path_factory.mktemp("portal") / "output"
    shutil.copytree(demo_output, copy)
    for customer in ("", CUSTOMER):
        made = portal(Options(output=copy, customer=customer), TODAY)
        assert made.folder is not None, made.problems
    return copy


@pytest.fixture(scope="session")
def site(output: Path) -> Path:
    """The portal about everything."""
    return output / "portal"


@pytest.fixture(scope="session")
def customers_site(output: Path) -> Path:
    """The portal to hand over to a customer."""
    return output / "portals" / CUSTOMER
