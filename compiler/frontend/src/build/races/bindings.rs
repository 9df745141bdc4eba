//! What a function's text binds its names to.

use crate::scope;
use rustc_hash::{FxHashMap, FxHashSet};
use rustpython_parser::ast::{Expr, Stmt};

use super::range_of;

/// Names that a function binds once, with what they are bound to, and those it binds again.
#[derive(Default)]
pub(in crate::build) struct Bindings<'s> {
    pub(super) once: FxHashMap<&'s str, &'s Expr>,
    pub(super) often: FxHashSet<&'s str>,
}

impl<'s> Bindings<'s> {
    /// Those of a function's body; `parameters` are bound besides.
    pub(in crate::build) fn of(
        body: &'s [Stmt],
        parameters: impl Iterator<Item = &'s str>,
    ) -> Self {
        let mut found = Bindings::default();
        let mut counts = FxHashMap::default();
        parameters.for_each(|name| *counts.entry(name).or_insert(0) += 1);
        let tally = crate::captures::tally(body);
        let mut values = FxHashMap::default();
        assigned(body, &mut values);
        for (name, value) in values {
            let bound = tally.counts.get(name).map_or(0, |counts| counts.1);
            if bound == 1 && !counts.contains_key(name) {
                found.once.insert(name, value);
            } else if bound > 0 {
                found.often.insert(name);
            }
        }
        found
    }
}

/// What names are assigned, one by one.
pub(super) fn assigned<'s>(body: &'s [Stmt], found: &mut FxHashMap<&'s str, &'s Expr>) {
    for statement in body {
        match statement {
            Stmt::Assign(s) => {
                for target in &s.targets {
                    match (target, &*s.value) {
                        (Expr::Name(name), value) => {
                            found.insert(name.id.as_str(), value);
                        }
                        (Expr::Tuple(targets), Expr::Tuple(values))
                            if targets.elts.len() == values.elts.len() =>
                        {
                            for (target, value) in targets.elts.iter().zip(&values.elts) {
                                if let Expr::Name(name) = target {
                                    found.insert(name.id.as_str(), value);
                                }
                            }
                        }
                        _ => {}
                    }
                }
            }
            Stmt::AnnAssign(s) => {
                if let (Expr::Name(name), Some(value)) = (&*s.target, &s.value) {
                    found.insert(name.id.as_str(), value);
                }
            }
            _ => {}
        }
        for part in scope::parts(statement) {
            assigned(part, found);
        }
    }
}

/// How often loops over ranges bind names.
pub(super) fn count_loops<'s>(body: &'s [Stmt], found: &mut FxHashMap<&'s str, usize>) {
    for statement in body {
        if let Stmt::For(s) = statement
            && let Expr::Name(name) = &*s.target
            && range_of(&s.iter).is_some()
        {
            *found.entry(name.id.as_str()).or_default() += 1;
        }
        for part in scope::parts(statement) {
            count_loops(part, found);
        }
    }
}
