"""What a plan leaves out, by measure, and who may see which of its figures."""

from sim.experiments.plan.measures import Asked
from sim.scenario.scenario import Scenario
from sim.text.numbers import plural


def left_out(asked: Asked, others: int) -> list[str]:
    """What is not in the figures, a sentence each; first what concerns the measures that were asked for.

    others: people who write no code.
    """
    lines = []
    if others:
        lines.append(
            f"What {plural(others, 'other person', 'other people')} would do differently: they are in headcount and pay, so in "
            "what an hour costs, and no measure concerns them."
        )
    if asked.lay_off:
        lines.append(
            "Who is chosen: people are drawn at random among ICs and among managers below the top; in variant.yaml, choose: says "
            "otherwise (lowest_output, shortest_tenure, ...)."
        )
    if asked.remove_layer is not None:
        lines.append(
            "What else displaced managers could do: all are laid off, and their reports go to the next boss above; in "
            "variant.yaml, convert: instead of lay_off: makes ICs of them."
        )
    if asked.freeze:
        lines.append(
            "Ways around a freeze: contractors, and exceptions; vacancies that were open before it are still filled."
        )
    if asked.grow:
        lines.append(
            "Whether so many can be found: seats are filled with the usual delay, from people as good as before."
        )
    if asked.ai_share is not None:
        lines.append(
            "What it takes to change the share: training, procurement and persuasion cost nothing here; seats and usage do."
        )
    return [
        *lines,
        "Notice periods, tax, legal and consultation costs; leavers go at once, severance is paid at once.",
        "Customers and demand: there is always work to do unless the scenario limits it, so lost output would have been of use.",
        "What comes after the weeks simulated, and reputation as an employer beyond the unrest that layoffs cause.",
    ]


def audience(variant: Scenario) -> list[tuple[str, str]]:
    """(Figures, who may see them), from the least to the most delicate."""
    rows = [
        (
            "output, cost, money, break-even, lead time, decisions guessed",
            "Everybody concerned, with 'How sure' beside them",
        ),
        (
            "layoffs and quits by group, never about a person, never to choose people, and not beside other splits of the same "
            "people",
            "Leadership, HR and the works council",
        ),
    ]
    if variant.organisation.chart is not None:
        rows.append(
            (
                "chart and salt, which are personal data, and the scenarios with them",
                "Whoever may see the roster",
            )
        )
    return rows
