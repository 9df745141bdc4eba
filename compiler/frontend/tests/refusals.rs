//! What is refused: codes and exact places.

mod support;

use cumbia_frontend::unsupported::Construct;
use support::refusals;

/// One row per construct: a body, the code, the text under the carets.
const ROWS: &[(&str, &str, &str)] = &[
    ("yield x", "CB0204", "yield x"),
    ("y = yield from x", "CB0204", "yield from x"),
    ("return 1\n    yield 2", "CB0204", "yield 2"),
    ("def g(y):\n        return 1", "CB0206", "def g(y):"),
    ("return lambda y: y", "CB0207", "lambda y: y"),
    ("class C:\n        pass", "CB0208", "class C:"),
    ("try:\n        pass\n    except* E as e:\n        pass", "CB0210", "try:"),
    ("with x as y, z:\n        pass", "CB0211", "with x as y, z:"),
    ("match x:\n        case 1:\n            pass", "CB0212", "match x:"),
    ("del x, y", "CB0213", "del x, y"),
    ("global y\n    y = 1", "CB0214", "global y"),
    ("nonlocal y\n    y += 1", "CB0215", "nonlocal y"),
    ("import a.b as c", "CB0216", "import a.b as c"),
    ("from a import b", "CB0216", "from a import b"),
    ("type T = int", "CB0217", "type T = int"),
    ("raise", "CB0218", "raise"),
    ("x.y = 1", "CB0225", "x.y"),
    ("x.y += 1", "CB0225", "x.y"),
    ("a, *b = x", "CB0226", "*b"),
    ("y = (z := x)", "CB0227", "z := x"),
    ("y = [x,\n 1]", "CB0230", "[x,\n 1]"),
    ("y = {x}", "CB0231", "{x}"),
    ("y = {x: 1}", "CB0232", "{x: 1}"),
    ("y = sum([i for i in x])", "CB0233", "[i for i in x]"),
    ("y = {i for i in x}", "CB0234", "{i for i in x}"),
    ("y = {i: 1 for i in x}", "CB0235", "{i: 1 for i in x}"),
    ("y = sum(i for i in x)", "CB0236", "i for i in x"),
    ("y = f'a{x}'", "CB0237", "f'a{x}'"),
    ("y = 'a %d' % x", "CB0238", "'a %d' % x"),
    ("y = (1, *x)", "CB0239", "*x"),
    ("g(x, **y)", "CB0240", "**y"),
    ("raise E(*x)", "CB0241", "*x"),
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
    for (text, code, place) in [
        ("async def f(x):\n    await x\n", "CB0201", "async def f(x):"),
        ("def f(*a: int): pass\n", "CB0202", "a"),
        ("def f(**kw): pass\n", "CB0203", "kw"),
    ] {
        assert_eq!(refusals(text), [(code, place.to_string())], "{text}");
    }
}

#[test]
fn all_refusals_of_a_function_are_reported_in_order() {
    let text =
        "def f(x, *a):\n    y = [x] + {x}\n    with x:\n        import z\n    return (lambda: 0)\n";
    let codes: Vec<&str> = refusals(text).iter().map(|r| r.0).collect();
    assert_eq!(codes, ["CB0202", "CB0230", "CB0231", "CB0211", "CB0216", "CB0207"]);
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
