"""What isn't supported is refused when compiling, in words, at the user's line."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.differential import compiled

M = np.ones((2, 3))


@pytest.mark.parametrize(
    ("expression", "argument", "words"),
    [
        ("np.sum(a, axis=2)", M, "axis 2 is out of bounds for array of dimension 2"),
        ("np.sum(a, axis=(0, 0))", M, "duplicate value in 'axis'"),
        ("np.sum(a, axis=1.5)", M, "axis must be an integer"),
        ("np.sum(a, axis=(len(a),))", M, "axis must be a constant"),
        ("np.swapaxes(a, len(a), 0)", M, "axis must be a constant"),
        ("np.sum(a, axis=0, keepdims=len(a) > 1)", M, "keepdims must be a constant"),
        ("np.sum(a, out=a)", M, "wrong number of dimensions"),
        ("np.sum(a, where=a)", M, "where must be of bool"),
        ("np.zeros(2, order='K')", M, "order must be"),
        ("np.arange(1j)", M, "complex"),
        ("np.linspace(a, 1, retstep=True)", M, "between arrays"),
        ("np.array(a, np.int8, copy=False)", M, "Unable to avoid copy"),
        ("a.astype(np.int32, casting='safe')", M, "rule 'safe'"),
        ("a.astype(np.int32, casting='same_kind')", M, "rule 'same_kind'"),
        ("np.linspace(0, 1, 2.5)", M, "must be an integer"),
        ("np.clip(a, 0, 1)", M + 1j, "complex"),
        ("np.clip(a, 0)", M, "'a_max'"),
        ("np.clip(a, a_max=0)", M, "'a_min'"),
        ("np.clip(a, 0, 1, min=0)", M, "forbidden"),
        ("np.where(a, 1)", M, "both or neither"),
        ("np.searchsorted(a, 2)", M, "one dimension"),
        ("np.triu(a, 0.5)", M, "k must be an integer"),
        ("np.tril_indices(3, a[0, 0])", M, "k must be an integer"),
        ("np.partition(a[0], a[0])", M, "Partition index must be integer"),
        ("np.argpartition(a, np.array([[1]]))", M, "object too deep"),
        ("np.bincount(np.array([1]), a)", M, "object too deep"),
        ("np.linalg.norm(a, axis=[0, 1])", M, "axis"),
        ("np.searchsorted(a[0], 2, side='middle')", M, "side must be"),
        ("np.bincount(a[0])", M, "takes integers"),
        ("np.concatenate(a)", M, "a tuple or a list of arrays is needed"),
        ("np.concatenate((a, a[0]))", M, "same number of dimensions"),
        ("np.squeeze(a)", M, "without axis= gives as many dimensions as the shape says"),
        ("np.transpose(a, (0, 0))", M, "duplicate"),
        ("np.transpose(a, (0,))", M, "don't match"),
        ("np.diff(a, n=len(a))", M, "constant"),
        ("np.ptp(a)", M > 0, "boolean subtract"),
        ("np.zeros(2, dtype='f16')", M, "dtype 'f16': long double is not compiled"),
    ],
)
def test_refusal(expression, argument, words):
    with pytest.raises(CompileError) as error:
        compiled(f"return {expression}", "a")(argument)
    text = str(error.value)
    assert words in text
    assert f"return {expression}" in text
    assert "<cumbia library" not in text
