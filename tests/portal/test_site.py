"""The portal as files: whole, without a way out, and telling what was measured."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from pathlib import Path

import pytest

from pipeline.build import measured
from pipeline.measure.attainment import MISSED
from pipeline.measure.measurement import Measurement
from pipeline.merge.words import Words
from pipeline.options import ROOT, Options
from pipeline.portal.edition import status_of
from pipeline.portal.flow import portal
from tests.portal.conftest import COMPARISON, CUSTOMER, TODAY
from tests.portal.pages import pages, read, section, targets, words

EDITIONS = pytest.mark.parametrize("edition", ["portal", f"portals/{CUSTOMER}"])
LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en"])


@pytest.fixture(scope="session")
def figures() -> Measurement:
    measurement = measured(Options()).measurement
    assert measurement is not None
    return measurement


@EDITIONS
def test_every_link_leads_to_a_file_and_a_place_in_it(output: Path, edition: str) -> None:
    count = 0
    for page in pages(output / edition):
        for written, file, place in targets(page):
            assert file.is_file(), f"{page.name}: {written}"
            assert not place or read(file).xpath("//*[@id=$place]", place=place), f"{page.name}: {written}"
            count += 1
    assert count > 1000


def test_a_site_to_hand_over_leads_nowhere_outside_itself(customers_site: Path) -> None:
    outside = [
        (page.name, written)
        for page in pages(customers_site)
        for written, file, _ in targets(page)
        if not file.is_relative_to(customers_site.resolve())
    ]
    assert outside == []


@EDITIONS
def test_pages_take_nothing_from_elsewhere_and_run_nothing_of_their_own(output: Path, edition: str) -> None:
    for page in pages(output / edition):
        tree, text = read(page), page.read_text(encoding="utf-8")
        assert "//" not in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL), page.name
        policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy == ["default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'"], page.name
        own = tree.xpath("//style | //@style | //script[text()] | //@*[starts-with(name(), 'on')]")
        assert own == [], page.name


@EDITIONS
def test_pages_can_be_found_one_s_way_in_without_seeing_them(output: Path, edition: str) -> None:
    for page in pages(output / edition):
        tree = read(page)
        assert tree.get("lang") in {"zh-CN", "en"}, page
        assert len(tree.xpath("//h1")) == 1, page
        assert len(tree.xpath("//main")) == 1, page
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids)), page
        assert all(words(link) for link in tree.xpath("//a")), page
        assert all(words(caption) for caption in tree.xpath("//table/caption")), page
        assert tree.xpath("//table[not(caption)] | //th[not(@scope)]") == [], page
        if page.parent != output / edition:
            assert tree.xpath("//body/*[1][self::a]/@href") == ["#content"], page
            levels = [int(heading.tag[1]) for heading in tree.xpath("//main//h1 | //main//h2 | //main//h3")]
            assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels)), page


@EDITIONS
def test_every_page_is_there_in_each_language_and_leads_to_its_twin(output: Path, edition: str) -> None:
    site = output / edition
    chinese, english = ({page.relative_to(site / one) for page in pages(site / one)} for one in ("zh-CN", "en"))
    assert chinese == english
    for page in chinese:
        (twin,) = read(site / "zh-CN" / page).xpath("//p[@class='languages']/a/@href")
        assert (site / "zh-CN" / page.parent / twin).resolve() == (site / "en" / page).resolve()
        assert not re.search(r"[{}]|\bNone\b|portal\.[a-z]", words(read(site / "en" / page).body)), page


def test_the_first_page_tells_which_slas_missed_targets(site: Path, figures: Measurement) -> None:
    newest = [months[-1] for months in figures.months.values()]
    missed = [one for one in newest if status_of(one) == MISSED]
    assert (len(newest), len(missed)) == (3, 2)
    home = read(site / "en/index.html")
    assert words(home.xpath("//p[@class='headline missed']")[0]) == "2 of 3 SLAs have missed targets"
    tiles = [words(tile) for tile in home.xpath("//ul[@class='tiles']/li")]
    targets_missed = sum(result.status == MISSED for one in missed for result in one.results)
    assert tiles[:3] == ["3 SLAs", "2 with missed targets", f"{targets_missed} targets missed"]
    shown = [words(state) for state in section(home, "slas").xpath(".//tbody/tr/td[2]/span")]
    assert shown == ["Missed", "Missed", "Met"]


@LANGUAGES
def test_an_agreement_tells_each_target_of_the_newest_month(site: Path, figures: Measurement, language: str) -> None:
    page = read(site / language / "agreements/sla-harbour-core.html")
    status = Words(language, _labels()[language]).label
    shown = section(page, "results").xpath("./table/tbody/tr/td[3]/span")
    expected = [status(f"status.{one.status}") for one in figures.months["sla-harbour-core"][-1].results]
    assert sorted(map(words, shown)) == sorted(expected)
    months = section(page, "results").xpath(".//table[@class='history']/thead//th")
    assert [words(month) for month in months][1:] == [
        str(one.period.month) for one in figures.months["sla-harbour-core"][-12:]
    ]


def test_versions_lead_to_their_documents_and_to_what_changed(site: Path) -> None:
    versions = section(read(site / "en/agreements/sla-harbour-core.html"), "versions")
    rows = versions.xpath(".//tbody/tr")
    told = [words(row.xpath("./th")[0]) for row in rows]
    assert told == ["B/00in force", "A/01replaced by a later version", "A/00ended"]
    assert rows[0].xpath("./td[3]//a/@href") == [
        f"../../../harbour-port/agreements/sla-harbour-core_B-00.{ending}" for ending in ("pdf", "docx")
    ]
    assert versions.xpath(".//td[4]//a/@href") == [
        f"../compare/{COMPARISON}",
        "../compare/sla-harbour-core_A-00_A-01.html",
    ]
    assert [words(link) for link in versions.xpath(".//td[4]//a")] == [
        "since A/01 SLA-HARBOUR-CORE B/00",
        "since A/00 SLA-HARBOUR-CORE A/01",
    ]


def test_a_comparison_tells_what_each_change_means_for_the_customer(site: Path) -> None:
    page = read(site / "en/compare" / COMPARISON)
    assert words(page.xpath("//h1")[0]) == "What changed from A/01 to B/00"
    assert "10 better, 2 worse" in words(page.xpath("//p[@class='headline']")[0])
    rows = [[words(cell) for cell in row] for row in section(page, "better").xpath(".//tbody/tr")]
    assert ["Network Operations, P1 Resolution time: time limit", "4 h", "3 h"] in rows


def test_a_customer_is_not_told_of_what_stands_behind_its_agreement(site: Path, customers_site: Path) -> None:
    internal, theirs = ((one / "zh-CN/compare" / COMPARISON).read_text("utf-8") for one in (site, customers_site))
    assert "uc-hengyuan-lines" in internal
    assert "uc-hengyuan-lines" not in theirs
    assert "4 小时" in theirs


def test_a_month_leads_to_the_reports_on_it(site: Path) -> None:
    rows = read(site / "en/reports/2026-10.html").xpath("//tbody/tr")
    assert len(rows) == 3
    for row in rows:
        endings = [str(link).rpartition("2026-10")[2] for link in row.xpath(".//ul[@class='links']//@href")]
        assert endings == [".pdf", ".xlsx", ".tickets.csv", ".json"]


def test_the_due_list_tells_what_is_overdue_before_what_is_coming(site: Path) -> None:
    rows = read(site / "en/due.html").xpath("//tbody/tr")
    overdue = ["overdue" in words(row.xpath("./th")[0]) for row in rows]
    assert overdue == sorted(overdue, reverse=True)
    assert sum(overdue) == 7
    assert words(rows[0]).startswith("1 July 2025")


def test_what_is_searched_names_every_page_but_further_ones_of_a_list(site: Path) -> None:
    for language in ("zh-CN", "en"):
        text = (site / f"search.{language}.js").read_text(encoding="utf-8")
        rows = json.loads(text.removeprefix("window.portalIndex = ").removesuffix(";\n"))
        found = {row[3] for row in rows}
        every = {page.relative_to(site / language).as_posix() for page in pages(site / language)}
        assert found == {page for page in every if not page.startswith("compare/")}
        harbour = next(row for row in rows if row[3] == "parties/harbour-port.html")
        assert "东澜港口" in " ".join(harbour)
        assert "Donglan Port" in " ".join(harbour)


def test_the_same_sources_give_the_same_bytes_again(output: Path) -> None:
    assert portal(Options(output=output), TODAY).changed == 0
    assert portal(Options(output=output, customer=CUSTOMER), TODAY).changed == 0


def test_what_is_left_of_an_earlier_portal_goes(site: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    shutil.copytree(site.parent, output)
    gone = output / "portal/en/agreements/sla-gone.html"
    gone.write_text("an agreement that was deleted", encoding="utf-8")
    assert portal(Options(output=output), TODAY).changed == 1
    assert not gone.exists()


def test_a_template_that_cannot_be_filled_is_told_with_its_line_and_nothing_is_written(tmp_path: Path) -> None:
    templates = Path(shutil.copytree(ROOT / "templates", tmp_path / "templates"))
    due = templates / "portal/due.html"
    due.write_text(due.read_text(encoding="utf-8").replace("{{ lead }}", "{{ leed }}"), encoding="utf-8")
    made = portal(Options(output=tmp_path / "output", templates=templates), TODAY)
    assert [one for one in made.problems if one.severity == "error"] != []
    told = str(next(one for one in made.problems if one.severity == "error"))
    assert "portal/due.html:6" in told
    assert "leed" in told
    assert made.folder is None
    assert not (tmp_path / "output").exists()


def _labels() -> dict[str, dict[str, str]]:
    return {one: dict(labels) for one, labels in measured(Options()).labels.items()}
