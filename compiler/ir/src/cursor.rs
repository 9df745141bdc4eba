//! Cursor: a place between two instructions of a block, to walk, insert and remove.
//!
//! The counterpart of the [`crate::Builder`], which only appends to a block under
//! construction. A cursor looks at one block; it neither checks types nor keeps a
//! terminator last (the verifier does). Removing an instruction takes it out of its
//! block: its data and results stay in the function's tables.

use crate::entities::{Block, Inst};
use crate::function::Function;

/// A place in a block: before instruction number `position`.
pub struct Cursor<'f> {
    /// The function.
    pub func: &'f mut Function,
    block: Block,
    position: usize,
}

impl<'f> Cursor<'f> {
    /// Before the first instruction of a block.
    pub fn at_start(func: &'f mut Function, block: Block) -> Cursor<'f> {
        Cursor { func, block, position: 0 }
    }

    /// Before instruction number `position` of a block, or behind its last one.
    pub fn at(func: &'f mut Function, block: Block, position: usize) -> Cursor<'f> {
        debug_assert!(position <= func.block(block).insts.len(), "no such place in {block}");
        Cursor { func, block, position }
    }

    /// Before a block's last instruction, which in a whole block is its terminator.
    pub fn before_terminator(func: &'f mut Function, block: Block) -> Cursor<'f> {
        let position = func.block(block).insts.len().saturating_sub(1);
        Cursor { func, block, position }
    }

    /// The block.
    pub fn block(&self) -> Block {
        self.block
    }

    /// How many instructions of the block are behind the cursor's back.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The instruction in front.
    pub fn peek(&self) -> Option<Inst> {
        self.func.block(self.block).insts.get(self.position).copied()
    }

    /// Passes over the instruction in front and gives it; `None` at the block's end.
    pub fn advance(&mut self) -> Option<Inst> {
        let inst = self.peek()?;
        self.position += 1;
        Some(inst)
    }

    /// Inserts an instruction that is in no block; the cursor is behind it afterwards.
    pub fn insert(&mut self, inst: Inst) {
        self.func.block_mut(self.block).insts.insert(self.position, inst);
        self.position += 1;
    }

    /// Takes the instruction in front out of the block.
    pub fn remove(&mut self) -> Option<Inst> {
        self.peek()?;
        Some(self.func.block_mut(self.block).insts.remove(self.position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Builder, Opcode, Type, parse_module};

    #[test]
    fn walks_inserts_and_removes() {
        let mut func = Function::new("f", vec![], vec![Type::I64]);
        let block = func.add_block();
        let mut b = Builder::new(&mut func, block);
        let one = b.iconst(Type::I64, 1);
        let two = b.iconst(Type::I64, 2);
        b.ret(&[two]);
        let first = func.def_inst(one).expect("an instruction");

        let mut cursor = Cursor::at_start(&mut func, block);
        assert_eq!(cursor.remove(), Some(first));
        assert_eq!(cursor.advance().map(|i| cursor.func.inst(i).op), Some(Opcode::Iconst));
        cursor.insert(first);
        assert_eq!(cursor.position(), 2);
        assert_eq!(cursor.peek().map(|i| cursor.func.inst(i).op), Some(Opcode::Return));
        assert_eq!(Cursor::before_terminator(&mut func, block).position(), 2);

        let text = func.to_string();
        let expected = "func @f() -> (i64) {\nblock0:\n    v0 = iconst.i64 2\n    v1 = iconst.i64 1\n    return v0\n}\n";
        assert_eq!(text, expected);
        assert!(parse_module(&text).is_ok());
        assert_eq!(Cursor::at(&mut func, block, 3).remove(), None);
    }
}
