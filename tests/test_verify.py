"""`slm verify` from the file that comes back to the exit code."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import slm
from pipeline.options import ROOT

SENT = "harbour-port/agreements/sla-harbour-core_B-00.docx"


def verify(file: Path, *more: str) -> Result:
    return CliRunner().invoke(slm, ["verify", str(file), *more])


def changed(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The file with one part rewritten."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                before = text.decode()
                assert change(before) != before
                text = change(before).encode()
            new.writestr(name, text)
    return buffer.getvalue()


@pytest.fixture
def returned(demo_output: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(demo_output / SENT, tmp_path / "returned.docx"))


def edit(file: Path, old: str, new: str, part: str = "word/document.xml") -> None:
    def change(text: str) -> str:
        assert text.count(old) >= 1
        return text.replace(old, new, 1)

    file.write_bytes(changed(file.read_bytes(), part, change))


def test_an_untouched_copy_is_named_and_passes(returned: Path) -> None:
    result = verify(returned)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("sla-harbour-core@B/00 (zh-CN)\n")
    assert "the text is untouched, and no signature field was filled in" in result.output


def test_a_filled_signature_field_passes_and_is_read_out(returned: Path) -> None:
    with zipfile.ZipFile(returned) as archive:
        body = archive.read("word/document.xml").decode()
    field = body[body.index('w:val="sign:customer:1:date"') :]
    blank = field[field.index("<w:t") : field.index("</w:t>")]
    blank = blank[blank.index(">") + 1 :]
    start = body.index('w:val="sign:customer:1:date"')
    filled = body[:start] + body[start:].replace(f">{blank}</w:t>", ">2026年6月25日</w:t>", 1)
    returned.write_bytes(changed(returned.read_bytes(), "word/document.xml", lambda _: filled))
    result = verify(returned)
    assert result.exit_code == 0, result.output
    assert "only signature fields were filled in" in result.output
    assert "customer 1, date: 2026年6月25日" in result.output


def sent_with(returned: Path, tag: str) -> str:
    """What a field was sent with."""
    with zipfile.ZipFile(returned) as archive:
        body = archive.read("word/document.xml").decode()
    found = re.compile(rf'w:val="{tag}".*?<w:t[^>]*>([^<]+)</w:t>', re.DOTALL).search(body)
    assert found is not None
    return found[1]


def fill(returned: Path, tag: str, words: str) -> None:
    """Write something else into a field."""

    def change(body: str) -> str:
        start = body.index(f'w:val="{tag}"')
        return body[:start] + body[start:].replace(f">{sent_with(returned, tag)}</w:t>", f">{words}</w:t>", 1)

    returned.write_bytes(changed(returned.read_bytes(), "word/document.xml", change))


def test_another_signatory_than_the_one_sent_passes_and_is_told_first(returned: Path) -> None:
    fill(returned, "sign:customer:1:name", "王建国")
    result = verify(returned)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[1:3] == [
        "  the text is untouched; only signature fields were filled in, not by the signatory named",
        "  signatory changed: customer 1, name: 郑海波 -> 王建国",
    ]
    findings = [json.loads(line) for line in verify(returned, "--json").output.splitlines()[1:]]
    assert {
        "finding": "note",
        "about": "signatory-changed",
        "detail": "sign:customer:1:name: 郑海波 -> 王建国",
    } in findings


def test_a_condition_behind_the_name_of_a_signatory_fails(returned: Path) -> None:
    fill(returned, "sign:customer:1:name", "Zhang (subject to 50% discount)")
    result = verify(returned)
    assert result.exit_code == 1
    assert '"郑海波" became "Zhang (subject to 50% discount)" [this is not a name]' in result.output


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "returned.docx"
    os.mkfifo(pipe)
    result = verify(pipe)
    assert (result.exit_code, "returned.docx:1:1: error: this is no file" in result.output) == (1, True)
    assert verify(Path("/dev/zero")).exit_code == 1
    assert verify(tmp_path).exit_code == 2


def test_a_changed_word_is_named_with_its_place_and_fails(returned: Path) -> None:
    edit(returned, "99.95%", "99.90%")
    result = verify(returned)
    assert result.exit_code == 1
    assert "the text was changed: 1 difference" in result.output
    assert "99.9" in result.output


def test_findings_come_as_json_lines(returned: Path) -> None:
    edit(returned, "99.95%", "99.90%")
    result = verify(returned, "--json")
    assert result.exit_code == 1
    first, *findings = [json.loads(line) for line in result.output.splitlines()]
    assert first == {
        "agreement": "sla-harbour-core",
        "version": "B/00",
        "language": "zh-CN",
        "untouched": False,
        "same_fingerprint": True,
    }
    (difference,) = [one for one in findings if one["finding"] == "difference"]
    assert (difference["kind"], difference["part"]) == ("changed", "table")


def test_a_translation_is_compared_with_the_text_in_its_own_language(demo_output: Path) -> None:
    result = verify(demo_output / "nordwind-asia/agreements/sla-nordwind-office_A-00.zh-CN.docx")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("sla-nordwind-office@A/00 (zh-CN)\n")


def test_a_copy_from_before_the_sources_changed_does_not_pass_for_the_present_text(
    returned: Path, demo_sources: Path
) -> None:
    version = demo_sources / "agreements/sla-harbour-core/B-00.yaml"
    text = version.read_text(encoding="utf-8")
    version.write_text(text.replace("limit: 10 min, goal: 95%", "limit: 12 min, goal: 95%", 1), encoding="utf-8")
    (demo_sources / "register.yaml").unlink(missing_ok=True)
    result = verify(returned, "--sources", str(demo_sources))
    assert result.exit_code == 1
    assert "fingerprint is not that of the present text" in result.output
    assert '"12 分钟" became "10 分钟"' in result.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "returned.docx"),
        (b"%PDF-1.7 scanned", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "returned.docx"),
        (b"PK\x03\x04 broken", "returned.docx"),
    ],
)
def test_a_file_that_is_no_word_file_is_a_line_and_not_a_crash(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "returned.docx"
    file.write_bytes(content)
    result = verify(file)
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert message in result.output


def test_a_word_file_of_ours_that_is_no_agreement_has_no_fingerprint(demo_output: Path) -> None:
    result = verify(demo_output / "harbour-port/reviews/harbour-2026-07.docx")
    assert result.exit_code == 1
    assert "the file carries no fingerprint" in result.output


def test_a_copy_of_an_agreement_that_nobody_knows_is_told_apart(returned: Path, tmp_path: Path) -> None:
    small = Path(shutil.copytree(ROOT / "tests/projects/small/sources", tmp_path / "sources"))
    result = verify(returned, "--sources", str(small))
    assert result.exit_code == 1
    assert "no agreement has the fingerprint" in result.output
