"""Finds what this machine lacks and says what to type; standard library only, since nothing else is there yet."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from typing import NamedTuple

OLDEST_PYTHON = (3, 11)

# What WeasyPrint loads, and the Debian package with it. Without the subset library it falls to a far slower way.
LIBRARIES = {
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "libfontconfig1",
}
MODULES = (
    "PIL",
    "babel",
    "cerberus",
    "chinese_calendar",
    "click",
    "docxtpl",
    "fontTools",
    "holidays",
    "ijson",
    "jinja2",
    "justmytype_intl_cjk",
    "lxml",
    "numpy",
    "pikepdf",
    "pyarrow",
    "pypdfium2",
    "python_calamine",
    "rich",
    "tzdata",
    "weasyprint",
    "xlsxwriter",
    "yaml",
)
# What only tests use, a program, a library or a file, and the Debian package with it. npm brings node.
TOOLS = {
    "soffice": ("libreoffice-writer-nogui", "shows a .docx as customers see it"),
    "pdftotext": ("poppler-utils", "reads the words of a PDF"),
    "pdftoppm": ("poppler-utils", "turns pages of a PDF into pictures"),
    "chromium": ("chromium", "shows the portal as its readers see it"),
    "libatomic.so.1": ("libatomic1", "which the driver of the browser is linked with"),
    "npm": ("npm", "installs what Word files and web pages are held against"),
    "java": ("default-jre-headless", "runs the validator of PDF files"),
    "/usr/share/java/jaxb-runtime.jar": ("libjaxb-java", "which the validator of PDF files reads its rules with"),
    "pg_createcluster": ("postgresql", "a database to fetch tickets from"),
    "mariadbd": ("mariadb-server", "another database to fetch tickets from"),
}

DONE, ENVIRONMENT = 0, 3
USAGE = "usage: python3 -m pipeline.doctor system [--install] | development [--install] | fonts"


class Check(NamedTuple):
    """One thing that was looked at; a tuple because an old Python must be able to make it."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def report() -> tuple[Check, ...]:
    """Look at everything that building documents needs; optional tools are always ok."""
    return (_python(), *_libraries(), _modules(), _fonts(), *(_tool(name) for name in TOOLS))


def system(*, install: bool) -> int:
    """Check what must be there before the project's own packages, and install it where that is allowed."""
    python = _python()
    if not python.ok:
        sys.stderr.write(f"{python.detail}\n{python.remedy}\n")
        return ENVIRONMENT
    missing = _missing_packages()
    if not missing or (install and _installed(missing) and not _missing_packages()):
        return DONE
    sys.stderr.write(f"system packages are missing; {_remedy(_missing_packages())}\n")
    return ENVIRONMENT


def development(*, install: bool) -> int:
    """Check what some tests need; they are skipped without it, so it is an error only where it had to be installed."""
    missing = _missing_tools()
    if not missing or (install and _installed(missing) and not _missing_tools()):
        return DONE
    sys.stderr.write(f"programs that some tests need are missing; {_remedy(missing)}\n")
    return ENVIRONMENT if install else DONE


def fonts() -> int:
    """Prepare the fonts; here so that the Makefile has one place to ask."""
    from pipeline.render.cutting import prepare  # noqa: PLC0415 - needs the packages
    from pipeline.render.fonts import FOLDER  # noqa: PLC0415 - as above

    if prepare():
        sys.stderr.write(f"prepared the fonts in {FOLDER}\n")
    return DONE


def main(arguments: list[str]) -> int:
    """Run one of the Makefile's questions and give the exit code."""
    if arguments == ["fonts"]:
        return fonts()
    if arguments in (["system"], ["system", "--install"]):
        return system(install="--install" in arguments)
    if arguments in (["development"], ["development", "--install"]):
        return development(install="--install" in arguments)
    sys.stderr.write(f"{USAGE}\n")
    return 2


def _python() -> Check:
    found = ".".join(str(part) for part in sys.version_info[:3])
    oldest = ".".join(str(part) for part in OLDEST_PYTHON)
    if sys.version_info >= OLDEST_PYTHON:
        return Check("python", True, found)
    detail = f"Python {oldest} or later is needed, {sys.executable} is {found}"
    return Check("python", False, detail, f"name a newer one: make PYTHON=python{oldest}")


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _missing_packages() -> list[str]:
    missing = [package for soname, package in LIBRARIES.items() if not _loads(soname)]
    # Debian leaves venv without pip's bundle out of its bare Python.
    if importlib.util.find_spec("ensurepip") is None:
        missing.append("python{}.{}-venv".format(*sys.version_info))
    return missing


def _missing_tools() -> list[str]:
    return list(dict.fromkeys(package for name, (package, _) in TOOLS.items() if not _found(name)))


def _found(name: str) -> str | None:
    """Where a program, library or file of `TOOLS` is."""
    if ".so." in name:
        return name if _loads(name) else None
    return shutil.which(name, mode=os.F_OK if name.startswith("/") else os.F_OK | os.X_OK)


def _installed(packages: list[str]) -> bool:
    """Install them, which only root can on a Debian, and tell whether that went through."""
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        return False
    sys.stderr.write(f"installing {' '.join(packages)}\n")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-yq", "--no-install-recommends", *packages]):
        if subprocess.run([apt, *command], env=quiet, stdout=subprocess.DEVNULL, check=False).returncode:  # noqa: S603
            sys.stderr.write(f"apt-get {' '.join(command)} failed\n")
            return False
    return True


def _remedy(packages: list[str]) -> str:
    if shutil.which("apt-get"):
        become = "" if os.geteuid() == 0 else "sudo "
        return f"type: {become}apt-get install -y --no-install-recommends {' '.join(packages)}"
    return f"install what your system calls (Debian's names): {' '.join(packages)}"


def _libraries() -> tuple[Check, ...]:
    return tuple(
        Check(soname, True, package) if _loads(soname) else Check(soname, False, "not found", _remedy([package]))
        for soname, package in LIBRARIES.items()
    )


def _modules() -> Check:
    missing = [name for name in MODULES if importlib.util.find_spec(name) is None]
    if missing:
        return Check("packages", False, f"not importable: {', '.join(missing)}", "type: make distclean all")
    return Check("packages", True, f"{len(MODULES)} importable")


def _fonts() -> Check:
    from pipeline.render import fonts  # noqa: PLC0415 - this module must load without it

    try:
        fonts.activate()
    except fonts.FontsMissing:
        return Check("fonts", False, "not prepared", f"type: {fonts.REMEDY}")
    return Check("fonts", True, f"{fonts.FOLDER} {fonts.digest()[:12]}")


def _tool(name: str) -> Check:
    package, purpose = TOOLS[name]
    path = _found(name)
    if path:
        return Check(name, True, path)
    return Check(name, True, f"not installed (optional: {purpose})", _remedy([package]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
