//! Functions for callers in C: from a signature of C to the slots of an entry.
//!
//! Such a function has the platform's convention. It lays its arguments out as an entry takes
//! them and calls one function of the boundary, which has the context and knows what to do
//! with exceptions. Addresses of this process are in the code, so it is never kept.
//!
//! Not here: structures and complex numbers by value, and functions with `...`.

use crate::CraneliftBackend;
use crate::signature::clif_type;
use cranelift_codegen::Context as ClifContext;
use cranelift_codegen::ir::{
    AbiParam, InstBuilder, MemFlagsData, Signature, StackSlotData, StackSlotKind, types,
};
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::settings;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{Linkage, Module as _};
use cranelift_object::{ObjectBuilder, ObjectModule};
use cumbia_ir::Type;

/// The symbol of the function.
pub const CALLBACK: &str = "callback";

/// A parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CParam {
    /// A number: one slot.
    Number(Type),
    /// An address: the slots of an array without an end, of elements of so many bytes.
    Pointer(u32),
}

/// A function of C, and what it calls.
#[derive(Clone, Debug)]
pub struct CFunction {
    /// What it takes.
    pub params: Vec<CParam>,
    /// What it gives, and whether that is an integer with a sign.
    pub result: Option<(Type, bool)>,
    /// The address of the record that owns what pointers point to.
    pub owner: usize,
    /// The first argument of `target`.
    pub data: usize,
    /// The address of an `extern "C" fn(data, slots)`. Behind the parameters' slots are those
    /// of an array of one element, which takes the result; it is zero before.
    pub target: usize,
}

/// How many elements an array without an end has.
fn endless(itemsize: u32) -> i64 {
    (1 << 62) / i64::from(itemsize.max(1))
}

impl CraneliftBackend {
    /// An object with the function [`CALLBACK`].
    ///
    /// # Errors
    ///
    /// A bug of the compiler.
    pub fn callback(&self, function: &CFunction) -> Result<Vec<u8>, String> {
        let builder = ObjectBuilder::new(
            self.isa.clone(),
            "cumbia",
            cranelift_module::default_libcall_names(),
        );
        let mut object = ObjectModule::new(builder.map_err(|e| e.to_string())?);
        let mut signature = Signature::new(self.isa.default_call_conv());
        for param in &function.params {
            let ty = match param {
                CParam::Number(ty) => clif_type(*ty),
                CParam::Pointer(_) => types::I64,
            };
            signature.params.push(AbiParam::new(ty));
        }
        signature.returns.extend(function.result.map(|(ty, signed)| {
            let plain = AbiParam::new(clif_type(ty));
            match (ty.is_float(), signed) {
                (true, _) => plain,
                (_, true) => plain.sext(),
                (_, false) => plain.uext(),
            }
        }));
        let id = object
            .declare_function(CALLBACK, Linkage::Export, &signature)
            .map_err(|e| e.to_string())?;
        let mut context = ClifContext::new();
        context.func.signature = signature;
        write(function, &mut context, &*self.isa);
        let flags = settings::Flags::new(settings::builder());
        cranelift_codegen::verify_function(&context.func, &flags).map_err(|e| e.to_string())?;
        object.define_function(id, &mut context).map_err(|e| e.to_string())?;
        object.finish().emit().map_err(|e| e.to_string())
    }
}

fn write(function: &CFunction, context: &mut ClifContext, isa: &dyn TargetIsa) {
    let mut buffers = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut context.func, &mut buffers);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    b.seal_block(entry);
    let count: u32 = function
        .params
        .iter()
        .map(|param| if matches!(param, CParam::Number(_)) { 1 } else { 4 })
        .sum::<u32>()
        + 4 * u32::from(function.result.is_some());
    let slot = |size| StackSlotData::new(StackSlotKind::ExplicitSlot, size, 3);
    let slots = b.create_sized_stack_slot(slot(8 * count.max(1)));
    let out = b.create_sized_stack_slot(slot(8));
    let owner = b.ins().iconst(types::I64, function.owner as i64);
    let mut at = 0;
    let array = |b: &mut FunctionBuilder<'_>, at: i32, address, length: i64, itemsize: u32| {
        let length = b.ins().iconst(types::I64, length);
        let step = b.ins().iconst(types::I64, i64::from(itemsize));
        for (place, value) in [owner, address, length, step].into_iter().enumerate() {
            b.ins().stack_store(types::I64, value, slots, at + 8 * place as i32);
        }
    };
    for (i, param) in function.params.iter().enumerate() {
        let value = b.block_params(entry)[i];
        match param {
            CParam::Number(ty) => {
                let wide = if ty.is_float() || clif_type(*ty) == types::I64 {
                    value
                } else {
                    b.ins().uextend(types::I64, value)
                };
                b.ins().stack_store(types::I64, wide, slots, at);
                at += 8;
            }
            CParam::Pointer(itemsize) => {
                array(&mut b, at, value, endless(*itemsize), *itemsize);
                at += 32;
            }
        }
    }
    if let Some((ty, _)) = function.result {
        let zero = b.ins().iconst(types::I64, 0);
        b.ins().stack_store(types::I64, zero, out, 0);
        let address = b.ins().stack_addr(types::I64, out, 0);
        array(&mut b, at, address, 1, clif_type(ty).bytes());
    }
    let mut called = Signature::new(isa.default_call_conv());
    called.params = vec![AbiParam::new(types::I64); 2];
    let called = b.import_signature(called);
    let target = b.ins().iconst(types::I64, function.target as i64);
    let data = b.ins().iconst(types::I64, function.data as i64);
    let address = b.ins().stack_addr(types::I64, slots, 0);
    b.ins().call_indirect(called, target, &[data, address]);
    match function.result {
        None => b.ins().return_(&[]),
        Some((ty, _)) => {
            let address = b.ins().stack_addr(types::I64, out, 0);
            let result = b.ins().load(clif_type(ty), MemFlagsData::trusted(), address, 0);
            b.ins().return_(&[result])
        }
    };
    b.finalize(isa.frontend_config());
}
