"""Work from outside, and how long serving takes: spread makes queues longer."""

from collections.abc import Mapping

import pytest
from helpers.claims import UP, Claim, check_claim, choice

from sim.simulation.run import run
from sim.validation.laboratory import experiment

QUESTIONED = {"arrivals.kind": "question", "arrivals.per_hour": 0.4}
#: A manager who keeps up, has nothing else to do, and askers who wait as long as it takes: otherwise latency is patience.
ALONE = {"ics": 6, "layers": 1, "weeks": 50}
CALM = {
    "questions.patience_hours": 1000.0, "arrivals.kind": "question", "arrivals.per_hour": 0.3, "managers.admin_share": 0.0,
    "switches.dependencies": False, "switches.people_time": False, "switches.hands_on": False, "switches.alignment": False,
    "switches.meetings": False,
}  # fmt: skip
#: The queue is of questions that take long to answer.
HELPING = {**CALM, "arrivals.kind": "none", "questions.help_hours": 2.0}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    # Spread of service and of arrivals makes queues longer (Pollaczek and Khinchine, Kingman).
    "service.distribution": choice(
        ("deterministic", "exponential"), "decision_latency_hours", UP, HELPING, ALONE
    ),
    # Whoever writes does not lay it aside for a review.
    "service.preemption": choice((True, False), "review_wait_hours", UP),
    "service.cv": choice(
        (0.2, 3.0), "decision_latency_hours", UP, {**HELPING, "service.distribution": "lognormal"}, ALONE
    ),
    "arrivals.kind": choice(("none", "question"), "time_answering_manager", UP, QUESTIONED),
    "arrivals.per_hour": choice((0.05, 0.4), "time_answering_manager", UP, QUESTIONED),
    "arrivals.pattern": choice(("deterministic", "poisson"), "decision_latency_hours", UP, CALM, ALONE),
    "arrivals.hours": choice((0.5, 1.5), "decision_latency_hours", UP, CALM, ALONE),
    "arrivals.distribution": choice(
        ("deterministic", "exponential"), "decision_latency_hours", UP, CALM, ALONE
    ),
}


@pytest.mark.parametrize("path", CHOICES)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, CHOICES[path])


@pytest.mark.slow
def test_classes_without_preemption_wait_as_cobham_says():
    """Incidents before questions at one manager, who finishes what is begun: M/M/1 with two classes (Cobham 1954).

    Mean wait of class k: the mean work that is left of what is in service, over (1 - load of the classes above k) x (1 - load of k
    and those above).
    """
    rates, hours = (0.6, 0.4), (0.5, 1.0)
    loads = [rate * mean for rate, mean in zip(rates, hours, strict=True)]
    left = sum(load * mean for load, mean in zip(loads, hours, strict=True))  # rate x E[S^2] / 2, exponential
    urgent = left / (1.0 - loads[0])
    other = urgent / (1.0 - sum(loads))
    scenario = experiment("E2-priority", {"service.preemption": False}).load()
    found = run(scenario, 30, 1).outcomes
    assert_close(found["decision_latency_hours"], other + hours[1])
    both = rates[0] * (urgent + hours[0]) + rates[1] * (other + hours[1])  # one item an hour, all in all
    assert_close(found["item_time_hours"], both)


def assert_close(figures, target):
    """Assert that the mean is within 4 standard errors of *target*, and these small against it."""
    error = figures.std(ddof=1) / len(figures) ** 0.5
    assert error < 0.01 * target
    assert abs(figures.mean() - target) <= 4.0 * error, (figures.mean(), target, error)
