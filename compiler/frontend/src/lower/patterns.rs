//! Tests of `match` patterns that the types leave open, and the length for a starred target.

use super::TypedValue;
use super::function::Lowering;
use crate::hir::{Const, HValue, PatternTest};
use crate::types::Ty;
use cumbia_ir::{IntCond, Opcode};

impl Lowering<'_, '_> {
    pub(super) fn pattern_test(
        &mut self,
        test: &PatternTest,
        value: &TypedValue,
        out: Ty,
    ) -> TypedValue {
        let holds = match test {
            PatternTest::Is(Const::Bool(true)) => value.parts[0],
            // The flag says that there is a value.
            PatternTest::Is(_) => self.fx.b().unary(Opcode::Bnot, value.parts[0]),
            PatternTest::Length(n) | PatternTest::AtLeast(n) => {
                let cond = match test {
                    PatternTest::Length(_) => IntCond::Eq,
                    _ => IntCond::Sge,
                };
                let length = self.iteration_length(value);
                let n = self.fx.int(*n);
                self.fx.b().icmp(cond, length, n)
            }
            // The subject itself.
            PatternTest::Position(_) => return value.clone(),
            PatternTest::Class | PatternTest::Mapping => panic!("decided by the type"),
        };
        TypedValue::scalar(out, holds)
    }

    /// ValueError unless there are enough items for the targets beside the starred one.
    pub(super) fn check_items(&mut self, value: HValue, count: u32) {
        let value = self.value(value);
        if let Ty::Tuple(_) = value.ty {
            return;
        }
        let length = self.iteration_length(&value);
        let least = self.fx.int(i64::from(count));
        let enough = self.fx.b().icmp(IntCond::Sge, length, least);
        let message = format!("not enough values to unpack (expected at least {count}, got {{0}})");
        self.fx.b().guard(enough, "ValueError", &message, &[length]);
    }
}
