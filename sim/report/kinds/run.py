"""The report of `orgsim run --out`: one organisation, its outcomes, its hours, its waits, its weeks."""

from sim.engine.codes import STAGES
from sim.outcomes.declared import DECISIVE, OUTCOMES, WEEKLY
from sim.report import parts
from sim.report.page import Item, Page, Section
from sim.report.source import Source
from sim.text.numbers import plural

_SENTENCES = ("value_per_week", "value_per_payroll_usd")


def page(source: Source) -> Page:
    """What the runs of one scenario come to."""
    runs = source.count() - source.failed
    means = source.means(tuple(OUTCOMES) + parts.NEEDED).get((), {}) if runs else {}
    load = parts.load_of(means)
    tables: list[Item] = parts.outcome_tables(means, runs, source.real, parts.layer_people(source))
    sections = [
        *parts.charts_section([(shape, parts.shown_load(load, shape)) for shape in source.shapes]),
        *parts.hours_section([("", means)]),
        *parts.waits_section([("", means)]),
        *parts.course(source, [name for name in DECISIVE if name in WEEKLY]),
        *(
            [Section("outcomes", "All outcomes", [parts.headline_table(means, runs), *tables])]
            if tables
            else []
        ),
    ]
    return Page(
        name=source.text("name"),
        kind=f"One scenario: {source.text('name')}",
        question=source.text("question"),
        answer=_answer(source, means),
        sure=[
            *parts.sure_of_runs(source, runs),
            *(_SURE if runs else ()),
        ],
        sections=sections,
        state="" if source.finished and runs else "no run is stored; give the command again.",
        facts=[f"{plural(runs, 'run')} of {source.weeks:,} weeks."] if runs else (),
    )


_SURE = (
    "Intervals are 95 % over runs: they say how much is chance. They hold under the assumptions of this "
    "scenario only; what other "
    "plausible assumptions would change is not in them. orgsim sensitivity says which matter.",
)


def _answer(source: Source, means: parts.Means) -> list[str]:
    """What is delivered, and where changes spend their time."""
    said = []
    value, per_usd = (means.get(name) for name in _SENTENCES)
    if value is not None and per_usd is not None and value.mean is not None and per_usd.mean is not None:
        a_week, per_usd_words = (
            parts.figure_words(one, OUTCOMES[name].unit, unit=False)
            for one, name in zip((value, per_usd), _SENTENCES, strict=True)
        )
        said.append(
            f"The organisation delivers {a_week} standard hours of value a week, {per_usd_words} per 1,000 USD of pay."
        )
    died = means.get("died_out")
    if died is not None and died.mean:
        said.append(f"In {100 * died.mean:.0f} % of the runs it died out: no IC was left.")
    found = source.means(("bottleneck",), ("bottleneck",)) if means else {}
    counts = {
        int(key[0]): one["bottleneck"].n for key, one in found.items() if key and parts.is_number(key[0])
    }
    if counts:
        code = max(counts, key=lambda k: (counts[k], -k))
        share = counts[code] / sum(counts.values())
        often = "in every run" if share == 1 else f"in {min(99, round(100 * share))} % of the runs"
        said.append(
            f"The largest part of a change's lead time it is {parts.STAGE_WORDS[STAGES[code]]} ({often})."
        )
    return said
