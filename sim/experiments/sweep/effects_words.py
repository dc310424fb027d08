"""The answer over all points of a sweep in words: the best points, what drives the outcome, and how far the fit goes."""

from collections.abc import Sequence

from sim.constants import ALPHA
from sim.experiments.assumption_words import listed
from sim.experiments.parts_words import change_words
from sim.experiments.points import label
from sim.experiments.roles import ASSUMED, GIVEN
from sim.experiments.sweep.effects import Driver, Overall
from sim.statistics.effects import LEAST_EXPLAINED, Change, Interaction, Main, Share
from sim.statistics.estimates import Interval
from sim.text.numbers import capital, interval, number, outcome_words, p_value, percent, plural, signed, words

SHOWN = 6  # points or factors named in a sentence
LISTED = 20  # points in the table
PAIRS = 3  # interactions, a sentence each


def point_words(found: Overall, point: int) -> str:
    """'point 12 (AI share of code 0.31, spans 12-8)'."""
    values = ", ".join(f"{words(path)} {value_words(value)}" for path, value in found.points[point].items())
    return f"point {point} ({values})"


def value_words(value: object) -> str:
    """A value of a path, numbers with three digits that tell."""
    return f"{value:.3g}" if isinstance(value, float) else label(value)


def overall_sentences(found: Overall, unit: str) -> list[str]:
    """The answer, a sentence or two each. unit: of the figures."""
    said = [_best_sentence(found), *_effect_sentences(found, unit)]
    return [text for text in said if text]


# ---- which is best


def _best_sentence(found: Overall) -> str:
    best = found.best
    if best.best is None:
        return ""
    topic = outcome_words(found.outcome)
    what = "Best mean on" if found.better else "Highest mean of"
    head = f"{what} {topic}: {point_words(found, best.best)}"
    others = [k for k in best.standing if k != best.best]
    behind = len(best.out)
    if not behind:
        text = f"{head}, but no point is behind it beyond noise."
    elif found.nearest is None:
        text = f"{head}."
    else:
        near, pair = found.nearest
        ahead = f"beyond noise ahead of {_count(behind, len(others))}"
        text = f"{head}, {ahead}, the nearest of them (point {near}) by {change_words(pair)}."
    if found.until and best.decided:
        text += f" Decided after {plural(best.runs, 'run')} a point."
    if not others:
        return text
    order = [one.point for one in found.ranked if one.point in others]
    points = ", ".join(str(k) for k in order[:SHOWN])
    more = f" and {len(others) - SHOWN:,} more" if len(others) > SHOWN else ""
    text += f" Not told apart from it: {'point' if len(others) == 1 else 'points'} {points}{more}."
    if best.decided:
        text += f" None of them is better by more than {100 * found.worth:.3g} % (95 % sure, for all points together)."
    return text


def _count(behind: int, others: int) -> str:
    return f"all {behind:,} others" if not others and behind > 1 else plural(behind, "other")


def open_notice(found: Overall) -> str:
    """The points that the runs leave open, and by how much they may be better; '' if none is."""
    best = found.best
    if not best.open or best.best is None:
        return ""
    if best.runs < 2:
        return "1 run a point decides nothing and has no interval. Use at least 20."
    far = sorted(best.open, key=lambda k: -best.gaps[k])
    named = ", ".join(
        f"{k} (by up to {percent(best.gaps[k])} %)" if best.gaps[k] < 10 else f"{k}" for k in far[:SHOWN]
    )
    more = f" and {len(far) - SHOWN:,} more" if len(far) > SHOWN else ""
    noun = "point" if len(far) == 1 else "points"
    return (
        f"{plural(best.runs, 'run')} a point leave open whether {noun} {named}{more} {'is' if len(far) == 1 else 'are'} better "
        f"than point {best.best} by more than {100 * found.worth:.3g} %."
    )


# ---- what drives it


def _effect_sentences(found: Overall, unit: str) -> list[str]:
    fit = found.effects
    if fit.why:
        return [_nothing(found)]
    mains = [main for main in fit.mains if main.found]
    said = []
    if mains:
        effects = "; ".join(_main(found, main, unit) for main in mains[:SHOWN])
        said.append(f"What drives it, over the points of the design: {effects}.")
    missed = [words(found.drivers[main.factor].path) for main in fit.mains if not main.found]
    joint = {k for pair in fit.interactions for k in pair.factors}
    if missed:
        also = any(not main.found and main.factor in joint for main in fit.mains)
        said.append(f"No effect{' by itself' if also else ''} detected of {listed(missed)}.")
    for pair in fit.interactions[:PAIRS]:
        said.append(_pair(found, pair, unit))
    said.append(_fit_sentence(found))
    said.append(_role_sentence(found, mains))
    return [text for text in said if text]


def _role_sentence(found: Overall, mains: Sequence[Main]) -> str:
    """Which of the factors that do something are not for the one who asks to choose; '' if all are."""
    parts = []
    for role in (GIVEN, ASSUMED):
        paths = [words(driver.path) for main in mains if (driver := found.drivers[main.factor]).role == role]
        if paths:
            parts.append(f"{listed(paths)} {'is' if len(paths) == 1 else 'are'} {role}")
    if not parts:
        return ""
    return capital(f"{listed(parts)}: what this does shows what the answer hangs on, not what to choose.")


def _main(found: Overall, main: Main, unit: str) -> str:
    driver, change = found.drivers[main.factor], main.change
    start, end = (place_words(driver, value) for value in (change.start, change.end))
    text = f"{words(driver.path)} from {start} to {end} {size_words(found, change, unit)}"
    if main.turn is not None:
        text += f", {'highest' if main.turn.highest else 'lowest'} at about {main.turn.x:.2g}"
    total = f", {_share(main.total)} with its interactions" if main.total.share > main.first.share else ""
    return f"{text} ({_share(main.first)} of the variance{total})"


def _pair(found: Overall, pair: Interaction, unit: str) -> str:
    one, other = (found.drivers[k] for k in pair.factors)
    start, end = (place_words(one, value) for value in (pair.change.start, pair.change.end))
    at = [place_words(other, value) for value in pair.at]
    less = pair.change.change < 0
    change = pair.change
    if less:
        turned = Interval(-change.interval.hi, -change.interval.lo)
        change = Change(change.start, change.end, -change.change, turned)
        at.reverse()
    return (
        f"Interaction: {words(one.path)} from {start} to {end} changes it by {size_words(found, change, unit)} more at "
        f"{words(other.path)} {at[1]} than at {at[0]} ({_share(pair.share)} of the variance)."
    )


def size_words(found: Overall, change: Change, unit: str) -> str:
    """A change with its interval, in percent of the mean of all points where that is above zero."""
    mean = found.effects.mean
    if mean > 0:
        low, high = (percent(end / mean) for end in change.interval)
        return f"{percent(change.change / mean, sign=True)} % [{low}, {high}]"
    return f"{signed(change.change)} {interval(*change.interval)} {unit}"


def place_words(driver: Driver, value: float) -> str:
    """A value of a factor: of a category the name of its code."""
    return driver.levels[int(value)] if driver.levels else f"{value:.3g}"


def _share(found: Share) -> str:
    return f"{percent(found.share, 0)} % [{percent(found.lo, 0)}, {percent(found.hi, 0)}]"


def _fit_sentence(found: Overall) -> str:
    fit = found.effects
    assert fit.explained is not None  # made where nothing forbids a claim
    text = (
        f"The fit of curves and products explains {_share(fit.explained)} of the variance between points "
        f"{_beyond(found)}, at points left out of it"
    )
    if fit.noise is not None:
        text += f"; noise is {percent(fit.noise)} % of the variance of the means"
    text += "."
    if found.left:
        text += (
            f" It is made of {fit.points:,} of {fit.points + found.left:,} points, spread over the design."
        )
    return text


def _beyond(found: Overall) -> str:
    return "(noise included: there is one run a point)" if found.effects.noise is None else "beyond noise"


def _nothing(found: Overall) -> str:
    """Why nothing is claimed of single factors."""
    fit, factors = found.effects, plural(len(found.drivers), "factor")
    if fit.why == "points":
        return f"{fit.points:,} points are too few for the effects of {factors}: nothing is claimed of them."
    if fit.why == "together":
        return "The factors vary together in this design, so their effects cannot be told apart."
    if fit.why == "noise":
        tested = "" if fit.differ_p is None else f" (F test, p = {p_value(fit.differ_p)})"
        return f"The points do not differ beyond noise{tested}: nothing is claimed of single factors."
    assert fit.explained is not None  # the fit was made, and explains too little
    return (
        f"A fit of curves and products explains only {_share(fit.explained)} of the variance between points {_beyond(found)}, at "
        f"points left out of it; below {percent(LEAST_EXPLAINED, 0)} % nothing is claimed of single factors."
    )


# ---- the table


def ranking_rows(found: Overall) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the points, the best first."""
    header = ["rank", "point", *(words(path) for path in found.points[0]), "mean", "95 % interval"]
    header += ["best over it", "95 % interval"]
    rows = []
    for one in found.ranked[:LISTED]:
        behind = one.behind
        shown = ["", ""]
        if behind is not None and behind.relative is not None and behind.base is not None and behind.base > 0:
            shown = [f"{percent(behind.relative, sign=True)} %", ""]
            if behind.relative_lo is not None and behind.relative_hi is not None:
                shown[1] = f"[{percent(behind.relative_lo)}, {percent(behind.relative_hi)}]"
        elif behind is not None:
            shown = [signed(behind.difference), interval(behind.lo, behind.hi)]
        values = [value_words(value) for value in found.points[one.point].values()]
        mean = [number(one.mean.mean), interval(one.mean.lo, one.mean.hi, 4)]
        rows.append([str(one.rank), str(one.point), *values, *mean, *shown])
    return header, rows


RANKS = (
    f"Rank 1: every point that can be the best ({percent(1 - ALPHA, 0)} % sure, for all points together); then those that can "
    "be the best of what is left, and so on. 95 % interval: of each row by itself."
)
