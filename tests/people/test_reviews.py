"""Reviews that wait, where somebody stops reading."""

import numpy as np
import pytest
from helpers.model import small
from helpers.worlds import play, world

from sim.engine import codes
from sim.mesa_model.model import OrgModel


def reading_desk(model: OrgModel) -> tuple[int, int] | None:
    """Return (desk, review) of a hands-on manager who is in the middle of reading."""
    org = model.tables
    for desk in np.flatnonzero(org.people["role"] == codes.DESK).tolist():
        k = int(org.people["current"][desk])
        if k >= 0 and org.items["kind"][k] == codes.REVIEW and org.items["begun"][k]:
            return desk, k
    return None


def test_a_review_that_a_desk_hands_back_starts_afresh():
    """Whoever reads it next reads all of it: what was left would lower detection for good where nothing is hasty."""
    sets = (
        "review.managers_review=true",
        "review.haste_hours=.inf",
        "managers.hands_on_share=0.5",
        "time.weeks=20",
    )
    model = OrgModel(small(*sets, "review.hours_per_standard_hour=1.0"))
    found = None
    while found is None:
        model.step()
        found = reading_desk(model)
    desk, k = found
    model.set_parameter("managers.hands_on_share", 0.0)
    org = model.tables
    assert org.people["current"][desk] != k
    assert not org.items["begun"][k]
    assert org.items["state"][k] == codes.QUEUED
    assert org.items["person"][k] < 0 or org.items["team"][k] < 0
    assert org.items["left"][k] == org.items["hours"][k] > 0.0
    team = int(org.items["team"][k])
    waiting, hours = int(org.teams["head"][team]), 0.0
    while waiting >= 0:
        hours += float(org.items["hours"][waiting])
        waiting = int(org.items["next"][waiting])
    assert org.teams["queued_hours"][team] == pytest.approx(hours)


#: Most people leave within a year; seats are filled again, or not.
LEAVING = {
    "switches.quits": True, "switches.layoffs": True, "quits.base": 0.9, "layoffs.background_probability": 0.5,
    "review.approvals": 5, "review.approval_rule": "majority", "review.reject_human": 0.3, "review.managers_review": True,
}  # fmt: skip


@pytest.mark.parametrize("hiring", [True, False])
@pytest.mark.parametrize("assignment", ["shared", "addressed"])
@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("order", ["parallel", "sequential"])
def test_no_pass_waits_for_nobody(order, early, assignment, hiring):
    """Whoever leaves, a pass that is not decided has a review under way, and the change knows which."""
    values = {
        "review.order": order, "review.decide_early": early, "review.assignment": assignment, "switches.hiring": hiring,
    }  # fmt: skip
    org = play(world({**LEAVING, **values}, ics=16, layers=1, weeks=30))
    changes, items = org.changes, org.items
    under_way = np.isin(items["state"], (codes.SENT, codes.QUEUED, codes.SERVING)) & (
        items["kind"] == codes.REVIEW
    )
    undecided = np.flatnonzero(
        (changes["owner"] >= 0) & (changes["review_pass"] > 0) & (changes["pending"] > 0)
    )
    assert len(undecided)
    assert org.world[0].orphans_taken_over > 20
    for c in undecided:
        rows = np.flatnonzero(under_way & (items["change"] == c) & (items["life"] == changes["life"][c]))
        noted = changes["reviews"][c][: changes["asked"][c]]
        assert len(rows)
        assert sorted(noted[noted >= 0]) == rows.tolist()
