//! Syntax trees of library functions, kept from one compilation to the next.
//!
//! A tree is asked for whenever a function is built: once in each compilation, and again for
//! each form with unrolled loops. Texts of the library never change, so each is parsed once in
//! a thread. The user's trees aren't kept: they would stay when the function has gone.
//!
//! Trees hold offsets in the text, and know nothing of the compilation they were made in.

use crate::parse::{FunctionAst, Located};
use cumbia_diagnostics::Diagnostic;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// A parsed function.
pub(super) struct Parsed {
    /// The tree.
    pub ast: FunctionAst,
    /// Offsets of the header.
    pub header: (u32, u32),
}

thread_local! {
    /// By address of the text.
    static KEPT: RefCell<FxHashMap<usize, Rc<Parsed>>> = RefCell::default();
}

/// The tree of a library function, if it was parsed before.
pub(super) fn known(text: &'static str) -> Option<Rc<Parsed>> {
    KEPT.with_borrow(|kept| kept.get(&(text.as_ptr() as usize)).cloned())
}

/// Parses a library function, and keeps its tree.
pub(super) fn parse(text: &'static str, located: Located) -> Result<Rc<Parsed>, Box<Diagnostic>> {
    let header = (located.header.start, located.header.end);
    let parsed = Rc::new(Parsed { ast: located.parse()?, header });
    KEPT.with_borrow_mut(|kept| kept.insert(text.as_ptr() as usize, parsed.clone()));
    Ok(parsed)
}
