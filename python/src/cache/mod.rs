//! Compiled code that an earlier process has made: finding it, and keeping what is made.
//!
//! What an entry depends on is the driver's matter (`cumbia_driver::cache`), which files may
//! be trusted the store's (`cumbia_store`). Here are the settings, and the way of one
//! specialization through both: its key, the logs under it, replaying them against the
//! program, the code of tier 1, and that of tier 2, which is kept when it gets ready, on the
//! compiling thread.
//!
//! Nothing here raises: whatever is wrong with the cache, the function is compiled. A
//! directory that must not be trusted is told once in a process, as a warning.

mod build;
mod settings;

pub use build::{llvm_build, this_build};
pub use settings::{Cache, install, present};

use crate::dispatcher::Freshness;
use crate::events::{self, Kind};
use crate::tiers::label;
use cumbia_driver::cache::{
    Key, Log, Moved, Recorder, SourceLines, Variants, entry_from_bytes, entry_to_bytes,
};
use cumbia_driver::{Artifact, Compiled, Session, artifact_from_bytes, artifact_to_bytes};
use cumbia_frontend::environment::FunctionSource;
use cumbia_frontend::types::Ty;
use pyo3::prelude::*;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Whether a function's code is to be kept: where `cache` doesn't say it, if its source is
/// in a file.
pub fn is_wanted(option: Option<bool>, filename: &str) -> bool {
    option.unwrap_or_else(|| {
        !(filename.starts_with('<') && filename.ends_with('>')) && Path::new(filename).is_file()
    })
}

/// What keeps the code of one specialization.
pub struct Place {
    cache: Arc<Cache>,
    key: Key,
    variants: Variants,
}

/// Where the code of a specialization lies.
pub struct Kept {
    cache: Arc<Cache>,
    entry: Key,
    moved: Arc<Moved>,
    /// Whether what is there counts as none, and is replaced.
    anew: bool,
}

impl Place {
    /// Of a function for argument types; `None` where nothing can be kept.
    pub fn of(
        py: Python<'_>,
        session: &Session,
        source: &FunctionSource,
        types: &[Ty],
    ) -> Option<Place> {
        let cache = present(py)?;
        let mut build = build::this_build()?.to_vec();
        build.extend_from_slice(versions(py).as_bytes());
        let key = Key::of(&build, session, source, types)?;
        let variants = Variants(
            cache
                .get_all(&log_name(&key))
                .filter_map(|b| Variants::from_bytes(&b))
                .flat_map(|v| v.0)
                .collect(),
        );
        Some(Place { cache, key, variants })
    }

    /// Logs of earlier compilations, with what they made.
    pub fn variants(&self) -> Vec<(Log, Key)> {
        self.variants.0.clone()
    }

    /// Says that nothing that is kept will do.
    pub fn missed(&self, qualname: &str, types: &[Ty]) {
        let types: Vec<String> = types.iter().map(ToString::to_string).collect();
        let label = format!("{qualname}({})", types.join(", "));
        events::record(Kind::Missed, &label, Duration::ZERO, "");
    }

    /// What was compiled when a log's questions were answered like now.
    pub fn load(&self, entry: Key, places: &SourceLines) -> Option<(Compiled, Kept)> {
        let start = Instant::now();
        let read = |bytes: Vec<u8>| entry_from_bytes(&bytes, places);
        let compiled = self.cache.get_all(&code_name(&entry)).find_map(read)?;
        let moved = compiled.moved.clone();
        let kept = Kept { cache: self.cache.clone(), entry, moved, anew: false };
        self.cache.hits.fetch_add(1, Ordering::Relaxed);
        events::record(Kind::Found, &label(&compiled), start.elapsed(), compiled.target);
        Some((compiled, kept))
    }

    /// Keeps what was compiled.
    pub fn store(self, compiled: &Compiled, recorder: Recorder<'_>) -> Option<Kept> {
        let (start, cache) = (Instant::now(), self.cache);
        cache.misses.fetch_add(1, Ordering::Relaxed);
        let (log, places) = recorder.finish()?;
        let entry = self.key.entry(&log)?;
        let content = entry_to_bytes(compiled, &places)?;
        // The log last: who finds it finds the rest.
        if cache.put(&code_name(&entry), &content) {
            let mut variants = cache
                .get_own(&log_name(&self.key))
                .and_then(|bytes| Variants::from_bytes(&bytes))
                .unwrap_or_default();
            variants.add(log, entry);
            if cache.put(&log_name(&self.key), &variants.to_bytes()?) {
                cache.stores.fetch_add(1, Ordering::Relaxed);
                events::record(Kind::Stored, &label(compiled), start.elapsed(), "");
            }
        }
        Some(Kept { cache, entry, moved: compiled.moved.clone(), anew: false })
    }
}

impl Kept {
    /// The same, for code that is to be as fresh as this.
    pub fn for_code(self, freshness: Freshness) -> Kept {
        Kept { anew: freshness == Freshness::Anew, ..self }
    }

    /// The code of tier 2, if an earlier process has kept it.
    pub fn best(&self) -> Option<Artifact> {
        if self.anew {
            return None;
        }
        let name = self.best_name()?;
        let read = |bytes: Vec<u8>| artifact_from_bytes(&bytes);
        let mut artifact = self.cache.get_all(&name).find_map(read)?;
        self.moved.bring_up(&mut artifact);
        Some(artifact)
    }

    /// Keeps the code of tier 2.
    pub fn keep_best(&self, artifact: &Artifact, label: &str) {
        let start = Instant::now();
        let Some(name) = self.best_name() else { return };
        let mut artifact = artifact.clone();
        self.moved.take_back(&mut artifact);
        if self.cache.put(&name, &artifact_to_bytes(&artifact)) {
            events::record(Kind::Stored, label, start.elapsed(), "best");
        }
    }

    fn best_name(&self) -> Option<String> {
        Some(format!("{}.best", self.entry.optimized(build::llvm_build()?)))
    }
}

fn log_name(key: &Key) -> String {
    format!("{key}.log")
}

fn code_name(key: &Key) -> String {
    format!("{key}.code")
}

/// Versions of what the code runs under: Python's, and NumPy's if it is there.
fn versions(py: Python<'_>) -> String {
    let python = Python::version_str();
    let numpy = || -> PyResult<String> {
        let numpy = py.import("sys")?.getattr("modules")?.get_item("numpy")?;
        numpy.getattr("__version__")?.extract()
    };
    format!("{python} {}", numpy().unwrap_or_default())
}
