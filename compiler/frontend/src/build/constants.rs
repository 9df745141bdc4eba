//! Integer constants that need more than 64 bits on the way to a result that doesn't.
//!
//! Python computes `2**62 * 255 % 9` before the function runs. Everything that stays within
//! 64 bits is left to inference, which knows constants as well.

use rustpython_parser::ast::{self, Constant, Expr, Operator};

/// Deeper expressions aren't looked at: each operation asks for its operands again.
const MAX_DEPTH: u32 = 24;

/// The value of an expression of integer constants, if a part of it needs more than 64 bits
/// and the whole doesn't.
pub(super) fn wide_constant(e: &Expr) -> Option<i64> {
    let mut wide = false;
    let value = value(e, MAX_DEPTH, &mut wide)?;
    i64::try_from(value).ok().filter(|_| wide)
}

fn value(e: &Expr, depth: u32, wide: &mut bool) -> Option<i128> {
    let depth = depth.checked_sub(1)?;
    let value = match e {
        Expr::Constant(ast::ExprConstant { value: Constant::Int(i), .. }) => {
            i128::try_from(i).ok()?
        }
        Expr::UnaryOp(u) => {
            let operand = value(&u.operand, depth, wide)?;
            match u.op {
                ast::UnaryOp::USub => operand.checked_neg()?,
                ast::UnaryOp::UAdd => operand,
                ast::UnaryOp::Invert => !operand,
                ast::UnaryOp::Not => return None,
            }
        }
        Expr::BinOp(e) => {
            // A constant on the right is found sooner.
            let b = value(&e.right, depth, wide)?;
            binary(e.op, value(&e.left, depth, wide)?, b)?
        }
        _ => return None,
    };
    *wide |= i64::try_from(value).is_err();
    Some(value)
}

fn binary(op: Operator, a: i128, b: i128) -> Option<i128> {
    match op {
        Operator::Add => a.checked_add(b),
        Operator::Sub => a.checked_sub(b),
        Operator::Mult => a.checked_mul(b),
        // Towards minus infinity, and with the sign of the divisor.
        Operator::FloorDiv => {
            let (quotient, rest) = (a.checked_div(b)?, a.checked_rem(b)?);
            Some(quotient - i128::from(rest != 0 && (rest < 0) != (b < 0)))
        }
        Operator::Mod => {
            let rest = a.checked_rem(b)?;
            Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
        }
        Operator::Pow => a.checked_pow(u32::try_from(b).ok()?),
        Operator::LShift => a.checked_mul(1i128.checked_shl(u32::try_from(b).ok()?)?),
        Operator::RShift => Some(a >> u32::try_from(b).ok()?.min(127)),
        Operator::BitAnd => Some(a & b),
        Operator::BitOr => Some(a | b),
        Operator::BitXor => Some(a ^ b),
        Operator::Div | Operator::MatMult => None,
    }
}
