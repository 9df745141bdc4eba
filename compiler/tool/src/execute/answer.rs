//! What a run gave, in one form for the interpreter and native code.

use super::call::scalar_text;
use cumbia_ir::interp::canonical;
use cumbia_ir::{Loc, Type};
use std::fmt;

/// How a run ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Ending {
    /// With results, in canonical form.
    Values(Vec<(Type, u64)>),
    /// With an exception.
    Raised(Box<Raised>),
    /// Stopped for using up its limits (interpreter only).
    Exhausted,
    /// With a violated precondition or a forbidden access (interpreter only).
    Bug(String),
}

/// An exception that left the called function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Raised {
    /// Class.
    pub class: String,
    /// Message, arguments filled in.
    pub message: String,
    /// Function and place where it started, then the calls that it passed.
    pub trace: Vec<(String, Loc)>,
}

/// All that can be seen of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// How it ended.
    pub ending: Ending,
    /// Contents of the buffers among the arguments, in order.
    pub buffers: Vec<(Type, Vec<u64>)>,
    /// Allocations that the function didn't release, and references to owner records
    /// among the arguments that it didn't give back. After an exception the boundary
    /// frees what is left, so this is 0 then.
    pub kept: i64,
}

impl Answer {
    /// Whether two runs agree. All nans are alike: the IR doesn't say which one an
    /// operation gives. Addresses in buffers are not compared: each run has its own
    /// memory.
    pub fn agrees_with(&self, other: &Answer) -> bool {
        let same = |ty, a: u64, b: u64| ty == Type::Ptr || same_bits(ty, a, b);
        let buffers = self.buffers.len() == other.buffers.len()
            && self.buffers.iter().zip(&other.buffers).all(|((ty, a), (_, b))| {
                a.len() == b.len() && a.iter().zip(b).all(|(&a, &b)| same(*ty, a, b))
            });
        same_ending(&self.ending, &other.ending) && buffers && self.kept == other.kept
    }
}

/// Whether two endings are the same, all nans being alike.
///
/// How deep a recursion comes before it is stopped depends on who runs it, so the
/// trace of a RecursionError isn't compared.
pub fn same_ending(a: &Ending, b: &Ending) -> bool {
    match (a, b) {
        (Ending::Values(a), Ending::Values(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|(&(ta, a), &(tb, b))| ta == tb && same_bits(ta, a, b))
        }
        (Ending::Raised(a), Ending::Raised(b)) if a.class == "RecursionError" => {
            (&a.class, &a.message) == (&b.class, &b.message)
        }
        _ => a == b,
    }
}

/// Whether two values of a type are the same, all nans being alike.
pub fn same_bits(ty: Type, a: u64, b: u64) -> bool {
    let (a, b) = (canonical(ty, a), canonical(ty, b));
    a == b || (is_nan(ty, a) && is_nan(ty, b))
}

fn is_nan(ty: Type, bits: u64) -> bool {
    match ty {
        Type::F32 => f32::from_bits(bits as u32).is_nan(),
        Type::F64 => f64::from_bits(bits).is_nan(),
        _ => false,
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Values(values) if values.is_empty() => f.write_str("()"),
            Ending::Values(values) => {
                let texts: Vec<_> =
                    values.iter().map(|&(ty, bits)| scalar_text(ty, bits)).collect();
                f.write_str(&texts.join(", "))
            }
            Ending::Raised(raised) => {
                write!(f, "raises {} {:?}", raised.class, raised.message)?;
                for (i, (function, loc)) in raised.trace.iter().enumerate() {
                    let from = if i == 0 { "in" } else { "called by" };
                    write!(f, " {from} @{function} {loc}")?;
                }
                Ok(())
            }
            Ending::Exhausted => f.write_str("out of fuel or stack"),
            Ending::Bug(message) => write!(f, "is a bug: {message}"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.ending)?;
        for (i, (ty, elements)) in self.buffers.iter().enumerate() {
            let texts: Vec<_> = elements.iter().map(|&bits| scalar_text(*ty, bits)).collect();
            let word = if i == 0 { " leaves" } else { "," };
            write!(f, "{word} [{ty}: {}]", texts.join(", "))?;
        }
        if self.kept != 0 {
            write!(f, " keeps {}", self.kept)?;
        }
        Ok(())
    }
}
