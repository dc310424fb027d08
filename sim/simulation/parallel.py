"""One pool of threads for everything that is simulated side by side, with one way to cancel."""

import os

from sim.errors import UserError


def threads(workers: int | None) -> int:
    """Threads to use: as asked, else the processors that this process may use."""
    if workers is not None:
        return workers
    affinity = getattr(os, "sched_getaffinity", None)  # Linux; containers often have fewer than cpu_count
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def workers_or_default(workers: int | None) -> int:
    """Return the number of threads: *workers*, or as many as there are processors for this process."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not 1 <= workers <= 1024:
        raise UserError(f"workers: {workers} is outside 1 to 1024")
    return workers
