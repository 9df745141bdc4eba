//! Flags of floating-point errors around whole-array arithmetic, and NumPy's second look
//! where they say that something may have happened (`infer/watching.rs`).
//!
//! The flags are cleared and read by calls of the runtime, which no pass and no backend moves
//! loads and stores across: so all that depends on elements stays between them.

use super::function::Lowering;
use super::{layout, strings};
use crate::infer::{FunctionKey, Look};
use cumbia_abi::SCRATCH_SLOTS;
use cumbia_ir::{IntCond, Opcode, Target, Value};

impl Lowering<'_, '_> {
    /// Clears the flags. Gives 0, of which no pass and no backend knows that it is.
    pub(super) fn clear_flags(&mut self) -> Value {
        // Devices have no flags, and nobody there who warns.
        if self.engine.device {
            return self.fx.int(0);
        }
        self.fx.helper("float_flags_clear", &[]).expect("a number")
    }

    /// Reads the flags; where there are any, NumPy looks again. What that raises leaves from
    /// the line of the operation.
    pub(super) fn look(&mut self, look: &Look) {
        if self.engine.device {
            return;
        }
        let (FunctionKey::User(handle) | FunctionKey::Initializer(handle)) =
            self.engine.root_key(&self.spec.key)
        else {
            return;
        };
        if let Some(made) = look.made {
            let made = self.value(made);
            let scratch = self.fx.helper("scratch", &[]).expect("an address");
            layout::store(&mut self.fx, &made, scratch);
        }
        let flags = self.fx.helper("float_flags", &[]).expect("flags");
        let zero = self.fx.int(0);
        let mut any = self.fx.b().icmp(IntCond::Ne, flags, zero);
        if let Some(nan) = look.nan {
            let nan = self.value(nan);
            let nan = self.truth(&nan);
            any = self.fx.b().binary(Opcode::Bor, any, nan);
        }
        let (looks, after) = (self.fx.new_cold_block(), self.fx.new_block());
        self.fx.b().br(any, Target::new(looks), Target::new(after));
        self.fx.switch_to(looks);
        let place = self.fx.loc;
        let scratch = self.fx.helper("scratch", &[]).expect("an address");
        let mut filled = 0;
        for operand in self.arguments(&look.operands) {
            if filled + operand.parts.len() > SCRATCH_SLOTS {
                self.take_operands(&mut filled);
            }
            for &part in &operand.parts {
                layout::store_part(&mut self.fx, part, scratch, 8 * filled as i32);
                filled += 1;
            }
        }
        self.take_operands(&mut filled);
        let mut lines = Vec::new();
        let mut text = look.codes.join(" ");
        for step in &look.steps {
            self.at(step.span);
            let line = self.fx.loc.line;
            if !lines.iter().any(|&(known, _)| known == line) {
                lines.push((line, self.fx.loc));
            }
            let dropped = step.dropped.join(" ");
            text += &format!("\n{line}\t{}\t{}\t{dropped}", step.result, step.expression);
        }
        self.fx.loc = place;
        let text = strings::constant(&mut self.fx, &text);
        let function = self.fx.int(handle as i64);
        self.fx.helper("look", &[text, function, flags]);
        for (line, place) in lines {
            self.fx.loc = place;
            let line = self.fx.int(i64::from(line));
            self.fx.helper("look_raise", &[line]);
        }
        self.fx.loc = place;
        self.fx.b().jump(Target::new(after));
        self.fx.switch_to(after);
    }

    fn take_operands(&mut self, filled: &mut usize) {
        let count = self.fx.int(std::mem::take(filled) as i64);
        self.fx.helper("look_operand", &[count]);
    }
}
