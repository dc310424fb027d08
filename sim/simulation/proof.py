"""What a machine computes with: sources, versions, and a probe, the digest of one short run, bit for bit.

Sources and versions say what should be the same. The probe says what is: another mathematical library or processor may give other
last bits to the same program, and after a few weeks other runs. The run is one of the compiled engine; the functions of NumPy
with which people come and go are computed at fixed values besides, which loads nothing that a sweep may not need.
"""

import hashlib
import platform
from collections.abc import Mapping

import numpy as np
from scipy.special import ndtri

from sim.scenario.files import bundled
from sim.scenario.scenario import load
from sim.simulation.run import run
from sim.simulation.sources import model_hash
from sim.store.folder import versions

#: A scenario of the flow of work, made small and short: 10 ms.
PROBED = "layered"
PROBE = {"organisation.ics": 24, "time.weeks": 6, "time.warmup_weeks": 1}
SEED = 20_150_613
#: What computes. Python without its last number: a patch release changes no arithmetic.
COMPUTES = ("numpy", "numba", "scipy")


def probe() -> str:
    """16 hex digits of a short run's outcomes and weekly series, bit for bit."""
    found = run(load(bundled()[PROBED]).with_values(PROBE), 1, SEED, workers=1)
    digest = hashlib.sha256()
    for figures in (found.outcomes, found.series):
        for name, values in sorted(figures.items()):
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
    x = np.linspace(0.001, 7.0, 257)
    for values in (
        np.exp(x),
        np.log(x),
        np.power(x, 1.7),
        np.sqrt(x),
        np.log1p(x),
        np.expm1(x),
        ndtri(x / 8),
    ):
        digest.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
    return digest.hexdigest()[:16]


def stated() -> dict[str, object]:
    """What this machine says that it computes with: sources and versions, as plain data."""
    found = versions()
    python = ".".join(platform.python_version_tuple()[:2])
    said = {"python": python, **{name: found[name] for name in COMPUTES}}
    return {"source": model_hash(), "versions": said}


def proof(source: object = None) -> dict[str, object]:
    """What it says, and the probe, which proves it; without the probe if its sources are not those wanted: that is enough."""
    said = stated()
    return said if source not in (None, said["source"]) else {**said, "probe": probe()}


def differences(wanted: Mapping[str, object], other: Mapping[str, object]) -> str:
    """In which of these two machines differ, in words; '' if in nothing. What one of them does not say is not compared."""
    told = []
    if "source" in wanted and "source" in other and wanted["source"] != other["source"]:
        told.append(f"other sources of the model ({other['source']}, not {wanted['source']})")
    ours, theirs = (side.get("versions") for side in (wanted, other))
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        told += [f"{k} {theirs.get(k)}, not {ours[k]}" for k in ours if theirs.get(k) != ours[k]]
    if not told and "probe" in wanted and "probe" in other and wanted["probe"] != other["probe"]:
        told.append(
            f"other figures from the same program: its probe is {other['probe']}, not {wanted['probe']} (another processor or "
            f"mathematical library)"
        )
    return "; ".join(told)
