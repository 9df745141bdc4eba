//! The way into a nest, opened: where tests go, and where who doesn't pass them goes on.

use crate::analysis::CountedLoop;
use cumbia_ir::{Block, Function, Loc, Value};

/// What was between a nest's preheader and its header. The preheader has no end any more, and
/// `rest` has nothing in it: who has opened the way writes both, and jumps from `rest` to the
/// header with its parameters.
pub struct Entrance {
    /// The place of the jump that was there.
    pub loc: Loc,
    /// The values that it gave to the header.
    pub entering: Vec<Value>,
    /// A block in front of the header.
    pub rest: Block,
    /// Its parameters, one for each of the header's.
    pub params: Vec<Value>,
}

impl Entrance {
    /// Opens the way into the nest of a loop; `None`, and nothing changed, where a preheader
    /// has no end.
    pub fn open(func: &mut Function, this: &CountedLoop) -> Option<Entrance> {
        let jump = func.terminator(this.preheader)?;
        let loc = func.inst(jump).loc;
        let entering = func.inst(jump).targets[0].args.to_vec();
        func.block_mut(this.preheader).insts.pop();
        let rest = func.add_block();
        let types: Vec<_> = entering.iter().map(|&value| func.value_type(value)).collect();
        let params = types.into_iter().map(|ty| func.add_param(rest, ty)).collect();
        Some(Entrance { loc, entering, rest, params })
    }
}
