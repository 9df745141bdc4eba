//! Texts that live as long as the process, read back from a cache.
//!
//! A few types name things by texts of the compiler itself. There are few such texts, so
//! each is kept once and never given back.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Deserializer};
use std::sync::{Mutex, PoisonError};

/// A text of the compiler's own. (By this name, since one that is spelled as a reference
/// would be taken for a part of what it is read from.)
pub type NameForLife = &'static str;

/// Reads a text that stays.
pub fn name<'de, D: Deserializer<'de>>(from: D) -> Result<NameForLife, D::Error> {
    String::deserialize(from).map(|text| kept(&text))
}

/// As [`name`], of one that may be missing.
pub fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NameForLife>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|text| kept(&text)))
}

fn kept(text: &str) -> NameForLife {
    static KEPT: Mutex<Option<FxHashSet<&'static str>>> = Mutex::new(None);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    match kept.get(text) {
        Some(known) => known,
        None => {
            let new: &'static str = Box::leak(text.to_owned().into_boxed_str());
            kept.insert(new);
            new
        }
    }
}
