"""How the model's functions are compiled, in one place.

Every function of the engine is an ordinary Python function decorated with `kernel` (called from compiled code only) or
`entry` (called from Python). With ``NUMBA_DISABLE_JIT=1`` they run interpreted, with the same results.

Numba's disk cache goes stale when a function in *another file* changes (numba#1833), so the cache folder carries the
hash of the package's sources. Reference counting is compiled out (`_nrt=False`): no kernel allocates, and the arrays are
kept alive by the caller; it costs more than the model itself otherwise (55 ns against 3 ns a call, measured).
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def source_hash() -> str:
    """Return 16 hex digits that change whenever a source file of the package changes."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "orgsim" / source_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"orgsim-{source_hash()}"
        folder.mkdir(parents=True, exist_ok=True)
    return folder


if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = str(_cache_folder())

from numba import config, njit  # noqa: E402  (the cache folder must be set before Numba is imported)

if not config.CACHE_DIR:
    config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]


def kernel(function: Callable) -> Callable:
    """Compile *function* for calls from other kernels."""
    return njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)(function)


def entry(function: Callable) -> Callable:
    """Compile *function* for calls from Python, cached on disk; it releases the GIL."""
    return njit(nogil=True, error_model="numpy", cache=True, _nrt=False)(function)


def is_cached() -> bool:
    """True if the engine's compiled code is on disk already, so that no compilation is to be expected."""
    return any(Path(os.environ["NUMBA_CACHE_DIR"]).rglob("*.nbi"))
