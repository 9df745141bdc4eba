//! What is built: HIR of small functions, as text.

mod support;

use support::build;

/// Compares without regard to the indentation of the expectation.
fn check(text: &str, expected: &str) {
    let strip =
        |s: &str| s.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n");
    let built = build(text).to_string();
    assert_eq!(strip(&built), strip(expected), "\n{built}");
}

#[test]
fn everything_builds() {
    build(include_str!("support/everything.py"));
}

#[test]
fn for_loop_with_reduction() {
    check(
        "def f(a, n):\n    s = 0.0\n    for i in range(n):\n        s += a[i]\n    return s\n",
        "func f(a, n) {
         b0(v0 a, v1 n):
             v2 s = const 0.0
             v3 = name range
             v4 = call v3(v1)
             v5 = iter v4
             v6 = iter_start v5
             jump b1(v6, v2)
         b1(v7, v8 s): loop
             v9, v10 = iter_next v5, v7
             branch v9, b2, b4
         b2:
             v11 i = iter_item v5, v10
             v12 = item v0[v11]
             v13 s = iadd v8, v12
             jump b3
         b3:
             poll
             v14 = pos_next v5, v10
             jump b1(v14, v13)
         b4:
             return v8
         }",
    );
}

#[test]
fn while_true_has_no_branch_and_dead_code_goes() {
    check(
        "def f(x):\n    while True:\n        if x:\n            return 1\n            x = 2\n    return 3\n",
        "func f(x) {
         b0(v0 x):
             jump b1(v0)
         b1(v1 x): loop
             jump b2
         b2:
             branch v1, b3, b4
         b3:
             v2 = const 1
             return v2
         b4:
             v3 x = refine v1 false
             jump b5
         b5:
             poll
             jump b1(v3)
         }",
    );
}

#[test]
fn a_loop_that_never_comes_round_is_none() {
    check(
        "def f(x):\n    while x:\n        return 1\n    return 2\n",
        "func f(x) {
         b0(v0 x):
             branch v0, b1, b2
         b1:
             v1 = const 1
             return v1
         b2:
             v2 = const 2
             return v2
         }",
    );
}

#[test]
fn conditions_are_control_flow_and_values_are_operands() {
    check(
        "def f(a, b):\n    if a and not b:\n        return a or b\n    return 0 < a < b\n",
        "func f(a, b) {
         b0(v0 a, v1 b):
             branch v0, b1, b7
         b1:
             v2 a = refine v0 true
             branch v1, b2, b3
         b2:
             v3 b = refine v1 true
             jump b8(v2, v3)
         b3:
             v4 b = refine v1 false
             branch v2, b4, b5
         b4:
             v5 = refine v2 true
             jump b6(v5)
         b5:
             jump b6(v4)
         b6(v6):
             return v6
         b7:
             v7 a = refine v0 false
             jump b8(v7, v1)
         b8(v8 a, v9 b):
             v10 = const 0
             v11 = lt v10, v8
             branch v11, b9, b10(v11)
         b9:
             v12 = lt v8, v9
             jump b10(v12)
         b10(v13):
             return v13
         }",
    );
}

#[test]
fn evaluation_order_of_stores() {
    check(
        "def f(a):\n    a()[i()] = v()\n    a()[i()] += v()\n    a, a[0] = a[0], a\n",
        "func f(a) {
         b0(v0 a):
             v1 = name v
             v2 = call v1()
             v3 = call v0()
             v4 = name i
             v5 = call v4()
             set_item v3[v5], v2
             v6 = call v0()
             v7 = name i
             v8 = call v7()
             v9 = item v6[v8]
             v10 = name v
             v11 = call v10()
             v12 = iadd v9, v11
             set_item v6[v8], v12
             v13 = const 0
             v14 a = item v0[v13]
             v15 = const 0
             set_item v14[v15], v0
             v16 = const None
             return v16
         }",
    );
}

#[test]
fn unbound_variables_are_checked_only_where_they_may_be() {
    check(
        "def f(n):\n    for i in n:\n        k = i\n    y = 1\n    if n:\n        y = 2\n    i + i\n    return y + k\n",
        "func f(n) {
         b0(v0 n):
             v1 i = unbound
             v2 k = unbound
             v3 = iter v0
             v4 = iter_start v3
             jump b1(v4, v1, v2)
         b1(v5, v6 i, v7 k): loop
             v8, v9 = iter_next v3, v5
             branch v8, b2, b4
         b2:
             v10 i = iter_item v3, v9
             jump b3
         b3:
             poll
             v11 = pos_next v3, v9
             jump b1(v11, v10, v10)
         b4:
             v12 y = const 1
             branch v0, b5, b6
         b5:
             v13 y = const 2
             jump b7(v13)
         b6:
             jump b7(v12)
         b7(v14 y):
             v15 i = check_bound v6 i
             v16 = add v15, v15
             v17 k = check_bound v7 k
             v18 = add v14, v17
             return v18
         }",
    );
}

#[test]
fn calls_raises_and_asserts() {
    check(
        "def f(x, /, y=1, *, z=g):\n    assert x, h(x)\n    f(x, *y, k=z)\n    raise np.Error(x)\n",
        "func f(x, /, y = 1, *, z = ...) {
         b0(v0 x, v1 y, v2 z):
             branch v0, b1, b2
         b1:
             v3 x = refine v0 true
             v4 = name f
             v5 = call v4(v3, *v1, k=v2)
             v6 = name np
             v7 = attr v6.Error
             raise v7(v3)
         b2:
             v8 x = refine v0 false
             v9 = name AssertionError
             v10 = name h
             v11 = call v10(v8)
             raise v9(v11)
         }",
    );
}
