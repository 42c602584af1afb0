"""`slm new`: each kind of file is written with blanks that `check` names, and can be built once they are filled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from pipeline.build import prepare
from pipeline.commands.new import new
from pipeline.load.quoting import quoted
from pipeline.model.agreements import Version
from pipeline.options import Options
from pipeline.problems import Problem, has_errors
from pipeline.scaffold.start import CannotStart
from pipeline.scaffold.version import following, revised
from tests.conftest import run_build

# what a person would write, by the last keys that lead to a blank
ANSWERS = {
    "from": "2031-01-01",
    "until": "2031-12-31",
    "date": "2030-12-01",
    "responsible": "gao-lei",
    "approver": "lin-zhiyuan",
    "owner": "pan-wenjie",
    "calendar": "always",
    "email": "someone@example.com",
    "phone": "+86 10 0000 1234",
    "incidents_per_month": "20",
    "amount": "1000.00",
    "goal": "90%",
    "limit": "2 h",
    "en": "Words in English",
}
MARK = re.compile(r"<fill in [^<>]+>")


def start(sources: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(new, [*arguments, "--sources", str(sources)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def problems_of(sources: Path) -> tuple[Problem, ...]:
    return prepare(Options(sources=sources)).problems


def fill(path: Path, blanks: list[Problem]) -> None:
    """Write an answer at each place that a problem names, the last first, so that the places stay right."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for blank in sorted(blanks, reverse=True):
        line, column = lines[blank.place.line - 1], blank.place.column - 1
        mark = MARK.match(line, column)
        assert mark is not None, f"no blank at {blank.place}"
        key = line[:column].rstrip().rstrip(":").split(" ")[-1].strip("{")
        lines[blank.place.line - 1] = line[:column] + ANSWERS.get(key, "写好的文字") + line[mark.end() :]
    path.write_text("".join(lines), encoding="utf-8")


def fill_by_problems(sources: Path, file: str, count: int) -> str:
    """The new file has exactly so many problems, all blanks; filled in, nothing is wrong any more."""
    found = [problem for problem in problems_of(sources) if problem.severity == "error"]
    assert {problem.place.file for problem in found} == {f"sources/{file}"}
    assert {problem.code for problem in found} == {"blank"}
    assert len(found) == count
    fill(sources / file, found)
    if file.startswith("catalog/"):  # the catalogue lists what it contains, in the order to print
        catalog = sources / "catalog.yaml"
        text = catalog.read_text(encoding="utf-8")
        services = yaml.safe_load(text)["services"]
        first, last = services[0], Path(file).stem
        catalog.write_text(
            re.sub(rf"(?m)^(services:\s*(?:\[|\n\s*- )){first}", rf"\g<0>{_and(text, last)}", text), "utf-8"
        )
    assert [problem for problem in problems_of(sources) if problem.severity == "error"] == []
    return (sources / file).read_text(encoding="utf-8")


def _and(text: str, service: str) -> str:
    return f", {service}" if re.search(r"(?m)^services:\s*\[", text) else f"\n  - {service}"


def told(result: Result) -> int:
    """How many blanks the command spoke of."""
    found = re.search(r"fill in its (\d+) blank", result.stdout)
    assert (result.exit_code, found is not None) == (0, True), result.output
    return int(found[1]) if found else 0


def test_a_new_customer_has_blanks_and_is_right_once_they_are_filled(demo_sources: Path) -> None:
    blanks = told(start(demo_sources, "customer", "acme-bank", "--language", "en"))
    assert blanks == 14
    text = fill_by_problems(demo_sources, "parties/customers/acme-bank.yaml", blanks)
    assert "language: en " in text
    assert "# A customer." in text
    assert "客户" in text


def test_a_new_service_is_planned_and_right_once_its_blanks_are_filled(demo_sources: Path) -> None:
    result = start(demo_sources, "service", "cloud-backup")
    assert "list cloud-backup under services: in sources/catalog.yaml" in result.stdout
    text = fill_by_problems(demo_sources, "catalog/cloud-backup.yaml", told(result))
    assert "state: planned" in text
    assert "id: p4-resolution" in text


@pytest.mark.parametrize(
    ("kind", "party"), [("sla", "renhe-hospital"), ("ola", "infrastructure-team"), ("uc", "hengyuan-telecom")]
)
def test_a_new_agreement_takes_targets_hours_and_contacts_from_what_is_known(
    demo_sources: Path, tmp_path: Path, kind: str, party: str
) -> None:
    wish = ("--party", party, "--service", "network-operations", "--service", "database-operations")
    result = start(demo_sources, "agreement", kind, f"{kind}-new", *wish, "--level", "silver", "--level", "gold")
    text = fill_by_problems(demo_sources, f"agreements/{kind}-new/A-00.yaml", told(result))
    written = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - texts only

    assert [(one["service"], one["level"]) for one in written["services"]] == [
        ("network-operations", "silver"),
        ("database-operations", "gold"),
    ]
    catalogue = yaml.load((demo_sources / "catalog/network-operations.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    silver = next(level for level in catalogue["levels"] if level["id"] == "silver")
    assert written["services"][0]["calendar"] == silver["calendar"]
    assert [(one["id"], one["goal"]) for one in written["services"][0]["targets"]] == [
        (one["id"], one["goal"]) for one in silver["targets"]
    ]
    assert written["customer" if kind == "sla" else "provider"] == party
    assert "su.wanqing@lanshi.example.com" in text or "wei.lan@lanshi.example.com" in text

    outcome = run_build(Options(sources=demo_sources, output=tmp_path / "output", kinds=(kind,), workers=1))
    assert not has_errors(outcome.problems)
    assert (tmp_path / "output" / party / "agreements" / f"{kind}-new_A-00.docx").is_file()


def test_an_agreement_in_english_is_written_in_english(demo_sources: Path) -> None:
    wish = ("--party", "nordwind-asia", "--service", "network-operations", "--level", "gold")
    result = start(demo_sources, "agreement", "sla", "sla-nordwind-network", *wish)
    assert told(result) == 10
    text = (demo_sources / "agreements/sla-nordwind-network/A-00.yaml").read_text(encoding="utf-8")
    assert "title: Service Level Agreement for Network Operations at " in text
    assert "language: en\n" in text
    assert "amount: 68000.00" in text  # the catalogue's charge of that level


def test_the_next_version_keeps_comments_and_asks_for_what_is_new(demo_sources: Path) -> None:
    folder = demo_sources / "agreements/sla-harbour-core"
    before = (folder / "B-00.yaml").read_text(encoding="utf-8")
    result = start(demo_sources, "version", "sla-harbour-core")
    assert told(result) == 6
    text = fill_by_problems(demo_sources, "agreements/sla-harbour-core/B-01.yaml", 6)
    assert "version: B/01 " in text
    assert "status: draft " in text
    assert "replaces: B/00          # B/00 ends the day before this version starts" in text
    assert [line for line in before.splitlines() if line.lstrip().startswith("#")] == [
        line for line in text.splitlines() if line.lstrip().startswith("#")
    ]
    assert before.partition("\nprovider:")[2] == text.partition("\nprovider:")[2]
    assert (folder / "B-00.yaml").read_text(encoding="utf-8") == before


def test_a_new_edition_of_an_agreement_in_two_languages_asks_for_both(demo_sources: Path) -> None:
    result = start(demo_sources, "version", "ola-infrastructure", "--edition")
    text = (demo_sources / "agreements/ola-infrastructure/B-00.yaml").read_text(encoding="utf-8")
    assert "replaces: A/00\n" in text
    assert text.count("<fill in what this version changes") == 2
    assert told(result) == 7
    fill_by_problems(demo_sources, "agreements/ola-infrastructure/B-00.yaml", 7)


SMALL = """\
kind: sla   # said first
version: "A/00"
status: terminated
terminated_on: 2026-05-01  # why
effective:
  from: 2026-01-01
  until: 2026-12-31   # a year
revision:
  summary: >-
    First issue,
    on two lines.
  responsible: a
  approver: b
  date: 2025-12-01
provider: organization
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_block_texts_quotes_and_line_ends_survive_a_new_version(line_end: str) -> None:
    text = revised(SMALL.replace("\n", line_end), Version("A", 0), Version("A", 1))
    assert text.replace(line_end, "\n") == (
        "kind: sla   # said first\n"
        "version: A/01\n"
        "status: draft\n"
        "effective:\n"
        "  from: <fill in the first day of this version 生效日期>\n"
        "  until: <fill in the last day of this version 终止日期>   # a year\n"
        "replaces: A/00\n"
        "revision:\n"
        "  summary: <fill in what this version changes 修订内容>\n"
        "  responsible: <fill in the id of the author 编制人的标识>\n"
        "  approver: <fill in the id of the approver 批准人的标识>\n"
        "  date: <fill in the date of this version 本版日期>\n"
        "provider: organization\n"
    )
    assert text.count(line_end) == text.count("\n")


def test_versions_follow_each_other() -> None:
    assert str(following(Version("A", 0), edition=False)) == "A/01"
    assert str(following(Version("A", 7), edition=True)) == "B/00"
    with pytest.raises(CannotStart, match="--edition"):
        following(Version("A", 99), edition=False)
    with pytest.raises(CannotStart, match="no edition after Z/03"):
        following(Version("Z", 3), edition=True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["customer", "harbour-port"], "there is a party harbour-port already"),
        (["customer", "infrastructure-team"], "there is a party infrastructure-team already"),
        (["customer", "organization"], "stands for ourselves"),
        (["customer", "../escape"], "is not an identifier"),
        (["customer", "Acme"], "is not an identifier"),
        (["customer", "con"], "names a device"),
        (["service", "com1"], "names a device"),
        (["customer", "null"], "names a value"),
        (["agreement", "sla", "yes", "--party", "harbour-port"], "names a value"),
        (
            ["agreement", "sla", "sla-x", "--party", "harbour-port", "--service", "network-operations"],
            "--service twice",
        ),
        (["service", "network-operations"], "there is a service network-operations already"),
        (["version", "sla-harbour-cor"], "did you mean 'sla-harbour-core'?"),
        (["agreement", "sla", "sla-harbour-core", "--party", "harbour-port"], "slm new version sla-harbour-core"),
        (["agreement", "sla", "sla-x", "--party", "harbour"], "did you mean 'harbour-port'?"),
        (["agreement", "sla", "sla-x", "--party", "hengyuan-telecom"], "unknown customer 'hengyuan-telecom'"),
        (["agreement", "sla", "sla-x", "--party", "harbour-port", "--level", "gold"], "one level for all"),
    ],
)
def test_what_cannot_be_started_is_wrong_usage_in_words(demo_sources: Path, arguments: list[str], words: str) -> None:
    before = sorted(demo_sources.rglob("*.yaml"))
    if arguments[0] == "agreement":
        more = 2 if "one level for all" in words else 0
        arguments = [*arguments, *["--service", "network-operations"] * (1 + more), "--level", "gold"]
    result = start(demo_sources, *arguments)
    assert (result.exit_code, words in result.stderr) == (2, True), result.stderr
    assert sorted(demo_sources.rglob("*.yaml")) == before


def test_a_version_that_is_not_signed_yet_gets_no_successor(demo_sources: Path) -> None:
    assert "status: negotiating" in (demo_sources / "agreements/sla-renhe-clinical/A-01.yaml").read_text("utf-8")
    result = start(demo_sources, "version", "sla-renhe-clinical")
    assert result.exit_code == 2
    assert "go on with sources/agreements/sla-renhe-clinical/A-01.yaml" in result.stderr


def test_a_file_whose_blanks_are_open_is_never_written_over(demo_sources: Path) -> None:
    assert start(demo_sources, "customer", "acme").exit_code == 0
    path = demo_sources / "parties/customers/acme.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    before = path.read_bytes()
    result = start(demo_sources, "customer", "acme")
    assert (result.exit_code, "nothing is written over it" in result.stderr) == (2, True)
    assert path.read_bytes() == before


def test_an_agreement_with_a_party_that_has_blanks_says_to_fill_them_first(demo_sources: Path) -> None:
    start(demo_sources, "customer", "acme")
    wish = ("--party", "acme", "--service", "network-operations", "--level", "gold")
    result = start(demo_sources, "agreement", "sla", "sla-acme", *wish)
    assert result.exit_code == 2
    assert "the customer acme has mistakes or blanks" in result.stderr


def test_a_mistake_in_an_edited_template_is_named_with_its_line(demo_sources: Path, tmp_path: Path) -> None:
    templates = tmp_path / "templates" / "new"
    templates.mkdir(parents=True)
    (templates / "customer.yaml").write_text("kind: customer\nid: [[ idd ]]\n", encoding="utf-8")
    result = start(demo_sources, "customer", "acme", "--templates", str(templates.parent))
    assert result.exit_code == 1
    assert "new/customer.yaml:2" in result.stderr
    assert "idd" in result.stderr
    assert not (demo_sources / "parties/customers/acme.yaml").exists()


@pytest.mark.parametrize(
    "text",
    [
        "plain words",
        "a: b",
        "a #b",
        "true",
        "12",
        "-5.0",
        "x, y",
        "[x]",
        "- x",
        "7×24 小时",
        "a\nb",
        "’",
        '"',
        "'x",
        "x:",
        "# x",
        "",
        "=",
        "<fill in x>",
    ],
)
def test_quoted_text_reads_back_as_it_was(text: str) -> None:
    in_a_list = yaml.safe_load(f"[{quoted(text)}, {{key: {quoted(text)}}}]")
    assert in_a_list == [text, {"key": text}]
    assert yaml.safe_load(f"key: {quoted(text)}") == {"key": text}
