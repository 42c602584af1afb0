"""Versions and returned copies compared: what a reader reads, not how a program stored it."""

from pipeline.compare.identity import read_identity
from pipeline.compare.results import (
    About,
    Cause,
    Comparison,
    Difference,
    FilledField,
    Identity,
    Kind,
    Note,
    Part,
    Unreadable,
    Where,
)
from pipeline.compare.returned import compare_returned

__all__ = [
    "About",
    "Cause",
    "Comparison",
    "Difference",
    "FilledField",
    "Identity",
    "Kind",
    "Note",
    "Part",
    "Unreadable",
    "Where",
    "compare_returned",
    "read_identity",
]
