"""Gives every document the same fonts on every machine: those that the set-up cut, never the system's own.

Imported by every build, also by one with nothing to do: it loads nothing heavy.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import unicodedata
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

FAMILY = "SLM Sans"
FULL_FAMILY = "SLM Sans Full"
FOLDER = Path(os.environ.get("SLM_FONTS") or Path(__file__).parents[2] / ".fonts").resolve()

# Raise it whenever cutting would give different fonts from the same package.
RECIPE = 2
_COMBINED = re.compile("(?s:.)[\u0300-\u036f\u3099\u309a]+")
REMEDY = f"{sys.executable} -m pipeline.doctor fonts"
_NOT_PREPARED = f"the fonts are not prepared; run: {REMEDY}"


class FontsMissing(Exception):  # noqa: N818 - it names a state of the machine
    """The fonts have not been prepared here; the message says what to run."""


def activate() -> None:
    """Make fontconfig, and with it WeasyPrint, see these fonts only; FontsMissing when they are not prepared."""
    configuration = FOLDER / "fonts.conf"
    try:
        manifest = manifest_of(FOLDER)
        ready = (
            manifest["recipe"] == RECIPE
            and all((FOLDER / "faces" / name).is_file() for name in manifest["files"])
            # it names its folder: one that was moved has to be prepared again
            and configuration.read_text(encoding="utf-8") == configuration_of(FOLDER) + "\n"
        )
    except (OSError, ValueError, KeyError):
        ready = False
    if not ready:
        raise FontsMissing(_NOT_PREPARED)
    os.environ["FONTCONFIG_FILE"] = str(configuration)


def uncovered(text: str) -> tuple[str, ...]:
    """List the characters of `text` that no font has a glyph for, each once, sorted by code point."""
    covered = _covered(FOLDER)

    def composed(cluster: re.Match[str]) -> str:
        # HarfBuzz composes before it looks for a glyph, so a decomposed é counts as é; with a further mark it does not
        one = unicodedata.normalize("NFC", cluster[0])
        return one if one in covered else cluster[0]

    missing = set(_COMBINED.sub(composed, text)) - covered
    return tuple(sorted(character for character in missing if not _is_invisible(character)))


def digest() -> str:
    """Name the exact fonts in use, for the manifest: a SHA-256 over the files, the package and the recipe."""
    try:
        return hashlib.sha256((FOLDER / "fonts.json").read_bytes()).hexdigest()
    except OSError as error:
        raise FontsMissing(_NOT_PREPARED) from error


def manifest_of(folder: Path) -> dict[str, Any]:
    """What `fonts.json` of a prepared folder says."""
    manifest: dict[str, Any] = json.loads((folder / "fonts.json").read_text(encoding="utf-8"))
    return manifest


@cache
def _covered(folder: Path) -> frozenset[str]:
    try:
        ranges = manifest_of(folder)["characters"]
    except OSError as error:
        raise FontsMissing(_NOT_PREPARED) from error
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


def _is_invisible(character: str) -> bool:
    # White space, joiners and other format characters, variation selectors: set without a glyph of their own.
    return (
        character.isspace()
        or unicodedata.category(character) == "Cf"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def configuration_of(folder: Path) -> str:
    """The fontconfig file that makes the faces of this folder the only fonts there are."""
    place = escape(str(folder.resolve()))
    return f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{place}/faces</dir>
  <cachedir>{place}/cache</cachedir>
  <match target="pattern">
    <edit name="family" mode="append_last" binding="weak">
      <string>{FAMILY}</string>
      <string>{FULL_FAMILY}</string>
    </edit>
  </match>
</fontconfig>"""
