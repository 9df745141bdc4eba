//! Where the cache is, and whether there is one.
//!
//! The settings are environment variables (`cumbia/_info.py` lists them). They are looked at
//! for each compilation, so that a program can set them before its first call; the directories
//! are opened when they are first needed and again when settings change, or when the
//! directory was removed.

use super::build::this_build;
use crate::events::{self, Kind};
use crate::interpreted::Interpreted;
use crate::tiers;
use cumbia_store::{Entry, Refused, Store, Use};
use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::ffi::{CString, OsString};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Bytes that the cache holds at most, where `CUMBIA_CACHE_SIZE` doesn't say it.
const DEFAULT_SIZE: u64 = 512 << 20;

/// The open directories: the user's own, and others that are only read.
pub struct Cache {
    own: Option<Store>,
    layers: Vec<Store>,
    /// Why one of them isn't used.
    pub refused: Vec<Refused>,
    /// Specializations that were found.
    pub hits: AtomicU64,
    /// Those that had to be compiled.
    pub misses: AtomicU64,
    /// Those that were kept.
    pub stores: AtomicU64,
}

impl Cache {
    /// The contents of all files of a name, the user's own first.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Vec<u8>> + 'a {
        self.own.iter().chain(&self.layers).filter_map(move |store| store.get(name))
    }

    /// The content of the user's own file of a name.
    pub fn get_own(&self, name: &str) -> Option<Vec<u8>> {
        self.own.as_ref()?.get(name)
    }

    /// Keeps a file; whether that was possible.
    pub fn put(&self, name: &str, content: &[u8]) -> bool {
        self.own.as_ref().is_some_and(|own| own.put(name, content))
    }
}

/// What the environment says.
#[derive(Clone, PartialEq, Eq)]
struct Settings {
    off: bool,
    directory: Option<PathBuf>,
    layers: Option<OsString>,
    size: u64,
}

/// The value of a variable; an empty one is none.
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

impl Settings {
    fn now() -> Settings {
        let home = || variable("HOME").map(|home| PathBuf::from(home).join(".cache"));
        let usual = || {
            let base = variable("XDG_CACHE_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
            Some(base.or_else(home)?.join("cumbia"))
        };
        Settings {
            off: variable("CUMBIA_CACHE").is_some_and(|value| value == "0")
                || Interpreted::asked() != Interpreted::No
                || tiers::first_target().name != cumbia_driver::host().name,
            directory: variable("CUMBIA_CACHE_DIR").map(PathBuf::from).or_else(usual),
            layers: variable("CUMBIA_CACHE_LAYERS"),
            size: variable("CUMBIA_CACHE_SIZE")
                .and_then(|value| bytes(value.to_str()?))
                .unwrap_or(DEFAULT_SIZE),
        }
    }

    fn open(&self) -> Cache {
        let mut refused = Vec::new();
        let mut open = |path: PathBuf, purpose| match Store::open(&path, purpose, self.size) {
            Ok(store) => Some(store),
            Err(why) => {
                refused.push(why);
                None
            }
        };
        let own = self.directory.clone().and_then(|path| open(path, Use::Own));
        let layers = self.layers.iter().flat_map(std::env::split_paths);
        let layers = layers.filter(|p| p.is_absolute()).filter_map(|p| open(p, Use::Layer));
        let layers = layers.collect();
        let (hits, misses, stores) = Default::default();
        Cache { own, layers, refused, hits, misses, stores }
    }
}

/// A number of bytes, or of units of 1024 of them: `200`, `64K`, `500M`, `2G`.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let (digits, unit) = match text.char_indices().last()? {
        (at, 'K' | 'k') => (&text[..at], 1 << 10),
        (at, 'M' | 'm') => (&text[..at], 1 << 20),
        (at, 'G' | 'g') => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    digits.trim().parse::<u64>().ok()?.checked_mul(unit)
}

static OPEN: Mutex<Option<(Settings, Arc<Cache>)>> = Mutex::new(None);

/// The cache; `None` where it is turned off or there is no directory to use.
pub fn present(py: Python<'_>) -> Option<Arc<Cache>> {
    let cache = opened(&Settings::now())?;
    warn(py, &cache);
    (cache.own.is_some() || !cache.layers.is_empty()).then_some(cache)
}

fn opened(settings: &Settings) -> Option<Arc<Cache>> {
    if settings.off {
        return None;
    }
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, cache)) = &*open
        && known == settings
        && cache.own.as_ref().map_or(settings.directory.is_none(), |own| own.check().is_ok())
    {
        return Some(cache.clone());
    }
    let cache = Arc::new(settings.open());
    if let Some((_, old)) = &*open {
        for (new, old) in
            [(&cache.hits, &old.hits), (&cache.misses, &old.misses), (&cache.stores, &old.stores)]
        {
            new.store(old.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }
    *open = Some((settings.clone(), cache.clone()));
    Some(cache)
}

/// Says once in a process that a directory isn't used which somebody may take for used.
fn warn(py: Python<'_>, cache: &Cache) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    let reason = cache.refused.iter().find_map(|why| match why {
        Refused::Unsafe(text) => Some(text),
        Refused::Absent(_) => None,
    });
    let Some(reason) = reason else { return };
    if TOLD.swap(true, Ordering::Relaxed) {
        return;
    }
    let text = format!(
        "compiled code isn't kept: {reason}. Remove it, or name another directory by \
         CUMBIA_CACHE_DIR; `cumbia info` tells what is used"
    );
    events::record(Kind::Warned, "", Duration::ZERO, &text);
    let category = py.get_type::<PyRuntimeWarning>();
    let text = CString::new(text).unwrap_or_default();
    // Where warnings are errors it is shown all the same.
    if let Err(error) = PyErr::warn(py, &category, &text, 1) {
        error.write_unraisable(py, None);
    }
}

/// What there is to tell of the cache, as a dict for `cumbia info` and `cumbia cache`:
/// where, how much, why not.
#[pyfunction]
fn _cache_report(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let settings = Settings::now();
    let report = PyDict::new(py);
    let path = settings.directory.as_ref().map(|path| path.display().to_string());
    report.set_item("directory", path)?;
    report.set_item("most", settings.size)?;
    let cache = opened(&settings);
    let own = cache.as_ref().and_then(|cache| cache.own.as_ref());
    let refused = cache.iter().flat_map(|cache| &cache.refused).map(|why| match why {
        Refused::Absent(text) | Refused::Unsafe(text) => text.clone(),
    });
    let why = match (&cache, own) {
        (None, _) => Some("it is turned off".to_owned()),
        _ if this_build().is_none() => Some("this build has no build id".to_owned()),
        (Some(_), None) if settings.directory.is_none() => Some("there is no home".to_owned()),
        _ => Some(refused.collect::<Vec<_>>().join("; ")).filter(|text| !text.is_empty()),
    };
    report.set_item("why", why)?;
    let entries = own.map(Store::entries).unwrap_or_default();
    report.set_item("used", own.is_some() && this_build().is_some())?;
    report.set_item("files", entries.len())?;
    report.set_item("bytes", entries.iter().map(|entry| entry.size).sum::<u64>())?;
    let layers = cache.iter().flat_map(|cache| &cache.layers);
    let layers: Vec<String> = layers.map(|layer| layer.path().display().to_string()).collect();
    report.set_item("layers", layers)?;
    let count = |of: fn(&Cache) -> &AtomicU64| {
        cache.as_ref().map_or(0, |cache| of(cache).load(Ordering::Relaxed))
    };
    report.set_item("hits", count(|cache| &cache.hits))?;
    report.set_item("misses", count(|cache| &cache.misses))?;
    report.set_item("stores", count(|cache| &cache.stores))?;
    Ok(report)
}

/// A directory that is read and written, for `cumbia cache`.
fn directory(path: Option<PathBuf>, most: Option<u64>) -> PyResult<Store> {
    let settings = Settings::now();
    let path = path.or(settings.directory).ok_or_else(|| {
        pyo3::exceptions::PyOSError::new_err("there is no home; name a directory")
    })?;
    Store::open(&path, Use::Own, most.unwrap_or(settings.size)).map_err(|why| match why {
        Refused::Absent(text) | Refused::Unsafe(text) => pyo3::exceptions::PyOSError::new_err(text),
    })
}

/// Names and sizes of the files in a directory; the user's own if none is named.
#[pyfunction]
#[pyo3(signature = (path=None))]
fn _cache_files(path: Option<PathBuf>) -> PyResult<Vec<(String, u64)>> {
    let files = directory(path, None)?.entries();
    Ok(files.into_iter().map(|Entry { name, size, .. }| (name, size)).collect())
}

/// A file as it lies there, if it is whole.
#[pyfunction]
#[pyo3(signature = (name, path=None))]
fn _cache_read(name: &str, path: Option<PathBuf>) -> PyResult<Option<Vec<u8>>> {
    Ok(directory(path, None)?.file(name))
}

/// Whether bytes are a whole file of this name.
#[pyfunction]
fn _cache_is_whole(name: &str, file: &[u8]) -> bool {
    cumbia_store::unseal(name, file).is_some()
}

/// Puts a file there that another cache had; whether it was whole and could be written.
#[pyfunction]
#[pyo3(signature = (name, file, path=None))]
fn _cache_write(name: &str, file: &[u8], path: Option<PathBuf>) -> PyResult<bool> {
    // A layer is as large as who makes it wants.
    let most = path.is_some().then_some(u64::MAX);
    Ok(cumbia_store::unseal(name, file).is_some() && directory(path, most)?.put_file(name, file))
}

/// Removes a file.
#[pyfunction]
#[pyo3(signature = (name, path=None))]
fn _cache_remove(name: &str, path: Option<PathBuf>) -> PyResult<bool> {
    Ok(directory(path, None)?.remove(name))
}

/// Gives the module what its Python parts ask.
pub fn install(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_cache_report, module)?)?;
    module.add_function(wrap_pyfunction!(_cache_files, module)?)?;
    module.add_function(wrap_pyfunction!(_cache_read, module)?)?;
    module.add_function(wrap_pyfunction!(_cache_is_whole, module)?)?;
    module.add_function(wrap_pyfunction!(_cache_write, module)?)?;
    module.add_function(wrap_pyfunction!(_cache_remove, module)?)
}
