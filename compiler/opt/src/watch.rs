//! What code for devices lacks on a processor: interrupts, and who watches it.
//!
//! Kernels tell what they access: a call in front of each access of elements and each
//! fence (`grid_access`), for who runs them on a processor and looks for races.
//!
//! Who runs a grid whose arrays lie apart need not be told of reads of arrays that the kernel
//! never writes: nobody races with these ([`Told::ButReadOnly`]).
//!
//! It runs behind the pipeline and in front of [`crate::threads`]: what the optimizer has
//! shared or removed isn't an access any more, on a device either.

use cumbia_abi::grid::access;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{
    Block, Builder, ExternDecl, ExternEffects, ExternId, FuncId, Function, Imm, Inst, Module,
    Opcode, Region, Shape, StorageSpace, Type, Value, ValueDef,
};

/// Which accesses are told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    /// All.
    All,
    /// All but the kernel's reads of arrays that nobody writes.
    ButReadOnly,
}

/// Puts the calls into all functions of a module, and gives for each array of the kernel whether
/// it may be written ([`Function::arrays`]).
pub fn watch_accesses(module: &mut Module, kernel: FuncId, told_of: Told) -> Vec<bool> {
    let told = module.declare_extern(&ExternDecl {
        name: "grid_access".to_owned(),
        params: vec![Type::Ptr, Type::I64],
        result: None,
        effects: ExternEffects::Raises,
    });
    let spaces: Vec<StorageSpace> = module.storage.iter().map(|decl| decl.space).collect();
    let written = written_params(module, kernel, &spaces);
    for index in 0..module.functions.len() {
        let is_kernel = index == kernel.index();
        let func = &mut module.functions[index];
        for block in func.layout.clone() {
            let insts = &func.block(block).insts;
            let of_unwritten: Vec<bool> = insts
                .iter()
                .map(|&inst| is_kernel && reads_unwritten(func, inst, &written))
                .collect();
            let is_told = |position: usize| told_of == Told::All || !of_unwritten[position];
            watch_block(func, block, told, &spaces, &of_unwritten, &is_told);
        }
    }
    let arrays = &module.function(kernel).arrays;
    arrays.iter().map(|array| written[array.data as usize]).collect()
}

fn watch_block(
    func: &mut Function,
    block: Block,
    told: ExternId,
    spaces: &[StorageSpace],
    of_unwritten: &[bool],
    is_told: &dyn Fn(usize) -> bool,
) {
    let insts = std::mem::take(&mut func.block_mut(block).insts);
    for (position, inst) in insts.into_iter().enumerate() {
        if let Some((kind, at)) = accessed(func, inst).filter(|_| is_told(position)) {
            // Whatever it is read anew for, the kernel doesn't change it.
            let kind = if of_unwritten[position] { access::READ } else { kind };
            let is_shared = at.is_some() && is_in_shared(func, inst, spaces);
            let data = func.inst(inst);
            let size = data.ty.map_or(0, |ty| i64::from(ty.bytes().trailing_zeros()));
            let line = i64::from(data.loc.line);
            let col = i64::from(data.loc.col).min(access::COL) << access::COL_SHIFT;
            let col = col | if is_shared { access::SHARED } else { 0 };
            let how = kind | size << access::SIZE_SHIFT | line << access::LINE_SHIFT | col;
            let (loc, address) =
                (data.loc, at.map(|offset| (*data.args.last().expect("an address"), offset)));
            let mut b = Builder::new(func, block);
            b.loc = loc;
            let address = match address {
                Some((base, 0)) => base,
                Some((base, offset)) => {
                    let offset = b.iconst(Type::I64, i64::from(offset));
                    b.ptr_add(base, offset)
                }
                None => b.iconst(Type::Ptr, 0),
            };
            let how = b.iconst(Type::I64, how);
            b.extern_call(told, &[address, how], None);
        }
        func.block_mut(block).insts.push(inst);
    }
}

/// What an address begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A parameter of the function.
    Param(usize),
    Storage(StorageSpace),
    /// Data of the module.
    Data,
    Unknown,
}

/// What an address may begin with.
fn origins(func: &Function, address: Value, spaces: &[StorageSpace]) -> Vec<Origin> {
    let (mut found, mut seen, mut pending) = (Vec::new(), Vec::new(), vec![address]);
    while let Some(value) = pending.pop() {
        if seen.contains(&value) {
            continue;
        }
        seen.push(value);
        let origin = match func.value_def(value) {
            ValueDef::Param(block, index) if block == func.entry() => Origin::Param(index as usize),
            ValueDef::Param(block, index) => {
                for &from in &func.layout {
                    let Some(end) = func.terminator(from) else { continue };
                    let targets = func.inst(end).targets.iter().filter(|t| t.block == block);
                    pending.extend(targets.map(|target| target.args[index as usize]));
                }
                continue;
            }
            ValueDef::Result(inst, _) => {
                let data = func.inst(inst);
                match (data.op, &data.imm) {
                    (Opcode::PtrAdd, _) => {
                        pending.push(data.args[0]);
                        continue;
                    }
                    (Opcode::Select, _) => {
                        pending.extend(&data.args[1..]);
                        continue;
                    }
                    (Opcode::StorageAddr, &Imm::Storage(id)) => spaces
                        .get(id.index())
                        .map_or(Origin::Unknown, |&space| Origin::Storage(space)),
                    // No address begins with a number but that of nothing.
                    (Opcode::DataAddr | Opcode::Iconst, _) => Origin::Data,
                    _ => Origin::Unknown,
                }
            }
        };
        if !found.contains(&origin) {
            found.push(origin);
        }
    }
    found
}

/// The address of an instruction that accesses elements.
fn address_of(func: &Function, inst: Inst) -> Option<Value> {
    accessed(func, inst)?.1?;
    func.inst(inst).args.last().copied()
}

fn is_in_shared(func: &Function, inst: Inst, spaces: &[StorageSpace]) -> bool {
    let Some(address) = address_of(func, inst) else { return false };
    origins(func, address, spaces) == [Origin::Storage(StorageSpace::Shared)]
}

/// Whether an instruction does nothing but read an array that isn't written.
fn reads_unwritten(func: &Function, inst: Inst, written: &[bool]) -> bool {
    let Some(address) = address_of(func, inst) else { return false };
    let is_unwritten = |origin: &Origin| match *origin {
        Origin::Param(index) => !written[index],
        Origin::Data => true,
        _ => false,
    };
    let op = func.inst(inst).op;
    op.without_hint().unwrap_or(op) == Opcode::Load
        && origins(func, address, &[]).iter().all(is_unwritten)
}

/// For each parameter of the kernel whether what it points to may be written: by the kernel, by
/// a function that it gives it to, or in a way that isn't seen. Parameters that are no array's
/// address count as written.
fn written_params(module: &Module, kernel: FuncId, spaces: &[StorageSpace]) -> Vec<bool> {
    let func = module.function(kernel);
    let mut written = vec![true; func.params.len()];
    func.arrays.iter().for_each(|array| written[array.data as usize] = false);
    let insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
    for &inst in insts {
        let data = func.inst(inst);
        let mut changed: Vec<Value> = Vec::new();
        let is_address = |value: &&Value| func.value_type(**value) == Type::Ptr;
        match (data.op, &data.imm) {
            (op, _) if op.without_hint().unwrap_or(op) == Opcode::Load => {}
            (Opcode::Call, &Imm::Func(callee)) if writes_nothing(module.function(callee)) => {}
            // An address that is kept somewhere may be written through later.
            (Opcode::Store, _) => changed.extend(data.args.iter().filter(is_address)),
            (Opcode::PtrAdd | Opcode::Select | Opcode::Icmp, _) => {}
            _ => changed.extend(data.args.iter().filter(is_address)),
        }
        for value in changed {
            for origin in origins(func, value, spaces) {
                match origin {
                    Origin::Param(index) => written[index] = true,
                    Origin::Unknown => written.fill(true),
                    Origin::Storage(_) | Origin::Data => {}
                }
            }
        }
    }
    written
}

/// Whether a function only reads, and calls nobody.
fn writes_nothing(func: &Function) -> bool {
    let mut insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
    insts.all(|&inst| {
        let data = func.inst(inst);
        let calls = matches!(data.imm, Imm::Func(_) | Imm::Extern(_));
        let is_read = matches!(accessed(func, inst), None | Some((access::READ, _)));
        !calls && is_read && data.op.shape() != Shape::Store
    })
}

/// The kind of an access of elements, and the offset to its last operand, the address.
fn accessed(func: &Function, inst: Inst) -> Option<(i64, Option<i32>)> {
    let data = func.inst(inst);
    let offset = match data.imm {
        Imm::Mem { offset, region: Region::Data } => Some(offset),
        _ => None,
    };
    match data.op {
        Opcode::FenceDevice | Opcode::FenceSystem => Some((access::FENCE, None)),
        // Others may change what is read anew, atomically.
        Opcode::LoadAnew => offset.map(|offset| (access::ATOMIC, Some(offset))),
        op => match op.without_hint().unwrap_or(op) {
            Opcode::Load => offset.map(|offset| (access::READ, Some(offset))),
            Opcode::Store => offset.map(|offset| (access::WRITE, Some(offset))),
            _ => offset.map(|offset| (access::ATOMIC, Some(offset))),
        },
    }
}

/// Lets each loop of a module look for interrupts at the ends of its turns: code for devices
/// doesn't.
pub fn poll_loops(module: &mut Module) {
    for func in &mut module.functions {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        for latch in forest.loops.into_iter().flat_map(|this| this.latches) {
            let end = func.block_mut(latch).insts.pop();
            Builder::new(func, latch).poll();
            func.block_mut(latch).insts.extend(end);
        }
    }
}
