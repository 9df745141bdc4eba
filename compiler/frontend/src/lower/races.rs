//! Code of loops that are watched for races tells the runtime what it accesses
//! (`runtime/core/src/races.rs`).
//!
//! A pass over a lowered module, before anything is optimized: in every function that such a
//! loop reaches, a call of the runtime stands before each load and store of array elements,
//! and before calls of runtime functions that access them and are known here. A place is the
//! user's: library bodies have none, so before a call of one its place is told. A call of the
//! runtime that raises leaves the function past its handlers: the user's don't handle a race.

use crate::hir::{Op, ParallelOp};
use crate::infer::Specialization;
use crate::lower::FunctionInfo;
use crate::types::Ty;
use cumbia_abi::parallel::{how, race};
use cumbia_ir::{
    Block, DataId, ExternDecl, ExternEffects, ExternId, FuncId, Function, Imm, Inst, InstData, Loc,
    Module, Opcode, Region, Shape, Type, Value,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Runtime functions that access elements: the numbers of the operands that are an address,
/// how many elements, and the bytes of one if it isn't 1; and how.
type Bytes = (usize, usize, Option<usize>, i64);
const HELPERS: &[(&str, &[Bytes])] = &[
    ("move_bytes", &[(1, 2, None, race::READ), (0, 2, None, race::WRITE)]),
    ("sort_numbers", &[(0, 1, Some(3), race::WRITE)]),
    ("partition_numbers", &[(0, 1, Some(3), race::WRITE)]),
    ("sorted_positions", &[(1, 2, Some(4), race::READ)]),
];

/// What the runtime is told of a loop: the name of its variable and the arrays that it
/// captures, as `cumbia_abi::parallel::RACES_SLOT` says.
pub(super) fn description(spec: &Specialization) -> Vec<u8> {
    let turn = spec.hir.blocks.iter().flat_map(|block| &block.insts).find_map(|inst| {
        let Op::Parallel(ParallelOp::Turn, of) = &inst.op else { return None };
        spec.hir.values[of[0].0 as usize].name.clone()
    });
    let mut text = turn.map_or(String::new(), |name| name.to_string());
    let captures = spec.hir.inner.iter().flat_map(|inner| &inner.captures);
    let first: usize = spec.args[..3].iter().map(|ty| ty.part_types().len()).sum();
    let mut slot = first;
    for (ty, name) in spec.args[3..].iter().zip(captures) {
        arrays_of(ty, name, slot, &mut text);
        slot += ty.part_types().len();
    }
    text.push('\0');
    text.into_bytes()
}

fn arrays_of(ty: &Ty, name: &str, slot: usize, text: &mut String) {
    match ty {
        Ty::Array(a) => {
            text.push_str(&format!("\n{name}\t{slot}\t{}\t{}", a.ndim, a.dtype.itemsize()));
        }
        Ty::Records(a) => {
            text.push_str(&format!("\n{name}\t{slot}\t{}\t{}", a.ndim, a.dtype.itemsize));
        }
        Ty::Tuple(items) | Ty::Record(_, items) => {
            let mut slot = slot;
            for (i, item) in items.iter().enumerate() {
                arrays_of(item, &format!("{name}[{i}]"), slot, text);
                slot += item.part_types().len();
            }
        }
        Ty::MaybeUnbound(inner) | Ty::Optional(inner) => arrays_of(inner, name, slot + 1, text),
        _ => {}
    }
}

/// Has the code of all loops that are to be watched tell of its accesses.
pub(super) fn watch(module: &mut Module, infos: &[FunctionInfo]) {
    let roots = watched(module);
    if roots.is_empty() {
        return;
    }
    let infos: FxHashMap<&str, &FunctionInfo> =
        infos.iter().map(|info| (info.ir_name.as_str(), info)).collect();
    let home = roots
        .iter()
        .flat_map(|&entry| callees(module.function(entry)))
        .find_map(|id| infos.get(module.function(id).name.as_str()))
        .map_or(String::new(), |info| info.filename.clone());
    let reached = reached(module, roots);
    let internal: Vec<bool> = module
        .functions
        .iter()
        .map(|f| infos.get(f.name.as_str()).is_none_or(|info| info.internal))
        .collect();
    // The first place is none.
    let mut places = Places { lines: vec![String::new()], known: FxHashMap::default() };
    let table = module.intern_data("race.places", b"race places".to_vec(), false);
    let access = declare(module, "race_access", &[Type::Ptr, Type::I64, Type::I64, Type::Ptr]);
    let line = declare(module, "race_line", &[Type::I64]);
    let helpers: FxHashMap<ExternId, &[Bytes]> = module
        .externs
        .iter()
        .enumerate()
        .filter_map(|(i, e)| {
            let row = HELPERS.iter().find(|row| row.0 == e.name)?;
            Some((ExternId::new(i), row.1))
        })
        .collect();
    for id in reached {
        let function = &module.functions[id.index()];
        let file = infos.get(function.name.as_str()).map_or("", |info| info.filename.as_str());
        let mut watch = Watch {
            func: &mut module.functions[id.index()],
            own: !internal[id.index()],
            elsewhere: if file == home { "" } else { file },
            internal: &internal,
            places: &mut places,
            helpers: &helpers,
            table,
            access,
            line,
            last: Loc::default(),
        };
        for block in watch.func.layout.clone() {
            watch.block(block);
        }
    }
    let mut text = places.lines.join("\n").into_bytes();
    text.push(0);
    module.data[table.index()].bytes = text;
}

fn declare(module: &mut Module, name: &str, params: &[Type]) -> ExternId {
    module.declare_extern(&ExternDecl {
        name: name.to_owned(),
        params: params.to_vec(),
        result: None,
        effects: match name {
            "race_access" => ExternEffects::Raises,
            _ => ExternEffects::Effects,
        },
    })
}

/// The entries that run blocks of loops that are watched.
fn watched(module: &Module) -> Vec<FuncId> {
    let mut found = Vec::new();
    for func in &module.functions {
        for &inst in func.layout.iter().flat_map(|&block| &func.block(block).insts) {
            let data = func.inst(inst);
            let Imm::Extern(callee) = data.imm else { continue };
            if module.externs[callee.index()].name == "parallel_run"
                && func.int_const(data.args[2]).is_some_and(|bits| bits & how::WATCHED != 0)
                && let Some(made) = func.def_inst(data.args[1])
                && let Imm::Func(entry) = func.inst(made).imm
            {
                found.push(entry);
            }
        }
    }
    found
}

fn callees(func: &Function) -> impl Iterator<Item = FuncId> + '_ {
    let insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
    insts.filter_map(|&inst| match func.inst(inst).imm {
        Imm::Func(callee) => Some(callee),
        _ => None,
    })
}

fn reached(module: &Module, roots: Vec<FuncId>) -> Vec<FuncId> {
    let mut seen: FxHashSet<FuncId> = roots.iter().copied().collect();
    let (mut work, mut found) = (roots, Vec::new());
    while let Some(id) = work.pop() {
        found.push(id);
        work.extend(callees(module.function(id)).filter(|&callee| seen.insert(callee)));
    }
    found
}

/// The table of places: a line of text for each.
struct Places {
    lines: Vec<String>,
    known: FxHashMap<String, i64>,
}

impl Places {
    fn of(&mut self, loc: Loc, elsewhere: &str) -> i64 {
        if loc.line == 0 {
            return 0;
        }
        let text = match elsewhere {
            "" => loc.line.to_string(),
            file => format!("line {} of {file}", loc.line),
        };
        *self.known.entry(text).or_insert_with_key(|text| {
            self.lines.push(text.clone());
            self.lines.len() as i64 - 1
        })
    }
}

/// A function whose accesses are told of.
struct Watch<'a> {
    func: &'a mut Function,
    /// Whether it is the user's.
    own: bool,
    /// The file it is in, where that isn't the first loop's.
    elsewhere: &'a str,
    internal: &'a [bool],
    places: &'a mut Places,
    helpers: &'a FxHashMap<ExternId, &'static [Bytes]>,
    table: DataId,
    access: ExternId,
    line: ExternId,
    /// The last place that an instruction had.
    last: Loc,
}

impl Watch<'_> {
    fn block(&mut self, block: Block) {
        let insts = std::mem::take(&mut self.func.block_mut(block).insts);
        let mut out = Vec::with_capacity(2 * insts.len());
        for inst in insts {
            self.before(inst, &mut out);
            out.push(inst);
        }
        self.func.block_mut(block).insts = out;
    }

    /// What is told before an instruction.
    fn before(&mut self, inst: Inst, out: &mut Vec<Inst>) {
        let data = self.func.inst(inst);
        if data.loc.line != 0 {
            self.last = data.loc;
        }
        match (data.op, &data.imm) {
            (Opcode::Load | Opcode::Store, &Imm::Mem { offset, region: Region::Data }) => {
                let is_load = data.op == Opcode::Load;
                let (address, ty) = (data.args[data.args.len() - 1], data.ty);
                let bytes = ty.map_or(1, Type::bytes);
                let address = self.moved(address, offset, out);
                let bytes = self.int(bytes as i64, out);
                self.tell(address, bytes, if is_load { race::READ } else { race::WRITE }, out);
            }
            (op, &Imm::Mem { offset, .. })
                if matches!(op.shape(), Shape::Atomic | Shape::AtomicSwap) =>
            {
                let (address, ty) = (data.args[data.args.len() - 1], data.ty);
                let address = self.moved(address, offset, out);
                let bytes = self.int(ty.map_or(1, Type::bytes) as i64, out);
                self.tell(address, bytes, race::ATOMIC, out);
            }
            (Opcode::ExternCall | Opcode::TryExternCall, Imm::Extern(callee)) => {
                let Some(&all) = self.helpers.get(callee) else { return };
                let args = data.args.clone();
                for &(address, count, item, kind) in all {
                    let address = self.pointer(args[address], out);
                    let bytes = match item {
                        None => args[count],
                        Some(item) => {
                            let both = [args[count], args[item]];
                            let op =
                                self.made(Opcode::Imul, Some(Type::I64), &both, Imm::None, out);
                            self.func.append_result(op, Type::I64)
                        }
                    };
                    self.tell(address, bytes, kind, out);
                }
            }
            (Opcode::Call | Opcode::TryCall, Imm::Func(callee))
                if self.own && self.internal[callee.index()] =>
            {
                let site = self.places.of(self.last, self.elsewhere);
                let site = self.int(site, out);
                self.made(Opcode::ExternCall, None, &[site], Imm::Extern(self.line), out);
            }
            _ => {}
        }
    }

    /// The call that tells of an access.
    fn tell(&mut self, address: Value, bytes: Value, kind: i64, out: &mut Vec<Inst>) {
        let site = match self.own {
            true => self.places.of(self.last, self.elsewhere),
            false => i64::from(race::BY_LIBRARY),
        };
        let what = self.int(kind | site << race::SITE_SHIFT, out);
        let table = self.made(Opcode::DataAddr, None, &[], Imm::Data(self.table), out);
        let table = self.func.append_result(table, Type::Ptr);
        let args = [address, bytes, what, table];
        self.made(Opcode::ExternCall, None, &args, Imm::Extern(self.access), out);
    }

    fn moved(&mut self, address: Value, offset: i32, out: &mut Vec<Inst>) -> Value {
        if offset == 0 {
            return address;
        }
        let offset = self.int(i64::from(offset), out);
        let op = self.made(Opcode::PtrAdd, None, &[address, offset], Imm::None, out);
        self.func.append_result(op, Type::Ptr)
    }

    /// A value as an address.
    fn pointer(&mut self, value: Value, out: &mut Vec<Inst>) -> Value {
        if self.func.value_type(value) == Type::Ptr {
            return value;
        }
        let op = self.made(Opcode::Bitcast, Some(Type::Ptr), &[value], Imm::None, out);
        self.func.append_result(op, Type::Ptr)
    }

    fn int(&mut self, value: i64, out: &mut Vec<Inst>) -> Value {
        let op = self.made(Opcode::Iconst, Some(Type::I64), &[], Imm::Int(value), out);
        self.func.append_result(op, Type::I64)
    }

    fn made(
        &mut self,
        op: Opcode,
        ty: Option<Type>,
        args: &[Value],
        imm: Imm,
        out: &mut Vec<Inst>,
    ) -> Inst {
        let inst = self.func.make_inst(
            InstData {
                op,
                ty,
                args: args.iter().copied().collect(),
                imm,
                targets: Default::default(),
                results: Default::default(),
                loc: self.last,
                fast: Default::default(),
            },
            &[],
        );
        out.push(inst);
        inst
    }
}
