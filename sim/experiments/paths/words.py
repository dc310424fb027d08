"""`orgsim run` of a scenario with paths: tables, sentences and JSON."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.engine.codes import LAYOFF_RULES
from sim.experiments.paths.study import PROSPECTS, Branch, Paths, Window
from sim.outcomes.declared import ON_PATHS, OUTCOMES
from sim.scenario.events import DatedEvent, in_words
from sim.simulation.results import Results
from sim.statistics.estimates import Paired, known, mean_ci
from sim.text.numbers import interval, number, outcome_words, percent, plural, scaled, shown_unit, signed
from sim.text.plain import ends
from sim.text.tables import bullets, paragraph, table

_NOTE = (
    "Differences are paired by run on the same dice. An interval that contains 0 is no difference detected; intervals are not "
    "adjusted for the number of lines."
)


def paths_text(paths: Paths) -> str:
    """What happens on each path, the answer in sentences, and the tables."""
    scenario, names = paths.scenario, list(paths.results)
    runs = len(next(iter(paths.results.values())).runs)
    seed = next(iter(paths.results.values())).seed
    lines = [
        paragraph(scenario.question or scenario.name),
        f"Scenario {scenario.name}: {plural(runs, 'run')} of {scenario.weeks:,} weeks on each path, seed {seed}",
        "",
        *_what_happens(paths),
        "",
    ]
    for name, branch in paths.branches.items():
        lines += [paragraph(sentence) for sentence in _sentences(name, names[0], branch, scenario.weeks)]
    lines.append("")
    if paths.withheld:
        lines += [paragraph("Prospects of fewer than 5 people of an imported chart are withheld."), ""]
    if paths.prospects is not None:
        lines += [_prospects(paths, paths.prospects, names), ""]
    for name, branch in paths.branches.items():
        lines += [_outcomes(paths, names[0], name, branch), "", _windows(names[0], name, branch), ""]
    lines.append(paragraph(_NOTE))
    if len(names) > 2:
        others = " or ".join(f'--against "{name}"' for name in names[1:3])
        lines.append(
            paragraph(f"Every path is compared with {names[0]} only; {others} compares with another one.")
        )
    return "\n".join(lines)


def _what_happens(paths: Paths) -> list[str]:
    """What is to happen on each path, and how many people it took."""
    scenario, lines = paths.scenario, []
    if scenario.events:
        lines += ["On every path:", bullets([in_words(event) for event in scenario.events])]
    for name, events in scenario.paths:
        done = [in_words(event) + _carried_out(event, events, paths.results[name]) for event in events]
        lines += [f"{name}:", bullets(done or ["nothing else happens"])]
    return lines


def _carried_out(event: DatedEvent, events: tuple[DatedEvent, ...], results: Results) -> str:
    """How many people an event took, mean of the runs, where the ledger tells; several at once cannot be told apart."""
    alike = [one for one in events if (one.week, one.action) == (event.week, event.action)]
    if event.action not in ("lay_off", "convert") or len(alike) > 1:
        return ""
    rule = LAYOFF_RULES.index("event")
    taken = [
        np.count_nonzero(
            (cuts["week"] == event.week)
            & (cuts["rule"] == rule)
            & (cuts["converted"] == (event.action == "convert"))
        )
        for cuts in results.ledgers
    ]
    mean = f"{np.mean(taken):,.1f}".removesuffix(".0")
    return f": {mean} a run"


def _sentences(name: str, base: str, branch: Branch, weeks: int) -> list[str]:
    """The answer in plain words; nothing within noise is called a difference."""
    said = []
    pay, risk = branch.prospects.get("pay_per_year"), branch.prospects.get("laid_off")
    if risk is not None:
        said.append(_risk_words(name, base, risk, weeks))
    if pay is not None and _beyond_noise(pay):
        more = "more" if known(pay.difference) > 0 else "less"
        said.append(
            f"While there they are paid {percent(abs(known(pay.relative)))} % {more} on path {name}: "
            f"{signed(pay.difference)} USD a year {interval(pay.lo, pay.hi)}."
        )
    said += _payroll_words(name, base, branch.outcomes["payroll_per_year"])
    after = f"after week {branch.from_week}" if branch.from_week else "from the start"
    for window in (branch.quarter, branch.whole):
        if window is not None and window.total.lo is not None:
            count = window.last - window.first + 1
            said.append(f"In the {count} weeks {after}, path {name} {_gains(window)} compared to {base}.")
    return said


def _risk_words(name: str, base: str, risk: Paired, weeks: int) -> str:
    by = f"by week {weeks}, {percent(risk.mean)} % against {percent(risk.base)} % on path {base}"
    if risk.sd == 0 and risk.difference == 0:
        return f"Those followed are laid off exactly as often on path {name}, run by run: {by}."
    clear = _beyond_noise(risk)
    compared = "about as often" if not clear else "less often" if known(risk.difference) < 0 else "more often"
    noise = "" if clear else ", within noise"
    return f"Those followed are laid off {compared} on path {name}: {by} (difference {_points(risk)} points{noise})."


def _payroll_words(name: str, base: str, payroll: Paired) -> list[str]:
    """What the organisation pays besides, or saves; nothing within noise."""
    if not _beyond_noise(payroll) or payroll.relative is None:
        return []
    more = "more" if known(payroll.difference) > 0 else "less"
    least, most = sorted(abs(known(end)) for end in (payroll.lo, payroll.hi))
    return [
        f"Payroll is {percent(abs(payroll.relative))} % {more} on path {name} than on {base}: "
        f"{number(abs(known(payroll.difference)), 3)} {interval(least, most)} USD a year, over the whole horizon."
    ]


def _gains(window: Window) -> str:
    mean, (lo, hi) = known(window.total.mean), known(window.total.interval)
    if lo <= 0 <= hi:
        return f"delivers no detectably different value ({signed(mean)} standard hours {interval(lo, hi)})"
    least, most = sorted((abs(lo), abs(hi)))
    amount, bounds = number(abs(mean), 3), interval(least, most)
    share = "" if window.per_week.relative is None else f", {percent(abs(window.per_week.relative))} % of it"
    return f"{'gains' if mean > 0 else 'loses'} {amount} standard hours of value {bounds}{share},"


def _beyond_noise(figure: Paired) -> bool:
    return figure.interval is not None and figure.interval.sign != 0


def _points(figure: Paired) -> str:
    if figure.lo is None:
        return percent(figure.difference, sign=True)
    return f"{percent(figure.difference, sign=True)} [{percent(figure.lo, sign=True)}, {percent(figure.hi, sign=True)}]"


def _prospects(paths: Paths, prospects: Mapping[str, Mapping[str, np.ndarray]], names: list[str]) -> str:
    rows = []
    for key, by_path in prospects.items():
        one = PROSPECTS[key]
        for k, name in enumerate(names):
            scale, unit = (100.0, "%") if one.unit == "share" else (1.0, one.unit)
            found = mean_ci(scale * by_path[name])
            figure = paths.branches[name].prospects[key] if k else None
            difference = ["", ""]
            if figure is not None:
                ends = (scaled(figure.lo, scale), scaled(figure.hi, scale))
                difference = [signed(scaled(figure.difference, scale)), interval(*ends)]
            label = f"{outcome_words(key)} ({unit})" if k == 0 else ""
            rows.append([label, name, number(found.mean), interval(found.lo, found.hi), *difference])
    people = f"{paths.followed:,.1f}".removesuffix(".0")
    title = f"Prospects of {people} people followed"
    header = (title, "path", "mean", "95 % interval", "difference", "95 % interval")
    notes = bullets([f"{outcome_words(key)}: {one.words}" for key, one in PROSPECTS.items()])
    return f"{table(header, rows, align='<<>>>>')}\n{notes}"


def _outcomes(paths: Paths, base: str, name: str, branch: Branch) -> str:
    rows = []
    for key in ON_PATHS:
        figure = branch.outcomes[key]
        if figure.base is None or figure.mean is None or figure.difference is None:
            continue
        unit, scale = shown_unit(OUTCOMES[key].unit)
        within = interval(scaled(figure.lo, scale), scaled(figure.hi, scale))
        means = [number(scale * figure.base), number(scale * figure.mean), signed(scale * figure.difference)]
        rows.append([key, *means, within, unit])
    return table(
        ("The organisation, whole horizon", base, name, "difference", "95 % interval", "unit"),
        rows,
        align="<>>>><",
    )


def _windows(base: str, name: str, branch: Branch) -> str:
    rows = []
    for window in (*branch.windows, branch.whole):
        per_week, total = window.per_week, window.total
        rows.append([
            f"{window.first} to {window.last}", signed(per_week.difference), interval(per_week.lo, per_week.hi),
            percent(per_week.relative, sign=True), signed(total.mean), interval(total.lo, total.hi),
        ])  # fmt: skip
    header = (
        f"Value, {name} minus {base}, weeks", "hours/week", "95 % interval", "%", "standard hours in all", "95 % interval",
    )  # fmt: skip
    return table(header, rows)


# ---- for machines, and as a picture


def paths_json(paths: Paths, of_runs: Callable[[Results], dict[str, Any]]) -> dict[str, Any]:
    """The object of `orgsim run --json` of a scenario with paths. of_runs: that of a scenario without, for every path."""
    scenario = paths.scenario
    own = dict(scenario.paths)
    made: dict[str, Any] = {
        "scenario": scenario.name,
        "question": scenario.question,
        "events": [event.to_dict() for event in scenario.events],
        "followed": None if paths.withheld else paths.followed,
        "withheld": int(paths.withheld),
        "base": next(iter(paths.results)),
        "paths": {},
        "differences": {},
    }
    for name, results in paths.results.items():
        prospects = {}
        for key, by_path in (paths.prospects or {}).items():
            found = mean_ci(by_path[name])
            prospects[key] = {
                "mean": found.mean,
                "ci95": ends(found.lo, found.hi),
                "unit": PROSPECTS[key].unit,
            }
        made["paths"][name] = {
            **of_runs(results),
            "events": [event.to_dict() for event in own[name]],
            "prospects": prospects,
        }
    for name, branch in paths.branches.items():
        made["differences"][name] = {
            "from_week": branch.from_week,
            "prospects": {key: _figure(figure) for key, figure in branch.prospects.items()},
            "outcomes": {key: _figure(figure) for key, figure in branch.outcomes.items()},
            "value_by_weeks": [
                {"first": w.first, "last": w.last, "per_week": _figure(w.per_week), "total": w.total.mean,
                 "total_ci95": ends(w.total.lo, w.total.hi)} for w in (*branch.windows, branch.whole)
            ],
        }  # fmt: skip
    return made


def _figure(figure: Paired) -> dict[str, Any]:
    return {
        "base": figure.base, "mean": figure.mean, "difference": figure.difference, "ci95": ends(figure.lo, figure.hi),
        "relative": figure.relative, "win_probability": figure.win_probability,
    }  # fmt: skip
