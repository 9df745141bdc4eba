//! Rendering for terminals, by `annotate-snippets`: the code with carets, labels,
//! notes and help, without colours. Decides nothing about what is said, but that further
//! places and notes are left out where it would become long: they are in the data.

use crate::{CALLED_FROM, Diagnostic, Severity, Sources, Span};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// Most lines that are shown.
pub const MAX_LINES: usize = 12;

/// The diagnostic as plain text with the code it is about, in at most [`MAX_LINES`] lines
/// if its own place isn't that long.
pub fn render(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let text = whole(diagnostic, sources);
    if text.lines().count() <= MAX_LINES {
        return text;
    }
    let mut shorter = diagnostic.clone();
    loop {
        // The last of each is the least important one; calls say how to get there.
        let last = shorter.labels.iter().rposition(|label| label.message != CALLED_FROM);
        match last {
            Some(last) => drop(shorter.labels.remove(last)),
            None if shorter.labels.pop().is_some() || shorter.notes.pop().is_some() => {}
            None => return text,
        }
        let text = whole(&shorter, sources);
        if text.lines().count() <= MAX_LINES {
            return text;
        }
    }
}

/// Several diagnostics: the first as [`render`] shows it, the others as well while there is
/// room, else in a line each.
pub fn render_all(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut text = String::new();
    let mut lines = 0;
    for (i, diagnostic) in diagnostics.iter().enumerate() {
        let rendered = render(diagnostic, sources);
        let more = rendered.lines().count() + 1;
        if i == 0 {
            text = rendered;
            lines = more - 1;
        } else if lines + more <= MAX_LINES && !text.ends_with(')') {
            text = format!("{text}\n\n{rendered}");
            lines += more;
        } else if lines + 1 < MAX_LINES {
            let (line, column) = sources.position(diagnostic.span);
            let file = &sources.get(diagnostic.span.source).filename;
            let (code, message) = (diagnostic.code, &diagnostic.message);
            text = format!("{text}\nand [{code}]: {message} ({file}:{line}:{})", column + 1);
            lines += 1;
        } else {
            return format!("{text}\nand {} more", diagnostics.len() - i);
        }
    }
    text
}

fn whole(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code));
    let range = |span: &Span| range_in(span, &sources.get(span.source).text);
    // One snippet per text, the primary one first.
    let mut ids = vec![diagnostic.span.source];
    for label in &diagnostic.labels {
        if !ids.contains(&label.span.source) {
            ids.push(label.span.source);
        }
    }
    for id in ids {
        let source = sources.get(id);
        let mut snippet = Snippet::source(source.text.as_str())
            .line_start(source.first_line as usize)
            .path(source.filename.as_str());
        if id == diagnostic.span.source {
            let annotation = AnnotationKind::Primary.span(range(&diagnostic.span));
            snippet = snippet.annotation(annotation.label(diagnostic.label.as_str()));
        }
        for label in diagnostic.labels.iter().filter(|l| l.span.source == id) {
            let annotation = AnnotationKind::Context.span(range(&label.span));
            snippet = snippet.annotation(annotation.label(label.message.as_str()));
        }
        group = group.element(snippet);
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    Renderer::plain().render(&[group])
}

/// The bytes of a span, put right: inside the text, on the borders of characters,
/// not backwards. A wrong span must not hide the message.
fn range_in(span: &Span, text: &str) -> std::ops::Range<usize> {
    let border = |offset: u32| {
        let offset = (offset as usize).min(text.len());
        (0..=offset).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
    };
    let start = border(span.start);
    start..border(span.end).max(start)
}
