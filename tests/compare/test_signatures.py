"""What may stand in a signature field: a name, a title, a day, and nothing that changes the deal."""

from __future__ import annotations

import pytest

from pipeline.compare.results import FilledField
from pipeline.compare.signatures import is_foreign
from pipeline.compare.written_dates import is_date

FIELDS = [
    ("name", "王建国", True),
    ("name", "买买提·艾力", True),
    ("name", "Seán O’Brien-Müller", True),
    ("name", "J. R. Smith", True),
    ("name", "รัตนา", True),
    ("name", "Zhang (subject to 50% discount)", False),
    ("name", "郑海波（须另行协商）", False),
    ("name", "郑海波，抵扣条款除外", False),
    ("name", "Zhang 50", False),
    ("name", "郑海波且本协议第七章关于服务抵扣的约定对客户一概不予适用", False),
    ("title", "信息技术部部长（代）", True),
    ("title", "Vice President, Information Technology & Services", True),
    ("title", "Director; credits are doubled", False),
    ("title", "总经理，服务费按九折结算并且每月底之前由客户另行确认后支付方可生效", False),
    ("date", "2026年11月20日", True),
    ("date", "after acceptance", False),
]


@pytest.mark.parametrize(("field", "words", "fits"), FIELDS)
def test_a_field_takes_what_it_is_for(field: str, words: str, fits: bool) -> None:
    assert is_foreign(FilledField("customer", 1, field, words)) is not fits


@pytest.mark.parametrize("field", ["name", "title", "date"])
def test_a_field_may_stay_as_it_was_sent_or_be_cleared(field: str) -> None:
    sent = "Unit 7 (night shift); deputy"
    assert not is_foreign(FilledField("provider", 1, field, sent, sent))
    assert not is_foreign(FilledField("provider", 1, field, "", sent))


@pytest.mark.parametrize(
    "words",
    [
        "2026年11月20日", "2026 年 1 月 5 日", "２０２６年１１月２０日", "二〇二六年十一月二十日",
        "二○二六年十二月三十一日",
        "2026年11月20日（星期五）", "2026-11-20", "2026/1/5", "2026.11.20", "20261120", "20/11/2026",
        "11/20/2026", "20.11.26",
        "20 November 2026", "20-Nov-2026", "November 20, 2026", "Nov. 20th, 2026", "Friday, 20 November 2026",
        "the 20th day of November 2026",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(words: str) -> None:
    assert is_date(words)


@pytest.mark.parametrize(
    "words",
    [
        "2026年2月30日", "2026-13-01", "二〇二六年二月三十日", "32 November 2026", "November 2026", "2026",
        "20", "tomorrow",
        "2026-11-20 10% off", "after 2026-11-20", "2026-11/20", "2026年11月20日起九折",
    ],
)  # fmt: skip
def test_what_is_no_day_of_the_calendar_is_no_date(words: str) -> None:
    assert not is_date(words)
