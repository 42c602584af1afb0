"""The next version of an agreement: its newest one copied as text, so that comments and layout stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from pipeline.load.blanks import blank
from pipeline.model.agreements import BINDING, Version
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.scaffold.start import CannotStart, Written, known, write

_LAST_EDITION, _LAST_MODIFICATION = "Z", 99
_BLANKS: dict[tuple[str, ...], str] = {
    ("effective", "from"): "the first day of this version 生效日期",
    ("effective", "until"): "the last day of this version 终止日期",
    ("revision", "summary"): "what this version changes 修订内容",
    ("revision", "responsible"): "the id of the author 编制人的标识",
    ("revision", "approver"): "the id of the approver 批准人的标识",
    ("revision", "date"): "the date of this version 本版日期",
}


@dataclass(frozen=True, slots=True, order=True)
class _Edit:
    """Characters `start` to `stop` of a text become `text`."""

    start: int
    stop: int
    text: str


def new_version(identifier: str, portfolio: Portfolio, options: Options, *, edition: bool) -> Written:
    """Write the version after the newest one: the next modification, or the first of the next edition."""
    newest = known(identifier, "agreement", portfolio.agreements, portfolio)[-1]
    if newest.status not in BINDING:
        msg = f"{newest.label} is not signed yet; go on with {newest.source.file}"
        raise CannotStart(msg)
    number = following(newest.version, edition=edition)
    folder = options.sources / "agreements" / identifier
    with (folder / f"{newest.version.slug}.yaml").open(encoding="utf-8-sig", newline="") as file:
        text = file.read()
    return write(folder / f"{number.slug}.yaml", revised(text, newest.version, number))


def following(version: Version, *, edition: bool) -> Version:
    """A/00 -> A/01, or B/00 with `edition`."""
    if edition:
        if version.edition == _LAST_EDITION:
            msg = f"there is no edition after {version}"
            raise CannotStart(msg)
        return Version(chr(ord(version.edition) + 1), 0)
    if version.modification == _LAST_MODIFICATION:
        msg = f"there is no modification after {version}; start an edition with --edition"
        raise CannotStart(msg)
    return Version(version.edition, version.modification + 1)


def revised(text: str, newest: Version, number: Version) -> str:
    """The text of a version as a draft of the next; its days and its row of the revision record are blank."""
    root = yaml.compose(text, Loader=yaml.BaseLoader)  # not the C parser, whose positions count bytes
    nodes = dict(_leaves(root, ())) if root is not None else {}
    edits = [_over(nodes["version",], text, str(number)), _over(nodes["status",], text, "draft")]
    for path, node in nodes.items():
        if path[:2] in _BLANKS:
            language = f" ({path[2]})" if path[2:] else ""
            edits.append(_over(node, text, blank(_BLANKS[path[:2]] + language)))
    if ("replaces",) in nodes:
        edits.append(_replaces(nodes["replaces",], text, str(newest)))
    else:
        end = max(node.end_mark.index for path, node in nodes.items() if path[0] == "effective")
        edits.append(_Edit(*_line_end(text, end), f"{_newline(text)}replaces: {newest}{_newline(text)}"))
    if ("terminated_on",) in nodes:
        node = nodes["terminated_on",]
        edits.append(
            _Edit(text.rindex("\n", 0, node.start_mark.index) + 1, _line_end(text, node.end_mark.index)[1], "")
        )
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.stop :]
    return text


def _leaves(node: yaml.Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], yaml.ScalarNode]]:
    """The scalars of maps, by their keys."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _leaves(value, (*path, key.value))
    elif isinstance(node, yaml.ScalarNode):
        yield path, node


def _over(node: yaml.ScalarNode, text: str, new: str) -> _Edit:
    """Write over a scalar; the line ends that a block text (`>-`) includes stay."""
    start, stop = node.start_mark.index, node.end_mark.index
    written = text[start:stop]
    return _Edit(start, start + len(written.rstrip()), new)


def _replaces(node: yaml.ScalarNode, text: str, newest: str) -> _Edit:
    """Another version replaced, in the remark behind it as well."""
    start, (stop, _) = node.start_mark.index, _line_end(text, node.end_mark.index)
    return _Edit(start, stop, re.sub(rf"\b{re.escape(node.value)}\b", newest, text[start:stop]))


def _line_end(text: str, position: int) -> tuple[int, int]:
    """Where the line of a position ends: before and after its line end."""
    found = re.compile(r"\r\n|\n|\r|\Z").search(text, position)
    return found.span() if found else (len(text), len(text))


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
