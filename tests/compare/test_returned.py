from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.compare import About, Comparison, Kind, Part, Unreadable, compare_returned
from tests.compare.conftest import Save
from tests.compare.documents import W, agreement, unpack
from tests.compare.tampering import HARMLESS, SMALL_TAMPERING, TAMPERING, VALUES, edited, fill_in, split_runs

ALL = {**TAMPERING, **SMALL_TAMPERING}
WORDS = {Kind.ADDED, Kind.REMOVED, Kind.CHANGED}
SENT = agreement()
NEEDS_FIELDS = {
    "a clause in a signature field",
    "a clause below a signature field",
    "the words beside a signature field",
}
FILLS = {"controls lost from a filled copy", "filled in", "a seal", "filled in while tracking"}


def compared(sent: bytes, returned: bytes) -> Comparison:
    found = compare_returned(sent, returned)
    assert isinstance(found, Comparison), str(found)
    return found


def said(comparison: Comparison) -> list[str]:
    return [str(one) for one in comparison.differences]


def values(comparison: Comparison) -> dict[str, str]:
    return {one.tag: one.value for one in comparison.filled}


@pytest.mark.parametrize("name", ALL)
def test_tampering_is_found(name: str) -> None:
    change, kind = ALL[name]
    found = compared(SENT, change(SENT))
    assert kind in {one.kind for one in found.differences}, said(found)
    assert not found.untouched


@pytest.mark.parametrize("name", HARMLESS)
def test_the_same_words_stored_otherwise_are_no_difference(name: str) -> None:
    assert said(compared(SENT, HARMLESS[name](SENT))) == []


@pytest.mark.parametrize("name", ALL)
def test_tampering_is_found_in_a_copy_whose_runs_were_split(name: str) -> None:
    change, kind = ALL[name]
    found = compared(SENT, split_runs(change(SENT), 7))
    assert {one.kind for one in found.differences} & (WORDS if kind in WORDS else {kind}), said(found)


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found_in_every_rendered_agreement(name: str, rendered: list[bytes]) -> None:
    assert rendered
    change, kind = TAMPERING[name]
    for content in rendered:
        if name in NEEDS_FIELDS and not has_fields(content):
            continue
        found = compared(content, change(content))
        assert {one.kind for one in found.differences} & (WORDS if kind in WORDS else {kind}), said(found)


@pytest.mark.parametrize("name", HARMLESS)
def test_no_harmless_change_is_a_difference_in_a_rendered_agreement(name: str, rendered: list[bytes]) -> None:
    assert rendered
    for content in rendered:
        if name in FILLS and not has_fields(content):
            continue
        assert said(compared(content, HARMLESS[name](content))) == []


def has_fields(content: bytes) -> bool:
    return b"sign:customer:1:name" in bytes_of(unpack(content)["word/document.xml"])


def bytes_of(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


# --- a word processor saves the file again


def test_a_copy_that_libreoffice_saved_is_untouched(save_again: Save) -> None:
    once = save_again(SENT)
    assert said(compared(SENT, once)) == []
    assert said(compared(SENT, save_again(once))) == []


def test_what_was_filled_in_is_read_from_a_copy_that_libreoffice_saved(save_again: Save) -> None:
    found = compared(SENT, save_again(fill_in(SENT)))
    assert said(found) == []
    assert values(found) == VALUES
    assert About.CONTROLS_LOST in {note.about for note in found.notes}


def test_every_rendered_agreement_survives_libreoffice(save_again: Save, rendered: list[bytes]) -> None:
    assert rendered
    for content in rendered:
        assert said(compared(content, save_again(content))) == []


LOST_IN_OFFICE = {
    "a row hidden",
    "a tracked deletion of a row",
    "words bound to another part",
    "macros",
    "an embedded file",
    "a text drawn in whole",
    "a remote template",
    "a link to an outside object",
    "words wrapped so that programs drop them",
}
"""What the office itself drops while saving, so that the text is again the one that was sent."""


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ALL if name not in LOST_IN_OFFICE])
def test_tampering_is_found_after_libreoffice_saved_it(name: str, save_again: Save) -> None:
    change, _ = ALL[name]
    assert said(compared(SENT, save_again(change(SENT)))) != []


def test_a_changed_figure_is_found_after_libreoffice_saved_it(save_again: Save) -> None:
    found = compared(SENT, save_again(TAMPERING["a digit in a table"][0](SENT)))
    assert said(found) == ['2.1 各项服务的目标, 表 1, row P1, column 优先级: "P1" became "P2"']


# --- what is said


def replaced(old: str, new: str, part: str = "word/document.xml") -> bytes:
    def change(tree: etree._Element) -> None:
        texts = [text for text in tree.iter(f"{W}t") if old in (text.text or "")]
        assert texts
        for text in texts:
            text.text = (text.text or "").replace(old, new)

    return edited(SENT, change, part)


def test_a_changed_limit_is_told_by_heading_table_row_and_column() -> None:
    found = compared(SENT, replaced("15 分钟", "10 分钟"))
    assert said(found) == ['2.1 各项服务的目标, 表 1, row P1, column 时限: "15 分钟" became "10 分钟"']
    assert found.differences[0].part is Part.TABLE


def test_a_row_is_named_by_as_many_cells_as_tell_it_apart() -> None:
    found = compared(SENT, replaced("8 小时", "9 小时"))
    assert said(found) == ['2.1 各项服务的目标, 表 1, row P2 解决时间, column 时限: "8 小时" became "9 小时"']


def test_a_changed_word_in_a_sentence_is_told_with_the_words_around_it() -> None:
    (one,) = compared(SENT, replaced("月服务费的 10%", "月服务费的 5%")).differences
    assert (one.before, one.after, one.lead[-4:], one.tail) == ("10%", "5%", "务费的 ", "。")
    assert str(one.where) == "2.2 违约与抵扣"


def test_an_added_sign_without_width_is_told_by_its_code_point() -> None:
    (one,) = compared(SENT, replaced("海港核心系统的", "海港\u200b核心系统的")).differences
    assert (one.after, one.detail) == ("\u200b", "U+200B")


def test_a_moved_paragraph_is_told_once() -> None:
    (one,) = compared(SENT, TAMPERING["a paragraph moved"][0](SENT)).differences
    assert one.kind is Kind.MOVED
    assert one.after.startswith("乙方按本协议")


def test_numbers_that_follow_a_changed_number_are_told_in_one_sentence() -> None:
    (first, *_) = compared(SENT, TAMPERING["numbers restarted"][0](SENT)).differences
    assert (first.before, first.after, first.detail) == ("2", "7", "number, and 2 more after it")


def test_a_tracked_change_is_told_with_its_author_and_date() -> None:
    (one,) = compared(SENT, TAMPERING["a tracked insertion"][0](SENT)).differences
    assert (one.kind, one.author, one.date, one.after) == (Kind.TRACKED, "王敏", "2026-11-20", "（补充）")


def test_a_change_that_is_not_tracked_is_told_beside_one_that_is() -> None:
    found = compared(SENT, TAMPERING["an untracked change under a tracked one"][0](SENT))
    assert [one.kind for one in found.differences] == [Kind.CHANGED, Kind.TRACKED]


def test_a_comment_is_told_with_the_heading_it_stands_under() -> None:
    (one,) = compared(SENT, TAMPERING["a comment"][0](SENT)).differences
    assert (one.author, one.after, one.where.heading) == ("王敏", "第三条请改为十分钟。", "服务范围")


def test_what_was_filled_in_is_told() -> None:
    found = compared(SENT, fill_in(SENT))
    assert found.untouched
    assert values(found) == VALUES


def test_an_empty_form_has_nothing_filled_in() -> None:
    assert compared(SENT, SENT) == Comparison()


def test_a_value_is_read_from_a_field_that_lost_its_control() -> None:
    found = compared(SENT, HARMLESS["controls lost from a filled copy"](SENT))
    assert values(found) == VALUES
    assert [note.about for note in found.notes] == [About.CONTROLS_LOST]


def test_a_field_that_was_cleared_of_its_words_is_empty() -> None:
    found = compared(SENT, fill_in(SENT, dict.fromkeys(VALUES, "")))
    assert (said(found), values(found)) == ([], {})


def test_a_value_that_was_sent_and_cleared_is_noted() -> None:
    sent = fill_in(SENT)
    found = compared(sent, fill_in(SENT, {**VALUES, "sign:customer:1:title": ""}))
    assert found.untouched
    assert [str(note) for note in found.notes] == ["field-cleared: sign:customer:1:title"]


def test_a_seal_beside_the_signature_is_noted_and_no_difference() -> None:
    found = compared(SENT, HARMLESS["a seal"](SENT))
    assert found.untouched
    assert [note.about for note in found.notes] == [About.PICTURE_IN_SIGNATURE]


def test_removed_protection_is_noted() -> None:
    assert [note.about for note in compared(SENT, HARMLESS["protection removed"](SENT)).notes] == [
        About.PROTECTION_REMOVED
    ]


# --- any character


def texts(content: bytes, part: str) -> int:
    return sum(1 for text in etree.fromstring(unpack(content)[part]).iter(f"{W}t") if is_fixed(text))


def is_fixed(text: etree._Element) -> bool:
    """Not in a signature field, nor the number of a page."""
    holder = text.getparent()
    before = None if holder is None else holder.getprevious()
    counted = before is not None and before.find(f"{W}fldChar[@{W}fldCharType='separate']") is not None
    tags = [one for one in text.iterancestors(f"{W}sdt") if one.find(f"{W}sdtPr/{W}tag") is not None]
    return bool((text.text or "").strip()) and not tags and not counted


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    part=st.sampled_from(
        ["word/document.xml", "word/document.xml", "word/header1.xml", "word/footer1.xml", "word/footnotes.xml"]
    ),
    seed=st.integers(0, 1 << 30),
    put=st.sampled_from(
        ["不", "0", "９", "-", "\u2212", "\u200b", "\u00ad", "\ufeff", "а", "，", ",", "\u0301", "x", "\u202e"]
    ),
    act=st.sampled_from(["insert", "replace", "delete"]),
)
def test_any_changed_character_is_a_difference(part: str, seed: int, put: str, act: str) -> None:
    chance = random.Random(seed)
    place = chance.randrange(texts(SENT, part))

    def change(tree: etree._Element) -> None:
        text = [one for one in tree.iter(f"{W}t") if is_fixed(one)][place]
        old = text.text or ""
        at = chance.choice([index for index, one in enumerate(old) if not one.isspace()])
        text.text = old[:at] + ("" if act == "delete" else put) + (old[at:] if act == "insert" else old[at + 1 :])

    tampered = edited(SENT, change, part)
    if bytes_of(unpack(tampered)[part]) == bytes_of(unpack(edited(SENT, lambda _tree: None, part))[part]):
        return  # a letter replaced by itself
    assert said(compared(SENT, tampered)) != []


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1 << 30))
def test_no_way_to_split_runs_is_a_difference(seed: int) -> None:
    assert said(compared(SENT, split_runs(SENT, seed))) == []


# --- files that cannot be compared


def test_a_file_that_cannot_be_read_is_a_message() -> None:
    found = compare_returned(SENT, b"%PDF-1.7 ...")
    assert isinstance(found, Unreadable)
    assert "PDF" in found.message


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 1 << 30))
def test_no_mutilated_file_makes_the_comparison_fail(seed: int) -> None:
    chance = random.Random(seed)
    part = chance.choice(
        ["word/document.xml", "word/styles.xml", "word/numbering.xml", "word/footnotes.xml", "word/settings.xml"]
    )

    def change(tree: etree._Element) -> None:
        for _ in range(chance.randrange(1, 12)):
            every = [one for one in tree.iter() if one.getparent() is not None]
            if not every:
                return
            victim, other = chance.choice(every), chance.choice(every)
            parent = victim.getparent()
            assert parent is not None
            act = chance.randrange(4)
            if act == 0:
                parent.remove(victim)
            elif act == 1 and victim is not other and victim not in other.iterancestors():
                other.append(victim)
            elif act == 2 and victim.attrib:
                name = chance.choice(list(victim.attrib))
                victim.set(name, chance.choice(["", "-1", "x", "99999999999999999999", "1.5", "\u2028"]))
            else:
                victim.tag = chance.choice([other.tag, f"{W}del", f"{W}ins", f"{W}p", f"{W}tbl", "{urn:x}y"])

    found = compare_returned(SENT, edited(SENT, change, part))
    assert isinstance(found, (Comparison, Unreadable))
