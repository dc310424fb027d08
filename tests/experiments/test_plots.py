"""Pictures hold what they say: a legend is inside the figure, whatever the names are."""

import numpy as np
import pytest

from sim.experiments import plots

X = np.arange(5.0)
SHORT = ["manager minus IC"]
SOME = ["move minus as it is", "lay off minus as it is", "convert managers minus as it is"]
LONG = [
    "lay off a tenth of the managers and promote nobody afterwards minus nothing happens at all in this firm",
    *SOME,
]


@pytest.mark.parametrize("names", [SHORT, SOME, LONG, LONG * 2], ids=["short", "some", "long", "many"])
def test_the_legend_is_inside_the_figure(names, monkeypatch, tmp_path):
    figures = []
    monkeypatch.setattr(plots, "save", lambda figure, path, png: figures.append(figure) or [])
    lines = [(name, X * k, X * k - 1, X * k + 1) for k, name in enumerate(names)]
    event = (2.0, None, None, "first event, end of week 26")
    plots.line_plot(tmp_path / "x", X, lines, title="t", x_label="x", y_label="y", crossing=event)
    (figure,) = figures
    figure.canvas.draw()
    (legend,) = figure.legends
    box, whole = legend.get_window_extent(), figure.bbox
    assert box.x0 >= whole.x0
    assert box.x1 <= whole.x1
    assert box.y0 >= whole.y0
    assert len(legend.get_texts()) == len(names) + 1
    assert figure.axes[0].get_window_extent().y0 > box.y1  # nothing is covered
    assert figure.axes[0].get_window_extent().height > 0.25 * whole.height
