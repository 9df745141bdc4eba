//! Builder: appends instructions to a block, with one method per operand shape.
//!
//! Method arguments follow the opcode table; the builder derives result types and
//! asserts operand types in debug builds. It never folds or simplifies.

use crate::entities::{Block, DataId, ExternId, FuncId, Inst, StorageId, Value};
use crate::fast::FastMath;
use crate::function::{Function, Imm, InstData, Loc, RaiseSpec, Region, Target, ValueList};
use crate::opcode::{FloatCond, IntCond, Opcode, Shape};
use crate::types::Type;
use smallvec::SmallVec;

/// Appends to the end of one block of a function.
pub struct Builder<'f> {
    /// The function under construction.
    pub func: &'f mut Function,
    block: Block,
    /// The source place given to new instructions.
    pub loc: Loc,
    /// The flags given to new floating operations.
    pub fast: FastMath,
}

impl<'f> Builder<'f> {
    /// A builder at the end of `block`.
    pub fn new(func: &'f mut Function, block: Block) -> Builder<'f> {
        Builder { func, block, loc: Loc::default(), fast: FastMath::NONE }
    }

    /// The block appended to.
    pub fn block(&self) -> Block {
        self.block
    }

    /// Continue at the end of another block.
    pub fn switch_to(&mut self, block: Block) {
        self.block = block;
    }

    /// Whether the current block already has its terminator.
    pub fn is_terminated(&self) -> bool {
        self.func.terminator(self.block).is_some()
    }

    /// Appends any instruction; the general form behind the methods below.
    pub fn append(
        &mut self,
        op: Opcode,
        ty: Option<Type>,
        args: &[Value],
        imm: Imm,
        targets: &[Target],
        results: &[Type],
    ) -> Inst {
        debug_assert!(!self.is_terminated(), "append after a terminator in {}", self.block);
        let data = InstData {
            op,
            ty,
            args: args.iter().copied().collect::<ValueList>(),
            imm,
            targets: targets.iter().cloned().collect::<SmallVec<_>>(),
            results: SmallVec::new(),
            loc: self.loc,
            fast: self.fast.of(op),
        };
        let inst = self.func.make_inst(data, results);
        self.func.block_mut(self.block).insts.push(inst);
        inst
    }

    fn append1(
        &mut self,
        op: Opcode,
        ty: Option<Type>,
        args: &[Value],
        imm: Imm,
        result: Type,
    ) -> Value {
        let inst = self.append(op, ty, args, imm, &[], &[result]);
        self.func.result(inst)
    }

    /// `iconst.T value`; the value is sign-extended from `ty`'s width.
    pub fn iconst(&mut self, ty: Type, value: i64) -> Value {
        let value = match ty {
            Type::Bool => (value != 0) as i64,
            Type::I8 => value as i8 as i64,
            Type::I16 => value as i16 as i64,
            Type::I32 => value as i32 as i64,
            _ => value,
        };
        self.append1(Opcode::Iconst, Some(ty), &[], Imm::Int(value), ty)
    }

    /// `fconst.f64`
    pub fn f64const(&mut self, value: f64) -> Value {
        self.append1(Opcode::Fconst, Some(Type::F64), &[], Imm::Float(value.to_bits()), Type::F64)
    }

    /// `fconst.f32`
    pub fn f32const(&mut self, value: f32) -> Value {
        self.append1(
            Opcode::Fconst,
            Some(Type::F32),
            &[],
            Imm::Float(value.to_bits() as u64),
            Type::F32,
        )
    }

    /// An operation `(T) -> T`.
    pub fn unary(&mut self, op: Opcode, a: Value) -> Value {
        let ty = self.func.value_type(a);
        self.append1(op, Some(ty), &[a], Imm::None, ty)
    }

    /// An operation `(T, T) -> T`.
    pub fn binary(&mut self, op: Opcode, a: Value, b: Value) -> Value {
        let ty = self.func.value_type(a);
        debug_assert_eq!(ty, self.func.value_type(b), "{} of different types", op.name());
        self.append1(op, Some(ty), &[a, b], Imm::None, ty)
    }

    /// `fma.T a, b, c`
    pub fn fma(&mut self, a: Value, b: Value, c: Value) -> Value {
        let ty = self.func.value_type(a);
        self.append1(Opcode::Fma, Some(ty), &[a, b, c], Imm::None, ty)
    }

    /// `half_fma.i16 a, b, c`
    pub fn half_fma(&mut self, a: Value, b: Value, c: Value) -> Value {
        self.append1(Opcode::HalfFma, Some(Type::I16), &[a, b, c], Imm::None, Type::I16)
    }

    /// `bfloat_fma.i16 a, b, c`
    pub fn bfloat_fma(&mut self, a: Value, b: Value, c: Value) -> Value {
        self.append1(Opcode::BfloatFma, Some(Type::I16), &[a, b, c], Imm::None, Type::I16)
    }

    /// `native.T what args ...`, a position in [`crate::opcode::NATIVES`]
    pub fn native(&mut self, what: usize, args: &[Value]) -> Value {
        let ty = self.func.value_type(args[0]);
        self.append1(Opcode::Native, Some(ty), args, Imm::Int(what as i64), ty)
    }

    /// `icmp.T.cond a, b`
    pub fn icmp(&mut self, cond: IntCond, a: Value, b: Value) -> Value {
        let ty = self.func.value_type(a);
        debug_assert_eq!(ty, self.func.value_type(b), "icmp of different types");
        self.append1(Opcode::Icmp, Some(ty), &[a, b], Imm::IntCond(cond), Type::Bool)
    }

    /// `fcmp.T.cond a, b`
    pub fn fcmp(&mut self, cond: FloatCond, a: Value, b: Value) -> Value {
        let ty = self.func.value_type(a);
        debug_assert_eq!(ty, self.func.value_type(b), "fcmp of different types");
        self.append1(Opcode::Fcmp, Some(ty), &[a, b], Imm::FloatCond(cond), Type::Bool)
    }

    /// A conversion to `ty`.
    pub fn convert(&mut self, op: Opcode, ty: Type, a: Value) -> Value {
        self.append1(op, Some(ty), &[a], Imm::None, ty)
    }

    /// `select.T cond, a, b`
    pub fn select(&mut self, cond: Value, a: Value, b: Value) -> Value {
        let ty = self.func.value_type(a);
        debug_assert_eq!(ty, self.func.value_type(b), "select of different types");
        self.append1(Opcode::Select, Some(ty), &[cond, a, b], Imm::None, ty)
    }

    /// `ptr_add base, bytes`
    pub fn ptr_add(&mut self, base: Value, bytes: Value) -> Value {
        self.append1(Opcode::PtrAdd, None, &[base, bytes], Imm::None, Type::Ptr)
    }

    /// `load.T address+offset !region`
    pub fn load(&mut self, ty: Type, address: Value, offset: i32, region: Region) -> Value {
        self.append1(Opcode::Load, Some(ty), &[address], Imm::Mem { offset, region }, ty)
    }

    /// `store.T value, address+offset !region`
    pub fn store(&mut self, value: Value, address: Value, offset: i32, region: Region) {
        let ty = self.func.value_type(value);
        self.append(
            Opcode::Store,
            Some(ty),
            &[value, address],
            Imm::Mem { offset, region },
            &[],
            &[],
        );
    }

    /// As [`Self::load`], with a hint for caches.
    pub fn load_hinted(&mut self, op: Opcode, ty: Type, address: Value, offset: i32) -> Value {
        debug_assert_eq!(op.without_hint(), Some(Opcode::Load));
        let imm = Imm::Mem { offset, region: Region::Data };
        self.append1(op, Some(ty), &[address], imm, ty)
    }

    /// As [`Self::store`], with a hint for caches.
    pub fn store_hinted(&mut self, op: Opcode, value: Value, address: Value, offset: i32) {
        debug_assert_eq!(op.without_hint(), Some(Opcode::Store));
        let ty = self.func.value_type(value);
        let imm = Imm::Mem { offset, region: Region::Data };
        self.append(op, Some(ty), &[value, address], imm, &[], &[]);
    }

    /// `retain owner`
    pub fn retain(&mut self, owner: Value) {
        self.append(Opcode::Retain, None, &[owner], Imm::None, &[], &[]);
    }

    /// `release owner`
    pub fn release(&mut self, owner: Value) {
        self.append(Opcode::Release, None, &[owner], Imm::None, &[], &[]);
    }

    /// `index i, length axis n`
    pub fn index(&mut self, index: Value, length: Value, axis: u32) -> Value {
        self.append1(Opcode::Index, None, &[index, length], Imm::Axis(axis), Type::I64)
    }

    /// `bound i, length axis n`
    pub fn bound(&mut self, index: Value, length: Value, axis: u32) -> Value {
        self.append1(Opcode::Bound, None, &[index, length], Imm::Axis(axis), Type::I64)
    }

    /// `guard cond, Class "message"(args ...)`
    pub fn guard(&mut self, cond: Value, class: &str, message: &str, message_args: &[Value]) {
        let spec = Box::new(RaiseSpec { class: class.into(), message: message.into() });
        let mut args = vec![cond];
        args.extend_from_slice(message_args);
        self.append(Opcode::Guard, None, &args, Imm::Raise(spec), &[], &[]);
    }

    /// `poll`
    pub fn poll(&mut self) {
        self.append(Opcode::Poll, None, &[], Imm::None, &[], &[]);
    }

    /// `stack_check`
    pub fn stack_check(&mut self) {
        self.append(Opcode::StackCheck, None, &[], Imm::None, &[], &[]);
    }

    /// `call @f(args ...)`; gives the results.
    pub fn call(&mut self, callee: FuncId, args: &[Value], results: &[Type]) -> Vec<Value> {
        let inst = self.append(Opcode::Call, None, args, Imm::Func(callee), &[], results);
        self.func.inst(inst).results.to_vec()
    }

    /// `try_call @f(args ...)`; gives the results, which hold if the status is 0, and the
    /// status.
    pub fn try_call(
        &mut self,
        callee: FuncId,
        args: &[Value],
        results: &[Type],
    ) -> (Vec<Value>, Value) {
        let mut types = results.to_vec();
        types.push(Type::I32);
        let inst = self.append(Opcode::TryCall, None, args, Imm::Func(callee), &[], &types);
        let mut values = self.func.inst(inst).results.to_vec();
        let status = values.pop().expect("the status");
        (values, status)
    }

    /// An atomic operation on the array element at an address; gives what it was.
    pub fn atomic(&mut self, op: Opcode, values: &[Value], address: Value) -> Value {
        let ty = self.func.value_type(values[0]);
        let mut args = values.to_vec();
        args.push(address);
        self.append1(op, Some(ty), &args, Imm::Mem { offset: 0, region: Region::Data }, ty)
    }

    /// `data_addr @name`
    pub fn data_addr(&mut self, data: DataId) -> Value {
        let inst = self.append(Opcode::DataAddr, None, &[], Imm::Data(data), &[], &[Type::Ptr]);
        self.func.inst(inst).results[0]
    }

    /// `storage_addr @name`
    pub fn storage_addr(&mut self, storage: StorageId) -> Value {
        let imm = Imm::Storage(storage);
        self.append1(Opcode::StorageAddr, None, &[], imm, Type::Ptr)
    }

    /// `grid_query.i32 what`, a position in [`crate::opcode::GRID_QUERIES`]
    pub fn grid_query(&mut self, what: usize) -> Value {
        let imm = Imm::Int(what as i64);
        self.append1(Opcode::GridQuery, Some(Type::I32), &[], imm, Type::I32)
    }

    /// An operation between the threads of a block or a warp, on `i32`; gives the result if
    /// it has one.
    pub fn meeting(&mut self, op: Opcode, args: &[Value]) -> Option<Value> {
        debug_assert!(op.is_of_kernels());
        let (ty, results): (_, &[Type]) = match op.shape() {
            Shape::Effect => (None, &[]),
            Shape::UnaryEffect => (Some(Type::I32), &[]),
            _ => (Some(Type::I32), &[Type::I32]),
        };
        let inst = self.append(op, ty, args, Imm::None, &[], results);
        self.func.inst(inst).results.first().copied()
    }

    /// `func_addr @f`, of an entry
    pub fn func_addr(&mut self, of: FuncId) -> Value {
        let inst = self.append(Opcode::FuncAddr, None, &[], Imm::Func(of), &[], &[Type::Ptr]);
        self.func.inst(inst).results[0]
    }

    /// `ecall @f(args ...)`; gives the result if there is one.
    pub fn extern_call(
        &mut self,
        callee: ExternId,
        args: &[Value],
        result: Option<Type>,
    ) -> Option<Value> {
        let inst = self.append(
            Opcode::ExternCall,
            None,
            args,
            Imm::Extern(callee),
            &[],
            result.as_slice(),
        );
        self.func.inst(inst).results.first().copied()
    }

    /// `jump block(args ...)`
    pub fn jump(&mut self, target: Target) {
        self.append(Opcode::Jump, None, &[], Imm::None, &[target], &[]);
    }

    /// `br cond, then, else`
    pub fn br(&mut self, cond: Value, then: Target, otherwise: Target) {
        self.append(Opcode::Br, None, &[cond], Imm::None, &[then, otherwise], &[]);
    }

    /// `return values ...`
    pub fn ret(&mut self, values: &[Value]) {
        self.append(Opcode::Return, None, values, Imm::None, &[], &[]);
    }

    /// `raise Class "message"(args ...)`
    pub fn raise(&mut self, class: &str, message: &str, message_args: &[Value]) {
        let spec = Box::new(RaiseSpec { class: class.into(), message: message.into() });
        self.append(Opcode::Raise, None, message_args, Imm::Raise(spec), &[], &[]);
    }

    /// `set_raise Class "message"(args ...)`
    pub fn set_raise(&mut self, spec: RaiseSpec, message_args: &[Value]) {
        self.append(Opcode::SetRaise, None, message_args, Imm::Raise(Box::new(spec)), &[], &[]);
    }

    /// `note_call`
    pub fn note_call(&mut self) {
        self.append(Opcode::NoteCall, None, &[], Imm::None, &[], &[]);
    }

    /// `rethrow status`
    pub fn rethrow(&mut self, status: Value) {
        self.append(Opcode::Rethrow, None, &[status], Imm::None, &[], &[]);
    }
}
