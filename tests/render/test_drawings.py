"""Pictures in Word documents: where they are asked for, with words for those who cannot see them."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from lxml import etree
from PIL import Image

from pipeline.options import ROOT
from pipeline.render.docx import Properties, compile_template, render_docx
from pipeline.render.drawings import Picture, drawn
from pipeline.render.templates import TemplateMistake, environment

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40" width="80" height="40">'
    '<rect width="40" height="40" fill="#1f3a5f"/></svg>'
)


def png() -> bytes:
    return drawn(SVG, (20.0, 10.0), "svg/test.svg", (ROOT / "templates").resolve())


def rendered(*texts: str, **pictures: Picture) -> bytes:
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    template = compile_template(buffer.getvalue(), "templates/docx/test.docx", environment(ROOT / "templates"))
    return render_docx(template, {"name": "flow"}, Properties("T", "A", "en", "2026-10-31"), pictures)


def test_a_picture_takes_the_place_of_its_paragraph() -> None:
    picture = Picture(png(), 20.0, 10.0, "half of it is <blue> & dark")
    document = docx.Document(io.BytesIO(rendered("before", "[[picture:flow]]", "after", flow=picture)))
    assert [one.text for one in document.paragraphs] == ["before", "", "after"]
    (shape,) = document.inline_shapes
    assert (shape.width.mm, shape.height.mm) == (20.0, 10.0)
    assert shape._inline.docPr.get("descr") == "half of it is <blue> & dark"


def test_the_file_carries_the_picture_and_says_what_it_is() -> None:
    picture = Picture(png(), 20.0, 10.0, "alt")
    with zipfile.ZipFile(io.BytesIO(rendered("[[picture:flow]]", flow=picture))) as package:
        assert package.read("word/media/flow.png") == picture.content
        types = etree.fromstring(package.read("[Content_Types].xml"))
    assert [one.get("ContentType") for one in types if one.get("PartName") == "/word/media/flow.png"] == ["image/png"]


def test_two_places_for_one_picture_share_it_under_numbers_of_their_own() -> None:
    picture = Picture(png(), 20.0, 10.0, "alt")
    document = docx.Document(io.BytesIO(rendered("[[picture:flow]]", "[[picture:flow]]", flow=picture)))
    numbers = [shape._inline.docPr.get("id") for shape in document.inline_shapes]
    assert len(numbers) == len(set(numbers)) == 2


def test_words_around_the_name_keep_it_a_text() -> None:
    document = docx.Document(io.BytesIO(rendered("see [[picture:flow]]", flow=Picture(png(), 20.0, 10.0, "alt"))))
    assert [one.text for one in document.paragraphs] == ["see [[picture:flow]]"]


def test_an_unknown_picture_is_a_mistake_in_the_template() -> None:
    with pytest.raises(TemplateMistake) as mistake:
        rendered("[[picture:flaw]]", flow=Picture(png(), 20.0, 10.0, "alt"))
    assert mistake.value.problem.message == "there is no picture 'flaw' for this document"
    assert mistake.value.problem.hint == "did you mean 'flow'?"


def test_a_drawing_comes_out_at_its_size_without_a_trace_of_when() -> None:
    first = png()
    drawn.cache_clear()
    assert png() == first
    with Image.open(io.BytesIO(first)) as image:
        assert image.format == "PNG"
        assert abs(image.width - 20 / 25.4 * 220) <= 1
        assert image.info == {}
        pixels = image.convert("RGB")
    assert pixels.getpixel((20, 40)) == (0x1F, 0x3A, 0x5F)
    assert pixels.getpixel((150, 40)) == (255, 255, 255)
