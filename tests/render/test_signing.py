"""Word files ready to sign: fields are open and known by name, everything else is locked."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise

import docx
import pytest
from lxml import etree

from pipeline.options import ROOT
from pipeline.render.docx import Properties, compile_template, render_docx
from pipeline.render.templates import TemplateMistake, environment

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
V = "{urn:schemas-microsoft-com:vml}"
O = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 - the prefix by which the format knows it
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
NAME = "[[sign:customer:1:name|Customer, name|______|{{ name }}]]"
DATE = "[[sign:customer:1:date|Customer, date|__ / __|d MMMM yyyy]]"
LINE = "[[sign:customer:1:line|Customer, signature||{{ party }}]]"


def template_with(*paragraphs: str | tuple[str, ...]) -> bytes:
    """A template; a tuple is a paragraph of several runs."""
    document = docx.Document()
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for run in (runs,) if isinstance(runs, str) else runs:
            paragraph.add_run(run)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def rendered(content: bytes, custom: dict[str, str] | None = None, language: str = "en", **variables: object) -> bytes:
    template = compile_template(content, "templates/docx/test.docx", environment(ROOT / "templates"))
    return render_docx(template, variables, Properties("Title", "Author", language, "2026-10-31", custom or {}))


def part(content: bytes, name: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read(name))


def text(element: etree._Element) -> str:
    return "".join(one.text or "" for one in element.iter(f"{W}t"))


def setting(control: etree._Element, name: str) -> str | None:
    found = control.find(f"{W}sdtPr/{W}{name}")
    return None if found is None else found.get(f"{W}val", "")


def test_a_mark_with_a_value_becomes_a_locked_control_that_shows_it() -> None:
    tree = part(rendered(template_with(f"Name: {NAME}."), name="A & B <Ltd>"))
    (control,) = tree.iter(f"{W}sdt")
    assert text(control) == "A & B <Ltd>"
    assert setting(control, "tag") == "sign:customer:1:name"
    assert setting(control, "alias") == "Customer, name"
    assert setting(control, "lock") == "sdtLocked"
    assert control.find(f"{W}sdtPr/{W}showingPlcHdr") is None
    assert text(tree) == "Name: A & B <Ltd>."


def test_a_mark_without_a_value_shows_its_blank_as_a_placeholder() -> None:
    (control,) = part(rendered(template_with(NAME), name="")).iter(f"{W}sdt")
    assert text(control) == "______"
    assert control.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


@pytest.mark.parametrize(("language", "region"), [("en", "en-GB"), ("zh-CN", "zh-CN")])
def test_a_date_is_picked_in_the_language_of_the_document(language: str, region: str) -> None:
    (picker,) = part(rendered(template_with(DATE), language=language)).iter(f"{W}date")
    said = {etree.QName(one).localname: one.get(f"{W}val") for one in picker}
    assert said["dateFormat"] == "d MMMM yyyy"
    assert said["lid"] == region


def test_a_signature_line_suggests_who_signs_and_shows_a_picture_elsewhere() -> None:
    title = "[[sign:customer:1:title|Customer, title|____|Director]]"
    content = rendered(template_with(NAME, title, LINE), name="Zheng Haibo", party='A|B "Ltd"')
    tree = part(content)
    (line,) = tree.iter(f"{O}signatureline")
    assert (line.get("issignatureline"), line.get(f"{O}suggestedsigner")) == ("t", "Zheng Haibo")
    assert line.get(f"{O}suggestedsigner2") == "Director"
    (shape,) = tree.iter(f"{V}shape")
    assert shape.get("alt") == 'Customer, signature · A|B "Ltd"'
    (picture,) = shape.iter(f"{V}imagedata")
    relations = {one.get("Id"): one.get("Target") for one in part(content, "word/_rels/document.xml.rels")}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read(f"word/{relations[picture.get(f'{R}id')]}").startswith(b"\x89PNG")


def test_text_and_fields_of_a_paragraph_keep_their_order() -> None:
    tree = part(rendered(template_with(f"one {NAME} two {DATE}{LINE} three"), name="X", party=""))
    assert text(tree) == "one X two __ / __ three"
    (paragraph,) = tree.iter(f"{W}p")
    kinds = [etree.QName(one).localname for one in paragraph if one.tag != f"{W}pPr"]
    field = ["permStart", "sdt", "permEnd"]
    assert kinds == ["r", *field, "r", *field, "permStart", "r", "permEnd", "r"]


def test_a_mark_that_word_has_spread_over_runs_is_still_one_field() -> None:
    tree = part(
        rendered(template_with(("Name: [[si", "gn:customer:1", ":name|Label|__|{{ name }}", "]] end")), name="X")
    )
    (control,) = tree.iter(f"{W}sdt")
    assert (text(control), text(tree)) == ("X", "Name: X end")


def test_every_field_may_be_edited_by_everyone_and_the_rest_by_nobody() -> None:
    marks = [f"[[sign:{side}:{n}:name|label|__|]]" for side in ("customer", "provider") for n in (1, 2)]
    content = rendered(template_with("Terms", *marks, LINE), party="")
    tree = part(content)
    starts, ends = list(tree.iter(f"{W}permStart")), list(tree.iter(f"{W}permEnd"))
    assert [one.get(f"{W}edGrp") for one in starts] == ["everyone"] * 5
    assert [one.get(f"{W}id") for one in starts] == [one.get(f"{W}id") for one in ends]
    assert len({one.get(f"{W}id") for one in starts}) == 5
    between = [start.getnext() for start in starts]
    assert [one.getnext() for one in between if one is not None] == ends
    ids = [setting(control, "id") for control in tree.iter(f"{W}sdt")]
    assert len(set(ids)) == len(ids) == 4
    (lock,) = part(content, "word/settings.xml").iter(f"{W}documentProtection")
    assert (lock.get(f"{W}edit"), lock.get(f"{W}enforcement")) == ("readOnly", "1")
    after = lock.getnext()
    assert after is not None
    assert after.tag == f"{W}defaultTabStop"


def test_a_document_without_fields_is_not_locked_and_carries_no_picture() -> None:
    content = rendered(template_with("Minutes {{ name }}"), name="[[sig")
    assert not list(part(content, "word/settings.xml").iter(f"{W}documentProtection"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [
            name for name in archive.namelist() if name.startswith("word/media") or name == "docProps/custom.xml"
        ]


def test_fields_are_the_same_in_every_build() -> None:
    content = template_with(NAME, DATE, LINE)
    assert rendered(content, name="X", party="Y") == rendered(content, name="X", party="Y")


@pytest.mark.parametrize(
    "mark",
    [
        "[[sign:custmer:1:name|label|__|x]]",
        "[[sign:customer:0:name|label|__|x]]",
        "[[sign:customer:1:fax|label|__|x]]",
        "[[sign:customer:1:name]]",
        "[[sign:customer:1:name|label|__|x",
        "[[ sign:customer:1:name|label|__|x]]",
        "[[Sign:customer:1:name|label|__|x]]",
    ],
)
def test_a_mark_that_cannot_be_read_is_a_mistake_in_the_template_not_words_in_a_contract(mark: str) -> None:
    with pytest.raises(TemplateMistake) as found:
        rendered(template_with("Name:", mark))
    problem = found.value.problem
    assert problem.place.file == "templates/docx/test.docx"
    assert mark[:40] in problem.message


@pytest.mark.parametrize(
    "mark",
    [
        "［［sign：customer：1：name｜label｜__｜x］］",
        "【【sign:customer:1:name|label|__|x】】",
        "[[ｓｉｇｎ:customer:1:name|a|b|c]]",
        "｛｛sign:customer:1:name|a|b|c}}",
        "﹇﹇sign:customer:1:name|a|b|c]]",
        "︻︻sign:customer:1:name|a|b|c]]",
        "︹﹝sign:customer:1:name|a|b|c]]",
        "︷﹛sign:customer:1:name|a|b|c]]",
    ],
)
def test_a_mark_in_full_width_signs_is_not_printed(mark: str) -> None:
    with pytest.raises(TemplateMistake, match="cannot read the signature field"):
        rendered(template_with(mark))


@pytest.mark.parametrize("place", ["header", "footer"])
def test_a_mark_in_a_running_head_is_named_with_its_place(place: str) -> None:
    document = docx.Document()
    paragraph = getattr(document.sections[0], place).paragraphs[0]
    for words in ("[", "[si", "gn:customer:1:name|label|__|x]]"):
        paragraph.add_run(words)
    buffer = io.BytesIO()
    document.save(buffer)
    with pytest.raises(TemplateMistake, match=rf"in a {place} \(word/{place}1\.xml\)"):
        rendered(buffer.getvalue())


def test_two_fields_of_one_name_are_a_mistake_in_the_template() -> None:
    with pytest.raises(TemplateMistake, match=r"sign:customer:1:name appears 2 times"):
        rendered(template_with(NAME, NAME), name="X")


def test_properties_of_our_own_can_be_read_back() -> None:
    custom = {"SLM-Fingerprint": "0a" * 32, "SLM-Agreement": 'sla-"x"@<A>/00', "SLM-Language": "zh-CN"}
    content = rendered(template_with("text"), custom)
    found = part(content, "docProps/custom.xml")
    assert {one.get("name"): "".join(map(str, one.itertext())) for one in found} == custom
    assert [one.get("pid") for one in found] == ["2", "3", "4"]
    types = {one.get("PartName"): one.get("ContentType", "") for one in part(content, "[Content_Types].xml")}
    assert types["/docProps/custom.xml"].endswith("custom-properties+xml")
    assert "docProps/custom.xml" in {one.get("Target") for one in part(content, "_rels/.rels")}


def test_properties_that_a_template_had_give_way_to_those_of_the_document() -> None:
    once = rendered(template_with("text"), {"SLM-Language": "en", "Other": "x"})
    twice = rendered(once, {"SLM-Language": "zh-CN"})
    assert {one.get("name") for one in part(twice, "docProps/custom.xml")} == {"SLM-Language"}
    kinds = [one.get("Type", "") for one in part(twice, "_rels/.rels")]
    assert len([kind for kind in kinds if kind.endswith("/custom-properties")]) == 1
    names = [one.get("PartName") for one in part(twice, "[Content_Types].xml") if one.get("PartName")]
    assert all(first != second for first, second in pairwise(sorted(map(str, names))))
