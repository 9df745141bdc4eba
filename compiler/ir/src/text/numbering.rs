//! Numbers of values and blocks in the text form.

use crate::entities::{Block, Value};
use crate::function::Function;
use std::fmt;

const NONE: u32 = u32::MAX;

/// Dense numbers in layout order: blocks by their place, values by where they are
/// defined, a block's parameters before its instructions' results.
///
/// What isn't in the layout has no number and is shown by its handle after a `?`,
/// which the parser refuses: it appears in messages about broken functions only.
#[derive(Clone, Debug)]
pub struct Numbering {
    values: Vec<u32>,
    blocks: Vec<u32>,
}

impl Numbering {
    /// The numbers for a function as it is now.
    pub fn new(func: &Function) -> Numbering {
        let mut values = vec![NONE; func.num_values()];
        let mut blocks = vec![NONE; func.num_blocks()];
        let mut next = 0;
        // Handles beyond the tables are the verifier's to report, with numbers.
        let mut define = |value: &Value| {
            if let Some(number) = values.get_mut(value.index()) {
                *number = next;
                next += 1;
            }
        };
        for (i, &block) in func.layout.iter().enumerate() {
            let Some(number) = blocks.get_mut(block.index()) else { continue };
            *number = i as u32;
            let data = func.block(block);
            data.params.iter().for_each(&mut define);
            for &inst in data.insts.iter().filter(|inst| inst.index() < func.num_insts()) {
                func.inst(inst).results.iter().for_each(&mut define);
            }
        }
        Numbering { values, blocks }
    }

    /// The value as the text form names it.
    pub fn value(&self, value: Value) -> impl fmt::Display + use<> {
        Name { prefix: "v", number: self.values.get(value.index()).copied(), handle: value.0 }
    }

    /// The block as the text form names it.
    pub fn block(&self, block: Block) -> impl fmt::Display + use<> {
        Name { prefix: "block", number: self.blocks.get(block.index()).copied(), handle: block.0 }
    }
}

struct Name {
    prefix: &'static str,
    number: Option<u32>,
    handle: u32,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) if number != NONE => write!(f, "{}{number}", self.prefix),
            _ => write!(f, "{}?{}", self.prefix, self.handle),
        }
    }
}
