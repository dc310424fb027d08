"""Shapley values and pairwise interactions of a game whose worth is known run by run.

Players are numbered from 0. An evaluator gives v(S) of a set of players in one run. A player's part is the mean over the
orders of all players of what it adds when it comes in: v(S + player) - v(S). Parts of a run add up to v(all) - v(none).

Few players: every subset in every run, so the parts of a run are exact. Many: every run draws an order of its own, and
takes it forwards and backwards. A run's parts are then drawn with error, but without bias, and the runs stay
exchangeable: the spread between runs holds both the dice and the orders, and the standard error of the mean over runs
covers both. Orders go through the cyclic rotations of a random one, so that everybody takes every place equally often;
intervals that take the runs as independent are therefore a little too wide, not too narrow.
"""

from collections.abc import Callable, Sequence
from math import factorial

import numpy as np

Coalition = frozenset[int]
#: Values of (players that are on, run) requests, float64 [requests]. It keeps what it has computed.
Evaluate = Callable[[Sequence[tuple[Coalition, int]]], np.ndarray]
MAX_EXACT = 6  # players; 64 subsets
_TAG_ORDERS, _TAG_PAIRS = 0x0DE5, 0x9A12


def everybody(players: int) -> Coalition:
    """The set of all players."""
    return frozenset(range(players))


def members(mask: int) -> Coalition:
    """The players whose bits are set."""
    return frozenset(k for k in range(mask.bit_length()) if mask >> k & 1)


def all_subsets(evaluate: Evaluate, players: int, runs: Sequence[int]) -> np.ndarray:
    """Return v of every subset, float64 [2 ** players, runs]; the row number has the bits of the players that are on."""
    asked = [(members(mask), run) for mask in range(1 << players) for run in runs]
    return np.asarray(evaluate(asked), dtype=float).reshape(1 << players, len(runs))


def exact_parts(table: np.ndarray) -> np.ndarray:
    """Return the Shapley values from `all_subsets`, float64 [runs, players]."""
    players = len(table).bit_length() - 1
    parts = np.zeros((table.shape[1], players))
    for mask in range(len(table)):
        size = mask.bit_count()
        for k in range(players):
            if not mask >> k & 1:
                weight = factorial(size) * factorial(players - size - 1) / factorial(players)
                parts[:, k] += weight * (table[mask | 1 << k] - table[mask])
    return parts


def exact_interaction(table: np.ndarray, i: int, j: int) -> np.ndarray:
    """Return the Shapley interaction index of two players from `all_subsets`, float64 [runs].

    The mean over the orders in which the pair comes in together of v(S + i + j) - v(S + i) - v(S + j) + v(S)
    (Grabisch and Roubens 1999): what the two do together beyond what each does without the other.
    """
    players = len(table).bit_length() - 1
    found = np.zeros(table.shape[1])
    both = 1 << i | 1 << j
    for mask in range(len(table)):
        if mask & both:
            continue
        size = mask.bit_count()
        weight = factorial(size) * factorial(players - size - 2) / factorial(players - 1)
        found += weight * (table[mask | both] - table[mask | 1 << i] - table[mask | 1 << j] + table[mask])
    return found


# ---- sampled


def order_of(run: int, players: int, seed: int) -> list[int]:
    """Return the order that a run draws: the rotation number *run* of the random order of its block of runs."""
    block, shift = divmod(run, players)
    order = _generator(seed, _TAG_ORDERS, block).permutation(players).tolist()
    return [*order[shift:], *order[:shift]]


def sampled_parts(evaluate: Evaluate, players: int, runs: Sequence[int], seed: int) -> np.ndarray:
    """Return unbiased estimates of the Shapley values, float64 [runs, players]: each run's order and its reverse."""
    walks = []
    for run in runs:
        order = order_of(run, players, seed)
        walks += [(run, order), (run, order[::-1])]
    asked = [(frozenset(order[:size]), run) for run, order in walks for size in range(players + 1)]
    values = np.asarray(evaluate(asked), dtype=float).reshape(len(walks), players + 1)
    gains = np.empty((len(walks), players))
    for row, (_, order) in enumerate(walks):
        gains[row, order] = np.diff(values[row])
    means: np.ndarray = gains.reshape(len(runs), 2, players).mean(axis=1)
    return means


def sampled_interactions(
    evaluate: Evaluate, players: int, pairs: Sequence[tuple[int, int]], runs: Sequence[int], seed: int
) -> np.ndarray:
    """Return unbiased estimates of the interaction of each pair, float64 [pairs, runs].

    Each run draws who is there before the pair (as many as any, anybody equally), and takes those and all the others.
    """
    asked = []
    for place, (i, j) in enumerate(pairs):
        others = [k for k in range(players) if k not in (i, j)]
        for run in runs:
            dice = _generator(seed, _TAG_PAIRS + place, run)
            before = frozenset(dice.permutation(others)[: dice.integers(len(others) + 1)].tolist())
            for there in (before, frozenset(others) - before):
                asked += [(there | {i, j}, run), (there | {i}, run), (there | {j}, run), (there, run)]
    values = np.asarray(evaluate(asked), dtype=float).reshape(len(pairs), len(runs), 2, 4)
    means: np.ndarray = (values @ np.array([1.0, -1.0, -1.0, 1.0])).mean(axis=2)
    return means


def _generator(seed: int, tag: int, number: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed & 0xFFFFFFFFFFFFFFFF, tag << 32 | number]))
