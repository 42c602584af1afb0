"""The ledger remembers what was told, and is written after the notice that tells it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.model.alerts import Alert, AlertKind
from pipeline.publish.files import Staging
from pipeline.publish.notices import LEDGER, Remembered, publish, read_remembered

UPTIME = Alert("acme", "sla-acme", "desk", "uptime", AlertKind.BUDGET_USED, period="2026-03")
LATE = Alert("acme", "sla-acme", "desk", "p1", AlertKind.TICKET_LATE, ticket="T1", opened=1772442000)
OTHER = Alert("bay", "sla-bay", "desk", "uptime", AlertKind.LIKELY_MISS, period="2026-03")


def tell(output: Path, notices: dict[str, bytes], ledger: Remembered) -> None:
    with Staging(output) as staging:
        publish(staging, notices, ledger)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    tell(tmp_path, {"notice.md": b"new"}, Remembered(1772442000, frozenset({UPTIME, LATE})))
    assert read_remembered(tmp_path) == (Remembered(1772442000, frozenset({UPTIME, LATE})), ())
    assert (tmp_path / "alerts/notice.md").read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["alerts", "ledger.json", "notice.md"]


def test_no_ledger_is_an_empty_one(tmp_path: Path) -> None:
    assert read_remembered(tmp_path) == (Remembered(), ())


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1, "at": null, "alerts": [{"kind": "odd"}]}', "null"])
def test_a_damaged_ledger_is_told_and_not_taken_for_an_empty_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "alerts").mkdir()
    (tmp_path / LEDGER).write_text(content, encoding="utf-8")
    _, (problem,) = read_remembered(tmp_path)
    assert problem.code == "ledger"
    assert "delete it" in problem.hint


def test_a_look_at_one_customer_leaves_what_is_known_of_the_others() -> None:
    before = Remembered(1, frozenset({UPTIME, LATE, OTHER}))
    assert before.after(2, {LATE}, "acme") == Remembered(2, frozenset({LATE, OTHER}))
    assert before.after(2, {LATE}, "") == Remembered(2, frozenset({LATE}))


def test_where_the_notice_cannot_be_written_the_ledger_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(tmp_path, {}, Remembered(1, frozenset({UPTIME})))
    (tmp_path / "alerts/notice.md/kept").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        tell(tmp_path, {"notice.md": b"new"}, Remembered(2, frozenset({UPTIME, LATE})))
    assert read_remembered(tmp_path)[0].alerts == {UPTIME}

    def full(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Staging, "_move", full)
    with pytest.raises(OSError):  # noqa: PT011 - any failure
        tell(tmp_path, {"other.md": b"new"}, Remembered(2, frozenset({UPTIME, LATE})))
    assert read_remembered(tmp_path)[0].alerts == {UPTIME}


def test_the_ledger_is_the_same_whatever_the_order() -> None:
    one, other = (Remembered(1, frozenset(order)).content() for order in ([UPTIME, LATE, OTHER], [OTHER, LATE, UPTIME]))
    assert one == other
    assert [alert["customer"] for alert in json.loads(one)["alerts"]] == ["acme", "acme", "bay"]
