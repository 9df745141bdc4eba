"""Tensors of PyTorch and arrays of JAX as arguments, where these libraries are installed.

They are hundreds of megabytes, so nothing installs them for the tests; `test_exporters.py` has
classes that export as they do. Run here with PyTorch 2.15 and JAX 0.10 on the processor.
"""

import importlib.util

import numpy as np
import pytest

from cumbia import jit, prange


@jit
def total(a):
    result = 0.0
    for x in a.flat:
        result += x
    return result


@jit
def fill(a, value):
    a[...] = value


@jit
def same(a):
    return a


@jit(parallel=True)
def total_on_threads(a):
    result = 0.0
    for i in prange(len(a)):
        result += a[i]
    return result


def where(a):
    return a.__array_interface__["data"][0]


def library(name):
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} isn't installed")
    return importlib.import_module(name)


@pytest.fixture(scope="module")
def torch():
    return library("torch")


@pytest.fixture(scope="module")
def jnp():
    return library("jax.numpy") if importlib.util.find_spec("jax") else library("jax")


REALS = ["int8", "uint8", "int16", "int32", "int64", "uint16", "uint32", "uint64", "float32", "float64"]


@pytest.mark.parametrize("dtype", [*REALS, "bool", "complex64", "complex128"])
def test_tensors_lend_their_memory(torch, dtype):
    tensor = torch.ones((2, 3), dtype=getattr(torch, dtype))
    array = same(tensor)
    assert where(array) == tensor.data_ptr() and array.dtype == dtype and array.flags.writeable
    fill(tensor, 0)
    assert not tensor.any()


def test_views_of_tensors(torch):
    tensor = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    for view in (tensor.T, tensor[:, ::2], tensor[1:], tensor[:1].expand(3, 4), tensor[2, 3]):
        array = same(view)
        assert where(array) == view.data_ptr() and array.shape == tuple(view.shape)
        assert np.array_equal(array, view.numpy())
    assert total(tensor) == 66 and total(torch.empty((0, 3))) == 0
    assert total_on_threads(torch.ones(100_000, dtype=torch.float64)) == 100_000


def test_tensors_that_need_a_gradient(torch):
    for tensor in (torch.ones(3, requires_grad=True), torch.nn.Parameter(torch.ones(3))):
        with pytest.raises(TypeError, match=r"doesn't lend its memory \(Can't export tensors that require grad"):
            total(tensor)
        assert total(tensor.detach()) == 3


def test_tensors_without_a_dtype_of_numpy(torch):
    with pytest.raises(TypeError, match=r"torch.Tensor of torch.bfloat16 doesn't lend its memory"):
        total(torch.ones(3, dtype=torch.bfloat16))
    with pytest.raises(TypeError, match=r"torch.Tensor of torch.float8_e4m3fn doesn't lend its memory"):
        total(torch.ones(3).to(torch.float8_e4m3fn))
    with pytest.raises(TypeError, match="float16"):
        total(torch.ones(3, dtype=torch.float16))


def test_lazy_signs_and_other_layouts(torch):
    lazy = torch.tensor([1 + 2j, 3 + 4j]).conj()
    with pytest.raises(TypeError, match="conjugate bit"):
        same(lazy)
    # Its memory has the numbers with the other sign.
    with pytest.raises(TypeError, match=r"negated lazily.*resolve_neg"):
        same(lazy.imag)
    assert same(lazy.imag.resolve_neg()).tolist() == [-2.0, -4.0]
    with pytest.raises(TypeError, match="layout other than"):
        same(torch.eye(2).to_sparse())
    with pytest.raises(TypeError, match="doesn't lend its memory|compiled code can't read"):
        same(torch.ones(2, device="meta"))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "uint32", "float32", "bool", "complex64"])
def test_arrays_of_jax_are_read_only(jnp, dtype):
    value = jnp.ones((2, 3), dtype)
    array = same(value)
    assert where(array) == value.unsafe_buffer_pointer() and array.dtype == dtype
    assert not array.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        fill(value, 0)


def test_views_and_numbers_of_jax(jnp):
    value = jnp.arange(6.0).reshape(2, 3)
    assert total(value) == total(value.T) == total(value[::-1]) == 15
    assert total(jnp.float32(3)) == 3 and total(jnp.zeros((0, 3))) == 0


def test_arrays_of_jax_that_are_refused(jnp):
    import jax

    with pytest.raises(TypeError, match=r"of bfloat16 doesn't lend its memory"):
        total(jnp.ones(3, jnp.bfloat16))
    with pytest.raises(TypeError, match="float16"):
        total(jnp.ones(3, jnp.float16))
    with pytest.raises(TypeError, match="can't be passed|doesn't lend"):
        total(jax.random.key(0))
    with pytest.raises(TypeError, match="Tracer"):
        jax.jit(lambda x: total(x))(jnp.ones(3))
