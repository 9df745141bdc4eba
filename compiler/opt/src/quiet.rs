//! Reads of shared memory that need not be told of, found in the code itself.
//!
//! Most accesses of kernels that wait are reads of shared memory that many threads read, whose
//! marks say so (`cumbia_abi::grid::GridWatch`): a call for each would be most of such a
//! launch. In the entry for threads such a read compares the mark, and calls in a cold block
//! where it isn't one of the two that are quiet.
//!
//! ```text
//!     ecall @grid_access(v1, v2)          v3 = bitcast.i64 v1
//!                                         v4 = isub v3, shared
//!                                 =>      br (rotated v4 < words), look, slow
//!                                     look:
//!                                         v5 = load.i64 (marks + 2 * v4)
//!                                         br (v5 == any), next, second
//! ```
//!
//! What is asked here is what [`is_quiet`](cumbia_abi::grid::GridWatch::is_quiet) asks: the two
//! must agree, and nothing depends on a read being quiet but the time.

use crate::threads::Record;
use cumbia_abi::grid::{GridWatch, ThreadBlock, access};
use cumbia_ir::{
    Block, Builder, Function, Imm, Inst, IntCond, Module, Opcode, Region, Target, Type, Value,
};
use std::mem::offset_of;

/// Blocks that a call becomes, behind its own; the last goes on.
const ADDED: usize = 4;

/// What is loaded once, where a thread goes on.
struct Marks {
    any: Value,
    own: Value,
    shared: Value,
    words: Value,
    marks: Value,
}

/// A call that tells of a read of shared memory.
struct Told {
    inst: Inst,
    address: Value,
    /// Words of four bytes.
    words: i32,
}

/// Looks at the marks of shared memory before telling of reads, in the entry for threads.
pub(crate) fn look_before_telling(
    func: &mut Function,
    module: &Module,
    entry: Block,
    record: &Record,
) {
    let told: Vec<Told> = func
        .layout
        .iter()
        .flat_map(|&block| &func.block(block).insts)
        .filter_map(|&inst| told(func, module, inst))
        .collect();
    if told.is_empty() {
        return;
    }
    let marks = load_marks(func, entry, record);
    let (mut at, mut next) = (0, 0);
    // In the order of the layout, where the rest of a block that is cut comes behind it.
    while let (Some(this), Some(&block)) = (told.get(next), func.layout.get(at)) {
        match func.block(block).insts.iter().position(|&inst| inst == this.inst) {
            Some(position) => {
                look(func, block, position, this, &marks);
                next += 1;
                at += ADDED;
            }
            None => at += 1,
        }
    }
    debug_assert_eq!(next, told.len(), "all calls were found");
}

/// What a call tells, if it is of a read of shared memory, of four or eight bytes.
fn told(func: &Function, module: &Module, inst: Inst) -> Option<Told> {
    let data = func.inst(inst);
    let &Imm::Extern(callee) = &data.imm else { return None };
    if module.externs[callee.index()].name != "grid_access" {
        return None;
    }
    let how = func.int_const(data.args[1])?;
    let words = 1 << ((how >> access::SIZE_SHIFT) & access::SIZE) >> 2;
    let is_read = how & access::KIND == access::READ && how & access::SHARED != 0;
    (is_read && words > 0).then_some(Told { inst, address: data.args[0], words })
}

fn load_marks(func: &mut Function, entry: Block, record: &Record) -> Marks {
    let end = func.block_mut(entry).insts.pop().expect("a block ends");
    let mut b = Builder::new(func, entry);
    let at = offset_of!(ThreadBlock, watch) as i32;
    let watch = b.load(Type::Ptr, record.block, at, Region::Slots);
    let mut field = |ty, offset: usize| b.load(ty, watch, offset as i32, Region::Slots);
    let marks = Marks {
        any: field(Type::I64, offset_of!(GridWatch, any)),
        own: field(Type::I64, offset_of!(GridWatch, own)),
        shared: field(Type::I64, offset_of!(GridWatch, shared)),
        words: field(Type::I64, offset_of!(GridWatch, shared_words)),
        marks: field(Type::Ptr, offset_of!(GridWatch, shared_marks)),
    };
    func.block_mut(entry).insts.push(end);
    marks
}

/// Cuts a block at a call, which becomes a cold block's.
fn look(func: &mut Function, block: Block, position: usize, told: &Told, marks: &Marks) {
    let loc = func.inst(told.inst).loc;
    let rest = func.block_mut(block).insts.split_off(position);
    let [look, second, slow, next] = [(); ADDED].map(|()| func.add_block());
    func.layout.truncate(func.layout.len() - ADDED);
    let after = func.layout.iter().position(|&b| b == block).expect("in the layout") + 1;
    func.layout.splice(after..after, [look, second, slow, next]);
    let cold = func.block(block).cold;
    for (block, cold) in [(look, cold), (second, true), (slow, true), (next, cold)] {
        func.block_mut(block).cold = cold;
    }
    func.block_mut(next).insts = rest[1..].to_vec();
    func.block_mut(slow).insts = vec![told.inst];

    let mut b = Builder::new(func, block);
    b.loc = loc;
    let address = b.convert(Opcode::Bitcast, Type::I64, told.address);
    let offset = b.binary(Opcode::Isub, address, marks.shared);
    // The two low bits become the highest: a word that doesn't begin at a multiple of four
    // bytes is none of the words.
    let two = b.iconst(Type::I64, 2);
    let number = b.binary(Opcode::Ushr, offset, two);
    let high = b.iconst(Type::I64, 62);
    let low = b.binary(Opcode::Ishl, offset, high);
    let number = b.binary(Opcode::Bor, number, low);
    let inside = b.icmp(IntCond::Ult, number, marks.words);
    b.br(inside, Target::new(look), Target::new(slow));

    b.switch_to(look);
    let bytes = b.binary(Opcode::Iadd, offset, offset);
    let place = b.ptr_add(marks.marks, bytes);
    let found: Vec<Value> =
        (0..told.words).map(|i| b.load(Type::I64, place, 8 * i, Region::Object)).collect();
    let all_are = |b: &mut Builder<'_>, mark: Value| {
        let differ: Vec<Value> =
            found.iter().map(|&found| b.binary(Opcode::Bxor, found, mark)).collect();
        let differs = differ.into_iter().reduce(|a, c| b.binary(Opcode::Bor, a, c));
        let zero = b.iconst(Type::I64, 0);
        b.icmp(IntCond::Eq, differs.expect("a word at least"), zero)
    };
    let any = all_are(&mut b, marks.any);
    b.br(any, Target::new(next), Target::new(second));
    b.switch_to(second);
    let own = all_are(&mut b, marks.own);
    b.br(own, Target::new(next), Target::new(slow));
    b.switch_to(slow);
    b.jump(Target::new(next));
}
