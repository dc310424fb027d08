"""Sensitivity: known indices and tipping points from formulas in place of the simulator, and the command itself."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from helpers.cli import clean, orgsim

import cli
from sim.errors import UserError
from sim.experiments.designs import Range
from sim.experiments.holding import differences, holding
from sim.experiments.sensitivity.figures import sensitivity_json
from sim.experiments.sensitivity.indices import (
    Effect,
    Indices,
    design,
    elementary_effects,
    indices,
    noise_share,
    points_in_block,
    run_design,
)
from sim.experiments.sensitivity.pictures import sensitivity_pictures
from sim.experiments.sensitivity.space import Space, figures, references, relative, space_of
from sim.experiments.sensitivity.study import _quiet, sensitivity
from sim.experiments.sensitivity.tipping import (
    Alone,
    End,
    Flips,
    Verdict,
    count_world,
    decided_sign,
    flips,
)
from sim.experiments.sensitivity.words import answer, sensitivity_text
from sim.experiments.worlds import Choice
from sim.parameters.registry import REGISTRY
from sim.scenario.scenario import load
from sim.statistics import estimates

PATHS = ("a.x", "a.y", "b.z", "c.idle")


def space(low=0.0, high=1.0, base=0.5, paths=PATHS):
    return Space({path: Range(low, high) for path in paths}, dict.fromkeys(paths, base))


def from_formula(formulas, base=0.5, noise=0.0, paths=PATHS):
    """An evaluator: a formula of the values per scenario, on two outcomes, with keyed noise of the run and the scenario."""

    def evaluate(points, runs, firsts):
        found = np.empty((len(points), len(formulas), 2, runs))
        for k, (point, first) in enumerate(zip(points, firsts, strict=True)):
            x = [point.get(path, base) for path in paths]
            for s, formula in enumerate(formulas):
                dice = [
                    np.random.default_rng([first + r]).normal()
                    + noise * np.random.default_rng([first + r, k, s]).normal()
                    for r in range(runs)
                ]
                found[k, s] = formula(*x) + np.array([dice, dice])
        return found

    return evaluate


def linear(x, y, z, idle):
    return 3 * x - 2 * y + z + 10


def study(formula, method="morris", samples=6, runs=2, noise=0.0, where=None, paths=PATHS):
    where = space(paths=paths) if where is None else where
    blocks = design(where, method, samples, 1)
    y = run_design(where, blocks, runs, from_formula([formula], noise=noise, paths=paths))
    return indices(where, method, "o", blocks, y[:, :, 0], 1)


class TestSpace:
    def test_a_share_and_its_value_are_inverse(self):
        axes = {
            "a.log": Range(0.01, 10.0, log=True),
            "a.line": Range(-1.0, 3.0),
            "a.count": Range(2, 9, integer=True),
        }
        where = Space(axes, {})
        for path in axes:
            for share in (0.0, 0.2, 0.77, 1.0):
                value = where.value(path, share)
                assert axes[path].low <= value <= axes[path].high
                assert where.value(path, where.share(path, value)) == pytest.approx(value)

    def test_ends_are_exact(self):
        where = Space({"a.p": Range(0.98, 1.0), "a.n": Range(1, 3, integer=True)}, {})
        assert where.values([1.0, 1.0]) == {"a.p": 1.0, "a.n": 3}
        assert where.values([0.0, 0.0]) == {"a.p": 0.98, "a.n": 1}

    def test_inert_and_set_parameters_are_not_varied(self):
        flat = load("flat", ())
        found = space_of([flat])
        assert "review.detection" in found.paths
        assert not any(
            path.startswith(("quits.", "hiring.", "careers.", "governance.")) for path in found.paths
        )
        assert "review.detection" not in space_of([load("flat", ["review.detection=0.6"])]).paths
        assert any(path.startswith("quits.") for path in space_of([load("people", ())]).paths)

    def test_nothing_left_to_vary_is_an_error(self):
        with pytest.raises(UserError, match="no uncertain parameter"):
            space_of([load("flat", ())], {"switches.ai": REGISTRY["switches.ai"]})


class TestMorris:
    def test_a_linear_function_has_exact_effects(self):
        effects = {effect.path: effect for effect in study(linear).effects}
        for path, slope in zip(PATHS, (3, -2, 1, 0), strict=True):
            assert effects[path].mu == pytest.approx(slope)
            assert effects[path].mu_star == pytest.approx(abs(slope))
            assert effects[path].sigma == pytest.approx(0, abs=1e-9)
            assert effects[path].beyond_noise == (slope != 0)
        assert effects["c.idle"].same
        assert not effects["a.x"].same

    def test_a_mechanism_is_the_sum_of_its_parameters_beyond_noise(self):
        groups = {group.name: group for group in study(linear).groups}
        assert groups["a"].total == pytest.approx(5)
        assert (groups["a"].members, groups["a"].beyond) == (2, 2)
        assert groups["b"].total == pytest.approx(1)
        assert groups["c"].total is None
        assert [group.name for group in study(linear).groups] == ["a", "b", "c"]

    def test_effects_of_either_sign_do_not_cancel(self):
        found = study(lambda x, y, z, idle: (x - 0.5) * (y - 0.5), samples=20)
        effect = found.effects[0]
        assert abs(effect.mu) < effect.mu_star
        assert effect.sigma > 0.1

    def test_our_effects_are_salibs(self):
        def curved(x, y, z, idle):
            return math.sin(3 * x) * (1 + y) + z**2

        found = study(curved, samples=8)
        where = space()
        blocks = design(where, "morris", 8, 1)
        y = run_design(where, blocks, 2, from_formula([curved]))[:, :, 0]
        by_run = elementary_effects(blocks, y).mean(axis=2)
        for effect, own in zip(found.effects, by_run, strict=True):
            assert effect.mu == pytest.approx(own.mean())
            assert effect.mu_star == pytest.approx(np.abs(own).mean())
            assert effect.sigma == pytest.approx(own.std(ddof=1))

    def test_noise_alone_is_hardly_ever_called_an_effect(self):
        paths = tuple(f"m.p{k}" for k in range(20))
        claims = 0
        for seed in range(20):
            where = space(paths=paths)
            blocks = design(where, "morris", 4, seed)
            y = np.random.default_rng(seed).normal(size=(4, 21, 2))
            claims += any(
                effect.beyond_noise for effect in indices(where, "morris", "o", blocks, y, seed).effects
            )
        assert claims <= 4  # 5 % of 20 studies are expected

    def test_an_effect_far_beyond_noise_is_found(self):
        effects = {e.path: e for e in study(linear, samples=10, noise=0.05).effects}
        assert effects["a.x"].beyond_noise
        assert not effects["c.idle"].beyond_noise
        assert effects["a.x"].lo < 3 < effects["a.x"].hi

    def test_the_share_of_noise(self):
        rng = np.random.default_rng(1)
        shared = rng.normal(size=(40, 1, 4))  # dice of a block, the same at all its points
        points = rng.normal(size=(40, 30, 1))
        noise = 2 * rng.normal(size=(40, 30, 4))
        # The mean of 4 runs has noise of variance 1, and the points have variance 1.
        assert noise_share(points + noise + 9 * shared) == pytest.approx(0.5, abs=0.05)
        assert noise_share(points + 9 * shared + 0 * noise) == pytest.approx(0, abs=1e-12)
        assert noise_share(np.ones((2, 3, 1))) is None

    def test_blocks_with_undefined_figures_are_left_out(self):
        where = space()
        blocks = design(where, "morris", 5, 1)
        y = run_design(where, blocks, 2, from_formula([linear]))[:, :, 0]
        y[2, 1, 0] = np.nan
        found = indices(where, "morris", "o", blocks, y, 1)
        assert found.blocks == 4
        assert found.effects[0].mu_star == pytest.approx(3)
        assert indices(where, "morris", "o", blocks, np.full_like(y, np.nan), 1).effects == ()


class TestSobol:
    def test_ishigami(self):
        def ishigami(x, y, z):
            a, b, c = (math.pi * (2 * u - 1) for u in (x, y, z))
            return math.sin(a) + 7 * math.sin(b) ** 2 + 0.1 * c**4 * math.sin(a)

        paths = ("one.x", "two.y", "three.z")
        # Half a run's noise is shared by all points of a row, which adds to the variance: so hardly any here.
        where = space(paths=paths)
        blocks = design(where, "sobol", 1024, 1)
        y = np.array([[[ishigami(*shares)] * 2 for shares in block] for block in blocks])
        found = {g.name: g for g in indices(where, "sobol", "o", blocks, y, 1).groups}
        for name, total, first in (("one", 0.558, 0.314), ("two", 0.442, 0.442), ("three", 0.244, 0.0)):
            assert found[name].total == pytest.approx(total, abs=0.04)
            assert found[name].first == pytest.approx(first, abs=0.06)
            assert found[name].beyond
            assert found[name].lo < found[name].total < found[name].hi

    def test_a_mechanism_is_moved_as_one(self):
        found = study(linear, method="sobol", samples=64, runs=4)
        assert points_in_block(space(), "sobol") == 5
        assert [group.name for group in found.groups] == ["a", "b", "c"]
        assert found.groups[2].total == 0
        assert not found.groups[2].beyond


class TestVerdict:
    def verdict(self, formula, runs=2, noise=0.01, base=0.5):
        where = space(base=base)
        evaluate = from_formula([lambda *_: 0.0, formula], noise=noise, base=base)
        return flips(where, evaluate, 0, runs, 1)

    def test_the_tipping_point_of_a_linear_verdict(self):
        found = self.verdict(lambda x, y, z, idle: 0.4 - 2 * (x - 0.5) + 0.1 * y - 0.05)
        row = found.rows[0]
        assert row.path == "a.x"
        assert [end.state for end in row.ends] == ["holds", "flips"]
        assert row.tip.lo <= row.tip.value <= row.tip.hi
        assert row.tip.value == pytest.approx(0.7, abs=0.01)
        assert row.tip.distance == pytest.approx(0.2, abs=0.01)
        assert found.smallest.paths == ("a.x",)
        assert found.smallest.confirmed
        assert all(other.state == "holds" and other.tip is None for other in found.rows[1:])

    def test_the_nearer_of_two_tips(self):
        found = self.verdict(lambda x, y, z, idle: 0.16 - (x - 0.4) ** 2, base=0.4)
        assert found.rows[0].tip.value == pytest.approx(0.8, abs=0.02)  # 0 is exactly on the line
        found = self.verdict(lambda x, y, z, idle: 0.04 - (x - 0.4) ** 2, base=0.4)
        assert found.rows[0].tip.value in (pytest.approx(0.2, abs=0.02), pytest.approx(0.6, abs=0.02))

    def test_no_single_one_but_two_together(self):
        found = self.verdict(lambda x, y, z, idle: 0.6 - (x - 0.5) - 0.8 * (y - 0.5) - 0.1 * z + 0.05)
        assert all(row.tip is None for row in found.rows)
        assert found.smallest.paths == ("a.x", "a.y")
        # 0.6 = 1.8 d, with d the distance in shares of the range
        assert found.smallest.distance == pytest.approx(0.6 / 1.8, abs=0.02)
        assert found.smallest.confirmed

    def test_nothing_flips_it(self):
        found = self.verdict(lambda x, y, z, idle: 5 + 0.1 * x - 0.1 * y)
        assert found.smallest is None
        assert found.tried >= 2
        assert {row.state for row in found.rows} == {"holds"}

    def test_an_end_within_noise_is_undecided(self):
        found = self.verdict(lambda x, y, z, idle: 1 - 2 * (x - 0.5), noise=0.2)
        assert found.rows[0].path == "a.x"
        assert found.rows[0].ends[1].state == "undecided"
        assert found.rows[0].tip is None

    def test_points_are_not_simulated_twice(self):
        calls = []
        evaluate = from_formula([lambda *_: 0.0, linear])
        verdict = Verdict(
            space(),
            lambda points, runs, firsts: calls.append(len(points)) or evaluate(points, runs, firsts),
            0,
            2,
            1,
        )
        first = verdict.at([{"a.x": 0.1}, {"a.x": 0.2}], 4)
        again = verdict.at([{"a.x": 0.2}, {"a.x": 0.1}], 4)
        assert calls == [2]
        assert (first[::-1] == again).all()
        assert verdict.at([], 4).shape == (0, 4)

    def test_the_world_is_counted_as_everywhere(self):
        y = np.array([[1, 1.1, 0.9], [-1, -1.1, -0.9], [0.1, -0.1, 0.1], [np.nan] * 3, [2, 2, 2.2]])
        values = np.stack([np.full(y.shape, 10.0), 10.0 + y], axis=1)
        for better, counts in ((1, (2, 1, 1)), (-1, (1, 1, 2))):
            world = count_world(values, better, "o")
            assert world.ahead == holding(differences(values), better)
            assert (world.ahead.holds.k, world.ahead.open.k, world.ahead.reversed.k) == counts
            assert (world.failed, world.ahead.worlds) == (1, 4)
            assert world.holding(-1).holds.k == counts[2]
            assert world.judged("o", 0) is None
        behind = replace(world, of="value_per_week", rises=False)
        assert behind.judged("value_per_payroll_usd", 1) == behind.holding(-1)
        assert decided_sign(np.array([1.0])) == 0  # one run decides nothing


class TestWhole:
    NAMES = ("value_per_payroll_usd", "lead_time_hours")

    def found(self, formulas, names=("layered", "flat"), noise=0.01, **options):
        scenarios = [load(name, ()) for name in names[: len(formulas)]]
        return sensitivity(
            scenarios,
            self.NAMES,
            evaluate=from_formula(formulas, noise=noise),
            space=space(),
            **{"sets": 16, **options},
        )

    @pytest.mark.slow
    def test_verdict_in_words_json_and_pictures(self, tmp_path):
        found = self.found([lambda *_: 10.0, lambda x, y, z, idle: 10.4 - 2 * (x - 0.5) + 0 * y])
        assert found.flips.smallest.paths == ("a.x",)
        text = sensitivity_text(found)
        assert "flat beats layered on value per payroll dollar at the base values" in text
        assert "a: x from 0.5 to 0.7" in text
        assert "c: idle" in text.split("Move nothing beyond noise on any of these outcomes")[1]
        data = json.loads(json.dumps(sensitivity_json(found), allow_nan=False))
        assert data["flips"]["smallest"]["parameters"] == ["a.x"]
        assert data["flips"]["smallest"]["share_of_range"] == pytest.approx(0.2, abs=0.01)
        world = data["outcomes"]["value_per_payroll_usd"]["world"]
        assert world["ahead"] + world["behind"] + world["undecided"] == world["sets"] == 16
        assert world["holds_in"] == world["ahead"] / 16
        # Less lead time is better, so there the first scenario is ahead.
        assert data["outcomes"]["lead_time_hours"]["difference"]["ahead"] == "layered"
        names = {path.name for path in sensitivity_pictures(tmp_path, found)}
        assert {
            "verdict-one-at-a-time.svg",
            "verdict-one-at-a-time.png",
            "value_per_payroll_usd.png",
        } <= names
        svg = (tmp_path / "verdict-one-at-a-time.svg").read_text()
        assert "<dc:date>" not in svg

    def test_worlds_that_look_like_a_scenario_are_counted_with_all_plausible_ones_beside(self):
        formulas = [lambda *_: 10.0, lambda x, y, z, idle: 10.4 - 2 * (x - 0.5) + 0 * y]
        against = tuple({"a.x": 0.9} for _ in range(5))  # 9.6 against 10
        found = self.found(formulas, choice=Choice("ours.yaml", against, ("said",)))
        plain = self.found(formulas)
        world, other = found.primary.world, plain.primary.world
        assert (found.sets, found.like, found.notes[0], plain.sets, plain.like) == (
            5,
            "ours.yaml",
            "said",
            16,
            "",
        )
        assert (world.ahead.reversed.k, world.ahead.worlds, world.ahead.like) == (5, 5, "ours.yaml")
        assert world.ahead.everywhere == other.ahead
        text = " ".join(sensitivity_text(found).split())
        assert (
            "the verdict holds in 0 % [0, 43] of 5 worlds that look like ours.yaml, open in 0 %, reversed in 100 % (all "
            in text
        )
        assert "most worlds that look like ours.yaml say the opposite" in text
        assert "share of 5 worlds that look like ours.yaml in which B or A is ahead" in text
        said = sensitivity_json(found)["outcomes"]["value_per_payroll_usd"]["world"]
        assert (said["like"], said["sets"], said["holds_in"]) == ("ours.yaml", 5, 0.0)
        assert said["holds_in_all_plausible"] == other.ahead.holds.share

    def test_what_scales_both_alike_has_no_effect(self):
        def evaluate(points, runs, firsts):
            found = np.empty((len(points), 2, 2, runs))
            for k, (point, first) in enumerate(zip(points, firsts, strict=True)):
                x, z = point.get("a.x", 0.5), point.get("b.z", 0.5)
                dice = [np.exp(0.1 * np.random.default_rng([first + r]).normal()) for r in range(runs)]
                luck = [np.random.default_rng([first + r, 1]).normal(0, 0.001) for r in range(runs)]
                a = 10 * np.array(dice) * (0.5 + 2 * x)
                found[k] = [[a, a], [a * (1.04 + 0.02 * (z - 0.5) + np.array(luck))] * 2]
            return found

        scenarios = [load(name, ()) for name in ("layered", "flat")]
        found = sensitivity(scenarios, self.NAMES, evaluate=evaluate, space=space(), sets=16)
        study = found.primary
        assert study.relative
        assert found.still == ("a.x", "a.y", "c.idle")
        effect = next(effect for effect in study.indices.effects if effect.path == "b.z")
        assert 100 * effect.mu_star / study.scale == pytest.approx(2, abs=0.01)
        row = next(row for row in found.flips.rows if row.path == "a.x")
        assert not row.matters
        assert row.swing == pytest.approx(0, abs=1e-12)
        assert "Differences are relative to layered at the same values" in " ".join(
            sensitivity_text(found).split()
        )
        assert "of the figure of layered at the same values" in answer(found)[-2]

    def test_absolute_where_the_first_is_not_positive(self):
        base = np.array([[[2.0, 4.0], [1.0, 1.0]], [[3.0, 3.0], [1.0, 1.0]]])
        others = np.stack([base, base])
        others[1, 0, 1] = 0.0
        reference = references(base, [others])
        assert reference[0] == 3
        assert np.isnan(reference[1])
        found = figures(relative(others, reference))
        assert (found[:, 1] == (others[:, 1] - others[:, 0])[:, 1]).all()
        assert found[0, 0].mean() == pytest.approx(3 * (3 / 3 - 1))

    def test_what_matters_alone_is_not_listed_as_moving_nothing(self):
        effects = tuple(Effect(path, 0.0, 0.1, 0.0, 0.2, 0.1, 1.0, False) for path in PATHS)
        level = estimates.mean_ci(np.array([1.0, 1.1]))
        ends = [(End(0.0, 0.0, level, state, moved), End(1.0, 1.0, level, "holds"))
                for state, moved in (("flips", True), ("holds", True), ("undecided", False), ("holds", False))]  # fmt: skip
        rows = tuple(Alone(path, 0.5, 0.5, both, 1.0) for path, both in zip(PATHS, ends, strict=True))
        found = [Indices("o", 6, 0.1, effects, ())]
        assert _quiet(space(), found, None) == ((), PATHS)
        assert _quiet(space(), found, Flips(rows, None, 0)) == ((), ("b.z", "c.idle"))

    def test_an_interval_beside_zero_that_is_not_enough_after_correction(self):
        found = self.found([lambda *_: 10.0, lambda x, y, z, idle: 10.4 - 2 * (x - 0.5) + 0 * y])
        below = estimates.mean_ci(np.array([-0.1, -0.11, -0.12]))
        above = estimates.mean_ci(np.array([0.1, 0.11, 0.12]))
        row = Alone("b.z", 0.5, 0.5, (End(0.0, 0.0, below, "undecided"), End(1.0, 1.0, above, "holds")), 0.1)
        table = sensitivity_text(replace(found, flips=Flips((row,), None, 0)))
        assert "not after correction" in table.split("Morris:")[0]
        assert "plausible worlds, open in" in " ".join(table.split())

    def test_no_verdict_at_the_base(self):
        found = self.found([lambda *_: 10.0, lambda x, y, z, idle: 10.0 + x - y], noise=0.0)
        assert found.flips is None
        assert "no verdict to flip" in answer(found)[0]
        assert sensitivity_json(found)["flips"] is None
        assert "One at a time" not in sensitivity_text(found).split("Morris:")[0]

    @pytest.mark.slow
    def test_one_scenario(self):
        found = self.found([linear], noise=0.0)
        assert found.still == ("c.idle",)
        assert found.flips is None
        assert "a: x" in answer(found)[1]
        assert "Of 4 assumptions, 1 moves nothing here" in answer(found)[-1]

    def test_what_moves_nothing_is_not_named_as_what_it_depends_on(self):
        # y is beyond noise, as everything is where there is none, but its effect would be printed as 0.0 %.
        found = self.found([lambda x, y, z, idle: 10 + x + 1e-3 * y], noise=0.0)
        assert [e.path for e in found.primary.indices.effects if e.beyond_noise] == ["a.x", "a.y"]
        said = answer(found)[1]
        assert said.startswith("It depends most on a: x (9.")
        assert "a: y" not in said
        assert "0.0 %" not in said
        hardly = answer(self.found([lambda x, y, z, idle: 10 + 1e-3 * x], noise=0.0))[1]
        assert hardly.startswith("It hardly depends on any assumption: none beyond noise moves it by 0.1 %")

    def test_what_may_be_nothing_is_not_named_and_it_is_said_how_many_trajectories_would_tell(self):
        found = self.found([lambda x, y, z, idle: 10 + x + y], noise=0.0)
        study = found.primary
        wide = [replace(e, lo=0.0, hi=2 * e.mu_star + 0.1) for e in study.indices.effects]
        unclear = replace(study, indices=replace(study.indices, effects=tuple(wide)))
        said = answer(replace(found, studies={**found.studies, study.outcome.name: unclear}))[1]
        assert said.startswith(
            f"It depends on no assumption beyond noise yet: with {study.indices.blocks} trajectories"
        )
        assert "intervals reach 0, even of what seems to move it most, a: " in said
        more = int(said.split("(--samples ")[1].split(")")[0])
        assert more > study.indices.blocks
        clear = [replace(e, lo=e.lo if e.path == "a.y" else 0.0) for e in study.indices.effects]
        one = replace(study, indices=replace(study.indices, effects=tuple(clear)))
        said = answer(replace(found, studies={**found.studies, study.outcome.name: one}))[1]
        assert said.startswith("It depends most on a: y (")
        assert "a: x" not in said

    @pytest.mark.slow
    def test_sobol(self, tmp_path):
        found = self.found([linear], method="sobol", samples=16)
        assert "depends most on a" in answer(found)[1]
        assert "shares of variance" in sensitivity_text(found)
        assert (tmp_path / "lead_time_hours.png") in sensitivity_pictures(tmp_path, found)
        first = sensitivity_json(found)["outcomes"]["lead_time_hours"]["mechanisms"][0]
        assert first["mechanism"] == "a"
        assert first["ci95"][0] <= first["total"] <= first["ci95"][1]

    def test_an_outcome_that_does_not_vary(self):
        found = self.found([lambda *_: 0.0])
        assert "does not vary" in answer(found)[1] or "no assumption beyond noise" in answer(found)[1]

    @pytest.mark.parametrize(
        ("names", "options", "message"),
        [
            (("flat",), {"names": ["bottleneck"]}, "is a kind"),
            (("flat",), {"names": ["lead_time"]}, "did you mean 'lead_time_hours'"),
            (("flat", "layered"), {"names": ["headcount"]}, "neither more nor less"),
            (("flat",), {"names": ["alignment", "alignment"]}, "named twice"),
            (("flat",), {"method": "moris"}, "did you mean 'morris'"),
            (("flat",), {"method": "sobol", "samples": 12}, "use 8 or 16"),
            (("flat",), {"samples": 60_000}, "design points"),
            (("flat", "flat"), {}, "the same scenario"),
        ],
    )
    def test_bad_questions(self, names, options, message):
        with pytest.raises(UserError, match=message):
            sensitivity([load(name, ()) for name in names], **options)

    def test_other_weeks(self):
        with pytest.raises(UserError, match=r"differ in time\.weeks"):
            sensitivity([load("flat", ()), load("layered", ["time.weeks=30"])])


# ---- the command

KEPT = ("review.detection", "managers.people_hours_per_report", "money.load", "review.ai_detection")


@pytest.fixture
def small(tmp_path):
    """Two small scenarios which leave only four parameters uncertain, so that the command is quick."""
    pinned = [f"  {path}: {q.value}" for path, q in REGISTRY.items() if q.uncertain and path not in KEPT]
    text = "question: Which?\norganisation: {{ics: 6, management_layers: {}}}\n" + (
        "time: {{weeks: 4, warmup_weeks: 1}}\nparameters:\n" + "\n".join(pinned)
    )
    (tmp_path / "one.yaml").write_text(text.format(1))
    (tmp_path / "two.yaml").write_text(text.format(2))
    return tmp_path


class TestCommand:
    @pytest.mark.slow
    def test_one_scenario(self, small):
        done = orgsim("sensitivity", "one.yaml", "--samples", "3", "--runs", "2", "--out", "out", cwd=small)
        assert done.returncode == 0, done.stderr
        assert clean(done)
        assert done.stdout.startswith("one: which assumptions drive it")
        data = json.loads((small / "out" / "sensitivity.json").read_text())
        idle = "review.ai_detection"  # there is no AI reviewer: it cannot act, so it is not moved
        assert [q["path"] for q in data["parameters"]] == [x for x in REGISTRY if x in KEPT and x != idle]
        assert json.loads((small / "out" / "manifest.json").read_text())["status"] == "complete"
        assert (small / "out" / "plots" / "value_per_payroll_usd.png").read_bytes()[:4] == b"\x89PNG"

    @pytest.mark.slow
    def test_a_verdict_as_json_in_the_usual_folder(self, small):
        done = orgsim(
            "sensitivity",
            "one.yaml",
            "two.yaml",
            "--samples",
            "2",
            "--runs",
            "2",
            "--ranges",
            "4",
            "--json",
            cwd=small,
        )
        assert done.returncode == 0, done.stderr
        data = json.loads(done.stdout)
        assert (data["scenario"], data["other"], data["method"]) == ("one", "two", "morris")
        assert data["outcomes"]["value_per_payroll_usd"]["world"]["sets"] == 4
        assert data["answer"]
        assert (small / "results" / "one-two-sensitivity" / "plots").is_dir()
        assert "Warning" not in done.stdout

    @pytest.mark.slow
    def test_the_same_whatever_the_workers(self, small):
        runs = [
            orgsim(
                "sensitivity", "one.yaml", "--method", "sobol", "--samples", "2", "--json", "--workers", workers,
                "--out", f"out{workers}", "--outcome", "cost_per_value", cwd=small,
            )
            for workers in ("1", "3")
        ]  # fmt: skip
        assert runs[0].returncode == 0, runs[0].stderr
        assert runs[0].stdout == runs[1].stdout
        pictures = [(small / f"out{k}" / "plots" / "cost_per_value.svg").read_bytes() for k in (1, 3)]
        assert pictures[0] == pictures[1]

    def test_a_folder_of_something_else_is_left_alone(self, small, monkeypatch, capsys):
        monkeypatch.chdir(small)
        (small / "mine").mkdir()
        (small / "mine" / "thesis.txt").write_text("x")
        assert cli.execute(["sensitivity", "one.yaml", "--samples", "2", "--out", "mine", "--fresh"]) == 2
        assert "belongs to something else" in capsys.readouterr().err
        assert [path.name for path in (small / "mine").iterdir()] == ["thesis.txt"]

    def test_an_interrupt_leaves_nothing(self, small, monkeypatch, capsys):
        monkeypatch.chdir(small)

        def interrupted(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr("sim.simulation.simulator.Engine.simulate", interrupted)
        assert cli.execute(["sensitivity", "one.yaml", "--out", "gone"]) == 130
        assert "nothing was written" in capsys.readouterr().err
        assert not (small / "gone").exists()

    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (["flat", "layered", "people"], "got 3"),
            (["nowhere.yaml"], "nowhere"),
            (["flat", "--method", "sobols"], "did you mean 'sobol'"),
            (["flat", "--samples", "1"], "outside 2"),
            (["flat", "--runs", "1"], "outside 2"),
            (["flat", "--outcome", "bottleneck"], "is a kind"),
            (["flat", "--set", "review.detection=2"], "outside from 0 to 1"),
        ],
    )
    def test_bad_input(self, args, message, capsys, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert cli.execute(["sensitivity", *args]) == 2
        assert message in capsys.readouterr().err
        assert not any(tmp_path.iterdir())
