"""Cuts the fonts of all documents from the pinned package that carries Noto Sans SC; done once, at set-up."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata, resources
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pipeline.render.fonts import FAMILY, FOLDER, FULL_FAMILY, RECIPE, configuration_of, manifest_of

PACKAGE = "justmytype-intl-cjk"
SOURCE = "fonts/ofl/notosanssc"
WEIGHTS = {"Regular": 400, "Bold": 700}
# What setting horizontal Chinese and Latin text needs; the others only add alternate glyphs.
SIDE_BEARING = 40
"""Thousandths of the type size left and right of an apostrophe."""
VALUE_EACH = 2
"""The format of a positioning table with a value for each glyph."""
FEATURES = ("ccmp", "locl", "liga", "kern", "mark", "mkmk", "palt", "halt", "tnum", "pnum")
# The blocks, beside the characters of GB/T 2312, that documents in Chinese and English use.
BLOCKS = (
    (0x0020, 0x024F),  # Latin, Latin-1, Latin Extended-A and -B
    (0x0370, 0x04FF),  # Greek, Cyrillic
    (0x2000, 0x27BF),  # punctuation, currency, number forms, arrows, operators, enclosed, boxes, shapes, dingbats
    (0x3000, 0x303F),  # CJK punctuation
    (0x3200, 0x33FF),  # enclosed CJK, squared units
    (0xFE30, 0xFE4F),  # CJK compatibility forms
    (0xFF00, 0xFFEF),  # full-width forms
)


def prepare(folder: Path = FOLDER) -> bool:
    """Cut the fonts into `folder` unless they are there already; True when there was something to do."""
    wanted = _wanted()
    if _is_current(folder, wanted):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fonts.json").unlink(missing_ok=True)  # until it is back, nothing here counts as prepared
    fresh = get_context("spawn")  # a process with threads must not fork
    with tempfile.TemporaryDirectory(dir=folder) as scratch, ProcessPoolExecutor(len(WEIGHTS), fresh) as pool:
        covered = list(pool.map(_cut, WEIGHTS, [scratch] * len(WEIGHTS)))
        faces = sorted(Path(scratch).glob("*.ttf"))
        manifest = wanted | {
            "files": {face.name: hashlib.sha256(face.read_bytes()).hexdigest() for face in faces},
            "characters": covered[0],
        }
        # Faces lie apart from the cache: fontconfig throws a cache away when the folder it describes changes.
        for name in ("faces", "cache"):
            (folder / name).mkdir(exist_ok=True)
        for face in faces:
            face.replace(folder / "faces" / face.name)
        texts = {"OFL.txt": _licence(), "fonts.conf": configuration_of(folder), "fonts.json": json.dumps(manifest)}
        for name, text in texts.items():
            (Path(scratch) / name).write_text(text + "\n", encoding="utf-8")
            (Path(scratch) / name).replace(folder / name)
    _fill_cache(folder)
    return True


def _wanted() -> dict[str, Any]:
    return {
        "recipe": RECIPE,
        "package": f"{PACKAGE} {metadata.version(PACKAGE)}",
        "tool": f"fonttools {metadata.version('fonttools')}",
    }


def _is_current(folder: Path, wanted: dict[str, Any]) -> bool:
    try:
        manifest = manifest_of(folder)
        return (
            wanted.items() <= manifest.items()
            and (folder / "fonts.conf").read_text(encoding="utf-8") == configuration_of(folder) + "\n"
            and all(
                hashlib.sha256((folder / "faces" / name).read_bytes()).hexdigest() == expected
                for name, expected in manifest["files"].items()
            )
        )
    except (OSError, ValueError, KeyError):
        return False


def _licence() -> str:
    return (resources.files("justmytype_intl_cjk") / SOURCE / "OFL.txt").read_text(encoding="utf-8").rstrip()


def _common() -> set[int]:
    """Choose what nearly every document gets by with; a small font is what keeps rendering fast."""
    pairs = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    chinese = {ord(character) for pair in pairs for character in pair.decode("gb2312", errors="ignore")}
    return chinese.union(*(range(first, last + 1) for first, last in BLOCKS))


def _cut(style: str, folder: str) -> list[tuple[int, int]]:
    """Write the full and the small font of one weight; gives the code points of the full one as ranges."""
    # heavy, and needed at set-up only
    from fontTools.ttLib import TTFont  # noqa: PLC0415
    from fontTools.varLib import instancer  # noqa: PLC0415

    source = resources.files("justmytype_intl_cjk") / SOURCE / "NotoSansSC[wght].ttf"
    with resources.as_file(source) as path:
        font = TTFont(path, recalcTimestamp=False)
        instancer.instantiateVariableFont(font, {"wght": WEIGHTS[style]}, inplace=True)
    characters = set(font.getBestCmap())
    for family, wanted in ((FULL_FAMILY, characters), (FAMILY, _common())):  # the larger first: cutting is in place
        _subset(font, wanted)
        _narrow_apostrophes(font)
        _rename(font, family, style)
        font.save(Path(folder) / f"{family}-{style}.ttf".replace(" ", ""))
    return _ranges(characters)


def _subset(font: Any, characters: set[int]) -> None:  # noqa: ANN401 - fontTools builds its classes at run time
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415

    options = Options()
    options.layout_features = list(FEATURES)
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.drop_tables += ["STAT", "vhea", "vmtx"]  # one weight, horizontal text
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)


def _narrow_apostrophes(font: Any) -> None:  # noqa: ANN401 - as above
    """Give the apostrophe of English (`palt`) the room that it needs; the font leaves it half a character."""
    table, names = font["GPOS"].table, font.getBestCmap()
    features = [record.Feature for record in table.FeatureList.FeatureRecord if record.FeatureTag == "palt"]
    for glyph in (names[ord(mark)] for mark in "‘’"):
        ink = font["glyf"][glyph]
        room = ink.xMax - ink.xMin + 2 * SIDE_BEARING - font["hmtx"][glyph][0]
        placement, advance = SIDE_BEARING - ink.xMin, room
        for index in features[0].LookupListIndex:  # their values add up
            for entry in table.LookupList.Lookup[index].SubTable:
                adjusting = getattr(entry, "ExtSubTable", entry)
                if adjusting.Format == VALUE_EACH and glyph in adjusting.Coverage.glyphs:
                    value = adjusting.Value[adjusting.Coverage.glyphs.index(glyph)]
                    value.XPlacement, value.XAdvance = placement, advance
                    placement = advance = 0


def _rename(font: Any, family: str, style: str) -> None:  # noqa: ANN401 - as above
    # The font's licence reserves the name it came with.
    names = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family}-{style}".replace(" ", "")}
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in {0, 5, 13, 14}]
    for identifier, text in (names | {3: f"{names[6]} {RECIPE}"}).items():
        table.setName(text, identifier, 3, 1, 0x409)
    bold = style == "Bold"
    font["OS/2"].usWeightClass = WEIGHTS[style]
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x61 | (0x20 if bold else 0x40)
    font["head"].macStyle = int(bold)
    font["head"].modified = font["head"].created


def _ranges(codes: set[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for code in sorted(codes):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return ranges


def _fill_cache(folder: Path) -> None:
    """Let fontconfig scan the fonts now; without this each of several first workers would."""
    scan = "import ctypes; ctypes.CDLL('libfontconfig.so.1').FcInit()"
    environment = os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")}
    subprocess.run([sys.executable, "-c", scan], env=environment, check=False, capture_output=True)  # noqa: S603
