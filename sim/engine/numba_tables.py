"""How kernels see the tables of an organisation: by one pointer, and without what an array costs.

A named tuple of a dozen arrays is eighty machine words, and indexing an array checks for rows counted from the end. So
an entry *borrows* its tables: ``org = borrow(tables)`` passes kernels one word, ``org.people[i]`` is one addition, and
everything reads the same. Interpreted (NUMBA_DISABLE_JIT), borrowing does nothing.
"""

import hashlib
import operator
from collections.abc import Callable

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing import signature
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    models,
    register_model,
)

from sim.engine.kernel import (
    config,  # Numba must be imported by way of `sim.engine.kernel`, which sets its cache folder
)
from sim.engine.state import LINE, Org


def _digest(numba_type: types.Type) -> str:
    """Return a short name for a type whose full name lists every field of every record (it enters every symbol)."""
    return hashlib.sha256(str(numba_type).encode()).hexdigest()[:16]


class BorrowedType(types.Type):
    """Numba type of a pointer to a named tuple that the caller keeps alive.

    A named tuple of a dozen arrays is eighty machine words; passed by value from kernel to kernel, copying them took
    longer than the model. Borrowed, ``org.people`` reads the same and a call passes one word.
    """

    def __init__(self, tuple_type: types.Type) -> None:
        self.tuple_type = tuple_type
        super().__init__(name=f"Borrowed({_digest(tuple_type)})")


@register_model(BorrowedType)
class _BorrowedModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type) -> None:
        super().__init__(dmm, fe_type, dmm.lookup(fe_type.tuple_type).get_value_type().as_pointer())


class TableType(types.Type):
    """Numba type of a one-dimensional contiguous table of a borrowed tuple, without what an array costs.

    Rows are counted from 0 and never from the end: indexing an array, Numba compares with 0 and may add the length.
    """

    def __init__(self, dtype: types.Type) -> None:
        self.dtype = dtype
        super().__init__(name=f"Table({_digest(dtype)})")


@register_model(TableType)
class _TableModel(models.StructModel):
    def __init__(self, dmm, fe_type) -> None:
        super().__init__(dmm, fe_type, [("data", types.CPointer(fe_type.dtype)), ("rows", types.intp)])


def _is_table(array_type: types.Type) -> bool:
    return isinstance(array_type, types.Array) and array_type.ndim == 1 and array_type.layout == "C"


@infer_getattr
class _BorrowedAttributes(AttributeTemplate):
    key = BorrowedType

    def generic_resolve(self, borrowed, name):
        fields = borrowed.tuple_type.fields
        if name not in fields:
            return None
        array_type = borrowed.tuple_type[fields.index(name)]
        return TableType(array_type.dtype) if _is_table(array_type) else array_type


@lower_getattr_generic(BorrowedType)
def _lower_borrowed_attribute(context, builder, borrowed, value, name):
    position = borrowed.tuple_type.fields.index(name)
    array_type = borrowed.tuple_type[position]
    pointer = cgutils.gep_inbounds(builder, value, 0, position)
    if not _is_table(array_type):
        return builder.load(pointer)
    array = context.make_array(array_type)(context, builder, ref=pointer)
    table = cgutils.create_struct_proxy(TableType(array_type.dtype))(context, builder)
    table.data = array.data
    table.rows = array.nitems
    return table._getvalue()


@infer_global(operator.getitem)
class _TableRow(AbstractTemplate):
    def generic(self, args, keywords):
        table, index = args
        if isinstance(table, TableType) and isinstance(index, types.Integer):
            return signature(table.dtype, table, types.intp)
        return None


@infer_global(operator.setitem)
class _SetTableRow(AbstractTemplate):
    def generic(self, args, keywords):
        table, index, _ = args
        if isinstance(table, TableType) and isinstance(index, types.Integer):
            return signature(types.none, table, types.intp, table.dtype)
        return None


@infer_global(len)
class _TableLength(AbstractTemplate):
    def generic(self, args, keywords):
        return signature(types.intp, args[0]) if isinstance(args[0], TableType) else None


def _row_pointer(context, builder, signature, arguments):
    table = cgutils.create_struct_proxy(signature.args[0])(context, builder, arguments[0])
    return builder.gep(table.data, [arguments[1]], inbounds=True)


@lower_builtin(operator.getitem, TableType, types.intp)
def _lower_table_row(context, builder, signature, arguments):
    pointer = _row_pointer(context, builder, signature, arguments)
    return context.data_model_manager[signature.return_type].load_from_data_pointer(builder, pointer)


@lower_builtin(operator.setitem, TableType, types.intp, types.Any)
def _lower_set_table_row(context, builder, signature, arguments):
    pointer = _row_pointer(context, builder, signature, arguments)
    context.pack_value(builder, signature.args[2], arguments[2], pointer)
    return context.get_dummy_value()


@lower_builtin(len, TableType)
def _lower_table_length(context, builder, signature, arguments):
    return cgutils.create_struct_proxy(signature.args[0])(context, builder, arguments[0]).rows


@intrinsic
def _borrow(typing_context, org):
    def codegen(context, builder, signature, arguments):
        return cgutils.alloca_once_value(builder, arguments[0])

    return BorrowedType(org)(org), codegen


@intrinsic
def _count_trailing_zeros(typing_context, word):
    def codegen(context, builder, signature, arguments):
        return builder.cttz(arguments[0], cgutils.true_bit)

    return types.int64(types.uint64), codegen


def _trailing_zeros_interpreted(word):
    word = int(word)
    return (word & -word).bit_length() - 1


#: Position of the lowest bit set in an unsigned 64-bit word that is not 0.
trailing_zeros = _trailing_zeros_interpreted if config.DISABLE_JIT else _count_trailing_zeros


@intrinsic
def _fetch(typing_context, table, row, line):
    def codegen(context, builder, signature, arguments):
        rows = cgutils.create_struct_proxy(signature.args[0])(context, builder, arguments[0])
        start = builder.bitcast(builder.gep(rows.data, [arguments[1]]), cgutils.voidptr_t)
        at = builder.gep(start, [builder.mul(arguments[2], ir.Constant(ir.IntType(64), LINE))])
        number, pointer = ir.IntType(32), cgutils.voidptr_t
        kind = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [pointer], kind)
        # To read, to be kept in all caches, data.
        builder.call(prefetch, [at, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.none(table, types.intp, types.intp), codegen


def _fetch_interpreted(table, row, line):
    """There is nothing to gain."""


#: ``fetch(org.people, i, line)``: have a line of a row brought from memory, in the background.
fetch = _fetch_interpreted if config.DISABLE_JIT else _fetch


def _borrow_interpreted(org):
    return org


#: In an entry: ``org = borrow(org)`` before passing the tables on to kernels. Interpreted, it does nothing.
borrow: Callable[[Org], Org] = _borrow_interpreted if config.DISABLE_JIT else _borrow
