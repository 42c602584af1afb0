"""`slm dispatch` from the agreement's reporting clause to the mail server, and what is on record afterwards."""

from __future__ import annotations

import csv
import email
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path

import pypdfium2
import pytest
import trustme
from click.testing import CliRunner, Result

from pipeline.cli import slm
from pipeline.load.ledger import read_ledger
from pipeline.merge.parcels import PURPOSES
from pipeline.model.ledger import State
from pipeline.model.quantities import Month
from pipeline.options import ROOT, Options
from pipeline.problems import has_errors
from tests.conftest import run_build
from tests.published import rebuilt, told_otherwise
from tests.tools.mail_server import PASSWORD, USER, Post, mail_server

ZHENG, SHEN = "zheng.haibo@donglan.example.com", "shen.qiu@donglan.example.com"
HALVORSEN, HUANG = "ingrid.halvorsen@nordwind.example.com", "joyce.huang@nordwind.example.com"
GU, LU = "gu.wenbin@renhe.example.com", "lu.yun@renhe.example.com"
EVERYBODY = {ZHENG, SHEN, HALVORSEN, HUANG, GU, LU}
REPORT = "harbour-port/reports/sla-harbour-core_2026-10"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The demonstration sources with their register, to send from."""
    return Path(shutil.copytree(ROOT / "sources", tmp_path / "sources"))


@pytest.fixture
def output(demo_output: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_output, tmp_path / "output"))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this machine trusts."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


@pytest.fixture
def post(trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A mail server, and the environment that names it."""
    with mail_server(trusted) as server:
        settings = {"HOST": "localhost", "PORT": str(server.port), "USER": USER, "PASSWORD": PASSWORD}
        for name, value in settings.items():
            monkeypatch.setenv(f"SLM_SMTP_{name}", value)
        yield server


@pytest.fixture
def run(sources: Path, output: Path) -> Callable[..., Result]:
    def dispatch(*more: str) -> Result:
        purposes = () if set(PURPOSES) & set(more) else ("reports", "agreements", "minutes")
        folders = ["--sources", str(sources), "--output", str(output), "--today", "2026-11-05"]
        return CliRunner().invoke(slm, ["dispatch", *purposes, *folders, *more])

    return dispatch


def taken(post: Post) -> list[EmailMessage]:
    found = []
    for envelope in post.taken:
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=SMTP)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


def to(post: Post) -> list[str]:
    return [address for envelope in post.taken for address in envelope.rcpt_tos]


def states(sources: Path) -> dict[str, State]:
    ledger, problems = read_ledger(sources)
    assert problems == ()
    return {one.letter.to: one.state for one in ledger.posted.values()}


def test_every_recipient_of_the_reporting_clause_gets_the_report_once(
    post: Post, run: Callable[..., Result], sources: Path, output: Path
) -> None:
    done = run("--send")
    assert done.exit_code == 0, done.output
    assert set(to(post)) == EVERYBODY
    assert len(post.taken) == len(EVERYBODY)
    assert {envelope.mail_from for envelope in post.taken} == {"service@lanshi.example.com"}
    first = next(one for one in taken(post) if ZHENG in one["To"])
    assert first["Subject"] == "2026年10月服务报告：东澜港口核心系统运维服务级别协议（SLA-HARBOUR-CORE）"
    assert first["From"] == "澜石信息技术服务有限公司 <service@lanshi.example.com>"
    assert first["To"] == f"郑海波 <{ZHENG}>"
    assert first["Reply-To"] == "高磊 <gao.lei@lanshi.example.com>"
    assert first["Date"].datetime.isoformat() == "2026-11-05T08:00:00+08:00"
    assert {one.get_filename(): one.get_payload(decode=True) for one in first.iter_attachments()} == {
        "服务报告_SLA-HARBOUR-CORE_2026-10.pdf": (output / f"{REPORT}.pdf").read_bytes(),
        "服务报告明细_SLA-HARBOUR-CORE_2026-10.xlsx": (output / f"{REPORT}.xlsx").read_bytes(),
    }
    again = run("--send")
    assert again.exit_code == 0
    assert "sent on 2026-11-05" in again.output
    assert len(post.taken) == len(EVERYBODY)
    assert set(states(sources).values()) == {State.SENT}


def test_the_report_on_a_quarter_goes_out_with_that_of_its_last_month(
    run: Callable[..., Result], sources: Path, output: Path
) -> None:
    assert "Q3" not in run("--month", "2026-10", "--dry-run").output
    options = Options(
        sources=sources, output=output, kinds=("reports",), month=Month(2026, 9), customer="nordwind-asia"
    )
    assert not has_errors(run_build(options).problems)
    done = run("--month", "2026-09", "--customer", "nordwind-asia", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "Service report for Q3 2026" in done.output
    assert "Service report for September 2026" in done.output
    assert "sla-nordwind-office_2026-Q3.pdf" in done.output


def test_a_mail_is_written_in_the_language_of_its_reader(post: Post, run: Callable[..., Result]) -> None:
    assert run("--send", "--customer", "nordwind-asia").exit_code == 0
    bodies = {}
    for message in taken(post):
        for form in ("plain", "html"):
            body = message.get_body((form,))
            assert body is not None
            bodies[message["To"].addresses[0].addr_spec, form] = body.get_content().replace("\r\n", "\n")
    assert bodies[HALVORSEN, "plain"].startswith("Dear Ingrid Halvorsen,\n")
    assert "covers 1 October 2026 to 31 October 2026" in bodies[HALVORSEN, "plain"]
    assert '<html lang="en">' in bodies[HALVORSEN, "html"]
    assert bodies[HUANG, "plain"].startswith("黄嘉怡，您好：\n")
    assert "报告期为 2026年10月1日至2026年10月31日" in bodies[HUANG, "plain"]


def parts_of(message: EmailMessage) -> Iterator[str]:
    """Everything that a mail says, its headers and the texts within its attachments."""
    yield from (f"{name}: {value}" for name, value in message.items())
    for part in message.walk():
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        yield from (f"{part.get_filename()}", content.decode("utf-8", "replace"))
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from (archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        if content.startswith(b"%PDF"):
            document = pypdfium2.PdfDocument(content)
            yield from (page.get_textpage().get_text_range() for page in document)
            for number in range(document.count_attachments()):
                yield bytes(document.get_attachment(number).get_data()).decode("utf-8", "replace")


def test_no_byte_of_another_customer_is_in_any_mail(post: Post, run: Callable[..., Result], output: Path) -> None:
    assert run("--send").exit_code == 0
    canaries = {
        "donglan": {"东澜", "Donglan", "harbour", "sla-harbour-core", ZHENG, SHEN, "郑海波"},
        "nordwind": {"诺风", "Nordwind", "nordwind", HALVORSEN, HUANG, "Halvorsen"},
        "renhe": {"仁禾", "Renhe", "renhe", GU, LU, "顾文彬"},
    }
    for owner, party in (("donglan", "harbour-port"), ("nordwind", "nordwind-asia"), ("renhe", "renhe-hospital")):
        for file in (output / party / "reports").glob("*.tickets.csv"):
            with file.open(encoding="utf-8-sig", newline="") as rows:
                canaries[owner] |= {row["ticket"] for row in csv.DictReader(rows)}
        assert len(canaries[owner]) > 20
    for message in taken(post):
        text = "\n".join(parts_of(message)).replace("service@lanshi.example.com", "")
        owner = message["To"].addresses[0].domain.partition(".")[0]
        assert sum(canary in text for canary in canaries[owner]) > 20, "the own tickets are there, so texts were read"
        for other in canaries.keys() - {owner}:
            assert [canary for canary in canaries[other] if canary in text] == []


def test_a_dry_run_tells_who_gets_what_and_writes_nothing(
    run: Callable[..., Result], sources: Path, output: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for root in (sources, output) for path in root.rglob("*")}
    done = run("--dry-run")
    assert done.exit_code == 0
    assert f"to 沈秋 <{SHEN}>, zh-CN: 2026年10月服务报告" in done.output
    assert f"- {REPORT}.pdf as 服务报告_SLA-HARBOUR-CORE_2026-10.pdf (" in done.output
    assert {path: path.stat().st_mtime_ns for root in (sources, output) for path in root.rglob("*")} == before


def test_drafts_are_the_same_bytes_every_time_and_open_as_drafts(run: Callable[..., Result], output: Path) -> None:
    assert "6 drafts written to" in run().output
    drafts = sorted((output / "dispatch").rglob("*.eml"))
    assert len(drafts) == 6
    first = [draft.read_bytes() for draft in drafts]
    shutil.rmtree(output / "dispatch")
    assert run().exit_code == 0
    assert [draft.read_bytes() for draft in drafts] == first
    assert all(content.isascii() and b"\r\nX-Unsent: 1\r\n" in content for content in first)
    assert all(max(map(len, content.split(b"\r\n"))) <= 90 for content in first)
    manifest = json.loads((output / "manifest.json").read_bytes())
    known = {one["path"]: one["sha256"] for one in manifest["documents"] if one["kind"] == "mail"}
    assert known == {str(one.relative_to(output)): sha256(one.read_bytes()).hexdigest() for one in drafts}


def test_a_changed_report_goes_out_as_a_corrected_version(post: Post, run: Callable[..., Result], output: Path) -> None:
    assert run("--send", "--customer", "harbour-port").exit_code == 0
    rebuilt(output, f"{REPORT}.pdf", b"%PDF-1.7 corrected")
    done = run("--send", "--customer", "harbour-port")
    assert done.exit_code == 0, done.output
    first, corrected = (one for one in taken(post) if SHEN in one["To"])
    assert corrected["Subject"] == f"【更正版】{first['Subject']}"
    assert corrected["In-Reply-To"] == first["Message-ID"] != corrected["Message-ID"]
    body = corrected.get_body(("plain",))
    assert body is not None
    assert "替代我们于2026年11月5日发送的同名文件" in body.get_content()
    assert b"%PDF-1.7 corrected" in [one.get_payload(decode=True) for one in corrected.iter_attachments()]
    assert run("--send", "--customer", "harbour-port").exit_code == 0
    assert len(post.taken) == 4


def test_a_file_that_was_tampered_with_stops_everything(post: Post, run: Callable[..., Result], output: Path) -> None:
    with (output / f"{REPORT}.xlsx").open("ab") as file:
        file.write(b"!")
    done = run("--send")
    assert done.exit_code == 1
    assert f"output/{REPORT}.xlsx:1:1: error: the file is not the one that was built" in done.output
    assert post.taken == []


def test_another_term_of_retention_is_no_other_document(post: Post, run: Callable[..., Result], output: Path) -> None:
    assert run("--send", "--customer", "harbour-port").exit_code == 0
    told_otherwise(output, f"{REPORT}.pdf", retain_until="2035-10-31")
    assert run("--send", "--customer", "harbour-port").exit_code == 0
    assert len(post.taken) == 2


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"agreement": "sla-renhe-clinical"}, "the file does not belong to sla-harbour-core"),
        ({"kind": "alignment"}, "the file does not belong to sla-harbour-core"),
        ({"inputs": [("sources/parties/customers/renhe-hospital.yaml", "")]}, "the file is not made for harbour-port"),
        ({"inputs": [("sources/policy.yaml", "0")]}, "sources/policy.yaml was changed since the file was built"),
    ],
)
def test_a_file_of_another_origin_is_not_sent(
    run: Callable[..., Result], output: Path, values: dict[str, object], message: str
) -> None:
    told_otherwise(output, f"{REPORT}.pdf", **values)
    done = run("--customer", "harbour-port")
    assert done.exit_code == 1
    assert message in done.output
    assert not (output / "dispatch").exists()


def test_a_report_that_was_not_built_is_missed(run: Callable[..., Result]) -> None:
    done = run("--month", "2026-09", "--customer", "harbour-port", "--dry-run")
    assert done.exit_code == 1
    assert "error: harbour-port/reports/sla-harbour-core_2026-09 is not in output/; build it first: make" in done.output


def test_a_recipient_without_an_address_is_a_line_with_its_place(run: Callable[..., Result], sources: Path) -> None:
    edit(sources / "parties" / "customers" / "harbour-port.yaml", "沈秋（", "沈秋秋（")
    done = run("--customer", "harbour-port")
    assert done.exit_code == 1
    assert (
        "agreements/sla-harbour-core/B-00.yaml:232:7: error: no contacts of harbour-port go by the name of"
        in done.output
    )


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_refused_recipient_does_not_keep_the_others_from_theirs(
    post: Post, run: Callable[..., Result], sources: Path
) -> None:
    post.refused, post.busy = {SHEN}, {LU}
    done = run("--send")
    assert done.exit_code == 1
    assert f"<{SHEN}>: refused (550 5.1.1 nobody of that name here)" in done.output
    assert f"<{LU}>: failed (451 4.3.0 try again later)" in done.output
    assert set(to(post)) == EVERYBODY - {SHEN, LU}
    assert states(sources)[SHEN] is State.REFUSED
    post.refused, post.busy = set(), set()
    assert run("--send").exit_code == 0
    assert sorted(to(post)) == sorted(EVERYBODY)


def test_a_connection_that_breaks_in_the_middle_of_a_mail_loses_nothing_and_doubles_nothing(
    post: Post, run: Callable[..., Result], sources: Path
) -> None:
    post.cut_at = 2
    done = run("--send")
    assert done.exit_code == 1
    (broken,) = set(states(sources)) - {address for address, state in states(sources).items() if state is State.SENT}
    assert sorted(to(post)) == sorted(EVERYBODY - {broken})
    done = run("--send")
    if states(sources)[broken] is State.UNCERTAIN:  # the end of it had left this machine
        again = next(line.split("--again ")[1].split()[0] for line in done.output.splitlines() if "--again" in line)
        assert run("--send", "--again", again).exit_code == 0
    assert sorted(to(post)) == sorted(EVERYBODY)


def test_a_mail_that_was_taken_without_a_word_is_uncertain_and_not_sent_twice(
    post: Post, run: Callable[..., Result], sources: Path
) -> None:
    post.mute_at = 0
    done = run("--send", "--customer", "harbour-port")
    assert done.exit_code == 1
    first = to(post)[0]
    assert states(sources)[first] is State.UNCERTAIN
    done = run("--send", "--customer", "harbour-port")
    assert done.exit_code == 0
    assert "may have arrived on 2026-11-05: ask; --send --again" in done.output
    assert sorted(to(post)) == sorted([ZHENG, SHEN])
    identifier = next(one.letter.id for one in read_ledger(sources)[0].posted.values() if one.letter.to == first)
    assert run("--send", "--customer", "harbour-port", "--again", identifier).exit_code == 0
    assert to(post).count(first) == 2
    assert len({one["Message-ID"] for one in taken(post) if first in one["To"]}) == 1
    assert states(sources)[first] is State.SENT


def test_an_uncertain_mail_that_did_arrive_is_settled_by_hand_and_nothing_else_is(
    post: Post, run: Callable[..., Result], sources: Path
) -> None:
    post.mute_at = 0
    assert run("--send", "--customer", "harbour-port").exit_code == 1
    (identifier,) = (one.letter.id for one in read_ledger(sources)[0].posted.values() if one.state is State.UNCERTAIN)
    assert run("--by-hand", "--again", identifier).exit_code == 0
    assert states(sources) == {ZHENG: State.SENT, SHEN: State.SENT}
    assert len(post.taken) == 2


def test_a_program_killed_between_intent_and_answer_sends_nothing_twice(
    post: Post, run: Callable[..., Result], sources: Path, output: Path
) -> None:
    post.hang_at = 1
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "dispatch",
        "--send",
        "--customer",
        "harbour-port",
        "--today",
        "2026-11-05",
    ]
    folders = ["--sources", str(sources), "--output", str(output)]
    with subprocess.Popen([*command, *folders], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        waited = time.monotonic() + 60
        while len(post.taken) < 2 and time.monotonic() < waited:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    assert sorted(to(post)) == sorted([ZHENG, SHEN])
    assert sorted(states(sources).values()) == [State.SENT, State.UNCERTAIN]
    assert run("--send", "--customer", "harbour-port").exit_code == 0
    assert len(post.taken) == 2


def test_two_runs_at_the_same_time_send_each_mail_once(post: Post, sources: Path, output: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "dispatch",
        "reports",
        "--send",
        "--sources",
        str(sources),
        "--output",
        str(output),
    ]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [one.wait(120) for one in started] == [0, 0]
    assert sorted(to(post)) == sorted(EVERYBODY)


def test_results_of_a_survey_go_to_the_readers_of_its_agreement(
    post: Post, run: Callable[..., Result], output: Path
) -> None:
    done = run("surveys", "--send")
    assert done.exit_code == 0, done.output
    assert sorted(to(post)) == [HALVORSEN, HUANG]
    huang = next(one for one in taken(post) if HUANG in one["To"])
    assert huang["Subject"] == "2026年10月满意度调查结果：诺风亚太区域办公室运维服务级别协议（SLA-NORDWIND-OFFICE）"
    survey = "nordwind-asia/surveys/nordwind-satisfaction_2026-10"
    assert {one.get_filename(): one.get_payload(decode=True) for one in huang.iter_attachments()} == {
        f"满意度调查报告_SLA-NORDWIND-OFFICE_2026-10{ending}": (output / f"{survey}{ending}").read_bytes()
        for ending in (".pdf", ".xlsx")
    }


def test_those_who_take_part_are_invited_when_the_meeting_is_near(
    post: Post, run: Callable[..., Result], output: Path
) -> None:
    def invite(day: str) -> list[str]:
        done = run("invitations", "--send", "--today", day)
        assert done.exit_code == 0, done.output
        return to(post)

    assert invite("2026-11-09") == []
    assert sorted(invite("2026-11-10")) == [GU, LU]
    assert len(invite("2026-11-11")) == 2, "once"
    first = taken(post)[0]
    assert first["Subject"].startswith("服务回顾会议邀请（2026年12月10日）：")
    files = {one.get_filename(): one.get_payload(decode=True) for one in first.iter_attachments()}
    pack = output / "renhe-hospital/reviews/renhe-2026-12_pack.pdf"
    assert files["服务回顾会前材料_SLA-RENHE-CLINICAL_2026-12-10.pdf"] == pack.read_bytes()
    (invitation,) = (content for name, content in files.items() if name and name.endswith(".ics"))
    assert b"DTSTART:20261210T070000Z" in invitation


def test_an_agreement_that_waits_for_signatures_goes_to_the_contact_for_agreements(
    post: Post, run: Callable[..., Result], sources: Path, output: Path
) -> None:
    register = sources / "register.yaml"
    text = register.read_text(encoding="utf-8")
    register.write_text(text[: text.rindex("  - agreement: sla-harbour-core")], encoding="utf-8")
    for ending in (".docx", ".pdf"):
        told_otherwise(output, f"harbour-port/agreements/sla-harbour-core_B-00{ending}", inputs=())
    done = run("agreements", "--send")
    assert done.exit_code == 0, done.output
    assert to(post) == [ZHENG]
    (message,) = taken(post)
    assert message["Subject"].startswith("请审阅并签署：")
    assert [one.get_filename() for one in message.iter_attachments()] == [
        "协议_SLA-HARBOUR-CORE_B-00.docx",
        "协议_SLA-HARBOUR-CORE_B-00.pdf",
    ]


def test_minutes_go_to_those_who_get_the_reports(run: Callable[..., Result]) -> None:
    done = run("minutes", "--month", "2026-07", "--dry-run")
    assert done.exit_code == 0, done.output
    assert done.output.count("服务回顾会议纪要（2026年7月23日），请确认") == 2
    assert (
        "harbour-port/reviews/harbour-2026-07.docx as 服务回顾会议纪要_SLA-HARBOUR-CORE_2026-07-23.docx" in done.output
    )


def test_what_was_handed_over_by_hand_is_on_record_and_not_sent(
    post: Post, run: Callable[..., Result], sources: Path
) -> None:
    assert run("--by-hand", "--customer", "renhe-hospital").exit_code == 0
    assert states(sources) == {GU: State.SENT, LU: State.SENT}
    assert run("--send").exit_code == 0
    assert set(to(post)) == EVERYBODY - {GU, LU}


def test_without_a_mail_channel_nothing_is_mailed(run: Callable[..., Result], sources: Path) -> None:
    for name in ("register.yaml", "register"):
        path = sources / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    edit(sources / "agreements" / "sla-harbour-core" / "B-00.yaml", "channel: 电子邮件（PDF", "channel: 客户门户（PDF")
    done = run("reports", "--customer", "harbour-port", "--dry-run")
    assert done.exit_code == 0
    assert "by sla-harbour-core@B/00 the channel is no mail" in done.output
    assert "nothing is to be sent" in done.output
    by_hand = run("reports", "--customer", "harbour-port", "--by-hand")
    assert "the channel is no mail" not in by_hand.output
    assert "B-00.yaml was changed since the file was built" in by_hand.output


@pytest.mark.parametrize("broken", ["password", "name", "authority", "plain", "nobody"])
def test_a_server_that_is_not_to_be_trusted_gets_no_mail_and_no_password(
    trusted: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[..., Result],
    sources: Path,
    broken: str,
) -> None:
    issuer = trustme.CA() if broken == "authority" else trusted
    names = ("elsewhere.example.com",) if broken == "name" else ("localhost",)
    with mail_server(issuer, names=names, encrypted=broken != "plain") as post:
        password = "wrong-" + PASSWORD if broken == "password" else PASSWORD
        port = 1 if broken == "nobody" else post.port
        for name, value in {"HOST": "localhost", "PORT": str(port), "USER": USER, "PASSWORD": password}.items():
            monkeypatch.setenv(f"SLM_SMTP_{name}", value)
        done = run("--send")
        assert done.exit_code == 3
        assert "slm: the mail server" in done.output
        assert PASSWORD not in done.output
        assert post.taken == []
        assert bool(post.logins) is (broken == "password")
        assert states(sources) == {}


def test_a_server_with_tls_from_the_first_byte(
    trusted: trustme.CA, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Result]
) -> None:
    with mail_server(trusted, implicit=True) as post:
        settings = {"HOST": "localhost", "PORT": str(post.port), "TLS": "implicit", "USER": USER, "PASSWORD": PASSWORD}
        for name, value in settings.items():
            monkeypatch.setenv(f"SLM_SMTP_{name}", value)
        assert run("--send", "--customer", "harbour-port").exit_code == 0
        assert sorted(to(post)) == sorted([ZHENG, SHEN])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "SLM_SMTP_HOST is not set"),
        ({"HOST": "mail.example.com", "PORT": "http"}, "SLM_SMTP_PORT is 'http'"),
        ({"HOST": "mail.example.com", "TLS": "none"}, "SLM_SMTP_TLS is 'none'; it may be starttls or implicit"),
        ({"HOST": "mail.example.com", "USER": "slm"}, "set both SLM_SMTP_USER and SLM_SMTP_PASSWORD, or neither"),
    ],
)
def test_settings_that_cannot_be_are_wrong_usage(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], message: str
) -> None:
    for name in ("HOST", "PORT", "TLS", "USER", "PASSWORD"):
        monkeypatch.delenv(f"SLM_SMTP_{name}", raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(f"SLM_SMTP_{name}", value)
    done = run("--send")
    assert done.exit_code == 2
    assert message in done.output


def test_an_unknown_id_to_send_again_is_told_with_those_there_are(run: Callable[..., Result]) -> None:
    done = run("--dry-run", "--again", "000000000000", "--customer", "harbour-port")
    assert done.exit_code == 1
    assert (
        "--again: error: there is no mail '000000000000' among those asked for; the ids of these mails: " in done.output
    )


def test_the_password_is_nowhere_on_disk(post: Post, run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("--send", "--customer", "harbour-port").exit_code == 0
    assert post.logins == ["PLAIN"]
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes()
