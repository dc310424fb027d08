"""What a results folder keeps of an organisation's shape, so that a report can draw it without building it again.

Of a made-up organisation that is small enough to draw, who reports to whom; else heads and spans by layer. Of a real chart never
a single person or seat: heads by layer, and nothing of layers with fewer than five people.
"""

from typing import Any

from sim.constants import MINIMUM_PEOPLE
from sim.organisation.tree import Tree

MOST_BOXES = 150  # people drawn one by one


def sketch(tree: Tree, real: bool) -> dict[str, Any]:
    """Plain data: "layers", from the ICs (0) up, with people and mean span; "boss" and "layer" of every row, where they
    may be kept.

    real: the organisation was imported. None stands for what is withheld.
    """
    spans, layers = tree.spans(), []
    for layer in range(tree.layers + 1):
        rows = tree.layer == layer
        people = int(rows.sum())
        withheld = real and people < MINIMUM_PEOPLE
        span = float(spans[rows[tree.ics :]].mean()) if layer and people else None
        layers.append(
            {
                "layer": layer,
                "people": None if withheld else people,
                "span": None if withheld or span is None else round(span, 2),
            }
        )
    made: dict[str, Any] = {"real": real, "layers": layers}
    if not real and tree.n <= MOST_BOXES:
        made |= {"boss": tree.boss.tolist(), "layer": tree.layer.tolist()}
    return made
