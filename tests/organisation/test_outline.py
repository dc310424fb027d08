"""The numbers of an organisation without its rows: those of the tree, and its errors, whatever is planned and held."""

import math

from hypothesis import example, given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.organisation.costs import PayScale
from sim.organisation.headcounts import HOLDS
from sim.organisation.outline import outline
from sim.organisation.plan import Organisation
from sim.organisation.structure import build_tree

PAY = PayScale(ic_pay=207_325.5)

spans = st.lists(st.integers(1, 12), min_size=1, max_size=5).map(tuple)
plans = st.one_of(
    st.builds(
        lambda ics, layers: {"ics": ics, "management_layers": layers}, st.integers(0, 400), st.integers(0, 7)
    ),
    st.builds(lambda ics, spans: {"ics": ics, "spans": spans}, st.integers(0, 400), spans),
    # spans that end in one top: the last is what is left
    st.builds(lambda ics, spans: {"ics": ics, "spans": (*spans, 500)}, st.integers(1, 400), spans),
)
variants = st.builds(
    lambda plan, hold, explicit: {**plan, "ics": plan["ics"] if explicit else None, "hold": hold},
    plans,
    st.sampled_from((None, *HOLDS)),
    st.booleans(),
)


def planned(**stated):
    return Organisation(**{"ics": None, "management_layers": None, **stated})


def told(make):
    try:
        return make()
    except UserError as error:
        return str(error)


def agree(numbers, tree):
    """True unless only the tree can tell."""
    if numbers is None:
        return False
    if isinstance(tree, str):
        assert numbers == tree
        return True
    rows = tree.outline()
    assert (numbers.ics, numbers.managers, numbers.n) == (rows.ics, rows.managers, tree.n)
    for name in ("managers_pay", "payroll", "top_pay"):
        assert math.isclose(getattr(numbers, name), getattr(rows, name), rel_tol=1e-12), name
    return True


@given(plans, st.floats(0.2, 4.0))
@example({"ics": 96, "management_layers": 3}, 1.5)
@example({"ics": 1, "management_layers": 3}, 0.2)  # more first-line managers than ICs
def test_the_numbers_of_a_plan_are_those_of_its_tree(plan, ratio):
    numbers = told(lambda: outline(planned(**plan), PAY, bottom_span_ratio=ratio))
    agree(numbers, told(lambda: build_tree(planned(**plan), PAY, bottom_span_ratio=ratio)))


@given(plans, variants, st.floats(0, 40_000), st.floats(0, 40_000))
@example({"ics": 96, "management_layers": 3}, {"spans": (12, 8), "ics": None, "hold": "payroll"}, 0.0, 0.0)
@example({"ics": 96, "management_layers": 3}, {"spans": (12, 8), "ics": 50, "hold": "payroll"}, 0.0, 0.0)
@example({"ics": 2, "management_layers": 1}, {"spans": (1, 2), "ics": None, "hold": "headcount"}, 0.0, 0.0)
def test_the_numbers_of_a_held_variant_are_those_of_its_tree(base_plan, plan, spend, base_spend):
    base = planned(**base_plan)
    known = told(lambda: outline(base, PAY))
    tree = told(lambda: build_tree(base, PAY))
    if not agree(known, tree) or isinstance(tree, str):
        return
    rest = {"base_organisation": base, "ai_spend": spend, "base_ai_spend": base_spend}
    numbers = told(lambda: outline(planned(**plan), PAY, known, **rest))
    agree(numbers, told(lambda: build_tree(planned(**plan), PAY, tree, **rest)))


def test_a_tree_is_asked_only_where_rows_tell(tmp_path):
    assert outline(planned(ics=96, management_layers=3), PAY) is not None
    assert outline(planned(ics=96, management_layers=3, remove_layer=2), PAY) is None
    assert outline(planned(chart=tmp_path / "people.csv"), PAY) is None
