"""Pay in bands: cells of many forms, medians of groups of five or more, and nobody's own pay anywhere."""

import pytest
from helpers.roster import read, write

from sim.errors import UserError
from sim.organisation.roster.columns import recognise
from sim.organisation.roster.importing import import_roster
from sim.organisation.roster.pay import Pay, bands_of, read_pay, read_rates
from sim.organisation.roster.settling import Wishes
from sim.scenario.scenario import load
from sim.scenario.tree import tree_of


@pytest.mark.parametrize(
    ("cell", "header", "pay"),
    [
        ("85000", "Salary", Pay(85_000, "")),
        ("$150,000", "Pay", Pay(150_000, "USD")),
        ("85.000,00 €", "Gehalt", Pay(85_000, "EUR")),
        ("85.000", "Gehalt", Pay(85_000, "")),
        ("EUR 85k", "Pay", Pay(85_000, "EUR")),
        ("85.5k", "Pay", Pay(85_500, "")),
        ("1.2M", "Pay", Pay(1_200_000, "")),
        ("85'000 CHF", "Pay", Pay(85_000, "CHF")),
        ("85 000", "Salaire (EUR)", Pay(85_000, "EUR")),
        ("£1,234,567.89", "Pay", Pay(1_234_567.89, "GBP")),
        ("80-90k", "Pay", Pay(85_000, "")),
        ("105000-109999", "salary", Pay(107_499.5, "")),
        ("6,500", "Monthly salary", Pay(78_000, "", "month")),
        ("£50 per hour", "Pay", Pay(104_000, "GBP", "hour")),
        ("secret", "Pay", None),
        ("-5", "Pay", None),
        ("0", "Pay", None),
        ("", "Pay", None),
    ],
)
def test_cells(cell, header, pay):
    assert read_pay(cell, header) == pay


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Salary", "pay"),
        ("Annual Base Salary (EUR)", "pay"),
        ("FTE pay", "pay"),
        ("Total Compensation", "pay"),
        ("Monthly salary", "pay"),
        ("Jahresgehalt", "pay"),
        ("Salary GBP", "pay"),
        ("Pay Grade", "level"),
        ("Salary Cost of Reports (£)", None),
    ],
)
def test_headers(header, field):
    found = recognise([header], {}, "x").found
    assert list(found) == ([field] if field else [])


def people(pays, column="Salary", rest="", **options):
    rows = "".join(f"{k},1,Engineer,{pay}\n" for k, pay in enumerate(pays, 2))
    return f"id,manager,title,{column}\n1,,CEO,\n{rows}{rest}", options


def bands(tmp_path, pays, column="Salary", rest="", **options):
    text, _ = people(pays, column, rest)
    return read(tmp_path, text, **options).bands


def test_five_make_a_band_and_four_do_not(tmp_path):
    assert bands(tmp_path, [60_000, 61_400, 61_600, 70_000, 90_000]).pay == {"ic": 62_000}
    few = bands(tmp_path, [60_000, 61_400, 61_600, 70_000])
    assert few.pay == {}
    assert "No group of 5 people" in "".join(few.notes)


def test_a_currency_needs_its_worth(tmp_path):
    euros = [f"EUR {k}k" for k in (60, 61, 62, 63, 64)]
    assert "in EUR and the model counts in USD" in "".join(bands(tmp_path, euros).notes)
    wishes = Wishes(rates=read_rates(["eur=1.5"]))
    assert bands(tmp_path, euros, wishes=wishes).pay == {"ic": 93_000}
    assert bands(tmp_path, [60, 61, 62, 63, 64], "Salary in EUR thousands", wishes=wishes).pay == {}
    mixed = bands(tmp_path, [*euros, "$70k"], wishes=wishes)
    assert mixed.pay == {"ic": 92_000}
    assert "says none for 1 person" in "".join(bands(tmp_path, [*euros, "$70k", 71_000], wishes=wishes).notes)


@pytest.mark.parametrize("text", ["EUR", "EUR=", "EUR=0", "EURO=1.1", "EUR=a"])
def test_wrong_rates_are_refused(text):
    with pytest.raises(UserError, match=r"expected CURRENCY=USD"):
        read_rates([text])


def test_another_unit_is_not_taken_for_pay_by_the_year(tmp_path):
    assert "another unit" in "".join(bands(tmp_path, [4_000, 4_100, 4_200, 4_300, 4_400]).notes)
    assert bands(tmp_path, [4_000, 4_100, 4_200, 4_300, 4_400], "Monthly salary").pay == {"ic": 50_000}


def test_without_a_column_standard_pay_is_said(tmp_path):
    found = read(tmp_path, "id,manager\n1,\n2,1\n").bands
    assert found.pay == {}
    assert "standard pay by role and layer is used; give your own with --map pay=COLUMN" in found.notes[0]


def test_bands_reach_the_payroll_and_nobody_s_pay_is_written(tmp_path):
    pays = [91_117, 92_227, 93_337, 94_447, 95_557]
    text, _ = people(pays, rest="7,1,Recruiter,51119\n")
    outcome = import_roster(write(tmp_path, text), {}, tmp_path / "my.yaml")
    everything = outcome.report + "".join(path.read_text() for path in outcome.written)
    assert not any(str(pay) in everything or f"{pay:,}" in everything for pay in (*pays, 51_119))
    scenario = load(tmp_path / "my.yaml")
    assert dict(scenario.organisation.pay) == {"ic": 93_000.0}
    load_factor, ratio = scenario.values["money.load"], scenario.values["money.manager_ratio_1"]
    # five ICs, the CEO in the standard proportion, the recruiter paid as an IC
    assert tree_of(scenario).payroll == pytest.approx(93_000 * load_factor * (5 + ratio + 1))


def test_amounts_that_are_no_pay_of_a_year_count_as_unknown_and_are_said():
    people = [("ic", 0, Pay(80_000.0, "USD"))] * 6 + [("ic", 0, Pay(65.0, "USD"))] * 5
    bands = bands_of(people, "Salary", (), {})
    assert bands.pay == {"ic": 80_000}
    assert bands.groups == {"ic": 6}
    assert any(note.startswith("CHECK THIS: 5 cells of column 'Salary'") for note in bands.notes)
