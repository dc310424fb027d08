"""Other people in a tree: heads, spans and pay, which a removed layer moves and does not change."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.constants import IC, MANAGER
from sim.errors import UserError
from sim.organisation.costs import PayScale, pay_scale
from sim.organisation.levels import LEVELS, level_of, read_layer
from sim.organisation.others import Others
from sim.organisation.outline import hold_ics
from sim.organisation.removal import removal_in_words
from sim.organisation.structure import chart_tree, generated_tree, remove_layer, resize_ics
from sim.organisation.tree import check_tree
from sim.parameters.registry import defaults

PAY = PayScale(ic_pay=100_000.0, other_ratio=0.5)
LAYERS = (1, 2, 3, "top-1", "top-2", *LEVELS)


def chart(boss, role, level=None):
    """Just what `chart_tree` reads."""
    n = len(boss)
    return SimpleNamespace(
        boss=boss, role=role, order=range(n), tenure_years=[float("nan")] * n, level=level or [""] * n
    )


@st.composite
def trees(draw):
    """Trees of three levels and more, with other people and job levels anywhere."""
    boss, role, level = [-1], ["manager"], [""]
    for _ in range(draw(st.integers(1, 8))):
        boss.append(draw(st.sampled_from([k for k, one in enumerate(role) if one == "manager"])))
        role.append("manager")
        level.append(draw(st.sampled_from(LEVELS)))
    for k in range(1, len(boss)):  # everybody leads somebody who writes code
        boss.append(k)
        role.append("ic")
    for _ in range(draw(st.integers(0, 12))):
        boss.append(draw(st.sampled_from([k for k, one in enumerate(role) if one != "ic"])))
        role.append("other")
    level += [""] * (len(boss) - len(level))
    return chart_tree(chart(boss, role, level), PAY)


@settings(max_examples=60, deadline=None)
@given(trees(), st.sampled_from(LAYERS))
def test_removing_a_layer_keeps_other_people(tree, layer):
    check_tree(tree)
    try:
        left = remove_layer(tree, layer, PAY)
    except UserError:
        return
    check_tree(left)
    others = tree.people - tree.n
    assert left.managers < tree.managers
    assert left.people - left.n == others
    assert int(left.spans().sum()) == left.n - len(left.roots) + (
        int(tree.others.reports.sum()) if others else 0
    )
    assert left.payroll == pytest.approx(left.pay.sum() + 50_000.0 * others)
    assert left.outline().n == left.people
    grown = resize_ics(left, left.ics + 3, PAY.ic_pay)
    check_tree(grown)
    assert grown.people == left.people + 3
    check_tree(resize_ics(grown, left.ics, PAY.ic_pay))


@settings(max_examples=30, deadline=None)
@given(trees(), st.sampled_from(LAYERS))
def test_other_people_decide_nothing_of_who_is_simulated(tree, layer):
    bare = replace(tree, others=None)
    try:
        left = remove_layer(tree, layer, PAY)
    except UserError:
        return
    without = remove_layer(bare, layer, PAY)
    for name in ("pid", "role", "boss", "layer", "pay", "module", "level"):
        assert np.array_equal(getattr(left, name), getattr(without, name))
    assert without.others is None


def test_a_level_is_taken_wherever_it_stands_and_reports_go_to_who_stays():
    # 0 chief; 1 and 2 senior managers, 2 under 1; 3 team lead under 2; ICs under 1, 2 and 3
    tree = chart_tree(
        chart(
            [-1, 0, 1, 2, 1, 2, 3],
            ["manager"] * 4 + ["ic"] * 3,
            ["chief", *["senior manager"] * 2, "team lead", "", "", ""],
        ),
        PAY,
    )
    words = removal_in_words(tree, "senior manager")
    assert words == "removes both senior managers; 3 people get another boss"
    left = remove_layer(tree, "senior manager", PAY)
    assert left.spans().tolist() == [1, 3]  # the team lead; the chief with two ICs and the team lead
    assert (
        removal_in_words(tree, 2)
        == "removes 1 of 2 senior managers (1 stays, at layer 3); 2 people get another boss"
    )


def test_from_the_top_is_the_same_as_from_below_where_a_tree_is_even():
    tree = generated_tree(96, (16, 4, 1), PAY)
    for above, below in (("top-1", 2), ("top-2", 1)):
        one, other = remove_layer(tree, above, PAY), remove_layer(tree, below, PAY)
        assert np.array_equal(one.pid, other.pid)
        assert np.array_equal(one.boss, other.boss)
    with pytest.raises(
        UserError,
        match=r"no manager 3 layers below the top who could go; there are: top-1 \(4 managers\), top-2 \(16",
    ):
        remove_layer(tree, "top-3", PAY)
    with pytest.raises(UserError, match=r"'director': the organisation has no job levels"):
        remove_layer(tree, "director", PAY)


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Team Lead", "team lead"), ("Engineering Manager", "manager"), ("Senior Engineering Manager", "senior manager"),
        ("Sr. Manager, Data", "senior manager"), ("Director of Engineering", "director"), ("Head of Payments", "director"),
        ("Senior Director, Platform", "senior director"), ("VP Engineering", "vice president"), ("SVP", "vice president"),
        ("Vice President", "vice president"), ("CEO", "chief"), ("Chief of Staff", ""), ("Chief Technology Officer", "chief"),
        ("Staff Engineer", ""), ("Leader", "team lead"),
    ],
)  # fmt: skip
def test_titles_say_levels(title, level):
    assert level_of(title) == level


def test_layers_are_read_as_people_write_them():
    assert read_layer("Senior Managers", "x") == "senior manager"
    assert read_layer("senior_manager", "x") == "senior manager"
    assert read_layer("vp", "x") == "vice president"
    assert read_layer("top - 2", "x") == "top-2"
    with pytest.raises(UserError, match="the top cannot go"):
        read_layer("top", "x")
    with pytest.raises(UserError, match=r"'dircetor' is no layer; .* did you mean 'director'"):
        read_layer("dircetor", "x")


# ---- what is held equal, and pay


def test_holding_costs_with_other_people_against_none_is_refused():
    tree = chart_tree(chart([-1, 0, 0, 0], ["manager", "ic", "ic", "other"]), PAY)
    base, variant = tree.outline(), generated_tree(2, (1,), PAY).outline()
    assert (base.n, base.others, base.others_pay) == (4, 1, 50_000.0)
    assert hold_ics(base, variant, "ics", PAY.ic_pay) == (2, 0.0)
    for hold in ("headcount", "payroll", "budget"):
        with pytest.raises(
            UserError,
            match=r"the base has 1 other person \(no code\), and this structure 0; .*set organisation\.remove_layer",
        ):
            hold_ics(base, variant, hold, PAY.ic_pay)
        assert hold_ics(base, base, hold, PAY.ic_pay)[0] == 2


def test_bands_of_pay():
    values = defaults()
    standard, factor = pay_scale(values), values["money.load"]
    assert pay_scale(values, {}) == standard
    mine = pay_scale(values, {"ic": 80_000, "manager_2": 160_000, "other": 60_000})
    assert mine.ic_pay == pytest.approx(80_000 * factor)
    assert mine.other_pay == pytest.approx(60_000 * factor)
    assert mine.ratio(1) == standard.ratio(1)  # not named: in the standard proportion to an IC
    assert mine.ratio(2) == pytest.approx(2.0)
    assert mine.ratio(3) == pytest.approx(2.0 * standard.ratio(3) / standard.ratio(2))
    assert mine.ratio(5) / mine.ratio(3) == pytest.approx(standard.ratio(5) / standard.ratio(3))
    assert standard.other_pay == standard.ic_pay


def test_other_people_report_to_managers_only():
    tree = chart_tree(chart([-1, 0, 0], ["manager", "ic", "other"]), PAY)
    assert [int(x) for x in tree.role] == [IC, MANAGER]
    wrong = Others(
        tree.others.reports[::-1].copy(), tree.others.heads[::-1].copy(), tree.others.pay[::-1].copy()
    )
    with pytest.raises(ValueError, match="managers only"):
        check_tree(replace(tree, others=wrong))
