"""What a sweep says when its question is asked again: a sentence per alternative, and whether the answer survives them."""

from collections.abc import Sequence

from sim.experiments.assumption_words import listed
from sim.experiments.parts_words import change_words
from sim.experiments.points import label
from sim.experiments.sweep.again import AskedAgain, PlaceAgain, Said
from sim.experiments.sweep.sentences import short_name
from sim.text.numbers import capital, plural, words


def again_sentences(
    asked: Sequence[AskedAgain], said: Said, along: str | None, names: tuple[str, str]
) -> tuple[str, ...]:
    """A sentence per alternative and a closing one. said: what the answer says; along: the path of the places."""
    if not asked:
        return ()
    return (*(_alternative(one, along, names) for one in asked), _closing(asked, said, along))


def _alternative(asked: AskedAgain, along: str | None, names: tuple[str, str]) -> str:
    first, second = (short_name(name) for name in names)
    settings = ", ".join(f"{path} {label(value)}" for path, value in asked.alternative.settings.items())
    intro = f"Asked again with {asked.alternative.name} ({settings}): "
    if not any(place.pair.n for place in asked.places):
        return f"{intro}no run is left to compare{': ' if asked.reason else ''}{asked.reason.rstrip('.')}."
    parts: list[str] = []
    for sign in dict.fromkeys(sorted((place.sign for place in asked.places), key=lambda sign: sign == 0)):
        at = [place for place in asked.places if place.sign == sign and place.pair.n]
        if at:
            where = _places(at, along, named=not parts)
            parts.append(f"{_verdict(sign, first, second, bool(parts))}{where}")
    undefined = [label(place.at) for place in asked.places if not place.pair.n and place.at is not None]
    parts += [f"nothing can be compared at {listed(undefined)}"] if undefined else []
    lost = f" ({plural(asked.failed, 'run')} failed, left out)" if asked.failed else ""
    return f"{intro}{'; '.join(parts)}{lost}."


def _verdict(sign: int, first: str, second: str, more: bool) -> str:
    if sign == 0:
        return "no difference is detected" + ("" if more else f" between {first} and {second}")
    side = "ahead of" if sign > 0 else "behind"
    return f"{'it' if more else first} is {side} {second}"


def _places(at: Sequence[PlaceAgain], along: str | None, named: bool) -> str:
    """' at AI share of code 0 (-3.1 % [-3.6, -2.6]) and 0.9 (...)'; named: say which path it is."""
    if along is None:
        return f" ({change_words(at[0].pair)})"
    places = listed([f"{label(place.at)} ({change_words(place.pair)})" for place in at])
    return f" at {words(along)} {places}" if named else f" at {places}"


def _closing(asked: Sequence[AskedAgain], said: Said, along: str | None) -> str:
    """Whether the answer survives, in one sentence or two."""
    if not any(said.signs):
        where = "" if along is None else " at these values"
        return f"Whether the answer hangs on this cannot be said: it has no difference beyond noise{where}."
    kept, lost, open_ = (
        [one.alternative.name for one in asked if one.survives is survives]
        for survives in (True, False, None)
    )
    subject = "the crossing" if said.crossing else f"the answer{_spoken(asked, said, along)}"
    parts = []
    if lost and said.crossing and along is not None:
        parts.append(
            f"So the crossing is not one of {words(along)} alone: it does not survive {listed(lost, 'or')}."
        )
    elif lost:
        parts.append(f"So {subject} does not survive {listed(lost, 'or')}.")
    if kept:
        parts.append(f"{'It' if parts else capital(subject)} survives {listed(kept)}.")
    if open_:
        it = "it" if parts else subject
        parts.append(
            f"Whether {it} survives {listed(open_, 'or')} is not decided: too much is within noise there."
        )
    return " ".join(parts)


def _spoken(asked: Sequence[AskedAgain], said: Said, along: str | None) -> str:
    """' at AI share of code 0', where the answer speaks of some of the places only."""
    at = [label(place.at) for place, sign in zip(asked[0].places, said.signs, strict=True) if sign]
    return "" if along is None or len(at) == len(said.signs) else f" at {words(along)} {listed(at)}"
