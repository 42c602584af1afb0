"""Who may see what: a customer's part of the portfolio."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.build import measured
from pipeline.model.agreements import Status
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.portal.edition import narrowed


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    found = measured(Options()).portfolio
    assert found is not None
    return found


def test_a_customer_sees_its_own_agreements_and_what_belongs_to_them(portfolio: Portfolio) -> None:
    shown = narrowed(portfolio, "harbour-port")
    assert list(shown.customers) == ["harbour-port"]
    assert list(shown.agreements) == ["sla-harbour-core"]
    assert {one.agreement for one in shown.reviews.values()} == {"sla-harbour-core"}
    assert {one.agreement for one in shown.surveys.values()} == {"sla-harbour-core"}
    assert {key[0] for key in shown.register} == {"sla-harbour-core"}
    assert {key for said in shown.commentaries.values() for key in said.agreements} == {"sla-harbour-core"}
    assert (shown.teams, shown.suppliers, shown.requirements, shown.profiles) == ({}, {}, {}, {})


def test_a_draft_is_not_shown_before_it_goes_to_the_customer(portfolio: Portfolio) -> None:
    *earlier, newest = portfolio.agreements["sla-harbour-core"]
    for status, count in ((Status.DRAFT, 2), (Status.NEGOTIATING, 3)):
        versions = (*earlier, replace(newest, status=status))
        changed = replace(portfolio, agreements={**portfolio.agreements, "sla-harbour-core": versions})
        assert len(narrowed(changed, "harbour-port").agreements["sla-harbour-core"]) == count


def test_an_agreement_of_drafts_only_is_not_there_at_all(portfolio: Portfolio) -> None:
    drafts = tuple(replace(one, status=Status.DRAFT) for one in portfolio.agreements["sla-harbour-core"])
    changed = replace(portfolio, agreements={**portfolio.agreements, "sla-harbour-core": drafts})
    assert narrowed(changed, "harbour-port").agreements == {}
