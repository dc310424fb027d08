"""The course of a change from start to merge, in closed form: expected hours, by size, where nothing waits.

The same rules as in `sim.mechanisms.flow` (coding, review, defects), with expectations in place of dice. Defects are Poisson, so
those that are found and those that are left are independent, and a pass of review can be written down without its history.
Hours are kept by (row of the ledger, activity in the books of the engine); all arrays have the shape of `Sizes.hours`.

Left out, because nothing waits: haste, merges without review for want of time, impatience. Also left out: the least time
that a job takes, and the largest number of defects that are told apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, inf, log1p, sqrt

import numpy as np
from scipy.special import ndtr, ndtri, pdtr, pdtrc

from sim.engine.record import Settings
from sim.experiments.ledger.plans import Floats, Plan, successes, volumes

#: (row of the ledger, activity) -> expected hours per change started.
Hours = dict[tuple[str, str], Floats]
_STEP = 0.05
_SCORES = np.arange(-7.0, 9.0 + _STEP / 2, _STEP)
_WEIGHTS = np.exp(-0.5 * _SCORES**2) / np.exp(-0.5 * _SCORES**2).sum()
_LUCK = 64
_DETERMINISTIC, _EXPONENTIAL = 0, 1
_LEAST_TAIL = 1e-13


@dataclass(frozen=True)
class Sizes:
    """Sizes of changes (standard hours) at normal *scores*, with their probability *weights*; all float64 [sizes]."""

    scores: Floats
    hours: Floats
    weights: Floats

    def mean(self, figures: Floats) -> float:
        """Return the mean over changes."""
        return float(self.weights @ figures)


@dataclass(frozen=True)
class Owner:
    """Who writes: skill (reference engineers), what follows from it, as factors, and how many *readers* review a pass."""

    skill: float
    readers: int
    verifying: float
    failing: float
    defects: float


@dataclass(frozen=True)
class Desk:
    """An *owner* under the parameters of a scenario (as numbers *p*, and as the kernels read them), and the sizes of changes."""

    p: Settings
    parameters: np.ndarray
    sizes: Sizes
    owner: Owner


@dataclass(frozen=True)
class Runs:
    """How an agent's runs end, by size: (success, failure that nobody notices) at each attempt; all failed and *noticed*."""

    ends: Sequence[tuple[Floats, Floats]]
    noticed: Floats


@dataclass(frozen=True)
class Help:
    """What a change needs of others, whatever the way: hours by (row, activity) [sizes], and defects of wrong AI answers."""

    hours: Mapping[tuple[str, str], Floats]
    wrong: Floats


@dataclass(frozen=True)
class Course:
    """What is expected of a change, by size: hours in all, of them in changes closed without merging, and how it ends.

    merged: probability; delivered, lost: standard hours of value; incidents: their number.
    """

    hours: Hours
    closed: Hours
    merged: Floats
    delivered: Floats
    lost: Floats
    incidents: Floats


@dataclass(frozen=True)
class _Branch:
    """A way in which writing may end, with its *probability*, and the *hours* until then times that probability."""

    probability: Floats
    hours: Hours
    fraction: float
    by_agent: bool
    failed: bool
    write_hours: Floats


@dataclass
class _Ends:
    """What review adds up to: see `Course`; hours that review itself takes, and the probability of closing."""

    hours: Hours = field(default_factory=dict)
    closed_hours: Hours = field(default_factory=dict)
    closed: Floats = field(default_factory=lambda: np.zeros(1))
    merges: list[tuple[Floats, Floats]] = field(
        default_factory=list
    )  # (probability, mean defects that escape)


def sizes_of(p: Settings) -> Sizes:
    """Return the distribution of the sizes of changes."""
    if p.work_size_distribution == _DETERMINISTIC:
        hours = np.full_like(_SCORES, p.work_size_mean)
    elif p.work_size_distribution == _EXPONENTIAL:
        hours = -p.work_size_mean * np.log(ndtr(-_SCORES))
    else:
        spread = sqrt(log1p(p.work_size_cv * p.work_size_cv))
        hours = p.work_size_mean * np.exp(spread * _SCORES - 0.5 * spread * spread)
    return Sizes(_SCORES, hours, _WEIGHTS)


def owner_of(p: Settings, skill: float, readers: int) -> Owner:
    """Return an owner of this *skill* and of mean fluency, fully coached, whose changes so many *readers* review.

    As in `coding.update_paces`, with nothing in the way.
    """
    friction = exp(-p.ai_fluency_effect * (p.ai_fluency_mean - 0.5))
    relief = 1.0 - p.ai_guardrail_verification * p.ai_guardrail
    return Owner(
        skill,
        readers,
        verifying=relief * friction / skill**p.ai_reading_exponent,
        failing=friction * skill**-p.ai_briefing_exponent,
        defects=skill**-p.defects_skill_exponent,
    )


def goes_to_agent(p: Settings, sizes: Sizes, plan: Plan) -> Floats:
    """Return the probability that a change goes to an agent, by size (`ai_use.goes_to_agent` without its dice)."""
    rho = p.ai_delegation if p.work_size_distribution != _DETERMINISTIC else 0.0
    if rho == 0.0 or plan.agents <= 0.0:
        return np.full_like(sizes.hours, plan.agents)
    # Where the size alone decides, a size at the threshold counts in part: half a step of the grid smooths it.
    left = max(sqrt(max(1.0 - rho * rho, 0.0)), _STEP / 2)
    share: Floats = ndtr((plan.threshold - rho * sizes.scores) / left)
    return share


def written(desk: Desk, plan: Plan, fraction: float, needed: Help) -> Course:
    """Return the course of a change that its owner writes, AI (the assistant) doing the *fraction* of it."""
    sizes = desk.sizes
    hours = _writing(desk, plan, fraction)
    whole = np.ones_like(sizes.hours)
    total = np.sum([*hours.values()], axis=0)
    branch = _Branch(whole, {**hours, **needed.hours}, fraction, False, False, total)
    return _course(desk, [branch], needed)


def runs_of(desk: Desk) -> Runs:
    """Return how the runs of agents end that this owner briefs.

    Part of an agent's luck stays with the change (`coding.verdict`), so the attempts are averaged over it.
    """
    p, parameters, sizes, owner = desk.p, desk.parameters, desk.sizes, desk.owner
    success = successes(parameters, sizes.hours, owner.failing)
    own = ndtri((np.arange(_LUCK) + 0.5) / _LUCK) if p.ai_retry_correlation > 0.0 else np.zeros(1)
    w = p.ai_retry_correlation
    fails = 1.0 - success[:, None]
    if w > 0.0:
        left = max(sqrt(1.0 - w), 1e-9)
        fails = 1.0 - ndtr((ndtri(success)[:, None] - sqrt(w) * own) / left)
    ends = []
    reached = np.ones_like(fails)
    for _ in range(int(p.ai_retries) + 1):
        ends.append(
            (
                (reached * (1.0 - fails)).mean(axis=1),
                (reached * fails * (1.0 - p.ai_verification_detection)).mean(axis=1),
            )
        )
        reached = reached * fails * p.ai_verification_detection
    return Runs(ends, reached.mean(axis=1))


def by_agent(desk: Desk, plan: Plan, needed: Help, runs: Runs) -> Course:
    """Return the course of a change that goes to an agent: its *runs*, and what is redone without one."""
    p, parameters, sizes, owner = desk.p, desk.parameters, desk.sizes, desk.owner
    size = sizes.hours
    prepared = p.work_prep_hours * plan.preparation * size
    briefing = p.ai_specify_fixed_hours + p.ai_specify_hours * size
    verifying = p.ai_agent_verify_hours * volumes(parameters, 1.0)[1] * size * owner.verifying
    redone = plan.fraction if p.ai_redo_assisted else 0.0
    again = _writing(desk, plan, redone)
    branches = []

    def after(attempts: int, probability: Floats) -> Hours:
        hours = {
            ("preparation", "specifying"): prepared,
            ("briefing", "specifying"): briefing,
            ("verifying", "verifying"): verifying,
            ("redoing", "specifying"): (attempts - 1) * briefing,
            ("redoing", "verifying"): (attempts - 1) * verifying,
            **needed.hours,
        }
        return {key: probability * x for key, x in hours.items()}

    write_hours = prepared + briefing
    noticed = runs.noticed
    for k, (success, unnoticed) in enumerate(runs.ends, start=1):
        branches.append(_Branch(success, after(k, success), 1.0, True, False, write_hours))
        branches.append(_Branch(unnoticed, after(k, unnoticed), 1.0, True, True, write_hours))
    spent = after(len(runs.ends), noticed)
    for (_, activity), x in again.items():
        spent["redoing", activity] = spent.get(("redoing", activity), 0.0) + noticed * x
    total = np.sum([*again.values()], axis=0)
    branches.append(_Branch(noticed, spent, redone, False, False, total))
    return _course(desk, branches, needed)


def mixed(parts: Sequence[tuple[Floats | float, Course]]) -> Course:
    """Return the course of changes of which parts, with weights, take these courses."""

    def total(of: Sequence[tuple[Floats | float, Floats]]) -> Floats:
        summed: Floats = np.sum([weight * x for weight, x in of], axis=0)
        return summed

    def all_hours(of: Sequence[tuple[Floats | float, Hours]]) -> Hours:
        keys = dict.fromkeys(key for _, hours in of for key in hours)
        return {key: total([(w, hours[key]) for w, hours in of if key in hours]) for key in keys}

    return Course(
        all_hours([(w, c.hours) for w, c in parts]),
        all_hours([(w, c.closed) for w, c in parts]),
        total([(w, c.merged) for w, c in parts]),
        total([(w, c.delivered) for w, c in parts]),
        total([(w, c.lost) for w, c in parts]),
        total([(w, c.incidents) for w, c in parts]),
    )


def _writing(desk: Desk, plan: Plan, fraction: float) -> Hours:
    """Return the owner's hours of writing a change once (`coding.queue_segment`)."""
    p, parameters, sizes, owner = desk.p, desk.parameters, desk.sizes, desk.owner
    ai = volumes(parameters, fraction)[1]
    return {
        ("preparation", "specifying"): p.work_prep_hours * plan.preparation * sizes.hours,
        ("coding", "coding"): (1.0 - fraction + ai / p.ai_assistant_speed) / owner.skill * sizes.hours,
        ("verifying", "verifying"): ai
        * p.ai_assistant_verify_hours
        * owner.verifying
        * plan.need
        * sizes.hours,
    }


def _course(desk: Desk, branches: Sequence[_Branch], needed: Help) -> Course:
    """Return the course of changes whose writing ends in these *branches*, through review and after it."""
    return mixed([(1.0, _finished(desk, branch, needed)) for branch in branches])


def _finished(desk: Desk, branch: _Branch, needed: Help) -> Course:
    p, parameters, sizes = desk.p, desk.parameters, desk.sizes
    volume, ai = volumes(parameters, branch.fraction)
    defects = _defects(desk, branch, ai, needed)
    ends = _reviewed(desk, branch, volume, defects)
    worth = sizes.hours * (1.0 + p.ai_scope_worth * p.ai_scope * branch.fraction)
    worth = worth * (p.ai_failure_worth if branch.failed else 1.0)
    probability = branch.probability
    hours = {**branch.hours, **{key: probability * x for key, x in ends.hours.items()}}
    closed = {key: ends.closed * x for key, x in branch.hours.items()}
    closed |= {key: probability * x for key, x in ends.closed_hours.items()}
    merged = probability * np.sum([reached for reached, _ in ends.merges], axis=0)
    incidents = probability * np.sum([reached * left for reached, left in ends.merges], axis=0)
    lost = probability * np.sum([reached * _loss(p, left, worth) for reached, left in ends.merges], axis=0)
    hours["incidents", "incidents"] = incidents * p.defects_incident_hours
    return Course(hours, closed, merged, merged * worth, lost, incidents)


def _defects(desk: Desk, branch: _Branch, ai: float, needed: Help) -> Floats:
    """Return the mean number of latent defects before review (`defects.draw`)."""
    p, sizes, owner = desk.p, desk.sizes, desk.owner
    if not p.switches_defects:
        return np.zeros_like(sizes.hours)
    density = (1.0 - branch.fraction) + p.ai_defect_ratio * ai * (1.0 - p.ai_guardrail)
    relative = (sizes.hours / p.work_size_mean) ** (p.defects_size_exponent - 1.0)
    mean = p.defects_per_standard_hour * sizes.hours * relative * density * owner.defects
    return mean * (p.ai_failure_defect_factor if branch.failed else 1.0) + needed.wrong


def _needed_hours(p: Settings, sizes: Sizes, fraction: float, volume: float) -> Floats:
    """Return the hours of a first proper reading by one reviewer, by size (`review` has the rule)."""
    if p.review_fixed_hours_human > 0.0:
        fixed = p.review_fixed_hours_human * (1.0 - fraction) + p.review_fixed_hours_ai * fraction
        return np.full_like(sizes.hours, fixed)
    to_read = volume + (p.review_reading_ai_ratio - 1.0) * (volume - (1.0 - fraction))
    relative = (to_read * sizes.hours / p.work_size_mean) ** p.review_volume_exponent
    return p.review_hours_per_standard_hour * p.work_size_mean * relative


def _reviewed(desk: Desk, branch: _Branch, volume: float, defects: Floats) -> _Ends:
    """Follow a written change through its passes of review: hours, merging, closing. Without *readers* it merges."""
    p, sizes, readers = desk.p, desk.sizes, desk.owner.readers
    f = branch.fraction
    nothing = np.zeros_like(sizes.hours)
    ends = _Ends(closed=nothing)
    passes = int(p.review_max_passes) if p.switches_review and readers > 0 else 0
    reached = nothing + (1.0 - p.review_unreviewed_base if passes > 0 else 0.0)
    ends.merges.append((1.0 - reached, defects))
    read_by_ai = p.review_ai_detection * (1.0 - p.review_ai_blindness * f) if p.review_ai_reviewer else 0.0
    path: Hours = {("fixing", "reworking"): defects * read_by_ai * p.defects_fix_hours}
    ends.hours["fixing", "reworking"] = reached * path["fixing", "reworking"]
    defects = defects * (1.0 - read_by_ai)
    first = _needed_hours(p, sizes, f, volume) * readers
    accepting = (1.0 - p.review_reject_human * (1.0 - f) - p.review_reject_ai * f) ** readers
    for k in range(1, passes + 1):
        share = 1.0 if k == 1 else p.review_rereview_share
        row = ("review" if k == 1 else "rereview", "reviewing")
        _add(path, row, first * share)
        _add(ends.hours, row, reached * first * share)
        if k == 1:
            discard = p.review_discard_agent if branch.by_agent else p.review_discard_human
            _close(ends, reached * discard, path)
            reached = reached * (1.0 - discard)
        found = _found(p, p.review_detection * share, readers)
        accepted = np.exp(-defects * found) * accepting
        effort = defects * found * p.defects_fix_hours
        effort = effort + (1.0 - accepting) * p.review_rework_effort * branch.write_hours
        _add(ends.hours, ("fixing", "reworking"), reached * effort)
        ends.merges.append((reached * accepted, defects * (1.0 - found)))
        # On the way on, only those are left that were not accepted.
        _add(path, ("fixing", "reworking"), effort / np.maximum(1.0 - accepted, _LEAST_TAIL))
        reached = reached * (1.0 - accepted)
        defects = defects * (1.0 - found)
    _close(ends, reached, path)
    return ends


def _add(hours: Hours, key: tuple[str, str], more: Floats) -> None:
    hours[key] = hours[key] + more if key in hours else more


def _close(ends: _Ends, probability: Floats, path: Hours) -> None:
    """Close a change without merging, with what review and fixing have taken on its *path*."""
    ends.closed = ends.closed + probability
    for key, x in path.items():
        _add(ends.closed_hours, key, probability * x)


def _found(p: Settings, chance: float, readers: int) -> float:
    """Return the probability that a latent defect is found in a pass by at least one of the *readers*."""
    alike = p.review_error_correlation
    missed = (1.0 - chance) * (alike + (1.0 - alike) * (1.0 - chance)) ** (readers - 1)
    return float(1.0 - missed)


def _loss(p: Settings, mean: Floats, worth: Floats) -> Floats:
    """Return the expected value lost in the incidents of a change, whose number is Poisson with this *mean*."""
    loss = p.defects_incident_value_loss
    if p.defects_most_lost == inf or loss == 0.0:
        return mean * loss
    # In losses of one incident: min(D, most) is D up to the whole part of most, and most above.
    most = p.defects_most_lost * worth / loss
    whole = np.floor(most)
    counted = np.where(whole >= 1.0, pdtr(np.maximum(whole - 1.0, 0.0), mean), 0.0)
    lost: Floats = loss * (mean * counted + most * pdtrc(whole, mean))
    return lost
