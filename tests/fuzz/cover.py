"""Coverage-guided fuzzing of one input: `make fuzz TARGET=yaml SECONDS=300`.

Atheris makes inputs that reach new lines of the product, and keeps those under `.fuzz/`. One of each sort that does
worse than give problems is written to `.fuzz/TARGET/found/`, with the traceback beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from random import Random
from traceback import extract_tb, format_exception

import atheris

with atheris.instrument_imports(include=["pipeline"], enable_loader_override=False):
    import pipeline

    # commands import their stages late, when nothing is counted any more
    for module in walk_packages(pipeline.__path__, "pipeline."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    from tests.fuzz.judging import judge
    from tests.fuzz.mutating import random_edit, within
    from tests.fuzz.targets import TARGETS, Target

_HANGS = 20
"""Seconds without an answer after which an input is a hang."""


def main() -> None:
    """The command line."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("target", choices=TARGETS)
    told.add_argument("--seconds", type=int, default=60)
    told.add_argument("--into", type=Path, default=Path(".fuzz"), help="where inputs are kept")
    asked = told.parse_args()
    target, folder = TARGETS[asked.target], asked.into / asked.target
    corpus, found, words = folder / "corpus", folder / "found", folder / "words.txt"
    for one in (corpus, found):
        one.mkdir(parents=True, exist_ok=True)
    for content in (*target.seeds(), *(path.read_bytes() for path in target.findings(asked.target))):
        (corpus / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)
    words.write_text("".join(f'"{_escaped(one)}"\n' for one in target.words()), encoding="ascii")
    limits = [f"-max_total_time={asked.seconds}", f"-timeout={_HANGS}", "-rss_limit_mb=3000", "-max_len=200000"]
    options = [*limits, f"-dict={words}", f"-artifact_prefix={found}/", "-print_final_stats=1", str(corpus)]

    def one_input(content: bytes) -> None:
        try:
            judge(target.harness, content, target.seconds * 3)  # counting lines takes its time
        except Exception as mistake:  # noqa: BLE001 - any is a finding
            name = sort_of(mistake)
            if not (found / name).exists():
                (found / name).write_bytes(content)
                (found / f"{name}.txt").write_text("".join(format_exception(mistake)), errors="backslashreplace")
                print(f"found: {found / name}: {mistake!r:.300}", flush=True)  # noqa: T201 - a program

    mutator = {"custom_mutator": _mutator(target)} if target.packed else {}
    atheris.Setup([sys.argv[0], *options], one_input, **mutator)
    atheris.Fuzz()


def sort_of(mistake: Exception) -> str:
    """A name for where it was raised: the last line of the product's own."""
    frames = [one for one in extract_tb(mistake.__traceback__) if "/site-packages/" not in one.filename]
    place = f"{Path(frames[-1].filename).stem}-{frames[-1].lineno}"
    return f"{type(mistake).__name__}-{place}"


def _mutator(target: Target):  # type: ignore[no-untyped-def] # noqa: ANN202 - a function of bytes as atheris asks for
    """Changes within the parts of an archive: outside of them a change only breaks the packing."""

    def mutated(content: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)

        def change(part: bytes) -> bytes:
            if random.random() < 0.5:
                return random_edit(target, random)(part)
            return bytes(atheris.Mutate(part, min(len(part) + 200, most)))

        return within(content, random.randrange(40), change)[:most]

    return mutated


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02X}" for byte in word)


if __name__ == "__main__":
    main()
