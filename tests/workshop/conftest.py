"""A small lesson with results, computed once."""

import pytest
from workshop.test_lessons_and_designs import LESSON

from sim.workshop.design import Designs
from sim.workshop.desk import Desk
from sim.workshop.lesson import read_lesson


@pytest.fixture(scope="session")
def played():
    """(designs, desk, the one design that was tried)."""
    designs = Designs(read_lesson(LESSON, "mine"))
    desk = Desk(designs, workers=1)
    desk.start()
    design = designs.chosen({"ai": ["none"]})
    assert desk.wait(designs.base, 240).done
    assert desk.wait(design, 240).done
    yield designs, desk, design
    assert desk.close(10)
