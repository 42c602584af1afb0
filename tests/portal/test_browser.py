"""The portal in a real browser, from a folder as from `slm serve`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from pipeline.options import ROOT
from pipeline.portal.serving import Server
from pipeline.portal.watching import Built
from pipeline.render import fonts
from tests.portal.conftest import COMPARISON, CUSTOMER
from tests.portal.pages import pages
from tests.tools.checkers import axe, required

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
KINDS = (
    "index.html",
    "customers.html",
    "services.html",
    "services/network-operations.html",
    "agreements/sla-harbour-core.html",
    "agreements/uc-hengyuan-lines.html",
    "parties/harbour-port.html",
    "reports.html",
    "reports/2026-10.html",
    "reviews.html",
    "actions.html",
    "due.html",
    "compare/sla-harbour-core_A-01_B-00.html",
)
"""A page made of each template."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = required("chromium")
    fonts.activate()  # Chinese shows on every machine, and looks the same
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=DESKTOP)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def complaints(page: Page, root: str) -> list[str]:
    """What the page says on the console from now on, what fails, and what it asks for outside the site.

    What a page leaves unread because another one is opened did not fail.
    """
    found: list[str] = []
    page.on("console", lambda message: found.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda mistake: found.append(str(mistake)))
    page.on(
        "requestfailed",
        lambda asked: None if asked.failure == "net::ERR_ABORTED" else found.append(f"{asked.failure}: {asked.url}"),
    )
    page.on("request", lambda asked: None if asked.url.startswith(root) else found.append(f"outside: {asked.url}"))
    return found


@pytest.mark.parametrize("edition", ["portal", f"portals/{CUSTOMER}"])
def test_every_page_opens_from_a_folder_without_complaint_and_fits_a_phone(
    browser: Browser, output: Path, edition: str
) -> None:
    context = browser.new_context(viewport=PHONE)
    page, site = context.new_page(), output / edition
    found = complaints(page, f"{site.as_uri()}/")
    wide = []
    for one in pages(site):
        page.goto(one.as_uri())
        if one.parent == site:
            page.wait_for_url("**/zh-CN/index.html")  # it leads on by itself
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(one.relative_to(site).as_posix())
    context.close()
    assert found == []
    assert wide == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_keeps_anybody_from_using_a_page(browser: Browser, site: Path, language: str, scheme: Scheme) -> None:
    program = axe()
    for size in (PHONE, DESKTOP):
        context = browser.new_context(viewport=size, color_scheme=scheme)
        page = context.new_page()
        for kind in KINDS:
            page.goto((site / language / kind).as_uri())
            page.evaluate(program)
            violations = page.evaluate("axe.run().then(found => found.violations)")
            told = [(one["id"], node["html"]) for one in violations for node in one["nodes"]]
            assert told == [], f"{kind} {size['width']} {scheme}"
        context.close()


def test_the_start_leads_to_the_first_language_and_the_switch_to_the_same_page_in_another(
    page: Page, site: Path
) -> None:
    page.goto((site / "index.html").as_uri())
    page.wait_for_url("**/zh-CN/index.html")
    page.get_by_role("link", name="到期事项", exact=True).click()
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url((site / "en/due.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("Due")


@pytest.mark.parametrize(
    ("language", "words", "leads_to"),
    [
        ("zh-CN", "东澜", "parties/harbour-port.html"),
        ("zh-CN", "donglan PORT", "parties/harbour-port.html"),
        ("en", "仁禾 协议", "agreements/sla-renhe-clinical.html"),
        ("en", "SLA-HARBOUR", "agreements/sla-harbour-core.html"),
        ("en", "2026-10", "reports/2026-10.html"),
        ("en", "ＮＥＴＷＯＲＫ", "services/network-operations.html"),
    ],
)
def test_the_search_finds_in_every_language_from_a_folder(
    page: Page, site: Path, language: str, words: str, leads_to: str
) -> None:
    found = complaints(page, f"{site.as_uri()}/")
    page.goto((site / language / "reports/2026-10.html").as_uri())
    page.get_by_role("searchbox").fill(words)
    links = page.locator(".results a")
    expect(links.first).to_be_visible()
    hrefs = [link.evaluate("link => link.href") for link in links.all()]
    assert (site / language / leads_to).as_uri() in hrefs[:2]
    assert found == []


def test_the_index_is_read_only_once_somebody_searches(page: Page, site: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "en/index.html").as_uri())
    index = (site / "search.en.js").as_uri()
    assert index not in asked
    page.get_by_role("searchbox").focus()
    page.wait_for_function("window.portalIndex")
    assert asked.count(index) == 1


def test_the_search_needs_no_mouse_and_says_what_it_found(page: Page, site: Path) -> None:
    page.goto((site / "en/index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("nordwind")
    status = page.get_by_role("search").get_by_role("status")
    expect(status).to_contain_text("result")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(status).to_be_hidden()
    page.keyboard.type(" zzz")
    expect(status).to_have_text("Nothing found")
    page.get_by_role("searchbox").fill("nordwind")
    page.keyboard.press("Enter")
    expect(page).to_have_url((site / "en/parties/nordwind-asia.html").as_uri())


def test_words_of_an_index_are_text_and_never_markup(page: Page, site: Path, tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    for name in ("en/index.html", "portal.css", "portal.js", "icon.svg"):
        (tmp_path / name).write_bytes((site / name).read_bytes())
    row = json.dumps([["Page", "<img src=x onerror=alert(1)>canary", "", "index.html"]])
    (tmp_path / "search.en.js").write_text(f"window.portalIndex = {row};", encoding="utf-8")
    page.goto((tmp_path / "en/index.html").as_uri())
    page.get_by_role("searchbox").fill("canary")
    expect(page.locator(".results a")).to_contain_text("<img src=x onerror=alert(1)>canary")
    assert page.locator(".results img").count() == 0


def test_the_skip_link_comes_first_and_shows_when_it_has_the_focus(page: Page, site: Path) -> None:
    page.goto((site / "en/index.html").as_uri())
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_a_comparison_opens_from_the_version_history(page: Page, site: Path) -> None:
    page.goto((site / "en/agreements/sla-harbour-core.html").as_uri())
    page.get_by_role("link", name="since A/01").click()
    expect(page).to_have_url((site / "en/compare" / COMPARISON).as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("What changed from A/01 to B/00")


def test_without_scripts_all_is_there_but_the_search(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "en/index.html").as_uri())
    expect(page.get_by_role("search")).to_have_count(0)
    expect(page.get_by_role("table").first).to_be_visible()
    context.close()


def test_dark_and_light_follow_the_reader_s_choice(browser: Browser, site: Path) -> None:
    shades = []
    for scheme in SCHEMES:
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto((site / "en/index.html").as_uri())
        shade = page.evaluate("getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)")
        shades.append(sum(shade) / 3)
        context.close()
    assert shades[0] > 200
    assert shades[1] < 60


def test_on_paper_there_is_no_menu_and_tables_keep_their_headings(page: Page, site: Path) -> None:
    page.goto((site / "zh-CN/agreements/sla-harbour-core.html").as_uri())
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("search")).to_have_count(0)
    head = page.locator("table.cards thead").first
    assert head.evaluate("head => getComputedStyle(head).display") == "table-header-group"
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.fixture
def server(site: Path, tmp_path: Path) -> Iterator[Server]:
    script = (ROOT / "templates/portal/reload.js").read_bytes()
    shown = tmp_path / "output/portal"
    for name in ("en/index.html", "portal.css", "portal.js", "icon.svg"):
        (shown / name).parent.mkdir(parents=True, exist_ok=True)
        (shown / name).write_bytes((site / name).read_bytes())
    made = Server(0, tmp_path / "output", "portal/en/index.html", script)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def test_a_page_that_is_served_loads_itself_again_where_it_was(page: Page, server: Server, tmp_path: Path) -> None:
    found = complaints(page, server.url)
    page.goto(server.url)
    page.evaluate("scrollTo(0, 300)")
    file = tmp_path / "output/portal/en/index.html"
    file.write_text(file.read_text(encoding="utf-8").replace("October 2026 at a glance", "Saved"), encoding="utf-8")
    server.news.tell(Built(ok=True, said=""))
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved")
    page.wait_for_function("scrollY === 300")
    assert found == []


def test_a_page_that_is_served_tells_why_a_build_failed_until_one_goes_well(page: Page, server: Server) -> None:
    page.goto(server.url)
    server.news.tell(Built(ok=False, said="policy.yaml:3:1: error: <b>not valid</b>\n"))
    expect(page.get_by_role("alert")).to_have_text("policy.yaml:3:1: error: <b>not valid</b>")
    server.news.tell(Built(ok=True, said=""))
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("October 2026 at a glance")


def test_a_page_that_was_not_there_shows_once_it_is_made(page: Page, server: Server, tmp_path: Path) -> None:
    page.goto(f"{server.url}portal/en/due.html")
    expect(page.locator("body")).to_contain_text("not there yet")
    (tmp_path / "output/portal/en/due.html").write_text("<html><head></head><h1>Made</h1></html>", encoding="utf-8")
    server.news.tell(Built(ok=True, said=""))
    expect(page.get_by_role("heading", level=1)).to_have_text("Made")
