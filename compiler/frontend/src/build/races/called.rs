//! What functions do with the arrays that a parallel loop's body passes to them.
//!
//! ```text
//!   def put(a, k, x):             for i in prange(n):
//!       a[k + 1] = x         =>       put(out, i, 1.0)       # writes out[i + 1]
//! ```
//!
//! A function's own text is walked as a loop's body is, with its parameters for symbols. Where
//! it is called, arguments take their places. What can't be put in terms of the arguments isn't
//! noted: of a call only what is known is warned of. Functions are those that a name stands for
//! outside of all functions; methods, closures and functions that are arguments aren't looked at.

use super::affine::Poly;
use super::apart::Turns;
use super::bindings::{Bindings, assigned, count_loops};
use super::views::compose;
use super::{Access, Kind, Position, Walk};
use crate::captures;
use crate::environment::Called;
use crate::parse::{self, FunctionAst, Wanted};
use cumbia_diagnostics::SourceId;
use rustc_hash::{FxHashMap, FxHashSet};
use rustpython_parser::ast::{self, Expr};
use std::rc::Rc;

/// Deeper trees aren't walked on this stack.
const DEEPEST: usize = 200;

/// What a function does with its parameters, in terms of them.
pub(super) struct Summary {
    params: Vec<String>,
    /// By the parameter that is the array.
    accesses: Vec<(String, Access)>,
}

impl Summary {
    fn of(called: &Called) -> Option<Summary> {
        let wanted = match called.lambda_offset {
            Some(_) => return None,
            None => Wanted::Def(&called.function),
        };
        let located = parse::locate(&called.text, SourceId(0), wanted).ok()?;
        if located.depth > DEEPEST {
            return None;
        }
        let FunctionAst::Def(def) = located.parse().ok()? else { return None };
        let args = &*def.args;
        if args.vararg.is_some() || args.kwarg.is_some() {
            return None;
        }
        let params: Vec<String> = captures::parameter_names(args).map(str::to_owned).collect();
        let tally = captures::tally(&def.body);
        let bindings = |name: &str| tally.counts.get(name).map_or(0, |counts| counts.1);
        let bound: FxHashSet<&str> = tally
            .counts
            .iter()
            .filter(|(_, counts)| counts.1 > 0)
            .map(|(name, _)| &**name)
            .collect();
        let mut stands = FxHashMap::default();
        assigned(&def.body, &mut stands);
        stands.retain(|name, _| bindings(name) == 1 && !params.iter().any(|p| p == name));
        let mut loops = FxHashMap::default();
        count_loops(&def.body, &mut loops);
        let counters = loops.into_iter().filter(|(name, n)| bindings(name) == *n);
        let around = Bindings::default();
        let mut walk = Walk {
            text: &called.text,
            variable: "",
            bound: &bound,
            stands,
            around: &around,
            counters: counters.map(|(name, _)| name).collect(),
            running: FxHashMap::default(),
            parts: FxHashMap::default(),
            turns: Turns::default(),
            given: Vec::new(),
            found: FxHashMap::default(),
            order: Vec::new(),
            called: &called.called,
            summaries: FxHashMap::default(),
        };
        walk.block(&def.body);
        let (mut found, order) = (walk.found, walk.order);
        let mut accesses = Vec::new();
        for root in order.into_iter().filter(|root| params.contains(root)) {
            let of = found.remove(&root).unwrap_or_default();
            accesses.extend(of.into_iter().map(|access| (root.clone(), access)));
        }
        Some(Summary { params, accesses })
    }
}

/// Arguments in the places of parameters.
struct Places<'p, 's> {
    /// By parameter: its expression, and as a whole number.
    given: FxHashMap<&'p str, (&'s Expr, Option<Poly>)>,
    /// Where the call is: what is unknown in one is its own.
    site: u32,
    function: &'p str,
    params: &'p [String],
}

impl Places<'_, '_> {
    fn poly(&self, walk: &Walk<'_, '_>, poly: &Poly) -> Option<Poly> {
        // Names of both functions must not meet.
        let mut out = poly.renamed(|atom| match atom.strip_prefix('<') {
            Some(rest) => format!("<{}:{rest}", self.site),
            None => format!("\0{atom}"),
        });
        loop {
            let atom = out.atoms().find(|atom| atom.starts_with('\0')).map(str::to_owned);
            let Some(atom) = atom else { break };
            out = out.with(&atom, &self.symbol(walk, &atom[1..])?)?;
        }
        Some(out)
    }

    /// What a symbol of the function is where it is called.
    fn symbol(&self, walk: &Walk<'_, '_>, atom: &str) -> Option<Poly> {
        let end = atom.find(['.', '[']).unwrap_or(atom.len());
        let (root, rest) = atom.split_at(end);
        if root.is_empty() || root.contains(|c: char| !c.is_alphanumeric() && c != '_') {
            return None;
        }
        // In other subscripts there may be parameters again.
        let extent = rest.strip_prefix(".shape[").and_then(|rest| rest.strip_suffix(']'));
        let is_extent = extent.is_some_and(|axis| axis.parse::<u8>().is_ok());
        if !rest.is_empty() && !is_extent {
            return None;
        }
        if !self.params.iter().any(|p| p == root) {
            // A global of its own module.
            return Some(Poly::atom(&format!("{}:{atom}", self.function)));
        }
        let (expression, value) = self.given.get(root)?;
        match (rest, expression) {
            ("", _) => value.clone(),
            // `len(a)`
            (_, Expr::Name(name)) if !walk.bound.contains(name.id.as_str()) => {
                Some(Poly::atom(&format!("{}{rest}", name.id.as_str())))
            }
            _ => None,
        }
    }

    fn position(&self, walk: &Walk<'_, '_>, of: &Position) -> Option<Position> {
        let each = |of: &[Poly]| of.iter().filter_map(|p| self.poly(walk, p)).collect::<Vec<_>>();
        let exact = match &of.exact {
            Some(exact) => Some(self.poly(walk, exact)?),
            None => None,
        };
        let (low, high) = (each(&of.low), each(&of.high));
        let known = of.ellipsis || exact.is_some() || !low.is_empty() || !high.is_empty();
        known.then_some(Position { exact, low, high, ellipsis: of.ellipsis })
    }
}

impl<'s> Walk<'s, '_> {
    /// Notes what a function that is called by its name does with the arrays that it is given.
    pub(super) fn call_by_name(&mut self, callee: &ast::ExprName, e: &'s ast::ExprCall) {
        let name = callee.id.as_str();
        let around = self.around.once.contains_key(name) || self.around.often.contains(name);
        if self.bound.contains(name) || around {
            return;
        }
        let Some(called) = self.called.iter().find(|called| *called.name == *name) else { return };
        if !self.summaries.contains_key(name) {
            let made = Summary::of(called).map(Rc::new);
            self.summaries.insert(name.to_owned(), made);
        }
        let Some(summary) = self.summaries[name].clone() else { return };
        let mut given: FxHashMap<&str, (&'s Expr, Option<Poly>)> = FxHashMap::default();
        if e.args.len() > summary.params.len() || e.args.iter().any(Expr::is_starred_expr) {
            return;
        }
        for (param, arg) in summary.params.iter().zip(&e.args) {
            given.insert(param, (arg, self.form(arg, 0)));
        }
        for keyword in &e.keywords {
            let Some(name) = &keyword.arg else { return };
            given.insert(name.as_str(), (&keyword.value, self.form(&keyword.value, 0)));
        }
        let (site, _) = parse::range_of(e);
        let places = Places { given, site, function: name, params: &summary.params };
        let mut noted = Vec::new();
        for (root, access) in &summary.accesses {
            let Some((arg, _)) = places.given.get(root.as_str()) else { continue };
            let Some(seen) = self.seen(arg, 0).filter(|_| access.form.is_empty()) else { continue };
            let index: Option<Vec<Position>> =
                access.index.iter().map(|p| places.position(self, p)).collect();
            let Some(index) = index.and_then(|index| compose(seen.index.clone(), index)) else {
                continue;
            };
            let given =
                access.given.iter().filter_map(|p| places.poly(self, p)).collect::<Vec<_>>();
            let kind: Kind = access.kind;
            noted.push((seen.root, seen.form, index, given, kind, parse::range_of(*arg)));
        }
        for (root, form, index, given, kind, at) in noted {
            let before = self.given.len();
            self.given.extend(given);
            self.note(super::views::Seen { root, form, index }, kind, at);
            self.given.truncate(before);
        }
    }
}
