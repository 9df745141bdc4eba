//! The text form of modules: printer and parser.
//!
//! Tests, bug reports and documentation all speak it; `docs/ir.md` describes it.
//! Blocks and values are numbered densely in layout order when printed, whatever
//! their handles are, so equal functions print equally, and printing what was
//! parsed from printed text gives that text again. The parser takes any numbers.
//! It checks names, arities of results and the spelling of everything; types and
//! the rest are the verifier's.

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
