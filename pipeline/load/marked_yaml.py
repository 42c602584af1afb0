"""Strict YAML with the position of every node.

PyYAML alone reads `10:30` as 630, `no` as False, keeps the last of two equal keys, expands aliases without bound and
crashes on deep nesting. Here plain scalars are only true/false, null, integers and decimal numbers; everything else
is text. Aliases, tags, duplicate keys, several documents, more than `MAX_DEPTH` levels and more than `MAX_BYTES`
bytes are refused before anything is constructed; so are characters that nobody sees, comments included, and those
that break lines for YAML but not for an editor.
"""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from itertools import islice
from typing import Any

import yaml

from pipeline.load.characters import UNSEEN, Glyphs, name, text_problems
from pipeline.model.source import Path, Source
from pipeline.problems import Place, Problem, error

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_UNSEEN = 100

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_LINE_END = re.compile(r"\r\n|\r|\n")


def parse(content: bytes, file: str, glyphs: Glyphs) -> tuple[Any, Source, tuple[Problem, ...]]:
    """The value of one YAML document, where its nodes stand, and what is wrong with it.

    Maps become dicts with text keys, numbers int or Decimal. The value is None where the file cannot be read at all;
    with a key written twice or a character that no document can carry, the rest can still be checked.
    """
    empty = Source(file, {})
    text, problems = _decode(content, file)
    if not problems:
        problems = _unseen(text, file)
    if problems:
        return None, empty, problems
    try:
        problems = _scan(text, file)
        if problems:
            return None, empty, problems
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as mistake:
        return None, empty, (_syntax_problem(mistake, file),)
    if node is None:
        return None, empty, (error(Place(file), "yaml-empty", "the file is empty", "write at least kind: and id:"),)
    builder = _Builder(file, glyphs)
    value = builder.build(node, ())
    if any(problem.code == "yaml-key" for problem in builder.problems):
        value = None
    return value, Source(file, builder.marks), tuple(builder.problems)


def plain_scalar(text: str) -> str | int | Decimal | bool | None:
    """What a text without quotes stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) <= 18:  # noqa: PLR2004 - fits 64 bits
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


def _decode(content: bytes, file: str) -> tuple[str, tuple[Problem, ...]]:
    if len(content) > MAX_BYTES:
        message = f"the file has {len(content)} bytes; at most {MAX_BYTES} are read"
        return "", (error(Place(file), "yaml-size", message, "split it"),)
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in content[:4]:
        return "", (error(Place(file), "encoding", "the file is not UTF-8", "it looks like UTF-16; save it as UTF-8"),)
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as mistake:
        before = mistake.object[: mistake.start].decode()  # counted without the byte order mark
        guess = _guess_encoding(content)
        hint = f"it looks like {guess}; save it as UTF-8" if guess else "save it as UTF-8"
        return "", (error(_place_after(before, file), "encoding", "the file is not UTF-8", hint),)


def _guess_encoding(content: bytes) -> str:
    """The Chinese encoding that fits, unless most of the file is UTF-8 after all."""
    others = [character for character in content.decode("utf-8", "replace") if not character.isascii()]
    if others.count("\ufffd") * 2 < len(others):
        return ""
    for encoding in ("gbk", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding.upper()
    return ""


def _place_after(before: str, file: str) -> Place:
    """The place of the character that follows `before`."""
    lines = _LINE_END.split(before)
    return Place(file, len(lines), len(lines[-1]) + 1)


def _unseen(text: str, file: str) -> tuple[Problem, ...]:
    return tuple(
        error(
            _place_after(text[: found.start()], file),
            "control-character",
            f"illegal character {name(found[0])}",
            "remove it",
        )
        for found in islice(UNSEEN.finditer(text), MAX_UNSEEN)
    )


def _scan(text: str, file: str) -> tuple[Problem, ...]:
    """Refuse what must not reach the composer."""
    problems = []
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        place = _marked(event.start_mark, file)
        if isinstance(event, yaml.AliasEvent):
            message = f"aliases (*{event.anchor}) are not allowed"
            problems.append(error(place, "yaml-alias", message, "write the value out"))
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                problems.append(error(place, "yaml-documents", "a second document starts here", "one object per file"))
                break
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag not in {None, "!"}:
            problems.append(error(place, "yaml-tag", f"the tag {event.tag!r} is not allowed", "write plain text"))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                problems.append(error(place, "yaml-depth", f"nested deeper than {MAX_DEPTH} levels"))
                break
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return tuple(problems)


def _syntax_problem(mistake: yaml.MarkedYAMLError, file: str) -> Problem:
    place = _marked(mistake.problem_mark or mistake.context_mark, file)
    what = "; ".join(part for part in (mistake.context, mistake.problem) if part)
    return error(place, "yaml-syntax", f"not valid YAML: {what}", "check indentation, colons and quotes")


def _marked(mark: Any, file: str) -> Place:  # noqa: ANN401 - the C parser has a class of its own
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)


class _Builder:
    """Constructs values from nodes, noting marks and problems on the way."""

    def __init__(self, file: str, glyphs: Glyphs) -> None:
        self.file = file
        self.glyphs = glyphs
        self.marks: dict[Path, tuple[int, int]] = {}
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - YAML values are of any type
        self.marks.setdefault(path, self._position(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)  # type: ignore[arg-type]

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = Place(self.file, *self._position(key_node))
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(error(place, "yaml-key", "a key must be a word", "put text with braces in quotes"))
                continue
            key = key_node.value
            if key in result:
                first = self.marks[(*path, key, "@key")][0]
                message = f"the key {key!r} is written twice, first in line {first}"
                self.problems.append(error(place, "yaml-duplicate", message, "keep one of the two"))
                continue
            # a missing or unknown key is reported at the key, a wrong value at the value
            self.marks[(*path, key)] = self._position(value_node if _is_filled(value_node) else key_node)
            self.marks[(*path, key, "@key")] = self._position(key_node)
            result[key] = self.build(value_node, (*path, key))
        return result

    def _scalar(self, node: yaml.ScalarNode) -> Any:  # noqa: ANN401 - YAML values are of any type
        value = node.value if node.style else plain_scalar(node.value)  # the C parser says "" of a plain one
        if isinstance(value, str):
            place = Place(self.file, *self._position(node))
            self.problems += text_problems(value, place, self.glyphs)
            return sys.intern(value)  # agreements repeat each other's words
        return value

    @staticmethod
    def _position(node: yaml.Node) -> tuple[int, int]:
        return node.start_mark.line + 1, node.start_mark.column + 1


def _is_filled(node: yaml.Node) -> bool:
    return bool(node.value) or node.end_mark.index > node.start_mark.index
