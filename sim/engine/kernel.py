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

import sim

#: The folders of which kernels are made, and the constants that they read.
KERNEL_FOLDERS = ("engine", "mechanisms", "flow", "people")


@lru_cache(maxsize=2)
def source_hash(kernels_only: bool = False) -> str:
    """Return 16 hex digits that change whenever a source file of the package (or of its kernels only) changes."""
    digest = hashlib.sha256()
    root = Path(sim.__file__).parent
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
from numba import _dynfunc, config, njit, types  # noqa: E402
from numba.core.codegen import JITCodeLibrary  # noqa: E402
from numba.core.compiler import Compiler  # noqa: E402

if not config.CACHE_DIR:
    config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]


class _Inlined(JITCodeLibrary):
    """The code of a kernel, kept as it was lowered: the entry that calls it optimises all of them together, once.

    Numba would optimise and emit every kernel with all that it calls, again at each level: a third of the time.
    """

    def _optimize_final_module(self) -> None:
        """Leave it to the entry."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class _KernelCompiler(Compiler):
    """Numba's compiler, short of machine code."""

    def __init__(self, typingctx, targetctx, library, args, return_type, flags, locals) -> None:
        flags.no_compile = True
        library = _Inlined(targetctx.codegen(), "kernel")
        super().__init__(typingctx, targetctx, library, args, return_type, flags, locals)


def kernel(function: Callable) -> Callable:
    """Compile *function* for calls from other kernels (never call a kernel from compiled-mode Python: use an entry)."""
    compiled = njit(
        nogil=True,
        error_model="numpy",
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        _nrt=False,
        pipeline_class=_KernelCompiler,
    )(function)
    if not config.DISABLE_JIT:
        _compile_once_per_type(compiled)
        _register_without_machine_code(compiled)
    return compiled


def _compile_once_per_type(dispatcher) -> None:
    """Let *dispatcher* see a constant argument as its type: Numba would compile a variant for every constant."""
    resolve = dispatcher.get_call_template

    def get_call_template(args, keywords):
        plain = {name: types.unliteral(argument) for name, argument in keywords.items()}
        return resolve(tuple(types.unliteral(argument) for argument in args), plain)

    dispatcher.get_call_template = get_call_template


def _register_without_machine_code(dispatcher) -> None:
    """Let callers of *dispatcher* find its code by a key of its own; there is nothing that could be called from Python."""

    def add_overload(compiled):
        function = compiled.fndesc
        key = _dynfunc.make_function(
            function.lookup_module(), function.qualname, "", 0, compiled.environment, (compiled.library,)
        )
        dispatcher.targetctx.insert_user_function(key, function, [compiled.library])
        dispatcher.overloads[tuple(compiled.signature.args)] = compiled._replace(entry_point=key)

    dispatcher.add_overload = add_overload


def entry(function: Callable) -> Callable:
    """Compile *function* for calls from Python, cached on disk; it releases the GIL."""
    return njit(nogil=True, error_model="numpy", cache=True, _nrt=False)(function)


def is_cached() -> bool:
    """True if the engine's compiled code is on disk already, so that no compilation is to be expected."""
    return any(Path(os.environ["NUMBA_CACHE_DIR"]).rglob("*.nbi"))
