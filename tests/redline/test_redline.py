"""Two Word files as one with tracked changes: nothing hidden, both texts to be had back, valid for other programs."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.compare.document import Parts
from pipeline.compare.package import Package, open_package
from pipeline.compare.passages import passages
from pipeline.redline import Redlined, Revision, accept_all, redline, reject_all
from tests.compare.conftest import Save, save_again
from tests.compare.documents import W, cell, control, pack, paragraph, parts, png, run, table
from tests.redline.edits import edit
from tests.tools import checkers

__all__ = ["save_again"]

REVISION = Revision("高磊", date(2026, 6, 18), "A/01 → B/00\n响应时限收紧。")
MAIN, HEADER, FOOTER, NOTES = "word/document.xml", "word/header1.xml", "word/footer1.xml", "word/footnotes.xml"


def changed(*edits: tuple[str, str, str]) -> bytes:
    """The small agreement with words of some parts replaced."""
    made = dict(parts())
    for part, old, new in edits:
        text = str(made[part])
        assert old in text, f"{old} is not in {part}"
        made[part] = text.replace(old, new, 1)
    return pack(made)


def body(*blocks: str) -> bytes:
    """An agreement that says nothing but these blocks."""
    text = str(parts()[MAIN])
    start, end = text.index("<w:body>") + len("<w:body>"), text.index("<w:sectPr>")
    return pack({**parts(), MAIN: text[:start] + "".join(blocks) + text[end:]})


def redlined(old: bytes, new: bytes) -> Redlined:
    made = redline(old, new, REVISION)
    assert [str(one) for one in made.problems] == []
    return made


def tree(content: bytes, part: str = MAIN) -> etree._Element:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return etree.fromstring(archive.read(part))


def words(element: etree._Element) -> str:
    return "".join(one.text or "" for one in element.iter(f"{W}t", f"{W}delText"))


def added(content: bytes, part: str = MAIN) -> list[str]:
    return [said for one in tree(content, part).iter(f"{W}ins") if (said := words(one))]


def deleted(content: bytes, part: str = MAIN) -> list[str]:
    return [said for one in tree(content, part).iter(f"{W}del") if (said := words(one))]


def structure(content: bytes) -> list[object]:
    """Paragraphs with style and words, tables with their shape, in every part with text: read without our own code."""
    found: list[object] = []
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in sorted(one for one in archive.namelist() if one in {MAIN, HEADER, FOOTER}):
            part = etree.fromstring(archive.read(name))
            for block in part.iter(f"{W}p", f"{W}tbl"):
                if block.tag == f"{W}tbl":
                    found.append([len(row.findall(f"{W}tc")) for row in block.findall(f"{W}tr")])
                else:
                    style = block.find(f"{W}pPr/{W}pStyle")
                    said = "".join(
                        one.text or "" for one in block.iter(f"{W}t") if next(one.iterancestors(f"{W}p")) is block
                    )
                    found.append((name, "" if style is None else style.get(f"{W}val"), said))
    return found


def assert_holds_both(made: bytes, old: bytes, new: bytes) -> None:
    assert structure(accept_all(made)) == structure(new)
    assert structure(reject_all(made)) == structure(old)
    for content in (accept_all(made), reject_all(made)):
        left = {etree.QName(one).localname for one in tree(content).iter(etree.Element)}
        assert not left & {"ins", "del", "delText", "rPrChange", "pPrChange", "tcPrChange", "customXmlInsRangeStart"}


# -- what is tracked --------------------------------------------------------------------------------------------------


def test_a_number_in_a_cell_is_replaced_and_the_rest_of_the_cell_stays() -> None:
    made = redlined(changed(), changed((MAIN, "15 分钟", "10 分钟")))
    assert (deleted(made.content), added(made.content)) == (["15"], ["10"])
    assert (made.additions, made.deletions) == (1, 1)


def test_chinese_is_compared_by_character_and_latin_by_word() -> None:
    made = redlined(
        changed(),
        changed((MAIN, "提前三个工作日", "提前十个工作日"), (MAIN, "answers every incident", "answers each incident")),
    )
    assert deleted(made.content) == ["every", "三"]
    assert added(made.content) == ["each", "十"]


def test_every_change_names_author_and_day_and_nothing_is_moved() -> None:
    paragraphs = [paragraph(f"第 {number} 条的内容各不相同：{number * 7919}。") for number in range(6)]
    made = redlined(body(*paragraphs), body(paragraphs[5], *paragraphs[:5])).content
    marks = list(tree(made).iter(f"{W}ins", f"{W}del"))
    assert {one.get(f"{W}author") for one in marks} == {"高磊"}
    assert {one.get(f"{W}date") for one in marks} == {"2026-06-18T00:00:00Z"}
    assert len({one.get(f"{W}id") for one in marks}) == len(marks)
    assert b"move" not in etree.tostring(tree(made))
    assert added(made) == deleted(made) == ["第 5 条的内容各不相同：39595。"]


def test_the_reason_stands_in_a_comment_and_the_file_is_not_locked() -> None:
    made = redlined(changed(), changed((MAIN, "15 分钟", "10 分钟"))).content
    comments = tree(made, "word/comments.xml")
    (comment,) = comments
    assert comment.get(f"{W}author") == "高磊"
    assert [words(one) for one in comment.iter(f"{W}p")] == ["A/01 → B/00", "响应时限收紧。"]
    (reference,) = tree(made).iter(f"{W}commentReference")
    assert words(next(reference.iterancestors(f"{W}p"))) == "海港核心系统服务级别协议"
    assert tree(made, "word/settings.xml").find(f"{W}documentProtection") is None


def test_rows_that_came_and_went_are_whole_rows_and_a_changed_one_is_paired_by_its_first_cell() -> None:
    head = ("编号", "指标", "时限")
    old = body(table(head, ("1.1", "响应时间", "15 分钟"), ("1.2", "解决时间", "4 小时")), paragraph("完"))
    new = body(table(head, ("1.1", "首次联系解决", "—"), ("1.3", "更新间隔", "30 分钟")), paragraph("完"))
    made = redlined(old, new).content
    rows = list(tree(made).iter(f"{W}tr"))
    states = [[etree.QName(one).localname for one in row.iterfind(f"{W}trPr/*")] for row in rows]
    assert states == [["tblHeader"], [], ["del"], ["ins"]]
    assert "1.1" not in [*added(made), *deleted(made)]
    assert_holds_both(made, old, new)


def test_a_column_more_replaces_the_rows_and_both_grids_are_kept() -> None:
    old = body(table(("编号", "指标"), ("1.1", "响应")), paragraph("完"))
    new = body(table(("编号", "指标", "时限"), ("1.1", "响应", "15 分钟")), paragraph("完"))
    made = redlined(old, new).content
    assert_holds_both(made, old, new)
    assert len(list(tree(reject_all(made)).iter(f"{W}gridCol"))) == 2
    assert len(list(tree(accept_all(made)).iter(f"{W}gridCol"))) == 3


def test_merged_cells_that_are_merged_otherwise_come_back_either_way() -> None:
    start, more = cell("甲", properties='<w:vMerge w:val="restart"/>'), cell("", properties="<w:vMerge/>")
    old = body(table((start, "一"), (more, "二"), (cell("乙"), "三")), paragraph("完"))
    new = body(table((start, "一"), (cell("乙"), "二"), (more, "三")), paragraph("完"))
    made = redlined(old, new).content
    assert_holds_both(made, old, new)
    shapes = [[row.find(f".//{W}vMerge") is not None for row in tree(one).iter(f"{W}tr")] for one in (
        reject_all(made), accept_all(made))]  # fmt: skip
    assert shapes == [[True, True, False], [True, False, True]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["甲方"], ["甲方", "乙方另行约定"]),
        (["甲方", "乙方另行约定"], ["甲方"]),
        (["甲方", "其余事项", "乙方另行约定"], ["甲方"]),
        (["甲方"], ["乙方另行约定"]),
        ([""], ["甲方", ""]),
        (["甲方", "乙方"], ["乙方", "甲方"]),
    ],
)
def test_paragraphs_at_the_end_of_a_cell_come_and_go(old: list[str], new: list[str]) -> None:
    """The last paragraph of a cell has an end that no program can delete."""
    before, after = (body(table(("1.1", cell(*one))), paragraph("完")) for one in (old, new))
    made = redlined(before, after).content
    assert_holds_both(made, before, after)
    last = list(tree(made).iter(f"{W}tc"))[1].findall(f"{W}p")[-1]
    assert last.find(f"{W}pPr/{W}rPr") is None, "the end of the last paragraph is tracked"


def test_headers_and_footers_and_notes_are_redlined_too() -> None:
    old = changed()
    new = changed((HEADER, "B/00", "B/01"), (FOOTER, " 页　共 ", " 页，共 "), (NOTES, "自工单受理时", "自工单提交时"))
    made = redlined(old, new).content
    assert (deleted(made, HEADER), added(made, HEADER)) == (["00"], ["01"])
    assert (deleted(made, FOOTER), added(made, FOOTER)) == (["　"], ["，"])
    assert (deleted(made, NOTES), added(made, NOTES)) == (["受理"], ["提交"])
    assert words(tree(reject_all(made), NOTES)) == words(tree(old, NOTES))


def test_a_note_that_went_is_shown_as_deleted_with_its_words() -> None:
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    old, new = changed(), changed((MAIN, reference, ""))
    made = redlined(old, new).content
    assert deleted(made, NOTES) == [" 响应时间自工单受理时起算。"]
    back = redlined(new, old).content
    assert added(back, NOTES) == [" 响应时间自工单受理时起算。"]
    assert next(tree(made).iter(f"{W}del")).find(f"{W}r/{W}footnoteReference") is not None


def test_a_deleted_picture_comes_along_and_a_kept_one_stays() -> None:
    text = str(parts()[MAIN])
    start = text.index("<w:r><w:drawing><wp:inline")
    gone = text[start : text.index("</w:r>", start) + len("</w:r>")]
    made_without = {name: one for name, one in parts().items() if name != "word/media/logo.png"}
    relations = "word/_rels/document.xml.rels"
    entry = next(one for one in str(parts()[relations]).split("<") if "rIdLogo" in one)
    made_without |= {MAIN: text.replace(gone, ""), relations: str(parts()[relations]).replace(f"<{entry}", "")}
    old, new = changed(), pack(made_without)
    made = redlined(old, new).content
    with zipfile.ZipFile(BytesIO(made)) as archive:
        assert archive.read("word/media/former-logo.png") == png(90)
    assert next(tree(made).iter(f"{W}del")).find(f"{W}r/{W}drawing") is not None
    assert len(list(tree(accept_all(made)).iter(f"{W}drawing"))) == len(list(tree(new).iter(f"{W}drawing")))
    assert len(list(tree(reject_all(made)).iter(f"{W}drawing"))) == len(list(tree(old).iter(f"{W}drawing")))


def test_changed_looks_are_tracked_and_words_are_not() -> None:
    old = body(paragraph(run("紧急维护除外")))
    new = body(paragraph(run("紧急维护除外", "<w:b/>"), properties='<w:jc w:val="center"/>'))
    made = redlined(old, new)
    assert (made.additions, made.deletions, made.formats) == (0, 0, 2)
    assert tree(reject_all(made.content)).find(f".//{W}b") is None
    assert tree(reject_all(made.content)).find(f".//{W}jc") is None
    assert tree(accept_all(made.content)).find(f".//{W}b") is not None


def test_a_signature_field_that_came_or_went_is_tracked_as_a_control() -> None:
    field = paragraph(run("姓名：") + control("sign:customer:2:name", "点击填写姓名", 700090))
    old, new = body(paragraph("签署"), paragraph("完")), body(paragraph("签署"), field, paragraph("完"))
    made = redlined(old, new).content
    assert len(list(tree(accept_all(made)).iter(f"{W}sdt"))) == 1
    assert len(list(tree(reject_all(made)).iter(f"{W}sdt"))) == 0
    back = redlined(new, old).content
    assert len(list(tree(reject_all(back)).iter(f"{W}sdt"))) == 1
    assert len(list(tree(accept_all(back)).iter(f"{W}sdt"))) == 0


def test_the_same_files_give_the_same_bytes() -> None:
    old, new = changed(), changed((MAIN, "15 分钟", "10 分钟"), (HEADER, "B/00", "B/01"))
    assert redline(old, new, REVISION).content == redline(old, new, REVISION).content


# -- what is refused --------------------------------------------------------------------------------------------------


def errors(old: bytes, new: bytes) -> list[str]:
    made = redline(old, new, REVISION, ("old.docx", "new.docx"))
    assert made.content == b""
    return [str(one) for one in made.problems if one.severity == "error"]


def test_files_that_are_no_word_files_or_mean_harm_are_refused() -> None:
    entity = {**parts(), MAIN: '<!DOCTYPE x [<!ENTITY a "b">]>' + str(parts()[MAIN]).partition("?>")[2]}
    bomb = {**parts(), MAIN: str(parts()[MAIN]) + " " * (50 << 20)}
    assert errors(b"%PDF-1.7", changed()) == [
        "old.docx:1:1: error: this is a PDF; compare the Word file (.docx) that the other party returned"
    ]
    assert errors(changed(), pack(entity)) == [
        "new.docx:1:1: error: word/document.xml declares entities, which no Word file does"
    ]
    assert errors(changed(), pack(bomb)) == ["new.docx:1:1: error: the text of the file is too large unpacked"]


def test_a_file_with_tracked_changes_of_its_own_is_refused() -> None:
    tracked = redlined(changed(), changed((MAIN, "15 分钟", "10 分钟"))).content
    assert errors(tracked, changed()) == [
        "old.docx:1:1: error: the file holds tracked changes already; accept or reject them in Word first"
    ]


def test_what_no_tracked_change_can_say_is_an_error_and_gives_no_file() -> None:
    section = paragraph("其一").replace("</w:pPr>", '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:pPr>')
    old, new = body(paragraph("其一"), paragraph("完")), body(section, paragraph("完"))
    assert errors(old, new) == ["new.docx:1:1: error: the text has 2 sections, and had 1"]
    chunk = '<w:altChunk r:id="rIdSite"/>'
    assert errors(body(paragraph("完")), body(chunk, paragraph("完"))) == [
        "new.docx:1:1: error: the files hold what tracked changes cannot express: altChunk"
    ]


def test_a_numbering_that_a_style_changes_is_an_error_because_the_numbers_are_read() -> None:
    made = {**parts(), "word/numbering.xml": str(parts()["word/numbering.xml"]).replace("表 %1", "Table %1")}
    (wrong,) = errors(changed(), pack(made))
    assert wrong == (
        "new.docx:1:1: error: refusing all changes does not give the old text: "
        "a reader finds 'Table 1 目标一览' for '表 1 目标一览'"
    )


def test_styles_that_look_otherwise_are_a_warning() -> None:
    made = {**parts(), "word/styles.xml": str(parts()["word/styles.xml"]).replace("w:val='40'", 'w:val="44"')}
    found = redline(changed(), pack(made), REVISION, ("old.docx", "new.docx"))
    assert [str(one) for one in found.problems] == [
        "new.docx:1:1: warning: styles look otherwise than in the earlier file, which no tracked change can say: Title"
    ]
    assert found.content


def test_a_file_that_does_not_hold_both_texts_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.redline import lines

    monkeypatch.setattr(lines, "_opcodes", lambda _old, new: iter([("insert", 0, 0, 0, len(new))]))
    (wrong,) = errors(changed(), changed((MAIN, "15 分钟", "10 分钟")))
    assert wrong.startswith("new.docx:1:1: error: refusing all changes does not give the old text: ")


# -- other programs ---------------------------------------------------------------------------------------------------


def everything_changed() -> tuple[bytes, bytes]:
    """Two agreements that differ in every kind of content."""
    new = changed(
        (MAIN, "15 分钟", "10 分钟"),
        (MAIN, "乙方应在服务窗口之外进行维护。", "乙方应当在服务窗口之外进行维护，并事先通知。"),
        (MAIN, paragraph("双方经授权的代表签署如下。"), table(("新表", "一"), ("行", "二")) + paragraph("签署如下。")),
        (MAIN, '<w:r><w:footnoteReference w:id="2"/></w:r>', ""),
        (MAIN, "服务目录", "目录"),
        (MAIN, "<w:b/>", "<w:i/>"),
        (HEADER, "B/00", "B/01"),
    )
    return changed(), new


def test_the_validator_accepts_redlines_in_both_directions(tmp_path: Path) -> None:
    old, new = everything_changed()
    files = [tmp_path / "there.docx", tmp_path / "back.docx"]
    base = tmp_path / "base.docx"
    base.write_bytes(old)
    files[0].write_bytes(redlined(old, new).content)
    files[1].write_bytes(redlined(new, old).content)
    known = checkers.validate(base).get(base, [])
    found = checkers.validate(*files)
    assert {file.name: [one for one in said if one not in known] for file, said in found.items() if said} in (
        {},
        {file.name: [] for file in files},
    )


def read(content: bytes, *, accepted: bool) -> list[str]:
    """The words of the body, as the reader of returned copies reads them."""
    package = open_package(content)
    assert isinstance(package, Package)
    blocks = Parts(package).read(accepted=accepted).body.blocks
    return [one.text for one in passages(blocks) if one.text]


def test_libreoffice_reads_the_same_two_texts(save_again: Save) -> None:
    """Held against what it makes of the two files themselves: it writes the words of some controls several times."""
    old, new = everything_changed()
    saved = save_again(redlined(old, new).content)
    assert read(saved, accepted=True) == read(save_again(new), accepted=True)
    assert read(saved, accepted=False) == read(save_again(old), accepted=True)
    assert "10 分钟" in read(saved, accepted=True)
    assert "15 分钟" in read(saved, accepted=False)


# -- the demonstration ------------------------------------------------------------------------------------------------


def versions(output: Path) -> list[tuple[Path, Path]]:
    """Every two versions of an agreement in one language."""
    files: dict[tuple[str, str], list[Path]] = {}
    for file in sorted(output.glob("*/agreements/*.docx")):
        name, _, rest = file.name.partition("_")
        files.setdefault((name, rest.partition(".")[2]), []).append(file)
    return [(one, other) for group in files.values() for one in group for other in group if one is not other]


def heavily_changed(output: Path) -> list[tuple[Path, Path]]:
    """Agreements that share a template and little else, in both languages."""
    names = (
        ("harbour-port/agreements/sla-harbour-core_B-00", "renhe-hospital/agreements/sla-renhe-clinical_A-01"),
        (
            "infrastructure-team/agreements/ola-infrastructure_A-00.en",
            "nordwind-asia/agreements/sla-nordwind-office_A-00",
        ),
        ("internal/improvements/sip-2026-01.zh-CN", "internal/improvements/sip-2026-03.zh-CN"),
        ("internal/improvements/sip-2026-02.en", "internal/improvements/sip-2026-03.en"),
    )
    return [(output / f"{one}.docx", output / f"{other}.docx") for one, other in names]


def test_every_pair_of_versions_and_heavily_changed_agreements_become_valid_redlines(
    demo_output: Path, tmp_path: Path
) -> None:
    pairs = [*versions(demo_output), *heavily_changed(demo_output)]
    assert len(pairs) >= 12
    files = []
    for number, (old, new) in enumerate(pairs):
        made = redline(old.read_bytes(), new.read_bytes(), REVISION, (old.name, new.name))
        assert [str(one) for one in made.problems if one.severity == "error"] == []
        assert made.additions + made.deletions > 0
        assert_holds_both(made.content, old.read_bytes(), new.read_bytes())
        files.append(tmp_path / f"{number}.docx")
        files[-1].write_bytes(made.content)
    assert checkers.validate(*files) == {}


def test_a_redline_of_the_demonstration_opens_in_libreoffice(demo_output: Path, tmp_path: Path) -> None:
    folder = demo_output / "harbour-port" / "agreements"
    old, new = folder / "sla-harbour-core_A-01.docx", folder / "sla-harbour-core_B-00.docx"
    file = tmp_path / "redline.docx"
    file.write_bytes(redlined(old.read_bytes(), new.read_bytes()).content)
    (page,) = checkers.soffice(file, folder=tmp_path)
    text = "".join(checkers.pdf_text(page).split())
    for said in ("SLA-HARBOUR-CORE·A/01B/00", "2026年12月312027年6月30日", "3.4应用支持"):
        assert said in text


# -- any edits --------------------------------------------------------------------------------------------------------


def edited(random: Random, most: int) -> bytes:
    made = dict(parts())
    for name, path in ((MAIN, f"{W}body"), (HEADER, "."), (NOTES, "*[last()]")):
        part = etree.fromstring(str(made[name]).encode())
        target = part.find(path)
        assert target is not None
        for _ in range(random.randrange(most + 1)):
            edit(target, random)
        made[name] = etree.tostring(part)
    return pack(made)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_whatever_was_edited_both_texts_come_back(random: Random, most: int) -> None:
    old, new = edited(random, most), edited(random, most)
    made = redlined(old, new).content
    assert_holds_both(made, old, new)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.integers(1, 25))
def test_whatever_was_edited_both_texts_come_back_at_length(random: Random, most: int) -> None:
    old, new = edited(random, most), edited(random, most)
    assert_holds_both(redlined(old, new).content, old, new)
