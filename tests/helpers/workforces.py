"""Made-up workforces and dice: what a mechanism of people decides, without the engine."""

from collections.abc import Mapping
from dataclasses import fields
from math import ceil

import numpy as np

from helpers.worlds import world
from sim.constants import IC
from sim.engine.record import Settings, record, settings_of
from sim.mechanisms.people.workforce import Dice, Workforce

MANAGER_ID = 1 << 24


def _mixed(x: np.ndarray) -> np.ndarray:
    """SplitMix64's output function (Steele, Lea and Flood 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def run_dice(
    stream: int, runs: int | np.ndarray, ids: np.ndarray, index: int, sub: int, seed: int = 1
) -> np.ndarray:
    """Return keyed uniforms [n, 2]: a pure function of the arguments, as the engine's dice."""
    state = np.full(len(ids), 0x9E3779B97F4A7C15, np.uint64)
    for word in (seed, runs, stream, ids, index, sub):
        state = _mixed(
            state + np.asarray(word).astype(np.uint64) * np.uint64(0xD1342543DE82EF95) + np.uint64(1)
        )
    pair = np.stack([_mixed(state + np.uint64(1)), _mixed(state + np.uint64(2))], axis=1)
    return ((pair >> np.uint64(11)).astype(float) + 0.5) / 2.0**53


def dice_of(seed: int = 1, run: int = 0) -> Dice:
    """Return the dice of a run."""
    return lambda stream, ids, index, sub: run_dice(stream, run, ids, index, sub, seed)


def levels_of(ics: int, *spans: int) -> tuple[int, ...]:
    """Return head counts with ceil(n/span) at each level, up to one top (the last span repeats)."""
    levels = [ics]
    while len(levels) == 1 or levels[-1] > 1:
        levels.append(ceil(levels[-1] / spans[min(len(levels) - 1, len(spans) - 1)]))
    return tuple(levels)


def workforce_of(levels: tuple[int, ...], week: int = 10, seed: int = 0, **columns: np.ndarray) -> Workforce:
    """Return a balanced workforce: *levels* are head counts from the ICs to the one top. Traits are random, but for *columns*."""
    rng = np.random.default_rng(seed)
    layer = np.repeat(np.arange(len(levels)), levels)
    n, start = len(layer), np.concatenate([[0], np.cumsum(levels)])
    boss = np.full(n, -1)
    for k in range(len(levels) - 1):
        boss[start[k] : start[k + 1]] = start[k + 1] + np.arange(levels[k]) * levels[k + 1] // levels[k]
    manager = layer > 0
    values = {
        "week": week, "row": np.arange(n), "pid": np.where(manager, MANAGER_ID * layer, 0) + np.arange(n),
        "role": manager.astype(np.int64), "layer": layer, "boss": boss,
        "reports": np.bincount(boss[boss >= 0], minlength=n), "tenure": rng.exponential(4, n),
        "skill": rng.lognormal(0, 0.35, n), "quality": np.where(manager, rng.normal(size=n), 0.0),
        "aptitude": rng.normal(size=n), "fluency": rng.random(n), "expertise": rng.normal(size=n),
        "currency": np.where(manager, rng.random(n), 1.0), "diverse": manager & (rng.random(n) < 0.4),
        "hands_on": np.where(manager & (rng.random(n) < 0.5), 0.25, 0.0),
        "pay": 186_000.0 * np.where(manager, 1.0 + 0.3 * layer, 1.0) * rng.uniform(0.8, 1.25, n),
        "output": rng.lognormal(2, 0.5, n), "exposure": np.where(manager, 0.0, rng.random(n)),
        "coverage": np.ones(n), "strain": np.zeros(n), "staff": np.zeros(n, bool), **columns,
    }  # fmt: skip
    return Workforce(**values)


def columns_of(workforce: Workforce) -> dict[str, np.ndarray]:
    """Return everything that a workforce knows of its people, by name: arrays [n]."""
    return {f.name: getattr(workforce, f.name) for f in fields(workforce) if f.name != "week"}


def reordered(workforce: Workforce, order: np.ndarray) -> Workforce:
    """Return the same people in other rows."""
    place = np.empty(len(order), int)
    place[order] = np.arange(len(order))
    columns = {name: x[order] for name, x in columns_of(workforce).items()}
    columns["boss"] = np.where(columns["boss"] >= 0, place[columns["boss"]], -1)
    return Workforce(week=workforce.week, **columns)


def without(workforce: Workforce, leaver: int) -> Workforce:
    """Return the workforce after the IC at position *leaver* has left."""
    assert workforce.role[leaver] == IC
    columns = {name: np.delete(x, leaver) for name, x in columns_of(workforce).items()}
    columns["boss"] = columns["boss"] - (columns["boss"] > leaver)
    columns["reports"] = np.bincount(columns["boss"][columns["boss"] >= 0], minlength=len(columns["boss"]))
    return Workforce(week=workforce.week, **columns)


def frozen(workforce: Workforce) -> Workforce:
    """Return a copy of the workforce in which nothing can be written."""
    columns = {name: x.copy() for name, x in columns_of(workforce).items()}
    for column in columns.values():
        column.setflags(write=False)
    return Workforce(week=workforce.week, **columns)


def parameters(values: Mapping) -> Settings:
    """Return all parameters as mechanisms read them: the declared values but for *values*, by path."""
    scenario = world(dict(values), ics=60, layers=3, weeks=60)
    return Settings(vars(settings_of(record(scenario.values))))
