//! Finding a function in its text: methods, lambdas, damaged and nested texts.

mod support;

use support::{Rng, build, refusals, source, try_build};

fn code_of(text: &str) -> &'static str {
    refusals(text)[0].0
}

#[test]
fn methods_are_indented() {
    let text = "    @staticmethod\n    def f(x):\n        y = (x +\n  1)\n# a comment\n        s = '''a\nb'''\n        return y\n";
    let function = build(text);
    assert_eq!(function.params.len(), 1);
    assert_eq!(&text[function.span.start as usize..function.span.end as usize], "def f(x):");
    let tabs = build("\tdef f(x):\r\n\t\tif x:\r\n\t\t\treturn 1\r\n\t\treturn 2\r\n");
    assert_eq!(tabs.blocks.len(), 3);
}

#[test]
fn only_the_function_matters() {
    for text in [
        "@jit(lambda: 0)\ndef f(x): return x\n$ $ not python $$",
        "def g(y):\n    return 1\ndef f(x):\n    return x\n",
        "    def f(x): return x\nelse: 3",
    ] {
        assert_eq!(&*build(text).params[0].name, "x", "{text}");
    }
}

#[test]
fn lambdas_are_cut_out() {
    for (text, before, params, blocks) in [
        ("g = jit(lambda x: x + 1)", "g = jit(", 1, 1),
        ("foo = [lambda x: x,", "foo = [", 1, 1),
        ("foo = [lambda x: x, lambda y, z: (y,\n z), 3]", "foo = [lambda x: x, ", 2, 1),
        ("foo = [lambda x: x\n  + 1\n]", "foo = [", 1, 1),
        ("foo = {1: lambda a, b=lambda c, d: 2: a if b else 3}", "foo = {1: ", 2, 4),
        ("lambda x: x; y = 3", "", 1, 1),
        ("    g = lambda x: x  # comment", "    g = ", 1, 1),
        ("x = [lambda a: a for _ in y]", "x = [", 1, 1),
        ("f(lambda: 0, key=1)", "f(", 0, 1),
        ("f(a)(lambda q: [q][0] if 0 else q)", "f(a)(", 1, 4),
    ] {
        let f = try_build(&source(text, Some(before.len() as u32)));
        let f = f.unwrap_or_else(|(d, _)| panic!("{text}: {d:?}"));
        assert_eq!((f.params.len(), f.blocks.len()), (params, blocks), "{text}\n{f}");
    }
    let (refused, _) = try_build(&source("f(lambda q: [*q, await q])", Some(2))).unwrap_err();
    assert_eq!(refused[0].code, "CB0205");
    for (text, offset) in
        [("g = jit(f)", 8), ("lambda", 99), ("é lambda: 1", 1), ("g = lambda", 4), ("", 0)]
    {
        assert!(try_build(&source(text, Some(offset))).is_err(), "{text}");
    }
}

#[test]
fn names_are_normalized() {
    // U+00B5 MICRO SIGN is U+03BC GREEK SMALL LETTER MU to Python.
    let function = build("def f(\u{b5}):\n    return \u{3bc}\n");
    assert_eq!(&*function.params[0].name, "\u{3bc}");
    assert_eq!(function.blocks[0].insts.len(), 0);
}

#[test]
fn what_cannot_be_parsed() {
    for text in [
        "def f(x):\n    return x +\n",
        "def f(x):\n    return (x\n",
        "def f(x):\n    return 'abc\n",
        "def f(x):\n    return x $ 1\n",
        "def f(x):\nreturn x\n",
        "def f(x, x):\n    return x\n",
        "def f(x):\n    return 012\n",
        "def f(",
        "def f(x):\n    return f\"{x[\"a\"]}\"\n",
    ] {
        assert_eq!(code_of(text), "CB0120", "{text}");
    }
    assert_eq!(code_of("x = 3\n"), "CB0122");
    assert_eq!(code_of(""), "CB0122");
}

#[test]
fn deep_nesting_is_refused_not_fatal() {
    let nested = |open: &str, close: &str, n: usize| {
        format!("def f(x):\n    return {}x{}\n", open.repeat(n), close.repeat(n))
    };
    for text in [
        nested("(", ")", 10_000),
        nested("f(", ")", 10_000),
        nested("x[", "]", 10_000),
        nested("not ", "", 20_000),
        nested("-", "", 100_000),
        nested("x + ", "", 100_000),
        nested("", ".a", 50_000),
        nested("", "[0]", 50_000),
        nested("x if x else ", "", 20_000),
        nested("lambda a, b: ", "", 20_000),
        nested("x ** ", "", 20_000),
        format!(
            "def f(x):\n    if x:\n        pass\n{}",
            "    elif x:\n        pass\n".repeat(20_000)
        ),
        format!(
            "def f(x):\n{}",
            (1..500).map(|i| format!("{}if x:\n", " ".repeat(i))).collect::<String>()
        ),
        format!("def f(x):\n    return {}\n", "9".repeat(100_000)),
    ] {
        assert_eq!(code_of(&text), "CB0121", "{}", &text[..60]);
    }
    // Long, but not deep; and deep, but not too deep.
    build(&nested("(", ")", 150));
    build(&nested("x + ", "", 3_000));
    build(&nested("not ", "", 3_000));
    build(&nested("x[0], ", "", 30_000));
    build(&format!(
        "def f(x):\n    if x:\n        pass\n{}",
        "    elif x:\n        pass\n".repeat(2_000)
    ));
    build(&format!(
        "def f(x):\n    y = 0\n{}    return y\n",
        "    if x:\n        y += 1\n".repeat(5_000)
    ));
    // Fields of f-strings count as if each byte were a level.
    assert_eq!(
        code_of(&format!("def f(x):\n    return f'{{{}x}}'\n", "(".repeat(50_000))),
        "CB0121"
    );
}

/// No text makes the front end panic, and what it builds is valid.
#[test]
fn mutated_sources_never_panic() {
    let seeds = [
        include_str!("support/everything.py"),
        "    def f(self, a, *, b=1):\n        return [lambda x: f'{x!r:>{b}}' for a in b if (yield)]\n",
        "async def f(x):\n    async with x as y, z:\n        await y\n    match x:\n        case [1, *_]: pass\n",
    ];
    let pieces = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        "\n",
        "\n    ",
        "\t",
        "\"",
        "'''",
        "f'{",
        "lambda x:",
        "def f(x):",
        " if ",
        "else",
        "for x in ",
        "while True:",
        "*",
        "**",
        "=",
        "\\",
        "\\\n",
        "\r",
        "\u{b5}",
        "\u{1F600}",
        "\0",
        "0x",
        "1e",
        "1_",
        "0o",
        "@",
        ":=",
        "...",
        "\\N{",
        "b'",
        "global x",
        "not ",
        "\u{feff}",
        "\x0c",
        ";",
        "->",
    ];
    let mut rng = Rng(0x9E37_79B9_7F4A_7C15);
    for _ in
        0..std::env::var("CUMBIA_FUZZ_COUNT").ok().and_then(|s| s.parse().ok()).unwrap_or(6_000)
    {
        let mut text = seeds[rng.below(seeds.len())].to_string();
        for _ in 0..1 + rng.below(6) {
            let mut cut = |text: &str| {
                let at = rng.below(text.len() + 1);
                (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
            };
            let (a, b) = (cut(&text), cut(&text));
            let (a, b) = (a.min(b), a.max(b));
            match rng.below(4) {
                0 => text.insert_str(a, pieces[rng.below(pieces.len())]),
                1 if b - a < 20 => text.replace_range(a..b, ""),
                2 if b - a < 60 => text.replace_range(a..b, pieces[rng.below(pieces.len())]),
                _ if b - a < 200 => {
                    let copy = text[a..b].to_owned();
                    text.insert_str(a, &copy);
                }
                _ => text.truncate(b),
            }
        }
        let lambda = text.find("lambda").map(|i| i as u32).filter(|_| rng.chance(3));
        if let Err((diagnostics, sources)) = try_build(&source(&text, lambda)) {
            assert!(!diagnostics.is_empty());
            for d in &diagnostics {
                assert!(d.code != "CB0901", "{text:?}");
                assert!(
                    d.span.start <= d.span.end && d.span.end as usize <= text.len(),
                    "{text:?} {d:?}"
                );
                assert!(!cumbia_diagnostics::render(d, &sources).is_empty());
            }
        }
    }
}
