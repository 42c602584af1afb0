"""What was signed is registered, and holds from then on."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from pipeline.cli import slm
from pipeline.options import ROOT, Options
from tests.conftest import run_build

SMALL = Path(__file__).parent / "projects" / "small" / "sources"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "sources"))


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "templates", tmp_path / "templates"))


def sign(sources: Path, *more: str, version: str = "sla-bay@A/01", by: str = "chen-an") -> Result:
    arguments = ["register", "sign", version, "--date", "2026-09-28", "--by", by, "--sources", str(sources), *more]
    return CliRunner().invoke(slm, arguments)


def check(sources: Path) -> Result:
    return CliRunner().invoke(slm, ["check", "--sources", str(sources)])


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def words_of(document: Path) -> str:
    with zipfile.ZipFile(document) as archive:
        return "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", archive.read("word/document.xml").decode()))


def built(sources: Path, templates: Path) -> str:
    """The words of the signed version as it is built now."""
    output = sources.parent / "output"
    outcome = run_build(Options(sources=sources, output=output, templates=templates, kinds=("sla",), workers=1))
    assert [str(one) for one in outcome.problems if one.severity == "error"] == []
    return words_of(output / "bay-port" / "agreements" / "sla-bay_A-01.docx")


def test_a_signature_is_registered_with_day_person_digest_and_scan(sources: Path, tmp_path: Path) -> None:
    scan = tmp_path / "signed copy.pdf"
    scan.write_bytes(b"%PDF-1.7 scanned")
    result = sign(sources, "--scan", str(scan))
    assert result.exit_code == 0, result.output
    entry = yaml.safe_load((sources / "register.yaml").read_text(encoding="utf-8"))["signed"][0]
    content = (sources / "register" / "sla-bay" / "A-01.json").read_text(encoding="utf-8").removesuffix("\n")
    assert (entry["agreement"], entry["version"], entry["by"]) == ("sla-bay", "A/01", "chen-an")
    assert str(entry["date"]) == "2026-09-28"
    assert entry["digest"] == hashlib.sha256(content.encode()).hexdigest()
    assert entry["digest"] in result.output
    assert entry["scan"] == {"file": "signed copy.pdf", "sha256": hashlib.sha256(b"%PDF-1.7 scanned").hexdigest()}
    assert json.loads(content)["agreement"]["services/app-support/targets/p1-response/limit"] == "30 min"
    assert check(sources).exit_code == 0


def test_registering_a_second_version_leaves_the_first_entry_byte_for_byte(sources: Path) -> None:
    assert sign(sources).exit_code == 0
    before = (sources / "register.yaml").read_bytes()
    assert sign(sources, "--date", "2025-10-01", version="sla-bay@A/00").exit_code == 0
    after = (sources / "register.yaml").read_bytes()
    assert after.startswith(before)
    assert len(after) > len(before)
    assert check(sources).exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("limit: 30 min", "limit: 45 min", ":20:", "services/app-support/targets/p1-response/limit was changed since"),
        ("limit: 30 min", "limit: 45 min", ":20:", "from '30 min' to '45 min'"),
        ("until: 2027-09-30", "until: 2027-09-29", ":6:", "effective/until was changed"),
        (", exclude: [agreed-maintenance]", "", ":23:", "services/app-support/targets/uptime/exclude/1 was removed"),
        ("customer: [及时反馈]", "customer: [及时反馈, 提供机房]", ":28:", "duties/customer/2 was added since"),
        ("termination: 期满终止。", "termination: 期满终止", ":34:", "from '期满终止。' to '期满终止'"),
    ],
)
def test_a_changed_signed_version_is_an_error_that_names_the_key(
    sources: Path, old: str, new: str, place: str, message: str
) -> None:
    assert sign(sources).exit_code == 0
    edit(sources / "agreements" / "sla-bay" / "A-01.yaml", old, new)
    result = check(sources)
    assert result.exit_code == 1
    line = next(one for one in result.output.splitlines() if message in one)
    assert f"A-01.yaml{place}" in line
    assert "2026-09-28" in line


def test_a_comment_or_another_layout_changes_nothing_that_was_signed(sources: Path) -> None:
    assert sign(sources).exit_code == 0
    edit(sources / "agreements" / "sla-bay" / "A-01.yaml", "credit_cap: 10%", "# at most\ncredit_cap:   '10%'")
    assert check(sources).exit_code == 0


def test_a_signed_version_may_be_terminated_but_never_become_a_draft_again(sources: Path) -> None:
    assert sign(sources).exit_code == 0
    path = sources / "agreements" / "sla-bay" / "A-01.yaml"
    edit(path, "status: signed", "status: terminated\nterminated_on: 2027-03-31")
    assert check(sources).exit_code == 0
    edit(path, "status: terminated\nterminated_on: 2027-03-31", "status: draft")
    assert "sla-bay@A/01 was signed on 2026-09-28 and cannot be draft again" in check(sources).output


def test_a_signed_version_cannot_be_removed(sources: Path) -> None:
    assert sign(sources).exit_code == 0
    (sources / "agreements" / "sla-bay" / "A-01.yaml").unlink()
    result = check(sources)
    assert result.exit_code == 1
    assert "sla-bay A/01, signed on 2026-09-28, is gone" in result.output


def test_content_that_was_tampered_with_beside_the_register_is_an_error(sources: Path) -> None:
    assert sign(sources).exit_code == 0
    content = sources / "register" / "sla-bay" / "A-01.json"
    content.write_text(content.read_text(encoding="utf-8").replace("30 min", "45 min"), encoding="utf-8")
    result = check(sources)
    assert result.exit_code == 1
    assert "does not have the digest of sla-bay@A/01" in result.output


def test_what_was_signed_keeps_its_words_when_the_catalogue_changes(sources: Path, templates: Path) -> None:
    before = built(sources, templates)
    assert sign(sources).exit_code == 0
    catalog = sources / "catalog" / "app-support.yaml"
    service = yaml.safe_load(catalog.read_text(encoding="utf-8"))["name"]
    name = service if isinstance(service, str) else service["zh-CN"]
    assert name in before
    edit_all(catalog, name, "改名服务")
    assert check(sources).exit_code == 0
    after = built(sources, templates)
    assert "改名服务" not in after
    assert after == before


def test_what_is_not_signed_follows_the_catalogue(sources: Path, templates: Path) -> None:
    catalog = sources / "catalog" / "app-support.yaml"
    service = yaml.safe_load(catalog.read_text(encoding="utf-8"))["name"]
    edit_all(catalog, service if isinstance(service, str) else service["zh-CN"], "改名服务")
    assert "改名服务" in built(sources, templates)


def test_a_template_that_would_print_other_words_than_were_signed_stops_the_build(
    sources: Path, templates: Path
) -> None:
    assert sign(sources).exit_code == 0
    template = templates / "docx" / "sla.zh-CN.docx"
    earlier = template.with_name("sla.2026.zh-CN.docx")
    shutil.copy(template, earlier)
    respell(template, "争议解决", "争端解决")
    output = sources.parent / "output"
    options = Options(sources=sources, output=output, templates=templates, kinds=("sla",), workers=1)
    outcome = run_build(options)
    assert {one.code for one in outcome.problems} == {"signed-words"}
    assert "sla-bay@A/01 was signed with other words" in outcome.problems[0].message
    assert not (output / "bay-port").exists()
    # the remedy of the hint: the earlier template under another name, named in the register
    register = sources / "register.yaml"
    register.write_text(
        register.read_text(encoding="utf-8") + "    templates: {zh-CN: sla.2026.zh-CN.docx}\n", encoding="utf-8"
    )
    assert "争议解决" in built(sources, templates)


@pytest.mark.parametrize("look", ["<w:vanish/>", '<w:color w:val="FFFFFF"/>', "<w:strike/>"])
def test_a_template_that_hides_words_that_were_signed_stops_the_build(
    sources: Path, templates: Path, look: str
) -> None:
    assert sign(sources).exit_code == 0
    template = templates / "docx" / "sla.zh-CN.docx"
    with zipfile.ZipFile(template) as archive:
        body = archive.read("word/document.xml").decode()
    start = body.rindex("<w:r>", 0, body.index("争议解决"))
    run = body[start : body.index("</w:r>", start)]
    respell(template, run, re.sub("<w:r>(<w:rPr>.*?</w:rPr>)?", f"<w:r><w:rPr>{look}</w:rPr>", run, count=1))
    assert codes_of_build(sources, templates) == {"signed-words"}


def test_a_template_whose_tables_hide_words_stops_the_build(sources: Path, templates: Path) -> None:
    assert sign(sources).exit_code == 0
    hiding = (
        '<w:style w:type="table" w:styleId="T9"><w:name w:val="T 9"/><w:tblStylePr w:type="lastRow"><w:rPr><w:vanish/>'
        "</w:rPr></w:tblStylePr></w:style></w:styles>"
    )
    respell(templates / "docx" / "sla.zh-CN.docx", "</w:styles>", hiding, "word/styles.xml")
    assert codes_of_build(sources, templates) == {"signed-words"}


def codes_of_build(sources: Path, templates: Path) -> set[str]:
    options = Options(sources=sources, output=sources.parent / "output", templates=templates, kinds=("sla",), workers=1)
    return {one.code for one in run_build(options).problems}


def test_a_template_of_another_layout_prints_what_was_signed(sources: Path, templates: Path) -> None:
    assert sign(sources).exit_code == 0
    before = built(sources, templates)
    respell(templates / "docx" / "sla.zh-CN.docx", "1F3A5F", "334455", "word/styles.xml")
    assert built(sources, templates) == before


@pytest.mark.parametrize(
    ("version", "more", "message"),
    [
        ("sla-bai@A/01", (), "ID@VERSION: error: unknown agreement 'sla-bai'; did you mean 'sla-bay'?"),
        ("sla-bay@B/00", (), "sla-bay has no version B/00; known: A/00, A/01"),
        ("sla-bay@A/01", ("--by", "nobody"), "--by: error: unknown person 'nobody'"),
        ("sla-bay@A/01", ("--date", "2099-01-01"), "2099-01-01 is after 2027-09-30, the end of the version"),
        ("sla-bay@A/01", ("--fingerprint", "0123-4567"), "it changed since the signed copy was printed"),
        ("sla-bay@A/01", ("--date", "2026-09-20"), "2026-09-20 is before 2026-09-21, the date of the revision"),
    ],
)
def test_a_signature_that_cannot_be_is_refused_in_words(
    sources: Path, version: str, more: tuple[str, ...], message: str
) -> None:
    result = sign(sources, *more, version=version)
    assert result.exit_code == 1
    assert message in result.output
    assert not (sources / "register.yaml").exists()


def test_a_version_is_registered_once(sources: Path) -> None:
    assert sign(sources).exit_code == 0
    result = sign(sources)
    assert result.exit_code == 1
    assert "sla-bay@A/01 is registered already, as signed on 2026-09-28" in result.output


def test_a_draft_cannot_be_registered(sources: Path) -> None:
    edit(sources / "agreements" / "sla-bay" / "A-01.yaml", "status: signed", "status: negotiating")
    result = sign(sources)
    assert result.exit_code == 1
    assert "sla-bay@A/01 is negotiating; write status: signed" in result.output


def test_who_may_approve_and_register_comes_from_the_policy(sources: Path) -> None:
    policy = sources / "policy.yaml"
    policy.write_text(policy.read_text(encoding="utf-8") + "approvals: {sla: [slm-owner]}\n", encoding="utf-8")
    assert check(sources).exit_code == 0
    result = sign(sources, by="li-min")
    assert result.exit_code == 1
    assert "'li-min' may not register a signed sla; policy.yaml wants the role slm-owner" in result.output
    path = sources / "agreements" / "sla-bay" / "A-01.yaml"
    edit(path, "approver: chen-an", "approver: li-min")
    assert "A-01.yaml:7:" in check(sources).output
    assert (
        "'li-min' may not approve a document of the kind sla: policy.yaml wants the role slm-owner"
        in check(sources).output
    )
    edit(path, "responsible: wu-tao, approver: li-min", "responsible: chen-an, approver: chen-an")
    assert "'chen-an' approves what is their own work" in check(sources).output


def test_two_signatures_of_one_day_stand_side_by_side(sources: Path) -> None:
    assert sign(sources).exit_code == 0
    assert sign(sources, "--date", "2025-10-01", version="sla-bay@A/00").exit_code == 0
    assert sign(sources, "--date", "2025-10-01", version="ola-apps@A/00").exit_code == 0
    assert check(sources).exit_code == 0


def test_the_fingerprint_of_the_signed_copy_is_held_against_the_text(sources: Path, templates: Path) -> None:
    words = built(sources, templates)
    (printed,) = set(re.findall(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){3}", words))
    result = sign(sources, "--fingerprint", printed)
    assert result.exit_code == 0, result.output
    assert f"fingerprint {printed}" in result.output


@pytest.mark.parametrize(
    "broken", ["kind: register\nsigned: []\n", "kind: register\n", "kind: register\nsigned:\n- {}\n", "nonsense: [\n"]
)
def test_a_register_that_cannot_be_added_to_is_left_as_it_is(sources: Path, broken: str) -> None:
    register = sources / "register.yaml"
    register.write_text(broken, encoding="utf-8")
    result = sign(sources)
    assert result.exit_code == 1
    assert "sources/register.yaml:" in result.output.replace(str(sources), "sources")
    assert register.read_text(encoding="utf-8") == broken


@pytest.mark.parametrize("name", ["emoji😀.pdf", "bell\a.pdf", "turned\u202e.pdf"])
def test_a_scan_whose_name_cannot_be_kept_is_refused(sources: Path, tmp_path: Path, name: str) -> None:
    scan = tmp_path / name
    scan.write_bytes(b"scan")
    result = sign(sources, "--scan", str(scan))
    assert result.exit_code == 1
    assert "--scan: error: the file name has characters that cannot be kept" in result.output
    assert not (sources / "register.yaml").exists()


def test_signatures_registered_at_the_same_time_are_all_kept(sources: Path) -> None:
    versions = ("sla-bay@A/00", "sla-bay@A/01", "ola-apps@A/00")
    days = ("2025-10-01", "2026-09-28", "2025-10-02")
    command = [sys.executable, "-m", "pipeline", "register", "sign", "--by", "chen-an", "--sources", str(sources)]
    started = [
        subprocess.Popen(
            [*command, version, "--date", day],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        for version, day in zip(versions, days, strict=True)
    ]
    assert [one.wait() for one in started] == [0, 0, 0]
    entries = yaml.safe_load((sources / "register.yaml").read_text(encoding="utf-8"))["signed"]
    assert sorted(f"{one['agreement']}@{one['version']}" for one in entries) == sorted(versions)
    assert check(sources).exit_code == 0


@pytest.mark.parametrize("content", ["[]", "{}", '{"agreement": 3, "documents": {}}', "not json", '{"agreement": {}}'])
def test_content_of_another_shape_is_a_line_and_not_a_crash(sources: Path, content: str) -> None:
    assert sign(sources).exit_code == 0
    (sources / "register" / "sla-bay" / "A-01.json").write_text(content, encoding="utf-8")
    register = sources / "register.yaml"
    digest = yaml.safe_load(register.read_text(encoding="utf-8"))["signed"][0]["digest"]
    edit(register, digest, hashlib.sha256(content.encode()).hexdigest())
    result = check(sources)
    assert result.exit_code == 1
    assert "does not hold what was signed as sla-bay@A/01" in result.output


def test_a_change_of_office_leaves_what_was_approved_before(sources: Path) -> None:
    policy = sources / "policy.yaml"
    policy.write_text(policy.read_text(encoding="utf-8") + "approvals: {sla: [slm-owner], ola: [slm-owner]}\n", "utf-8")
    assert sign(sources).exit_code == 0
    organization = sources / "organization.yaml"
    edit(organization, "slm-owner: chen-an", "slm-owner: li-min")
    found = check(sources).output
    assert "A-00.yaml" in found
    assert "A-01.yaml" not in found
    text = organization.read_text(encoding="utf-8")
    former = "former_roles:\n  - {role: slm-owner, person: chen-an, until: 2026-12-31}\n"
    organization.write_text(text + former, encoding="utf-8")
    assert check(sources).exit_code == 0


def test_a_text_cannot_smuggle_a_signature_field_into_a_document(sources: Path) -> None:
    edit(
        sources / "agreements" / "sla-bay" / "A-01.yaml",
        "termination: 期满终止。",
        'termination: "[[sign:customer:5:name|x|y|z]]"',
    )
    result = check(sources)
    assert result.exit_code == 1
    assert "'[[sign' is a mark of templates and cannot stand in a text" in result.output


def test_a_version_that_ended_without_a_registered_signature_says_so_on_every_page(
    sources: Path, templates: Path
) -> None:
    edit(
        sources / "agreements" / "sla-bay" / "A-01.yaml",
        "status: signed",
        "status: terminated\nterminated_on: 2027-03-31",
    )
    built(sources, templates)
    with zipfile.ZipFile(sources.parent / "output/bay-port/agreements/sla-bay_A-01.docx") as archive:
        assert "已终止" in "".join(archive.read(name).decode() for name in archive.namelist() if "/header" in name)
        assert "sign:customer" not in archive.read("word/document.xml").decode()


def edit_all(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def respell(template: Path, old: str, new: str, part: str = "word/document.xml") -> None:
    """Change words in a Word template."""
    with zipfile.ZipFile(template) as archive:
        parts = {item: archive.read(item) for item in archive.namelist()}
    body = parts[part].decode()
    assert old in body
    parts[part] = body.replace(old, new).encode()
    with zipfile.ZipFile(template, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
