"""What `slm whatif` supposes: a key of an agreement with another value."""

from __future__ import annotations

from dataclasses import dataclass

TIERS, REPEATED, CALENDAR = "credits", "repeated_miss", "calendar"
"""Keys of a service that are set by target, and the one that is set for the service."""


_LONGEST = 80
"""Characters of a setting that messages repeat."""


def option(written: str) -> str:
    """How messages name what was set, on one line."""
    shown = written if written.isprintable() else repr(written)
    return f"--set {shown if len(shown) <= _LONGEST else shown[:_LONGEST] + '…'}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One `--set`: a key of a target, of a service (no `target`) or of the whole agreement (no `service` either).

    A target's key without `service` is set in every service that has the target, `calendar` in every service. An empty
    `value` takes the key out.
    """

    written: str
    service: str
    target: str
    key: str
    value: str

    @property
    def option(self) -> str:
        """How messages name it."""
        return option(self.written)

    def concerns(self, service: str, target: str) -> bool:
        """Whether it is about that target of that service."""
        return self.service in {"", service} and self.target == target
