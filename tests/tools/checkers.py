"""Programs by others that judge our files: each is found or the test says why it cannot run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest

from pipeline.options import ROOT
from pipeline.render import fonts
from tests.tools import verapdf

# npm has it for this platform only; it is a program by itself and needs no node
VALIDATOR = ROOT / ".tools" / "node_modules" / "@xarsh" / "ooxml-validator-linux-x64"
AXE = ROOT / ".tools" / "node_modules" / "axe-core" / "axe.min.js"
REMEDIES = {
    "ooxml-validator": "`make setup-dev` installs it on 64-bit Linux where npm is",
    "soffice": "Debian's libreoffice-writer-nogui",
    "pdftotext": "Debian's poppler-utils",
    "pdftoppm": "Debian's poppler-utils",
    "chromium": "Debian's chromium",
    "axe-core": "`make setup-dev` installs it where npm is",
    "java": "Debian's default-jre-headless",
    "veraPDF": "`make setup-dev` installs it, Debian's libjaxb-java what it needs",
}
SECONDS = 300


def required(tool: str) -> str:
    """Where a program is; without it the test is skipped, or fails where nothing may be left out (`CI=true`)."""
    path = shutil.which(tool, path=f"{VALIDATOR}{os.pathsep}{os.environ.get('PATH', os.defpath)}")
    return path or _missing(tool)


def _missing(tool: str) -> NoReturn:
    reason = f"{tool} is not installed ({REMEDIES[tool]})"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def axe() -> str:
    """The script that looks for what keeps people from using a page."""
    if not AXE.is_file():
        _missing("axe-core")
    return AXE.read_text(encoding="utf-8")


def validate(*files: Path) -> dict[Path, list[str]]:
    """What the Open XML SDK says against each file, as `part: description`; nothing at all for a valid one."""
    program = required("ooxml-validator")
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found = threads.map(lambda file: _validated(program, file), files)
        return {file: findings for file, findings in zip(files, found, strict=True) if findings}


def verify_archival(*files: Path) -> dict[str, list[str]]:
    """What veraPDF says against each file as PDF/A-3a and as PDF/UA-1, by its name; nothing at all for good ones."""
    required("java")
    if not verapdf.installed():
        _missing("veraPDF")
    # a process of its own: Java can be started once only, and takes over how a process is stopped
    command = [sys.executable, "-m", "tests.tools.verapdf", *map(str, files)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert run.returncode == 0, f"veraPDF could not be run: {run.stderr}"
    found = json.loads(run.stdout)
    assert list(found) == [str(file) for file in files]
    return {file: findings for file, findings in found.items() if findings}


def soffice(*files: Path, folder: Path, to: str = "pdf") -> list[Path]:
    """What LibreOffice makes of each file, in the order given; all in one run, which spends most time on starting."""
    program = required("soffice")
    fonts.activate()  # the same pages on every machine, and pages at all where no font is installed
    with tempfile.TemporaryDirectory() as scratch:
        # A profile of its own: a second LibreOffice with the same one would end at once. Numbers: names may be equal.
        profile, given = Path(scratch, "profile"), Path(scratch, "given")
        given.mkdir()
        staged = [
            Path(shutil.copy(file, given / f"{number:04}{file.suffix}")) for number, file in enumerate(files, start=1)
        ]
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", to]
        run = subprocess.run(
            [*command, "--outdir", str(folder), *map(str, staged)],
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    made = [folder / f"{file.stem}.{to.partition(':')[0]}" for file in staged]
    # it ends with 0 whatever happened to a file
    missing = [str(file) for file, copy in zip(files, made, strict=True) if not copy.is_file()]
    assert not missing, f"LibreOffice could not convert {', '.join(missing)}: {run.stderr}"
    return made


def pdf_text(file: Path) -> str:
    """The words of a PDF as poppler reads them, lines as they lie on the page."""
    run = subprocess.run([required("pdftotext"), "-layout", file, "-"], capture_output=True, text=True, check=True)
    return run.stdout


def _validated(program: str, file: Path) -> list[str]:
    run = subprocess.run([program, str(file)], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert run.returncode == 0, f"{program} could not be run: {run.stderr}"
    answer = json.loads(run.stdout)
    findings = [f"{error['path'] or file.name}: {error['description']}" for error in answer["errors"]]
    return findings or ([] if answer["ok"] else [f"{file.name}: not valid"])
