"""PDF: our fonts only, nothing fetched from outside, every complaint a mistake of the template."""

from __future__ import annotations

import shutil
from pathlib import Path

import pikepdf
import pytest

from pipeline.options import ROOT, Options
from pipeline.render.pdf import render_pdf
from pipeline.render.templates import TemplateMistake, environment, render_file
from tests.conftest import run_build


def page(body: str) -> str:
    return f'<html lang="zh-CN"><head><title>t</title></head><body>{body}</body></html>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    (made / "pdf").mkdir(parents=True)
    (tmp_path / "secret.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    return made


@pytest.mark.parametrize(
    "reference",
    [
        "http://127.0.0.1:9/x.png",
        "https://example.com/x.png",
        "file:///etc/hostname",
        "../../secret.svg",
        "%2e%2e/%2e%2e/secret.svg",
        "ftp://example.com/x",
        "//example.com/x.png",
    ],
)
def test_nothing_outside_of_the_templates_is_fetched(folder: Path, reference: str) -> None:
    with pytest.raises(TemplateMistake):
        render_pdf(page(f'<img src="{reference}" alt="x">'), "pdf/x.html", folder)


def test_a_reference_nested_in_a_picture_is_refused_too(folder: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/hostname"/></svg>'
    (folder / "pdf" / "nested.svg").write_text(svg, encoding="utf-8")
    with pytest.raises(TemplateMistake):
        render_pdf(page('<img src="nested.svg" alt="x">'), "pdf/x.html", folder)


def test_a_link_inside_the_templates_that_leads_outside_is_refused(folder: Path) -> None:
    (folder / "pdf" / "link.svg").symlink_to(folder.parent / "secret.svg")
    with pytest.raises(TemplateMistake):
        render_pdf(page('<img src="link.svg" alt="x">'), "pdf/x.html", folder)


def test_a_missing_picture_is_a_mistake_and_not_a_gap(folder: Path) -> None:
    with pytest.raises(TemplateMistake, match=r"missing\.png"):
        render_pdf(page('<img src="missing.png" alt="x">'), "pdf/x.html", folder)


def test_a_property_that_is_not_understood_is_a_mistake(folder: Path) -> None:
    with pytest.raises(TemplateMistake, match="colour"):
        render_pdf(page('<p style="colour: red">x</p>'), "pdf/x.html", folder)


def test_one_refusal_does_not_spoil_the_next_document(folder: Path) -> None:
    with pytest.raises(TemplateMistake):
        render_pdf(page('<img src="missing.png" alt="x">'), "pdf/x.html", folder)
    assert render_pdf(page("<p>好</p>"), "pdf/x.html", folder).startswith(b"%PDF")


def test_an_unknown_name_is_reported_with_line_and_words(folder: Path) -> None:
    (folder / "pdf" / "x.html").write_text("<p>\n<b>Dear {{ custommer }}</b>\n</p>", encoding="utf-8")
    with pytest.raises(TemplateMistake) as found:
        render_file(environment(folder), "pdf/x.html", {"customer": "x"})
    problem = found.value.problem
    assert (problem.place.file, problem.place.line) == ("templates/pdf/x.html", 2)
    assert "did you mean 'customer'?" in problem.message
    assert "Dear {{ custommer }}" in problem.message


def test_a_mistake_in_an_included_template_names_that_template(folder: Path) -> None:
    (folder / "pdf" / "base.html").write_text("<p>{% block body %}{% endblock %}</p>\n{{ nobody }}", encoding="utf-8")
    (folder / "pdf" / "x.html").write_text('{% extends "pdf/base.html" %}', encoding="utf-8")
    with pytest.raises(TemplateMistake) as found:
        render_file(environment(folder), "pdf/x.html", {})
    assert (found.value.problem.place.file, found.value.problem.place.line) == ("templates/pdf/base.html", 2)


@pytest.mark.parametrize("chart", ["attainment", "distribution", "trend"])
def test_a_mistake_in_the_picture_of_a_chart_is_a_mistake_of_that_template(tmp_path: Path, chart: str) -> None:
    templates = Path(shutil.copytree(ROOT / "templates", tmp_path / "templates"))
    picture = templates / "svg" / f"{chart}.svg"
    picture.write_text(picture.read_text(encoding="utf-8") + "{{ nobody }}", encoding="utf-8")
    outcome = run_build(Options(templates=templates, output=tmp_path / "output", kinds=("reports",), workers=1))
    found = [problem for problem in outcome.problems if problem.severity == "error"]
    assert {problem.place.file for problem in found} == {f"templates/svg/{chart}.svg"}
    assert "unknown name 'nobody'" in found[0].message


def test_values_are_escaped(folder: Path) -> None:
    (folder / "pdf" / "x.html").write_text("<p>{{ value }}</p>", encoding="utf-8")
    html = render_file(environment(folder), "pdf/x.html", {"value": "<script>1 & 2</script>"})
    assert html == "<p>&lt;script&gt;1 &amp; 2&lt;/script&gt;</p>"


def test_produced_files_embed_our_fonts_only_and_as_truetype(demo_output: Path) -> None:
    files = sorted(demo_output.rglob("*.pdf"))
    assert len(files) == 42
    for path in files:
        with pikepdf.open(path) as document:
            names = set()
            for thing in document.objects:
                if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
                    names.add(str(thing["/FontName"]).split("+")[-1])
                    assert "/FontFile2" in thing, path.name
        assert names
        assert all(name.startswith("SLM-Sans") for name in names), names


def language_of(name: str) -> str:
    if name.endswith((".en.pdf", ".zh-CN.pdf")):
        return name.split(".")[-2]
    return "en" if "nordwind" in name else "zh-CN"


def test_produced_files_are_tagged_titled_and_know_their_language(demo_output: Path) -> None:
    for path in demo_output.rglob("*.pdf"):
        with pikepdf.open(path) as document:
            assert document.Root.MarkInfo.Marked
            assert str(document.Root.Lang) == language_of(path.name)
            assert document.docinfo["/Title"]
