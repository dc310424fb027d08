"""Money: what people and AI cost.

Pay follows role and layer counted from below: an IC's median pay, times the ratio of the manager's layer, times the
employer's load. AI costs a seat per IC and a price per standard hour that AI writes, discarded work included. Incidents have a
direct cost besides the hours and the value they take.

Not modelled: raises, bonuses, office and tool costs that do not depend on AI, discounts.
Parameters: money.*, ai.seat_usd, ai.usd_per_standard_hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp
from typing import Any

from sim.constants import WEEKS_PER_YEAR

MONTHS_PER_YEAR = 12
#: Names of the bands of `organisation.pay`; a manager's ends in the layer.
IC_BAND, OTHER_BAND, MANAGER_BAND = "ic", "other", "manager_"
#: Changes an IC merges a week, for the *planned* AI spend only (Sadowski et al. 2018, C17).
PLANNED_CHANGES = 3.0


def pay_scale(values: Mapping[str, Any], bands: Mapping[str, float] | None = None) -> PayScale:
    """Return the loaded annual pay by role and layer, USD, from the parameters *values*.

    bands: base pay by role and layer, USD a year (`organisation.pay`: "ic", "manager_1", ..., "other"); what it does not name
    is standard pay, for managers in the standard proportion to the nearest band below.
    """
    bands = bands or {}
    standard = PayScale(
        ic_pay=values["money.ic_pay"] * values["money.load"],
        ratios=tuple(values[f"money.manager_ratio_{layer}"] for layer in (1, 2, 3)),
        step=values["money.manager_ratio_step"],
    )
    return standard.with_bands({name: pay * values["money.load"] for name, pay in bands.items()})


def band_name(layer: int) -> str:
    """The name in `organisation.pay` of the band of a layer counted from below (0 = ICs)."""
    return f"{MANAGER_BAND}{layer}" if layer else IC_BAND


def planned_ai_spend(values: Mapping[str, Any]) -> float:
    """Return the planned AI spend per IC and year, USD, for organisations held to equal budgets."""
    if not values["switches.ai"]:
        return 0.0
    share, wider = values["ai.share_of_code"], 1.0 + values["ai.scope"]
    g = values["ai.volume_ratio"] * wider
    written = PLANNED_CHANGES * values["work.size_mean"] * share / (g - (g - 1.0) * share) * wider
    usd: float = (
        extent(values) * values["ai.seat_usd"] * MONTHS_PER_YEAR
        + written * WEEKS_PER_YEAR * values["ai.usd_per_standard_hour"]
    )
    return usd


def ai_spend(values: Mapping[str, Any], ics: Any, standard_hours: Any, weeks: float, at_hand: Any) -> Any:
    """Return the AI spend in *weeks* weeks, USD: seats of *ics* ICs, and *standard_hours* written by AI (arrays or floats).

    at_hand: how far AI is at hand, mean over the weeks, 0 to 1; so many of the ICs have seats.
    """
    if not values["switches.ai"]:
        return 0.0 * standard_hours
    seats = at_hand * values["ai.seat_usd"] * MONTHS_PER_YEAR * weeks / WEEKS_PER_YEAR * ics
    return ordered(values) * (seats + values["ai.usd_per_standard_hour"] * standard_hours)


def extent(values: Mapping[str, Any]) -> float:
    """Return how far AI is at hand at the planned share of code, 0 to 1 (see `sim.mechanisms.flow.ai_use`)."""
    share, scale = values["ai.share_of_code"], values["ai.use_scale"]
    if not values["switches.ai"] or share <= 0.0:
        return 0.0
    return 1.0 - exp(-share / scale) if scale > 0.0 else 1.0


def ordered(values: Mapping[str, Any]) -> float:
    """Return the factor on AI spend: orders from the top buy seats and usage that nobody asked for."""
    return 1.0 + values["governance.ordered_spend"] if values["ai.strategy"] == "top_down" else 1.0


@dataclass(frozen=True)
class PayScale:
    """Loaded annual pay by role and layer.

    ic_pay: USD a year of an IC. ratios: pay of managers at layer 1, 2, ... relative to an IC; each layer beyond the
    last adds `step`. top_ratio: pay of the one top relative to an IC, None = by its layer. other_ratio: pay of people who
    are neither, relative to an IC; as an IC by default (ASSUMPTION, see the model's description).
    """

    ic_pay: float
    ratios: tuple[float, ...] = (1.29, 1.6, 2.0)
    step: float = 0.4
    top_ratio: float | None = None
    other_ratio: float = 1.0

    @property
    def other_pay(self) -> float:
        """USD a year of a person who is neither IC nor manager."""
        return self.other_ratio * self.ic_pay

    def with_bands(self, bands: Mapping[str, float]) -> PayScale:
        """This scale with the loaded pay of *bands*, USD a year; see `pay_scale`."""
        if not bands:
            return self
        ic = bands.get(IC_BAND, self.ic_pay)
        told = {layer: bands[band_name(layer)] / ic for layer in _layers_of(bands)}
        ratios, factor = [], 1.0
        for layer in range(1, max([len(self.ratios), *told]) + 1):
            ratios.append(told.get(layer, factor * self.ratio(layer)))
            factor = ratios[-1] / self.ratio(layer)
        other = bands.get(OTHER_BAND, self.other_ratio * ic) / ic
        return replace(self, ic_pay=ic, ratios=tuple(ratios), step=factor * self.step, other_ratio=other)

    def ratio(self, layer: int) -> float:
        """Pay relative to an IC at a layer counted from below (0 = IC)."""
        if layer <= 0:
            return 1.0
        known = len(self.ratios)
        return self.ratios[layer - 1] if layer <= known else self.ratios[-1] + self.step * (layer - known)


def _layers_of(bands: Mapping[str, float]) -> list[int]:
    """Layers of managers that *bands* name."""
    return sorted(int(name.removeprefix(MANAGER_BAND)) for name in bands if name.startswith(MANAGER_BAND))
