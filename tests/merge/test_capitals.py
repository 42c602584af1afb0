from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.merge.capitals import in_capitals


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        ("188000.00", "壹拾捌万捌仟元整"),
        ("96000", "玖万陆仟元整"),
        ("10", "壹拾元整"),
        ("0", "零元整"),
        ("1005", "壹仟零伍元整"),
        ("1050", "壹仟零伍拾元整"),
        ("10010", "壹万零壹拾元整"),
        ("100000", "壹拾万元整"),
        ("101000", "壹拾万零壹仟元整"),
        ("20000300", "贰仟万零叁佰元整"),
        ("100000001", "壹亿零壹元整"),
        ("1234500000000", "壹万贰仟叁佰肆拾伍亿元整"),
        ("1000000000000", "壹万亿元整"),
        ("16280.50", "壹万陆仟贰佰捌拾元伍角整"),
        ("7.89", "柒元捌角玖分"),
        ("7.08", "柒元零捌分"),
        ("0.30", "叁角整"),
        ("0.05", "伍分"),
        ("2.999", "叁元整"),
    ],
)
def test_an_amount_is_written_as_a_bank_would_accept_it(amount: str, capitals: str) -> None:
    assert in_capitals(Decimal(amount)) == f"人民币{capitals}"
