"""Two Word files in, one with tracked changes out: proven to hold both, or not made at all."""

from __future__ import annotations

from pipeline.compare.document import Document, Parts
from pipeline.compare.names import W, value, whole
from pipeline.compare.package import open_package
from pipeline.compare.passages import Paragraph, Story
from pipeline.compare.results import Unreadable
from pipeline.problems import Place, Problem, error, has_errors
from pipeline.redline.files import NOTES, WordFile, open_file
from pipeline.redline.markup import Pen
from pipeline.redline.merging import merge
from pipeline.redline.normal import normalise
from pipeline.redline.proof import difference, lines
from pipeline.redline.remarks import explain, unlock
from pipeline.redline.results import Redlined, Revision
from pipeline.redline.settling import settle
from pipeline.render.package import archive

_NAMES = ("old", "new")


def redline(old: bytes, new: bytes, revision: Revision, names: tuple[str, str] = _NAMES) -> Redlined:
    """The changes from `old` to `new` as tracked changes of one author and day; `names` are for problems.

    Accepting all of them gives the new text and refusing all the old one, with looks, tables and running heads: that is
    checked here, and what fails it is an error.
    """
    try:
        return _redline(old, new, revision, names)
    except RecursionError:
        message = "the file nests its contents deeper than any Word file does"
        return Redlined(b"", (error(Place(names[1]), "redline-unreadable", message),))


def _redline(old: bytes, new: bytes, revision: Revision, names: tuple[str, str]) -> Redlined:
    opened = [open_file(content, name) for content, name in zip((old, new), names, strict=True)]
    before, after = opened
    if isinstance(before, Problem) or isinstance(after, Problem):
        return Redlined(b"", tuple(one for one in opened if isinstance(one, Problem)))
    meant = lines(before), lines(after)
    pen = Pen(revision, 1 + max(_ids(after), default=0))
    problems = merge(before, after, pen, names)
    if has_errors(problems):
        return Redlined(b"", problems)
    explain(after, revision)
    unlock(after)
    content = archive(after.contents)
    for accepted, said, source in ((False, meant[0], old), (True, meant[1], new)):
        wrong = difference(lines(_settled(content, accepted=accepted)), said) or _read_otherwise(
            content, source, accepted=accepted
        )
        if wrong:
            which = "accepting all changes does not give the new text"
            which = which if accepted else "refusing all changes does not give the old text"
            return Redlined(b"", (*problems, error(Place(names[1]), "redline-unproven", f"{which}: {wrong}")))
    trees = list(after.stories.values())
    counts = [sum(1 for tree in trees for _ in tree.iter(*(f"{W}{name}" for name in kinds))) for kinds in _COUNTED]
    return Redlined(content, problems, *counts)


_COUNTED = (("ins",), ("del",), ("rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange"))


def accept_all(content: bytes) -> bytes:
    """A Word file with every tracked change accepted; ValueError when it cannot be read."""
    return archive(_settled(content, accepted=True).contents)


def reject_all(content: bytes) -> bytes:
    """A Word file with every tracked change refused; ValueError when it cannot be read."""
    return archive(_settled(content, accepted=False).contents)


def _ids(file: WordFile) -> list[int]:
    return [whole(value(one, "id")) for tree in file.stories.values() for one in tree.iter(f"{W}bookmarkStart")]


def _settled(content: bytes, *, accepted: bool) -> WordFile:
    made = open_file(content, "", tracked=True)
    if isinstance(made, Problem):
        raise ValueError(made.message)  # noqa: TRY004 - not its type is wrong but its content
    for part, tree in made.stories.items():
        settle(tree, accepted=accepted)
        normalise(tree)
        made.put(part, tree)
    return made


def _read_otherwise(content: bytes, source: bytes, *, accepted: bool) -> str:
    """The first passage that a reader of the one file would not find in the other, by the reader of returned copies."""
    packages = [open_package(one) for one in (content, source)]
    if any(isinstance(one, Unreadable) for one in packages):
        return "the file cannot be read"
    first, second = (
        _passages(Parts(one).read(accepted=accepted)) for one in packages if not isinstance(one, Unreadable)
    )
    if first == second:
        return ""
    wrong = next(((one, other) for one, other in zip(first, second, strict=False) if one != other), ("", ""))
    return f"a reader finds {wrong[0]!r} for {wrong[1]!r}"


def _passages(document: Document) -> list[str]:
    heads = [story for _, story in sorted(document.running.items())]
    notes = [story for kind in NOTES for story in document.notes.get(kind, ())]
    return [said for story in (document.body, *heads, *notes) for said in _of(story)]


def _of(story: Story) -> list[str]:
    said = []
    for block in story.blocks:
        if isinstance(block, Paragraph):
            said.append(f"{block.label} {block.passage.text}")
        else:
            said += [_lines(row.key) for row in block.rows]
    said += [box.passage.text for box in story.boxes]
    said += [f"{link.words} {link.address}" for link in story.links]
    said += [*(picture.digest for picture in story.pictures), *story.contents, *story.objects]
    return [one for one in said if one.strip()]


def _lines(text: str) -> str:
    """Empty lines of a cell are left out: the room of a control that is gone is no word."""
    return "\x1f".join("\n".join(line for line in cell.split("\n") if line) for cell in text.split("\x1f"))
