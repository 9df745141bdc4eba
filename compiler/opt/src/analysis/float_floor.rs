//! From where on a floating value lies: what squares, roots, sums and constants tell.
//!
//! `1.0 + x * x` isn't 0 and `a * a + b * b` has a root, whatever the operands are: the
//! check of the divisor or of the domain goes. Rounding never goes past a number that can be
//! represented, so what holds of the exact results holds of the rounded ones.
//!
//! What is not a number is below nothing: callers ask only what a nan doesn't spoil.
//! Looks at values, not at where they are: no branch tells anything here.

use crate::fold::to_f64;
use cumbia_ir::{Function, Imm, Opcode, Type, Value};

/// How many operations are looked through.
const DEEPEST: u32 = 6;

/// A number that the value isn't below, unless it is a nan.
pub fn float_floor(func: &Function, value: Value) -> Option<f64> {
    at_least(func, value, DEEPEST)
}

fn at_least(func: &Function, value: Value, depth: u32) -> Option<f64> {
    let data = func.inst(func.def_inst(value)?);
    let depth = depth.checked_sub(1)?;
    let ty = func.value_type(value);
    let of = |at: usize| at_least(func, data.args[at], depth);
    let positive = |at: usize| of(at).filter(|&floor| floor >= 0.0);
    let floor = match data.op {
        Opcode::Fconst => match data.imm {
            Imm::Float(bits) => to_f64(ty, bits),
            _ => return None,
        },
        Opcode::Fabs => of(0).unwrap_or(0.0).max(0.0),
        // The root of -0.0 is -0.0, and of what is below it a nan.
        Opcode::Fsqrt => of(0).unwrap_or(0.0).max(0.0).sqrt(),
        Opcode::Fmul if data.args[0] == data.args[1] => {
            let floor = positive(0).unwrap_or(0.0);
            floor * floor
        }
        Opcode::Fmul => positive(0)? * positive(1)?,
        // By -0.0, which isn't below 0, the quotient may be minus infinity.
        Opcode::Fdiv => {
            positive(0)?;
            of(1).filter(|&floor| floor > 0.0)?;
            0.0
        }
        Opcode::Fadd => of(0)? + of(1)?,
        Opcode::Select => of(1)?.min(of(2)?),
        _ => return None,
    };
    // As the operation rounds.
    let floor = if ty == Type::F32 { f64::from(floor as f32) } else { floor };
    floor.is_finite().then_some(floor)
}
