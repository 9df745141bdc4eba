"""Functions of other code that kernels call: how they are called, what stands for them in the
emulation, and what an offline linker makes of both."""

from __future__ import annotations

import io
import pickle
import re

import numpy as np
import pytest
from cumbia import CompileError, cuda, types
from cumbia.cuda import _nvrtc, _toolkit

from tests.cuda.assembler import ptxas

# By Numba's convention: a status, and the result by an address.
TWICE = """
.version 6.3
.target sm_75
.address_size 64
.visible .func (.param .b32 func_retval0) twice(.param .b64 twice_0, .param .b32 twice_1)
{
    .reg .b32 %r<3>;
    .reg .b64 %rd<2>;
    ld.param.u64 %rd1, [twice_0];
    ld.param.u32 %r1, [twice_1];
    shl.b32 %r2, %r1, 1;
    st.u32 [%rd1], %r2;
    mov.u32 %r1, 0;
    st.param.b32 [func_retval0+0], %r1;
    ret;
}
"""
# By C's.
SQUARE = """
.version 6.3
.target sm_75
.address_size 64
.visible .func (.param .b32 func_retval0) square(.param .b32 square_0)
{
    .reg .f32 %f<3>;
    ld.param.f32 %f1, [square_0];
    mul.f32 %f2, %f1, %f1;
    st.param.f32 [func_retval0+0], %f2;
    ret;
}
"""
SOURCE = """
extern "C" __device__ int total(float *result, float *values, int count)
{
    float sum = 0;
    for (int i = 0; i < count; i++)
        sum += values[i];
    *result = sum;
    return 0;
}
"""

needs_nvlink = pytest.mark.skipif(
    ptxas() is None or _toolkit.program("nvlink") is None,
    reason="nvidia-cuda-nvcc isn't installed",
)


def doubled(v):
    return v + v


def squared(v):
    return v * v


def summed(values, count):
    sum = np.float32(0)
    for i in range(count):
        sum += values[i]
    return sum


twice = cuda.declare_device("twice", "int32(int32)", link=cuda.PTXSource(TWICE), emulate=doubled)
square = cuda.declare_device(
    "square", "float32(float32)", link=[cuda.PTXSource(SQUARE, "square.ptx")], abi="c", emulate=squared
)
total = cuda.declare_device("total", "float32(CPointer(float32), int32)", emulate=summed)
alone = cuda.declare_device("twice", "int32(int32)", link=[cuda.PTXSource(TWICE)])


@cuda.jit
def twices(x, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = twice(x[i])


@cuda.jit
def squares(x, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = square(x[i])


@cuda.jit
def totals(x, out):
    out[0] = total(x, x.size)


def declarations(ptx):
    """The functions of other code that assembly takes: results, names, parameters."""
    found = re.findall(r"\.extern \.func\s*(?:\(([^)]*)\))?\s*(\w+)\s*\(([^)]*)\)", ptx)
    kinds = [[re.findall(r"\.b\d+", one) for one in (result, params)] + [name]
             for result, name, params in found]
    return [(name, "".join(result), params) for result, params, name in kinds]


class TestAssembly:
    """What the assembly takes from elsewhere."""

    def test_numba(self):
        ptx = twices.inspect_asm("void(int32[::1], int32[::1])", cc=80)
        assert declarations(ptx) == [("twice", ".b32", [".b64", ".b32"])]
        # The status is looked at.
        assert "other code gave an error" not in ptx
        assert "setp" in ptx

    def test_c(self):
        ptx = squares.inspect_asm("void(float32[::1], float32[::1])", cc=80)
        assert declarations(ptx) == [("square", ".b32", [".b32"])]
        # What stands for it in the emulation isn't there.
        assert "mul.rn.f32" not in ptx

    def test_array_that_other_code_gets_may_be_written(self):
        # Not by way of the cache for constants, though nobody here writes it.
        def kernel(x, out):
            total(x, 3)
            out[0] = x[0]

        ptx = cuda.jit(kernel).inspect_asm("void(float32[::1], float32[::1])", cc=80)
        assert declarations(ptx) == [("total", ".b32", [".b64", ".b64", ".b32"])]
        assert "ld.global.nc" not in ptx

    @pytest.mark.parametrize(
        ("signature", "result", "params"),
        [
            ("void(int8, uint16, boolean)", "", [".b32", ".b32", ".b32"]),
            ("int64(float64, uint64)", ".b64", [".b64", ".b64"]),
            ("uint8()", ".b32", []),
            ("boolean(voidptr)", ".b32", [".b64"]),
        ],
    )
    def test_types(self, signature, result, params):
        function = cuda.declare_device("f", signature, abi="c")
        count = len(function.sig.args)
        scope = {"function": function}
        args = ["x", "1", "True"] if count == 3 else ["0.5", "7"] if count == 2 else ["x"][:count]
        if count == 3:
            args[0] = "1"
        text = f"def kernel(x):\n    function({', '.join(args)})\n"
        exec(text, scope)
        from cumbia.cuda import _kernels

        kernel = _kernels.of_text(scope["kernel"], text)
        ptx = kernel.inspect_asm("void(float32[::1])", cc=80)
        assert declarations(ptx) == [("f", result, params)]

    def test_one_symbol_of_two_types(self):
        other = cuda.declare_device("twice", "float32(float32)")

        def kernel(x):
            x[0] = twice(x[0])
            x[1] = other(x[1])

        with pytest.raises(CompileError, match=r"twice\(\) is declared with different types") as seen:
            cuda.jit(kernel).compile("void(int32[::1])")
        assert seen.value.code == "CB0706"


class TestEmulation:
    """What stands for other code."""

    def test_numbers(self):
        x, out = np.arange(5, dtype=np.int32), np.zeros(5, np.int32)
        twices[1, 8](x, out)
        assert out.tolist() == [0, 2, 4, 6, 8]
        x, out = np.arange(5, dtype=np.float32), np.zeros(5, np.float32)
        squares[1, 8](x, out)
        assert out.tolist() == [0, 1, 4, 9, 16]

    def test_arrays(self):
        out = np.zeros(1, np.float32)
        totals[1, 1](np.arange(5, dtype=np.float32), out)
        assert out[0] == 10

    def test_jitted_function_without_a_result(self):
        @cuda.jit(device=True)
        def put(place, value):
            place[1] = value

        put_there = cuda.declare_device("put", "void(CPointer(int32), int32)", abi="c", emulate=put)

        @cuda.jit
        def kernel(x):
            put_there(x, 7)

        x = np.zeros(3, np.int32)
        kernel[1, 1](x)
        assert x.tolist() == [0, 7, 0]

    def test_exceptions_of_what_stands_for_it(self):
        def refuses(v):
            if v == 3:
                raise ValueError("not three")
            return v

        function = cuda.declare_device("f", "int32(int32)", emulate=refuses)

        @cuda.jit
        def kernel(x):
            x[cuda.grid(1)] = function(x[cuda.grid(1)])

        with pytest.raises(ValueError, match="not three"):
            kernel[1, 4](np.arange(4, dtype=np.int32))

    def test_nothing_stands_for_it(self):
        @cuda.jit
        def kernel(x):
            x[0] = alone(x[0])

        with pytest.raises(CompileError, match=r"twice\(\) is code for devices alone") as seen:
            kernel[1, 1](np.ones(1, np.int32))
        assert seen.value.code == "CB0706"
        assert "x[0] = alone(x[0])" in str(seen.value)
        assert "emulate=function" in str(seen.value)
        # Assembly has no need of it.
        assert declarations(kernel.inspect_asm("void(int32[::1])", cc=80))

    def test_from_buffer(self):
        cffi = pytest.importorskip("cffi")
        ffi = cffi.FFI()

        @cuda.jit
        def kernel(x, out):
            out[0] = total(ffi.from_buffer(x), len(x))

        out = np.zeros(1, np.float32)
        kernel[1, 1](np.arange(6, dtype=np.float32), out)
        assert out[0] == 15
        with pytest.raises(CompileError, match="may lie apart"):
            kernel[1, 1](np.arange(6, dtype=np.float32)[::2], out)

    def test_buffer_of_a_host_function(self):
        cffi = pytest.importorskip("cffi")
        from cumbia import jit

        ffi = cffi.FFI()
        ffi.cdef("void *memcpy(void *to, void *from, size_t size);")
        library = ffi.dlopen(None)
        copy = ffi.cast("void (*)(void *, void *, size_t)", library.memcpy)

        @jit
        def copied(to, of):
            copy(ffi.from_buffer(to), ffi.from_buffer(of), of.nbytes)

        to = np.zeros(3)
        copied(to, np.arange(3.0))
        assert to.tolist() == [0, 1, 2]
        with pytest.raises(ValueError, match="ndarray is not C-contiguous"):
            copied(to, np.arange(6.0)[::2])


class TestRefused:
    """What isn't called or linked."""

    @pytest.mark.parametrize(
        ("arguments", "signature", "why"),
        [
            ("x, 3", "void(float64[::1])", "a pointer to float32, and this is"),
            ("x, 3", "void(float32[:])", "may lie apart"),
            ("1.5, 3", "void(float32[::1])", "a pointer to float32, not"),
        ],
    )
    def test_pointers(self, arguments, signature, why):
        declared = "float32(CPointer(float32), int32)"
        scope = {"total": cuda.declare_device("total", declared)}
        text = f"def kernel(x):\n    total({arguments})\n"
        exec(text, scope)
        from cumbia.cuda import _kernels

        with pytest.raises(CompileError, match=why) as seen:
            _kernels.of_text(scope["kernel"], text).compile(signature)
        assert seen.value.code == "CB0705"

    def test_types_that_arent_passed(self):
        function = cuda.declare_device("f", types.int32(types.float32[:]))
        assert function.name == "f"
        assert function.sig.args == (types.float32[:],)
        assert function.sig.return_type == types.int32

        def kernel(x):
            function(x)

        with pytest.raises(CompileError, match=r"f\(\) is declared with float32\[:\]"):
            cuda.jit(kernel).compile("void(float32[:])")

    @pytest.mark.parametrize("declared", ["float16(float16)", "int32(CPointer(float16))", "float16(int32)"])
    def test_half_precision_isnt_passed(self, declared):
        function = cuda.declare_device("f", declared)

        def kernel(x):
            x[0] = function(1)

        with pytest.raises(CompileError, match=r"f\(\) is declared with .*float16"):
            cuda.jit(kernel).compile("void(float32[:])")

    @pytest.mark.parametrize("link", [3, b"abc", [None], {"code.ptx": 1}.items()])
    def test_what_is_no_code(self, link):
        with pytest.raises(TypeError, match="link is a path or code, or a list of them, not"):
            cuda.declare_device("f", "int32(int32)", link=link)

    @pytest.mark.parametrize("signature", ["(float32[:],)", (types.float32[:],)])
    def test_no_result(self, signature):
        with pytest.raises((TypeError, ValueError), match="Return type|expected"):
            cuda.declare_device("f1", signature)

    @pytest.mark.parametrize(
        ("options", "kind", "why"),
        [
            ({"abi": "rust"}, ValueError, "abi is 'numba' or 'c'"),
            ({"use_cooperative": True}, NotImplementedError, "cudadevrt"),
            ({"emulate": twices}, TypeError, "is a kernel"),
            ({"emulate": 3}, TypeError, "a function that kernels can call"),
            ({"link": ["code.cuh"]}, RuntimeError, "Don't know how to link file with extension .cuh"),
            ({"link": ["code"]}, RuntimeError, "Don't know how to link file with no extension"),
            ({"link": "nonexistent.a"}, cuda.LinkerError, "nonexistent.a not found"),
        ],
    )
    def test_declarations(self, options, kind, why):
        with pytest.raises(kind, match=re.escape(why)):
            cuda.declare_device("f", "int32(int32)", **options)

    def test_names(self):
        with pytest.raises(ValueError, match="no name of a function in assembly"):
            cuda.declare_device("a b", "int32()")

    def test_on_the_host(self):
        with pytest.raises(RuntimeError, match="only kernels call it"):
            twice(3)

    def test_device_functions_link_nothing(self):
        with pytest.raises(ValueError, match="link keyword invalid for device function"):
            cuda.jit(device=True, link=["a.ptx"])(doubled)

    def test_code(self):
        with pytest.raises(cuda.CudaSupportError, match="nvJitLink"):
            cuda.LTOIR(b"")
        with pytest.raises(TypeError, match="have in common"):
            cuda.LinkableCode(b"")
        with pytest.raises(TypeError, match="bytes, a text or an open file"):
            cuda.Cubin(3)
        with pytest.raises(NotImplementedError, match="callbacks"):
            cuda.PTXSource(TWICE, setup_callback=print)


class TestCode:
    """Code as objects and files."""

    def test_open_files_and_texts(self, tmp_path):
        assert cuda.PTXSource(io.StringIO(TWICE)).data == TWICE.encode()
        assert cuda.Fatbin(io.BytesIO(b"\0")).data == b"\0"
        place = tmp_path / "twice.ptx"
        place.write_text(TWICE)
        for given in (place, str(place), [place]):
            function = cuda.declare_device("twice", "int32(int32)", link=given)
            (code,) = function.link
            assert (type(code), code.name, code.data) == (cuda.PTXSource, "twice.ptx", TWICE.encode())

    def test_all_of_it(self):
        parts, none = cuda.compile_all(twices, "void(int32[::1], int32[::1])", cc=80)
        assert none is None
        assert ".entry" in parts[0]
        assert [type(part) for part in parts[1:]] == [cuda.PTXSource]

    def test_pickled(self):
        function = pickle.loads(pickle.dumps(alone))
        assert (function.name, function.abi) == ("twice", "numba")
        assert function.link[0].data == TWICE.encode()


@needs_nvlink
class TestLinked:
    """What NVIDIA's programs make of a kernel with other code."""

    @pytest.mark.parametrize("sm", [75, 80, 90, 120])
    def test_both_conventions(self, sm):
        for kernel, dtype in ((twices, "int32"), (squares, "float32")):
            one = kernel.compile(f"void({dtype}[::1], {dtype}[::1])")
            assert kernel._cubin(one, sm).startswith(b"\x7fELF")

    def test_its_instructions_are_there(self):
        if _toolkit.program("nvdisasm") is None:
            pytest.skip("nvidia-cuda-nvdisasm isn't installed")
        sass = twices.inspect_sass("void(int32[::1], int32[::1])", cc=80)
        assert ".text.twice" in sass

    def test_undefined(self):
        with pytest.raises(cuda.LinkerError, match="total"):
            totals._cubin(totals.compile("void(float32[::1], float32[::1])"), 80)

    @pytest.mark.parametrize("what", ["get_regs_per_thread", "inspect_sass"])
    def test_wrong_assembly(self, what):
        wrong = cuda.declare_device("wrong", "int32(int32)", link=cuda.PTXSource(b"nonsense"))

        @cuda.jit
        def kernel(x):
            x[0] = wrong(x[0])

        kernel.compile("void(int32[::1])")
        with pytest.raises(cuda.LinkerError, match="ptxas failed"):
            getattr(kernel, what)()

    def test_link_of_a_kernel(self):
        bare = cuda.declare_device("twice", "int32(int32)")

        @cuda.jit(link=[cuda.PTXSource(TWICE)])
        def kernel(x):
            x[0] = bare(x[0])

        assert kernel._cubin(kernel.compile("void(int32[::1])"), 80).startswith(b"\x7fELF")

    def test_registers(self):
        assert twices.specialize(*2 * (np.ones(1, np.int32),)).get_regs_per_thread() > 0


def test_cuda_c():
    try:
        made = _nvrtc.compile(SOURCE.encode(), "total.cu", 80)
    except cuda.CudaSupportError as error:
        pytest.skip(str(error))
    assert b".visible .func" in made
    assert b"total" in made
    with pytest.raises(cuda.NvrtcError, match="SYNTAX"):
        _nvrtc.compile(b'extern "C" __device__ int f() { SYNTAX; return 0; }', "error.cu", 80)
    with pytest.warns(UserWarning, match="never referenced"):
        _nvrtc.compile(b'extern "C" __device__ int f() { int unused; return 0; }', "warn.cu", 80)
    if _toolkit.program("nvlink") is None or _toolkit.program("nvdisasm") is None:
        pytest.skip("nvidia-cuda-nvcc isn't installed")
    linked = cuda.declare_device(
        "total", "float32(CPointer(float32), int32)", link=[cuda.CUSource(SOURCE)]
    )

    @cuda.jit
    def kernel(x, out):
        out[0] = linked(x, x.size)

    try:
        text = kernel.inspect_sass("void(float32[::1], float32[::1])", cc=80)
    except cuda.LinkerError as error:
        if "Unsupported .version" not in str(error):
            raise
        pytest.skip("NVRTC is newer than ptxas")
    assert "total" in text


def test_no_compiler_of_cuda_c(monkeypatch):
    monkeypatch.setattr(_nvrtc, "_places", list)
    _nvrtc._library.cache_clear()
    try:
        with pytest.raises(cuda.CudaSupportError, match="nvidia-cuda-nvrtc"):
            _nvrtc.compile(SOURCE.encode(), "total.cu", 80)
    finally:
        _nvrtc._library.cache_clear()
