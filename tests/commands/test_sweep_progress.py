"""What a sweep says of its progress where nobody looks at a bar."""

from types import SimpleNamespace

from sim.commands.sweep_progress import Lines


def state(done, planned=1000, reused=0):
    return SimpleNamespace(done=done, planned=planned, reused=reused, headline=lambda: "")


def test_the_time_left_is_counted_from_the_first_runs_not_from_compilation():
    now, said = [0.0], []
    lines = Lines(lambda: now[0], said.append)
    now[0] = 100.0  # compiled for 95 s, then the first runs
    lines(state(10))
    now[0] = 170.0  # 280 runs in 70 s: 4 a second
    lines(state(290))
    assert said == ["10 of 1,000 runs", "290 of 1,000 runs, 4 a second, about 3 minutes left"]


def test_runs_that_were_there_count_as_no_speed():
    now, said = [0.0], []
    lines = Lines(lambda: now[0], said.append)
    lines(state(500, reused=500))
    now[0] = 30.0
    lines(state(501, reused=500))
    now[0] = 90.0  # 60 s after the first run
    lines(state(561, reused=500))
    assert said == ["561 of 1,000 runs, 1 a second, about 7 minutes left"]
