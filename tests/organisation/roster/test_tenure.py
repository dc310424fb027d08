"""The tenure of an imported chart is that of the simulated people, in its bands."""

import json

import numpy as np
import pytest
from helpers.cli import orgsim

from sim.errors import UserError
from sim.organisation.tenure import BANDS, UNKNOWN, band_of, coarsened, share_of_at_least
from sim.scenario.scenario import load
from sim.scenario.tree import tree_of
from sim.simulation.run import run
from sim.simulation.simulator import Engine

ICS, TEAM = 60, 6
WAVE = {
    "switches.layoffs": True, "layoffs.background_probability": 0.0, "layoffs.wave_week": 4, "layoffs.wave_fraction": 0.2,
    "layoffs.wave_scope": "ics", "time.weeks": 12, "time.warmup_weeks": 0,
}  # fmt: skip


def chart(folder, name, years=lambda k: None):
    """A scenario whose chart has a top, ten first-line managers and sixty ICs; *years*: tenure of the k-th IC."""
    rows = ["top,,", *(f"m{m},top," for m in range(ICS // TEAM))]
    for k in range(ICS):
        known = years(k)
        rows.append(f"i{k:02d},m{k // TEAM},{'' if known is None else known}")
    (folder / f"{name}.csv").write_text("\n".join(["id,manager,tenure", *rows]) + "\n")
    (folder / f"{name}.yaml").write_text(
        f"question: Who goes?\nextends: base\norganisation: {{chart: {name}.csv}}\n"
    )
    return folder / f"{name}.yaml"


def cohort(file, **parameters):
    scenario = load(file).with_values({**WAVE, **parameters})
    engine = Engine(scenario)
    org = engine.advance(engine.begin(1, 0), 40.0)
    return org.cohort[org.cohort["role"] == 0]


class TestBands:
    def test_every_tenure_has_a_band_and_the_years_that_stand_for_it_lie_inside(self):
        for years in (0.0, 0.99, 1.0, 1.99, 2.0, 4.9, 5.0, 9.9, 10.0, 45.0):
            low, below = BANDS[band_of(years)]
            assert low <= years < below
            assert low <= coarsened(years) < below
            assert band_of(coarsened(years)) == band_of(years)
        assert band_of(float("nan")) == UNKNOWN
        assert np.isnan(coarsened(float("nan")))

    def test_the_share_beyond_some_years_is_that_of_an_exponential_inside_the_band(self):
        drawn = np.random.default_rng(1).exponential(2.5, 400_000)
        for band, (low, below) in enumerate(BANDS):
            inside = drawn[(drawn >= low) & (drawn < below)]
            assert share_of_at_least(1.5, band, 2.5) == pytest.approx((inside >= 1.5).mean(), abs=0.01)
        assert share_of_at_least(1.5, band_of(7.0), 0.0) == 1.0
        assert share_of_at_least(1.5, UNKNOWN, 0.0) == 0.0


class TestPeople:
    def test_tenures_lie_in_the_bands_of_the_chart(self, tmp_path):
        told = (0.4, 1.2, 3.0, 8.0, 20.0)
        people = cohort(chart(tmp_path, "mixed", lambda k: told[k % 5]))
        bands = [band_of(years) for years in people["tenure"]]
        assert bands == [
            band_of(told[k % 5]) for k in range(ICS)
        ]  # ICs are numbered in the order of their ids
        assert len(set(people["tenure"])) == ICS

    def test_who_is_not_told_keeps_the_dice_of_a_chart_without_tenure(self, tmp_path):
        without = cohort(chart(tmp_path, "without"))
        half = cohort(chart(tmp_path, "half", lambda k: 20.0 if k % 2 else None))
        told = np.arange(ICS) % 2 == 1
        np.testing.assert_array_equal(half["tenure"][~told], without["tenure"][~told])
        assert (half["tenure"][told] >= 10.0).all()
        assert sorted(np.argsort(half["tenure"][told])) == list(range(ICS // 2))
        order = np.argsort(without["tenure"][told])
        assert (
            np.diff(half["tenure"][told][order]) > 0
        ).all()  # within a band the same dice decide who is ahead
        for name in ("skill", "exposure"):
            np.testing.assert_array_equal(half[name], without[name])

    def test_any_mean_tenure_will_do(self, tmp_path):
        file = chart(tmp_path, "old", lambda k: 20.0)
        for mean in (0.0, 0.01, 100.0):
            tenure = cohort(file, **{"people.tenure_mean_years": mean})["tenure"]
            assert np.isfinite(tenure).all()
            assert (tenure >= 10.0).all()

    def test_a_removed_layer_leaves_everybody_their_tenure(self, tmp_path):
        scenario = load(chart(tmp_path, "mixed", lambda k: (0.4, 20.0)[k % 2]))
        tree, flat = tree_of(scenario), tree_of(scenario.with_values({"organisation.remove_layer": 1}))
        np.testing.assert_array_equal(flat.tenure_band[: flat.ics], tree.tenure_band[: tree.ics])
        assert set(flat.tenure_band[: flat.ics]) == {band_of(0.4), band_of(20.0)}


class TestConsequences:
    @pytest.mark.slow
    def test_risk_by_tenure_shows_the_bands_of_the_chart(self, tmp_path):
        def most(file):
            done = orgsim("risk", str(file), "--runs", "2", "--by", "tenure", "--json", cwd=tmp_path)
            return max(json.loads(done.stdout)["groups"], key=lambda group: group["people"])

        for name, years, shown in (("old", 20.0, "> 4 years"), ("new", 0.4, "< 1.5 years")):
            group = most(chart(tmp_path, name, lambda k, years=years: years))
            assert group["tenure"] == shown
            assert group["people"] >= ICS

    def test_a_wave_that_takes_newcomers_first_takes_those_whom_the_chart_calls_so(self, tmp_path):
        file = chart(tmp_path, "half", lambda k: 20.0 if k % 2 else 0.4)
        weights = {"layoffs.wave_select": "weights", "layoffs.weight_new": 20.0, "layoffs.rho": 1.0}
        results = run(load(file).with_values({**WAVE, **weights}), 8, 1, workers=1)
        cut = np.concatenate(results.ledgers)
        new, old = cut["tenure"] < 1.0 + 5 / 52, cut["tenure"] >= 10.0  # at the cut, in week 4
        assert new.mean() > 0.8
        assert (new | old).all()

    def test_cuts_that_need_newcomers_are_judged_by_the_tenures_of_the_chart(self, tmp_path):
        only_old = {
            **WAVE,
            "layoffs.wave_select": "weights",
            "layoffs.weight_new": 0.0,
            "layoffs.wave_fraction": 0.7,
        }
        with pytest.raises(UserError, match="not protected"):
            Engine(load(chart(tmp_path, "new", lambda k: 0.4)).with_values(only_old))
        Engine(load(chart(tmp_path, "old", lambda k: 20.0)).with_values(only_old))
