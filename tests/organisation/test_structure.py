"""The organisation tree: level sizes, charts, delayering, pay, and what is held equal."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.constants import IC, MANAGER, MANAGER_ID
from sim.errors import UserError
from sim.organisation.costs import PayScale
from sim.organisation.headcounts import HOLDS, MAX_PEOPLE, layer_sizes, layer_sizes_from_spans
from sim.organisation.outline import hold_ics
from sim.organisation.plan import Organisation
from sim.organisation.structure import (
    build_tree,
    chart_tree,
    generated_tree,
    remove_layer,
    resize_ics,
)
from sim.organisation.tree import check_tree

PAY = PayScale(ic_pay=200_000.0)  # managers 1.29, 1.6, 2.0, then + 0.4 a layer


def organisation(**stated):
    plain = {"ics": None, "management_layers": None}
    return Organisation(**{**plain, **stated})


def chart(boss, order=None):
    """Just what `chart_tree` reads; by default in the order of the source ids."""
    leading = set(boss)
    role = ["manager" if person in leading else "ic" for person in range(len(boss))]
    tenure_years = [float("nan")] * len(boss)
    return SimpleNamespace(
        boss=boss,
        role=role,
        order=order or range(len(boss)),
        tenure_years=tenure_years,
        level=[""] * len(boss),
    )


BASE = generated_tree(96, (16, 4, 1), PAY)


# ---- level sizes


@pytest.mark.parametrize(("layers", "sizes"), [(1, (1,)), (2, (8, 1)), (3, (16, 4, 1)), (4, (23, 8, 3, 1))])
def test_balanced_sizes_are_those_of_the_model(layers, sizes):
    assert layer_sizes(96, layers) == sizes


@pytest.mark.parametrize(
    ("ics", "spans", "sizes"),
    [
        (96, (6, 4, 4), (16, 4, 1)),
        (96, (12, 8), (8, 1)),
        (500, (5, 5, 5, 5), (100, 20, 4, 1)),  # 125 managers, as in the delayering arithmetic
        (500, (8, 8, 8), (63, 8, 1)),
        (500, (25, 25), (20, 1)),
        (10, (12,), (1,)),
    ],
)
def test_spans_round_up_at_each_level(ics, spans, sizes):
    assert layer_sizes_from_spans(ics, spans) == sizes


def test_spans_that_do_not_end_in_one_top_say_which_would():
    with pytest.raises(UserError, match=r"96 -> 16 -> 4.*as \[6, 4, 4\] does"):
        layer_sizes_from_spans(96, (6, 4))
    assert layer_sizes_from_spans(96, (6, 4, 4))[-1] == 1


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (layer_sizes, (0, 3), "at least 1 IC"),
        (layer_sizes, (96, 0), "management_layers: 0"),
        (layer_sizes, (96, 101), "management_layers: 101"),
        (layer_sizes, (96, 3, math.nan), "bottom_span_ratio"),
        (layer_sizes, (MAX_PEOPLE + 1, 3), "200,000"),
        (layer_sizes, (10**15, 3), "200,000"),
        (layer_sizes_from_spans, (96, ()), "0 levels"),
        (layer_sizes_from_spans, (96, (6, 0)), "at least 1"),
        (layer_sizes_from_spans, (199_999, (2, 10**6)), "limit of 200,000"),
    ],
)
def test_sizes_that_cannot_be_are_refused(function, arguments, message):
    with pytest.raises(UserError, match=message):
        function(*arguments)


@given(ics=st.integers(1, 3000), layers=st.integers(1, 8), ratio=st.floats(0.2, 5))
def test_balanced_trees_are_trees_with_even_teams(ics, layers, ratio):
    sizes = layer_sizes(ics, layers, ratio)
    assert len(sizes) == layers
    assert sizes[-1] == 1
    tree = generated_tree(ics, sizes, PAY)
    check_tree(tree)
    assert (tree.ics, tree.managers, len(tree.roots)) == (ics, sum(sizes), 1)
    depth = tree.depths()[tree.ics :]
    for level in range(layers):
        spans = tree.spans()[depth == level]
        assert spans.max() - spans.min() <= 1
    np.testing.assert_array_equal(tree.pid[: tree.ics], np.arange(ics))
    np.testing.assert_array_equal(tree.module[: tree.ics], np.arange(ics))


# ---- trees, pay


def test_base_has_the_spans_layers_and_ids_of_the_model():
    check_tree(BASE)
    assert BASE.facts() == {
        "people": 117,
        "ics": 96,
        "managers": 21,
        "layers": 3,
        "roots": 1,
        "first_line_span_mean": 6.0,
        "span_mean": pytest.approx(116 / 21),
        "span_max": 6,
        "payroll": pytest.approx(125.04 * 200_000),
        "payroll_gap": 0.0,
    }
    assert BASE.pid[-1] == MANAGER_ID  # the top
    assert sorted(BASE.pid[96:112]) == [3 * MANAGER_ID + k for k in range(16)]
    assert BASE.boss[:6].tolist() == [96] * 6
    assert BASE.describe() == "96 ICs, 21 managers in 3 layers, mean first-line span 6.0, widest span 6"


def test_pay_follows_layers_from_below_and_goes_on_beyond_the_last_ratio():
    scale = PayScale(100.0, ratios=(1.2, 1.5), step=0.25)
    assert [scale.ratio(k) for k in range(5)] == [1.0, 1.2, 1.5, 1.75, 2.0]
    tree = generated_tree(4, (2, 1), replace(scale, top_ratio=3.0))
    assert tree.pay.tolist() == [100.0] * 4 + [120.0] * 2 + [300.0]


def test_chart_numbers_by_source_id_and_modules_by_a_depth_first_walk():
    # 0 top; 1, 2 managers; 3 reports to 2, 4 and 5 to 1, 6 to the top
    tree = chart_tree(chart([-1, 0, 0, 2, 1, 1, 0]), PAY)
    check_tree(tree)
    assert tree.pid.tolist() == [0, 1, 2, 3, MANAGER_ID + 1, MANAGER_ID + 2, MANAGER_ID]
    assert tree.boss.tolist() == [5, 4, 4, 6, 6, 6, -1]
    assert tree.module[:4].tolist() == [3, 1, 2, 0]  # the top's own IC first, then team by team
    assert tree.layer.tolist() == [0, 0, 0, 0, 1, 1, 2]


def test_unbalanced_chart_takes_the_longest_path_and_several_tops_are_kept():
    # two tops: 0 > 1 > 2 > 3 and an IC 4 under 0; 5 > 6
    tree = chart_tree(chart([-1, 0, 1, 2, 0, -1, 5]), PAY)
    check_tree(tree)
    assert len(tree.roots) == 2
    assert tree.layers == 3
    assert sorted(tree.layer[tree.roots].tolist()) == [1, 3]


def test_check_tree_finds_what_is_wrong():
    def broken(**change):
        return replace(BASE, **change)

    cycle = BASE.boss.copy()
    cycle[-1] = 112  # the top reports to its report
    below_ic = BASE.boss.copy()
    below_ic[5] = 0
    twice = BASE.pid.copy()
    twice[1] = 0
    for change, message in (
        ({"boss": cycle}, "cycle"),
        ({"boss": below_ic}, "reports to an IC"),
        ({"boss": BASE.boss + 50}, "no row"),
        ({"pid": twice}, "unique"),
        ({"layer": BASE.layer * 2}, "longest path"),
        ({"payroll_gap": -1.0}, "gap"),
        ({"module": BASE.module * 0}, "module"),
    ):
        with pytest.raises(ValueError, match=message):
            check_tree(broken(**change))


# ---- removing a layer


@pytest.mark.parametrize("layer", [1, 2])
def test_nobody_who_stays_is_paid_less_because_a_layer_has_gone(layer):
    tree = remove_layer(BASE, layer, PAY)
    before = dict(zip(BASE.pid.tolist(), BASE.pay.tolist(), strict=True))
    assert tree.pay.tolist() == [before[person] for person in tree.pid.tolist()]
    gone = BASE.pay[BASE.layer == layer].sum()
    assert tree.payroll == pytest.approx(BASE.payroll - gone, rel=1e-12)


def test_removing_the_middle_layer_hands_reports_to_the_top():
    tree = remove_layer(BASE, 2, PAY)
    check_tree(tree)
    assert (tree.ics, tree.managers, tree.layers) == (96, 17, 2)
    assert tree.spans().tolist() == [6] * 16 + [16]
    assert set(tree.pid) < set(BASE.pid)
    assert tree.pay[-1] == 2.0 * PAY.ic_pay  # as before, though it is the second layer now


def test_removing_the_first_line_puts_ics_under_the_next_layer():
    tree = remove_layer(BASE, 1, PAY)
    check_tree(tree)
    assert tree.spans().tolist() == [24, 24, 24, 24, 4]
    np.testing.assert_array_equal(tree.module[:96], BASE.module[:96])


LAYERS = r"above the ICs: 1 \(first line, 16 managers\), 2 \(4 managers\), 3 \(top, 1 manager\); use 1 or 2$"


@pytest.mark.parametrize(
    ("layer", "message"), [(3, "layer 3 is the top"), (4, "no layer 4"), (0, "no layer 0")]
)
def test_the_top_cannot_be_removed_and_the_layers_that_exist_are_named(layer, message):
    with pytest.raises(UserError, match=f"organisation.remove_layer: .*{message}.*{LAYERS}"):
        remove_layer(BASE, layer, PAY)


def test_layers_that_could_go_are_those_where_somebody_has_a_boss():
    two = chart_tree(chart([-1, 0, 0, 1, 1, 2, 2]), PAY)
    with pytest.raises(UserError, match=r"1 \(first line, 2 managers\), 2 \(top, 1 manager\); use 1$"):
        remove_layer(two, 2, PAY)
    # 0 > 1 > 2 > 3, and 3 has an IC; 5 leads 6, at layer 1 without a boss
    forest = chart_tree(chart([-1, 0, 1, 2, 3, -1, 5]), PAY)
    with pytest.raises(UserError, match=r"layer 4 is the top.*; use 1, 2 or 3$"):
        remove_layer(forest, 4, PAY)
    alone = chart_tree(chart([-1, 0]), PAY)
    with pytest.raises(UserError, match=r"1 \(top, 1 manager\); there is no other layer that could go$"):
        remove_layer(alone, 1, PAY)


def test_a_top_at_the_removed_layer_stays_while_others_go():
    tree = chart_tree(chart([-1, 0, 1, 2, -1, 4, 5]), PAY)  # 0 > 1 > 2 > 3 and 4 > 5 > 6
    after = remove_layer(tree, 2, PAY)
    check_tree(after)
    assert after.managers == tree.managers - 1
    assert len(after.roots) == 2


@st.composite
def forests(draw):
    """Random charts: every person reports to an earlier one or to nobody; ICs without a boss are avoided."""
    n = draw(st.integers(2, 60))
    boss = [-1] + [draw(st.integers(max(0, k - 12), k - 1)) for k in range(1, n)]
    leading = set(boss)
    for k in range(1, n):
        if k in leading and draw(st.integers(0, 9)) == 0:
            boss[k] = -1
    return chart(boss, draw(st.permutations(range(n))))


@given(forests(), st.integers(1, 30))
def test_removing_a_layer_keeps_a_tree_and_all_other_heads(source, layer):
    tree = chart_tree(source, PAY)
    check_tree(tree)
    removable = (tree.layer == layer) & (tree.boss >= 0)
    if not removable.any():
        with pytest.raises(UserError, match="remove_layer"):
            remove_layer(tree, layer, PAY)
        return
    after = remove_layer(tree, layer, PAY)
    check_tree(after)
    assert after.ics == tree.ics
    assert sorted(after.pid) == sorted(tree.pid[~removable])
    assert sorted(after.pid[after.roots]) == sorted(tree.pid[tree.roots])
    np.testing.assert_array_equal(after.module[: after.ics], tree.module[: tree.ics])


# ---- what is held equal


def test_flat_at_equal_payroll_has_112_ics():
    flat = build_tree(organisation(ics=96, spans=(12, 8), hold="payroll"), PAY, BASE)
    check_tree(flat)
    assert (flat.ics, flat.managers, flat.layers) == (112, 9, 2)
    assert flat.first_line_span_mean == 14.0
    assert flat.pay[-1] == 2.0 * PAY.ic_pay  # as top of the base
    assert flat.payroll_gap == pytest.approx(0.72 * PAY.ic_pay)
    assert flat.payroll + flat.payroll_gap == pytest.approx(BASE.payroll)


def test_without_a_base_or_hold_nothing_is_held():
    alone = build_tree(organisation(ics=96, spans=(12, 8), hold="payroll"), PAY)
    assert (alone.ics, alone.payroll_gap, alone.pay[-1]) == (96, 0.0, 1.6 * PAY.ic_pay)
    free = build_tree(organisation(ics=50, management_layers=2), PAY, BASE)
    assert (free.ics, free.payroll_gap) == (50, 0.0)


@pytest.mark.parametrize("hold", HOLDS)
def test_the_same_structure_is_held_at_the_same_size(hold):
    same = build_tree(
        organisation(management_layers=3, hold=hold), PAY, BASE, ai_spend=3141.59, base_ai_spend=3141.59
    )
    assert (same.ics, same.managers, same.payroll_gap) == (96, 21, 0.0)


def test_each_hold_keeps_what_it_says():
    flat = {"spans": (12, 8)}
    assert build_tree(organisation(**flat, hold="ics"), PAY, BASE).ics == 96
    heads = build_tree(organisation(**flat, hold="headcount"), PAY, BASE)
    assert (heads.n, heads.payroll_gap) == (BASE.n, 0.0)
    budget = build_tree(organisation(**flat, hold="budget"), PAY, BASE, ai_spend=20_000.0, base_ai_spend=0.0)
    assert budget.ics == math.floor(112.72 * 200_000 / 220_000)
    assert budget.payroll + 20_000 * budget.ics + budget.payroll_gap == pytest.approx(BASE.payroll)


def test_explicit_ics_of_a_held_variant_are_an_error_unless_ics_are_held():
    with pytest.raises(UserError, match=r"ics: 50 cannot be set while organisation.hold is payroll"):
        build_tree(organisation(ics=50, spans=(12, 8), hold="payroll"), PAY, BASE)
    assert build_tree(organisation(ics=50, spans=(12, 8), hold="ics"), PAY, BASE).ics == 50
    flat = build_tree(organisation(ics=96, spans=(12, 8), hold="payroll"), PAY, BASE)
    inherited = organisation(ics=96, spans=(16, 8), hold="payroll")
    again = build_tree(inherited, PAY, flat, base_organisation=organisation(ics=96, spans=(12, 8)))
    assert again.managers == 8  # 7 and a top, from the 112 ICs of the base
    assert again.ics == 113


def test_a_hold_that_leaves_nobody_is_an_error():
    tiny = generated_tree(2, (1,), PAY)
    many = generated_tree(2, (2, 1), PAY)
    with pytest.raises(UserError, match="not enough for one IC"):
        hold_ics(tiny.outline(), many.outline(), "headcount", PAY.ic_pay)
    with pytest.raises(UserError, match="did you mean 'payroll'"):
        hold_ics(tiny.outline(), many.outline(), "payrol", PAY.ic_pay)


def test_remove_layer_of_a_chart_at_equal_payroll_fills_the_smallest_teams():
    boss = [-1, 0, 0, 1, 1, 2, 3, 3, 3, 4, 5, 5]  # 0 > (1, 2); 1 > (3, 4); 2 > 5; ICs 6 to 11
    base = chart_tree(chart(boss), PAY)
    unheld = remove_layer(base, 2, PAY)
    grown = resize_ics(unheld, unheld.ics + 3, PAY.ic_pay)
    check_tree(grown)
    assert grown.pid[: grown.ics].tolist() == list(range(unheld.ics + 3))
    assert grown.module[: grown.ics].max() == unheld.ics + 2
    assert grown.spans()[:3].tolist() == [3, 3, 3]
    bosses = grown.pid[grown.boss[unheld.ics : grown.ics]] - MANAGER_ID
    assert bosses.tolist() == [4, 4, 5]


def test_fewer_ics_leave_the_largest_teams_from_the_highest_id():
    tree = chart_tree(chart([-1, 0, 0, 1, 1, 1, 1, 2, 2]), PAY)
    fewer = resize_ics(tree, 4, PAY.ic_pay)
    check_tree(fewer)
    assert fewer.pid[:4].tolist() == [0, 1, 4, 5]
    assert fewer.spans().tolist() == [2, 2, 2]


def test_a_chart_is_read_with_its_columns_and_keeps_its_top_pay(tmp_path):
    rows = ["Who,Above", "ann,", *(f"m{k},ann" for k in range(4)), *(f"f{k},m{k % 4}" for k in range(8))]
    rows += [f"i{k:02d},f{k % 8}" for k in range(40)]
    file = tmp_path / "roster.csv"
    file.write_text("\n".join(rows))
    columns = {"id": "Who", "manager": "Above"}
    base = build_tree(organisation(chart=file, chart_columns=columns), PAY)
    assert (base.ics, base.managers, base.layers) == (40, 13, 3)
    variant = organisation(chart=file, chart_columns=columns, remove_layer=2, hold="payroll")
    flat = build_tree(variant, PAY, base)
    check_tree(flat)
    assert flat.ics == 46  # four managers at 1.6 buy 6.4 ICs
    assert flat.payroll_gap == pytest.approx(0.4 * PAY.ic_pay)
    assert flat.pay[flat.roots].tolist() == base.pay[base.roots].tolist()


def test_several_tops_keep_the_pay_that_they_have_in_the_base(tmp_path):
    file = tmp_path / "roster.csv"
    file.write_text("id,manager\nA,\nB,A\nC,B\nD,C\nE,\nF,E\nG,E\n")
    base = build_tree(organisation(chart=file), PAY)
    flat = build_tree(organisation(chart=file, remove_layer=2, hold="payroll"), PAY, base)
    assert sorted(flat.pay[flat.roots]) == sorted(base.pay[base.roots])


def test_structures_that_are_not_complete_are_refused():
    with pytest.raises(UserError, match=r"organisation.ics is missing"):
        build_tree(organisation(management_layers=3), PAY)
    with pytest.raises(UserError, match="how it is layered"):
        build_tree(organisation(ics=20), PAY)
    with pytest.raises(UserError, match="200,000"):
        build_tree(organisation(ics=10**12, management_layers=3), PAY)


@given(
    forests(),
    forests(),
    st.sampled_from(HOLDS),
    st.floats(1e3, 1e6),
    st.floats(0, 1e5),
    st.floats(0, 1e5),
)
def test_hold_leaves_less_than_one_ic(base_chart, variant_chart, hold, ic_pay, ai, base_ai):
    scale = PayScale(ic_pay)
    base, variant = chart_tree(base_chart, scale), chart_tree(variant_chart, scale)
    try:
        ics, gap = hold_ics(
            base.outline(), variant.outline(), hold, ic_pay, ai_spend=ai, base_ai_spend=base_ai
        )
    except UserError:
        return
    price = ic_pay + (ai if hold == "budget" else 0.0)
    assert ics >= 1
    assert 0 <= gap < price
    held = resize_ics(variant, ics, ic_pay)
    check_tree(held)
    assert (held.ics, held.managers) == (ics, variant.managers)
    np.testing.assert_array_equal(held.layer[held.role == MANAGER], variant.layer[variant.role == MANAGER])
    kept = min(ics, variant.ics)
    assert len(set(held.pid[held.role == IC]) & set(variant.pid)) == kept
    if hold == "payroll":
        assert held.payroll + gap == pytest.approx(base.payroll, abs=0.02)
    if hold == "budget":
        spent = held.payroll + ai * ics + gap
        assert spent == pytest.approx(base.payroll + base_ai * base.ics, abs=0.02)
