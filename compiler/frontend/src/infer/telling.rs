//! What a refusal tells beside what was found: Python's own words where it fails as well,
//! where operands got their types, names that were probably meant, and the place of the
//! part that is wrong instead of the whole expression.
//!
//! Nothing is decided here: an operation was refused already.

use super::{FunctionKey, Sweep};
use crate::hir::{HValue, HirInst, Op};
use crate::types::{Callable, Ty};
use cumbia_diagnostics::{Diagnostic, Span, nearest};
use std::sync::Arc;

impl Sweep<'_, '_, '_> {
    /// The refusal of an instruction, with what there is to say of it.
    pub(super) fn told(&mut self, inst: &HirInst, mut refusal: Box<Diagnostic>) -> Box<Diagnostic> {
        let key = &self.engine.spec(self.id).key;
        let written =
            matches!(self.engine.root_key(key), FunctionKey::User(_) | FunctionKey::Initializer(_));
        // What came from a callee tells of its own places.
        if !written || refusal.span != inst.span {
            return refusal;
        }
        if let Some((class, text)) = self.raised(&inst.op, inst.results.len()) {
            let class = class.trim_start_matches("builtins.");
            refusal.message = text;
            refusal.notes = vec![format!("Python raises {class} here as well")];
            if refusal.code == "CB0403" {
                refusal.help = None;
            }
        }
        match &inst.op {
            Op::Attr(of, name) if refusal.code == "CB0403" => {
                self.misspelt(*of, name, &mut refusal)
            }
            Op::Item(_, index) | Op::SetItem(_, index, _)
                if matches!(refusal.code, "CB0321" | "CB0501" | "CB0502") =>
            {
                self.narrowed(*index, &mut refusal);
            }
            Op::SetItem(.., item) if refusal.code == "CB0504" && self.is_text(*item) => {
                refusal.help = Some("make a number of the text: float(...) or int(...)".into());
            }
            Op::Binary(_, a, b, _) if refusal.help.is_none() => {
                refusal.help = self.operands(*a, *b).map(String::from);
            }
            _ => {}
        }
        self.origins(&inst.op, &mut refusal);
        refusal
    }

    fn is_text(&self, value: HValue) -> bool {
        self.ty(value).is_some_and(|ty| ty.widen() == Ty::Str)
    }

    /// What to do about two operands that don't go together.
    fn operands(&self, a: HValue, b: HValue) -> Option<&'static str> {
        let (left, right) = (self.ty(a)?, self.ty(b)?);
        let any = |is: fn(&Ty) -> bool| is(&left) || is(&right);
        if any(|ty| *ty == Ty::None || matches!(ty, Ty::Optional(_))) {
            return Some("give it a value first, as in `if x is None: x = ...`");
        }
        let text = self.is_text(a) || self.is_text(b);
        (text && any(Ty::is_number))
            .then_some("make text of the number with str(...) or in an f-string, or a number of the text with float(...)")
    }

    /// A name that is like the one that isn't there.
    fn misspelt(&mut self, of: HValue, name: &Arc<str>, refusal: &mut Diagnostic) {
        let Some(ty) = self.ty(of) else { return };
        let class = match super::introspection::class_of(&ty.widen()) {
            Some(Ty::Callable(Callable::Library(class))) => class,
            _ => return,
        };
        let names = self.engine.env.library_class_names(&class);
        // One that is there and not compiled is another matter.
        if names.iter().any(|n| **n == **name) {
            return;
        }
        let public = names.iter().map(String::as_str).filter(|n| !n.starts_with('_'));
        if let Some(meant) = nearest(name, public) {
            refusal.help = Some(format!("did you mean '{meant}'?"));
        } else if matches!(ty, Ty::List(..))
            && cumbia_library::implementation(&format!("ndarray.{name}")).is_some()
            && cumbia_library::implementation(&format!("numpy.{name}")).is_some()
        {
            refusal.help = Some(format!("arrays have it: np.{name}(x) takes a list as well"));
        }
    }

    /// The place of a part, where it lies within the whole.
    fn narrowed(&self, part: HValue, refusal: &mut Diagnostic) {
        let span = self.hir.values[part.0 as usize].span;
        if within(span, refusal.span) {
            refusal.span = span;
        }
    }

    /// Where operands that are variables got their types.
    fn origins(&self, op: &Op, refusal: &mut Diagnostic) {
        let operands: &[HValue] = match op {
            Op::Unary(_, a) | Op::Attr(a, _) | Op::Iter(a, _) | Op::Unpack(a) => &[*a],
            Op::Binary(_, a, b, _) | Op::Compare(_, a, b) | Op::Item(a, b) => &[*a, *b],
            Op::SetItem(a, i, item) => &[*a, *i, *item],
            Op::Call(callee, _) => &[*callee],
            _ => return,
        };
        if !refusal.labels.is_empty() || !refusal.label.is_empty() {
            return;
        }
        for &operand in operands {
            let value = &self.hir.values[operand.0 as usize];
            let Some(ty) = self.ty(operand) else { continue };
            let known = refusal.labels.iter().any(|l| l.span == value.span);
            let named = value.name.is_some() && value.span.source == refusal.span.source;
            let apart =
                value.span.end <= refusal.span.start || value.span.start >= refusal.span.end;
            let shown = format!("{:#}", ty.widen());
            // What an empty container will hold isn't known yet.
            if named && apart && !known && !shown.contains("unknown") {
                let name = value.name.as_deref().unwrap_or_default();
                *refusal = refusal.clone().also(value.span, format!("'{name}' is {shown}"));
            }
        }
    }

    /// The refusal of one item of a display: its own place, and where the type came from.
    pub(super) fn of_item(
        &self,
        mut refusal: Box<Diagnostic>,
        items: &[HValue],
        at: usize,
        width: usize,
        whole: Span,
    ) -> Box<Diagnostic> {
        let place = |value: HValue| self.hir.values[value.0 as usize].span;
        let own = place(items[at]);
        if refusal.code != "CB0322" || refusal.span != whole {
            return refusal;
        }
        if !within(own, whole) {
            let value = &self.hir.values[items[at].0 as usize];
            return match (&value.name, self.ty(items[at])) {
                (Some(name), Some(ty)) if value.span.source == whole.source => {
                    refusal.label = String::new();
                    Box::new(refusal.also(value.span, format!("'{name}' is {:#}", ty.widen())))
                }
                _ => refusal,
            };
        }
        refusal.span = own;
        let first = place(items[at % width]);
        if at >= width
            && within(first, whole)
            && let Some(ty) = self.ty(items[at % width])
        {
            return Box::new(refusal.also(first, format!("{:#} here", ty.widen())));
        }
        refusal
    }
}

fn within(part: Span, whole: Span) -> bool {
    part.source == whole.source
        && part.start >= whole.start
        && part.end <= whole.end
        && part.start < part.end
}
