//! The context of one function's lowering, and the dispatch on opcodes.
//!
//! IR blocks and values map one to one to Cranelift's; a few IR operations end
//! the current Cranelift block and continue in a new one.

use crate::control::Exits;
use crate::signature::{ResultPlan, clif_type};
use crate::{atomic, calls, checks, control, convert, for_c, memory, num};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    self, AbiParam, AliasRegion, AliasRegionData, FuncRef, InstBuilder, MemFlagsData, SigRef,
    Signature, SourceLoc,
};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{FuncId as ClifFuncId, Module as _};
use cranelift_object::ObjectModule;
use cumbia_backend::Sites;
use cumbia_ir::{Block, Function, Inst, InstData, Module, Opcode, Region, Shape, Value};
use rustc_hash::FxHashMap;
use target_lexicon::Architecture;

/// What the functions of a module share.
pub(crate) struct Shared<'m> {
    pub module: &'m Module,
    pub isa: OwnedTargetIsa,
    /// Cranelift's ids of the IR functions.
    pub functions: Vec<ClifFuncId>,
    /// Native signatures of the IR functions.
    pub signatures: Vec<Signature>,
    /// For each extern: its position in the helper table, its signature.
    pub externs: Vec<(usize, Signature)>,
    /// Cranelift's ids of the static data.
    pub data: Vec<cranelift_module::DataId>,
    pub sites: Sites,
    /// Whether a cold block should come right behind the branch to it, in the order in
    /// which registers are allocated: that of a search which takes the second target
    /// first. What a cold block uses lives that long for the quick allocator, which would
    /// take quadratic time if all of them came last.
    pub near_exits: bool,
}

/// Alias regions of the runtime's own records, beside the IR's regions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    /// Fields of the context that never change during a call.
    Constant,
    /// Fields of the context that change.
    Context,
}

/// The state of one function's lowering.
pub(crate) struct FunctionCx<'a, 'm> {
    pub shared: &'a mut Shared<'m>,
    pub object: &'a mut ObjectModule,
    pub b: FunctionBuilder<'a>,
    pub func: &'m Function,
    /// Position of `func` in its module.
    pub index: usize,
    /// Cranelift's value of each IR value, once defined.
    pub values: Vec<Option<ir::Value>>,
    blocks: Vec<Option<ir::Block>>,
    /// The context's address: the first native parameter.
    pub context: ir::Value,
    /// The address for results beyond the registers, if there are such.
    pub result_area: Option<ir::Value>,
    /// Where this function's results go.
    pub plan: ResultPlan,
    region_flags: [MemFlagsData; Region::ALL.len()],
    record_flags: [MemFlagsData; 2],
    pub func_refs: FxHashMap<usize, FuncRef>,
    pub sig_refs: FxHashMap<usize, SigRef>,
    /// Leave with `STATUS_RAISED`; parameter: the site.
    pub raise_exits: Exits,
    /// Leave with an exception that passes; parameters: status, call site.
    pub pass_exits: Exits,
    /// Cold blocks that raise without message arguments, by site.
    pub raise_blocks: FxHashMap<u32, ir::Block>,
    /// Branches to cold blocks that use computed values, so far: see `control::anchor`.
    pub cold_branches: usize,
    /// Slots for results of calls beyond the registers: one, as large as needed.
    pub call_area: Option<ir::StackSlot>,
    pub call_area_size: usize,
}

/// Lowers function `index` of the module into `clif`, whose signature is set.
pub(crate) fn lower<'m>(
    shared: &mut Shared<'m>,
    object: &mut ObjectModule,
    index: usize,
    clif: &mut ir::Function,
    builder_context: &mut FunctionBuilderContext,
) -> Result<(), String> {
    let func: &'m Function = &shared.module.functions[index];
    let regions: Vec<AliasRegion> = (0..Region::ALL.len() as u32 + 2)
        .map(|user_id| {
            clif.dfg.alias_regions.insert(AliasRegionData { user_id, description: "".into() })
        })
        .collect();
    let trusted = |region: usize| MemFlagsData::trusted().with_alias_region(Some(regions[region]));
    let region_flags = Region::ALL.map(|region| match region {
        Region::Const => trusted(region as usize).with_readonly(),
        // Elements may lie at any address.
        Region::Data => {
            let flags = MemFlagsData::new().with_notrap();
            flags.with_alias_region(Some(regions[region as usize]))
        }
        _ => trusted(region as usize),
    });
    let first_record = Region::ALL.len();
    let fields = trusted(first_record + 1);
    let record_flags = match func.for_c {
        None => [trusted(first_record).with_readonly().with_can_move(), fields],
        // They are written where the function begins.
        Some(_) => [fields, fields],
    };
    let frontend_config = shared.isa.frontend_config();
    let mut fx = FunctionCx {
        b: FunctionBuilder::new(clif, builder_context),
        func,
        index,
        values: vec![None; func.num_values()],
        blocks: vec![None; func.num_blocks()],
        context: ir::Value::from_u32(0),
        result_area: None,
        plan: ResultPlan::new(&func.results),
        region_flags,
        record_flags,
        func_refs: FxHashMap::default(),
        sig_refs: FxHashMap::default(),
        raise_exits: Exits::default(),
        pass_exits: Exits::default(),
        raise_blocks: FxHashMap::default(),
        cold_branches: 0,
        call_area: None,
        call_area_size: 0,
        shared,
        object,
    };
    fx.declare_blocks();
    fx.fill_blocks()?;
    control::emit_exits(&mut fx);
    fx.b.seal_all_blocks();
    fx.b.finalize(frontend_config);
    Ok(())
}

impl<'m> FunctionCx<'_, 'm> {
    fn declare_blocks(&mut self) {
        let func = self.func;
        // The native entry takes the hidden parameters; the IR's entry block may
        // be a loop header, so it is a block of its own.
        let entry = self.b.create_block();
        self.b.append_block_params_for_function_params(entry);
        for &block in &func.layout {
            let clif = self.b.create_block();
            self.blocks[block.index()] = Some(clif);
            for &param in &func.block(block).params {
                let value = self.b.append_block_param(clif, clif_type(func.value_type(param)));
                self.values[param.index()] = Some(value);
            }
            if func.block(block).cold {
                self.b.set_cold_block(clif);
            }
        }
        self.b.switch_to_block(entry);
        let mut params = self.b.block_params(entry).to_vec();
        if let Some(data) = func.for_c {
            params.insert(0, for_c::make_context(self, data));
        }
        self.context = params[0];
        if self.plan.in_memory > 0 {
            self.result_area = params.last().copied();
        }
        let args: Vec<ir::BlockArg> =
            params[1..=func.params.len()].iter().map(|&v| v.into()).collect();
        let first = self.block(func.entry());
        self.b.ins().jump(first, &args);
    }

    fn fill_blocks(&mut self) -> Result<(), String> {
        let func = self.func;
        // Definitions come before uses in an order that respects dominance.
        for block in control::reverse_postorder(func) {
            let clif = self.block(block);
            self.b.switch_to_block(clif);
            for &inst in &func.block(block).insts {
                self.lower_inst(inst)
                    .map_err(|e| format!("{inst} ({}): {e}", func.inst(inst).op.name()))?;
            }
        }
        // Unreachable blocks still need a terminator.
        for &block in &func.layout {
            let clif = self.block(block);
            if self.b.func.layout.is_block_inserted(clif) {
                continue;
            }
            self.b.switch_to_block(clif);
            self.b.set_cold_block(clif);
            self.b.ins().trap(ir::TrapCode::unwrap_user(1));
        }
        Ok(())
    }

    fn lower_inst(&mut self, inst: Inst) -> Result<(), String> {
        let func = self.func;
        let data = func.inst(inst);
        if data.loc.line != 0 {
            self.b.set_srcloc(SourceLoc::new(data.loc.line));
        } else {
            self.b.set_srcloc(SourceLoc::default());
        }
        let is_of_devices = data.op.is_of_kernels() || data.op.is_of_devices();
        assert!(!is_of_devices, "`{}` has no code on a processor", data.op.name());
        match data.op.shape() {
            Shape::Quaternary
            | Shape::Nullary
            | Shape::UnaryEffect
            | Shape::Query
            | Shape::Native
            | Shape::StorageAddr => unreachable!("operations of kernels"),
            Shape::IntConst
            | Shape::FloatConst
            | Shape::Unary
            | Shape::Ternary
            | Shape::IntCompare
            | Shape::FloatCompare
            | Shape::Select => num::lower(self, data),
            Shape::Binary => match data.op {
                Opcode::SaddChk | Opcode::SsubChk | Opcode::SmulChk => checks::lower(self, data),
                _ => num::lower(self, data),
            },
            Shape::Convert => convert::lower(self, data),
            Shape::DataAddr
            | Shape::FuncAddr
            | Shape::PtrAdd
            | Shape::Load
            | Shape::Store
            | Shape::PtrEffect => memory::lower(self, data),
            Shape::Atomic | Shape::AtomicSwap => atomic::lower(self, data),
            Shape::Index
            | Shape::Guard
            | Shape::Effect
            | Shape::TryEffect
            | Shape::OsrPoll
            | Shape::SetRaise => checks::lower(self, data),
            Shape::Call | Shape::ExternCall | Shape::TryCall | Shape::TryExternCall => {
                calls::lower(self, data)
            }
            Shape::Jump | Shape::Branch | Shape::Return | Shape::Raise | Shape::Rethrow => {
                control::lower(self, data)
            }
        }
    }

    /// Cranelift's block of an IR block.
    pub(crate) fn block(&self, block: Block) -> ir::Block {
        self.blocks[block.index()].expect("a block of the layout")
    }

    /// Cranelift's value of an IR value.
    pub(crate) fn value(&self, value: Value) -> ir::Value {
        self.values[value.index()].expect("the definition dominates the use")
    }

    /// The operand number `index` of an instruction.
    pub(crate) fn arg(&self, data: &InstData, index: usize) -> ir::Value {
        self.value(data.args[index])
    }

    /// Defines an instruction's single result.
    pub(crate) fn define(&mut self, data: &InstData, value: ir::Value) {
        self.values[data.results[0].index()] = Some(value);
    }

    /// Access flags of an IR region.
    pub(crate) fn region(&self, region: Region) -> MemFlagsData {
        self.region_flags[region as usize]
    }

    /// Access flags of a runtime record.
    pub(crate) fn record(&self, record: Record) -> MemFlagsData {
        self.record_flags[record as usize]
    }

    /// A new block that is expected to run rarely.
    pub(crate) fn cold_block(&mut self) -> ir::Block {
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        block
    }

    /// Ends the current block with a branch to `cold` when `condition` isn't
    /// zero, and continues in a new block.
    pub(crate) fn branch_cold(
        &mut self,
        condition: ir::Value,
        cold: ir::Block,
        args: &[ir::BlockArg],
    ) {
        let next = self.b.create_block();
        if self.shared.near_exits {
            let go_on = self.b.ins().icmp_imm_u(IntCC::Equal, condition, 0);
            self.b.ins().brif(go_on, next, &[], cold, args);
        } else {
            self.b.ins().brif(condition, cold, args, next, &[]);
        }
        self.b.switch_to_block(next);
    }

    /// Ends the current block with a branch to `cold` when `condition` is zero,
    /// and continues in a new block.
    pub(crate) fn branch_cold_unless(&mut self, condition: ir::Value, cold: ir::Block) {
        let next = self.b.create_block();
        self.b.ins().brif(condition, next, &[], cold, &[]);
        self.b.switch_to_block(next);
    }

    /// The reference to function `index` of the module for direct calls.
    pub(crate) fn func_ref(&mut self, index: usize) -> FuncRef {
        if let Some(&func_ref) = self.func_refs.get(&index) {
            return func_ref;
        }
        let func_ref = self.object.declare_func_in_func(self.shared.functions[index], self.b.func);
        self.func_refs.insert(index, func_ref);
        func_ref
    }

    /// The address of helper `index`, loaded from the context's table.
    pub(crate) fn helper_address(&mut self, index: usize) -> ir::Value {
        let flags = self.record(Record::Constant);
        let table =
            self.b.ins().load(ir::types::I64, flags, self.context, cumbia_abi::offsets::HELPERS);
        self.b.ins().load(ir::types::I64, flags, table, index as i32 * 8)
    }

    /// The signature `(context, integer parameters ...) -> ()` of the runtime
    /// functions that cold blocks call. They preserve all registers, so that the
    /// hot path around the block keeps its values in registers.
    pub(crate) fn runtime_signature(&mut self, params: usize) -> SigRef {
        // Keys beyond the externs' positions.
        let key = usize::MAX - params;
        if let Some(&sig) = self.sig_refs.get(&key) {
            return sig;
        }
        let mut signature = Signature::new(match self.shared.isa.triple().architecture {
            Architecture::X86_64 => CallConv::PreserveAll,
            _ => self.shared.isa.default_call_conv(),
        });
        signature.params.resize(params + 1, AbiParam::new(ir::types::I64));
        let sig = self.b.import_signature(signature);
        self.sig_refs.insert(key, sig);
        sig
    }
}
