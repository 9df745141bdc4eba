//! What is refused: codes and exact places.

mod support;

use cumbia_frontend::unsupported::Construct;
use support::{refusals, refusals_in_parallel};

/// One row per construct: a body, the code, the text under the carets.
const ROWS: &[(&str, &str, &str)] = &[
    ("@h\n    def g(y):\n        return 1", "CB0206", "h"),
    ("y = sum((lambda: i)() for i in x)", "CB0207", "lambda: i"),
    ("class C:\n        pass", "CB0208", "class C:"),
    ("try:\n        pass\n    except* E as e:\n        pass", "CB0210", "try:"),
    ("match x:\n        case {a.b: 1, a.c: y}:\n            pass", "CB0212", "{a.b: 1, a.c: y}"),
    ("del x.y, x", "CB0213", "x.y"),
    ("global y\n    y = 1", "CB0214", "global y"),
    ("nonlocal y\n    y += 1", "CB0215", "nonlocal y"),
    ("import a.b as c", "CB0216", "import a.b as c"),
    ("from a import b", "CB0216", "from a import b"),
    ("type T = int", "CB0217", "type T = int"),
    ("raise", "CB0218", "raise"),
    ("y = 'a\\ud800'", "CB0243", "'a\\ud800'"),
    ("raise E(a=x)", "CB0241", "a=x"),
    ("break", "CB0120", "break"),
    ("for i in x:\n        pass\n    else:\n        continue", "CB0120", "continue"),
];

#[test]
fn each_construct_is_refused_at_its_place() {
    for (body, code, place) in ROWS {
        let text = format!("def f(x):\n    {body}\n");
        let found = refusals(&text);
        assert_eq!(found, [(*code, place.to_string())], "{text}");
    }
    let text = "async def f(x):\n    await x\n";
    assert_eq!(refusals(text), [("CB0201", "async def f(x):".to_string())]);
}

/// The same in the body of `for i in prange(n):`, with variables `s` and `a`.
const IN_PARALLEL: &[(&str, &str, &str)] = &[
    ("break", "CB0245", "break"),
    ("return s", "CB0246", "return s"),
    ("yield i", "CB0247", "prange(n)"),
    ("del s", "CB0248", "s"),
    ("s //= 2", "CB0251", "s //= 2"),
    ("s **= 2", "CB0251", "s **= 2"),
    ("s = a[i] - s", "CB0251", "s = a[i] - s"),
    ("s += i\n        s *= 2", "CB0251", "s *= 2"),
    ("if i:\n            break", "CB0245", "break"),
];

#[test]
fn each_construct_in_a_parallel_loop_is_refused_at_its_place() {
    for (body, code, place) in IN_PARALLEL {
        let text = format!(
            "def f(n, a):\n    s = 1\n    for i in prange(n):\n        {body}\n    return s\n"
        );
        let found = refusals_in_parallel(&text);
        assert_eq!(found, [(*code, place.to_string())], "{text}");
        // Over `range`, or without threads, it is what it is.
        support::build(&text);
    }
    let shared = "def f(n):\n    s = 0\n    def g():\n        nonlocal s\n        s = 1\n    \
                  for i in prange(n):\n        s = i\n    g()\n    return s\n";
    assert_eq!(refusals_in_parallel(shared), [("CB0249", "prange(n)".to_string())]);
    let handled = "def f(n, a):\n    s = 0\n    try:\n        for i in prange(n):\n            \
                   s += a[i]\n    except E:\n        return s\n    return 0\n";
    assert_eq!(refusals_in_parallel(handled)[0].0, "CB0250");
}

#[test]
fn all_refusals_of_a_function_are_reported_in_order() {
    let text =
        "def f(x):\n    @h\n    def g(): pass\n    if x:\n        import z\n    class A: pass\n";
    let codes: Vec<&str> = refusals(text).iter().map(|r| r.0).collect();
    assert_eq!(codes, ["CB0206", "CB0216", "CB0208"]);
}

#[test]
fn every_row_of_the_table_is_explained() {
    for construct in Construct::ALL {
        let code = cumbia_diagnostics::codes::find(construct.code());
        let code = code.unwrap_or_else(|| panic!("{construct:?} has no row in codes.rs"));
        assert!(code.code.starts_with("CB02"), "{construct:?}");
    }
    let mut codes: Vec<_> = Construct::ALL.iter().map(|c| c.code()).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), Construct::ALL.len(), "two constructs share a code");
}

#[test]
fn declarations_that_only_read_are_fine() {
    support::build("def f(x):\n    global y\n    nonlocal z\n    return y + z\n");
}
