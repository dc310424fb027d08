"""What a change needs of others, whatever the way it is written: answers to questions, another IC, reviewers.

The rules of `sim.mechanisms.flow.questions` and `dependencies`, in expectation over the ICs of the tree, where everybody answers
before anybody's patience ends. Left out: super ICs (they answer in place of the manager, in the same help time), rework after
wrong guesses, changes given up for want of an answer.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sim.constants import IC, MANAGER
from sim.engine.record import Settings
from sim.experiments.ledger.course import Help, Sizes
from sim.experiments.ledger.plans import Floats, Plan, knowledge_of_managers
from sim.organisation.tree import Tree

#: Difficulties of questions, at the middles of equal steps.
_DIFFICULTIES = (np.arange(2000) + 0.5) / 2000
_ALWAYS = 1


@dataclass(frozen=True)
class Asking:
    """What changes need of others: hours of answering a question by its difficulty, density of difficulties that owners do not
    know, questions and hours of settling dependencies per change, by size.
    """

    p: Settings
    questions: Floats
    settling: Floats
    unknown: Floats
    climbing: Floats

    def help(self, plan: Plan) -> Help:
        """Return what changes need of others, where people use AI as in the *plan*."""
        p = self.p
        asks = 0.0
        if p.switches_ai and p.switches_ai_answers and plan.share > 0.0:
            asks = 1.0 if p.ai_answers == _ALWAYS else plan.extent
        to_ai = asks * self.unknown * (p.ai_answer_knowledge >= _DIFFICULTIES)
        answering = float(((self.unknown - to_ai) * self.climbing).mean())
        by_ai = float(to_ai.mean())
        hours = {
            ("questions", "verifying"): self.questions * by_ai * p.ai_answer_hours,
            ("questions", "answering"): self.questions * answering,
            ("dependencies", "coordinating"): self.settling,
        }
        return Help(hours, self.questions * by_ai * p.ai_answer_wrong)


def asking(p: Settings, parameters: np.ndarray, sizes: Sizes, tree: Tree) -> Asking:
    """Return what changes of these *sizes* need of others in the organisation of *tree*."""
    number = p.questions_per_standard_hour * sizes.hours
    if p.questions_one_per_change:
        number = np.ones_like(sizes.hours)
    if not p.switches_questions:
        number = np.zeros_like(sizes.hours)
    spread = p.questions_ic_knowledge_sd if p.switches_skill_differences else 0.0
    unknown = (p.questions_ic_knowledge < _DIFFICULTIES).astype(float)
    if spread > 0.0:
        unknown = ndtr((_DIFFICULTIES - p.questions_ic_knowledge) / spread)
    mean = p.dependencies_probability * settling_hours(p, tree) if p.switches_dependencies else 0.0
    settling = np.full_like(sizes.hours, mean)
    return Asking(p, number, settling, unknown, _climbing_hours(p, parameters, tree))


def _climbing_hours(p: Settings, parameters: np.ndarray, tree: Tree) -> Floats:
    """Return the hours of all managers who see a question, by difficulty, mean over the ICs who ask."""
    knowledge = knowledge_of_managers(parameters, tree.layers)
    total = np.zeros_like(_DIFFICULTIES)
    for chain, ics in Counter(_chains(tree)).items():
        open_still = np.ones_like(_DIFFICULTIES)
        for height, layer in enumerate(chain):
            top = height == len(chain) - 1
            knows = (knowledge[layer] >= _DIFFICULTIES) | (top and bool(p.questions_top_solves_all))
            too_hard = p.questions_triage_skill * p.questions_triage_hours
            too_hard += (1.0 - p.questions_triage_skill) * p.questions_help_hours
            hours = np.where(knows | top, p.questions_help_hours, too_hard)
            total += ics * open_still * hours
            open_still = open_still * ~knows
    return total / max(tree.ics, 1)


def _chains(tree: Tree) -> list[tuple[int, ...]]:
    """Return the layers of the managers above every IC, from below."""
    bosses, layers = tree.boss.tolist(), tree.layer.tolist()
    chains = []
    for row in range(tree.ics):
        chain = []
        above = bosses[row]
        while above >= 0:
            chain.append(layers[above])
            above = bosses[above]
        chains.append(tuple(chain))
    return chains


def readers_of(p: Settings, tree: Tree) -> int:
    """Return how many people review a pass of a change, in most teams (`review.request`); 0 where nobody can."""
    found: Counter[int] = Counter()
    desk = int(p.review_managers_review and p.switches_hands_on and p.managers_hands_on_share > 0.0)
    for boss, ics in Counter(tree.boss[: tree.ics].tolist()).items():
        dedicated = min(int(p.review_dedicated_reviewers), ics)
        mates = (dedicated or ics - 1) + desk
        # Where nobody else may, the manager does.
        found[0 if boss < 0 else max(min(int(p.review_approvals), mates), 1)] += ics
    return found.most_common(1)[0][0]


def settling_hours(p: Settings, tree: Tree) -> float:
    """Return the hours that settling a dependency takes of all involved, mean over the ICs who need another one."""
    ics = np.flatnonzero(tree.role == IC)
    if len(ics) < 2:
        return 0.0
    modules, bosses = tree.module[ics], tree.boss[ics]
    teams, team_of = np.unique(bosses, return_inverse=True)
    met = np.zeros((len(teams), len(teams)))  # probability that the partner is in a team, by the owner's
    for k in range(len(ics)):
        chances = _closeness(p, np.abs(modules - modules[k]))
        if chances.sum() > 0.0:
            met[team_of[k]] += np.bincount(team_of, chances / chances.sum(), len(teams))
    met /= len(ics)
    total = 0.0
    below = _teams_below(tree)
    for a, b in zip(*np.nonzero(met), strict=True):
        one, other = int(teams[a]), int(teams[b])
        total += met[a, b] * (
            2.0 * p.dependencies_team_hours
            if a == b and one >= 0
            else p.dependencies_coordination_hours * _people_involved(p, tree, below, one, other)
        )
    return float(total)


def _closeness(p: Settings, distances: np.ndarray) -> Floats:
    """Return the weight of ICs at these distances between modules, 0 for the owner (`dependencies.partner_of`)."""
    reach, near = int(p.dependencies_near_reach), p.dependencies_near_share
    distance = np.maximum(distances, 1)
    chance = np.where(distance <= reach, near / reach, 0.0)
    # Far: 1 + the whole part of reach / v, so the distance is d with probability reach / (d - 1) - reach / d.
    far = np.where(distance > reach, reach / np.maximum(distance - 1, 1) - reach / distance, 0.0)
    weight: Floats = np.where(distances > 0, chance + (1.0 - near) * far, 0.0)
    return weight


def _teams_below(tree: Tree) -> Counter[int]:
    """Return the number of teams with ICs below every manager, the own one included; -1: all of them."""
    below: Counter[int] = Counter()
    bosses = tree.boss.tolist()
    for team in {bosses[row] for row in range(tree.ics)}:
        above = team
        below[-1] += team >= 0
        while above >= 0:
            below[above] += 1
            above = bosses[above]
    return below


def _people_involved(p: Settings, tree: Tree, below: Counter[int], one: int, other: int) -> float:
    """Return how many people, owner and partner included, settle a dependency between the teams of two managers."""
    up, down = _line(tree, one), _line(tree, other)
    common = next((m for m in up if m in down), -1)
    teams = max(below[common], 1)
    directly = 1.0 / (1.0 + (teams - 1) / p.dependencies_lateral_scale)
    if one < 0:
        return 2.0
    path = len(up) + len(down)
    if common >= 0:
        path = up.index(common) + down.index(common) + 1
    return 2.0 + (1.0 - directly) * path


def _line(tree: Tree, manager: int) -> list[int]:
    """Return *manager* and everybody above."""
    line = []
    while manager >= 0:
        if tree.role[manager] == MANAGER:
            line.append(manager)
        manager = int(tree.boss[manager])
    return line
