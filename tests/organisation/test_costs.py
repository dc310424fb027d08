"""Costs: what they rise with."""

from collections.abc import Mapping

import pytest
from helpers.claims import DOWN, FOUR, THREE, UP, Claim, check_claim, choice

CLAIMS: Mapping[str, Claim] = {
    "money.ic_pay": Claim("payroll_per_year", UP),
    "money.load": Claim("payroll_per_year", UP),
    "money.manager_ratio_1": Claim("payroll_per_year", UP),
    "money.manager_ratio_2": Claim("payroll_per_year", UP),
    "money.manager_ratio_3": Claim("payroll_per_year", UP, {}, THREE),
    "money.manager_ratio_step": Claim("payroll_per_year", UP, {}, FOUR),
    "money.usd_per_incident": Claim("cost_per_value", UP),
}
#: What is decided.
CHOICES: Mapping[str, Claim] = {
    "organisation.bottom_span_ratio": choice(
        (1.0, 3.0), "managers_share", DOWN, {}, {"ics": 96, "layers": 3}
    ),
}
ALL = {**CLAIMS, **CHOICES}


@pytest.mark.parametrize("path", ALL)
def test_it_moves_what_it_claims_in_the_declared_direction(path):
    check_claim(path, ALL[path])
