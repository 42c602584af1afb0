"""A small agreement, written part by part as Word stores it, for cases that need every kind of content in one file."""
# ruff: noqa: E501 - markup is easier to read unbroken

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{WORD}}}"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FINGERPRINT = "3f9c0a71d2e84b5690ab" + "17cd" * 11
SHORT = "-".join(FINGERPRINT[start : start + 4] for start in (0, 4, 8, 12))

BLANK = '<w:rStyle w:val="PlaceholderText"/>'
_EXTERNAL = ' TargetMode="External"'
_SPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": WORD,
        "r": RELATIONS,
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    }.items()
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_OFFICE = "application/vnd.openxmlformats-officedocument."


def run(words: str, properties: str = "") -> str:
    looks = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{looks}<w:t xml:space="preserve">{words}</w:t></w:r>'


def paragraph(content: str, style: str = "", properties: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    runs = content if content.startswith("<") else run(content)
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{runs}</w:p>"


def cell(*paragraphs: str, properties: str = "") -> str:
    body = "".join(one if one.startswith("<w:p>") else paragraph(one) for one in paragraphs)
    return f'<w:tc><w:tcPr><w:tcW w:w="2400" w:type="dxa"/>{properties}</w:tcPr>{body}</w:tc>'


def table(*rows: tuple[str, ...]) -> str:
    grid = '<w:gridCol w:w="2400"/>' * max(len(row) for row in rows)
    cells = ["".join(one if one.startswith("<w:tc>") else cell(one) for one in row) for row in rows]
    header = "<w:trPr><w:tblHeader/></w:trPr>" if len(rows) > 1 else ""
    lines = "".join(f"<w:tr>{'' if number else header}{line}</w:tr>" for number, line in enumerate(cells))
    return f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>'


def field(instruction: str, result: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def control(tag: str, shown: str, number: int) -> str:
    """An empty signature field, open in a locked text."""
    kind = "<w:date><w:dateFormat w:val='yyyy年M月d日'/></w:date>" if tag.endswith("date") else "<w:text/>"
    return (
        f'<w:permStart w:id="{number}" w:edGrp="everyone"/><w:sdt><w:sdtPr><w:alias w:val="{tag}"/><w:tag w:val="{tag}"/>'
        f'<w:id w:val="{number}"/><w:lock w:val="sdtLocked"/><w:showingPlcHdr/>{kind}</w:sdtPr>'
        f'<w:sdtContent>{run(shown, BLANK)}</w:sdtContent></w:sdt><w:permEnd w:id="{number}"/>'
    )


def text_box(words: str) -> str:
    """As Word writes it: a drawing, and the same box again for programs that know only the older format."""
    content = f"<w:txbxContent>{paragraph(words)}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0"'
        ' simplePos="0" relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">'
        '<wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="paragraph"><wp:posOffset>100000</wp:posOffset></wp:positionV>'
        '<wp:extent cx="3000000" cy="400000"/><wp:wrapTopAndBottom/><wp:docPr id="7" name="Box 7"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="3000000" cy="400000"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp>'
        "</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        '<v:shape id="box7" style="width:236pt;height:32pt"><v:textbox>'
        f"{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def picture(relation: str) -> str:
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="360000" cy="360000"/>'
        f'<wp:docPr id="{sum(map(ord, relation))}" name="{relation}"/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
        f'<pic:cNvPr id="0" name="{relation}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x='0' y='0'/>"
        "<a:ext cx='360000' cy='360000'/></a:xfrm><a:prstGeom prst='rect'><a:avLst/></a:prstGeom></pic:spPr></pic:pic>"
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def png(shade: int, size: int = 24) -> bytes:
    """A small square picture in one grey."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    pixels = zlib.compress((b"\0" + bytes([shade]) * size) * size)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def signature_line(relation: str, side: str, name: str) -> str:
    return (
        f'<w:r><w:pict><v:shape id="_x0000_i2001{side}" type="#_x0000_t75" style="width:144pt;height:43.2pt">'
        f'<v:imagedata r:id="{relation}" o:title=""/><o:signatureline v:ext="edit"'
        ' id="{5A1C0E70-1111-4222-8333-9444AAAABBBB}" provid="{00000000-0000-0000-0000-000000000000}"'
        f' o:suggestedsigner="{name}" issignatureline="t"/></v:shape></w:pict></w:r>'
    )


def _signatory(side: str, party: str, number: int) -> str:
    return cell(
        paragraph(party),
        paragraph(run("姓名：") + control(f"sign:{side}:1:name", "点击填写姓名", number)),
        paragraph(run("职务：") + control(f"sign:{side}:1:title", "点击填写职务", number + 1)),
        paragraph(run("签字：") + signature_line("rIdLine", side, "")),
        paragraph(run("日期：") + control(f"sign:{side}:1:date", "点击选择日期", number + 2)),
        paragraph("（盖章处）"),
    )


_SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rIdHead"/><w:footerReference w:type="default" r:id="rIdFoot"/>'
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1500" w:right="1400" w:bottom="1400" w:left="1400" w:header="700"'
    ' w:footer="700" w:gutter="0"/></w:sectPr>'
)


def _body() -> str:
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    return "".join(
        [
            paragraph("海港核心系统服务级别协议", "Title"),
            paragraph(
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h'
                ' \\z \\n </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
                f'<w:hyperlink w:anchor="_Toc1">{run("1")}<w:r><w:tab/></w:r>{run("服务范围")}</w:hyperlink>',
                "TOC1",
            ),
            paragraph(
                f'<w:hyperlink w:anchor="_Toc2">{run("2")}<w:r><w:tab/></w:r>{run("服务目标")}</w:hyperlink>', "TOC1"
            ),
            paragraph('<w:r><w:fldChar w:fldCharType="end"/></w:r>', "TOC1"),
            paragraph("服务范围", "Heading1"),
            paragraph("乙方按本协议向甲方提供海港核心系统的运行维护服务，服务时间为每日 8:00–20:00。"),
            paragraph(run("The provider answers every incident within the limits below") + note + run(".")),
            paragraph("乙方应在服务窗口之外进行维护。", "Clause"),
            paragraph("甲方应提前三个工作日提出申请。", "Clause"),
            paragraph(run("紧急维护除外，") + run("并应在两小时内", "<w:b/>") + run("通知甲方。"), "Clause"),
            paragraph("服务目标", "Heading1"),
            paragraph("各项服务的目标", "Heading2"),
            paragraph("目标一览", "Caption"),
            table(
                ("优先级", "指标", "时限", "达标率"),
                ("P1", "响应时间", "15 分钟", "≥ 99.5%"),
                ("P2", "响应时间", "30 分钟", "≥ 98%"),
                ("P2", "解决时间", "8 小时", "≥ 95%"),
            ),
            paragraph("违约与抵扣", "Heading2"),
            paragraph(
                run("达标率低于目标的，按")
                + run("附录")
                + run("计算服务抵扣，上限为月服务费的 10%。")
                + text_box("重要提示：抵扣须在 30 日内提出。")
            ),
            paragraph(
                run("详见 ")
                + f'<w:hyperlink r:id="rIdSite">{run("服务目录")}</w:hyperlink>'
                + run("。")
                + picture("rIdLogo")
            ),
            paragraph(
                run("工期")
                + "<w:r><w:tab/></w:r>"
                + run("2026")
                + "<w:r><w:noBreakHyphen/></w:r>"
                + run("12")
                + "<w:r><w:br/></w:r>"
                + run("第二行")
                + '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
            ),
            paragraph("双方经授权的代表签署如下。"),
            table(
                (
                    _signatory("customer", "甲方：海港物流集团", 700001),
                    _signatory("provider", "乙方：澜石信息技术服务有限公司", 700011),
                )
            ),
            paragraph("（文件结束）"),
            _SECTION,
        ]
    )


def _styles() -> str:
    def style(name: str, rest: str = "", base: str = "Normal", kind: str = "paragraph") -> str:
        based = f'<w:basedOn w:val="{base}"/>' if base else ""
        ident = name.replace(" ", "").capitalize() if name.islower() else name.replace(" ", "")
        ident = {"Toc1": "TOC1", "PlaceholderText": "PlaceholderText"}.get(ident, ident)
        return f'<w:style w:type="{kind}" w:styleId="{ident}"><w:name w:val="{name}"/>{based}{rest}</w:style>'

    def numbered(number: int, level: int, outline: str = "") -> str:
        return f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>{outline}</w:pPr>'

    return (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="21"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        + style("heading 1", numbered(1, 0, '<w:outlineLvl w:val="0"/>'))
        + style("heading 2", numbered(1, 1, '<w:outlineLvl w:val="1"/>'))
        + style("caption", numbered(3, 0))
        + style("toc 1")
        + style("Title", "<w:rPr><w:b/><w:sz w:val='40'/></w:rPr>")
        + style("Clause", numbered(2, 0))
        + style("Placeholder Text", "<w:rPr><w:color w:val='6B7280'/></w:rPr>", "", "character")
    )


def _numbering() -> str:
    def definition(ident: int, *levels: tuple[str, str, str]) -> str:
        rows = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{shape}"/><w:pStyle w:val="{style}"/>'
            f'<w:lvlText w:val="{shown}"/><w:lvlJc w:val="left"/></w:lvl>'
            for level, (shape, style, shown) in enumerate(levels)
        )
        return f'<w:abstractNum w:abstractNumId="{ident}"><w:multiLevelType w:val="multilevel"/>{rows}</w:abstractNum>'

    return (
        definition(1, ("decimal", "Heading1", "%1"), ("decimal", "Heading2", "%1.%2"))
        + definition(2, ("decimal", "Clause", "（%1）"))
        + definition(3, ("decimal", "Caption", "表 %1　"))
        + "".join(f'<w:num w:numId="{one}"><w:abstractNumId w:val="{one}"/></w:num>' for one in (1, 2, 3))
    )


def _relations(*entries: tuple[str, str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="{ident}" Type="{kind if ":" in kind else f"{RELATIONS}/{kind}"}" Target="{target}"'
        f"{_EXTERNAL if target.startswith('http') else ''}/>"
        for ident, kind, target in entries
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}relationships">{lines}</Relationships>'


def parts() -> dict[str, str | bytes]:
    """The agreement, part by part."""
    kinds = {
        "word/document.xml": "document.main",
        "word/styles.xml": "styles",
        "word/numbering.xml": "numbering",
        "word/settings.xml": "settings",
        "word/footnotes.xml": "footnotes",
        "word/header1.xml": "header",
        "word/footer1.xml": "footer",
    }
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{_OFFICE}wordprocessingml.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    properties = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{pid}" name="{name}"><vt:lpwstr>{value}</vt:lpwstr></property>'
        for pid, (name, value) in enumerate(
            {"SLM-Fingerprint": FINGERPRINT, "SLM-Agreement": "sla-harbour-core@B/00", "SLM-Language": "zh-CN"}.items(),
            2,
        )
    )
    separators = "".join(
        f'<w:footnote w:type="{kind}" w:id="{ident}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for ident, kind in enumerate(("separator", "continuationSeparator"))
    )
    note = paragraph("<w:r><w:footnoteRef/></w:r>" + run(" 响应时间自工单受理时起算。"))
    header = paragraph("海港核心系统服务级别协议 · B/00")
    footer = paragraph(
        run("第 ") + field("PAGE", "1") + run(" 页　共 ") + field("NUMPAGES", "9") + run(f" 页　{SHORT}")
    )
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
        ' ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        f'{types}<Override PartName="/docProps/custom.xml" ContentType="{_OFFICE}custom-properties+xml"/></Types>',
        "_rels/.rels": _relations(
            ("rId1", "officeDocument", "word/document.xml"), ("rId2", "custom-properties", "docProps/custom.xml")
        ),
        "docProps/custom.xml": f'{_HEAD}<Properties xmlns="{_DOCUMENT}/custom-properties"'
        f' xmlns:vt="{_DOCUMENT}/docPropsVTypes">{properties}</Properties>',
        "word/document.xml": f'{_HEAD}<w:document {_SPACES} mc:Ignorable="w14"><w:body>{_body()}</w:body></w:document>',
        "word/_rels/document.xml.rels": _relations(
            ("rId1", "styles", "styles.xml"),
            ("rId2", "numbering", "numbering.xml"),
            ("rId3", "settings", "settings.xml"),
            ("rId4", "footnotes", "footnotes.xml"),
            ("rIdHead", "header", "header1.xml"),
            ("rIdFoot", "footer", "footer1.xml"),
            ("rIdLogo", "image", "media/logo.png"),
            ("rIdLine", "image", "media/line.png"),
            ("rIdSite", "hyperlink", "https://services.example.com/catalog"),
        ),
        "word/styles.xml": f"{_HEAD}<w:styles {_SPACES}>{_styles()}</w:styles>",
        "word/numbering.xml": f"{_HEAD}<w:numbering {_SPACES}>{_numbering()}</w:numbering>",
        "word/settings.xml": f'{_HEAD}<w:settings {_SPACES}><w:documentProtection w:edit="readOnly" w:enforcement="1"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"'
        ' w:val="15"/></w:compat></w:settings>',
        "word/footnotes.xml": f"{_HEAD}<w:footnotes {_SPACES}>{separators}"
        f'<w:footnote w:id="2">{note}</w:footnote></w:footnotes>',
        "word/header1.xml": f"{_HEAD}<w:hdr {_SPACES}>{header}</w:hdr>",
        "word/footer1.xml": f"{_HEAD}<w:ftr {_SPACES}>{footer}</w:ftr>",
        "word/media/logo.png": png(90),
        "word/media/line.png": png(200),
    }


def pack(entries: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def agreement() -> bytes:
    """The agreement as it was sent."""
    return pack(parts())
