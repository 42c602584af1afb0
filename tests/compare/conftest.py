"""What the cases of comparison need: rendered agreements, and a word processor that saves a file again."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Save = Callable[[bytes], bytes]


@pytest.fixture(scope="session")
def save_again(tmp_path_factory: pytest.TempPathFactory) -> Save:
    """LibreOffice opens a Word file and saves it as Word file; required where tests have to be complete."""
    office = shutil.which("soffice")
    if office is None:
        if os.environ.get("CI") == "true":
            pytest.fail("soffice is missing (Debian: libreoffice-writer-nogui)")
        pytest.skip("soffice is missing (Debian: libreoffice-writer-nogui)")
    folder = tmp_path_factory.mktemp("office")
    counter = iter(range(1_000_000))

    def save(content: bytes) -> bytes:
        number = next(counter)
        source, target = folder / f"copy{number}.docx", folder / f"saved{number}"
        source.write_bytes(content)
        command = [
            office,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "docx",
        ]
        done = subprocess.run(
            [*command, "--outdir", str(target), str(source)], capture_output=True, timeout=180, check=False
        )
        saved = target / source.name
        assert saved.exists(), done.stderr.decode()
        return saved.read_bytes()

    return save


@pytest.fixture(scope="session")
def rendered(demo_output: Path) -> list[bytes]:
    """Two agreements of the demonstration company as they are sent: an SLA in Chinese and a contract in English."""
    files = sorted(demo_output.glob("**/agreements/*.docx"), key=lambda file: ("_B" not in file.name, file.name))
    chinese = [file for file in files if file.name.startswith("sla-") and ".en." not in file.name]
    english = [file for file in files if ".en." in file.name and not file.name.startswith("sla-")]
    return [file.read_bytes() for file in (*chinese[:1], *english[:1])]
