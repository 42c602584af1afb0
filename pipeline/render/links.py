"""Where a document may lead its reader: to a mail, and nowhere else."""

from __future__ import annotations

AGREED = ("mailto:",)
"""How the address of a link may begin. Documents are kept for years and read without a network; a site that moves, or
that somebody else takes over, must not speak in the name of an agreement."""


def is_agreed(address: str) -> bool:
    """Whether a document may hold a link to this address; one within the document is none."""
    return address.lower().startswith(AGREED)
