"""What the product is made of: told, licensed, pinned with hashes, needed, and the same in the SBOM."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import slm
from pipeline.inventory import bill_of_materials, licence_table, pinned
from pipeline.options import ROOT
from pipeline.render import fonts

ALLOWED = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU"),
    *("OFL-1.1", "PSF-2.0", "Zlib"),
    # a package of its own that is used as it is: its licence stays with it
    *("LGPL-2.1-only", "LGPL-3.0-only", "MPL-2.0"),
}
"""A package may be used when one of the alternatives (OR) consists of these (AND)."""

# how metadata from before SPDX expressions call a licence
SPELT = {
    "BSD License": {"BSD-2-Clause", "BSD-3-Clause"},
    "MIT License": {"MIT"},
    "Apache Software License": {"Apache-2.0"},
    "Apache 2.0": {"Apache-2.0"},
    "ISC License (ISCL)": {"ISC"},
    "Mozilla Public License 2.0 (MPL 2.0)": {"MPL-2.0"},
    "Mozilla Public License 1.1 (MPL 1.1)": {"MPL-1.1"},
    "GNU General Public License v2 or later (GPLv2+)": {"GPL-2.0-or-later"},
    "GNU Lesser General Public License v2 or later (LGPLv2+)": {"LGPL-2.1-or-later"},
    "OSI Approved": set(),
}
LOCKS = tuple(one for name in ("requirements.lock", "requirements-dev.lock") for one in pinned(ROOT / name))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# needed without being imported, and why
SILENT = {"pillow": "what pypdfium2 makes of a page", "tzdata": "zones where the machine has none"}
# imported by name beside the package that brings them and decides their version
BROUGHT = {
    "dask": "distributed",
    "markupsafe": "jinja2",
    **dict.fromkeys(("cssselect2", "pydyf", "tinyhtml5", "webencodings"), "weasyprint"),
}


def licences(expression: str) -> list[set[str]]:
    """The alternatives of an expression, each with what it consists of."""
    return [set(one.split(" AND ")) for one in expression.split(" OR ")]


def stated(name: str) -> set[str]:
    """What the installed package itself says, as SPDX identifiers; nothing where it says nothing clear."""
    told = metadata.metadata(name)
    expression = [*(told.get_all("License-Expression") or ()), ""][0]
    if expression:
        return set().union(*licences(expression))
    kinds = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or () if one.startswith("License")]
    text = [*(told.get_all("License") or ()), ""][0]
    words = kinds or [text if text in SPELT else ""]
    found = set().union(*(SPELT[word] for word in words if word))
    return found or set(re.findall(r"\b(?:MIT|ISC|Apache-2\.0|BSD-3-Clause|LGPL-2\.1-only)\b", text.split("\n")[0]))


def test_every_pinned_package_has_a_licence_that_is_allowed() -> None:
    table = licence_table()
    assert {one.name for one in LOCKS} == set(table)
    refused = {name: one for name, one in table.items() if not any(kinds <= ALLOWED for kinds in licences(one))}
    # dictionaries for hyphenation, of which WeasyPrint takes the code: LGPL or MPL at the user's choice
    assert refused == {"pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1"}


@pytest.mark.parametrize("name", sorted(licence_table()))
def test_a_licence_is_the_one_that_the_package_states(name: str) -> None:
    try:
        says = stated(name)
    except metadata.PackageNotFoundError:
        pytest.skip("not for this machine")
    ours = set().union(*licences(licence_table()[name])) - {"OFL-1.1"}  # of the fonts in a package
    if says:
        assert says & ours, (says, ours)
        if "License-Expression" in metadata.metadata(name):
            assert says == ours


def test_every_pinned_package_has_hashes() -> None:
    assert len(LOCKS) > 100
    assert all(one.sha256 for one in LOCKS)
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert len(re.findall(r"(?m)^[A-Za-z0-9]", text)) == len(pinned(ROOT / lock))


def declared(*extras: str) -> set[str]:
    wanted = [*PROJECT["dependencies"], *(one for extra in extras for one in PROJECT["optional-dependencies"][extra])]
    return {re.split(r"[\[<>=~]", one)[0].strip().lower() for one in wanted}


def imported(folder: Path) -> Iterator[str]:
    """Distributions that the modules of a folder import, or load files from."""
    brings = metadata.packages_distributions()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            elif isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "files":
                names = [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
            tops = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"pipeline"}
            yield from (one.lower() for top in tops for one in brings[top])


def test_what_the_product_imports_is_declared_and_what_is_declared_is_needed() -> None:
    used = set(imported(ROOT / "pipeline"))
    assert used - declared() == {*BROUGHT, "distributed", "sqlalchemy"}
    assert declared() - used == set(SILENT)
    assert "sqlalchemy" in declared("sql")
    assert "distributed" in declared("cluster")


@pytest.mark.parametrize("page", ["docs/dependencies.md", "docs/dependencies.zh-CN.md"])
def test_every_dependency_is_justified_with_its_licence(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    rows = dict(re.findall(r"(?m)^\| `([a-z0-9-]+)` \| ([^|]+) \|", text.lower()))
    assert set(rows) == declared("build", "sql", "cluster", "dev")
    table = {name.lower(): one.lower() for name, one in licence_table().items()}
    names = {name: re.sub(r"\[.*", "", name) for name in rows}
    assert {name: told.strip() for name, told in rows.items()} == {name: table[names[name]] for name in rows}


def test_version_tells_of_every_package_font_and_library() -> None:
    done = CliRunner().invoke(slm, ["version", "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["product"] == [{"name": "slm-documents", "version": PROJECT["version"], "licence": "MIT"}]
    assert told["python"][0]["version"] == ".".join(map(str, sys.version_info[:3]))
    packages = {one["name"]: one for one in told["package"]}
    assert {one.name for one in pinned(ROOT / "requirements.lock")} <= set(packages)
    assert packages["weasyprint"] == {
        "name": "weasyprint",
        "version": metadata.version("weasyprint"),
        "licence": "BSD-3-Clause",
    }
    assert {one["name"]: one["sha256"] for one in told["font"]} == fonts.manifest_of(fonts.FOLDER)["files"]
    assert {one["name"] for one in told["library"]} == {"pango", "harfbuzz", "fontconfig"}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", one["version"]) for one in told["library"])
    lines = CliRunner().invoke(slm, ["version"]).stdout.splitlines()
    assert len(lines) == sum(map(len, told.values()))


def test_the_short_answer_is_one_line() -> None:
    done = CliRunner().invoke(slm, ["--version"])
    assert re.fullmatch(rf"slm-documents {re.escape(PROJECT['version'])}, Python 3\.\d+\.\d+, \S+\n", done.stdout)


def test_the_bill_of_materials_is_the_lock_file_and_the_fonts() -> None:
    bill = bill_of_materials()
    packages = {(one["name"], one["version"]): one for one in bill["components"] if one["type"] == "library"}
    lock = {(one.name, one.version): one for one in pinned(ROOT / "requirements.lock")}
    assert set(packages) == set(lock)
    for key, one in packages.items():
        assert tuple(hash_["content"] for hash_ in one["hashes"]) == lock[key].sha256
        assert one["licenses"] == [{"expression": licence_table()[one["name"]]}]
    files = {one["name"]: one["hashes"][0]["content"] for one in bill["components"] if one["type"] == "file"}
    assert files == fonts.manifest_of(fonts.FOLDER)["files"]


def test_the_bill_of_materials_knows_who_asks_for_what() -> None:
    bill = bill_of_materials()
    references = {one["bom-ref"] for one in bill["components"]} | {"slm-documents"}
    asks = {one["ref"]: set(one["dependsOn"]) for one in bill["dependencies"]}
    assert set().union(*asks.values()) <= references
    asked = {one.split("@")[0].removeprefix("pkg:pypi/") for one in asks["slm-documents"]}
    assert asked == declared("build")
    reached, left = set(), ["slm-documents"]
    while left:
        one = left.pop()
        if one not in reached:
            reached.add(one)
            left += asks[one]
    assert {one for one in references if one.startswith("pkg:")} <= reached


def test_the_bill_of_materials_is_the_same_every_time_and_dates_nothing() -> None:
    first, again = (CliRunner().invoke(slm, ["version", "--sbom"]).stdout for _ in range(2))
    assert first == again
    assert json.loads(first)["serialNumber"].startswith("urn:uuid:")
    assert "timestamp" not in first
