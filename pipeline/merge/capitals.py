"""Amounts of money in Chinese capitals, which a contract puts beside the figures so that nobody can alter them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万")


def in_capitals(amount: Decimal) -> str:
    """An amount in yuan below 10^16, to the fen: `人民币壹拾捌万捌仟元整`."""
    fen = int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
    yuan, rest = divmod(fen, 100)
    tenths, hundredths = divmod(rest, 10)
    parts = [f"{_whole(yuan)}元" if yuan or not rest else ""]
    if tenths:
        parts.append(f"{_DIGITS[tenths]}角")
    elif hundredths and yuan:
        parts.append("零")
    parts.append(f"{_DIGITS[hundredths]}分" if hundredths else "整")
    return f"人民币{''.join(parts)}"


def _whole(number: int) -> str:
    """Groups of four digits; a run of zeros between two other digits is read as one."""
    digits = str(number)
    said, zero, in_group = "", False, False
    for power, digit in zip(range(len(digits) - 1, -1, -1), map(int, digits), strict=True):
        group, place = divmod(power, 4)
        if digit:
            said += f"{'零' if zero else ''}{_DIGITS[digit]}{_PLACES[place]}"
            in_group = True
        zero = not digit and bool(said)
        if place == 0:
            said += _GROUPS[group] if in_group or (group == _GROUPS.index("亿") and said) else ""
            in_group = False
    return said or "零"
