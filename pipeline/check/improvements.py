"""Service improvement plans say what their state demands, and aim at something that is measured."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.check.approvals import may_approve
from pipeline.model.improvements import ENDED, Improvement, ImprovementState
from pipeline.model.measures import unit_of
from pipeline.model.portfolio import Portfolio
from pipeline.problems import Problem, error, warning

KIND = "improvement"


def check_improvements(portfolio: Portfolio) -> tuple[Problem, ...]:
    """What is wrong with the improvement plans."""
    problems: list[Problem] = []
    for plan in portfolio.improvements.values():
        problems += _subject(plan, portfolio)
        problems += _approved(plan, portfolio)
        problems += _completed(plan)
    return tuple(problems)


def _subject(plan: Improvement, portfolio: Portfolio) -> Iterator[Problem]:
    source = plan.source
    if not plan.service and not plan.process:
        yield error(source.at("id"), "subject-missing", "the plan is for no service and no process", "add service: …")
    if plan.aim is None:
        return
    if not plan.agreement:
        message = "targets are those of an agreement, and none is named"
        yield error(source.at("target"), "agreement-missing", message, "add agreement: …")
        return
    versions = portfolio.agreements.get(plan.agreement, ())
    if versions and versions[0].kind != "sla":
        message = f"{plan.agreement} is no SLA; only figures of SLAs are measured"
        yield error(source.at("target"), "target-of", message, "name the target of an SLA, or say it in expected")
        return
    goal = plan.aim.goal
    for version in reversed(versions):
        terms = version.terms(plan.aim.service)
        target = terms.target(plan.aim.target) if terms else None
        if target is not None:
            if goal is not None and goal.unit is not unit_of(target) and goal.unit is not target.goal_unit:
                message = f"the goal is not in the unit of {target.id}, whose own is {target.goal}"
                yield error(source.at("target", "goal"), "goal-unit", message, "write it as the agreement does")
            return


def _approved(plan: Improvement, portfolio: Portfolio) -> Iterator[Problem]:
    source, approval = plan.source, plan.approval
    if approval is None:
        if plan.state is not ImprovementState.PROPOSED:
            message = f"the plan is {plan.state}, but nobody approved it"
            yield error(source.at("state"), "approval-missing", message, "add approval: {by: …, date: …}")
        return
    if plan.state is ImprovementState.PROPOSED:
        message = "the plan is approved, but its state is proposed"
        yield warning(source.at("state"), "approval-early", message, "write state: approved")
    if approval.person in portfolio.organization.people:
        if portfolio.policy.approvals and not may_approve(portfolio, KIND, approval.person, approval.day):
            needed = " or ".join(portfolio.policy.approvals[KIND])
            message = f"{approval.person!r} may not approve an improvement: policy.yaml wants the role {needed}"
            yield error(source.at("approval", "by"), "approver-role", message)
        if approval.person == plan.owner:
            message = f"{approval.person!r} approves a plan of their own"
            yield error(source.at("approval", "by"), "approver-same", message)


def _completed(plan: Improvement) -> Iterator[Problem]:
    source = plan.source
    done = plan.state is ImprovementState.COMPLETED
    if done and plan.completed is None:
        yield error(source.at("state"), "completed-when", "a completed plan needs its day", "add completed: YYYY-MM-DD")
    if plan.completed is not None and not done:
        message = f"the plan was completed on {plan.completed}, but its state is {plan.state}"
        yield error(source.at("completed"), "completed-state", message, "write state: completed")
    if done and not plan.evidence:
        yield warning(source.at("state"), "evidence-missing", "nothing tells of the effect", "add evidence: […]")
    if plan.state in ENDED and plan.open_actions:
        names = ", ".join(one.id for one in plan.open_actions)
        message = f"the plan is {plan.state}, but {names} is still open"
        yield warning(source.at("actions"), "action-open", message, "set it to done or cancelled")
