//! Loops over `prange` that run on several threads: the body becomes a nested function.
//!
//! ```text
//!   for i in prange(n):              def body(first, end, over, s, a):      # outlined
//!       s += a[i]                        s = <begin of a sum of s's type>
//!       t = i              =>            for i in <over from first to end>:
//!                                            s += a[i]
//!                                            t = i
//!                                        return s, t
//!                                    record, blocks = <run body over prange(n)>
//!                                    for b in range(blocks):
//!                                        s = s + <body's s of b>
//!                                        t = <body's t of b, if it has one>
//! ```
//!
//! What a body reads of the function around it are the outlined function's hidden parameters.
//! A variable that it binds is a turn's own and begins without a value: reading it then is
//! refused by inference, which knows what is reached. Reductions (`reductions.rs`) begin anew
//! in each block. Which variables are read after a loop is known when the function is built,
//! so a function with such loops is built twice.
//!
//! A loop within the body is an ordinary one.

use super::accumulators::{self, Accumulated};
use super::expressions::Captures;
use super::races;
use super::reductions::{self, Kind, Reduced};
use super::ssa::{ENTRY, Ssa};
use super::{Builder, LoopTargets};
use crate::captures::{self, Storage};
use crate::environment::Called;
use crate::hir::{
    CallArg, CompareOp, Const, Edge, HValue, HirFunction, Inner, Op, ParallelHow, ParallelOp,
    Param, ParamKind, SerialLoop, Terminator, ValueInfo,
};
use crate::scope::{self, Resolution, Var};
use crate::unsupported::Construct;
use cumbia_diagnostics::{Diagnostic, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use rustpython_parser::ast::{self, BoolOp, Expr};
use std::sync::Arc;

/// Variables that are read after loops: where the loop's iterable starts, the name.
pub(super) type Needed = FxHashSet<(u32, Arc<str>)>;

/// What the builder of an outlined function knows beside its text.
pub(super) struct Outlined {
    /// Of variables that are read after the loop: the variable for the latest value.
    latest: FxHashMap<Var, Var>,
    /// What the loop goes over.
    at: Span,
    /// Calls of functions that reduce, by where they start: the variable, its value before the
    /// loop, and whether it is the second argument.
    pub(super) combining: FxHashMap<u32, (Var, HValue, bool)>,
}

/// What a loop's body binds.
struct Roles<'s> {
    reduced: Vec<(Var, Reduced<'s>)>,
    /// Bound where a reduced variable is chosen, and nowhere else.
    followers: Vec<(Var, Arc<str>)>,
    /// Arrays, and what may be one, with rows for the blocks.
    accumulated: Vec<Accumulated>,
    /// Of a turn's own.
    private: Vec<(Var, Arc<str>)>,
    /// Read, and not bound.
    read: Vec<(Var, Arc<str>)>,
}

/// Whether an expression is a call of what has the name `prange`.
pub(super) fn is_prange(b: &Builder<'_>, e: &Expr) -> bool {
    let Expr::Call(call) = e else { return false };
    let named = match &*call.func {
        Expr::Name(e) => {
            let name = e.id.as_str();
            (name == "prange" || b.pranges.iter().any(|other| **other == *name))
                && matches!(b.resolve(name), Resolution::Outer(_))
        }
        Expr::Attribute(e) => e.attr.as_str() == "prange",
        _ => false,
    };
    named && call.keywords.is_empty() && !call.args.iter().any(|a| a.is_starred_expr())
}

/// Names, other than well-known ones, of what a function's loops may call for their iterables:
/// each may be `prange` under another name.
pub(crate) fn called_by_loops(text: &str) -> Vec<Arc<str>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found: Vec<Arc<str>> = Vec::new();
    for (at, _) in text.match_indices("in") {
        let rest = &text[at + 2..];
        let after = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\\' || c == '(');
        let end = after.find(|c| !is_part(c)).unwrap_or(after.len());
        let (name, behind) = after.split_at(end);
        let known =
            matches!(name, "" | "prange" | "range" | "enumerate" | "zip" | "reversed" | "map");
        let is_call = behind.trim_start().starts_with('(') && after.len() < rest.len();
        if is_call
            && !known
            && !text[..at].ends_with(is_part)
            && !found.iter().any(|other| **other == *name)
        {
            found.push(Arc::from(name));
        }
    }
    found
}

/// The name of the rows that an array is put together from.
fn rows_of(array: &str) -> String {
    format!("{}{array}>", cumbia_abi::parallel::race::ROWS)
}

/// Names that a text calls, each once.
pub(crate) fn called_by_name(text: &str) -> Vec<Arc<str>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found: Vec<Arc<str>> = Vec::new();
    for (at, _) in text.match_indices('(') {
        let before = text[..at].trim_end_matches([' ', '\t']);
        let start = before.rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
        // (A character before the name may be longer than a byte.)
        let Some(name) = before.get(start..) else { continue };
        let defined = before[..start].trim_end().ends_with("def");
        let attribute = before[..start].ends_with('.');
        let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if starts && !defined && !attribute && !found.iter().any(|other| **other == *name) {
            found.push(Arc::from(name));
        }
    }
    found
}

/// What is read after the parallel loops of a function; `None` if it has none. An error: where
/// a handler reads what an exception of such a loop has left undone.
pub(super) fn needed(function: &HirFunction) -> Option<Result<Needed, Diagnostic>> {
    let insts = || function.blocks.iter().flat_map(|block| &block.insts);
    insts().find(|inst| matches!(inst.op, Op::Parallel(ParallelOp::Run(_), _)))?;
    // From what is used for sure to what that is made of.
    let mut made = FxHashMap::default();
    let mut work: Vec<HValue> = Vec::new();
    for block in &function.blocks {
        for inst in &block.insts {
            match &inst.op {
                Op::Parallel(ParallelOp::Latest | ParallelOp::Lost, of) => {
                    made.entry(inst.results[0]).or_insert_with(Vec::new).extend(of.iter().copied());
                }
                op => op.clone().for_each_operand_mut(|v| work.push(*v)),
            }
        }
        for edge in block.edges() {
            let params = &function.blocks[edge.block.0 as usize].params;
            for (&param, &arg) in params.iter().zip(&edge.args) {
                made.entry(param).or_insert_with(Vec::new).push(arg);
            }
        }
        match &block.terminator {
            Terminator::Branch { cond, .. } => work.push(*cond),
            Terminator::Jump(_) => {}
            other => other.clone().for_each_operand_mut(|v| work.push(*v)),
        }
    }
    let mut used = FxHashSet::default();
    while let Some(value) = work.pop() {
        if used.insert(value) {
            work.extend(made.get(&value).into_iter().flatten().copied());
        }
    }
    let mut needed = Needed::default();
    for inst in insts() {
        if inst.op.is_lost() && used.contains(&inst.results[0]) {
            let by_handler = matches!(&inst.op, Op::Parallel(_, of) if of.len() == 2);
            let what = match by_handler {
                true => Construct::DeleteInParallel,
                false => Construct::HandledInParallel,
            };
            return Some(Err(what.refuse(inst.span)));
        }
        if let Op::Parallel(ParallelOp::Block, _) = inst.op {
            for value in inst.results.iter().filter(|v| used.contains(v)) {
                let name = function.values[value.0 as usize].name.clone();
                needed.extend(name.map(|name| (inst.span.start, name)));
            }
        }
    }
    Some(Ok(needed))
}

impl Builder<'_> {
    /// A variable of a turn's own has a value.
    pub(super) fn note_latest(&mut self, var: Var, value: HValue) {
        if let Some(&latest) = self.outlined.as_ref().and_then(|o| o.latest.get(&var)) {
            self.ssa.write(latest, value);
        }
    }

    /// Notes a loop over `prange` that is an ordinary one.
    pub(super) fn note_serial(&mut self, s: &ast::StmtFor) {
        if is_prange(self, &s.iter) {
            let why = match self.outlined.as_ref().map(|o| o.at) {
                Some(around) => SerialLoop::Within(around),
                None => SerialLoop::NotAsked,
            };
            let span = self.span(&*s.iter);
            self.serial.push((span, why));
        }
    }

    pub(super) fn parallel_loop(&mut self, s: &ast::StmtFor, how: ParallelHow) {
        let span = self.span(&*s.iter);
        let over = self.expression(&s.iter);
        let Some(roles) = self.roles(s, span) else { return };
        let needed = |name: &Arc<str>| {
            self.needed.is_none_or(|needed| needed.contains(&(span.start, name.clone())))
        };
        let mut roles = roles;
        roles.followers.retain(|(_, name)| needed(name));
        let latest: Vec<(Var, Arc<str>)> =
            roles.private.iter().filter(|(_, name)| needed(name)).cloned().collect();
        let mut captured: Vec<(Var, Arc<str>)> =
            roles.reduced.iter().map(|(var, r)| (*var, r.name.clone())).collect();
        captured.extend(roles.read.iter().cloned());
        let mut values: Vec<HValue> =
            captured.iter().map(|&(var, _)| self.ssa.read_unchecked(var, span)).collect();
        let parts: Vec<HValue> =
            roles.accumulated.iter().map(|one| self.parts(one, over)).collect();
        values.extend(&parts);
        let body = self.outline(s, &roles, &captured, &latest, span);
        self.nested.push(Arc::new(body));
        let index = self.nested.len() as u32 - 1;
        let closure = self.ssa.emit(Op::Closure(index, values, vec![]), span);
        let bound = || {
            let followers = roles.followers.iter().chain(&roles.private).map(|p| p.0);
            roles.reduced.iter().map(|r| r.0).chain(followers)
        };
        // A handler would see turns that have begun, and no others.
        let before: Vec<(Var, HValue)> = match self.ssa.handler() {
            Some(_) => bound().map(|var| (var, self.ssa.read_unchecked(var, span))).collect(),
            None => Vec::new(),
        };
        for &(var, value) in &before {
            let lost = self.ssa.emit(Op::Parallel(ParallelOp::Lost, vec![value]), span);
            self.ssa.write_maybe(var, lost);
        }
        let mut operands = vec![closure, over];
        operands.extend(&parts);
        let run = Op::Parallel(ParallelOp::Run(how), operands);
        let (record, blocks) = self.ssa.emit_two(run, span);
        for &(var, value) in &before {
            self.ssa.write(var, value);
        }
        if !roles.reduced.is_empty() || !latest.is_empty() || !parts.is_empty() {
            self.put_together(&roles, &latest, &parts, [closure, over, record, blocks], span);
        }
        // Some turn may have unbound the name of its exception.
        for (name, at) in scope::handler_names(&s.body) {
            if let Resolution::Local(var) = self.resolve(&name) {
                let at = Span { source: self.source, start: at.0, end: at.1 };
                let value = self.ssa.read_unchecked(var, at);
                let lost = Op::Parallel(ParallelOp::Lost, vec![value, value]);
                let lost = self.ssa.emit(lost, at);
                self.ssa.write(var, lost);
            }
        }
        self.ssa.emit_effect(Op::Parallel(ParallelOp::End, vec![record]), span);
        self.statements(&s.orelse);
    }

    /// What a loop's body does with variables; `None` where something isn't supported.
    fn roles<'s>(&mut self, s: &'s ast::StmtFor, span: Span) -> Option<Roles<'s>> {
        let before = self.diagnostics.len();
        let tally = captures::tally(&s.body);
        let found = reductions::find(&s.body, &tally, self.text);
        for statement in found.impossible {
            let at = self.span(statement);
            self.refuse(Construct::ReductionInParallel, at);
        }
        let bound = scope::bound_names(&s.target, &s.body);
        let mut of_target = Vec::new();
        scope::bind(&s.target, &mut of_target);
        let mut roles = Roles {
            reduced: Vec::new(),
            followers: Vec::new(),
            accumulated: Vec::new(),
            private: Vec::new(),
            read: Vec::new(),
        };
        let mut taken = FxHashSet::default();
        let local = |b: &mut Self, name: &str| match b.resolve(name) {
            Resolution::Local(var) => {
                if b.storage(var) == Storage::Cell {
                    b.refuse(Construct::SharedInParallel, span);
                }
                Some(var)
            }
            Resolution::Outer(_) => None,
        };
        for one in found.reduced {
            if of_target.contains(&one.name) {
                continue;
            }
            if let Some(var) = local(self, &one.name) {
                taken.insert(var);
                for name in &one.followers {
                    if let Some(var) = local(self, name) {
                        taken.insert(var);
                        roles.followers.push((var, name.clone()));
                    }
                }
                if let (true, Kind::Operator(op, reduction)) = (one.in_place, one.kind) {
                    let (name, at) = (one.name.clone(), self.span(one.at));
                    let whole = true;
                    roles.accumulated.push(Accumulated { var, name, op, reduction, at, whole });
                }
                roles.reduced.push((var, one));
            }
        }
        for name in bound {
            if let Some(var) = local(self, &name)
                && taken.insert(var)
            {
                roles.private.push((var, name));
            }
        }
        let names: FxHashSet<Arc<str>> = roles
            .private
            .iter()
            .map(|(_, n)| n.clone())
            .chain(roles.followers.iter().map(|(_, n)| n.clone()))
            .chain(roles.reduced.iter().map(|r| r.1.name.clone()))
            .collect();
        let names: FxHashSet<&str> = names.iter().map(|n| &**n).collect();
        let is_outer = |one: &&Called| matches!(self.resolve(&one.name), Resolution::Outer(_));
        let called: Vec<Called> = self.called.iter().filter(is_outer).cloned().collect();
        let mut races = races::find(s, &names, &tally, self.bindings, self.text, &called);
        for one in accumulators::elements(&s.body, &tally, self.text) {
            let meets = races.iter().any(|race| *race.name == *one.name);
            if !names.contains(&*one.name)
                && meets
                && let Some(var) = local(self, &one.name)
                && taken.insert(var)
            {
                races.retain(|race| *race.name != *one.name);
                let (name, op, reduction) = (one.name, one.op, one.reduction);
                let at = self.span(one.at);
                let whole = false;
                roles.accumulated.push(Accumulated { var, name, op, reduction, at, whole });
            }
        }
        let mut read = tally.read.clone();
        // A subscript as the target.
        captures::reads_of(&s.target, &mut read);
        for name in read {
            if let Some(var) = local(self, &name)
                && taken.insert(var)
            {
                roles.read.push((var, name));
            }
        }
        self.warn_of_races(races);
        (self.diagnostics.len() == before).then_some(roles)
    }

    fn warn_of_races(&mut self, races: Vec<races::Race>) {
        for race in races {
            let place = |(start, end)| Span { source: self.source, start, end };
            let name = &race.name;
            let text = match race.other {
                None => {
                    format!("turns of this loop over prange may write the same element of '{name}'")
                }
                Some(other) => {
                    let at = self.text.get(..other.0 as usize).unwrap_or_default();
                    let here = self.text.get(..race.write.0 as usize).unwrap_or_default();
                    let lines = |text: &str| text.matches('\n').count() as i64;
                    let where_ = match lines(at) - lines(here) {
                        0 => "here".to_owned(),
                        1 => "1 line below".to_owned(),
                        -1 => "1 line above".to_owned(),
                        n if n > 0 => format!("{n} lines below"),
                        n => format!("{} lines above", -n),
                    };
                    format!(
                        "a turn of this loop over prange may write an element of '{name}' that \
                         another one uses ({where_})"
                    )
                }
            };
            self.warned.push((place(race.write), text));
        }
    }

    /// The function that runs the turns from a first one to another.
    fn outline(
        &mut self,
        s: &ast::StmtFor,
        roles: &Roles<'_>,
        captured: &[(Var, Arc<str>)],
        latest: &[(Var, Arc<str>)],
        span: Span,
    ) -> HirFunction {
        let mut b = Builder {
            ssa: Ssa::new(self.scope.locals(), span),
            scope: self.scope,
            source: self.source,
            text: self.text,
            loops: Vec::new(),
            regions: Vec::new(),
            finally_copies: 0,
            comprehensions: Vec::new(),
            form: self.form,
            copies: Vec::new(),
            loop_paths: Vec::new(),
            diagnostics: Vec::new(),
            generator: false,
            guards: 0,
            children: Vec::new(),
            enclosing: Vec::new(),
            enclosing_names: FxHashSet::default(),
            captures: Captures { names: Vec::new(), placeholders: false },
            depth: 0,
            nested: Vec::new(),
            shared: FxHashSet::default(),
            class_name: self.class_name,
            first_parameter: None,
            makes_instance: false,
            initializer: None,
            made_itself: None,
            python_minor: self.python_minor,
            parallel: None,
            pranges: self.pranges,
            called: self.called,
            declared: self.declared,
            bindings: self.bindings,
            needed: None,
            outlined: None,
            warned: Vec::new(),
            serial: Vec::new(),
        };
        let entry = |b: &mut Builder<'_>, name: &str| {
            b.ssa.add_param(ENTRY, ValueInfo { name: Some(Arc::from(name)), span })
        };
        let [first, end, over] = ["<first>", "<end>", "<over>"].map(|name| entry(&mut b, name));
        let mut combining = FxHashMap::default();
        for (var, name) in captured {
            let value = entry(&mut b, name);
            b.ssa.write(*var, value);
            let reduced = roles.reduced.iter().find(|(reduced, _)| reduced == var);
            if let Some((_, Reduced { kind: Kind::Associative(_, second), calls, .. })) = reduced {
                let of = calls.iter().map(|call| (b.span(*call).start, (*var, value, *second)));
                combining.extend(of);
            }
        }
        let rows: Vec<HValue> =
            roles.accumulated.iter().map(|one| entry(&mut b, &rows_of(&one.name))).collect();
        b.begin_reductions(roles, [first, over], &rows);
        let kept = latest.iter().map(|(var, name)| (*var, b.ssa.new_variable(name.clone())));
        b.outlined = Some(Outlined { latest: kept.collect(), at: span, combining });
        let from_zero = matches!(&*s.iter, Expr::Call(call) if call.args.len() == 1);
        let watched = self.parallel.is_some_and(ParallelHow::is_watched);
        let operands = vec![over, first, end];
        let part = b.ssa.emit(Op::Parallel(ParallelOp::Span(from_zero), operands), span);
        b.turns(s, part, &roles.private, watched, span);
        let mut results = Vec::new();
        for (var, _) in &roles.reduced {
            let of = roles.accumulated.iter().zip(&rows).find(|(one, _)| one.var == *var);
            results.push(match of {
                Some((one, &rows)) => b.part_result(one, rows),
                None => b.ssa.read_unchecked(*var, span),
            });
        }
        for (var, _) in &roles.followers {
            results.push(b.ssa.read_unchecked(*var, span));
        }
        for (var, _) in latest {
            let latest = b.outlined.as_ref().expect("set above").latest[var];
            results.push(b.ssa.read_unchecked(latest, span));
        }
        let results = b.ssa.emit(Op::Parallel(ParallelOp::Results, results), span);
        b.ssa.terminate(Terminator::Return(results), span);
        if b.generator {
            b.refuse(Construct::YieldInParallel, span);
        }
        let (nested, loops, children) = (b.nested, b.loop_paths, b.children);
        let serial = b.serial;
        let refused = !b.diagnostics.is_empty();
        self.diagnostics.extend(b.diagnostics);
        let (blocks, values) = if refused { Default::default() } else { b.ssa.finish() };
        let param = |name: &str| Param {
            name: Arc::from(name),
            kind: ParamKind::Plain,
            has_default: false,
            default_const: None,
            span,
        };
        HirFunction {
            source: self.source,
            name: Arc::from("<prange>"),
            span,
            params: ["<first>", "<end>", "<over>"].map(param).to_vec(),
            blocks,
            values,
            loops,
            generator: false,
            children,
            nested,
            inner: Some(Inner {
                captures: {
                    let rows = roles.accumulated.iter();
                    let rows = rows.map(|one| Arc::from(rows_of(&one.name)));
                    captured.iter().map(|(_, name)| name.clone()).chain(rows).collect()
                },
                recursive: false,
                shares_cells: false,
                outlined: true,
            }),
            sends: None,
            made_early: false,
            warned: Vec::new(),
            serial,
        }
    }

    /// What reductions begin with in a block.
    fn begin_reductions(&mut self, roles: &Roles<'_>, [first, over]: [HValue; 2], all: &[HValue]) {
        for (var, one) in &roles.reduced {
            let of = roles.accumulated.iter().zip(all).find(|(of, _)| of.var == *var);
            let begun = |b: &mut Self| {
                let at = b.span(one.at);
                let mut operands = vec![b.ssa.read_unchecked(*var, at)];
                if let Kind::Extreme(call, _) = one.kind {
                    operands.push(b.expression(&call.func));
                }
                let begin = ParallelOp::Begin(one.kind.reduction());
                let value = b.ssa.emit(Op::Parallel(begin, operands), at);
                b.ssa.name_value(value, *var);
                value
            };
            let value = match of {
                None => begun(self),
                Some((of, &rows)) => self
                    .number_or_array(rows, of.at, begun, |b| b.row(of, [rows, first, over], all)),
            };
            self.ssa.name_value(value, *var);
            self.ssa.write(*var, value);
        }
        for (one, &rows) in roles.accumulated.iter().zip(all).filter(|(one, _)| !one.whole) {
            let row = self.row(one, [rows, first, over], all);
            self.ssa.write(one.var, row);
        }
    }

    /// The loop of an outlined function.
    fn turns(
        &mut self,
        s: &ast::StmtFor,
        part: HValue,
        private: &[(Var, Arc<str>)],
        watched: bool,
        span: Span,
    ) {
        let iterator = self.ssa.emit(Op::Iter(part, None), span);
        let start = self.ssa.emit(Op::IterStart(iterator, false), span);
        let blocks = self.loop_blocks(span);
        let position = self.ssa.add_param(blocks.header, ValueInfo { name: None, span });
        self.ssa.jump(blocks.header, vec![start], span);
        self.ssa.switch_to(blocks.header);
        let (more, at) = self.ssa.emit_two(Op::IterNext(iterator, position), span);
        let edge = |block| Edge { block, args: vec![] };
        self.ssa.branch(more, edge(blocks.body), edge(blocks.otherwise), span);
        self.ssa.enter(blocks.body);
        for (var, _) in private {
            self.ssa.delete(*var, span);
        }
        let item = self.ssa.emit(Op::IterItem(iterator, at), span);
        if watched {
            self.ssa.emit_effect(Op::Parallel(ParallelOp::Turn, vec![item]), span);
        }
        self.ssa.emit_effect(Op::Parallel(ParallelOp::Draws, vec![item]), span);
        self.assign_target(&s.target, item);
        let (latch, exit) = (blocks.latch, blocks.exit);
        self.loops.push(LoopTargets { latch, exit, iterator: Some(iterator), regions: 0 });
        self.statements(&s.body);
        self.loops.pop();
        self.ssa.jump(blocks.latch, vec![], span);
        self.ssa.enter(blocks.latch);
        self.ssa.emit_effect(Op::Poll, span);
        let next = self.ssa.emit(Op::PosNext(iterator, at), span);
        self.ssa.jump(blocks.header, vec![next], span);
        self.ssa.seal(blocks.header);
        self.ssa.enter(blocks.otherwise);
        self.ssa.jump(blocks.exit, vec![], span);
        self.ssa.enter(blocks.exit);
    }

    /// Puts the results of the blocks together, in their order.
    fn put_together(
        &mut self,
        roles: &Roles<'_>,
        latest: &[(Var, Arc<str>)],
        parts: &[HValue],
        [closure, over, record, count]: [HValue; 4],
        span: Span,
    ) {
        let zero = self.constant(Const::Int(0), span);
        let blocks = self.loop_blocks(span);
        let at = self.ssa.add_param(blocks.header, ValueInfo { name: None, span });
        self.ssa.jump(blocks.header, vec![zero], span);
        self.ssa.switch_to(blocks.header);
        let more = self.ssa.emit(Op::Compare(crate::hir::CompareOp::Lt, at, count), span);
        let edge = |block| Edge { block, args: vec![] };
        self.ssa.branch(more, edge(blocks.body), edge(blocks.otherwise), span);
        self.ssa.enter(blocks.body);
        let results = self.ssa.emit_results(
            Op::Parallel(ParallelOp::Block, vec![closure, over, record, at]),
            roles.reduced.len() + roles.followers.len() + latest.len(),
            span,
        );
        let bound = roles.followers.iter().chain(latest).map(|l| &l.0);
        let variables = roles.reduced.iter().map(|(var, _)| var).chain(bound);
        for (&var, &result) in variables.zip(&results) {
            self.ssa.name_value(result, var);
        }
        let (reduced, others) = results.split_at(roles.reduced.len());
        let (followers, kept) = others.split_at(roles.followers.len());
        for ((var, one), &part) in roles.reduced.iter().zip(reduced) {
            if let Kind::Chosen(op, first) = one.kind {
                self.choose(*var, one, (op, first), part, (&roles.followers, followers));
                continue;
            }
            if let Kind::Associative(call, second) = one.kind {
                self.combine_blocks(*var, call, second, part);
                continue;
            }
            let of = roles.accumulated.iter().zip(parts).find(|(of, _)| of.var == *var);
            let new = match of {
                None => self.combine(*var, one, part),
                Some((of, &rows)) => self.number_or_array(
                    rows,
                    of.at,
                    |b| b.combine(*var, one, part),
                    |b| b.combine_part(of, rows, at),
                ),
            };
            self.ssa.name_value(new, *var);
            self.ssa.write(*var, new);
        }
        for (one, &rows) in roles.accumulated.iter().zip(parts).filter(|(one, _)| !one.whole) {
            self.combine_part(one, rows, at);
        }
        for ((var, _), &value) in latest.iter().zip(kept) {
            let old = self.ssa.read_unchecked(*var, span);
            let new = self.ssa.emit(Op::Parallel(ParallelOp::Latest, vec![old, value]), span);
            self.ssa.write_maybe(*var, new);
            // Where this loop is in the body of no other one that is outlined.
            self.note_latest(*var, new);
        }
        self.ssa.jump(blocks.latch, vec![], span);
        self.ssa.enter(blocks.latch);
        self.ssa.emit_effect(Op::Poll, span);
        let one = self.constant(Const::Int(1), span);
        let next = self.ssa.emit(Op::Binary(crate::hir::BinaryOp::Add, at, one, false), span);
        self.ssa.jump(blocks.header, vec![next], span);
        self.ssa.seal(blocks.header);
        self.ssa.enter(blocks.otherwise);
        self.ssa.jump(blocks.exit, vec![], span);
        self.ssa.enter(blocks.exit);
    }

    /// A block's value is chosen, with what goes with it, if it would be.
    fn choose(
        &mut self,
        var: Var,
        one: &Reduced<'_>,
        (op, first): (CompareOp, bool),
        part: HValue,
        (variables, values): (&[(Var, Arc<str>)], &[HValue]),
    ) {
        let at = self.span(one.at);
        let whole = self.ssa.read(var, at);
        let (left, right) = if first { (whole, part) } else { (part, whole) };
        let better = self.ssa.emit(Op::Compare(op, left, right), at);
        let (take, join) = (self.ssa.new_block(at), self.ssa.new_block(at));
        let edge = |block| Edge { block, args: vec![] };
        self.ssa.branch(better, edge(take), edge(join), at);
        self.ssa.enter(take);
        self.ssa.write(var, part);
        for ((var, name), &value) in variables.iter().zip(values) {
            if one.followers.contains(name) {
                let old = self.ssa.read_unchecked(*var, at);
                let new = self.ssa.emit(Op::Parallel(ParallelOp::Latest, vec![old, value]), at);
                self.ssa.write_maybe(*var, new);
            }
        }
        self.ssa.jump(join, vec![], at);
        self.ssa.enter(join);
    }

    /// A reduced variable's value and a block's part, put together.
    fn combine(&mut self, var: Var, one: &Reduced<'_>, part: HValue) -> HValue {
        let at = self.span(one.at);
        let whole = self.ssa.read(var, at);
        match one.kind {
            Kind::Operator(op, _) => self.ssa.emit(Op::Binary(op, whole, part, false), at),
            Kind::Extreme(call, second) => {
                let callee = self.expression(&call.func);
                let given = if second { [part, whole] } else { [whole, part] };
                let args = given.map(|value| CallArg { name: None, value, starred: false });
                self.ssa.emit(Op::Call(callee, args.to_vec()), at)
            }
            Kind::Truth(op) => {
                let (rest, join) = (self.ssa.new_block(at), self.ssa.new_block(at));
                let value = self.ssa.add_param(join, ValueInfo { name: None, span: at });
                let known = Edge { block: join, args: vec![whole] };
                let go_on = Edge { block: rest, args: vec![] };
                let (then, otherwise) = match op {
                    BoolOp::And => (go_on, known),
                    BoolOp::Or => (known, go_on),
                };
                self.ssa.branch(whole, then, otherwise, at);
                self.ssa.enter(rest);
                self.ssa.jump(join, vec![part], at);
                self.ssa.enter(join);
                value
            }
            Kind::Associative(..) | Kind::Chosen(..) => unreachable!("not combined by a value"),
        }
    }
}
