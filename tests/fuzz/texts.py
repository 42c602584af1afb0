"""Texts that no test writer would think of: scripts, marks, controls, half characters, formulas, tags."""
# ruff: noqa: E501 - a text is easier to find unbroken

from __future__ import annotations

from random import Random

RANGES = {
    "ascii": (0x20, 0x7E),
    "controls": (0x00, 0x1F),
    "c1": (0x7F, 0x9F),
    "latin": (0xA0, 0x24F),
    "combining": (0x300, 0x36F),
    "greek and cyrillic": (0x370, 0x52F),
    "hebrew": (0x590, 0x5FF),
    "arabic": (0x600, 0x6FF),
    "devanagari": (0x900, 0x97F),
    "punctuation": (0x2000, 0x206F),
    "symbols": (0x2100, 0x27BF),
    "kangxi radicals": (0x2F00, 0x2FD5),
    "cjk punctuation": (0x3000, 0x303F),
    "kana": (0x3041, 0x30FF),
    "cjk": (0x4E00, 0x9FFF),
    "cjk a": (0x3400, 0x4DBF),
    "hangul": (0xAC00, 0xD7A3),
    "surrogates": (0xD800, 0xDFFF),
    "private": (0xE000, 0xF8FF),
    "cjk compatible": (0xF900, 0xFAFF),
    "presentation forms": (0xFE70, 0xFEFF),
    "full width": (0xFF00, 0xFFEF),
    "noncharacters": (0xFDD0, 0xFDEF),
    "last of plane": (0xFFFE, 0xFFFF),
    "emoji": (0x1F300, 0x1FAFF),
    "cjk b": (0x20000, 0x2A6DF),
    "tags": (0xE0000, 0xE007F),
    "selectors": (0xFE00, 0xFE0F),
    "last plane": (0x10FF00, 0x10FFFF),
}
PLAIN = ("ascii", "cjk", "latin", "greek and cyrillic", "cjk punctuation", "full width")
"""Two of three texts are of these, so that whole texts come through, too."""

SAYINGS = (
    "=cmd|' /C calc'!A0", "=1+1", "+1", "-2+3", "@SUM(A1:A9)", '=HYPERLINK("https://x.example.com")', "'=1", "\t=1",
    "{{ title }}", "{{ 7 * 7 }}", "{% for a in b %}", "{%p if x %}", "{# x #}", "{_{ x }_}", "{_% x %_}", "${x}", "%s %d %(x)s",
    "{0}", "{count}", "[[toc]]", "[[sign:customer:1:name|姓名|点击填写|甲]]", "[[ sign: x ]]", "[[picture:flow]]", "【【sign:x】】",
    "<script>alert(1)</script>", "<b>&amp;</b>", "&lt;", "&#0;", "]]>", "<!-- x -->", "</w:t>", "a & b < c > d", "\"'`",
    "../../etc/passwd", "C:\\x", "https://x.example.com/?a=1&b=2", "mailto:x@example.com", "x" * 400, "汉" * 400, "a b" * 150,
    "\u202eabc", "א\u200fב", "مرحبا", "e\u0301", "a\u0323\u0307", "👩\u200d👩\u200d👧", "🇨🇳", "1\ufe0f\u20e3", "𠮷野家", "䶮㛃", "ﬁ", "Å", "\u212b",
    "null", "true", "~", "10:30", "1.10", "0123", "- x", "# x", "a: b", "*x", "&x", "!x", "| x", "> x", "@x", "--- x", "\u00a0x", "\ufeffx",
    "\ud83d", "\udc00x", "\ud800\udc00", "\x00", "\x1b[2J", "\x7f", "\u0085", "\u2028", "\ufffe", "\uffff", "\ufdd0", "\U0010ffff", "·", "—", "…",
)  # fmt: skip


def texts(count: int, seed: int) -> list[str]:
    """So many texts, each once, the sayings first; the same for a seed."""
    random = Random(seed)
    made = dict.fromkeys(SAYINGS)
    while len(made) < count:
        ranges = [RANGES[name] for name in random.choices(PLAIN if random.random() < 0.67 else tuple(RANGES), k=3)]
        text = "".join(chr(random.randint(*random.choice(ranges))) for _ in range(random.choice((1, 2, 5, 12, 40))))
        text = random.choice(("", "", "=", "+", "@", "{{", "[[", "<")) + text
        if text.strip():
            made[text] = None
    return list(made)
