"""Words that a line does not part: dates, a figure and its unit, telephone numbers, the kind of document in a title."""

from __future__ import annotations

import re

from lxml import etree

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
_UNITS = (
    "个?(?:工作日|自然日|日历日|小时|季度|月)|分钟|秒|[年月日天周次版份套名项级台元条页]|万元"
    r"|(?:working |business |calendar )?(?:minutes?|hours?|days?|weeks?|months?|years?)\b|(?:min|h|s)\b"
)
_NOT_PARTED = re.compile(
    r"\b[A-Z]/\d{2}(?: ?版)?"
    r"|\d{4} ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?"
    r"|\d{1,2} ?月 ?\d{1,2} ?日"
    rf"|\b\d{{1,2}} (?:{_MONTHS})\b"
    r"|\d{1,2}:\d{2} ?[-–—至] ?\d{1,2}:\d{2}"
    r"|\+\d{1,3}(?:[ -]\d{2,5}){2,4}"
    r"|\b\d{3,4}-\d{3,4}-\d{4}\b"
    rf"|[≥≤<>] ?\d[\d.,]*(?: ?%| (?:{_UNITS}))?"
    rf"|\d[\d.,]* (?:%|{_UNITS})"
    r"|\b(?:CNY|RMB|USD|EUR|HKD) \d[\d.,]*\d"
)
_KINDS = re.compile(r"[服务运营行]{2}级别协议|[服务支持撑包]{2,4}合同|服务目录|管理程序|会议纪要|变更申请|需求分析")
_DIGIT = re.compile(r"\d")
_CLASS = "joined"


def join_words(body: etree._Element) -> None:
    """Wrap each of them in an element that stays on one line where there is room for it."""
    for element in list(body.iter(etree.Element)):
        if "field" in element.get("class", "").split():
            continue
        title = "title" in element.get("class", "").split()
        pattern = _KINDS if title else _NOT_PARTED
        for child in list(element):
            _wrap(element, child, pattern)
        _wrap(element, None, pattern)


def _wrap(parent: etree._Element, before: etree._Element | None, pattern: re.Pattern[str]) -> None:
    """Wrap what is found in the text that follows `before` within its parent, or that begins the parent."""
    text = (parent.text if before is None else before.tail) or ""
    if pattern is _NOT_PARTED and not _DIGIT.search(text):  # which is most of a contract, and sooner found out
        return
    found = list(pattern.finditer(text))
    alone = parent.tag == "p" and not len(parent) and found and found[0][0] == text.strip()
    if not found or alone:  # alone in a paragraph it is parted only where there is no room either way
        return
    at = 0 if before is None else parent.index(before) + 1
    rest = text[: found[0].start()]
    if before is None:
        parent.text = rest
    else:
        before.tail = rest
    for one, following in zip(found, [*found[1:], None], strict=True):
        made = etree.Element("span", {"class": _CLASS})
        made.text = one[0]
        made.tail = text[one.end() : len(text) if following is None else following.start()]
        parent.insert(at, made)
        at += 1
