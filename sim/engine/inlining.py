"""Kernels that are compiled once, together with the entry that calls them. This reaches into Numba's compiler classes.

Numba optimises and emits every function with all that it calls, again at each level; here a kernel stays as it was lowered,
and the entry optimises all of it together. Its kernels are private to it then: nobody else calls them, so LLVM may put
one that is called once where it is called, and pass numbers in registers instead of by way of memory, a seventh of a run's time.
`sim.engine.kernel` does without where these internals are gone or fail.
"""

from collections.abc import Callable

from llvmlite.binding import Linkage
from numba import _dynfunc, njit, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class _Inlined(JITCodeLibrary):
    """The code of a kernel, kept as it was lowered: the entry that calls it optimises all of them together, once.

    Numba would optimise and emit every kernel with all that it calls, again at each level: a third of the time.
    """

    def _optimize_final_module(self) -> None:
        """Leave it to the entry."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class _Whole(JITCodeLibrary):
    """The code of an entry and of all the kernels that it calls."""

    def _optimize_final_module(self) -> None:
        """Optimise it as a whole: what was linked in is seen from nowhere else."""
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                function.linkage = Linkage.internal
        super()._optimize_final_module()


class _KernelCompiler(Compiler):
    """Numba's compiler, short of machine code."""

    def __init__(self, typingctx, targetctx, library, args, return_type, flags, locals) -> None:
        flags.no_compile = True
        library = _Inlined(targetctx.codegen(), "kernel")
        super().__init__(typingctx, targetctx, library, args, return_type, flags, locals)


class _EntryCompiler(Compiler):
    """Numba's compiler, which sees an entry with its kernels as a whole."""

    def compile_extra(self, function):
        self.state.library = _Whole(self.state.targetctx.codegen(), function.__qualname__)
        self.state.library.enable_object_caching()  # as Numba does with a library of its own making
        return super().compile_extra(function)


def compiled(function: Callable) -> Callable:
    """Return *function* as a kernel without machine code of its own."""
    dispatcher = njit(
        nogil=True,
        error_model="numpy",
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        _nrt=False,
        pipeline_class=_KernelCompiler,
    )(function)
    _compile_once_per_type(dispatcher)
    _register_without_machine_code(dispatcher)
    return dispatcher


def compiled_entry(function: Callable, cache: bool = True) -> Callable:
    """Return *function* compiled for calls from Python, optimised together with its kernels."""
    return njit(nogil=True, error_model="numpy", cache=cache, _nrt=False, pipeline_class=_EntryCompiler)(
        function
    )


def probe() -> None:
    """Compile a kernel and an entry that calls it; raises whatever Numba raises, and `ValueError` for a wrong result."""
    twice = compiled(lambda x: 2 * x)

    def twice_and_one(x):
        return twice(x) + 1

    result = compiled_entry(twice_and_one, cache=False)(20)
    if result != 41:
        raise ValueError(f"2 * 20 + 1 gave {result}")


def _compile_once_per_type(dispatcher) -> None:
    """Let *dispatcher* see a constant argument as its type: Numba would compile a variant for every constant."""
    resolve = dispatcher.get_call_template

    def get_call_template(args, keywords):
        plain = {name: _plain(argument) for name, argument in keywords.items()}
        return resolve(tuple(_plain(argument) for argument in args), plain)

    dispatcher.get_call_template = get_call_template


def _plain(argument: types.Type) -> types.Type:
    """Return the type as which a kernel takes *argument*: no constant, and every whole number in one size."""
    argument = types.unliteral(argument)
    return types.int64 if isinstance(argument, types.Integer) and argument.bitwidth < 64 else argument


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
