//! The caller's side: finds the functions of a shared object, and compiles through them.

use super::{
    Answer, COMPILE, CompileFn, DESCRIPTION, FINGERPRINT, FREE, FingerprintFn, FreeFn, LARGEST,
    Options, fingerprint,
};
use crate::{Artifact, Backend, BackendError, artifact_from_bytes};
use cumbia_ir::Module;
use libloading::Library;
use std::ffi::CStr;
use std::fmt;
use std::path::{Path, PathBuf};

/// Why a backend's shared object can't be used. The process is unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SharedError {
    /// There is no such file, or the system can't load it.
    Missing(String),
    /// It was built from other sources.
    Other {
        /// Which file.
        path: PathBuf,
        /// What it says it is.
        found: String,
    },
}

impl fmt::Display for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SharedError::Missing(why) => f.write_str(why),
            SharedError::Other { path, found } => write!(
                f,
                "{} was built from other sources: it is {found}, {} is needed",
                path.display(),
                fingerprint()
            ),
        }
    }
}

impl std::error::Error for SharedError {}

/// A backend in a shared object, which stays loaded.
pub struct SharedBackend {
    name: &'static str,
    options: Options,
    description: String,
    compile: CompileFn,
    free: FreeFn,
}

impl SharedBackend {
    /// Loads the object at `path`; `name` is the backend's in options and reports.
    ///
    /// # Errors
    ///
    /// No object there, or one that was built from other sources.
    pub fn load(name: &'static str, path: &Path) -> Result<SharedBackend, SharedError> {
        let missing = |error: libloading::Error| {
            // The system's own words are the error's source.
            let text =
                std::error::Error::source(&error).map_or(error.to_string(), |e| e.to_string());
            let at = path.display().to_string();
            SharedError::Missing(if text.contains(&at) { text } else { format!("{at}: {text}") })
        };
        // SAFETY: loading runs the object's initializers. It is the file that the user
        // named or that was installed with this package.
        let library = unsafe { Library::new(path) }.map_err(missing)?;
        // SAFETY (here and below): the names are this interface's alone, and an object
        // that exports them does so with these types; the fingerprint tells other
        // versions of the interface apart before anything else is called.
        let text = |function: &str| -> Result<String, SharedError> {
            // SAFETY: as above; the text lives as long as the object, which is leaked.
            unsafe {
                let function = library.get::<FingerprintFn>(function).map_err(missing)?;
                Ok(CStr::from_ptr(function()).to_string_lossy().into_owned())
            }
        };
        let found = text(FINGERPRINT)?;
        if found != fingerprint() {
            return Err(SharedError::Other { path: path.to_owned(), found });
        }
        let description = text(DESCRIPTION)?;
        // SAFETY: as above.
        let (compile, free) = unsafe {
            (
                *library.get::<CompileFn>(COMPILE).map_err(missing)?,
                *library.get::<FreeFn>(FREE).map_err(missing)?,
            )
        };
        // The object is never unloaded: its threads' state may outlive every owner.
        std::mem::forget(library);
        Ok(SharedBackend { name, options: Options::default(), description, compile, free })
    }

    /// The same backend with other options.
    #[must_use]
    pub fn with_options(&self, options: Options) -> SharedBackend {
        SharedBackend { options, description: self.description.clone(), ..*self }
    }

    /// What the object says it is: the library within it and its version.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Compiles with the given options; gives what `options.emit` asks for.
    ///
    /// # Errors
    ///
    /// As [`Backend::compile`].
    pub fn answer(&self, module: &Module, options: Options) -> Result<Vec<u8>, BackendError> {
        let (text, options) = (module.to_string(), options.to_text());
        let mut answer = Answer { ok: 0, data: std::ptr::null_mut(), size: 0 };
        // SAFETY: the object was checked to have this interface; the texts outlive the
        // call, and the answer is freed by the object after its bytes were copied.
        let (ok, bytes) = unsafe {
            (self.compile)(text.as_ptr(), text.len(), options.as_ptr(), options.len(), &mut answer);
            let bytes = match answer.data.is_null() {
                true => Vec::new(),
                false => std::slice::from_raw_parts(answer.data, answer.size).to_vec(),
            };
            let ok = answer.ok == 1;
            (self.free)(&mut answer);
            (ok, bytes)
        };
        if ok {
            return Ok(bytes);
        }
        let message = String::from_utf8_lossy(&bytes).into_owned();
        let (function, message) = match message.split_once('\0') {
            Some((function, message)) => (function.to_owned(), message.to_owned()),
            None => (String::new(), message),
        };
        Err(BackendError { function, message })
    }

    /// The module in a form for reading: what `options.emit` asks for.
    ///
    /// # Errors
    ///
    /// As [`Backend::compile`].
    pub fn text(&self, module: &Module, options: Options) -> Result<String, BackendError> {
        Ok(String::from_utf8_lossy(&self.answer(module, options)?).into_owned())
    }
}

impl Backend for SharedBackend {
    fn name(&self) -> &'static str {
        self.name
    }

    fn declines(&self, module: &Module) -> Option<String> {
        let size: usize = module.functions.iter().map(|f| f.num_insts()).sum();
        (size > LARGEST).then(|| format!("{size} instructions; at most {LARGEST}"))
    }

    fn compile(&self, module: &Module) -> Result<Artifact, BackendError> {
        let bytes = self.answer(module, self.options)?;
        artifact_from_bytes(&bytes).ok_or_else(|| BackendError {
            function: String::new(),
            message: "the shared object's answer is damaged".into(),
        })
    }
}
