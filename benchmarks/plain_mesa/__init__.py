"""A second opinion: the flow model as ordinary Mesa agents, written from the description of the model.

It shares parameters, trees, scenarios and the declarations of outcomes with `sim`, and no other code: neither the dice,
nor the calendar, nor any mechanism. With the same key it must count exactly what the engine counts. It is the oracle of
the tests and the peer of the benchmark.
"""

from benchmarks.plain_mesa.agents import IC, CodingAgent, Manager
from benchmarks.plain_mesa.model import PlainModel, run_plain

__all__ = ["IC", "CodingAgent", "Manager", "PlainModel", "run_plain"]
