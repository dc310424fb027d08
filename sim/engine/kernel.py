"""How the model's functions are compiled, in one place.

Every function of the engine is an ordinary Python function decorated with `kernel` (called from compiled code only) or
`entry` (called from Python). With ``NUMBA_DISABLE_JIT=1`` they run interpreted, with the same results.

Numba's disk cache goes stale when a function in *another file* changes (numba#1833), so the cache folder carries the
hash of the package's sources. Reference counting is compiled out (`_nrt=False`): no kernel allocates, and the arrays are
kept alive by the caller; it costs more than the model itself otherwise (55 ns against 3 ns a call, measured).
"""

import contextlib
import hashlib
import os
import tempfile
import warnings
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from sim.constants import PACKAGE

#: The folders of which kernels are made, and the constants that they read.
KERNEL_FOLDERS = ("engine", "mechanisms", "flow", "people")


@lru_cache(maxsize=2)
def source_hash(kernels_only: bool = False) -> str:
    """Return 16 hex digits that change whenever a source file of the package (or of its kernels only) changes."""
    digest = hashlib.sha256()
    root = PACKAGE
    paths = root.rglob("*.py")
    if kernels_only:
        folders = [path for name in KERNEL_FOLDERS for path in (root / name).rglob("*.py")]
        paths = [root / "constants.py", *folders]
    for path in sorted(paths):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "orgsim" / source_hash(kernels_only=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"orgsim-{source_hash(kernels_only=True)}"
        folder.mkdir(parents=True, exist_ok=True)
    return folder


if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = str(_cache_folder())

# The cache folder must be set before Numba is imported.
import numba  # noqa: E402
from numba import config, njit  # noqa: E402

if not config.CACHE_DIR:
    config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]

try:  # Numba's internals: they save compile time, and may be gone in another version
    from sim.engine import inlining
except (ImportError, AttributeError) as error:
    inlining, _MISSING = None, error


@lru_cache(maxsize=1)
def inlines() -> bool:
    """True if kernels are compiled once, with the entry that calls them; else each by itself, as Numba does it: the same
    results, a longer compilation (``ORGSIM_PLAIN_NUMBA=1`` asks for that). What Numba's internals are worth is tried once a
    version, when nothing is compiled yet; if they fail, one warning says so.

    The two ways keep their code apart: with one cache folder, the way asked for would run what the other had compiled.
    """
    works = _internals_work()
    if not works and not os.environ["NUMBA_CACHE_DIR"].endswith("-plain"):  # a parent process may have set it
        os.environ["NUMBA_CACHE_DIR"] += "-plain"
        config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]
    return works


def _internals_work() -> bool:
    if os.environ.get("ORGSIM_PLAIN_NUMBA") == "1":
        return False
    if config.DISABLE_JIT:
        return inlining is not None
    if inlining is None:
        _warn(_MISSING)
        return False
    tried = Path(os.environ["NUMBA_CACHE_DIR"]) / f"inlining-works-{numba.__version__}"
    if tried.exists():
        return True
    try:
        inlining.probe()
    except Exception as error:  # whatever it is, it is not about the model
        _warn(error)
        return False
    with contextlib.suppress(OSError):
        tried.parent.mkdir(parents=True, exist_ok=True)
        tried.touch()
    return True


def _warn(error: Exception) -> None:
    warnings.warn(
        f"Numba {numba.__version__} has other internals than this program knows ({type(error).__name__}: {error}): "
        "compilation takes longer; results are the same",
        RuntimeWarning,
        stacklevel=2,
    )


def kernel(function: Callable) -> Callable:
    """Compile *function* for calls from other kernels (never call a kernel from compiled-mode Python: use an entry)."""
    if inlines() and not config.DISABLE_JIT:
        return inlining.compiled(function)
    return njit(nogil=True, error_model="numpy", _nrt=False)(function)


def entry(function: Callable) -> Callable:
    """Compile *function* for calls from Python, cached on disk; it releases the GIL."""
    # Asked first: it settles the cache folder, which Numba reads here.
    if inlines() and not config.DISABLE_JIT:
        return inlining.compiled_entry(function)
    return njit(nogil=True, error_model="numpy", cache=True, _nrt=False)(function)


def is_cached() -> bool:
    """True if the engine's compiled code is on disk already, so that no compilation is to be expected."""
    inlines()  # settles the cache folder
    return any(Path(os.environ["NUMBA_CACHE_DIR"]).rglob("*.nbi"))
