//! The context of lowering one function, and typed values.
//!
//! Every lowering function takes `fx` first. `Fx` appends to one block at a time;
//! it never simplifies (that is the mid-end's work).

use crate::environment::Relaxed;
use crate::types::Ty;
use cumbia_abi::{AbiType, HELPERS, HelperEffects};
use cumbia_ir::{Block, Builder, ExternDecl, ExternEffects, Function, Loc, Module, Type, Value};

/// A value of the language while lowering: its type and its parts
/// ([`Ty::parts`]).
#[derive(Clone, PartialEq, Debug)]
pub struct TypedValue {
    /// Type.
    pub ty: Ty,
    /// One IR value per part.
    pub parts: Vec<Value>,
}

impl TypedValue {
    /// A value of one part.
    pub fn scalar(ty: Ty, value: Value) -> TypedValue {
        TypedValue { ty, parts: vec![value] }
    }

    /// A value without parts: a constant or a compile-time thing.
    pub fn unit(ty: Ty) -> TypedValue {
        TypedValue { ty, parts: Vec::new() }
    }

    /// The only part.
    pub fn value(&self) -> Value {
        debug_assert_eq!(self.parts.len(), 1, "{} has {} parts", self.ty, self.parts.len());
        self.parts[0]
    }
}

/// Lowering context of one IR function.
pub struct Fx<'m> {
    /// The function under construction (not yet in the module).
    pub func: Function,
    /// Where instructions go.
    pub block: Block,
    /// Source place of new instructions.
    pub loc: Loc,
    /// The module that it will belong to, for externs.
    pub module: &'m mut Module,
    /// Conditions that are expected to be false.
    pub rare: Vec<Value>,
    /// What the function's user gives up for speed.
    pub relaxed: Relaxed,
}

impl Fx<'_> {
    /// A builder at the end of the current block.
    pub fn b(&mut self) -> Builder<'_> {
        let mut b = Builder::new(&mut self.func, self.block);
        b.loc = self.loc;
        b.fast = self.relaxed.fast;
        b
    }

    /// A new block (not switched to).
    pub fn new_block(&mut self) -> Block {
        self.func.add_block()
    }

    /// A new block that rarely runs.
    pub fn new_cold_block(&mut self) -> Block {
        let block = self.func.add_block();
        self.func.block_mut(block).cold = true;
        block
    }

    /// Go on in another block.
    pub fn switch_to(&mut self, block: Block) {
        self.block = block;
    }

    /// An `i64` constant.
    pub fn int(&mut self, value: i64) -> Value {
        self.b().iconst(Type::I64, value)
    }

    /// A truth constant.
    pub fn bool(&mut self, value: bool) -> Value {
        self.b().iconst(Type::Bool, value as i64)
    }

    /// Call of a runtime function of [`cumbia_abi::HELPERS`] by name.
    ///
    /// # Panics
    ///
    /// When the table has no such row: a bug of the compiler.
    pub fn helper(&mut self, name: &str, args: &[Value]) -> Option<Value> {
        let row = HELPERS
            .iter()
            .find(|h| h.name == name)
            .unwrap_or_else(|| panic!("no runtime function {name}"));
        let ty = |t: AbiType| match t {
            AbiType::Bool => Type::Bool,
            AbiType::I64 => Type::I64,
            AbiType::F32 => Type::F32,
            AbiType::F64 => Type::F64,
            AbiType::Ptr => Type::Ptr,
        };
        let decl = ExternDecl {
            name: name.to_string(),
            params: row.params.iter().map(|&t| ty(t)).collect(),
            result: row.result.map(ty),
            effects: match row.effects {
                HelperEffects::Pure => ExternEffects::Pure,
                HelperEffects::Effects => ExternEffects::Effects,
                HelperEffects::Raises => ExternEffects::Raises,
            },
        };
        let callee = self.module.declare_extern(&decl);
        self.b().extern_call(callee, args, decl.result)
    }
}
