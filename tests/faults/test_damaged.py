"""`slm verify` finds whatever was done to a published file, and the next build mends it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import slm
from pipeline.options import Options
from pipeline.publish.manifest import NAME, read_manifest
from pipeline.records import audit
from tests.conftest import run_build
from tests.faults.scene import files_of

Damage = Callable[[Path, Path, random.Random], None]


def flip_a_bit(path: Path, _other: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def cut_short(path: Path, _other: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: -chance.randint(1, path.stat().st_size - 1)])


def append(path: Path, _other: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes() + chance.randbytes(chance.randint(1, 9)))


def append_nothing_visible(path: Path, _other: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes() + chance.choice((b" ", b"\n", b"\0")))


def empty(path: Path, _other: Path, _chance: random.Random) -> None:
    path.write_bytes(b"")


def delete(path: Path, _other: Path, _chance: random.Random) -> None:
    path.unlink()


def rename(path: Path, _other: Path, _chance: random.Random) -> None:
    path.rename(path.with_name(f"old_{path.name}"))


def swap(path: Path, other: Path, _chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(other.read_bytes())
    other.write_bytes(content)


def put_another_customers_file_there(path: Path, other: Path, _chance: random.Random) -> None:
    shutil.copyfile(other, path)


def make_it_a_folder(path: Path, _other: Path, _chance: random.Random) -> None:
    path.unlink()
    path.mkdir()


def make_it_a_link_to_the_same_bytes(path: Path, _other: Path, _chance: random.Random) -> None:
    kept = path.rename(path.with_name(f".{path.name}"))
    path.symlink_to(kept)


def make_it_a_link_to_nothing(path: Path, _other: Path, _chance: random.Random) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def change_what_the_manifest_says(path: Path, _other: Path, chance: random.Random) -> None:
    manifest = next(one for one in path.parents if (one / NAME).exists()) / NAME
    lines = manifest.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if path.name in line and '"kind"' in line)
    old, new = chance.choice(
        (('"20', '"19'), ('"kind": "', '"kind": "x'), ('"version": "', '"version": "B'), ("0", "1"))
    )
    assert old in lines[at]
    lines[at] = lines[at].replace(old, new)
    manifest.write_text("".join(lines), encoding="utf-8")


DAMAGES: tuple[Damage, ...] = (
    flip_a_bit,
    cut_short,
    append,
    append_nothing_visible,
    empty,
    delete,
    rename,
    swap,
    put_another_customers_file_there,
    make_it_a_folder,
    make_it_a_link_to_the_same_bytes,
    make_it_a_link_to_nothing,
    change_what_the_manifest_says,
)
ENDINGS = (".docx", ".pdf", ".xlsx", ".json", ".csv", ".ics")


@pytest.fixture
def output(demo_output: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_output, tmp_path / "output"))


def found(output: Path) -> set[tuple[str, str]]:
    """What `slm verify` says of published files, without the time that it takes to look at the sources."""
    return {(one.file, str(one.wrong)) for one in audit(Options(output=output)).findings}


def chosen(output: Path, ending: str, chance: random.Random) -> tuple[Path, Path]:
    """A file of this kind, and another one with other bytes that is another party's."""
    paths = sorted(read_manifest(output).entries)
    one = chance.choice([path for path in paths if path.endswith(ending)])
    other = chance.choice(
        [
            path
            for path in paths
            if path.partition("/")[0] != one.partition("/")[0]
            and (output / path).read_bytes() != (output / one).read_bytes()
        ]
    )
    return output / one, output / other


CASES = [
    (damage, ENDINGS[(number + at) % len(ENDINGS)], at * len(DAMAGES) + number)
    for number, damage in enumerate(DAMAGES)
    for at in range(4)
]


def test_there_are_fifty_of_them() -> None:
    assert len(CASES) >= 50
    assert {ending for _, ending, _ in CASES} == set(ENDINGS)


@pytest.mark.parametrize(
    ("damage", "ending", "seed"), CASES, ids=[f"{damage.__name__}{ending}" for damage, ending, _ in CASES]
)
def test_verify_names_the_file_that_was_damaged(damage: Damage, ending: str, seed: int, output: Path) -> None:
    chance = random.Random(seed)
    path, other = chosen(output, ending, chance)
    damage(path, other, chance)
    if damage is change_what_the_manifest_says:
        assert (f"output/{NAME}", "cannot be read") in found(output)
    else:
        said = {wrong for file, wrong in found(output) if file == f"output/{path.relative_to(output)}"}
        assert said in ({"is missing"}, {"was changed"})


def test_the_command_names_the_file_and_ends_with_1(output: Path) -> None:
    path = next(output.rglob("sla-harbour-core_2026-10.tickets.csv"))
    flip_a_bit(path, path, random.Random(1))
    done = CliRunner().invoke(slm, ["verify", "--output", str(output)])
    assert done.exit_code == 1
    assert done.output.splitlines()[-2:] == [
        f"output/{path.relative_to(output)} was changed",
        "101 files published, 0 files issued, 10 signed: 1 difference",
    ]


@pytest.mark.parametrize("damage", [flip_a_bit, cut_short, append, empty, delete, swap])
def test_verify_finds_a_damaged_manifest(damage: Damage, output: Path) -> None:
    damage(output / NAME, next(output.rglob("*.docx")), random.Random(1))
    if damage is delete:
        assert {wrong for _, wrong in found(output)} == {"is not in the manifest"}
    else:
        assert (f"output/{NAME}", "cannot be read") in found(output)


def mended(output: Path, before: Mapping[str, bytes], options: Options) -> None:
    """A build brings everything back, byte by byte; what is nobody's file stays."""
    outcome = run_build(options)
    assert outcome.rendered > 0
    left = files_of(output)
    strays = left.keys() - before.keys()
    assert {name: content for name, content in left.items() if name not in strays} == before
    assert all(Path(name).name.startswith((".", "old_")) for name in strays)
    assert not any(path.is_symlink() for path in output.rglob("*"))


def test_the_next_build_mends_files_whatever_happened_to_each(output: Path) -> None:
    options = Options(output=output, kinds=("minutes", "requirements"), workers=1)
    run_build(options)
    before = files_of(output)
    paths = [
        output / name for name in before if "/requirements/" in name or ("/reviews/" in name and "pack" not in name)
    ]
    chance = random.Random(1)
    damages = (flip_a_bit, cut_short, append, empty, delete, rename, make_it_a_folder, make_it_a_link_to_the_same_bytes)
    for path, damage in zip(paths, damages, strict=False):
        damage(path, path, chance)
    swap(paths[-1], paths[-2], chance)
    assert len(paths) > len(damages)
    mended(output, before, options)


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_the_next_build_mends_every_kind_of_file(damage: Damage, output: Path) -> None:
    before = files_of(output)
    chance = random.Random(1)
    pairs = [chosen(output, ending, chance) for ending in ENDINGS]
    for path, other in pairs[:1] if damage is change_what_the_manifest_says else pairs:
        damage(path, other, chance)
    mended(output, before, Options(output=output, workers=1))
