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

#: The files of which kernels are made, besides the mechanisms.
KERNEL_FILES = (
    "kernel",
    "rng",
    "state",
    "events",
    "inbox",
    "person",
    "lifecycle",
    "desk",
    "schedule",
    "population",
    "interventions",
)


@lru_cache(maxsize=2)
def source_hash(kernels_only: bool = False) -> str:
    """Return 16 hex digits that change whenever a source file of the package (or of its kernels only) changes."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    paths = root.rglob("*.py")
    if kernels_only:
        paths = [*(root / f"{name}.py" for name in KERNEL_FILES), *(root / "mechanisms").glob("*.py")]
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
from numba import config, njit, types  # noqa: E402
from numba.core import cgutils  # noqa: E402
from numba.core.typing.templates import AttributeTemplate  # noqa: E402
from numba.extending import (  # noqa: E402
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    register_model,
)  # fmt: skip

if not config.CACHE_DIR:
    config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]


def kernel(function: Callable) -> Callable:
    """Compile *function* for calls from other kernels (never call a kernel from compiled-mode Python: use an entry)."""
    compiled = njit(
        nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False
    )(function)
    if not config.DISABLE_JIT:
        _compile_once_per_type(compiled)
    return compiled


def _compile_once_per_type(dispatcher) -> None:
    """Let *dispatcher* see a constant argument as its type: Numba would compile a variant for every constant."""
    resolve = dispatcher.get_call_template

    def get_call_template(args, keywords):
        plain = {name: types.unliteral(argument) for name, argument in keywords.items()}
        return resolve(tuple(types.unliteral(argument) for argument in args), plain)

    dispatcher.get_call_template = get_call_template


def entry(function: Callable) -> Callable:
    """Compile *function* for calls from Python, cached on disk; it releases the GIL."""
    return njit(nogil=True, error_model="numpy", cache=True, _nrt=False)(function)


def is_cached() -> bool:
    """True if the engine's compiled code is on disk already, so that no compilation is to be expected."""
    return any(Path(os.environ["NUMBA_CACHE_DIR"]).rglob("*.nbi"))


class BorrowedType(types.Type):
    """Numba type of a pointer to a named tuple that the caller keeps alive.

    A named tuple of a dozen arrays is eighty machine words; passed by value from kernel to kernel, copying them took
    longer than the model. Borrowed, ``org.people`` reads the same and a call passes one word.
    """

    def __init__(self, tuple_type: types.Type) -> None:
        self.tuple_type = tuple_type
        super().__init__(name=f"Borrowed({tuple_type})")


@register_model(BorrowedType)
class _BorrowedModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type) -> None:
        super().__init__(dmm, fe_type, dmm.lookup(fe_type.tuple_type).get_value_type().as_pointer())


@infer_getattr
class _BorrowedAttributes(AttributeTemplate):
    key = BorrowedType

    def generic_resolve(self, borrowed, name):
        fields = borrowed.tuple_type.fields
        return borrowed.tuple_type[fields.index(name)] if name in fields else None


@lower_getattr_generic(BorrowedType)
def _lower_borrowed_attribute(context, builder, borrowed, value, name):
    position = borrowed.tuple_type.fields.index(name)
    return builder.load(cgutils.gep_inbounds(builder, value, 0, position))


@intrinsic
def _borrow(typing_context, org):
    def codegen(context, builder, signature, arguments):
        return cgutils.alloca_once_value(builder, arguments[0])

    return BorrowedType(org)(org), codegen


def _borrow_interpreted(org):
    return org


#: In an entry: ``org = borrow(org)`` before passing the tables on to kernels. Interpreted, it does nothing.
borrow = _borrow_interpreted if config.DISABLE_JIT else _borrow
