//! How captured variables are kept: as values where they can't change, else in cells.

mod support;

use support::build;

/// The operations on cells and closures of a function, in order.
fn kept(text: &str) -> Vec<String> {
    let printed = build(text).to_string();
    let operations = ["closure ", "cell_new ", "cell_get ", "cell_set ", "self_closure "];
    let found = printed.lines().filter_map(|line| {
        let operation = operations.iter().find(|o| line.contains(*o))?;
        Some(operation.trim().to_string())
    });
    found.collect()
}

#[test]
fn what_can_not_change_is_captured_as_a_value() {
    for text in [
        "def f(x):\n    g = lambda: x\n    return g()\n",
        "def f(x):\n    y = x\n    def g():\n        return x + y\n    return g()\n",
        "def f(x):\n    for i in range(x):\n        pass\n    return (lambda: i)()\n",
        "def f(x):\n    def g(k):\n        return g(k - 1) if k else x\n    return g(x)\n",
    ] {
        assert_eq!(kept(text), ["closure"], "{text}");
    }
}

#[test]
fn what_may_change_is_shared() {
    for text in [
        // Assigned afterwards.
        "def f(x):\n    g = lambda: x\n    x = 1\n    return g()\n",
        // Assigned in the next round.
        "def f(x):\n    for i in range(x):\n        g = lambda: i\n    return g()\n",
        "def f(x):\n    while x:\n        g = lambda: x\n        x -= 1\n    return g()\n",
        // Assigned by a nested function.
        "def f(x):\n    def g():\n        nonlocal x\n        x = 1\n    g()\n    return x\n",
        "def f(x):\n    def g():\n        def h():\n            nonlocal x\n            x = 1\n        h()\n    g()\n    return x\n",
        // The name of an enclosing comprehension's variable is another variable.
        "def f(x):\n    return [(lambda: i)() for i in range(x)]\n",
    ] {
        assert!(kept(text).contains(&"cell_new".to_string()), "{text}");
    }
}

#[test]
fn two_functions_that_call_each_other_share_the_later_one() {
    let text = "def f(x):\n    def even(k):\n        return True if k == 0 else odd(k - 1)\n    def odd(k):\n        return False if k == 0 else even(k - 1)\n    return even(x)\n";
    // `even` is captured by value, `odd` isn't there yet.
    assert_eq!(kept(text), ["cell_new", "closure", "closure", "cell_set"]);
}

#[test]
fn a_comprehension_hides_its_variables() {
    let text =
        "def f(x):\n    i = 1\n    g = lambda: [i for i in range(x)]\n    i = 2\n    return g()\n";
    assert_eq!(kept(text), ["closure"]);
}

#[test]
fn nested_functions_are_built_once_for_each_place() {
    let function = build(
        "def f(x):\n    g = lambda: x\n    def h(y=1, *z, k, **w):\n        return g() + y\n    return h\n",
    );
    let names: Vec<&str> = function.nested.iter().map(|n| &*n.name).collect();
    assert_eq!(names, ["<lambda>", "h"]);
    let h = &function.nested[1];
    assert_eq!(h.params.len(), 4);
    assert_eq!(h.entry_params(), 5);
    let captures = &h.inner.as_ref().expect("it is nested").captures;
    assert_eq!(captures.iter().map(|c| &**c).collect::<Vec<_>>(), ["g"]);
}
