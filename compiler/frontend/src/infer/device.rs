//! What only kernels have (`cumbia.cuda`): their own arrays, and primitives of library bodies
//! for the operations of the IR that threads do together.
//!
//! Arrays in shared and local memory have shapes that are known when compiling; each place in
//! the text that makes one is an array of its own.

use super::expressions::{Typed, one, refuse};
use super::index::plan;
use super::{Action, FunctionKey, Sweep};
use crate::environment::Global;
use crate::hir::{BinaryOp, CallArg, HBlock, HValue, Op};
use crate::numeric::{self, NumericError, Rule};
use crate::structured::RecordsTy;
use crate::types::{ArrayTy, Callable, DType, Layout, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use cumbia_ir::{NATIVES, Opcode, StorageSpace};
use std::rc::Rc;

/// An array that a kernel's threads have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KernelArray {
    /// Its type: an array of numbers, or of structured elements.
    pub ty: Ty,
    /// Bytes of an element.
    pub item: u32,
    /// Its extents; `None` where the launch says how large it is.
    pub shape: Option<Vec<i64>>,
    /// Whose it is.
    pub space: StorageSpace,
    /// Its alignment, at least the element's.
    pub align: u32,
}

/// Most bytes of an array of shared or local memory: what the largest device has for a block,
/// and what a thread may have.
const MOST_SHARED: i64 = 227 << 10;
const MOST_LOCAL: i64 = 512 << 10;

/// The operation of a name that primitives give: `prim.device("vote_all", mask, truth)`.
pub fn operation(name: &str) -> Option<Opcode> {
    Opcode::from_name(name).filter(|op| op.is_of_kernels())
}

/// The types of primitives; `None` for other names.
pub(super) fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    Some(Ok(match (name, args) {
        ("prim.grid_query", [Ty::Lit(Lit::Int(_))]) => Ty::Int,
        // Without a result, or with an `int32`.
        ("prim.device", [Ty::Lit(Lit::Str(op)), ..]) => {
            let op = operation(op)?;
            let none =
                matches!(op.shape(), cumbia_ir::Shape::Effect | cumbia_ir::Shape::UnaryEffect);
            if none { Ty::None } else { Ty::Num(DType::I32) }
        }
        // The operation, mask, value, lane: the value of another lane.
        ("prim.shuffle", [Ty::Lit(Lit::Str(_)), _, value, _]) => match exchanged(value) {
            Some(ty) => ty,
            None => {
                return Some(Err(NumericError {
                    code: "CB0705",
                    message: format!("lanes exchange numbers of 32 or 64 bits, not {value:#}"),
                    help: Some("give each part of it, or convert it".into()),
                }));
            }
        },
        // An instruction, its operands, and what stands for it elsewhere: all of one float type.
        ("prim.native", [Ty::Lit(Lit::Str(name)), operands @ ..]) => {
            let count = NATIVES.iter().find(|row| row.0 == &**name)?.1;
            let Some(ty @ Ty::Num(DType::F32 | DType::F64)) = operands.first() else { return None };
            if operands.len() != count + 1 || operands.iter().any(|other| other != ty) {
                return None;
            }
            ty.clone()
        }
        ("prim.kernel_print", [Ty::Tuple(values), sep, end]) => {
            let printed = crate::lower::kernel_print::check(values, sep, end);
            return Some(printed.map(|()| Ty::None));
        }
        // Whether it is a vector of `cumbia.cuda` of numbers of a type.
        ("prim.is_vector", [value, Ty::DType(dtype)]) => {
            let is_vector = value.as_record().is_some_and(|(class, items)| {
                *class.name == *format!("{}x{}", dtype.name(), items.len())
                    && items.iter().all(|item| *item == Ty::Num(*dtype))
            });
            Ty::Lit(Lit::Bool(is_vector))
        }
        // The operation, an array, an index, and what is stored.
        ("prim.hinted", [Ty::Lit(Lit::Str(op)), array, index, values @ ..]) => {
            return Some(hinted(op, array, index, values));
        }
        ("prim.words", [value]) => match exchanged(value)?.part_types().first()?.bits() {
            64 => Ty::tuple([Ty::Num(DType::I32), Ty::Num(DType::I32)]),
            _ => Ty::tuple([Ty::Num(DType::I32)]),
        },
        _ => return None,
    }))
}

/// The type of an access of an element with a hint for caches.
fn hinted(op: &str, array: &Ty, index: &Ty, values: &[Ty]) -> Result<Ty, NumericError> {
    let error = |message: String| NumericError { code: "CB0506", message, help: None };
    let what = if op.starts_with("load") { "read" } else { "written" };
    let Ty::Array(array) = array else {
        return Err(error(format!("elements of arrays are {what} with a hint, not {array:#}")));
    };
    let plan = plan(array, index).map_err(|(message, _)| error(message))?;
    if !matches!(plan.result, Ty::Num(_)) {
        return Err(error(format!("an element is {what} with a hint by an index for each axis")));
    }
    match values {
        [] => Ok(plan.result),
        [value, ..] => match numeric::store_rule(value, array.dtype) {
            Ok(()) => Ok(Ty::None),
            Err(refused) => Err(refused),
        },
    }
}

/// What a value becomes that lanes exchange, if they can.
fn exchanged(value: &Ty) -> Option<Ty> {
    let ty = value.widen();
    match ty {
        Ty::Int | Ty::Float => Some(ty),
        Ty::Bool => Some(Ty::Int),
        Ty::Num(DType::I32 | DType::U32 | DType::F32 | DType::I64 | DType::U64 | DType::F64) => {
            Some(ty)
        }
        _ => None,
    }
}

/// Whether an attribute of a module of `cumbia.cuda` is a value that a body gives, as
/// `cuda.threadIdx.x` is.
fn is_value(module: &str, name: &str) -> bool {
    match module {
        "cumbia.cuda" => name == "laneid",
        "cumbia.cuda.threadIdx"
        | "cumbia.cuda.blockIdx"
        | "cumbia.cuda.blockDim"
        | "cumbia.cuda.gridDim" => matches!(name, "x" | "y" | "z"),
        _ => false,
    }
}

impl Sweep<'_, '_, '_> {
    /// The rule of an operation that is another one in kernels: a quotient of ints, for which
    /// processors have a function of the runtime where the numbers are large.
    pub(super) fn device_rule(&self, op: BinaryOp, a: &Ty, b: &Ty) -> Option<Rule> {
        let is_int = |ty: &Ty| matches!(ty.widen(), Ty::Int | Ty::Bool);
        let is_quotient = op == BinaryOp::TrueDiv && is_int(a) && is_int(b);
        (self.engine.device && is_quotient).then_some(Rule::Body("device_functions.int_quotient"))
    }

    /// Whether [`is_value`] holds, in a function of the user's.
    pub(super) fn is_device_value(&self, module: &str, name: &str) -> bool {
        let root = self.engine.root_key(&self.engine.spec(self.id).key);
        is_value(module, name) && !matches!(root, FunctionKey::Body(..))
    }

    /// An attribute for which [`is_value`] holds.
    pub(super) fn device_value(
        &mut self,
        block: HBlock,
        at: usize,
        module: &str,
        name: &str,
        span: Span,
    ) -> Typed {
        if !self.engine.device {
            let bare = module.strip_prefix("cumbia.").unwrap_or(module);
            return Err(self.not_on_processors(&format!("{bare}.{name}"), span));
        }
        self.call_body(block, at, &format!("{module}.{name}"), &[], span)
    }

    /// What an object is on the target: half precision is for kernels.
    pub(super) fn of_this_target(&self, global: Global) -> Global {
        match &global {
            Global::Library(name) if self.engine.device => match &**name {
                "numpy.float16" | "numpy.half" | "cumbia.float16" => Global::DType(DType::F16),
                "cumbia.bfloat16" => Global::DType(DType::BF16),
                _ => global,
            },
            _ => global,
        }
    }

    fn not_on_processors(&self, what: &str, span: Span) -> Box<Diagnostic> {
        let text = format!("{what} is for kernels: it has no meaning on a processor");
        let hint = "decorate the function with @cuda.jit, or @cuda.jit(device=True)";
        Box::new(Diagnostic::error("CB0701", span, text).help(hint))
    }

    /// A call of a function of `cumbia.cuda`, where it isn't one that a body implements;
    /// `None` for all others.
    pub(super) fn device_call(
        &mut self,
        block: HBlock,
        at: usize,
        name: &str,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        let bare = name.strip_prefix("cumbia.cuda.")?;
        if !self.engine.device {
            // What `declare_device` gives calls these.
            let called = if bare.starts_with("_linked.") { "declare_device" } else { bare };
            return Some(Err(self.not_on_processors(&format!("cuda.{called}()"), span)));
        }
        match bare {
            "shared.array" => Some(self.kernel_array(block, at, StorageSpace::Shared, args, span)),
            "local.array" => Some(self.kernel_array(block, at, StorageSpace::Local, args, span)),
            "const.array_like" => Some(self.constant_array(block, at, args, span)),
            // Those that there are have bodies.
            _ if bare.starts_with("libdevice.")
                && cumbia_library::implementation(name).is_none() =>
            {
                let text = format!("cuda.{bare}() is a function of NVIDIA's that isn't compiled");
                let hint = "docs/cuda.md says which are";
                Some(Err(Box::new(Diagnostic::error("CB0706", span, text).help(hint))))
            }
            _ => None,
        }
    }

    /// `shared.array(shape, dtype, alignment=None)` and `local.array`.
    fn kernel_array(
        &mut self,
        block: HBlock,
        at: usize,
        space: StorageSpace,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        let what = format!("cuda.{}.array()", space.name());
        let mut given: [Option<HValue>; 3] = [None; 3];
        for (position, arg) in args.iter().enumerate() {
            let place = match arg.name.as_deref() {
                _ if arg.starred => None,
                None => Some(position),
                Some(name) => ["shape", "dtype", "alignment"].iter().position(|n| *n == name),
            };
            match place.and_then(|place| given.get_mut(place)) {
                Some(slot) if slot.is_none() => *slot = Some(arg.value),
                _ => return refuse("CB0410", span, format!("{what} takes a shape and a dtype")),
            }
        }
        let [Some(shape), Some(dtype), alignment] = given else {
            return refuse("CB0410", span, format!("{what} takes a shape and a dtype"));
        };
        let Some(shape_ty) = self.ty(shape) else { return Ok(None) };
        let Some(dtype_ty) = self.ty(dtype) else { return Ok(None) };
        let (item, size) = match &dtype_ty {
            Ty::DType(dtype) => (dtype.itemsize().clamp(1, 16), dtype.itemsize()),
            // What its fields are aligned to may be up to a number's size.
            Ty::StructDType(dtype) if dtype.is_plain() => (16, dtype.itemsize),
            _ => {
                return Err(Box::new(
                    Diagnostic::error(
                        "CB0702",
                        span,
                        format!("{what} takes a dtype, not {dtype_ty:#}"),
                    )
                    .help("write np.float32, cumbia.float32 or another dtype of numbers"),
                ));
            }
        };
        let constant = |ty: &Ty| match ty {
            Ty::Lit(Lit::Int(extent)) => Some(*extent),
            _ => None,
        };
        let extents: Option<Vec<i64>> = match &shape_ty {
            Ty::Tuple(items) => items.iter().map(constant).collect(),
            ty => constant(ty).map(|extent| vec![extent]),
        };
        let Some(extents) = extents else {
            return Err(Box::new(
                Diagnostic::error(
                    "CB0702",
                    span,
                    format!("the shape of {what} must be known when compiling; it is {shape_ty:#}"),
                )
                .help(
                    "name a global constant or write the numbers; shared memory whose size the \
                     launch gives is cuda.shared.array(0, dtype)",
                ),
            ));
        };
        let align = match alignment {
            None => item,
            Some(value) => match self.ty(value) {
                None => return Ok(None),
                Some(Ty::None) => item,
                Some(Ty::Lit(Lit::Int(n))) if n > 0 && n <= 256 && (n as u64).is_power_of_two() => {
                    (n as u32).max(item)
                }
                Some(_) => {
                    let text =
                        format!("the alignment of {what} is a constant power of two up to 256");
                    return refuse("CB0702", span, text);
                }
            },
        };
        if extents.iter().any(|&extent| extent < 0) {
            return refuse("CB0702", span, "negative dimensions are not allowed");
        }
        let dynamic = extents == [0] && space == StorageSpace::Shared;
        let bytes =
            extents.iter().try_fold(i64::from(size), |bytes, &extent| bytes.checked_mul(extent));
        let most = if space == StorageSpace::Shared { MOST_SHARED } else { MOST_LOCAL };
        match bytes {
            Some(bytes) if bytes <= most => {}
            _ => {
                return Err(Box::new(
                    Diagnostic::error(
                        "CB0702",
                        span,
                        format!("{what} is larger than {most} bytes, the most that there can be"),
                    )
                    .help("use a smaller tile, or an array that is an argument"),
                ));
            }
        }
        let ndim = extents.len() as u8;
        let ty = match dtype_ty {
            Ty::DType(dtype) => {
                Ty::Array(ArrayTy { dtype, ndim, layout: Layout::C, readonly: false })
            }
            Ty::StructDType(dtype) => super::structured::allocation(ndim, &dtype),
            _ => unreachable!("refused above"),
        };
        let shape = (!dynamic).then_some(extents);
        let made = KernelArray { ty: ty.clone(), item: size, shape, space, align };
        self.act(block, at, Action::KernelArray(Rc::new(made)));
        one(ty)
    }

    /// `const.array_like(array)` of a global array, whose elements are part of the code.
    fn constant_array(&mut self, block: HBlock, at: usize, args: &[CallArg], span: Span) -> Typed {
        let [CallArg { name: None, starred: false, value }] = args else {
            return refuse("CB0410", span, "cuda.const.array_like() takes an array");
        };
        let Some(ty) = self.ty(*value) else { return Ok(None) };
        let constant = match &ty {
            Ty::Array(array) => {
                Some(Ty::Array(ArrayTy { layout: Layout::C, readonly: true, ..*array }))
            }
            Ty::Records(array) if array.dtype.is_plain() => {
                let of = RecordsTy { layout: Layout::C, readonly: true, ..(**array).clone() };
                Some(Ty::Records(of.into()))
            }
            _ => None,
        };
        let (Some(constant), Some(slot)) = (constant, self.global_slot(*value)) else {
            return Err(Box::new(
                Diagnostic::error(
                    "CB0702",
                    span,
                    format!("cuda.const.array_like() takes a global array, not {ty:#}"),
                )
                .help("give it the name of an array outside of the function"),
            ));
        };
        let Some(content) = self.engine.env.array_content(slot) else {
            return refuse("CB0702", span, "the elements of this array can't be had");
        };
        self.act(block, at, Action::ConstantArray(Rc::new((constant.clone(), content))));
        one(constant)
    }

    /// The type of a global structured array, which code for devices alone has.
    pub(super) fn constant_records(&self, global: &Global) -> Option<Ty> {
        match global {
            Global::Records(_, ty) if self.engine.device => Some(Ty::Records(ty.clone())),
            _ => None,
        }
    }

    /// Refuses global objects on devices: they are the host's, and may change. Arrays can be made
    /// constants.
    pub(super) fn no_global_of_the_host(
        &self,
        global: &Global,
        block: HBlock,
        at: usize,
        span: Span,
    ) -> Result<(), Box<Diagnostic>> {
        if !self.engine.device {
            return Ok(());
        }
        let value = self.hir.blocks[block.0 as usize].insts[at].results[0];
        let refused = |what: &str, hint: &str| {
            let text = format!("{what} is the host's: a kernel can't read it");
            Err(Box::new(Diagnostic::error("CB0702", span, text).help(hint)))
        };
        match global {
            Global::Array(..) | Global::Records(..) if self.only_made_constant(value) => Ok(()),
            Global::Array(..) | Global::Records(..) => refused(
                "a global array",
                "pass it as an argument, or write cuda.const.array_like(array) where it is used: \
                 its elements are part of the kernel then",
            ),
            Global::Container(_, ty) => {
                refused(&format!("{ty:#} that is a global"), "pass its items as an array")
            }
            _ => Ok(()),
        }
    }

    /// Whether all that is done with a value is to make a constant array of it.
    fn only_made_constant(&self, value: HValue) -> bool {
        let is_maker = |callee: HValue| {
            let name = "cumbia.cuda.const.array_like";
            matches!(self.ty(callee), Some(Ty::Callable(Callable::Library(of))) if &*of == name)
        };
        let mut others = false;
        for data in &self.hir.blocks {
            for inst in &data.insts {
                let makes = matches!(&inst.op, Op::Call(callee, _) if is_maker(*callee));
                inst.op.clone().for_each_operand_mut(|v| others |= *v == value && !makes);
            }
            data.terminator.clone().for_each_operand_mut(|v| others |= *v == value);
        }
        !others
    }

    /// The slot of a global array that a value is.
    fn global_slot(&self, value: HValue) -> Option<u64> {
        let spec = self.engine.spec(self.id);
        for (block, data) in self.hir.blocks.iter().enumerate() {
            for (at, inst) in data.insts.iter().enumerate() {
                if inst.results.contains(&value) {
                    return match spec.actions.get(block)?.get(at)? {
                        Action::Global(Global::Array(slot, _) | Global::Records(slot, _)) => {
                            Some(*slot)
                        }
                        _ => None,
                    };
                }
            }
        }
        None
    }
}
