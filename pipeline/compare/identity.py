"""Which agreement a file says it is."""

from __future__ import annotations

import re

from pipeline.compare.names import W
from pipeline.compare.package import Package, open_package
from pipeline.compare.results import Cause, Identity, Unreadable

_SHORT = re.compile(r"(?<![0-9a-f-])[0-9a-f]{4}(?:-[0-9a-f]{4}){3}(?![0-9a-f-])")
_FULL = re.compile(r"[0-9a-f]{64}")
_PROPERTY = "{http://schemas.openxmlformats.org/officeDocument/2006/custom-properties}property"


def read_identity(content: bytes) -> Identity | Unreadable:
    """The agreement that a file was made from: by its properties or, where a program lost them, by its footer."""
    package = open_package(content)
    if isinstance(package, Unreadable):
        return package
    known = properties(package)
    fingerprint = known.get("SLM-Fingerprint", "").strip().lower()
    if _FULL.fullmatch(fingerprint):
        return Identity(
            short=shortened(fingerprint),
            fingerprint=fingerprint,
            agreement=known.get("SLM-Agreement", "").strip(),
            language=known.get("SLM-Language", "").strip(),
        )
    short = _in_running_text(package)
    if not short:
        message = "the file carries no fingerprint: neither its properties nor its footer name an agreement"
        return Unreadable(Cause.NO_FINGERPRINT, message)
    return Identity(short, "", known.get("SLM-Agreement", "").strip(), known.get("SLM-Language", "").strip())


def shortened(fingerprint: str) -> str:
    """The form in which a footer shows a fingerprint."""
    return "-".join(fingerprint[start : start + 4] for start in range(0, 16, 4))


def properties(package: Package) -> dict[str, str]:
    """The custom properties of a file."""
    names = package.related("", "custom-properties") or package.related("", "customProperties")
    tree = package.tree(names[0]) if names else None
    if tree is None:
        return {}
    return {one.get("name", ""): "".join(one.itertext(with_tail=False)) for one in tree.iter(_PROPERTY)}  # type: ignore[arg-type]


def _in_running_text(package: Package) -> str:
    for kind in ("footer", "header"):
        for name in sorted(package.related(package.main, kind)):
            tree = package.tree(name)
            if tree is None:
                continue
            for paragraph in tree.iter(f"{W}p"):
                found = _SHORT.search("".join(text.text or "" for text in paragraph.iter(f"{W}t")))
                if found:
                    return found[0]
    return ""
