"""Pages that compare a version of an agreement with the one before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from pipeline.compare.terms import State
from pipeline.merge.changes import changed_agreement, changes_sheet
from pipeline.model.agreements import Agreement
from pipeline.portal.page import Page
from pipeline.portal.telling import Telling, comparison_path
from pipeline.portal.views import ComparisonView


def comparison_pages(telling: Telling) -> Iterator[Page]:
    """A page a version but the first; to be reached from the agreement, not searched."""
    words, portfolio = telling.words, telling.portfolio
    for identifier, versions in portfolio.agreements.items():
        shown = [_outward(one) for one in versions] if telling.edition.customer else versions
        for old, new in pairwise(shown):
            changed = changed_agreement(State(old, portfolio), State(new, portfolio), words)
            sheet = changes_sheet((changed,), words)
            title = words.label("portal.comparison", old=old.version, new=new.version)
            view = ComparisonView(telling.agreement(identifier), changed, sheet.columns, sheet.notes)
            yield Page(comparison_path(old, new), "comparison", "agreements", title, view)


def _outward(agreement: Agreement) -> Agreement:
    """Without what stands behind it: teams and suppliers are no matter of a customer's."""
    services = tuple(replace(terms, underpinned_by=()) for terms in agreement.services)
    return replace(agreement, underpinned_by=(), services=services)
