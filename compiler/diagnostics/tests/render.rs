//! How diagnostics look: a few rendered texts.

use cumbia_diagnostics::{Diagnostic, Severity, Source, SourceId, Sources, Span, render};

fn sources(texts: &[(&str, u32, &str)]) -> Sources {
    let mut sources = Sources::default();
    for (filename, first_line, text) in texts {
        sources.add(Source {
            filename: filename.to_string(),
            first_line: *first_line,
            text: text.to_string(),
        });
    }
    sources
}

/// The span of the first occurrence of a part of a text.
fn span(sources: &Sources, source: u32, part: &str) -> Span {
    let start = sources.get(SourceId(source)).text.find(part).unwrap() as u32;
    Span { source: SourceId(source), start, end: start + part.len() as u32 }
}

fn check(diagnostic: &Diagnostic, sources: &Sources, expected: &str) {
    let rendered = render(diagnostic, sources);
    let expected = expected.strip_prefix('\n').unwrap_or(expected);
    let expected: Vec<&str> =
        expected.lines().map(|l| l.strip_prefix("        ").unwrap_or(l.trim_start())).collect();
    let lines: Vec<&str> = rendered.lines().map(str::trim_end).collect();
    assert_eq!(lines.join("\n"), expected.join("\n").trim_end(), "\n{rendered}");
}

#[test]
fn labels_notes_and_help() {
    let s = sources(&[("k.py", 41, "def f(x):\n    y = 1\n    y = x[0]\n    return y\n")]);
    let d = Diagnostic::error("CB0301", span(&s, 0, "y = x[0]"), "y would be int on one path")
        .labelled("array here")
        .also(span(&s, 0, "y = 1"), "int here")
        .note("a fact")
        .help("do this");
    check(
        &d,
        &s,
        "
        error[CB0301]: y would be int on one path
          --> k.py:43:5
           |
        42 |     y = 1
           |     ----- int here
        43 |     y = x[0]
           |     ^^^^^^^^ array here
           |
           = note: a fact
           = help: do this",
    );
}

#[test]
fn tabs_wide_characters_and_crlf() {
    let s = sources(&[("k.py", 1, "def f(x):\r\n\tif x:\r\n\t\treturn \"日本é\" + [x]\r\n")]);
    let d = Diagnostic::error("CB0230", span(&s, 0, "[x]"), "a list can't be compiled");
    check(
        &d,
        &s,
        "
        error[CB0230]: a list can't be compiled
         --> k.py:3:18
          |
        3 |         return \"日本é\" + [x]
          |                          ^^^",
    );
}

#[test]
fn several_lines_and_several_sources() {
    let s = sources(&[
        ("a.py", 7, "def f(x):\n    return g(x,\n             1)\n"),
        ("b.py", 1, "def g(a, b):\n    return a.y\n"),
    ]);
    let d = Diagnostic::error("CB0403", span(&s, 1, "a.y"), "no attribute 'y'")
        .also(span(&s, 0, "g(x,\n             1)"), "called from here");
    check(
        &d,
        &s,
        "
        error[CB0403]: no attribute 'y'
         --> b.py:2:12
          |
        2 |       return a.y
          |              ^^^
          |
         ::: a.py:8:12
          |
        8 |       return g(x,
          |  ____________-
        9 | |              1)
          | |_______________- called from here",
    );
}

#[test]
fn warnings_and_spans_outside_the_text() {
    let s = sources(&[("k.py", 1, "é"), ("e.py", 1, "")]);
    let mut d =
        Diagnostic::error("CB0122", Span { source: SourceId(0), start: 1, end: 99 }, "outside");
    d.severity = Severity::Warning;
    check(
        &d,
        &s,
        "
        warning[CB0122]: outside
         --> k.py:1:1
          |
        1 | é
          | ^",
    );
    // No span makes rendering panic.
    for source in [0, 1] {
        for start in 0..5 {
            for end in 0..5 {
                d.span = Span { source: SourceId(source), start, end };
                assert!(render(&d, &s).contains("outside"));
            }
        }
    }
}

#[test]
fn long_ones_lose_further_places_first() {
    let text: String = (0..40).map(|i| format!("    x{i} = {i}\n")).collect();
    let s = sources(&[("k.py", 1, &text)]);
    let mut d = Diagnostic::error("CB0301", span(&s, 0, "x7"), "no").note("a fact").help("do this");
    let short = render(&d, &s);
    for at in ["x0", "x14", "x21", "x28"] {
        d = d.also(span(&s, 0, at), "here");
    }
    let rendered = render(&d, &s);
    assert!(rendered.lines().count() <= cumbia_diagnostics::MAX_LINES, "{rendered}");
    assert!(rendered.contains("x0 = 0") && !rendered.contains("x28 = 28"), "{rendered}");
    assert!(rendered.contains("a fact") && rendered.contains("do this"), "{rendered}");
    assert!(short.lines().count() < rendered.lines().count());
}
