"""What this program is made of: itself, Python, packages, libraries, fonts and programs; and the same as an SBOM.

`on_this_machine` tells what is there, for a report of a mistake. `bill_of_materials` tells what a release is
pinned to, and is the same on any machine (CycloneDX 1.6, JSON).
"""

from __future__ import annotations

import ctypes
import platform
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import yaml

from pipeline.options import ROOT
from pipeline.publish.digests import combined
from pipeline.render import fonts

NAME = "slm-documents"
LICENCES = Path(__file__).with_name("licences.yaml")
OPTIONAL = ("psycopg", "psycopg-binary", "pymysql", "sqlalchemy")
"""Packages of the extra `sql`, which not every machine has."""

# What decides how pages look, and the function that tells its version.
_LIBRARIES = {
    "pango": ("libpango-1.0.so.0", "pango_version_string"),
    "harfbuzz": ("libharfbuzz.so.0", "hb_version_string"),
    "fontconfig": ("libfontconfig.so.1", "FcGetVersion"),
}
_PROGRAMS = ("git",)
_PIN = re.compile(
    r"(?m)^(?P<name>[A-Za-z0-9_.-]+)==(?P<version>[^\s;]+)(?: ; (?P<when>.*?))? \\\n(?P<rest>(?: +.*\n?)*)"
)
_ABSENT = "not installed"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing with its version; the licence of a package, the digest of a font."""

    kind: str
    name: str
    version: str
    licence: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A package of a lock file; `when` is the marker that limits it to some machines."""

    name: str
    version: str
    when: str
    sha256: tuple[str, ...]
    asked_by: tuple[str, ...]


def product_version() -> str:
    """The version in `pyproject.toml`, which a folder of sources has and an installed package need not."""
    path = ROOT / "pyproject.toml"
    if path.is_file():
        return str(tomllib.loads(path.read_text(encoding="utf-8"))["project"]["version"])
    return metadata.version(NAME)


def in_a_line() -> str:
    """Product, Python and platform."""
    return f"{NAME} {product_version()}, Python {platform.python_version()}, {platform.platform()}"


def on_this_machine() -> tuple[Part, ...]:
    """Everything that is here, by kind."""
    licences = licence_table()
    names = sorted({*(one.name for one in pinned(ROOT / "requirements.lock")), *filter(_installed, OPTIONAL)})
    return (
        Part("product", NAME, product_version(), "MIT"),
        Part("python", platform.python_implementation(), platform.python_version()),
        Part("platform", platform.system(), platform.platform()),
        *(Part("package", name, _installed(name) or _ABSENT, licences.get(name, "")) for name in names),
        *(Part("library", name, _library(*how)) for name, how in _LIBRARIES.items()),
        *_fonts(),
        *(Part("program", name, _program(name)) for name in _PROGRAMS),
    )


def pinned(lock: Path) -> tuple[Pinned, ...]:
    """The packages of a lock file in its order; none where there is no such file."""
    text = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    return tuple(
        Pinned(
            found["name"],
            found["version"],
            found["when"] or "",
            tuple(sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", found["rest"]))),
            tuple(re.findall(r"(?m)^ +#(?: via)? +([A-Za-z0-9_.-]+)", found["rest"].replace("# via\n", ""))),
        )
        for found in _PIN.finditer(text)
    )


def licence_table() -> dict[str, str]:
    """Package -> SPDX expression."""
    found: dict[str, str] = yaml.safe_load(LICENCES.read_text(encoding="utf-8"))
    return found


def bill_of_materials() -> dict[str, Any]:
    """The packages and fonts of a release as CycloneDX: of the lock file, hence the same on any machine."""
    licences, packages = licence_table(), pinned(ROOT / "requirements.lock")
    product = {
        "type": "application",
        "bom-ref": NAME,
        "name": NAME,
        "version": product_version(),
        "licenses": [{"expression": "MIT"}],
    }
    asked: dict[str, set[str]] = {NAME: set(), **{_reference(one): set() for one in packages}}
    for one in packages:
        for asking in one.asked_by:
            for other in (NAME,) if asking == NAME else [_reference(two) for two in packages if two.name == asking]:
                asked[other].add(_reference(one))
    components = [
        *(_component(one, licences[one.name]) for one in packages),
        *(
            {
                "type": "file",
                "bom-ref": f"font:{one.name}",
                "name": one.name,
                "version": one.version,
                "hashes": [{"alg": "SHA-256", "content": one.sha256}],
                "licenses": [{"expression": one.licence}],
            }
            for one in _fonts()
        ),
    ]
    dependencies = [{"ref": one, "dependsOn": sorted(others)} for one, others in asked.items()]
    content = combined([repr(product), repr(components), repr(dependencies)])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_OID, content)}",
        "version": 1,
        "metadata": {"component": product},
        "components": components,
        "dependencies": dependencies,
    }


def _component(one: Pinned, licence: str) -> dict[str, Any]:
    """A package; its hashes are those of all the files that the lock allows for it."""
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": _reference(one),
        "name": one.name,
        "version": one.version,
        "purl": _reference(one),
        "licenses": [{"expression": licence}],
        "hashes": [{"alg": "SHA-256", "content": sha256} for sha256 in one.sha256],
    }
    return made | ({"properties": [{"name": "python:marker", "value": one.when}]} if one.when else {})


def _reference(one: Pinned) -> str:
    return f"pkg:pypi/{one.name}@{one.version}"


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _fonts() -> Iterator[Part]:
    """The faces that documents are set in; none where they are not prepared yet."""
    try:
        manifest = fonts.manifest_of(fonts.FOLDER)
    except OSError:
        return
    for name, sha256 in sorted(manifest["files"].items()):
        yield Part("font", name, sha256[:12], "OFL-1.1", sha256)


def _library(soname: str, function: str) -> str:
    try:
        tell = getattr(ctypes.CDLL(soname), function)
    except (OSError, AttributeError):
        return _ABSENT
    if function == "FcGetVersion":
        number = int(tell())
        return f"{number // 10000}.{number // 100 % 100}.{number % 100}"
    tell.restype = ctypes.c_char_p
    return bytes(tell()).decode()


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        return _ABSENT
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    return done.stdout.strip().removeprefix(f"{name} version ") or "unknown"
