//! Which lines the machine code of an object comes from: for debuggers and profilers.

/// The lines of an object, where they were asked for; empty otherwise.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LineTable {
    /// Names that the rows refer to: symbols of the object and IR functions.
    pub names: Vec<String>,
    /// In order of symbol and offset within each.
    pub rows: Vec<LineRow>,
}

/// Code from here to the next row of its symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineRow {
    /// The symbol whose code it is.
    pub symbol: u32,
    /// Bytes behind the symbol's address.
    pub offset: u32,
    /// The IR function whose line it is: another one where that was inlined.
    pub function: u32,
    /// 1-based line; 0 for code that stands for no line.
    pub line: u32,
}

impl LineTable {
    /// The number of a name.
    pub fn name(&mut self, name: &str) -> u32 {
        let at = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        at as u32
    }
}
