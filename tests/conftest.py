"""Settings shared by all tests: Hypothesis is deterministic and has no deadline (kernels compile on first use)."""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "orgsim",
    deadline=None,
    derandomize=True,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("orgsim")


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands under test see no colours and a terminal of ordinary width."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("ORGSIM_DEBUG", raising=False)
    os.environ.setdefault("MPLBACKEND", "Agg")
