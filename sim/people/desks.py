"""Desks: the seats from which hands-on managers write code."""

import numpy as np

from sim.constants import IC, MANAGER
from sim.engine import codes
from sim.engine.hierarchy import join_team, members
from sim.engine.state import AGENT, Org, table
from sim.engine.tables import DESK_ID, give_event, with_people
from sim.flow.initialise import introduce
from sim.people.reviews import give_back, lay_aside, rehome_reviews, with_room


def _hand_back_reviews(org: Org, p: np.ndarray, i: int) -> Org:
    """Give the reviews that desk *i* has, or that are on their way to it, back to its team; they start afresh."""
    people, items = org.people, org.items
    current = int(people["current"][i])
    if current >= 0 and items["kind"][current] == codes.REVIEW:
        lay_aside(org, i, float(org.world["now"][0]))
    coming = (
        (items["state"] == codes.SENT)
        & (items["kind"] == codes.REVIEW)
        & (items["team"] >= 0)
        & (items["person"] == i)
    )
    for k in np.flatnonzero(coming).tolist():
        give_back(org, k)
    kept, k = [], int(people["head"][i, codes.CLASS_REVIEW])
    while int(people["ready"][i]) & (1 << codes.CLASS_REVIEW) and k >= 0:
        after = int(items["next"][k])
        if items["kind"][k] != codes.REVIEW or items["team"][k] < 0:
            kept.append(k)
        else:
            give_back(org, k)
        k = after
    if kept:
        items["next"][kept] = [*kept[1:], codes.NONE]
        people["head"][i, codes.CLASS_REVIEW], people["tail"][i, codes.CLASS_REVIEW] = kept[0], kept[-1]
    else:
        people["ready"][i] &= ~(1 << codes.CLASS_REVIEW)
    return rehome_reviews(org, p, int(people["team"][i]))


def fit_hands_on(org: Org, p: np.ndarray, agents_each: int) -> Org:
    """Give every manager in layer 1 a working desk, and let the desks of all others rest, if there is hands-on time.

    *agents_each*: AI agents of a new desk. Return *org* (it may have grown).
    """
    people = org.people
    share = p["managers_hands_on_share"][0] if p["switches_hands_on"][0] else 0.0
    should = (people["role"] == MANAGER) & (people["layer"] == 1) & (share > 0)
    works_now = people["coder"][people["desk"]] & (people["desk"] >= 0)
    for m in np.flatnonzero((people["role"] == MANAGER) & (should != works_now)).tolist():
        works = bool(should[m])
        desk = int(people["desk"][m])
        if works and desk < 0:
            org = _add_desk(with_room(org), p, m, agents_each)
            people = org.people
        elif desk >= 0 and bool(people["coder"][desk]) != works:
            reviews = bool(p["review_managers_review"][0])
            people["coder"][desk] = works
            if reviews:
                people["reviewer"][desk] = works
                org.teams["reviewers"][m] += 1 if works else -1
            if reviews and not works:
                org = _hand_back_reviews(org, p, desk)
    return org


def _add_desk(org: Org, p: np.ndarray, m: int, agents_each: int) -> Org:
    """Append a hands-on desk for manager *m*; it gets its hours with the next plan of the week."""
    row, first = len(org.people), len(org.agents)
    near = [int(org.home[i]) for i in members(org, m)]
    agents = table(first + agents_each, AGENT)
    agents[:first] = org.agents
    agents["supervisor"][first:] = row
    agents["change"][first:] = codes.NONE
    org = with_people(org, 1)._replace(agents=agents)
    people = org.people
    org.home[row] = near[0] if near else 0
    fields = {
        "pid": DESK_ID + int(people["pid"][m]), "role": codes.DESK, "boss": m, "human": m, "team": m, "coder": True,
        "reviewer": bool(p["review_managers_review"][0]), "allowance": min(float(p["review_hours_per_week"][0]), 8.0),
        "first_agent": first, "agents": agents_each, "belief": float(people["belief"][m]),
    }  # fmt: skip
    for name, value in fields.items():
        people[name][row] = value
    people["desk"][m] = row
    give_event(org, row)
    join_team(org, row, m)
    introduce(org, p, np.array([row]))
    return org


def copy_ai_plan(org: Org, i: int) -> None:
    """Let *i*, who did not write changes before, use AI as most people who write do."""
    people = org.people
    writers = np.flatnonzero((people["role"] == IC) & people["coder"] & (np.arange(len(people)) != i))
    if len(writers):
        people["ai_planned"][i] = np.median(people["ai_planned"][writers])


def with_desks(org: Org, p: np.ndarray, agents_each: int) -> Org:
    """Let hands-on desks follow their managers' layers; new ones use AI as most people who write do."""
    before = len(org.people)
    org = fit_hands_on(org, p, agents_each)
    for desk in range(before, len(org.people)):
        copy_ai_plan(org, desk)
    return org
