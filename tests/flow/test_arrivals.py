"""Work from outside, and how long serving takes: spread makes queues longer."""

from collections.abc import Mapping

import pytest
from helpers.claims import UP, Claim, check_claim, choice

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
