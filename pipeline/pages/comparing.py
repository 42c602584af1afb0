"""What became of the words and shapes of one PDF in the other."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.pages.reading import Pages, Place, Run, Shape
from pipeline.pages.results import LONGEST, Box, Change, Kind, PageChanges, PagePair

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*%?|[^\W\d_\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+|\S")
_MOST_TOKENS = 4_000_000
"""Beyond this many possible pairs a passage is told as a whole."""
_MANY_RUNS = 6000
"""Texts with more runs are paired without the most frequent ones."""
_CLOSE = 3
"""So few words in common do not part two changes."""
_SHORT = 24
"""A run of at most this many letters is quoted whole."""
_CONTEXT = 16
_EDGE = 0.11
"""Of the height of a page: where running heads and feet stand."""
_OFTEN = 3
_ALONE = re.compile(r"(?<![A-Za-z\d.,:/-])\d+(?![A-Za-z\d.,:/-])")
_SAME_PLACE = 0.75
_BESIDE = 9.0
_WAYS = 3
"""Points: how far a shape may stand from where its neighbours are, and how near a mark tells of it already."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, or one letter of a writing without spaces: its run, and its letters there."""

    text: str
    run: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Letters that stand in both files: where, and how far and to which page they went."""

    x: float
    y: float
    right: float
    up: float
    page: int


def compare_pages(old: Pages, new: Pages) -> PageChanges:
    """All differences: words first, in reading order, then shapes that no changed word stands beside."""
    before, after = _body(old), _body(new)
    changes, matches = _words(before, after)
    anchors = _anchors(before, after, matches)
    pairs = _pairs(anchors, len(old.sizes), len(new.sizes))
    changes = [*_moved(changes), *_furniture(old, new)]
    marked_old = [box for one in changes for box in one.old]
    marked_new = [box for one in changes for box in one.new]
    gone, come = _moved_shapes(old.shapes, new.shapes, anchors, pairs)
    drawn = [
        *(Change(Kind.DRAWN, "", "", (box,), ()) for box in _clusters(gone, marked_old)),
        *(Change(Kind.DRAWN, "", "", (), (box,)) for box in _clusters(come, marked_new)),
    ]
    every = sorted([*changes, *_beside(drawn, pairs)], key=lambda one: _order(one, pairs))
    return PageChanges(tuple(every), tuple(pairs), len(old.sizes), len(new.sizes))


# -- words ------------------------------------------------------------------------------------------------------------


def _is_edge(run: Run, pages: Pages) -> bool:
    height = pages.sizes[run.page][1]
    middle = (run.places[0][1] + run.places[0][3]) / 2
    return not _EDGE * height < middle < (1 - _EDGE) * height


def _repeated(pages: Pages) -> frozenset[str]:
    """Running heads and feet: what stands at the edge of half the pages, page numbers aside."""
    seen = Counter(
        text for text, _ in {(_without_pages(run, pages), run.page) for run in pages.runs if _is_edge(run, pages)}
    )
    return frozenset(text for text, count in seen.items() if count >= max(_OFTEN, len(pages.sizes) / 2))


def _body(pages: Pages) -> list[Run]:
    repeated = _repeated(pages)
    return [run for run in pages.runs if not (_is_edge(run, pages) and _without_pages(run, pages) in repeated)]


def _words(old: Sequence[Run], new: Sequence[Run]) -> tuple[list[Change], list[tuple[_Token, _Token]]]:
    """The passages that differ, and the words that stand in both."""
    before, after = ([" ".join(run.text.split()) for run in runs] for runs in (old, new))
    matcher = SequenceMatcher(None, before, after, autojunk=len(old) + len(new) > _MANY_RUNS)
    changes: list[Change] = []
    matches: list[tuple[_Token, _Token]] = []
    for code, start, end, first, last in matcher.get_opcodes():
        if code == "equal":
            for one, other in zip(range(start, end), range(first, last), strict=True):
                whole = _tokens(old, one, one + 1), _tokens(new, other, other + 1)
                matches += zip(*whole, strict=True)
        else:
            found, kept = _passage(_tokens(old, start, end), _tokens(new, first, last), old, new)
            changes += found
            matches += kept
    return changes, matches


def _tokens(runs: Sequence[Run], start: int, stop: int) -> list[_Token]:
    return [
        _Token(found[0], at, found.start(), found.end())
        for at in range(start, stop)
        for found in _TOKEN.finditer(runs[at].text)
    ]


def _passage(
    before: list[_Token], after: list[_Token], old: Sequence[Run], new: Sequence[Run]
) -> tuple[list[Change], list[tuple[_Token, _Token]]]:
    """Words of a passage that changed, wherever its lines break, and those that did not."""
    if len(before) * len(after) > _MOST_TOKENS:
        return [_change(before, after, old, new)], []
    matcher = SequenceMatcher(None, [one.text for one in before], [one.text for one in after], autojunk=False)
    spans: list[list[int]] = []
    kept: list[tuple[_Token, _Token]] = []
    for code, start, end, first, last in matcher.get_opcodes():
        if code == "equal":
            kept += zip(before[start:end], after[first:last], strict=True)
        elif spans and start - spans[-1][1] < _CLOSE and _same_runs(before[spans[-1][1] : start]):
            spans[-1][1], spans[-1][3] = end, last
        else:
            spans.append([start, end, first, last])
    widened: list[tuple[int, int, int, int]] = []
    for span in spans:
        wide = _widened(span, before, after, old, new)
        if widened and (wide[0] < widened[-1][1] or wide[2] < widened[-1][3]):
            start, _, first, _ = widened.pop()
            wide = start, wide[1], first, wide[3]
        widened.append(wide)
    return [_change(before[a:b], after[c:d], old, new) for a, b, c, d in widened], kept


def _same_runs(tokens: Sequence[_Token]) -> bool:
    return len({one.run for one in tokens}) <= 1


def _widened(
    span: Sequence[int], before: Sequence[_Token], after: Sequence[_Token], old: Sequence[Run], new: Sequence[Run]
) -> tuple[int, int, int, int]:
    """A change within one short run on either side is quoted with the whole run: `6 h`, not `6`."""
    start, end, first, last = span
    runs = {one.run for one in before[start:end]}, {one.run for one in after[first:last]}
    if len(runs[0]) == len(runs[1]) == 1:
        (one,), (other,) = runs
        if len(old[one].text) <= _SHORT and len(new[other].text) <= _SHORT:
            return *_of_run(before, one, start), *_of_run(after, other, first)
    return start, end, first, last


def _of_run(tokens: Sequence[_Token], run: int, at: int) -> tuple[int, int]:
    """The words of a run around one of its words."""
    start = end = at
    while start and tokens[start - 1].run == run:
        start -= 1
    while end < len(tokens) and tokens[end].run == run:
        end += 1
    return start, end


def _change(before: Sequence[_Token], after: Sequence[_Token], old: Sequence[Run], new: Sequence[Run]) -> Change:
    kind = Kind.CHANGED if before and after else Kind.REMOVED if before else Kind.ADDED
    told = _quoted(before, old), _quoted(after, new), _boxes(before, old), _boxes(after, new)
    return Change(kind, *told, *(_around(after, new) if after else _around(before, old)))


def _around(tokens: Sequence[_Token], runs: Sequence[Run]) -> tuple[str, str]:
    """What stands on the line before and after some words."""
    first, last = tokens[0], tokens[-1]
    lead = runs[first.run].text[max(first.start - _CONTEXT, 0) : first.start]
    return lead.lstrip(), runs[last.run].text[last.stop : last.stop + _CONTEXT].rstrip()


def _by_run(tokens: Sequence[_Token]) -> Iterator[tuple[int, int, int]]:
    """Each run of some words in order, with the letters from the first to the last of them."""
    spans: dict[int, tuple[int, int]] = {}
    for one in tokens:
        start, _ = spans.get(one.run, (one.start, one.stop))
        spans[one.run] = start, one.stop
    for run, (start, stop) in spans.items():
        yield run, start, stop


def _quoted(tokens: Sequence[_Token], runs: Sequence[Run]) -> str:
    parts = [runs[run].text[start:stop] for run, start, stop in _by_run(tokens)]
    text = ""
    for part in parts:
        latin = text[-1:].isascii() and part[:1].isascii()
        text += (" " if text and latin else "") + part
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _boxes(tokens: Sequence[_Token], runs: Sequence[Run]) -> tuple[Box, ...]:
    return tuple(runs[run].box(start, stop) for run, start, stop in _by_run(tokens))


def _moved(changes: Sequence[Change]) -> list[Change]:
    """Words that are gone here and come there were moved: as a row is, when its table breaks elsewhere."""
    found: list[Change] = []
    gone: dict[str, list[Change]] = defaultdict(list)
    for one in changes:
        if one.kind is Kind.REMOVED:
            gone[one.before].append(one)
    moved: set[int] = set()
    for one in changes:
        if one.kind is Kind.ADDED and gone[one.after]:
            was = gone[one.after].pop(0)
            moved.add(id(was))
            found.append(Change(Kind.MOVED, was.before, one.after, was.old, one.new))
        else:
            found.append(one)
    return [one for one in found if id(one) not in moved]


def _furniture(old: Pages, new: Pages) -> list[Change]:
    """Running heads and feet that read otherwise, each told once, where it stands first; page numbers aside."""
    first: tuple[dict[str, Run], dict[str, Run]] = ({}, {})
    for pages, found in ((old, first[0]), (new, first[1])):
        repeated = _repeated(pages)
        for run in pages.runs:
            if _is_edge(run, pages) and _without_pages(run, pages) in repeated:
                found.setdefault(_without_pages(run, pages), run)
    gone = [run for text, run in first[0].items() if text not in first[1]]
    come = [run for text, run in first[1].items() if text not in first[0]]
    changes = []
    for one in gone:
        other = next((run for run in come if _stands_like(one, run)), None)
        if other is not None:
            come.remove(other)
        changes.append(_edge(one, other))
    return [*changes, *(_edge(None, run) for run in come)]


def _stands_like(one: Run, other: Run) -> bool:
    """Whether a running head stands where another one stood."""
    was, now = one.box(0, len(one.text)), other.box(0, len(other.text))
    there = abs(was.bottom - now.bottom) < _SAME_PLACE
    return there and (abs(was.left - now.left) < _SAME_PLACE or abs(was.right - now.right) < _SAME_PLACE)


def _without_pages(run: Run, pages: Pages) -> str:
    """Its text, with its own page and the number of pages taken out."""
    own = {str(run.page + 1), str(len(pages.sizes))}
    return _ALONE.sub(lambda found: "#" if found[0] in own else found[0], run.text.strip())


def _edge(old: Run | None, new: Run | None) -> Change:
    before, after = (run.text.strip() if run else "" for run in (old, new))
    was, now = ((run.box(0, len(run.text)),) if run else () for run in (old, new))
    return Change(Kind.FURNITURE, before, after, was, now)


# -- pages ------------------------------------------------------------------------------------------------------------


def _anchors(
    old: Sequence[Run], new: Sequence[Run], matches: Sequence[tuple[_Token, _Token]]
) -> dict[int, list[_Anchor]]:
    """Page of the old file -> where its words went."""
    found: dict[int, list[_Anchor]] = defaultdict(list)
    for one, other in matches:
        was, now = old[one.run], new[other.run]
        (left, bottom, _, _), (right, low, _, _) = was.places[one.start], now.places[other.start]
        found[was.page].append(_Anchor(left, bottom, right - left, low - bottom, now.page))
    return found


def _pairs(anchors: dict[int, list[_Anchor]], old: int, new: int) -> list[PagePair]:
    """Each old page with the new one that most of its words went to, never crossing; the others alone."""
    votes = [Counter(one.page for one in anchors.get(page, ())) for page in range(old)]
    best = [[0] * (new + 1) for _ in range(old + 1)]
    for one in range(old - 1, -1, -1):
        for other in range(new - 1, -1, -1):
            together = votes[one][other] + best[one + 1][other + 1] if votes[one][other] else 0
            best[one][other] = max(best[one + 1][other], best[one][other + 1], together)
    pairs: list[PagePair] = []
    one = other = 0
    while one < old or other < new:
        both = one < old and other < new
        if both and votes[one][other] and best[one][other] == votes[one][other] + best[one + 1][other + 1]:
            pairs.append(PagePair(one, other))
            one, other = one + 1, other + 1
        elif one < old and (other == new or best[one][other] == best[one + 1][other]):
            pairs.append(PagePair(one, None))
            one += 1
        else:
            pairs.append(PagePair(None, other))
            other += 1
    return _filled(pairs)


def _filled(pairs: Sequence[PagePair]) -> list[PagePair]:
    """Pages alone on either side, one after the other, stand side by side all the same."""
    found: list[PagePair] = []
    for pair in pairs:
        last = found[-1] if found else None
        if last and None not in (last.old, pair.new) and last.new is pair.old is None:
            found[-1] = PagePair(last.old, pair.new)
        elif last and None not in (last.new, pair.old) and last.old is pair.new is None:
            found[-1] = PagePair(pair.old, last.new)
        else:
            found.append(pair)
    return found


def _order(change: Change, pairs: Sequence[PagePair]) -> tuple[int, float]:
    """By the pair of pages that it stands on, from top to bottom."""
    if change.new:
        box = change.new[0]
        at = next(index for index, pair in enumerate(pairs) if pair.new == box.page)
    else:
        box = change.old[0]
        at = next(index for index, pair in enumerate(pairs) if pair.old == box.page)
    return at, -box.top


# -- shapes -----------------------------------------------------------------------------------------------------------


def _moved_shapes(
    old: Sequence[Shape], new: Sequence[Shape], anchors: dict[int, list[_Anchor]], pairs: Sequence[PagePair]
) -> tuple[list[Shape], list[Shape]]:
    """Shapes without a partner on either side: not of the same look where the words beside them went."""
    there: dict[tuple[int, object], list[Shape]] = defaultdict(list)
    for shape in new:
        there[shape.page, shape.look].append(shape)
    for found in there.values():
        found.sort(key=lambda one: one.place[0])
    lefts = {key: [one.place[0] for one in found] for key, found in there.items()}
    met: set[int] = set()
    gone = []
    beside = {pair.old: pair.new for pair in pairs if pair.old is not None and pair.new is not None}
    known = {page: _Nearest(found) for page, found in anchors.items()}
    for shape in old:
        partner = None
        for right, up, page in _ways(shape, known, beside):
            key = page, shape.look
            wanted = shape.place[0] + right
            at = bisect_left(lefts.get(key, []), wanted - _SAME_PLACE)
            for other in there.get(key, [])[at:]:
                if other.place[0] > wanted + _SAME_PLACE:
                    break
                if id(other) not in met and _is_same(shape, other, right, up):
                    partner = other
                    break
            if partner is not None:
                break
        if partner is None:
            gone.append(shape)
        else:
            met.add(id(partner))
    return gone, [one for one in new if id(one) not in met]


class _Nearest:
    """The words of a page, to be asked for those nearest to a place."""

    def __init__(self, anchors: Sequence[_Anchor]) -> None:
        self._anchors = sorted(anchors, key=lambda one: one.y)
        self._ups = [one.y for one in self._anchors]

    def ways(self, x: float, y: float) -> Iterator[tuple[float, float, int]]:
        """How far the words went that stand nearest, each way once; words far above or below are not asked."""
        middle = bisect_left(self._ups, y)
        near = self._anchors[max(0, middle - _AROUND) : middle + _AROUND]
        seen: list[tuple[float, float, int]] = []
        for one in sorted(near, key=lambda one: abs(one.x - x) + 2 * abs(one.y - y)):
            way = one.right, one.up, one.page
            if not any(way[2] == a[2] and abs(way[0] - a[0]) + abs(way[1] - a[1]) < _SAME_PLACE for a in seen):
                seen.append(way)
                yield way
            if len(seen) == _WAYS:
                return


_AROUND = 60
"""Words above and below a place among which the nearest are looked for."""


def _ways(shape: Shape, known: dict[int, _Nearest], beside: dict[int, int]) -> Iterator[tuple[float, float, int]]:
    left, bottom, right, top = shape.place
    if shape.page in beside:
        yield 0.0, 0.0, beside[shape.page]
    if shape.page in known:
        yield from known[shape.page].ways((left + right) / 2, (bottom + top) / 2)


def _is_same(shape: Shape, other: Shape, right: float, up: float) -> bool:
    return len(shape.points) == len(other.points) and all(
        abs(x + right - a) <= _SAME_PLACE and abs(y + up - b) <= _SAME_PLACE
        for (x, y), (a, b) in zip(shape.points, other.points, strict=True)
    )


def _clusters(shapes: Sequence[Shape], marked: Sequence[Box]) -> list[Box]:
    """Shapes near each other as one place; none where a changed word beside them is marked already."""
    boxes: list[Box] = []
    for shape in shapes:
        box = Box(shape.page, *_grown(shape.place))
        while near := [one for one in boxes if one.near(box, _BESIDE)]:
            boxes = [one for one in boxes if one not in near]
            for one in near:
                box = box.joined(one)
        boxes.append(box)
    return [box for box in boxes if not any(one.near(box, _BESIDE) for one in marked)]


def _grown(place: Place) -> Place:
    left, bottom, right, top = place
    return left - 1, bottom - 1, right + 1, top + 1


def _beside(drawn: Sequence[Change], pairs: Sequence[PagePair]) -> list[Change]:
    """What is drawn otherwise at the same place of pages side by side is one difference."""
    partner = {pair.old: pair.new for pair in pairs}
    left = [one for one in drawn if one.old]
    right = [one for one in drawn if one.new]
    found = []
    for one in left:
        (box,) = one.old
        page = partner.get(box.page)
        there = Box(-1 if page is None else page, box.left, box.bottom, box.right, box.top)
        other = next((each for each in right if each.new[0].near(there, _BESIDE)), None)
        if other is not None:
            right.remove(other)
        found.append(Change(Kind.DRAWN, "", "", one.old, other.new if other else ()))
    return [*found, *right]
