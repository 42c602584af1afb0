"""The contents that were signed, read from beside the register and held against its digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.confined import is_file_inside
from pipeline.model.agreements import Version
from pipeline.model.register import Registration
from pipeline.problems import Problem, error

FOLDER = "register"


def content_path(agreement: str, version: Version) -> str:
    """Where the content of a signed version lies, below the sources."""
    return f"{FOLDER}/{agreement}/{version.slug}.json"


def read_contents(
    folder: Path, entries: Sequence[Registration]
) -> tuple[Mapping[tuple[str, Version], Registration], tuple[Problem, ...]]:
    """The register by agreement and version; what is missing, damaged or registered twice is left out and reported."""
    problems: list[Problem] = []
    found: dict[tuple[str, Version], Registration] = {}
    for entry in entries:
        label, place = f"{entry.agreement}@{entry.version}", entry.source.at(*entry.path, "digest")
        path = content_path(entry.agreement, entry.version)
        try:
            if not is_file_inside(folder / path, folder):
                raise FileNotFoundError(path)
            content = (folder / path).read_text(encoding="utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError):
            message = f"sources/{path}, which holds what was signed as {label}, cannot be read"
            problems.append(error(place, "register-content", message, "restore it from a backup or the history"))
            continue
        if hashlib.sha256(content.encode()).hexdigest() != entry.digest:
            message = f"sources/{path} does not have the digest of {label}: one of the two was changed"
            problems.append(error(place, "register-content", message, "restore it from a backup or the history"))
        elif (entry.agreement, entry.version) in found:
            problems.append(error(place, "duplicate-id", f"{label} is registered twice", "keep one of the two"))
        elif (agreed := _agreed(content, entry)) is None:
            message = f"sources/{path} does not hold what was signed as {label} in the languages registered"
            problems.append(error(place, "register-content", message, "restore it from a backup or the history"))
        else:
            key = (entry.agreement, entry.version)
            found[key] = replace(entry, file=f"sources/{path}", content=content, agreed=agreed)
    return found, tuple(problems)


def _agreed(content: str, entry: Registration) -> Mapping[str, str] | None:
    """The values of the agreement's source; None where the content is not what `slm register` writes."""
    try:
        value = json.loads(content)
        agreed, documents = value["agreement"], value["documents"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(agreed, dict) or not all(isinstance(one, str) for one in agreed.values()):
        return None
    if not isinstance(documents, dict) or set(documents) != set(entry.words):
        return None
    return agreed if all(isinstance(one, dict) for one in documents.values()) else None
