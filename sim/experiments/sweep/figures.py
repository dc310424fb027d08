"""A sweep's answer as plain data: what stands in its manifest and what `orgsim sweep --json` prints."""

from collections.abc import Callable, Sequence

from sim.experiments.holding import holding_json
from sim.experiments.points import label, plain_value
from sim.experiments.sweep.again import AskedAgain
from sim.experiments.sweep.answer import Answer
from sim.experiments.sweep.effects_json import overall_json
from sim.experiments.sweep.ranking import Ranking
from sim.experiments.sweep.sentences import TooFew, is_shown
from sim.statistics.crossing import Crossing
from sim.text.plain import ends, jsonable


def answer_json(answer: Answer) -> dict[str, object]:
    """Plain data in the declared unit; undefined figures are None."""

    def plain(value: float | None) -> float | None:
        return None if value is None else value / answer.scale

    panels = [
        {
            "fixed": {path: label(value) for path, value in p.fixed.items()},
            "rows": [plain_value(v) for v in p.rows],
            "columns": [plain_value(v) for v in p.columns],
            "mean": [[plain(e.mean) for e in row] for row in p.estimates],
            "ci95": [[ends(plain(e.lo), plain(e.hi)) for e in row] for row in p.estimates],
            "ranking": None if p.ranking is None else _ranking_json(p.ranking, p.rows, plain),
            "best": [None if b is None or not b[1] else plain_value(p.columns[b[0]]) for b in p.best],
            "crossing": None if p.crossing is None else _crossing_json(p.crossing, p.rows),
            "answer": p.sentence,
            "too_few_runs": None if p.too_few is None else _too_few_json(p.too_few),
        }
        for p in answer.panels
    ]
    data = {
        "outcome": answer.outcome,
        "unit": answer.declared_unit,
        "along": answer.along,
        "of": answer.of,
        "first": answer.first,
        "second": answer.second,
        "panels": panels,
        "holds_in": [
            {
                "at": r.at,
                "share": r.ahead.holds.share,
                "ci95": ends(r.ahead.holds.lo, r.ahead.holds.hi),
                "sets": r.ahead.worlds,
                "behind_share": r.ahead.reversed.share,
                **holding_json(r.ahead),
                "holds_of": r.of,
                "support": r.support,
            }
            for r in answer.robust
        ],
        "again": [_again_json(one, plain) for one in answer.again],
        **({} if answer.overall is None else {"overall": overall_json(answer.overall, answer.scale)}),
        "sentences": answer.sentences(),
        "notices": answer.notices(),
    }
    made: dict[str, object] = jsonable(data)
    return made


def _again_json(asked: AskedAgain, plain: Callable[[float | None], float | None]) -> dict[str, object]:
    """What the question comes to under other settings; survives is None where it cannot be said."""
    at = [
        {
            "at": place.at,
            "runs": place.pair.n,
            "difference": plain(place.pair.difference),
            "ci95": ends(plain(place.pair.lo), plain(place.pair.hi)),
            "relative": place.pair.relative,
            "relative_ci95": ends(place.pair.relative_lo, place.pair.relative_hi),
            "p_holm": place.p,
            "sign": place.sign,
        }
        for place in asked.places
    ]
    settings = {path: plain_value(value) for path, value in asked.alternative.settings.items()}
    return {
        "name": asked.alternative.name,
        "settings": settings,
        "survives": asked.survives,
        "failed": asked.failed,
        "places": at,
    }


def _too_few_json(few: TooFew) -> dict[str, object]:
    return {
        "at": [plain_value(value) for value in few.at],
        "runs": few.runs,
        "suggested": few.suggested,
        "notice": few.sentence,
    }


def _ranking_json(
    found: Ranking, rows: Sequence[object], plain: Callable[[float | None], float | None]
) -> dict[str, object]:
    """The best level, and by how much it is ahead of each other one."""
    others = [
        {
            "level": plain_value(rows[k]),
            "difference": plain(pair.difference),
            "ci95": ends(plain(pair.lo), plain(pair.hi)),
            "relative": pair.relative,
            "beyond_noise": found.beyond[k],
        }
        for k, pair in found.pairs.items()
    ]
    return {"best": plain_value(rows[found.best]), "ahead_of": others}


def _crossing_json(c: Crossing, rows: Sequence[object]) -> dict[str, object]:
    """The interval's ends are None where they leave the range. beyond_noise: on both sides of the crossing."""
    return {
        "kind": c.kind,
        "at": c.x,
        "beyond_noise": is_shown(c, rows),
        "ci95": ends(c.lo, c.hi),
        "signs": list(c.signs),
        "others": list(c.others),
    }
