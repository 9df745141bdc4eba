//! What the raising operations with a fixed meaning raise.
//!
//! One place for these texts: the backends write them into site tables, the
//! reference interpreter reports them. `guard` and `raise` carry their own
//! [`RaiseSpec`]; calls pass on what their callee raised and have none.

use crate::function::{Imm, RaiseSpec};
use crate::opcode::Opcode;

/// Most message arguments of one raise: a context keeps that many.
pub const MAX_MESSAGE_ARGS: usize = 8;

/// A message that starts with this character isn't one text: it is the list of the
/// exception's arguments, each after one such character. An argument that is `{0}` alone
/// (any number) is that message argument itself, others are texts as messages are.
pub const ARGUMENT_MARK: char = '\u{1}';

/// What `op` raises, and with which message: `{0}` and `{1}` stand for its first
/// and second operand. `None` for operations that raise nothing of their own
/// (`poll` passes on what Python's signal handlers raised, but has a text for
/// hosts without Python).
pub fn standard_raise(op: Opcode, imm: &Imm) -> Option<RaiseSpec> {
    let spec = |class: &str, message: String| Some(RaiseSpec { class: class.into(), message });
    match op {
        Opcode::SaddChk | Opcode::SsubChk | Opcode::SmulChk => {
            spec("OverflowError", "integer result too large: it does not fit in 64 bits".into())
        }
        Opcode::Index | Opcode::Bound => {
            let axis = match imm {
                Imm::Axis(axis) => *axis,
                _ => 0,
            };
            spec(
                "IndexError",
                format!("index {{0}} is out of bounds for axis {axis} with size {{1}}"),
            )
        }
        Opcode::StackCheck => spec("RecursionError", "maximum recursion depth exceeded".into()),
        Opcode::Poll => spec("KeyboardInterrupt", String::new()),
        Opcode::Guard | Opcode::Raise | Opcode::SetRaise => match imm {
            Imm::Raise(raise) => Some((**raise).clone()),
            _ => None,
        },
        _ => None,
    }
}

/// One part of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// A message argument, by number.
    Arg(usize),
}

/// The parts of a message: text with `{{` and `}}` made single, and arguments.
///
/// # Errors
///
/// A brace that is neither doubled nor part of `{number}`.
pub fn message_pieces(message: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(['{', '}']) {
        text += &rest[..at];
        let (brace, after) = rest[at..].split_at(1);
        if after.starts_with(brace) {
            text += brace;
            rest = &after[1..];
            continue;
        }
        let argument = after.split_once('}').filter(|_| brace == "{");
        let number = argument.and_then(|(digits, tail)| Some((digits.parse().ok()?, tail)));
        let Some((number, tail)) = number else {
            return Err(format!("a stray `{brace}` in the message"));
        };
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        pieces.push(Piece::Arg(number));
        rest = tail;
    }
    text += rest;
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}
