"""Groups of people: bands and quantiles, and that nothing withheld can be worked out from what is printed."""

from itertools import combinations

import numpy as np
import pytest
from helpers.people import company, reordered, table
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.constants import MINIMUM_PEOPLE
from sim.errors import UserError
from sim.experiments.risk.groups import parse_by, split


def names(groups) -> list[str]:
    return [group.name for group in groups]


def layered(*managers: int, ics: int = 96, **columns):
    """One run: ICs, and managers by layer."""
    layer = np.repeat(np.arange(len(managers) + 1), (ics, *managers))
    return table(role=(layer > 0).astype(int), layer=layer, pid=np.arange(len(layer)), **columns)


# ---- withholding, by example


def test_role_and_layer_of_the_layered_base():
    grouping = split(layered(16, 4, 1), ("role", "layer"))
    assert names(grouping.shown) == ["IC, layer 0", "manager, layer 1"]
    assert names(grouping.withheld) == ["manager, layer 2", "manager, layer 3"]  # five people together
    assert [(g.key["role"], g.people) for g in grouping.roles] == [("ic", 96), ("manager", 21)]
    assert grouping.everybody.shown
    assert not grouping.ratio_withheld


def test_the_next_smallest_goes_where_one_alone_could_be_subtracted():
    # 9 managers are known from layoff_risk_manager; 9 - 8 is the top manager
    grouping = split(layered(8, 1), ("role", "layer"))
    assert names(grouping.withheld) == ["manager, layer 1", "manager, layer 2"]
    three = split(layered(30, 20, 10, 1), ("role", "layer"))
    assert names(three.withheld) == ["manager, layer 3", "manager, layer 4"]


def test_several_withheld_groups_must_have_enough_people_together():
    grouping = split(layered(30, 12, 2, 1), ("role", "layer"))  # 2 + 1 people are not enough to hide in
    assert names(grouping.withheld) == ["manager, layer 2", "manager, layer 3", "manager, layer 4"]


def test_a_role_with_few_people_takes_the_total_and_the_ratio_with_it():
    grouping = split(layered(1), ("role",))
    assert names(grouping.shown) == ["IC"]
    assert names(grouping.withheld) == ["manager"]
    assert not grouping.everybody.shown  # everybody minus ICs
    assert grouping.ratio_withheld
    assert [g.key["role"] for g in grouping.roles] == ["ic"]


def test_a_small_role_cannot_be_seen_through_other_groups():
    tenure = np.where(np.arange(97) < 40, 1.0, 9.0)
    grouping = split(layered(1, tenure_years=tenure), ("tenure",))
    assert len(grouping.shown) == 2
    assert grouping.everybody.shown
    assert grouping.roles == ()  # with everybody known, the ICs' total would give the manager away
    assert grouping.ratio_withheld


def test_a_total_protects_nothing_where_a_group_shown_reaches_beyond_it():
    # 3 managers; 6 ICs; 40 ICs and 6 managers; 9 managers. Managers minus the last group would need the managers of the
    # third, who are not printed, so the last may stay; everybody minus the rest would not, so the ICs go.
    role = np.repeat([1, 0, 0, 1, 1], [3, 6, 40, 6, 9])
    tenure = np.repeat([1.0, 2.0, 9.0, np.nan], [3, 6, 46, 9])
    grouping = split(table(pid=np.arange(64), role=role, tenure_years=tenure), ("tenure",))
    assert [g.key["tenure"] for g in grouping.shown] == ["> 4 years", "unknown"]


def test_people_are_counted_once_however_many_runs_they_are_in():
    pid = np.tile(np.arange(14), 50)
    grouping = split(
        table(run=np.repeat(np.arange(50), 14), pid=pid, role=(pid >= 10).astype(int)), ("role",)
    )
    assert names(grouping.withheld) == ["manager"]
    assert (grouping.groups[1].people, grouping.groups[1].per_run) == (4, 4.0)


def test_people_who_are_in_a_group_in_some_runs_only():
    skill = np.random.default_rng(1).normal(size=40 * 16)
    people = table(run=np.repeat(np.arange(40), 16), pid=np.tile(np.arange(16), 40), skill=skill)
    grouping = split(people, ("skill",))
    assert [(g.people, g.per_run) for g in grouping.groups] == [(16, 4.0)] * 4
    assert all(g.shown for g in grouping.groups)


def test_empty_groups_are_neither_listed_nor_withheld():
    grouping = split(layered(8), ("role", "layer", "tenure"))  # tenure is 3 years for all
    assert names(grouping.groups) == [
        "IC, layer 0, tenure 1.5-4 years",
        "manager, layer 1, tenure 1.5-4 years",
    ]
    assert grouping.withheld == ()
    assert split(layered(), ("role",)).withheld == ()  # no managers: nothing to withhold, nothing to compare
    assert not split(layered(), ("role",)).ratio_withheld


def test_an_organisation_of_four_shows_nothing():
    grouping = split(layered(1, ics=3), ("role", "layer"))
    assert grouping.shown == ()
    assert grouping.roles == ()
    assert not grouping.everybody.shown
    assert len(grouping.withheld) == 2


def test_five_are_enough_and_four_are_not():
    assert split(layered(5), ("role",)).withheld == ()
    assert names(split(layered(4), ("role",)).withheld) == ["manager"]


# ---- withholding, by property: linear algebra on what is printed


def atoms_of(people, grouping) -> tuple[np.ndarray, np.ndarray]:
    """The smallest pieces that sums are made of: (role, group) of each row as a number, and all pieces [n, 2]."""
    group = np.zeros(len(people), int)
    for k, one in enumerate(grouping.groups):
        group[one.rows] = k
    pieces, atom = np.unique(np.stack([people.role, group], axis=1), axis=0, return_inverse=True)
    return atom.ravel(), pieces


def printed_sums(grouping, pieces: np.ndarray) -> np.ndarray:
    """Which pieces each printed figure adds up, [figures, pieces]."""
    role, group = pieces.T
    rows = [group == k for k, one in enumerate(grouping.groups) if one.shown]
    rows += [role == (total.key["role"] == "manager") for total in grouping.roles]
    rows += [np.ones(len(pieces))] if grouping.everybody.shown else []
    return np.array(rows, dtype=float).reshape(len(rows), len(pieces))


def recoverable(target: np.ndarray, sums: np.ndarray) -> bool:
    """Is the sum over the target's pieces a linear combination of the printed sums?"""
    if not len(sums):
        return False
    combination = np.linalg.lstsq(sums.T, target.astype(float), rcond=None)[0]
    return bool(np.allclose(combination @ sums, target, atol=1e-8))


def check_nothing_leaks(people, by) -> None:
    grouping = split(people, by)
    atom, pieces = atoms_of(people, grouping)
    sums = printed_sums(grouping, pieces)
    role, group = pieces.T
    for k, one in enumerate(grouping.groups):
        assert one.people >= MINIMUM_PEOPLE or not one.shown
        if not one.shown:
            assert not recoverable(group == k, sums), f"{one.name} can be worked out"
    who = [set(people.pid[atom == k].tolist()) for k in range(len(pieces))]
    # Nor any union of withheld pieces with too few people, nor a small role.
    hidden = [k for k in range(len(pieces)) if not grouping.groups[group[k]].shown]
    unions = [set(c) for size in range(1, min(len(hidden), 7) + 1) for c in combinations(hidden, size)]
    unions += [set(np.flatnonzero(role == r).tolist()) for r in (0, 1) if (role == r).any()]
    for union in unions:
        if len(set().union(*(who[k] for k in union))) < MINIMUM_PEOPLE:
            target = np.isin(np.arange(len(pieces)), list(union))
            assert not recoverable(target, sums), f"pieces {pieces[target].tolist()} can be worked out"


@st.composite
def organisations(draw):
    """Counts of people by (layer, tenure), many of them small; ICs are layer 0."""
    sizes = draw(st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 30]), min_size=9, max_size=9))
    layer = np.repeat(np.arange(9) // 3, sizes)
    tenure = np.repeat(np.tile([1.0, 2.0, 8.0], 3), sizes)
    if not len(layer):
        layer, tenure = np.zeros(1, int), np.ones(1)
    return table(role=(layer > 0).astype(int), layer=layer, tenure_years=tenure)


BY = [("role",), ("layer",), ("tenure",), ("role", "layer"), ("role", "tenure"), ("layer", "tenure"), ()]


@pytest.mark.slow
@settings(max_examples=400)
@given(organisations(), st.sampled_from([*BY, ("role", "layer", "tenure")]))
def test_nothing_withheld_can_be_worked_out(people, by):
    check_nothing_leaks(people, by)


@pytest.mark.slow
@settings(max_examples=60)
@given(st.integers(4, 24), st.integers(0, 9), st.integers(1, 4), st.integers(0, 10**6))
def test_nothing_withheld_can_be_worked_out_where_groups_change_between_runs(ics, managers, runs, seed):
    n, rng = ics + managers, np.random.default_rng(seed)
    people = table(
        run=np.repeat(np.arange(runs), n), pid=np.tile(np.arange(n), runs),
        role=np.tile((np.arange(n) >= ics).astype(int), runs),
        skill=rng.normal(size=runs * n), ai_exposure=rng.integers(0, 3, runs * n) / 2.0,
    )  # fmt: skip
    check_nothing_leaks(people, ("skill",))
    check_nothing_leaks(people, ("role", "skill"))
    check_nothing_leaks(people, ("ai_exposure",))


def test_the_property_would_notice_a_leak():
    people = layered(8, 1)
    grouping = split(people, ("role", "layer"))
    _, pieces = atoms_of(people, grouping)
    sums = printed_sums(grouping, pieces)
    top, first = pieces[:, 1] == 2, pieces[:, 1] == 1
    assert not recoverable(top, sums)
    assert recoverable(top, np.vstack([sums, first]))


@settings(max_examples=60)
@given(organisations(), st.sampled_from(BY), st.integers(0, 10**6))
def test_order_of_rows_and_names_of_people_do_not_matter(people, by, seed):
    def what(grouping):
        return (
            [(g.name, g.people, g.shown) for g in grouping.groups],
            grouping.everybody.shown,
            len(grouping.roles),
        )

    rng = np.random.default_rng(seed)
    columns = vars(people) | {"pid": rng.permutation(1000)[: len(people)]}
    shuffled = reordered(type(people)(**columns), rng.permutation(len(people)))
    assert what(split(shuffled, by)) == what(split(people, by))


@pytest.mark.slow
@settings(max_examples=200)
@given(organisations(), st.sampled_from(BY))
def test_nothing_is_withheld_without_a_reason(people, by):
    grouping = split(people, by)
    if all(group.people >= MINIMUM_PEOPLE for group in grouping.groups):
        small_role = any(0 < (people.role == r).sum() < MINIMUM_PEOPLE for r in (0, 1))
        assert grouping.withheld == ()
        assert grouping.everybody.shown
        assert grouping.ratio_withheld == (small_role and people.role.any() and not people.role.all())
    shown = [group.people for group in grouping.shown]
    complementary = [g.people for g in grouping.withheld if g.people >= MINIMUM_PEOPLE]
    if shown and complementary and by in (("tenure",), ()):  # the smallest are taken first
        assert max(complementary) <= min(shown)


@given(organisations(), st.sampled_from(BY))
def test_groups_are_a_partition(people, by):
    rows = np.concatenate([g.rows for g in split(people, by).groups])
    assert sorted(rows.tolist()) == list(range(len(people)))


# ---- attributes


def test_tenure_bands_and_their_borders():
    years = np.array([0.0, 1.49, 1.5, 4.0, 4.01, np.nan])
    grouping = split(table(pid=np.arange(6), tenure_years=years), ("tenure",))
    found = {g.key["tenure"]: g.rows.tolist() for g in grouping.groups}
    assert found == {"< 1.5 years": [0, 1], "1.5-4 years": [2, 3], "> 4 years": [4], "unknown": [5]}


def quartiles(skill, **columns) -> list[int]:
    people = table(pid=np.arange(len(skill)), skill=np.asarray(skill, float), **columns)
    of = np.zeros(len(skill), int)
    for group in split(people, ("skill",)).groups:
        value = group.key["skill"]
        of[group.rows] = 0 if value == "unknown" else int(value.split()[1])
    return of.tolist()


def test_skill_quartiles_are_quarters_of_the_organisation():
    assert quartiles([4, 3, 2, 1]) == [4, 3, 2, 1]
    assert quartiles(np.arange(100)[::-1]) == [4] * 25 + [3] * 25 + [2] * 25 + [1] * 25
    assert quartiles([1, 2, 3, 4, np.nan]) == [1, 2, 3, 4, 0]


def test_equal_skills_are_never_separated():
    assert quartiles([1, 1, 1, 1]) == [3] * 4  # the middle of all ranks
    assert quartiles([1, 5, 5, 5, 5, 5, 5, 9]) == [1, 3, 3, 3, 3, 3, 3, 4]
    assert quartiles([np.nan, np.nan]) == [0, 0]


def test_quartiles_are_taken_in_each_run():
    people = [1, 2, 3, 4, 101, 102, 103, 104]
    assert quartiles(people, run=np.repeat([0, 1], 4)) == [1, 2, 3, 4, 1, 2, 3, 4]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
def test_quartiles_rise_with_skill_and_have_the_middle_rank(skill):
    found, skill = np.array(quartiles(skill)), np.array(skill)
    for value in np.unique(skill):
        below, ties = (skill < value).sum(), (skill == value).sum()
        assert set(found[skill == value]) == {int(4 * (below + ties / 2) / len(skill)) + 1}


def test_exposure_thirds():
    people = table(pid=np.arange(9), ai_exposure=np.arange(9) / 9)
    found = {g.key["ai_exposure"]: g.rows.tolist() for g in split(people, ("ai_exposure",)).groups}
    assert found == {"low third": [0, 1, 2], "middle third": [3, 4, 5], "high third": [6, 7, 8]}


def test_keys_are_in_the_order_asked_for():
    groups = split(company(runs=2), ("layer", "role")).groups
    assert [dict(g.key) for g in groups][:2] == [{"layer": 0, "role": "ic"}, {"layer": 1, "role": "manager"}]
    assert list(groups[0].key) == ["layer", "role"]


# ---- input


def test_parse_by():
    assert parse_by("role, layer") == ("role", "layer")
    with pytest.raises(
        UserError, match=r"'tenur', did you mean 'tenure'\?; choose from role, layer, tenure, skill"
    ):
        parse_by("role,tenur")
    with pytest.raises(UserError, match="'role' twice"):
        parse_by("role,layer,role")
    with pytest.raises(UserError, match="nothing to split by"):
        parse_by(" , ")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"exit_week": np.array([1.0])}, "differ in shape: exit_week"),
        ({"role": np.array([0, 2])}, "role must be"),
        ({"exit_kind": np.array([0, 4])}, "exit_kind must be"),
        ({"exit_kind": np.array([0, 1])}, "needs a finite exit_week"),
        ({"exit_week": np.array([1.0, np.nan])}, "exit_week must be 0 or more"),
        ({"exit_week": np.array([1.0, -1.0])}, "exit_week must be 0 or more"),
        ({"pid": np.array([3, 3])}, "twice in a run"),
        ({"weeks": 0}, "at least 1 is needed"),
    ],
)
def test_tables_that_cannot_be(wrong, message):
    right = vars(table(pid=np.arange(2)))
    with pytest.raises(ValueError, match=message):
        type(table(pid=np.arange(2)))(**(right | wrong))
