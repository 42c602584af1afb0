"""Markup in sources is text in all that browsers and mail programs show: portal, mails, comparisons."""

from __future__ import annotations

import email
import shutil
from email.policy import SMTP
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import slm
from pipeline.options import ROOT
from tests.security.test_no_way_out import ways_out
from tests.tools.canaries import files_below

NASTY = "</title></script>\"'><img src=x onerror=alert(1)><script>alert(2)</script><a href=javascript:x>&amp;{{ 1 }}"
PLACES = {
    "parties/customers/bay-port.yaml": ("海湾港务", "周舟", "宁波市示范区码头路 8 号"),
    "agreements/sla-bay/A-01.yaml": ("海湾港务服务级别协议", "收紧解决时限", "业务系统稳定运行。", "及时反馈", "周舟"),
    "agreements/sla-bay/A-00.yaml": ("海湾港务服务级别协议", "周舟"),
}


class Elements(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.made += [f"<{tag} {name}={value}>" for name, value in attrs if name.startswith("on")]
        self.made += [f"<{tag}>"] if tag == "img" or (tag == "script" and "src" not in dict(attrs)) else []
        self.made += [
            f"<{tag} {value}>" for _, value in attrs if (value or "").strip().lower().startswith("javascript:")
        ]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company in whose every text somebody wrote markup, with all that browsers and mail programs open."""
    made = tmp_path_factory.mktemp("escaping")
    shutil.copytree(ROOT / "tests" / "projects" / "small" / "sources", made / "sources")
    for name, words in PLACES.items():
        path = made / "sources" / name
        text = path.read_text(encoding="utf-8")
        for word in words:
            assert word in text
            nasty = (word + NASTY).replace("'", "''")
            text = text.replace(word, f"'{nasty}'")
        path.write_text(text, encoding="utf-8")
    places = ["--sources", f"{made}/sources", "--output", f"{made}/output"]
    for arguments in (
        ["build", "sla", "ola", "reports", "minutes", "overview", "--workers", "1", *places],
        ["portal", "--today", "2026-10-31", *places],
        ["portal", "--today", "2026-10-31", "--customer", "bay-port", *places],
        ["dispatch", "reports", "agreements", "minutes", "--today", "2026-11-05", *places],
        ["compare", "sla-bay@A/00", "sla-bay@A/01", "--html", f"{made}/output/changes.html", *places[:2]],
    ):
        done = CliRunner().invoke(slm, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
    return made / "output"


def pages_of(folder: Path) -> list[tuple[str, str]]:
    """Every page, and every mail's HTML."""
    found = []
    for name, content in files_below(folder):
        if name.endswith(".html"):
            found.append((name, content.decode()))
        elif name.endswith(".eml"):
            parts = email.message_from_bytes(content, policy=SMTP).walk()
            found += [(name, part.get_content()) for part in parts if part.get_content_type() == "text/html"]
    return found


def test_markup_in_sources_makes_no_element(folder: Path) -> None:
    showing = set()
    for name, text in pages_of(folder):
        page = Elements()
        page.feed(text)
        assert page.made == [], name
        if "onerror=alert(1)" in "".join(page.words):
            showing.add(name.split("/")[0])
    assert showing == {"portal", "portals", "dispatch", "changes.html"}


def test_no_page_mail_or_document_leads_out(folder: Path) -> None:
    files = [*files_below(folder), *((f"{name}.html", text.encode()) for name, text in pages_of(folder))]
    found = [(name, one) for name, content in files for one in ways_out(name, content)]
    assert [(name, one) for name, one in found if not one.startswith("mailto:")] == []


def test_markup_breaks_no_header_of_a_mail(folder: Path) -> None:
    mails = [content for name, content in files_below(folder) if name.endswith(".eml")]
    assert mails
    for content in mails:
        message = email.message_from_bytes(content, policy=SMTP)
        assert message["To"].addresses[0].domain.endswith("example.com")
        assert message.defects == []
