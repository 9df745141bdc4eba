//! Rendering for terminals, by `annotate-snippets`: the code with carets, labels,
//! notes and help, without colours. Decides nothing about what is said.

use crate::{Diagnostic, Severity, Sources, Span};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// The diagnostic as plain text with the code it is about.
pub fn render(diagnostic: &Diagnostic, sources: &Sources) -> String {
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
