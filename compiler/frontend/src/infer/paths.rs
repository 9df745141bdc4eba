//! Paths told apart by types.
//!
//! Where two paths bring a variable types that have no common one, what follows is compiled
//! for each: the block where they meet is split (`paths.rs`), and inference starts anew. A
//! loop whose variable changes its type on the way becomes two, one after the other. A
//! function whose returns differ gives a [`Ty::Union`]: Python gets the value as what it is,
//! and in compiled code the call is followed by a path for each type. A position in a tuple
//! that is known at run time only does the same.
//!
//! It is done in the user's functions only: bodies of the library say what their types are.
//! In a function with such paths or returns, numbers that would join are told apart as well, as
//! long as that isn't too much. What grows beyond a limit is refused as if there were no paths
//! told apart, with both places. Types that alternate from turn to turn are among that: no copy
//! of the loop is theirs.

use super::expressions::{Typed, known, one};
use super::iteration::keeps_numbers;
use super::{Engine, FunctionKey, SpecId, Sweep, constant_truth, join, union};
use crate::hir::{HBlock, HValue, HirFunction, HirInst, Terminator};
use crate::paths::{self, EdgeAt};
use crate::types::{Lit, Ty};
use cumbia_diagnostics::Diagnostic;
use std::rc::Rc;

/// Most instructions of a function whose paths are told apart.
const MAX_INSTS: usize = 4_000;
/// Most instructions of all forms of a function together, on the way to the one whose paths are
/// told apart: what is refused in the end is refused soon.
const MAX_WORK: usize = 8_000;

/// How numbers meet that have several types.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum How {
    /// They join, as in all functions where that is enough.
    #[default]
    Joined,
    /// Nothing joins: each path has its own.
    Exactly,
    /// What joins does, all else is told apart: where the other would grow too large.
    Widened,
    /// As in the beginning. It was given up.
    Refused,
}

/// What one specialization knows about its paths.
#[derive(Default)]
pub(super) struct Paths {
    how: How,
    /// Blocks where types met in the last sweep that have no common one.
    conflicts: Vec<HBlock>,
    /// Instructions that gave one type or another in the last sweep, and how many.
    unions: Vec<(HBlock, usize, u32)>,
    /// Whether returns gave one type or another in the last sweep.
    several: bool,
    /// Instructions of the forms so far.
    work: usize,
    /// Whether loops of the form at hand aren't canonical.
    open: bool,
}

impl Paths {
    /// A sweep begins.
    pub(super) fn begin(&mut self) {
        self.conflicts.clear();
        self.unions.clear();
        self.several = false;
    }

    /// Whether the function has had another form than its text's.
    pub(super) fn was_told_apart(&self) -> bool {
        self.how != How::Joined
    }

    /// The type of two that meet; `None` where they are told apart.
    pub(super) fn met(&self, old: &Ty, new: &Ty, joined: Ty) -> Option<Ty> {
        let exact = self.how == How::Exactly;
        (!exact || keeps(old, &joined) && keeps(new, &joined)).then_some(joined)
    }
}

/// Whether no number changes its type where paths meet.
fn keeps(ty: &Ty, joined: &Ty) -> bool {
    match (ty, joined) {
        (Ty::Unbound, _) => true,
        (Ty::MaybeUnbound(ty), Ty::MaybeUnbound(joined)) => keeps(ty, joined),
        (ty, Ty::MaybeUnbound(joined)) => keeps(ty, joined),
        (ty, joined) => keeps_numbers(ty, joined),
    }
}

impl Sweep<'_, '_, '_> {
    /// Types that have no common one meet in a block.
    pub(super) fn conflict(&mut self, at: HBlock) {
        if self.is_of_user() {
            self.engine.spec_mut(self.id).paths.conflicts.push(at);
        }
    }

    /// Whether a function is the user's, not a body of the library.
    fn is_of_user(&self) -> bool {
        let key = &self.engine.spec(self.id).key;
        matches!(self.engine.root_key(key), FunctionKey::User(_) | FunctionKey::Initializer(_))
    }

    /// The type of two returns. Numbers that would join with one of them stay what they are.
    pub(super) fn union_of_returns(&mut self, old: &Ty, new: &Ty) -> Option<Ty> {
        let union = self.union_of_results(old, new)?;
        self.engine.spec_mut(self.id).paths.several = true;
        Some(union)
    }

    /// The type of what two calls, or two returns, give.
    pub(super) fn union_of_results(&self, old: &Ty, new: &Ty) -> Option<Ty> {
        let outlined = self.hir.inner.as_ref().is_some_and(|inner| inner.outlined);
        (self.is_of_user() && !outlined).then(|| union(old, new))?
    }

    /// Whether paths follow an instruction for the types that its result may be of; where there
    /// are none yet, they are asked for.
    pub(super) fn tells_apart(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
        of: &[Ty],
    ) -> bool {
        if paths::types_told_apart(self.hir, inst.results[0]) == of.len() {
            return true;
        }
        let text = format!("this gives {:#}, depending on the path", Ty::Union(of.into()));
        self.error(
            Diagnostic::error("CB0302", inst.span, text)
                .help("give the results one type, as float(x) or np.int64(x) do"),
        );
        if self.is_of_user() {
            let paths = &mut self.engine.spec_mut(self.id).paths;
            paths.unions.push((block, at, of.len() as u32));
        }
        false
    }

    /// Whether a value of several types is of the one at a position.
    pub(super) fn is_of(&mut self, value: HValue, index: u32) -> Typed {
        let index = index as usize;
        one(match known!(self, value) {
            Ty::Union(of) if index < of.len() => Ty::Bool,
            Ty::Union(_) => Ty::Lit(Lit::Bool(false)),
            _ => Ty::Lit(Lit::Bool(index == 0)),
        })
    }

    /// Such a value as the type at a position.
    pub(super) fn as_of(&mut self, value: HValue, index: u32) -> Typed {
        match known!(self, value) {
            Ty::Union(of) => Ok(of.get(index as usize).map(|ty| vec![ty.clone()])),
            ty if index == 0 => one(ty),
            _ => Ok(None),
        }
    }
}

impl Engine<'_> {
    /// A form of the function with paths told apart as the last sweep asked for, or with
    /// canonical loops after that; or the form without, where it doesn't help.
    pub(super) fn path_form(
        &mut self,
        id: SpecId,
    ) -> Result<Option<Rc<HirFunction>>, Box<Diagnostic>> {
        let spec = self.spec_mut(id);
        let found = spec.paths.unions.first().copied();
        let asked = !spec.paths.conflicts.is_empty() || found.is_some();
        let several = spec.paths.several;
        match spec.paths.how {
            How::Refused => return Ok(None),
            How::Joined if !asked && !several => return Ok(None),
            // From now on numbers are what they are.
            How::Joined => {
                spec.paths.how = How::Exactly;
                spec.forget();
                return Ok(Some(spec.hir.clone()));
            }
            How::Exactly | How::Widened => {}
        }
        let form = if !asked {
            let mixed = |code| matches!(code, "CB0301" | "CB0302" | "CB0306" | "CB0322");
            if spec.errors.iter().any(|error| mixed(error.code)) {
                None
            } else if std::mem::take(&mut spec.paths.open) {
                paths::close(&spec.hir)
            } else {
                return Ok(None);
            }
        } else if spec.paths.work > MAX_WORK {
            None
        } else if let Some((block, at, types)) = found {
            // What follows has no types yet.
            Some(paths::spread(&spec.hir, block, at, types))
                .filter(|form| paths::size(form) <= MAX_INSTS)
        } else {
            let at = paths::settled(&spec.hir, &spec.paths.conflicts);
            at.and_then(|at| self.split_at(id, at))
        };
        self.sites.renew(id);
        let spec = self.spec_mut(id);
        spec.ret = None;
        let Some(form) = form else {
            // What is refused in the end is so in the words of the function as it is written.
            spec.paths.how = match spec.paths.how {
                How::Exactly => How::Widened,
                _ => How::Refused,
            };
            (spec.paths.work, spec.paths.open) = (0, false);
            return self.rebuilt(id).map(Some);
        };
        if asked {
            spec.paths.work += paths::size(&form);
            spec.paths.open = true;
        }
        spec.take_form(Rc::new(form));
        Ok(Some(spec.hir.clone()))
    }

    /// The function with a block for each group of the edges to it whose types join.
    fn split_at(&self, id: SpecId, at: HBlock) -> Option<HirFunction> {
        let spec = self.spec(id);
        let mut groups: Vec<(Vec<Option<Ty>>, Vec<EdgeAt>)> = Vec::new();
        for (from, block) in spec.hir.blocks.iter().enumerate() {
            if !spec.reachable[from] {
                continue;
            }
            let truth = match &block.terminator {
                Terminator::Branch { cond, .. } => {
                    spec.types[cond.0 as usize].as_ref().and_then(constant_truth)
                }
                _ => None,
            };
            let branches = matches!(block.terminator, Terminator::Branch { .. });
            for (number, edge) in block.edges().enumerate() {
                let never = branches && number < 2 && truth == Some(number == 1);
                if edge.block != at || never {
                    continue;
                }
                let types: Vec<Option<Ty>> =
                    edge.args.iter().map(|arg| spec.types[arg.0 as usize].clone()).collect();
                let place = (from, number);
                let fitting = groups.iter_mut().find_map(|(known, edges)| {
                    let both = known.iter().zip(&types);
                    let joined: Option<Vec<Option<Ty>>> = both
                        .map(|pair| match pair {
                            (Some(a), Some(b)) => {
                                join(a, b).and_then(|joined| spec.paths.met(a, b, joined)).map(Some)
                            }
                            (a, b) => Some(a.clone().or_else(|| b.clone())),
                        })
                        .collect();
                    Some((known, edges, joined?))
                });
                match fitting {
                    Some((known, edges, joined)) => {
                        *known = joined;
                        edges.push(place);
                    }
                    None => groups.push((types, vec![place])),
                }
            }
        }
        let groups: Vec<Vec<EdgeAt>> = groups.into_iter().map(|(_, edges)| edges).collect();
        if groups.len() < 2 {
            return None;
        }
        paths::split(&spec.hir, at, &groups, MAX_INSTS)
    }
}
