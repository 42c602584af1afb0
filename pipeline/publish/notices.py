"""Notices and the ledger of what was told in them, published together."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.model.alerts import Alert, AlertKind
from pipeline.problems import Place, Problem, error
from pipeline.publish.files import Staging

FOLDER = "alerts"
"""Where they lie in `output/`; they are no documents, so that no manifest has them."""

LEDGER = f"{FOLDER}/ledger.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Remembered:
    """The alerts there were at the last look, in UTC seconds; None where there has been none."""

    at: int | None = None
    alerts: frozenset[Alert] = frozenset()

    def after(self, at: int, current: Collection[Alert], customer: str) -> Remembered:
        """The ledger after a look at all customers, or at one; of the others it remembers what it did."""
        others = {alert for alert in self.alerts if customer not in {"", alert.customer}}
        return Remembered(at, frozenset({*current, *others}))

    def content(self) -> bytes:
        """The file's bytes, sorted."""
        when = None if self.at is None else datetime.fromtimestamp(self.at, UTC).isoformat()
        value = {"format": FORMAT, "at": when, "alerts": [asdict(alert) for alert in sorted(self.alerts)]}
        return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def read_remembered(output: Path) -> tuple[Remembered, tuple[Problem, ...]]:
    """The ledger of a folder, an empty one where there is none; a damaged one is an error."""
    path = output / LEDGER
    if not path.exists():
        return Remembered(), ()
    try:
        value = json.loads(path.read_bytes())
        alerts = frozenset(map(_alert, value["alerts"]))
        moment = datetime.fromisoformat(value["at"])
        if value["format"] == FORMAT and moment.tzinfo is not None:
            return Remembered(int(moment.astimezone(UTC).timestamp()), alerts), ()
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        pass
    message = "the ledger of alerts cannot be read"
    return Remembered(), (error(Place(str(path)), "ledger", message, "delete it, and all alerts are told again"),)


def _alert(one: dict[str, Any]) -> Alert:
    """ValueError or TypeError where a hand has left what cannot be sorted or written again."""
    found = Alert(**{**one, "kind": AlertKind(one["kind"])})  # which checks no type
    if type(found.opened) is not int:
        raise ValueError
    "".join(getattr(found, field.name) for field in fields(found) if field.name != "opened").encode()
    return found


def publish(staging: Staging, notices: Mapping[str, bytes], ledger: Remembered) -> None:
    """Write the notices, then the ledger: what is in the ledger has been told."""
    for name, content in notices.items():
        staging.add(f"{FOLDER}/{name}", content)
    staging.add(LEDGER, ledger.content())
    staging.move()
