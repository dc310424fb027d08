"""The parameters as the engine reads them."""

import pytest

from sim.engine.record import record, settings_of
from sim.parameters.registry import REGISTRY


def test_settings_are_the_record_as_plain_numbers():
    p = record({path: parameter.value for path, parameter in REGISTRY.items()})
    settings = settings_of(p)
    for parameter in REGISTRY.values():
        value = getattr(settings, parameter.field)
        assert type(value) in (bool, int, float)
        assert value == p[parameter.field][0]
    assert settings_of(p) is settings
    with pytest.raises(AttributeError, match="no parameter 'charm'"):
        _ = settings.charm
