//! What a cache of compiled code consists of; keeping it on disk is done elsewhere.
//!
//! A specialization depends on the function's own text, the argument types, options, this
//! build of the compiler and the processor, which make a [`Key`] that is known before
//! anything is compiled, and on what the front end asked about the rest of the program,
//! which is known afterwards. So under a key lie [`Variants`]: logs of questions, each with
//! the name of what was compiled when they were answered like that. A log is replayed
//! against the program as it is now ([`replay`]); equal answers make the entry good.
//!
//! Nothing here reads or writes files or knows whether bytes are damaged.

mod entry;
mod loops;
mod machine;
mod places;
mod questions;
mod text;

pub use entry::{entry_from_bytes, entry_to_bytes};
pub use machine::processor;
pub use places::Moved;
pub use questions::{Log, Recorder, SourceLines, SourcePlace, replay};

use crate::session::Session;
use cumbia_frontend::environment::FunctionSource;
use cumbia_frontend::types::Ty;
use std::fmt;

/// Changes with the form of anything that is kept.
const FORM: u32 = 1;

/// Most variants of one key: the oldest goes.
pub const MOST_VARIANTS: usize = 8;

/// A name by content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key([u8; 32]);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Key {
    /// Of a specialization, before it is compiled: `build` says which compiler on which
    /// machine. `None` where a part of it has no form as bytes.
    pub fn of(build: &[u8], session: &Session, root: &FunctionSource, args: &[Ty]) -> Option<Key> {
        let choices = session.choices();
        let parts: [&[u8]; 4] = [
            build,
            choices.as_bytes(),
            &questions::source_bytes(root)?,
            &postcard::to_allocvec(args).ok()?,
        ];
        Some(Key::over("key", &parts))
    }

    /// Of what is compiled under this key when a log's questions are answered as it says.
    pub fn entry(&self, log: &Log) -> Option<Key> {
        Some(Key::over("entry", &[&self.0, &postcard::to_allocvec(log).ok()?]))
    }

    /// Of the same, compiled by an optimizing compiler that this says which it is.
    pub fn optimized(&self, by: &[u8]) -> Key {
        Key::over("optimized", &[&self.0, by])
    }

    fn over(kind: &str, parts: &[&[u8]]) -> Key {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&FORM.to_le_bytes());
        for part in [kind.as_bytes()].iter().chain(parts) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Key(*hasher.finalize().as_bytes())
    }
}

/// Logs under one key, the newest first, with the keys of the entries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Variants(pub Vec<(Log, Key)>);

impl Variants {
    /// As bytes.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let rows: Vec<(&Log, [u8; 32])> = self.0.iter().map(|(log, key)| (log, key.0)).collect();
        postcard::to_allocvec(&rows).ok()
    }

    /// What these bytes were made from; `None` for others.
    pub fn from_bytes(bytes: &[u8]) -> Option<Variants> {
        let rows: Vec<(Log, [u8; 32])> = postcard::from_bytes(bytes).ok()?;
        Some(Variants(rows.into_iter().map(|(log, key)| (log, Key(key))).collect()))
    }

    /// Puts a log in front, once.
    pub fn add(&mut self, log: Log, entry: Key) {
        self.0.retain(|(_, known)| *known != entry);
        self.0.insert(0, (log, entry));
        self.0.truncate(MOST_VARIANTS);
    }
}
