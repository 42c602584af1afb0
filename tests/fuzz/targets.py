"""Every input that comes from outside: what reads it, files to begin with, and words that its format knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.options import ROOT
from tests.fuzz import files, sources
from tests.fuzz.judging import SECONDS, Harness

FINDINGS = Path(__file__).parent / "findings"

# fmt: off
_YAML = (
    ": ", "- ", "> ", "{", "}", "[", "]", ",", "#", "'", '"', "&a ", "*a", "!!str ", "---\n", "...\n",
    "%YAML 1.1\n", "\t", "\r", "\u2028", "\u202e", "\ufeff", "null", "~", "0.1", "9999-12-31", "10:30", "99.9%",
    "15 min", "999999999 d", "zh-CN", "A/00", "Z/99", "0001-01-01", "../x", "{{ x }}", "\\x07", "-1", "'{x}'",
    "999999999999999999",
)
_CELLS = (
    ",", ";", "\t", '"', '""', "\r\n", "\n", "\r", "\x00", "=cmd", "' /C calc'!A0", "2026-10-12 09:30:00",
    "9999-12-31 23:59:59", "0001-01-01 00:00:00", "2026-02-30", "/", "T-103", "-", "😀", "\ufeff", "\u202e",
    "12345678901234567890", "1e999", "nan", "海湾", "紧急", "P1", "\x1b[2J",
)
_XML = (
    "<", ">", "/>", "</", "&amp;", "&#0;", "&#x1F600;", "&x;", "<!DOCTYPE a [<!ENTITY x 'y'>]>", "<![CDATA[",
    "]]>", "<!--", "-->", "<?x ?>", "xmlns=", '""', "\x00",
)
_XES = (
    *_XML, "<trace>", "</trace>", "<event>", "</event>", "<string key='a' value='b'/>", "<log>", "</log>",
    "<date ", "<int ", "<list ", "case:",
)
_WORD = (
    *_XML, "<w:p>", "</w:p>", "<w:r>", "<w:t>", "<w:tbl>", "<w:tr>", "<w:tc>", "<w:sdt>", "<w:ins w:id='1'>",
    "<w:del>", "<w:br/>", "<w:tab/>", "<mc:AlternateContent>", "<mc:Choice Requires='x'>", "<w:altChunk/>",
    "<w:fldSimple w:instr='x'>", "w:val='-1'", "w:val='x'", "w:val='99999999999999999999'", "r:id='rId9'",
    "TargetMode='External'", "Target='../../x'", "Target=''", "<w:moveFrom>", "<w:numPr>",
)
_TAGS = (
    "{{", "}}", "{%", "%}", "{{ title }}", "{{ x }}", "{% for i in range(99999) %}", "{% endfor %}", "{% if ",
    "{% endif %}", "{% set x = ", "[[", "]]", "{#", "upper", "{% include 'x' %}", "{% macro a() %}",
    "{% extends 'pdf/base.html' %}", "{{ ''.__class__ }}", "{{ 1/0 }}", "{{ 'x' * 9 }}", "{{ title.x }}",
    "[[picture:flow]]", "[[contents]]", "{%p ", "{%tr ", "{% raw %}", "{{ [1][9] }}", "{{ 9 ** 9 }}", "{{ self }}",
    "{% block a %}",
)
_PAGE = (
    "<img src='x'>", "<img src='file:///etc/passwd'>", "<style>", "</style>", "@import 'x';", "<svg>", "<table>",
    "<td colspan=99999>", "<a href=", "<link rel=stylesheet href='x'>", "font-size:1e9px", "width:-1px", "&nbsp;",
    "<object data='x'>", "@page{size:1px}", "<iframe>", "url(x)",
)
_JSON = (
    "{", "}", "[", "]", ",", ":", '"', "null", "true", "-1", "1e999", "\\ud800", "\\u0000", '"records"', "NaN",
    "12345678901234567890", "\n", "[[[[", "0.1",
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Target:
    """An input; `packed` ones are zip archives, whose parts are changed one by one."""

    harness: Harness
    seeds: Callable[[], Sequence[bytes]]
    tokens: Sequence[str]
    packed: bool = False
    seconds: float = SECONDS
    quick: int = 6
    """Changed inputs that every test run tries; those of long campaigns are many times more."""

    def findings(self, name: str) -> list[Path]:
        """What was found in earlier campaigns, and repaired."""
        return sorted((FINDINGS / name).glob("*"))

    def words(self) -> tuple[bytes, ...]:
        """What the format knows, for whoever changes inputs."""
        return tuple(one.encode() for one in self.tokens)


def _locale() -> list[bytes]:
    return [(ROOT / "templates/locales/en.yaml").read_bytes()[:3000]]


def _drawing() -> list[bytes]:
    return [b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 9"/><text x="1">x</text></svg>']


TARGETS: dict[str, Target] = {
    "yaml": Target(sources.one_source, sources.source_seeds, _YAML, quick=12),
    "sources": Target(sources.whole_project, sources.source_seeds, _YAML, quick=3),
    "csv": Target(sources.export("csv"), sources.delimited_seeds, _CELLS),
    "csv-gb18030": Target(
        sources.export("csv", encoding="gb18030", delimiter="';'"),
        partial(sources.delimited_seeds, "gb18030", ";"),
        _CELLS,
        quick=3,
    ),
    "csv-utf16": Target(
        sources.export("csv", encoding="utf-16", delimiter=r'"\t"'),
        partial(sources.delimited_seeds, "utf-16", "\t"),
        _CELLS,
        quick=3,
    ),
    "xes": Target(sources.export("xes"), sources.xes_seeds, _XES),
    "xlsx": Target(sources.export("xlsx"), sources.workbook_seeds, _XML, packed=True),
    "json": Target(sources.export("json", records="records"), sources.json_seeds, _JSON, quick=3),
    "jsonl": Target(sources.export("jsonl"), sources.json_seeds, _JSON, quick=3),
    "locale": Target(files.locale, _locale, _YAML, quick=3),
    "word-template": Target(files.word_template, files.word_seeds, (*_WORD, *_TAGS), packed=True),
    "page-template": Target(files.page_template, files.page_seeds, (*_TAGS, *_PAGE)),
    "drawing": Target(files.drawing, _drawing, (*_XML, *_TAGS), quick=3),
    "returned": Target(files.returned, files.returned_seeds, _WORD, packed=True),
}
"""Name, as in `make fuzz TARGET=…` and in the folder `findings/`, -> the input."""
