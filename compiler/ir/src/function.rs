//! Functions: blocks with parameters, instructions, values.
//!
//! Invariants held by construction: an instruction is in at most one block; a
//! value is either a block parameter or one result of one instruction. All other
//! invariants are the verifier's (`verify.rs`). Nothing here optimizes.

use crate::entities::{Block, DataId, ExternId, FuncId, Inst, StorageId, Value};
use crate::fast::FastMath;
use crate::opcode::{FloatCond, IntCond, Opcode};
use crate::types::Type;
use smallvec::SmallVec;

/// A place in the user's source, from its first byte to the one behind its last: lines
/// are 1-based, columns 0-based in UTF-8 bytes. Line 0 means "none".
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub struct Loc {
    /// Line in the user's file where it starts; 0 if there is none.
    pub line: u32,
    /// Column where it starts.
    pub col: u32,
    /// Line where it ends; 0 if that isn't known, and for what is no expression itself,
    /// such as the step of a loop to the next item of the iterable that begins here.
    pub end_line: u32,
    /// Column behind its end.
    pub end_col: u32,
}

impl Loc {
    /// A place of which only the start is known.
    pub const fn start(line: u32, col: u32) -> Loc {
        Loc { line, col, end_line: 0, end_col: 0 }
    }

    /// The place without its end.
    pub const fn without_end(self) -> Loc {
        Loc::start(self.line, self.col)
    }
}

/// As in IR text: `3:12`, `3:12-20` where it ends on that line, `3:12-5:20`.
impl std::fmt::Display for Loc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.line, self.col)?;
        match self.end_line {
            0 => Ok(()),
            line if line == self.line => write!(f, "-{}", self.end_col),
            line => write!(f, "-{line}:{}", self.end_col),
        }
    }
}

/// The Python exception class of a raising operation. `Other` names any class
/// that the boundary can find under that name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RaiseSpec {
    /// The exception class, as in Python: `ValueError`.
    pub class: String,
    /// The message; `{0}`, `{1}` stand for the operation's message arguments,
    /// shown as signed integers, floats (Python's `repr`) or truth values by
    /// their types; `{{` and `}}` for braces. Empty: raised without arguments. Several
    /// arguments are marked: [`crate::raise::ARGUMENT_MARK`].
    pub message: String,
}

/// Which memory an access may touch. Accesses of different regions never overlap.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Region {
    /// Array elements.
    Data,
    /// Owner records (reference counts, data addresses).
    Owner,
    /// The argument and result slots of an entry function.
    Slots,
    /// Constants: never written.
    Const,
    /// Strings, containers and frames: fields, and frames' slots.
    Object,
    /// Slots of elements of containers, of their entries, and the scratch buffer.
    Items,
}

impl Region {
    /// All regions.
    pub const ALL: [Region; 6] =
        [Region::Data, Region::Owner, Region::Slots, Region::Const, Region::Object, Region::Items];
    /// The name in the text form (after `!`).
    pub const fn name(self) -> &'static str {
        match self {
            Region::Data => "data",
            Region::Owner => "owner",
            Region::Slots => "slots",
            Region::Const => "const",
            Region::Object => "object",
            Region::Items => "items",
        }
    }
}

/// The immediate part of an instruction.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Imm {
    /// No immediate.
    #[default]
    None,
    /// An integer, sign-extended from the controlling type; a `bool` is 0 or 1.
    Int(i64),
    /// Floating bits; those of an `f32` in the low half.
    Float(u64),
    /// The condition of `icmp`.
    IntCond(IntCond),
    /// The condition of `fcmp`.
    FloatCond(FloatCond),
    /// Byte offset and region of a memory access.
    Mem {
        /// Bytes added to the address.
        offset: i32,
        /// What may be touched.
        region: Region,
    },
    /// The axis that an index error names.
    Axis(u32),
    /// What `guard` and `raise` raise.
    Raise(Box<RaiseSpec>),
    /// Callee of `call`.
    Func(FuncId),
    /// Callee of `ecall`.
    Extern(ExternId),
    /// What `data_addr` gives the address of.
    Data(DataId),
    /// What `storage_addr` gives the address of.
    Storage(StorageId),
}

/// Arguments of an instruction.
pub type ValueList = SmallVec<[Value; 4]>;

/// A jump target with the arguments for the block's parameters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    /// Where to.
    pub block: Block,
    /// One value for each block parameter.
    pub args: ValueList,
}

impl Target {
    /// A target without arguments.
    pub fn new(block: Block) -> Target {
        Target { block, args: ValueList::new() }
    }
    /// A target with arguments.
    pub fn with(block: Block, args: &[Value]) -> Target {
        Target { block, args: args.iter().copied().collect() }
    }
}

/// One instruction.
#[derive(Clone, PartialEq, Debug)]
pub struct InstData {
    /// The operation.
    pub op: Opcode,
    /// The controlling type `T` of the operation's shape; `None` where its type
    /// set is [`crate::TypeSet::None`].
    pub ty: Option<Type>,
    /// Operands.
    pub args: ValueList,
    /// Immediate.
    pub imm: Imm,
    /// Targets of a terminator: none, one (`jump`) or two (`br`).
    pub targets: SmallVec<[Target; 2]>,
    /// Results, filled in when the instruction is made.
    pub results: SmallVec<[Value; 2]>,
    /// Where in the user's source.
    pub loc: Loc,
    /// What a floating operation may be turned into.
    pub fast: FastMath,
}

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueDef {
    /// Result number of an instruction.
    Result(Inst, u32),
    /// Parameter number of a block.
    Param(Block, u32),
}

#[derive(Clone, Debug)]
struct ValueData {
    ty: Type,
    def: ValueDef,
}

/// One basic block: parameters, then instructions of which the last is a terminator.
#[derive(Clone, Debug, Default)]
pub struct BlockData {
    /// Parameters.
    pub params: Vec<Value>,
    /// Instructions in order.
    pub insts: Vec<Inst>,
    /// Whether the block is expected to run rarely.
    pub cold: bool,
}

/// Parameters that are an array: the address of its first element, then the length and the
/// distance in bytes along each axis. All memory that is reached from the address lies within
/// the elements that these describe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ArrayParams {
    /// The number of the parameter that is the address.
    pub data: u32,
    /// Number of axes.
    pub axes: u32,
    /// Bytes of an element.
    pub item: u32,
}

/// A function: parameters are those of its first block in layout order.
#[derive(Clone, Debug)]
pub struct Function {
    /// Name in the text form and in tracebacks' records; unique in its module.
    pub name: String,
    /// Types of the parameters.
    pub params: Vec<Type>,
    /// Types of the results.
    pub results: Vec<Type>,
    /// Whether a call may be replaced by the body. The body's instructions then take
    /// the place of the call: no traceback will show this function.
    pub inline: bool,
    /// Whether the results follow from the arguments alone and a call does nothing else
    /// ([`crate::analysis::is_pure`]): calls are shared, moved and removed freely.
    pub pure: bool,
    /// Which parameters are arrays, where that is known.
    pub arrays: Vec<ArrayParams>,
    /// A function for callers in C: it has the platform's convention, gets no context and
    /// gives no status. Its context is a copy of what begins with this data.
    pub for_c: Option<DataId>,
    /// Blocks in layout order; the first is the entry.
    pub layout: Vec<Block>,
    blocks: Vec<BlockData>,
    insts: Vec<InstData>,
    values: Vec<ValueData>,
}

impl Function {
    /// An empty function without blocks.
    pub fn new(name: impl Into<String>, params: Vec<Type>, results: Vec<Type>) -> Function {
        Function {
            name: name.into(),
            params,
            results,
            inline: false,
            pure: false,
            arrays: Vec::new(),
            for_c: None,
            layout: Vec::new(),
            blocks: Vec::new(),
            insts: Vec::new(),
            values: Vec::new(),
        }
    }

    /// The entry block. The function has at least one block.
    pub fn entry(&self) -> Block {
        self.layout[0]
    }

    /// A new empty block at the end of the layout.
    pub fn add_block(&mut self) -> Block {
        let block = Block::new(self.blocks.len());
        self.blocks.push(BlockData::default());
        self.layout.push(block);
        block
    }

    /// A new parameter at the end of a block's parameter list.
    pub fn add_param(&mut self, block: Block, ty: Type) -> Value {
        let index = self.blocks[block.index()].params.len() as u32;
        let value = self.new_value(ty, ValueDef::Param(block, index));
        self.blocks[block.index()].params.push(value);
        value
    }

    /// Remove parameter `index` of `block`; the caller drops the matching
    /// argument from each predecessor.
    pub fn remove_param(&mut self, block: Block, index: usize) {
        self.blocks[block.index()].params.remove(index);
        for i in index..self.blocks[block.index()].params.len() {
            let value = self.blocks[block.index()].params[i];
            self.values[value.index()].def = ValueDef::Param(block, i as u32);
        }
    }

    fn new_value(&mut self, ty: Type, def: ValueDef) -> Value {
        let value = Value::new(self.values.len());
        self.values.push(ValueData { ty, def });
        value
    }

    /// A new instruction that is in no block yet, with results of the given types.
    pub fn make_inst(&mut self, data: InstData, result_types: &[Type]) -> Inst {
        let inst = Inst::new(self.insts.len());
        self.insts.push(data);
        for (i, &ty) in result_types.iter().enumerate() {
            let value = self.new_value(ty, ValueDef::Result(inst, i as u32));
            self.insts[inst.index()].results.push(value);
        }
        inst
    }

    /// One more result of an instruction, the last one.
    pub fn append_result(&mut self, inst: Inst, ty: Type) -> Value {
        let index = self.insts[inst.index()].results.len() as u32;
        let value = self.new_value(ty, ValueDef::Result(inst, index));
        self.insts[inst.index()].results.push(value);
        value
    }

    /// The instruction's data.
    pub fn inst(&self, inst: Inst) -> &InstData {
        &self.insts[inst.index()]
    }

    /// The instruction's data, to change. Results keep their types.
    pub fn inst_mut(&mut self, inst: Inst) -> &mut InstData {
        &mut self.insts[inst.index()]
    }

    /// The block's data.
    pub fn block(&self, block: Block) -> &BlockData {
        &self.blocks[block.index()]
    }

    /// The block's data, to change.
    pub fn block_mut(&mut self, block: Block) -> &mut BlockData {
        &mut self.blocks[block.index()]
    }

    /// Type of a value.
    pub fn value_type(&self, value: Value) -> Type {
        self.values[value.index()].ty
    }

    /// Definition of a value.
    pub fn value_def(&self, value: Value) -> ValueDef {
        self.values[value.index()].def
    }

    /// The instruction that defines the value, if it is a result.
    pub fn def_inst(&self, value: Value) -> Option<Inst> {
        match self.value_def(value) {
            ValueDef::Result(inst, _) => Some(inst),
            ValueDef::Param(..) => None,
        }
    }

    /// Size of the value table: a bound for dense maps.
    pub fn num_values(&self) -> usize {
        self.values.len()
    }

    /// Size of the instruction table.
    pub fn num_insts(&self) -> usize {
        self.insts.len()
    }

    /// Size of the block table (blocks out of the layout included).
    pub fn num_blocks(&self) -> usize {
        self.blocks.len()
    }

    /// The block's terminator, if it has one.
    pub fn terminator(&self, block: Block) -> Option<Inst> {
        let last = *self.block(block).insts.last()?;
        self.inst(last).op.is_terminator().then_some(last)
    }

    /// The block's successors, in target order, with repetitions.
    pub fn successors(&self, block: Block) -> impl Iterator<Item = Block> + '_ {
        self.terminator(block)
            .into_iter()
            .flat_map(|inst| self.inst(inst).targets.iter().map(|t| t.block))
    }

    /// The single result of an instruction that has exactly one.
    pub fn result(&self, inst: Inst) -> Value {
        debug_assert_eq!(self.inst(inst).results.len(), 1);
        self.inst(inst).results[0]
    }

    /// The constant a value is, if an `iconst` defines it.
    pub fn int_const(&self, value: Value) -> Option<i64> {
        let data = self.inst(self.def_inst(value)?);
        match (data.op, &data.imm) {
            (Opcode::Iconst, &Imm::Int(i)) => Some(i),
            _ => None,
        }
    }

    /// Calls `f` on each operand of an instruction, its targets' arguments included.
    pub fn for_each_use(&self, inst: Inst, mut f: impl FnMut(Value)) {
        let data = self.inst(inst);
        data.args.iter().copied().for_each(&mut f);
        for target in &data.targets {
            target.args.iter().copied().for_each(&mut f);
        }
    }

    /// Replaces each operand of an instruction, its targets' arguments included.
    pub fn map_uses(&mut self, inst: Inst, mut f: impl FnMut(Value) -> Value) {
        let data = self.inst_mut(inst);
        for arg in &mut data.args {
            *arg = f(*arg);
        }
        for target in &mut data.targets {
            for arg in &mut target.args {
                *arg = f(*arg);
            }
        }
    }
}
