//! The C interface of a backend in a shared object of its own.
//!
//! The object is large, so it is loaded on first need, and there may be none. It is
//! built apart from its caller: [`fingerprint`] covers all that both must agree on (the
//! operations, the runtime functions' order, the context's layout), and an object with
//! another one is refused before it compiles anything.
//!
//! A module travels as IR text, which what is printed parses to by contract; an artifact
//! comes back as [`crate::artifact_to_bytes`] wrote it.

use crate::device::Device;
use cumbia_abi::{Context, HELPERS, device_offsets, offsets};
use cumbia_ir::{Opcode, Region, Type};
use std::ffi::c_char;
use std::fmt::Write;

#[cfg(feature = "load")]
mod load;
#[cfg(feature = "load")]
pub use load::{SharedBackend, SharedError};

/// Name of the function that gives the fingerprint: [`FingerprintFn`].
pub const FINGERPRINT: &str = "cumbia_backend_fingerprint";
/// Name of the function that says what the object is, for reports: [`FingerprintFn`].
pub const DESCRIPTION: &str = "cumbia_backend_description";
/// Name of the function that compiles: [`CompileFn`].
pub const COMPILE: &str = "cumbia_backend_compile";
/// Name of the function that frees an answer: [`FreeFn`].
pub const FREE: &str = "cumbia_backend_free";

/// Most instructions of a module: the passes of an optimizing library take out of
/// proportion long over more.
pub const LARGEST: usize = 20_000;

/// Gives a text that lives as long as the object is loaded.
pub type FingerprintFn = unsafe extern "C" fn() -> *const c_char;
/// Compiles a module, from any thread: IR text and its length, options as text
/// ([`Options::to_text`]) and its length, where the answer goes.
pub type CompileFn = unsafe extern "C" fn(*const u8, usize, *const u8, usize, *mut Answer);
/// Frees the bytes of an answer.
pub type FreeFn = unsafe extern "C" fn(*mut Answer);

/// What a compilation gives.
#[repr(C)]
#[derive(Debug)]
pub struct Answer {
    /// 1 if `data` is what was asked for, 0 if it is an error's text.
    pub ok: u32,
    /// First of the bytes; they belong to the object.
    pub data: *mut u8,
    /// How many.
    pub size: usize,
}

/// What a compilation yields.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Emit {
    /// An artifact.
    #[default]
    Artifact,
    /// The backend's own IR as it is translated, as text.
    Translated,
    /// The backend's own IR after its passes, as text.
    Optimized,
    /// Assembly.
    Assembly,
    /// What the backend's passes say of loops, a remark a line, then a zero byte and the
    /// assembly. With places of the source in both, whatever `lines` says.
    Report,
}

impl Emit {
    const NAMES: [(Emit, &'static str); 5] = [
        (Emit::Artifact, "artifact"),
        (Emit::Translated, "translated"),
        (Emit::Optimized, "optimized"),
        (Emit::Assembly, "assembly"),
        (Emit::Report, "report"),
    ];
}

/// Choices that change code or compile time, never results.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// What to give.
    pub emit: Emit,
    /// Run the backend's own verifier also after its passes: for tests.
    pub verify: bool,
    /// Code for any processor of the host's family instead of this one's features.
    pub baseline: bool,
    /// Leave the backend's passes out: for tests.
    pub plain: bool,
    /// With the places of the source, where the form has room for them.
    pub lines: bool,
    /// Code for a device instead of the host: an artifact's object is its assembly then.
    pub device: Option<Device>,
}

impl Options {
    /// Whether the backend's passes are left out.
    pub fn is_plain(self) -> bool {
        self.plain || self.device.is_some_and(|device| device.unoptimized != 0)
    }

    /// The options as text: one `name=value` a line.
    pub fn to_text(self) -> String {
        let emit = Emit::NAMES.iter().find(|(emit, _)| *emit == self.emit).map_or("", |row| row.1);
        let flag = |name: &str, on: bool| format!("{name}={}\n", u8::from(on));
        format!("emit={emit}\n")
            + &flag("verify", self.verify)
            + &flag("baseline", self.baseline)
            + &flag("plain", self.plain)
            + &flag("lines", self.lines)
            + &self.device.map(Device::to_text).unwrap_or_default()
    }

    /// Options from their text.
    ///
    /// # Errors
    ///
    /// A line that isn't known.
    pub fn from_text(text: &str) -> Result<Options, String> {
        let mut options = Options::default();
        for line in text.lines() {
            let unknown = || format!("unknown option {line:?}");
            let (name, value) = line.split_once('=').ok_or_else(unknown)?;
            let flag = match value {
                "0" => Ok(false),
                "1" => Ok(true),
                _ => Err(unknown()),
            };
            match name {
                "emit" => {
                    let row = Emit::NAMES.iter().find(|(_, name)| *name == value);
                    options.emit = row.ok_or_else(unknown)?.0;
                }
                "verify" => options.verify = flag?,
                "baseline" => options.baseline = flag?,
                "plain" => options.plain = flag?,
                "lines" => options.lines = flag?,
                _ => {
                    let number = value.parse().map_err(|_| unknown())?;
                    let device = options.device.get_or_insert_default();
                    *device.field(name).ok_or_else(unknown)? = number;
                }
            }
        }
        Ok(options)
    }
}

/// A digest of everything that caller and object must have in common.
pub fn fingerprint() -> String {
    let mut text = format!("{} {:016x}", env!("CARGO_PKG_VERSION"), cumbia_ir::TEXT_FORM);
    for op in Opcode::ALL {
        let _ = write!(text, " {} {:?} {:?}", op.name(), op.shape(), op.effects());
    }
    for ty in Type::ALL {
        let _ = write!(text, " {ty}");
    }
    for region in Region::ALL {
        let _ = write!(text, " {}", region.name());
    }
    for helper in HELPERS {
        let _ = write!(
            text,
            " {} {:?} {:?} {:?}",
            helper.name, helper.params, helper.result, helper.effects
        );
    }
    for offset in [
        offsets::STATUS,
        offsets::RAISE_SITE,
        offsets::RAISE_ARGS,
        offsets::STACK_LIMIT,
        offsets::POLL_FLAG,
        offsets::HELPERS,
        offsets::TRACE_LEN,
        offsets::SAVED,
        offsets::SCRATCH,
        offsets::TRACE,
        offsets::OWNER_REFCOUNT,
        offsets::OWNER_DATA,
        offsets::OWNER_SIZE,
        size_of::<Context>() as i32,
        device_offsets::ARGS,
        device_offsets::BLOCK,
        device_offsets::THREAD,
        device_offsets::TRACE_LEN,
        device_offsets::TRACE,
    ] {
        let _ = write!(text, " {offset}");
    }
    // FNV-1a, 64 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>.
    let digest = text.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{} {digest:016x}", env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_written() {
        for emit in Emit::NAMES {
            let (verify, plain, lines) = (true, true, true);
            for device in [None, Some(Device { sm: 80, apart: 1, ..Device::default() })] {
                let options =
                    Options { emit: emit.0, verify, baseline: false, plain, lines, device };
                assert_eq!(Options::from_text(&options.to_text()), Ok(options));
            }
        }
        for wrong in ["emit=nothing", "verify", "verify=2", "other=1", "sm=x"] {
            assert!(Options::from_text(wrong).is_err(), "{wrong}");
        }
    }
}
