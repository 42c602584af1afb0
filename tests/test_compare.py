"""`slm compare`: what two versions, or two states of the sources, mean to the customer."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from pipeline.cli import slm
from pipeline.options import ROOT

HARBOUR, CLINIC = "sla-harbour-core", "sla-renhe-clinical"
WHO = {"NAME": "Somebody", "EMAIL": "somebody@example.com"}
DRAFT = "agreements/sla-renhe-clinical/A-01.yaml"


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(slm, ["compare", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def told(*arguments: str | Path) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    sheet: dict[str, Any] = json.loads(result.stdout)
    return sheet


def rows(section: dict[str, Any], meaning: str) -> list[str]:
    return [row["text"] for group in section["groups"] if group["meaning"] == meaning for row in group["rows"]]


def edit(sources: Path, file: str, old: str, new: str) -> None:
    text = (sources / file).read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    (sources / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_two_versions_are_told_in_the_words_of_the_agreement() -> None:
    (section,) = told(f"{HARBOUR}@A/01", f"{HARBOUR}@B/00", "--language", "en")["sections"]
    assert section["heading"] == "A/01 (Execution version) → B/00 (Execution version)"
    assert section["note"] == "In force from 1 July 2026"
    assert section["counts"] == "10 better, 2 worse, 5 neutral, 1 wording only"
    assert "Network Operations, P1 Resolution time: time limit: 4 h → 3 h" in rows(section, "better")
    assert "Network Operations, Availability: goal: ≥ 99.9% → ≥ 99.95%" in rows(section, "better")
    assert "Cap on the credits of a month: 10% → 15%" in rows(section, "better")
    assert "Charge per month: CNY 148,000.00 → CNY 188,000.00" in rows(section, "worse")
    assert any(one.startswith("Application Support: service added: Silver") for one in rows(section, "better"))
    assert len(rows(section, "wording")) == 1


def test_the_other_way_round_better_is_worse() -> None:
    there = told(f"{HARBOUR}@A/01", f"{HARBOUR}@B/00")["sections"][0]
    back = told(f"{HARBOUR}@B/00", f"{HARBOUR}@A/01")["sections"][0]
    for meaning, opposite in (("better", "worse"), ("worse", "better"), ("neutral", "neutral"), ("wording", "wording")):
        assert len(rows(there, meaning)) == len(rows(back, opposite))


def test_chinese_agreements_are_told_in_chinese_by_default() -> None:
    result = run(f"{CLINIC}@A/00", f"{CLINIC}@A/01")
    assert result.exit_code == 0
    assert "草案，尚未签署；拟自2027年3月1日起生效" in result.stdout
    assert "▲ 对客户更有利 (14)" in result.stdout
    assert "服务台 P1 响应时间：时限：10 分钟 → 5 分钟" in result.stdout
    assert "新增 合同年抵扣上限：5%" in result.stdout
    assert not re.search(r"compare\.|whatif\.", result.stdout)


def test_a_signed_version_is_what_was_registered() -> None:
    for version in ("A/00", "A/01", "B/00"):
        (section,) = told(f"{HARBOUR}@{version}", "--with-signed", "--language", "en")["sections"]
        assert (section["counts"], section["groups"]) == ("nothing changed", [])


def test_every_registered_version_of_the_demonstration_is_read_back_as_it_is() -> None:
    folders = sorted((ROOT / "sources" / "register").iterdir())
    assert len(folders) == 8
    for folder in folders:
        for file in folder.iterdir():
            version = file.stem.replace("-", "/")
            (section,) = told(f"{folder.name}@{version}", "--with-signed")["sections"]
            assert section["groups"] == [], f"{folder.name}@{version}"


def test_a_signed_text_that_was_tampered_with_is_told_in_business_terms(tmp_path: Path) -> None:
    sources = Path(shutil.copytree(ROOT / "sources", tmp_path / "sources"))
    edit(sources, f"agreements/{HARBOUR}/B-00.yaml", "credit_cap: 15%", "credit_cap: 5%")
    (section,) = told(f"{HARBOUR}@B/00", "--with-signed", "--language", "en", "--sources", sources)["sections"]
    assert rows(section, "worse") == ["Cap on the credits of a month: 15% → 5%"]
    assert section["note"] == "B/00 was signed; a signed text should not change any more"


def test_a_draft_is_compared_with_what_was_signed_last() -> None:
    (section,) = told(CLINIC, "--with-signed", "--language", "en")["sections"]
    assert section["heading"] == "A/00 (Execution version) → A/01 (In negotiation)"
    assert section["counts"] == "14 better, 3 worse, 3 neutral"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((f"{HARBOUR}@A/00",), "write two versions"),
        ((f"{HARBOUR}@A/00", f"{HARBOUR}@A/01", "--base", "HEAD"), "--base compares states of the sources"),
        ((f"{HARBOUR}@A/00", "--base", "HEAD"), f"write {HARBOUR}"),
        (("--with-signed",), "--with-signed goes with one version"),
        ((f"{HARBOUR}@A/00", f"{HARBOUR}@A/01", "--to", "HEAD"), "--to goes with --base"),
        ((), "write two versions"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(arguments: tuple[str, ...], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sla-harbor-core@A/00", f"{HARBOUR}@A/01"), "unknown agreement 'sla-harbor-core'; did you mean"),
        ((f"{HARBOUR}@A/00", f"{HARBOUR}@C/00"), "has no version 'C/00'; versions: A/00, A/01, B/00"),
        ((f"{HARBOUR}@A/00", "ola-infrastructure@A/00"), "compare two of one kind"),
        (("ola-infrastructure@A/00", "ola-infrastructure@A/00", "--effect"), "two versions of one SLA"),
    ],
)
def test_what_cannot_be_compared_is_a_mistake_with_a_hint(arguments: tuple[str, ...], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert words in result.stderr


# the page


class Page(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ('hours: "01:00-04:00"', 'hours: "01:00-06:00"', "Saturday no. 3 of the month, 01:00–04:00",
         "Saturday no. 3 of the month, 01:00–06:00"),
        ("weekday: saturday, nth: 3,", "weekday: sunday,", "Saturday no. 3 of the month, 01:00–04:00",
         "every Sunday, 01:00–04:00"),
        ("weekday: saturday, nth: 3,", "day: 5, months: [3, 9],", "Saturday no. 3 of the month, 01:00–04:00",
         "day 5 of the month, 01:00–04:00, in months 3, 9"),
    ],
)  # fmt: skip
def test_a_maintenance_window_that_changed_behind_its_words_shows_on_both_sides(
    demo_sources: Path, old: str, new: str, before: str, after: str
) -> None:
    text = (demo_sources / f"agreements/{HARBOUR}/B-00.yaml").read_text(encoding="utf-8")
    for written, instead in (
        ("version: B/00", "version: B/01"), ("status: signed", "status: draft"), ("replaces: A/01", "replaces: B/00"),
        ("from: 2026-07-01", "from: 2027-01-01"), (old, new),
    ):  # fmt: skip
        assert written in text
        text = text.replace(written, instead, 1)
    (demo_sources / f"agreements/{HARBOUR}/B-01.yaml").write_text(text, encoding="utf-8")
    sheet = told(f"{HARBOUR}@B/00", f"{HARBOUR}@B/01", "--language", "en", "--sources", demo_sources)
    (row,) = (row for row in rows(sheet["sections"][0], "neutral") if row.startswith("maintenance window"))
    left, _, right = row.partition(" → ")
    assert left.endswith(f"measured as {before}")
    assert right.endswith(f"measured as {after}")


def test_the_page_needs_nothing_but_itself(tmp_path: Path) -> None:
    file = tmp_path / "changes.html"
    result = run(f"{HARBOUR}@A/01", f"{HARBOUR}@B/00", "--language", "en", "--html", file)
    assert result.exit_code == 0
    content = file.read_text(encoding="utf-8")
    page = Page(content)
    assert page.open == []
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "form", "object"}
    assert not re.search(r"https?:|url\(|@import", content)
    assert "default-src 'none'" in content
    assert ("html", {"lang": "en"}) in page.tags
    assert "prefers-color-scheme: dark" in content
    assert "@media print" in content
    tables = [attrs for tag, attrs in page.tags if tag == "table"]
    assert len(tables) == 4
    assert sum(tag == "caption" for tag, _ in page.tags) == 4
    assert {attrs.get("scope") for tag, attrs in page.tags if tag == "th"} == {"col", "row"}
    assert {"del", "ins"} <= names
    assert "Network Operations, P1 Resolution time: time limit" in page.text


def test_words_of_sources_stay_words_on_the_page_and_in_markdown(demo_sources: Path, tmp_path: Path) -> None:
    edit(
        demo_sources,
        DRAFT,
        "互联网医院平台业务库",
        "<script>alert(1)</script> | *a* @all see#1 `x` 互联网医院平台业务库",
    )
    file = tmp_path / "changes.html"
    arguments = (f"{CLINIC}@A/00", f"{CLINIC}@A/01", "--sources", demo_sources, "--markdown", "--html", file)
    result = run(*arguments)
    assert "script" not in {tag for tag, _ in Page(file.read_text(encoding="utf-8")).tags}
    (line,) = (line for line in result.stdout.splitlines() if "alert(1)" in line)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\| \\*a\\* &#64;all see&#35;1 \\`x\\`" in line
    assert line.count(" | ") == 2  # the table keeps its three columns


# the effect


def test_the_effect_of_a_draft_is_what_whatif_says_of_the_same_terms(demo_sources: Path) -> None:
    text = (demo_sources / "agreements" / HARBOUR / "B-00.yaml").read_text(encoding="utf-8")
    text = text.replace("version: B/00 ", "version: B/01 ").replace("status: signed ", "status: draft ")
    text = text.replace("from: 2026-07-01", "from: 2027-01-01").replace("replaces: A/01", "replaces: B/00")
    text = text.replace(
        "{id: p1-resolution, measure: resolution_time, priority: P1, limit: 3 h, goal: 95%",
        "{id: p1-resolution, measure: resolution_time, priority: P1, limit: 1 h, goal: 95%",
        1,
    )
    (demo_sources / "agreements" / HARBOUR / "B-01.yaml").write_text(text, encoding="utf-8")
    arguments = (f"{HARBOUR}@B/00", f"{HARBOUR}@B/01", "--effect", "--months", "4", "--language", "en")
    sheet = told(*arguments, "--sources", demo_sources)
    assert rows(sheet["sections"][0], "better") == ["Network Operations, P1 Resolution time: time limit: 3 h → 1 h"]
    setting = "network-operations.p1-resolution.limit=1h"
    question = ["whatif", HARBOUR, "--set", setting, "--months", "4", "--json", "--language", "en"]
    other = CliRunner().invoke(slm, [*question, "--sources", str(demo_sources)])
    expected = json.loads(other.stdout)
    assert sheet["record"]["results"] == expected["results"]
    assert sheet["record"]["credits"] == expected["credits"]
    assert sheet["record"]["flips"] == expected["flips"]
    assert len(expected["flips"]) > 0
    assert sheet["effect"][0]["title"] == f"Recalculation under Changed Terms {HARBOUR}"


def test_the_effect_stands_beside_the_changes_on_paper_and_in_the_comment(tmp_path: Path) -> None:
    file = tmp_path / "changes.html"
    arguments = (f"{CLINIC}@A/00", f"{CLINIC}@A/01", "--effect", "--months", "3", "--language", "en", "--html", file)
    comment = run(*arguments, "--markdown").stdout
    for words in ("Past months measured under all terms of version A/01", "Tickets judged differently"):
        assert words in comment
        assert words in Page(file.read_text(encoding="utf-8")).text
    assert "Terms changed" not in comment


# review in git


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody, untouched by what the machine has configured."""
    program = shutil.which("git")
    if program is None:
        pytest.skip("git is not installed")
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in WHO.items()}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **who}
    subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True, env=environment)


@pytest.fixture
def repository(demo_sources: Path) -> Path:
    """The demonstration sources, committed once."""
    folder = demo_sources.parent
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "state")
    return demo_sources


def review(sources: Path, *arguments: str) -> dict[str, Any]:
    return told("--base", "HEAD", "--language", "en", *arguments, "--sources", sources)


def test_a_review_tells_drafts_from_signed_texts_and_other_sources(repository: Path) -> None:
    edit(repository, DRAFT, "credit_cap_year: 5%", "credit_cap_year: 8%")
    edit(repository, f"agreements/{HARBOUR}/B-00.yaml", "credit_cap: 15%", "credit_cap: 10%")
    edit(repository, "policy.yaml", "retention_years: 3", "retention_years: 5")
    sheet = review(repository)
    assert sheet["title"] == "Changes of the sources since HEAD"
    assert sheet["headline"] == "drafts: 1, signed texts: 1, other sources: 1: 1 better, 1 worse, 1 neutral"
    signed, draft, policy = sheet["sections"]
    assert (signed["number"], signed["note"]) == (
        "SLA-HARBOUR-CORE",
        "B/00 was signed; a signed text should not change any more",
    )
    assert rows(signed, "worse") == ["Cap on the credits of a month: 15% → 10%"]
    assert draft["note"] == "Draft, nothing of it binds yet; meant to be in force from 1 March 2027"
    assert rows(draft, "better") == ["Cap on the credits of a contract year: 5% → 8%"]
    assert (policy["title"], rows(policy, "neutral")) == ("Policy", ["retention years: 3 → 5"])


def test_a_new_version_is_compared_with_the_one_that_it_follows(repository: Path) -> None:
    text = (repository / "agreements" / HARBOUR / "B-00.yaml").read_text(encoding="utf-8")
    text = text.replace("version: B/00 ", "version: B/01 ").replace("status: signed ", "status: draft ")
    text = text.replace("replaces: A/01", "replaces: B/00").replace("credit_cap: 15%", "credit_cap: 20%")
    (repository / "agreements" / HARBOUR / "B-01.yaml").write_text(text, encoding="utf-8")
    (section,) = review(repository, HARBOUR)["sections"]
    assert section["heading"] == "B/00 (Execution version) → B/01 (Draft)"
    assert rows(section, "better") == ["Cap on the credits of a month: 15% → 20%"]


def test_a_first_version_and_one_that_is_gone_are_told(repository: Path) -> None:
    text = (repository / "agreements" / "sla-nordwind-office" / "A-00.yaml").read_text(encoding="utf-8")
    (repository / "agreements" / "sla-nordwind-second").mkdir()
    (repository / "agreements" / "sla-nordwind-second" / "A-00.yaml").write_text(
        text.replace("id: sla-nordwind-office", "id: sla-nordwind-second").replace("status: signed", "status: draft"),
        encoding="utf-8",
    )
    (repository / "agreements" / "uc-qirui-maintenance" / "A-00.yaml").unlink()
    first, gone = review(repository)["sections"][:2]
    assert first["heading"] == "new version: A/00 (Draft)"
    assert len(rows(first, "neutral")) > 0
    assert (gone["title"], gone["heading"]) == ("UC-QIRUI-MAINTENANCE A/00", "removed")


def test_a_calendar_that_changes_changes_the_agreements_that_rest_on_it(repository: Path) -> None:
    edit(repository, "calendars/business-cn.yaml", '"09:00-12:00"', '"08:00-12:00"')
    sections = {one["number"] or one["title"]: one for one in review(repository)["sections"]}
    assert any("service hours" in one for one in rows(sections["SLA-HARBOUR-CORE"], "better"))
    assert rows(sections["Service hours: business-cn"], "neutral")[0].startswith("hours of workdays: 09:00-12:00")


def test_a_catalogue_entry_is_told_in_the_words_of_agreements(repository: Path) -> None:
    edit(repository, "catalog/network-operations.yaml", "limit: 10 min", "limit: 5 min")
    sections = {one["title"]: one for one in review(repository)["sections"]}
    entry = sections["Catalogue entry: Network Operations"]
    assert rows(entry, "better") == ["Network Operations, Gold, P1 Response time: time limit: 10 min → 5 min"]


def test_the_documents_concerned_are_named(repository: Path) -> None:
    edit(repository, DRAFT, "credit_cap_year: 5%", "credit_cap_year: 8%")
    (section, *_) = review(repository, "--documents")["sections"]
    stem = "renhe-hospital/agreements/sla-renhe-clinical_A-01"
    assert section["documents"] == [f"{stem}.docx", f"{stem}.pdf"]


def test_the_comment_starts_with_its_summary_and_names_mistakes(repository: Path) -> None:
    edit(repository, DRAFT, "credit_cap_year: 5%", "credit_cap_year: 5")
    edit(repository, "policy.yaml", "retention_years: 3", "retention_years: 5")
    result = run("--base", "HEAD", "--markdown", "--language", "en", "--sources", repository)
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert lines[0] == "## Changes of the sources since HEAD"
    assert lines[2].startswith("**other sources: 2: 1 neutral")
    assert "A-01.yaml" in lines[4]
    assert "cannot be read, not compared" in result.stdout


def test_one_state_is_compared_with_an_earlier_one(repository: Path) -> None:
    edit(repository, "policy.yaml", "retention_years: 3", "retention_years: 5")
    git(repository.parent, "commit", "-q", "-a", "-m", "later")
    edit(repository, "policy.yaml", "retention_years: 5", "retention_years: 7")
    sheet = told("--base", "HEAD~1", "--to", "HEAD", "--language", "en", "--sources", repository)
    assert rows(sheet["sections"][0], "neutral") == ["retention years: 3 → 5"]


def test_a_state_that_git_does_not_have_is_wrong_usage(repository: Path) -> None:
    result = run("--base", "nowhere", "--sources", repository)
    assert result.exit_code == 2
    assert "git knows no revision 'nowhere'" in result.stderr


# what other programs read


def test_the_hook_is_one_that_pre_commit_reads_and_it_runs(demo_sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert set(hook) >= {"id", "name", "entry", "language"}
    assert hook["id"] == "slm-check"
    assert hook["pass_filenames"] is False
    assert re.search(hook["files"], f"sources/{DRAFT}")
    program, *arguments = shlex.split(hook["entry"])
    assert program == "slm"
    monkeypatch.chdir(demo_sources.parent)
    assert CliRunner().invoke(slm, arguments).exit_code == 0
    edit(demo_sources, "policy.yaml", "retention_years: 3", "retention_years: soon")
    assert CliRunner().invoke(slm, arguments).exit_code == 1


def test_the_sample_workflow_calls_commands_as_they_are() -> None:
    workflow = yaml.safe_load((ROOT / "docs" / "review-check.yml").read_text(encoding="utf-8"))
    steps = [one.get("run", "") for one in workflow["jobs"]["changes"]["steps"]]
    (line,) = (one for one in steps if "slm compare" in one)
    wanted = {one for one in shlex.split(line) if one.startswith("--")}
    known = {name for option in slm.commands["compare"].params for name in option.opts}
    assert wanted == {"--base", "--markdown", "--documents"} <= known
    assert steps[-1].split()[-2:] == [".venv/bin/slm", "check"]
