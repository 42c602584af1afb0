"""Whoever lacks something is told what to type."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline import doctor
from pipeline.options import ROOT

APT = "/usr/bin/apt-get"


class Machine:
    """A pretended machine: which libraries it lacks, who is at it, and what is run on it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lacks = {"libpango-1.0.so.0", "libharfbuzz-subset.so.0"}
        self.user = 1000
        self.apt: str | None = APT
        self.apt_fails = self.apt_misses = False
        self.ran: list[str] = []
        monkeypatch.setattr(doctor, "_loads", lambda soname: soname not in self.lacks)
        monkeypatch.setattr(os, "geteuid", lambda: self.user)
        self.without: set[str] = set()
        monkeypatch.setattr(shutil, "which", self.which)
        monkeypatch.setattr(subprocess, "run", self.run)

    def which(self, name: str, **_mode: int) -> str | None:
        return self.apt if name == "apt-get" else None if name in self.without else f"/usr/bin/{name}"

    def run(self, command: list[str], **_options: object) -> SimpleNamespace:
        self.ran.append(" ".join(command))
        if "install" in command and not (self.apt_fails or self.apt_misses):
            self.lacks.clear()
            self.without.clear()
        return SimpleNamespace(returncode=int(self.apt_fails))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_a_machine_with_everything_is_left_alone(machine: Machine) -> None:
    machine.lacks.clear()
    assert doctor.main(["system", "--install"]) == 0
    assert machine.ran == []


def test_root_gets_the_missing_packages_installed_and_no_others(machine: Machine) -> None:
    machine.user = 0
    assert doctor.main(["system", "--install"]) == 0
    assert machine.ran == [
        f"{APT} update -q",
        f"{APT} install -yq --no-install-recommends libpango-1.0-0 libharfbuzz-subset0",
    ]


def test_others_are_told_what_to_type(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(["system", "--install"]) == 3
    assert machine.ran == []
    expected = "type: sudo apt-get install -y --no-install-recommends libpango-1.0-0 libharfbuzz-subset0\n"
    assert capsys.readouterr().err.endswith(expected)


def test_a_file_that_tests_use_is_asked_for_like_a_program(machine: Machine) -> None:
    machine.user, machine.without = 0, {"/usr/share/java/jaxb-runtime.jar", "java"}
    assert doctor.main(["development", "--install"]) == 0
    assert machine.ran[1] == f"{APT} install -yq --no-install-recommends default-jre-headless libjaxb-java"


def test_nothing_is_installed_unasked(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.user = 0
    assert doctor.main(["system"]) == 3
    assert machine.ran == []
    assert "type: apt-get install" in capsys.readouterr().err


def test_without_apt_the_packages_are_named(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.user, machine.apt = 0, None
    assert doctor.main(["system", "--install"]) == 3
    assert "(Debian's names): libpango-1.0-0 libharfbuzz-subset0\n" in capsys.readouterr().err


def test_a_failing_installation_stops_at_the_first_command(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.user, machine.apt_fails = 0, True
    assert doctor.main(["system", "--install"]) == 3
    assert machine.ran == [f"{APT} update -q"]
    assert "apt-get update -q failed" in capsys.readouterr().err


def test_an_installation_that_did_not_help_is_not_taken_for_done(machine: Machine) -> None:
    machine.user, machine.apt_misses = 0, True
    assert doctor.main(["system", "--install"]) == 3


def test_a_python_without_pip_needs_the_package_that_brings_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.lacks.clear()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert doctor.main(["system"]) == 3
    assert f" python3.{sys.version_info.minor}-venv\n" in capsys.readouterr().err


def test_programs_that_only_tests_use_are_installed_where_they_must_be_there(machine: Machine) -> None:
    machine.user, machine.without = 0, {"soffice", "pdftotext", "pdftoppm", "npm"}
    assert doctor.main(["development", "--install"]) == 0
    assert machine.ran == [
        f"{APT} update -q",
        f"{APT} install -yq --no-install-recommends libreoffice-writer-nogui poppler-utils npm",
    ]


def test_a_library_that_only_tests_use_is_installed_as_well(machine: Machine) -> None:
    machine.user, machine.lacks = 0, {"libatomic.so.1"}
    assert doctor.main(["development", "--install"]) == 0
    assert machine.ran[-1].endswith(" libatomic1")


def test_where_they_cannot_be_installed_the_set_up_stops(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.without = {"npm"}
    assert doctor.main(["development", "--install"]) == 3
    assert machine.ran == []
    assert capsys.readouterr().err.endswith("type: sudo apt-get install -y --no-install-recommends npm\n")


def test_elsewhere_their_absence_is_only_told(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.user, machine.without = 0, {"soffice"}
    assert doctor.main(["development"]) == 0
    assert machine.ran == []
    assert capsys.readouterr().err.startswith("programs that some tests need are missing; type: apt-get install")


def test_a_machine_with_all_programs_hears_nothing(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(["development", "--install"]) == 0
    assert (machine.ran, capsys.readouterr().err) == ([], "")


def test_an_old_python_is_said_before_anything_else(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (9, 0))
    assert doctor.main(["system", "--install"]) == 3
    assert machine.ran == []
    assert capsys.readouterr().err.startswith("Python 9.0 or later is needed")


@pytest.mark.parametrize("module", ["pipeline/__init__.py", "pipeline/doctor.py"])
def test_an_old_python_can_read_the_modules_that_turn_it_away(module: str) -> None:
    ast.parse((ROOT / module).read_text("utf-8"), feature_version=(3, 7))


def test_it_runs_before_any_package_is_installed() -> None:
    bare = [sys.executable, "-S", "-m", "pipeline.doctor", "system"]
    run = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [[], ["fonts", "--install"], ["system", "--instal"]])
def test_anything_else_is_answered_with_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(arguments) == 2
    assert capsys.readouterr().err == f"{doctor.USAGE}\n"


def test_a_machine_that_runs_the_tests_is_reported_sound() -> None:
    checks = doctor.report()
    assert [check for check in checks if not check.ok] == []
    assert {"python", "packages", "fonts", *doctor.LIBRARIES, *doctor.TOOLS} == {check.name for check in checks}


def test_a_missing_library_package_or_font_comes_with_its_remedy(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from pipeline.render import fonts

    monkeypatch.setattr(doctor, "MODULES", ("numpy", "no_such_module"))
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    failed = {check.name: check for check in doctor.report() if not check.ok}
    assert failed.keys() == {*machine.lacks, "packages", "fonts"}
    assert failed["libpango-1.0.so.0"].remedy.endswith("sudo apt-get install -y --no-install-recommends libpango-1.0-0")
    assert failed["packages"].detail == "not importable: no_such_module"
    assert failed["fonts"].remedy.endswith("-m pipeline.doctor fonts")


def test_a_missing_optional_tool_is_no_fault(machine: Machine) -> None:
    machine.apt, machine.without = None, {"pdftoppm"}
    tool = next(check for check in doctor.report() if check.name == "pdftoppm")
    assert tool.ok
    assert tool.detail == "not installed (optional: turns pages of a PDF into pictures)"
    assert "poppler-utils" in tool.remedy


def test_the_packages_looked_for_are_those_the_project_depends_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {requirement.partition(">")[0].lower() for requirement in project["dependencies"]}
    providers = metadata.packages_distributions()
    assert {name.lower() for module in doctor.MODULES for name in providers[module]} == wanted
