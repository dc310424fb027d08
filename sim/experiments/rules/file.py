"""Files that ask for a rule: YAML -> validated `Asked`.

question: Where does a flat organisation beat a layered one?
name: flat-rule                 # default: the file's name
base: layered                   # a scenario: a path beside this file, or a bundled name
between:                        # two designs: settings of the base. The rule says where the first one is the better one
  flat: {organisation.management_layers: 2}
  layered: {organisation.management_layers: 3}
# passes: {outcome: lead_time_hours, at_most: 40}    in place of `between`: where does the base pass a bar?
vary:                           # what the rule may speak of: a list of values, or {from, to}
  ai.share_of_code: {from: 0.0, to: 0.9}
  organisation.ics: [48, 96, 192]
assumed: all                    # besides, uncertain parameters over their plausible ranges: all that act, or a list of paths
roles: {work.size_cv: given}    # decide | given | assumed, see `sim.experiments.roles`; what is decided belongs into `between`
hold: payroll                   # of both designs, kept equal to the base with the same given and assumed values
outcome: value_per_payroll_usd  # on which the designs are compared
weeks: 52                       # horizon of every run; default: the base's
points: 300                     # points at which a rule is sought
fresh: 300                      # other points, with other dice, on which it is certified
runs: 4                         # of each design at every point
seed: 1
useful: {density: 0.75, coverage: 0.2}    # a box that is right less often, or covers less, is no rule
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from sim.constants import MAX_SEED, PRIMARY
from sim.errors import UserError, suggest
from sim.experiments.designs import Axis, Range, ends_of
from sim.experiments.factors import HELD, read_setting, read_vary
from sim.experiments.plausible import varied
from sim.experiments.roles import ASSUMED, DECIDE, read_roles
from sim.experiments.study_file import Reader, opened, read_base, read_name, short
from sim.organisation.headcounts import HOLDS
from sim.parameters.registry import REGISTRY
from sim.scenario.files import find, shown
from sim.scenario.scenario import Scenario
from sim.scenario.settings import LISTS
from sim.scenario.statement import is_rules
from sim.text.numbers import shown_unit

KEYS = (
    "question", "name", "base", "between", "passes", "vary", "assumed", "roles", "hold", "outcome", "weeks", "points", "fresh",
    "runs", "seed", "useful",
)  # fmt: skip
ALL = "all"
LEAST_POINTS, MAX_POINTS, MAX_RUNS = 40, 20_000, 1000
POINTS, RUNS = 300, 4
DENSITY, COVERAGE = 0.75, 0.2


@dataclass(frozen=True)
class Design:
    """A design that is compared: what it is called, and its settings of the base, path -> value."""

    name: str
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Bar:
    """A bar that an outcome is to pass: at most that value, or at least.

    value: in the declared unit; a file has it in the unit that is shown (per 1,000 USD), as `observed` has.
    """

    value: float
    at_most: bool


@dataclass(frozen=True)
class Asked:
    """A validated file. designs: the one that is to be better, then the other; with a `bar` the base alone.

    axes: what is varied, path -> axis, and `roles` of the same paths, given or assumed. points, fresh: on which a rule is sought,
    and certified; runs: of every design at each. density, coverage: the least that is of use.
    """

    name: str
    question: str
    path: Path
    base: Scenario
    designs: tuple[Design, ...]
    bar: Bar | None
    axes: Mapping[str, Axis]
    roles: Mapping[str, str]
    hold: str | None
    outcome: str
    points: int
    fresh: int
    runs: int
    seed: int
    density: float = DENSITY
    coverage: float = COVERAGE

    @cached_property
    def made(self) -> tuple[Scenario, ...]:
        """The designs with nothing varied."""
        return tuple(self.scenario(design, {}) for design in self.designs)

    def scenario(self, design: Design, values: Mapping[str, object]) -> Scenario:
        """A design with these values of what is varied; held equal, where `hold` says so, to the base with the same values."""
        if self.hold is None:
            return self.base.with_values({**design.settings, **values})
        prices = {path: value for path, value in design.settings.items() if path.startswith("money.")}
        held = self.base.with_values({**prices, **values})
        return held.with_values({**design.settings, "organisation.hold": self.hold}, hold_base=held)


@dataclass(frozen=True)
class At:
    """A design as what makes scenarios of points (`sim.experiments.simulated.Makes`)."""

    asked: Asked
    design: Design

    def with_values(self, values: Mapping[str, object]) -> Scenario:
        """The scenario of the design at a point."""
        return self.asked.scenario(self.design, values)


def load_rules(
    path: Path | str,
    sets: Sequence[str] = (),
    points: int | None = None,
    runs: int | None = None,
    seed: int | None = None,
) -> Asked:
    """Read and validate a file. sets: `path=value` for its base; points (both kinds), runs, seed: instead of the file's.

    Raises UserError.
    """
    path = find(path)
    document = opened(path, KEYS)
    if not is_rules(document):
        raise UserError(
            f"{shown(path)}: asks for no rule; a file for `orgsim rules` has the key `between` (two designs) or `passes` (a bar "
            f"of an outcome), and `base` and `vary` as a sweep has"
        )
    reader = Reader(document)
    data = reader.mapping((), KEYS, ("question", "base"))
    base, _ = read_base(reader, path.parent, sets)
    vary = read_vary(reader) if "vary" in data else {}
    bar, outcome = _bar(reader)
    designs = _designs(reader, vary, base.name)
    wanted = reader.whole(("points",), POINTS, LEAST_POINTS, MAX_POINTS)
    asked = Asked(
        name=read_name(reader, path),
        question=reader.text("question"),
        path=path,
        base=base,
        designs=designs,
        bar=bar,
        axes=vary,
        roles={},
        hold=reader.choice("hold", HOLDS),
        outcome=outcome,
        points=wanted if points is None else points,
        fresh=reader.whole(("fresh",), wanted, LEAST_POINTS, MAX_POINTS) if points is None else points,
        runs=reader.whole(("runs",), RUNS, 1, MAX_RUNS) if runs is None else runs,
        seed=reader.whole(("seed",), 1, 0, MAX_SEED) if seed is None else seed,
        density=_useful(reader, "density", DENSITY),
        coverage=_useful(reader, "coverage", COVERAGE),
    )
    _check_values(reader, asked)
    return _with_assumed(reader, asked)


# ---- what is asked


def _bar(reader: Reader) -> tuple[Bar | None, str]:
    """The bar, None between two designs, and the outcome that is looked at."""
    from sim.outcomes.declared import OUTCOMES, check_outcome  # the engine's codes, which no other file needs

    data = reader.document.data
    if "between" in data and "passes" in data:
        reader.fail(
            ("passes",), "a file asks one thing: between two designs, or where a bar is passed", key=True
        )
    if "between" in data:
        outcome = reader.text("outcome") if "outcome" in data else PRIMARY
        where = reader.document.where(("outcome",)) if "outcome" in data else reader.document.source
        check_outcome(outcome, OUTCOMES, f"{where}: outcome:", decides=True)
        return None, outcome
    for key in ("outcome", "hold"):
        if key in data:
            reader.fail(
                (key,),
                "is for two designs; a bar names its outcome in `passes`, and nothing is held equal",
                key=True,
            )
    spec = reader.mapping(("passes",), ("outcome", "at_most", "at_least"), ("outcome",))
    where = reader.document.where(("passes", "outcome"))
    check_outcome(str(spec["outcome"]), OUTCOMES, f"{where}: passes: outcome:")
    sides = [key for key in ("at_most", "at_least") if key in spec]
    if len(sides) != 1:
        reader.fail(("passes",), f"needs one of at_most and at_least, got {' and '.join(sides) or 'neither'}")
    outcome = str(spec["outcome"])
    _, scale = shown_unit(OUTCOMES[outcome].unit)
    return Bar(reader.number(("passes", sides[0])) / scale, sides[0] == "at_most"), outcome


def _useful(reader: Reader, key: str, default: float) -> float:
    if reader.get(("useful",)) is None:
        return default
    if key not in reader.mapping(("useful",), ("density", "coverage")):
        return default
    value = float(reader.number(("useful", key)))
    if not 0 <= value <= 1:
        reader.fail(("useful", key), f"expected a share from 0 to 1, got {short(value)}")
    return value


def _designs(reader: Reader, vary: Mapping[str, Axis], base: str) -> tuple[Design, ...]:
    if "between" not in reader.document.data:
        return (Design(base),)
    spec = reader.get(("between",))
    if not isinstance(spec, Mapping) or len(spec) != 2:
        reader.fail(
            ("between",),
            f"expected two names with settings, such as `flat: {{organisation.management_layers: 2}}`, got {short(spec)}",
        )
    refused = {
        **dict.fromkeys(vary, "is varied, so it cannot be what the designs differ in; name it in one place"),
        **dict.fromkeys(HELD, "what is held equal is said once, by the key hold; remove it here"),
        **dict.fromkeys(LISTS, "events are not set here; write a scenario with them and name it as base"),
    }
    found = []
    for name, settings in spec.items():
        keys = ("between", name)
        if not isinstance(name, str) or not name.strip():
            reader.fail(keys, f"expected a name in words, got {short(name)}", key=True)
        if not isinstance(settings, Mapping):  # {}: the base as it is
            reader.fail(
                keys,
                f"expected settings, such as `{{organisation.management_layers: 2}}`, got {short(settings)}",
            )
        checked = {
            path: read_setting(reader, (*keys, path), value, refused) for path, value in settings.items()
        }
        found.append(Design(name.strip(), checked))
    return tuple(found)


# ---- what is varied


def _check_values(reader: Reader, asked: Asked) -> None:
    """Try every value of every path alone in both designs, so that mistakes show before anything runs."""
    try:
        made = asked.made
    except UserError as error:
        reader.fail(("between",), str(error))
    if len(made) == 2 and made[0].hash() == made[1].hash():
        reader.fail(
            ("between",),
            f"{asked.designs[0].name} and {asked.designs[1].name} are the same scenario; they differ in nothing",
        )
    for path, axis in asked.axes.items():
        for value in ends_of(axis):
            try:
                for design in asked.designs:
                    asked.scenario(design, {path: value})
            except UserError as error:
                reader.fail(("vary", path), f"{short(value)}: {error}")


def _with_assumed(reader: Reader, asked: Asked) -> Asked:
    """With the uncertain parameters that are assumed, and the role of everything. Raises UserError for what is decided."""
    added = _assumed(reader, asked)
    if not asked.axes and not added:
        reader.fail(
            (),
            "nothing is varied; add `vary: {ai.share_of_code: {from: 0, to: 0.9}}`, or `assumed: all`",
        )
    roles = read_roles(reader, asked.axes)
    for path, role in roles.items():
        if role == DECIDE:
            reader.fail(
                ("vary", path),
                f"is decided (role decide), and rules are found over what is given and assumed; put it into `between`, or say "
                f"`roles: {{{path}: given}}`",
                key=True,
            )
    axes = {**asked.axes, **added}
    return replace(asked, axes=axes, roles={**roles, **dict.fromkeys(added, ASSUMED)})


def _assumed(reader: Reader, asked: Asked) -> dict[str, Range]:
    """The plausible ranges of the uncertain parameters that are asked for; of all, those that act in a design somewhere."""
    wanted = reader.get(("assumed",))
    if wanted is None:
        return {}
    corners: list[dict[str, object]] = [
        {path: ends_of(axis)[k] for path, axis in asked.axes.items()} for k in (0, -1)
    ]
    try:
        made = [asked.scenario(design, values) for design in asked.designs for values in corners]
    except UserError as error:
        reader.fail(("vary",), f"at the ends of what is varied: {error}")
    ranges = varied(made, REGISTRY)
    if wanted == ALL:
        return ranges
    if not isinstance(wanted, list) or not wanted or not all(isinstance(path, str) for path in wanted):
        reader.fail(("assumed",), f"expected all, or a list of uncertain parameters, got {short(wanted)}")
    for k, path in enumerate(wanted):
        if path in asked.axes:
            reader.fail(("assumed", k), f"{path} is varied already; name it in one place")
        if path not in ranges:
            hint = suggest(path, list(ranges))
            reader.fail(
                ("assumed", k),
                f"{path} is no uncertain parameter that acts here and that no design sets{hint}; `orgsim parameters` lists them",
            )
    return {path: ranges[path] for path in wanted}
