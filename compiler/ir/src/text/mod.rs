//! The text form of modules: printer and parser.
//!
//! Tests, bug reports and documentation all speak it; `docs/ir.md` describes it.
//! Blocks and values are numbered densely in layout order when printed, whatever
//! their handles are, so equal functions print equally, and printing what was
//! parsed from printed text gives that text again. The parser takes any numbers.
//! It checks names, arities of results and the spelling of everything; types and
//! the rest are the verifier's.

/// A digest of the sources of printer and parser: two programs with equal ones read what
/// the other one prints.
pub const FORM: u64 = {
    let mut digest = 0xcbf2_9ce4_8422_2325;
    digest = absorb(digest, include_bytes!("lex.rs"));
    digest = absorb(digest, include_bytes!("number.rs"));
    digest = absorb(digest, include_bytes!("parse.rs"));
    digest = absorb(digest, include_bytes!("parse_inst.rs"));
    absorb(digest, include_bytes!("print.rs"))
};

/// FNV-1a, 64 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>.
const fn absorb(mut digest: u64, bytes: &[u8]) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        digest = (digest ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    digest
}

mod lex;
mod number;
mod numbering;
mod parse;
mod parse_inst;
mod print;

pub use number::{float_text, parse_float};
pub use numbering::Numbering;
pub use parse::{FunctionPlaces, ParseError, Places, parse_module, parse_module_with_places};
pub use print::{FunctionDisplay, InstDisplay};
