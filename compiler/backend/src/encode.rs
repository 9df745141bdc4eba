//! Artifacts as bytes: between a backend in a shared object of its own and its
//! caller, and what a cache would keep.
//!
//! Numbers are little-endian, lists and texts start with their length. Bytes are read
//! with every length checked; whether they are what a backend wrote is for the reader
//! to know.

use crate::Artifact;
use cumbia_abi::{AbiType, LineRow, LineTable, Site, SiteKind};

/// First bytes of every artifact; the number changes with the format.
const MAGIC: &[u8; 8] = b"cumbiaA2";

/// The types of message arguments, by their number in the format.
const TYPES: [AbiType; 5] = [AbiType::Bool, AbiType::I64, AbiType::F32, AbiType::F64, AbiType::Ptr];

/// An artifact as bytes.
pub fn artifact_to_bytes(artifact: &Artifact) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    bytes(&mut out, &artifact.object);
    number(&mut out, artifact.entries.len());
    for entry in &artifact.entries {
        bytes(&mut out, entry.as_bytes());
    }
    number(&mut out, artifact.sites.len());
    for site in &artifact.sites {
        bytes(&mut out, site.function.as_bytes());
        for number in [site.line, site.col, site.end_line, site.end_col] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        match &site.kind {
            SiteKind::Call => out.push(0),
            SiteKind::Raise { class, message, args } => {
                out.push(1);
                bytes(&mut out, class.as_bytes());
                bytes(&mut out, message.as_bytes());
                number(&mut out, args.len());
                for arg in args {
                    let at = TYPES.iter().position(|ty| ty == arg).expect("all types are listed");
                    out.push(at as u8);
                }
            }
        }
    }
    number(&mut out, artifact.lines.names.len());
    for name in &artifact.lines.names {
        bytes(&mut out, name.as_bytes());
    }
    number(&mut out, artifact.lines.rows.len());
    for &LineRow { symbol, offset, function, line } in &artifact.lines.rows {
        for number in [symbol, offset, function, line] {
            out.extend_from_slice(&number.to_le_bytes());
        }
    }
    out
}

fn number(out: &mut Vec<u8>, value: usize) {
    out.extend_from_slice(&(value as u64).to_le_bytes());
}

fn bytes(out: &mut Vec<u8>, value: &[u8]) {
    number(out, value.len());
    out.extend_from_slice(value);
}

/// The artifact that was written as these bytes; `None` if they are damaged.
pub fn artifact_from_bytes(bytes: &[u8]) -> Option<Artifact> {
    let mut reader = Reader { rest: bytes.strip_prefix(MAGIC)? };
    let object = reader.bytes()?.to_vec();
    let entries = (0..reader.count()?).map(|_| reader.text()).collect::<Option<_>>()?;
    let mut sites = Vec::new();
    for _ in 0..reader.count()? {
        let function = reader.text()?;
        let (line, col) = (reader.word()?, reader.word()?);
        let (end_line, end_col) = (reader.word()?, reader.word()?);
        let kind = match reader.byte()? {
            0 => SiteKind::Call,
            1 => SiteKind::Raise {
                class: reader.text()?,
                message: reader.text()?,
                args: (0..reader.count()?)
                    .map(|_| TYPES.get(usize::from(reader.byte()?)).copied())
                    .collect::<Option<_>>()?,
            },
            _ => return None,
        };
        sites.push(Site { function, line, col, end_line, end_col, kind });
    }
    let names: Vec<String> = (0..reader.count()?).map(|_| reader.text()).collect::<Option<_>>()?;
    let mut rows = Vec::new();
    for _ in 0..reader.count()? {
        let (symbol, offset) = (reader.word()?, reader.word()?);
        let (function, line) = (reader.word()?, reader.word()?);
        if symbol.max(function) as usize >= names.len() {
            return None;
        }
        rows.push(LineRow { symbol, offset, function, line });
    }
    let lines = LineTable { names, rows };
    reader.rest.is_empty().then_some(Artifact { object, sites, entries, lines })
}

struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn word(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A length, which can't be more than the bytes that are left: each element has one.
    fn count(&mut self) -> Option<usize> {
        let count = u64::from_le_bytes(self.take(8)?.try_into().ok()?);
        usize::try_from(count).ok().filter(|&count| count <= self.rest.len())
    }

    fn bytes(&mut self) -> Option<&'b [u8]> {
        let count = self.count()?;
        self.take(count)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Artifact {
        let raise = |args: Vec<AbiType>| SiteKind::Raise {
            class: "ValueError".into(),
            message: "bad {0} ü".into(),
            args,
        };
        let site = |line, kind| Site {
            function: "f(int)".into(),
            line,
            col: 4,
            end_line: line + 1,
            end_col: 9,
            kind,
        };
        Artifact {
            object: (0..=255).collect(),
            sites: vec![
                site(7, raise(TYPES.to_vec())),
                site(0, SiteKind::Call),
                site(1, raise(vec![])),
            ],
            entries: vec!["f(int)".into(), String::new()],
            lines: LineTable {
                names: vec!["f(int)".into(), "copy1.f".into()],
                rows: vec![
                    LineRow { symbol: 0, offset: 0, function: 0, line: 7 },
                    LineRow { symbol: 1, offset: 90, function: 0, line: 0 },
                ],
            },
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let (object, sites, entries, lines) = Default::default();
        for artifact in [sample(), Artifact { object, sites, entries, lines }] {
            assert_eq!(artifact_from_bytes(&artifact_to_bytes(&artifact)), Some(artifact));
        }
    }

    #[test]
    fn damage_is_noticed_or_harmless() {
        let good = artifact_to_bytes(&sample());
        for end in 0..good.len() {
            assert_eq!(artifact_from_bytes(&good[..end]), None, "cut at {end}");
        }
        let mut longer = good.clone();
        longer.push(0);
        assert_eq!(artifact_from_bytes(&longer), None);
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut damaged = good.clone();
                damaged[at] ^= 1 << bit;
                let _ = artifact_from_bytes(&damaged);
            }
        }
    }
}
