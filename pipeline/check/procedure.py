"""The procedure hangs together: every flow leads somewhere, and for every step exactly one role is accountable."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model.portfolio import Portfolio
from pipeline.model.procedure import END, Activity, Flow, Procedure
from pipeline.model.source import Path
from pipeline.problems import Problem, did_you_mean, error

MAX_WAYS = 3
"""Ways out of a decision: the flow chart has room for one at each free corner."""


def check_procedure(portfolio: Portfolio) -> tuple[Problem, ...]:
    """What is wrong with the activities of the procedure, its flows and its RACI table."""
    procedure = portfolio.procedure
    if procedure is None:
        return ()
    problems: list[Problem] = []
    for index, activity in enumerate(procedure.activities):
        problems += _flows(procedure, activity.flows, ("activities", index))
        problems += _ways(procedure, activity, ("activities", index))
        problems += _raci(procedure, activity, ("activities", index))
    for index, process in enumerate(procedure.processes):
        problems += _flows(procedure, process.flows, ("processes", index))
    problems += _unreached(procedure)
    return tuple(problems)


def _flows(procedure: Procedure, flows: tuple[Flow, ...], path: Path) -> Iterator[Problem]:
    known = [END, *(stop.id for stop in procedure.stops)]
    for index, flow in enumerate(flows):
        if flow.to not in known:
            message = f"unknown activity or process {flow.to!r}"
            yield error(
                procedure.source.at(*path, "next", index, "to"), "unknown-id", message, did_you_mean(flow.to, known)
            )


def _ways(procedure: Procedure, activity: Activity, path: Path) -> Iterator[Problem]:
    place = procedure.source.at(*path, "next")
    if len(activity.flows) > MAX_WAYS:
        yield error(place, "too-many-ways", f"{activity.id} goes on in {len(activity.flows)} ways; at most {MAX_WAYS}")
    if bool(activity.decision) != (len(activity.flows) > 1):
        message = f"{activity.id} goes on in {len(activity.flows)} ways"
        hint = "add decision: …, the question that tells them apart" if not activity.decision else "take decision out"
        yield error(place, "decision", message, hint)
    for index, flow in enumerate(activity.flows):
        if len(activity.flows) > 1 and not flow.when:
            message = f"nothing says when {activity.id} goes on to {flow.to}"
            yield error(procedure.source.at(*path, "next", index), "decision", message, "add when: …")


def _raci(procedure: Procedure, activity: Activity, path: Path) -> Iterator[Problem]:
    doing = set()
    for index, step in enumerate(activity.steps):
        place = procedure.source.at(*path, "steps", index, "raci")
        accountable = [role for role, part in step.raci.items() if "A" in part]
        responsible = [role for role, part in step.raci.items() if "R" in part]
        doing.update(responsible)
        if len(accountable) != 1:
            found = " and ".join(accountable) or "nobody"
            message = f"step {index + 1} of {activity.id}: accountable is {found}"
            yield error(place, "raci-accountable", message, "give A (or AR) to exactly one role")
        if not responsible:
            message = f"step {index + 1} of {activity.id}: nobody is responsible"
            yield error(place, "raci-responsible", message, "give R (or AR) to at least one role")
    for index, role in enumerate(activity.responsible):
        if role not in doing:
            message = f"{role!r} is responsible for {activity.id} but has no R in any of its steps"
            yield error(procedure.source.at(*path, "responsible", index), "raci-responsible", message)


def _unreached(procedure: Procedure) -> Iterator[Problem]:
    reached = set(procedure.reached())
    places = [("activities", index) for index in range(len(procedure.activities))]
    places += [("processes", index) for index in range(len(procedure.processes))]
    for place, stop in zip(places, procedure.stops, strict=True):
        if stop.id not in reached:
            message = f"no flow leads from {procedure.activities[0].id} to {stop.id!r}"
            yield error(procedure.source.at(*place, "id"), "unreached", message)
    if END not in {flow.to for stop in procedure.stops for flow in stop.flows}:
        yield error(procedure.source.at("activities"), "no-end", "no flow leads to the end", f"write to: {END} once")
