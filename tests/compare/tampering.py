"""What can happen to a returned copy: each way to change what it says, and each way to store the same words otherwise.

Every function takes and gives the bytes of a Word file. Those in `TAMPERING` change what a reader reads, each in a way
that has to be reported as the kind beside it; those in `HARMLESS` do not.
"""
# ruff: noqa: E501 - markup is easier to read unbroken

from __future__ import annotations

import random
import re
from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from pipeline.compare import Kind
from tests.compare.documents import RELATIONS, W, agreement, pack, paragraph, picture, png, run, table, text_box, unpack

Change = Callable[[bytes], bytes]
MAIN = "word/document.xml"
_SPACES = etree.fromstring(unpack(agreement())[MAIN]).nsmap
_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def edited(content: bytes, change: Callable[[etree._Element], None], part: str = MAIN) -> bytes:
    parts = unpack(content)
    tree = etree.fromstring(parts[part])
    change(tree)
    return pack({**parts, part: etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)})


def made(markup: str) -> list[etree._Element]:
    names = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _SPACES.items())
    return list(etree.fromstring(f"<x {names}>{markup}</x>"))


def words(tree: etree._Element) -> list[etree._Element]:
    """The texts of the body that are neither fields nor drawn nor in the table of contents."""

    def is_plain(text: etree._Element) -> bool:
        return all(
            etree.QName(one).localname not in {"sdt", "txbxContent", "hyperlink"} for one in text.iterancestors()
        ) and bool((text.text or "").strip())

    return [text for text in tree.iter(f"{W}t") if is_plain(text)]


def long_text(tree: etree._Element) -> etree._Element:
    """The first sentence under a heading that stands outside of tables."""
    begun = False
    for text in words(tree):
        style = paragraph_of(text).find(f"{W}pPr/{W}pStyle")
        begun = begun or (style is not None and style.get(f"{W}val") == "Heading1")
        in_table = any(one.tag == f"{W}tc" for one in text.iterancestors())
        if begun and len(text.text or "") > 20 and re.search("[0-9]", text.text or "") and not in_table:
            return text
    raise AssertionError


def cell_text(tree: etree._Element) -> etree._Element:
    """A text with a figure in a table."""
    return next(
        text for text in words(tree)
        if any(one.tag == f"{W}tc" for one in text.iterancestors()) and re.search(r"\d", text.text or "")
    )  # fmt: skip


def run_of(text: etree._Element) -> etree._Element:
    found = text.getparent()
    assert found is not None
    return found


def paragraph_of(text: etree._Element) -> etree._Element:
    return next(text.iterancestors(f"{W}p"))


def on_words(change: Callable[[etree._Element], None]) -> Change:
    """Apply to the first long paragraph."""
    return lambda content: edited(content, lambda tree: change(long_text(tree)))


def looks(markup: str) -> Change:
    def change(text: etree._Element) -> None:
        holder = run_of(text)
        properties = holder.find(f"{W}rPr")
        if properties is None:
            properties = etree.Element(f"{W}rPr")
            holder.insert(0, properties)
        for one in made(markup):
            for old in properties.findall(one.tag):
                properties.remove(old)
            properties.append(one)

    return on_words(change)


def after_words(markup: str) -> Change:
    """Put something behind the run of the first long text."""

    def change(text: etree._Element) -> None:
        for one in reversed(made(markup)):
            run_of(text).addnext(one)

    return on_words(change)


def after_paragraph(markup: str) -> Change:
    def change(text: etree._Element) -> None:
        for one in reversed(made(markup)):
            paragraph_of(text).addnext(one)

    return on_words(change)


def _digit(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        text = cell_text(tree)
        text.text = re.sub(r"\d", lambda found: str((int(found[0]) + 1) % 10), text.text or "", count=1)

    return edited(content, change)


def _letter(old: int, put: str) -> Change:
    def change(text: etree._Element) -> None:
        said = text.text or ""
        text.text = said[:old] + put + said[old + 1 :]

    return on_words(change)


def _insert(put: str) -> Change:
    def change(text: etree._Element) -> None:
        said = text.text or ""
        text.text = said[:5] + put + said[5:]

    return on_words(change)


def _remove_paragraph(content: bytes) -> bytes:
    def change(text: etree._Element) -> None:
        block = paragraph_of(text)
        parent = block.getparent()
        assert parent is not None
        parent.remove(block)

    return on_words(change)(content)


def _move_paragraph(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        block = paragraph_of(long_text(tree))
        places = [
            one
            for one in tree.iter(f"{W}p")
            if one.getparent() is block.getparent() and any(True for _ in one.iter(f"{W}t"))
        ]
        places[places.index(block) + 3].addnext(block)

    return edited(content, change)


def _rows(tree: etree._Element) -> tuple[etree._Element, etree._Element, etree._Element]:
    row = next(cell_text(tree).iterancestors(f"{W}tr"))
    parent = row.getparent()
    assert parent is not None
    return row, parent, next(one for one in row.iter(f"{W}tc"))


def _remove_row(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        row, parent, _ = _rows(tree)
        parent.remove(row)

    return edited(content, change)


def _add_row(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        row, _, _ = _rows(tree)
        added = deepcopy(row)
        for number, text in enumerate(added.iter(f"{W}t")):
            text.text = f"新增内容 {number}"
        row.addnext(added)

    return edited(content, change)


def _swap_cells(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        _, _, cell = _rows(tree)
        following = cell.getnext()
        assert following is not None
        cell.addprevious(following)

    return edited(content, change)


def _running(kind: str) -> Change:
    def change(content: bytes) -> bytes:
        for name in sorted(unpack(content)):
            if not re.fullmatch(rf"word/{kind}\d*\.xml", name):
                continue
            tree = etree.fromstring(unpack(content)[name])
            texts = [text for text in tree.iter(f"{W}t") if len((text.text or "").strip()) > 3]
            if texts:

                def edit(part: etree._Element) -> None:
                    text = next(text for text in part.iter(f"{W}t") if len((text.text or "").strip()) > 3)
                    text.text = (text.text or "")[:-1] + "改"

                return edited(content, edit, name)
        raise AssertionError

    return change


def _hide_footer(content: bytes) -> bytes:
    """A first page of its own, without the fingerprint."""

    def change(tree: etree._Element) -> None:
        section = list(tree.iter(f"{W}sectPr"))[-1]
        page = section.find(f"{W}titlePg")
        if page is not None:
            section.remove(page)
            return
        section.extend(made("<w:titlePg/>"))

    return edited(content, change)


def _with_part(content: bytes, name: str, text: str | bytes, kind: str, content_type: str) -> bytes:
    parts = unpack(content)
    rels = "word/_rels/document.xml.rels"
    line = f'<Relationship Id="rIdNew9" Type="{RELATIONS}/{kind}" Target="{name}"/></Relationships>'
    override = f'<Override PartName="/word/{name}" ContentType="{content_type}"/></Types>'
    return pack(
        {
            **parts,
            f"word/{name}": text,
            rels: str_of(parts[rels]).replace("</Relationships>", line),
            "[Content_Types].xml": str_of(parts["[Content_Types].xml"]).replace("</Types>", override),
        }
    )


def str_of(content: str | bytes) -> str:
    return content if isinstance(content, str) else content.decode()


def _external(content: bytes, kind: str, target: str, part: str = "word/_rels/document.xml.rels") -> bytes:
    parts = unpack(content)
    empty = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    line = f'<Relationship Id="rIdOut9" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    held = str_of(parts.get(part, empty)).replace("/></Relationships>", "/></Relationships>")
    return pack({**parts, part: held.replace("</Relationships>", line)})


def _comment(content: bytes) -> bytes:
    said = paragraph("第三条请改为十分钟。")
    part = f'<w:comments xmlns:w="{W[1:-1]}"><w:comment w:id="5" w:author="王敏" w:date="2026-11-20T09:00:00Z">{said}</w:comment></w:comments>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
    return after_words('<w:r><w:commentReference w:id="5"/></w:r>')(
        _with_part(content, "comments.xml", part, "comments", kind)
    )


_BY = 'w:id="901" w:author="王敏" w:date="2026-11-20T09:00:00Z"'


def _tracked_delete(content: bytes) -> bytes:
    def change(text: etree._Element) -> None:
        holder = run_of(text)
        wrapped = made(f"<w:del {_BY}></w:del>")[0]
        holder.addprevious(wrapped)
        wrapped.append(holder)
        text.tag = f"{W}delText"

    return on_words(change)(content)


def _tracked_row(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        row, _, _ = _rows(tree)
        row.insert(0, made(f"<w:trPr><w:del {_BY}/></w:trPr>")[0])

    return edited(content, change)


def _tracked_move(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        text = long_text(tree)
        holder = run_of(text)
        moved = deepcopy(holder)
        start, target = made(f"<w:moveFrom {_BY}></w:moveFrom><w:moveTo {_BY}></w:moveTo>")
        holder.addprevious(start)
        start.append(holder)
        target.append(moved)
        list(tree.iter(f"{W}p"))[-1].append(target)

    return edited(content, change)


def _tracked_in_false_field(content: bytes) -> bytes:
    """A tracked deletion that calls itself part of a signature field."""

    def change(tree: etree._Element) -> None:
        change = next(tree.iter(f"{W}del"))
        tag = '<w:sdt><w:sdtPr><w:tag w:val="sign:customer:1:name"/></w:sdtPr><w:sdtContent></w:sdtContent></w:sdt>'
        control = made(tag)[0]
        change.addprevious(control)
        control[1].append(change)

    return edited(_tracked_delete(content), change)


def _untracked_under_tracked(content: bytes) -> bytes:
    """A change that is tracked draws the eye from one that is not."""
    return _digit(after_words(f"<w:ins {_BY}>{run('（补充）')}</w:ins>")(content))


def _hidden_style(content: bytes) -> bytes:
    style = (
        '<w:style w:type="character" w:styleId="Quiet9"><w:name w:val="Quiet 9"/><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    styled = edited(content, lambda tree: tree.extend(made(style)), "word/styles.xml")
    return looks('<w:rStyle w:val="Quiet9"/>')(styled)


def _hide_row(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        row, _, _ = _rows(tree)
        row.insert(0, made("<w:trPr><w:hidden/></w:trPr>")[0])

    return edited(content, change)


def _restart(content: bytes) -> bytes:
    """The second heading begins to count at seven."""

    def numbering(tree: etree._Element) -> None:
        first = next(tree.iter(f"{W}num"))
        target = next(one for one in first if one.tag == f"{W}abstractNumId").get(f"{W}val")
        again = f'<w:num w:numId="990"><w:abstractNumId w:val="{target}"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>'
        tree.extend(made(again))

    def body(tree: etree._Element) -> None:
        headings = [one for one in tree.iter(f"{W}p") if one.find(f"{W}pPr/{W}pStyle[@{W}val='Heading1']") is not None]
        properties = headings[1].find(f"{W}pPr")
        assert properties is not None
        properties.insert(1, made('<w:numPr><w:ilvl w:val="0"/><w:numId w:val="990"/></w:numPr>')[0])

    return edited(edited(content, numbering, "word/numbering.xml"), body)


def _demote(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        styles = [one for one in tree.iter(f"{W}pStyle") if one.get(f"{W}val") == "Heading1"]
        styles[1].set(f"{W}val", "Heading2")

    return edited(content, change)


def _fake_numbering(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        next(tree.iter(f"{W}lvlText")).set(f"{W}val", "草案 %1")

    return edited(content, change, "word/numbering.xml")


def _wrap_in_field(content: bytes) -> bytes:
    """A clause put into a control that calls itself a signature field."""

    def change(text: etree._Element) -> None:
        text.text = "甲方对上述服务不承担任何付款义务。"
        holder = run_of(text)
        tag = '<w:sdt><w:sdtPr><w:tag w:val="sign:customer:1:name"/></w:sdtPr><w:sdtContent></w:sdtContent></w:sdt>'
        control = made(tag)[0]
        holder.addprevious(control)
        control[1].append(holder)

    return on_words(change)(content)


def _field_texts(tree: etree._Element) -> dict[str, etree._Element]:
    return {
        tag.get(f"{W}val", ""): next(control.iter(f"{W}t"))
        for control in tree.iter(f"{W}sdt")
        if (tag := control.find(f"{W}sdtPr/{W}tag")) is not None and tag.get(f"{W}val", "").startswith("sign:")
    }


VALUES = {
    "sign:customer:1:name": "王敏",
    "sign:customer:1:title": "信息部总经理",
    "sign:customer:1:date": "2026年12月1日",
}


def fill_in(content: bytes, values: dict[str, str] | None = None) -> bytes:
    """As Word does it: the value replaces the words that asked for it."""

    def change(tree: etree._Element) -> None:
        texts = _field_texts(tree)
        for tag, said in (VALUES if values is None else values).items():
            control = next(texts[tag].iterancestors(f"{W}sdt"))
            blank = control.find(f"{W}sdtPr/{W}showingPlcHdr")
            if blank is not None:
                control[0].remove(blank)
            first, *rest = control.iter(f"{W}t")
            first.text = said
            for text in rest:
                text.text = ""

    return edited(content, change)


def _clause_in_field(content: bytes) -> bytes:
    long = "王敏，并且双方同意本协议所列全部抵扣条款自始不适用于乙方，乙方对任何未达标的服务级别均不承担责任，甲方放弃一切索赔的权利。"
    return fill_in(content, {"sign:customer:1:name": long})


def _beside_field(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        block = paragraph_of(_field_texts(tree)["sign:customer:1:name"])
        for one in made(paragraph("甲方放弃索赔的权利。")):
            block.addnext(one)

    return edited(content, change)


def _label_of_field(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        control = next(_field_texts(tree)["sign:customer:1:name"].iterancestors(f"{W}sdt"))
        table_of = next(control.iterancestors(f"{W}tbl"))
        text = next(one for one in words(table_of) if len((one.text or "").strip()) > 1)
        text.text = "见证人" + (text.text or "")

    return edited(content, change)


def _bound(content: bytes) -> bytes:
    """A control whose words come from another part as soon as Word opens the file."""

    def change(text: etree._Element) -> None:
        holder = run_of(text)
        control = made(
            '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/ns0:a/ns0:limit" w:storeItemID="{0}"/></w:sdtPr>'
            "<w:sdtContent></w:sdtContent></w:sdt>"
        )[0]
        holder.addprevious(control)
        control[1].append(holder)

    return on_words(change)(content)


def _other_branch(content: bytes) -> bytes:
    """Other words for programs that do not know the newer format."""

    def change(tree: etree._Element) -> None:
        box = made(text_box("重要提示"))[0]
        for text in list(box.iter(f"{W}t"))[-1:]:
            text.text = "无需提示"
        run_of(long_text(tree)).addnext(box)

    return edited(content, change)


def _new_picture(content: bytes) -> bytes:
    content = _with_part(content, "media/new9.png", png(10), "image", "image/png")
    return after_words(picture("rIdNew9"))(content)


def _page_number(content: bytes) -> bytes:
    """A number that stays where a program put a page number."""
    for name, part in unpack(content).items():
        if name.startswith("word/footer") and b"instrText" in (part if isinstance(part, bytes) else part.encode()):

            def change(tree: etree._Element) -> None:
                for one in [*tree.iter(f"{W}fldChar"), *tree.iter(f"{W}instrText")]:
                    run_of(one).remove(one)

            return edited(content, change, name)
    raise AssertionError


def _contents(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        link = next(one for one in tree.iter(f"{W}hyperlink") if one.get(f"{W}anchor", "").startswith("_Toc"))
        last = list(link.iter(f"{W}t"))[-1]
        last.text = (last.text or "") + "（不适用）"

    return edited(content, change)


def _two_parts(content: bytes) -> bytes:
    """Programs drop what an unknown vocabulary wraps."""

    def change(text: etree._Element) -> None:
        holder = run_of(text)
        wrapped = etree.Element("{urn:unknown}shell")
        holder.addprevious(wrapped)
        wrapped.append(holder)

    return on_words(change)(content)


def _strike_style(content: bytes) -> bytes:
    return looks("<w:strike/>")(content)


_VBA = "application/vnd.ms-office.vbaProject"

TAMPERING: dict[str, tuple[Change, Kind]] = {
    "a digit in a table": (_digit, Kind.CHANGED),
    "a letter replaced": (_letter(4, "勿"), Kind.CHANGED),
    "a letter that looks the same": (_insert("а"), Kind.ADDED),
    "a letter without width": (_insert("\u200b"), Kind.ADDED),
    "a minus": (_insert("-"), Kind.ADDED),
    "a negation": (_insert("不"), Kind.ADDED),
    "a letter taken out": (_letter(6, ""), Kind.REMOVED),
    "a paragraph added": (after_paragraph(paragraph("乙方对间接损失不承担责任。")), Kind.ADDED),
    "a paragraph taken out": (_remove_paragraph, Kind.REMOVED),
    "a paragraph moved": (_move_paragraph, Kind.MOVED),
    "a table added": (after_paragraph(table(("费用", "100 元"), ("折扣", "无"))), Kind.ADDED),
    "a row taken out": (_remove_row, Kind.REMOVED),
    "a row added": (_add_row, Kind.ADDED),
    "two cells exchanged": (_swap_cells, Kind.CHANGED),
    "the header": (_running("header"), Kind.CHANGED),
    "the footer": (_running("footer"), Kind.CHANGED),
    "a text box added": (after_words(text_box("本协议仅供参考。")), Kind.ADDED),
    "hidden words added": (after_words(run("不", "<w:vanish/>")), Kind.HIDDEN),
    "a hidden paragraph added": (after_paragraph(paragraph(run("甲方同意。", "<w:vanish/>"))), Kind.HIDDEN),
    "words hidden": (looks("<w:vanish/>"), Kind.HIDDEN),
    "words hidden by a style": (_hidden_style, Kind.HIDDEN),
    "words made white": (looks('<w:color w:val="FFFFFF"/>'), Kind.HIDDEN),
    "words made light grey": (looks('<w:color w:val="EEEEEE"/>'), Kind.HIDDEN),
    "words made grey on grey": (looks('<w:color w:val="808080"/><w:shd w:val="clear" w:fill="999999"/>'), Kind.HIDDEN),
    "words in the lightest colour of the theme": (
        looks('<w:color w:val="000000" w:themeColor="background1" w:themeShade="F2"/>'), Kind.HIDDEN),
    "yellow words under yellow": (looks('<w:color w:val="FFF000"/><w:highlight w:val="yellow"/>'), Kind.HIDDEN),
    "words made tiny": (looks('<w:sz w:val="2"/>'), Kind.HIDDEN),
    "words on their own colour": (looks('<w:color w:val="336699"/><w:shd w:val="clear" w:fill="336699"/>'), Kind.HIDDEN),
    "a row hidden": (_hide_row, Kind.HIDDEN),
    "words struck out": (_strike_style, Kind.CHANGED),
    "figures raised": (looks('<w:vertAlign w:val="superscript"/>'), Kind.CHANGED),
    "a font of symbols": (looks('<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'), Kind.CHANGED),
    "words turned around": (after_words(f'<w:bdo w:val="rtl">{run("51")}</w:bdo>'), Kind.ADDED),
    "a tracked insertion": (after_words(f"<w:ins {_BY}>{run('（补充）')}</w:ins>"), Kind.TRACKED),
    "a tracked deletion": (_tracked_delete, Kind.TRACKED),
    "a tracked move": (_tracked_move, Kind.TRACKED),
    "a tracked deletion of a row": (_tracked_row, Kind.TRACKED),
    "an untracked change under a tracked one": (_untracked_under_tracked, Kind.CHANGED),
    "a tracked insertion in pieces": (
        after_words(f"<w:ins {_BY}>{run('（补')}</w:ins><w:ins {_BY}>{run('充）')}</w:ins>"), Kind.TRACKED),
    "words that came and went": (
        after_words(f"<w:ins {_BY}><w:del {_BY}><w:r><w:delText>（客户除外）</w:delText></w:r></w:del></w:ins>"), Kind.TRACKED),
    "a tracked deletion in a false signature field": (_tracked_in_false_field, Kind.TRACKED),
    "a comment": (_comment, Kind.COMMENT),
    "numbers restarted": (_restart, Kind.CHANGED),
    "a heading one level down": (_demote, Kind.CHANGED),
    "words in the numbers": (_fake_numbering, Kind.CHANGED),
    "a clause in a false signature field": (_wrap_in_field, Kind.ADDED),
    "a clause in a signature field": (_clause_in_field, Kind.FIELD),
    "a clause below a signature field": (_beside_field, Kind.FIELD),
    "the words beside a signature field": (_label_of_field, Kind.ADDED),
    "words bound to another part": (_bound, Kind.FIELD),
    "a command field": (
        after_words('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DDEAUTO excel "a.xls" "r1c1" </w:instrText></w:r>'
                    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'), Kind.FIELD),
    "a file drawn in": (after_words('<w:fldSimple w:instr=" INCLUDETEXT &quot;terms.docx&quot; "></w:fldSimple>'), Kind.FIELD),
    "a page number made fast": (_page_number, Kind.CHANGED),
    "other words for other programs": (_other_branch, Kind.HIDDEN),
    "a picture added": (_new_picture, Kind.PICTURE),
    "words wrapped so that programs drop them": (_two_parts, Kind.REMOVED),
    "the table of contents": (_contents, Kind.CHANGED),
    "macros": (lambda content: _with_part(content, "vbaProject.bin", b"x", "vbaProject", _VBA), Kind.OBJECT),
    "an embedded file": (
        lambda content: _with_part(content, "embeddings/a.bin", b"x", "oleObject", "application/octet-stream"), Kind.OBJECT),
    "a text drawn in whole": (
        lambda content: after_paragraph('<w:altChunk r:id="rIdNew9"/>')(
            _with_part(content, "chunk.html", b"<p>x</p>", "aFChunk", "text/html")), Kind.OBJECT),
    "a remote template": (
        lambda content: _external(content, "attachedTemplate", "https://files.example.com/a.dotm", "word/_rels/settings.xml.rels"),
        Kind.OBJECT),
    "a link to an outside object": (
        lambda content: _external(content, "oleObject", "https://files.example.com/a.xlsx"), Kind.OBJECT),
    "a sheet laid over the words": (
        after_words('<w:r><w:pict><v:rect style="position:absolute;width:400pt;height:20pt" fillcolor="white" stroked="f"/></w:pict></w:r>'),
        Kind.OBJECT),
}  # fmt: skip


def _small(change: Callable[[dict[str, str | bytes]], None]) -> Change:
    def apply(content: bytes) -> bytes:
        parts = unpack(content)
        change(parts)
        return pack(parts)

    return apply


def _in_part(part: str, old: str, new: str) -> Change:
    def change(parts: dict[str, str | bytes]) -> None:
        text = str_of(parts[part])
        assert old in text
        parts[part] = text.replace(old, new, 1)

    return _small(change)


def _footer_removed(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        for one in list(tree.iter(f"{W}footerReference")):
            holder = one.getparent()
            assert holder is not None
            holder.remove(one)

    return edited(content, change)


SMALL_TAMPERING: dict[str, tuple[Change, Kind]] = {
    "a full-width digit": (_in_part(MAIN, "15 分钟", "1５ 分钟"), Kind.CHANGED),
    "a weaker comparison": (_in_part(MAIN, "≥ 99.5%", "≤ 99.5%"), Kind.CHANGED),
    "a footnote": (_in_part("word/footnotes.xml", "受理时", "关闭时"), Kind.CHANGED),
    "a footnote taken out": (_in_part(MAIN, '<w:r><w:footnoteReference w:id="2"/></w:r>', ""), Kind.REMOVED),
    "a text box": (_small(lambda parts: parts.update({MAIN: str_of(parts[MAIN]).replace("30 日内", "3 日内")})), Kind.CHANGED),
    "the newer of two boxes": (_in_part(MAIN, "30 日内", "3 日内"), Kind.CHANGED),
    "where a link leads": (_in_part("word/_rels/document.xml.rels", "services.example.com", "evil.example.com"), Kind.LINK),
    "a picture replaced": (_small(lambda parts: parts.update({"word/media/logo.png": png(91)})), Kind.PICTURE),
    "the footer taken out": (_footer_removed, Kind.REMOVED),
    "a first page without footer": (_hide_footer, Kind.REMOVED),
    "a tab for a blank": (_in_part(MAIN, '<w:r><w:tab/></w:r><w:r><w:t xml:space="preserve">2026', '<w:r><w:t xml:space="preserve"> 2026'), Kind.CHANGED),
    "a sign": (_in_part(MAIN, "F0FC", "F0FB"), Kind.CHANGED),
    "a line joined": (_in_part(MAIN, "<w:r><w:br/></w:r>", ""), Kind.CHANGED),
    "a number format": (_in_part("word/numbering.xml", '<w:numFmt w:val="decimal"/><w:pStyle w:val="Clause"/>', '<w:numFmt w:val="upperRoman"/><w:pStyle w:val="Clause"/>'), Kind.CHANGED),
    "a paragraph parted": (_in_part(MAIN, "按本协议", "按本协议</w:t></w:r></w:p><w:p><w:r><w:t>"), Kind.REMOVED),
}  # fmt: skip


def split_runs(content: bytes, seed: int = 1) -> bytes:
    """Runs cut at random places, with the ids and marks that Word leaves behind."""
    chance = random.Random(seed)

    def change(tree: etree._Element) -> None:
        for text in list(tree.iter(f"{W}t")):
            if len(text.text or "") > 1 and len(run_of(text).findall(f"{W}t")) == 1 and chance.random() < 0.7:
                _split(text, chance)
        for number, one in enumerate(list(tree.iter(f"{W}p"))):
            _mark(one, number, chance)

    return edited(content, change)


def _split(text: etree._Element, chance: random.Random) -> None:
    holder, said = run_of(text), text.text or ""
    at = chance.randrange(1, len(said))
    rest = etree.Element(holder.tag)
    properties = holder.find(f"{W}rPr")
    if properties is not None:
        rest.append(deepcopy(properties))
    etree.SubElement(rest, f"{W}t").text = said[at:]
    rest.extend(list(text.itersiblings()))
    text.text = said[:at]
    for both in (text, *rest.iter(f"{W}t")):
        both.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    holder.set(f"{W}rsidR", f"{chance.randrange(1 << 32):08X}")
    holder.addnext(rest)
    rest.addprevious(etree.Element(f"{W}proofErr", {f"{W}type": "spellStart"}))


def _mark(one: etree._Element, number: int, chance: random.Random) -> None:
    one.set(f"{W}rsidR", f"{chance.randrange(1 << 32):08X}")
    one.set("{http://schemas.microsoft.com/office/word/2010/wordml}paraId", f"{number + 1:08X}")
    if chance.random() < 0.2:
        place = 1 if len(one) and one[0].tag == f"{W}pPr" else 0
        named = {f"{W}id": str(9000 + number), f"{W}name": f"_x{number}"}
        one.insert(place, etree.Element(f"{W}bookmarkStart", named))
        one.append(etree.Element(f"{W}bookmarkEnd", {f"{W}id": str(9000 + number)}))
    if chance.random() < 0.2:
        one.append(made("<w:r><w:lastRenderedPageBreak/></w:r>")[0])


def _renamed_styles(content: bytes) -> bytes:
    """A Word in another language gives styles other ids."""
    parts = unpack(content)
    for name in [MAIN, "word/styles.xml", "word/numbering.xml"]:
        text = str_of(parts[name])
        for old in ("Heading1", "Heading2", "Caption", "Clause"):
            text = re.sub(rf'(w:val|w:styleId)="{old}"', rf'\1="a{old[-1]}{len(old)}"', text)
        parts[name] = text
    return pack(parts)


def _other_prefixes(content: bytes) -> bytes:
    parts = unpack(content)
    text = str_of(parts[MAIN])
    text = re.sub(r"(</?)w:", r"\1ns0:", text)
    text = re.sub(r"(\s)w:([A-Za-z]+=)", r"\1ns0:\2", text).replace("xmlns:w=", "xmlns:ns0=")
    return pack({**parts, MAIN: text})


def _attributes_reordered(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        for one in tree.iter():
            entries = list(one.attrib.items())
            one.attrib.clear()
            for name, said in reversed(entries):
                one.set(name, said)

    return edited(content, change)


def _parts_reordered(content: bytes) -> bytes:
    parts = unpack(content)
    return pack(dict(reversed(list(parts.items()))))


def _without_properties(content: bytes) -> bytes:
    parts = {name: part for name, part in unpack(content).items() if not name.startswith("docProps/")}
    parts["_rels/.rels"] = re.sub(r"<Relationship [^>]*docProps/[^>]*/>", "", str_of(parts["_rels/.rels"]))
    parts["[Content_Types].xml"] = re.sub(r"<Override [^>]*docProps/[^>]*/>", "", str_of(parts["[Content_Types].xml"]))
    return pack(parts)


def _without_controls(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        for control in list(tree.iter(f"{W}sdt")):
            if control.find(f"{W}sdtPr/{W}tag") is None:
                continue
            for one in list(control[-1]):
                control.addprevious(one)
            parent = control.getparent()
            assert parent is not None
            parent.remove(control)
        for one in [*tree.iter(f"{W}permStart"), *tree.iter(f"{W}permEnd")]:
            parent = one.getparent()
            assert parent is not None
            parent.remove(one)

    return edited(content, change)


def _unprotected(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        for one in list(tree.iter(f"{W}documentProtection")):
            tree.remove(one)

    return edited(content, change, "word/settings.xml")


def _page_results(content: bytes) -> bytes:
    """Fields of page numbers, counted anew."""
    parts = unpack(content)
    for name in [name for name in parts if name.startswith("word/footer")]:
        tree = etree.fromstring(parts[name])
        for mark in tree.iter(f"{W}fldChar"):
            if mark.get(f"{W}fldCharType") == "separate":
                following = run_of(mark).getnext()
                assert following is not None
                for text in following.iter(f"{W}t"):
                    text.text = "27"
        parts[name] = etree.tostring(tree)
    return pack(parts)


def _blanks(content: bytes) -> bytes:
    def change(tree: etree._Element) -> None:
        for one in list(tree.iter(f"{W}p"))[::3]:
            if any(True for _ in one.iter(f"{W}t")) and not any(True for _ in one.iter(f"{W}fldChar", f"{W}sdt")):
                one.append(made(run("  "))[0])
        block = paragraph_of(long_text(tree))
        block.addnext(made("<w:p/>")[0])
        block.addnext(made(paragraph(run(" ")))[0])

    return edited(content, change)


def _smart_tags(content: bytes) -> bytes:
    def change(text: etree._Element) -> None:
        holder = run_of(text)
        outer = made('<w:smartTag w:uri="urn:x" w:element="date"></w:smartTag>')[0]
        holder.addprevious(outer)
        outer.append(holder)

    return on_words(change)(content)


def _other_looks(content: bytes) -> bytes:
    return looks('<w:rFonts w:ascii="Georgia" w:eastAsia="SimSun"/><w:color w:val="123456"/><w:sz w:val="24"/><w:b/>')(
        content
    )


def _seal(content: bytes) -> bytes:
    """A seal pasted as a picture beside a signature field."""
    content = _with_part(content, "media/seal9.png", png(77), "image", "image/png")

    def change(tree: etree._Element) -> None:
        paragraph_of(_field_texts(tree)["sign:customer:1:date"]).append(made(picture("rIdNew9"))[0])

    return edited(content, change)


def _tracked_in_field(content: bytes) -> bytes:
    """Filled in while changes are tracked."""

    def change(tree: etree._Element) -> None:
        text = _field_texts(tree)["sign:customer:1:title"]
        holder = run_of(text)
        gone, came = made(f"<w:del {_BY}></w:del><w:ins {_BY}>{run('总经理')}</w:ins>")
        holder.addprevious(gone)
        gone.append(holder)
        gone.addnext(came)
        text.tag = f"{W}delText"

    return edited(content, change)


def _tracked_looks(content: bytes) -> bytes:
    return looks(f"<w:b/><w:rPrChange {_BY}><w:rPr/></w:rPrChange>")(content)


def _contents_updated(content: bytes) -> bytes:
    """The table of contents with page numbers, as Word makes it anew."""

    def change(tree: etree._Element) -> None:
        for number, link in enumerate(
            one for one in tree.iter(f"{W}hyperlink") if one.get(f"{W}anchor", "").startswith("_Toc")
        ):
            link.extend(made(f"<w:r><w:tab/></w:r>{run(str(number + 2))}"))

    return edited(content, change)


HARMLESS: dict[str, Change] = {
    "nothing": bytes,
    "packed again": lambda content: pack(unpack(content)),
    "runs split": split_runs,
    "runs split twice": lambda content: split_runs(split_runs(content, 2), 3),
    "styles renamed": _renamed_styles,
    "other prefixes": _other_prefixes,
    "attributes in another order": _attributes_reordered,
    "parts in another order": _parts_reordered,
    "properties lost": _without_properties,
    "controls lost": _without_controls,
    "controls lost from a filled copy": lambda content: _without_controls(fill_in(content)),
    "protection removed": _unprotected,
    "page numbers counted anew": _page_results,
    "blanks at the ends": _blanks,
    "smart tags": _smart_tags,
    "fonts and colours": _other_looks,
    "filled in": fill_in,
    "a seal": lambda content: _seal(fill_in(content)),
    "filled in while tracking": _tracked_in_field,
    "looks tracked": _tracked_looks,
    "contents with page numbers": _contents_updated,
    "a local template": lambda content: _external(
        content, "attachedTemplate", "file:///C:/Users/wm/Normal.dotm", "word/_rels/settings.xml.rels"
    ),
}
