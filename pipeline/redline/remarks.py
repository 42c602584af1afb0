"""Says at the head of a redline why the document was changed, and lets its readers decide about every change."""

from __future__ import annotations

import posixpath

from lxml import etree

from pipeline.compare.names import W, value, whole
from pipeline.redline.files import WordFile
from pipeline.redline.markup import make, shell, words
from pipeline.redline.results import Revision
from pipeline.render.package import add_part, relate

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_CHANGED = (f"{W}ins", f"{W}del")


def explain(file: WordFile, revision: Revision) -> None:
    """A comment by the author of the change at the first paragraph that both texts have."""
    paragraphs = [one for one in file.body.iter(f"{W}p") if next(one.iterancestors(f"{W}r"), None) is None]
    kept = [one for one in paragraphs if _is_plain(one)]
    if not revision.reason or not paragraphs:
        return
    ident = _comment(file, revision)
    place = next(iter([*kept, *paragraphs]))
    marks = [make(f"commentRange{end}", {"id": ident}) for end in ("Start", "End")]
    place.insert(1 if len(place) and place[0].tag == f"{W}pPr" else 0, marks[0])
    reference = make("r")
    reference.append(make("commentReference", {"id": ident}))
    place.extend([marks[1], reference])
    file.put(file.main, file.stories[file.main])


def _is_plain(paragraph: etree._Element) -> bool:
    """Whether it stands in both texts, and in no content control."""
    end = paragraph.find(f"{W}pPr/{W}rPr")
    changed = end is not None and any(one.tag in _CHANGED for one in end)
    return not changed and next(paragraph.iterancestors(f"{W}sdt", f"{W}tr"), None) is None


def _comment(file: WordFile, revision: Revision) -> str:
    tree = file.tree("comments")
    name = file.related("comments") or posixpath.join(posixpath.dirname(file.main), "comments.xml")
    if tree is None:
        tree = make("comments")
        add_part(file.contents, name, b"", _TYPE)
        relate(file.contents, file.main, name, "comments")
    ident = str(1 + max((whole(value(one, "id")) for one in tree), default=-1))
    date = f"{revision.day.isoformat()}T00:00:00Z"
    comment = make("comment", {"id": ident, "author": revision.author, "date": date, "initials": revision.author[:1]})
    comment.extend(shell(make("p"), [shell(make("r"), [words(line)])]) for line in revision.reason.splitlines())
    tree.append(comment)
    file.put(name, tree)
    return ident


def unlock(file: WordFile) -> None:
    """A copy to sign is protected; in a redline that would keep its readers from accepting and refusing."""
    tree, name = file.tree("settings"), file.related("settings")
    if tree is None:
        return
    for one in tree.findall(f"{W}documentProtection"):
        tree.remove(one)
    file.put(name, tree)
