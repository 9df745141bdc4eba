//! The texts that spans point into.

/// A text in a [`Sources`] table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A range of bytes of one source text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// Which text.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// One function's lines, exactly as in the user's file or cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// File name, or a cell's name.
    pub filename: String,
    /// Line number in the file of the text's first line.
    pub first_line: u32,
    /// The text.
    pub text: String,
}

impl Source {
    /// 1-based line in the file and 0-based byte column of an offset.
    pub fn position(&self, offset: u32) -> (u32, u32) {
        let offset = (offset as usize).min(self.text.len());
        let before = &self.text.as_bytes()[..offset];
        let line = before.iter().filter(|&&b| b == b'\n').count();
        let start = before.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
        (self.first_line + line as u32, (offset - start) as u32)
    }
}

/// All texts of one compilation.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    sources: Vec<Source>,
}

impl Sources {
    /// Adds a text.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.sources.push(source);
        SourceId(self.sources.len() as u32 - 1)
    }

    /// The text of an id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    /// All texts with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources.iter().enumerate().map(|(at, source)| (SourceId(at as u32), source))
    }

    /// The same texts, with files named otherwise.
    #[must_use]
    pub fn renamed(&self, name: impl Fn(&str) -> String) -> Sources {
        let renamed =
            |source: &Source| Source { filename: name(&source.filename), ..source.clone() };
        Sources { sources: self.sources.iter().map(renamed).collect() }
    }

    /// Line and column of a span's start.
    pub fn position(&self, span: Span) -> (u32, u32) {
        self.get(span.source).position(span.start)
    }
}
