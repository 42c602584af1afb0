"""The fonts are ours, small, and known character by character."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from pipeline.options import ROOT
from pipeline.render import cutting, fonts

# From the third level of the general standard table of Chinese characters: people are named with these.
RARE_NAMES = "䶮㛃𬭎𬍛㑇𬬭𬘓𪨰𨱇𬶠龑喆堃淼"


def embedded(body: str) -> dict[str, str]:
    """The fonts that WeasyPrint puts into a page, without their subset tags, each with how it is kept."""
    fonts.activate()
    import weasyprint

    page = f'<html lang="zh-CN"><title>x</title><body>{body}</body></html>'
    with pikepdf.open(io.BytesIO(weasyprint.HTML(string=page).write_pdf())) as pdf:
        return {
            str(item.FontName).partition("+")[2]: "TrueType" if "/FontFile2" in item else "CFF"
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        }


def test_a_page_embeds_only_our_truetype_fonts_whatever_family_it_asks_for() -> None:
    body = '中文 <b>粗体</b> 䶮㛃 <b>䶮</b> <code>x</code> <i style="font-family: Arial, serif">斜体</i>'
    names = ("SLM-Sans", "SLM-Sans-Bold", "SLM-Sans-Full", "SLM-Sans-Full-Bold")
    assert embedded(body) == dict.fromkeys(names, "TrueType")


def test_a_page_without_rare_characters_is_set_from_the_small_font_alone() -> None:
    assert set(embedded("服务级别协议 SLA “可用性” ≥ 99.9% ①②③ →")) == {"SLM-Sans"}


def test_characters_without_a_glyph_are_named_once_and_in_order() -> None:
    assert fonts.uncovered("满意😀度☑😀") == ("☑", "😀")


@pytest.mark.parametrize("text", ["一行\n两行\t三", "\u3000缩进\u00a0", "合\u200d字\ufeff", "葛\U000e0100城\ufe0f"])
def test_characters_that_have_no_shape_of_their_own_need_no_glyph(text: str) -> None:
    assert fonts.uncovered(text) == ()


def test_an_accent_typed_apart_counts_as_the_letter_it_makes() -> None:
    assert fonts.uncovered("A\u030asa") == ()


def test_rare_characters_of_names_are_covered() -> None:
    assert fonts.uncovered(RARE_NAMES) == ()


def test_prepared_fonts_are_left_alone() -> None:
    assert cutting.prepare() is False


def test_missing_fonts_are_said_with_the_command_that_makes_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    for use in (fonts.activate, fonts.digest, lambda: fonts.uncovered("字")):
        with pytest.raises(fonts.FontsMissing, match=r"run: .*python\S* -m pipeline\.doctor fonts"):
            use()


@pytest.mark.parametrize("change", ["recipe", "face", "place"])
def test_fonts_that_do_not_fit_are_not_used(change: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    manifest = json.loads((fonts.FOLDER / "fonts.json").read_text("utf-8"))
    configuration = (fonts.FOLDER / "fonts.conf").read_text("utf-8")
    (tmp_path / "faces").mkdir()
    for name in manifest["files"]:
        (tmp_path / "faces" / name).touch()
    if change == "recipe":
        manifest["recipe"] -= 1
    elif change == "face":
        (tmp_path / "faces" / "SLMSans-Bold.ttf").unlink()
    if change != "place":  # left out, the folder is one that was moved here
        configuration = configuration.replace(str(fonts.FOLDER), str(tmp_path))
    (tmp_path / "fonts.json").write_text(json.dumps(manifest), "utf-8")
    (tmp_path / "fonts.conf").write_text(configuration, "utf-8")
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    with pytest.raises(fonts.FontsMissing):
        fonts.activate()


@pytest.mark.slow
def test_cutting_again_gives_the_same_bytes_and_mends_what_was_damaged(tmp_path: Path) -> None:
    assert cutting.prepare(tmp_path) is True
    made = (tmp_path / "fonts.json").read_bytes()
    assert made == (fonts.FOLDER / "fonts.json").read_bytes()
    assert list((tmp_path / "cache").iterdir()), "fontconfig has scanned the fonts"
    damaged = tmp_path / "faces" / "SLMSans-Regular.ttf"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert cutting.prepare(tmp_path) is True
    assert cutting.prepare(tmp_path) is False


@pytest.mark.parametrize("weight", [400, 700])
def test_an_apostrophe_takes_no_more_room_than_a_letter_in_english(weight: int) -> None:
    """The font's own is as wide as a Chinese character, and half as wide with its narrow forms."""
    from pipeline.render.pdf import render_pdf

    style = f'<style>html {{ font: {weight} 10pt "SLM Sans"; font-feature-settings: "palt" }}</style>'
    html = f'<html lang="en"><head><title>x</title>{style}</head><body><p>Supplier’s</p></body></html>'
    page = pypdfium2.PdfDocument(render_pdf(html, "x", ROOT / "templates"))[0].get_textpage()
    assert page.get_text_range().strip() == "Supplier’s"
    left_of = {page.get_text_range(index, 1): page.get_charbox(index)[0] for index in range(page.count_chars())}
    assert 1 < left_of["s"] - left_of["’"] < 3
    assert 0 < left_of["’"] - left_of["r"] < 6
