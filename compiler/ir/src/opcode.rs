//! The opcode table: each operation declared once, with its text name, operand
//! shape, effects and meaning.
//!
//! The enum, the names that printer and parser use, the builder methods, the
//! verifier's type rules and the effects that passes ask for all follow from the
//! rows of [`opcodes!`]. Integer arithmetic without a `_chk` suffix wraps.

/// What operands and results an operation has. `T` is the instruction's
/// controlling type ([`crate::InstData::ty`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// `() -> T`; the immediate is [`crate::Imm::Int`] (also for `bool` and `ptr`).
    IntConst,
    /// `() -> T`; the immediate is [`crate::Imm::Float`], the value's bits.
    FloatConst,
    /// `(T) -> T`
    Unary,
    /// `(T, T) -> T`
    Binary,
    /// `(T, T, T) -> T`
    Ternary,
    /// `(T, T, T, T) -> T`
    Quaternary,
    /// `() -> T`
    Nullary,
    /// `(T) -> ()`
    UnaryEffect,
    /// `() -> T` with an [`crate::Imm::Int`] that is printed as one of
    /// [`GRID_QUERIES`].
    Query,
    /// `() -> ptr` with an [`crate::Imm::Storage`].
    StorageAddr,
    /// `(T, T) -> bool` with an [`crate::Imm::IntCond`].
    IntCompare,
    /// `(T, T) -> bool` with an [`crate::Imm::FloatCond`].
    FloatCompare,
    /// `(S) -> T` where `S` is the operand's own type.
    Convert,
    /// `(bool, T, T) -> T`
    Select,
    /// `(T ..., T) -> T` with an [`crate::Imm::Int`] that is printed as one of [`NATIVES`],
    /// which says how many operands stand before the last one.
    Native,
    /// `(ptr, i64) -> ptr`
    PtrAdd,
    /// `(ptr) -> T` with an [`crate::Imm::Mem`].
    Load,
    /// `(T, ptr) -> ()` with an [`crate::Imm::Mem`].
    Store,
    /// `(T, ptr) -> T` with an [`crate::Imm::Mem`].
    Atomic,
    /// `(T, T, ptr) -> T` with an [`crate::Imm::Mem`].
    AtomicSwap,
    /// `(ptr) -> ()`
    PtrEffect,
    /// `(i64, i64) -> i64`, index and length, with an [`crate::Imm::Axis`].
    Index,
    /// `(bool, message arguments ...) -> ()` with an [`crate::Imm::Raise`].
    Guard,
    /// `() -> ptr` with an [`crate::Imm::Data`].
    DataAddr,
    /// `() -> ptr` with an [`crate::Imm::Func`].
    FuncAddr,
    /// `() -> ()`
    Effect,
    /// Arguments and results of the callee; [`crate::Imm::Func`].
    Call,
    /// Arguments and results of the callee; [`crate::Imm::Extern`].
    ExternCall,
    /// As `Call`, and a last result `i32`: the status.
    TryCall,
    /// As `ExternCall`, and a last result `i32`: the status.
    TryExternCall,
    /// `() -> i32`
    TryEffect,
    /// Any operands, none a result; [`crate::Imm::Int`].
    OsrPoll,
    /// Message arguments with an [`crate::Imm::Raise`]; no result.
    SetRaise,
    /// Terminator with one operand `i32`.
    Rethrow,
    /// Terminator with one target.
    Jump,
    /// Terminator `(bool)` with two targets: taken when true, then when false.
    Branch,
    /// Terminator with the function's results.
    Return,
    /// Terminator with message arguments and an [`crate::Imm::Raise`].
    Raise,
}

/// Which types `T` may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeSet {
    /// `i8` to `i64`.
    Int,
    /// `i8` to `i64` and `bool`.
    IntBool,
    /// `i8` to `i64`, `bool` and `ptr`.
    IntBoolPtr,
    /// `f32` and `f64`.
    Float,
    /// Every type.
    Any,
    /// Everything that has a memory form: all but `bool`.
    Memory,
    /// What is changed atomically: `i32`, `i64`, `f32`, `f64`.
    Atomic,
    /// Integers of these.
    AtomicInt,
    /// `i16`: the bits of a binary16 number.
    Half,
    /// `f32`.
    Single,
    /// `i32`: what lanes of a warp exchange.
    Word,
    /// The operation has no controlling type.
    None,
}

impl TypeSet {
    /// Whether `ty` belongs to the set.
    pub fn contains(self, ty: crate::Type) -> bool {
        use crate::Type;
        match self {
            TypeSet::Int => ty.is_int(),
            TypeSet::IntBool => ty.is_int() || ty == Type::Bool,
            TypeSet::IntBoolPtr => ty.is_int() || ty == Type::Bool || ty == Type::Ptr,
            TypeSet::Float => ty.is_float(),
            TypeSet::Any => true,
            TypeSet::Memory => ty != Type::Bool,
            TypeSet::Atomic => matches!(ty, Type::I32 | Type::I64 | Type::F32 | Type::F64),
            TypeSet::AtomicInt => matches!(ty, Type::I32 | Type::I64),
            TypeSet::Word => ty == Type::I32,
            TypeSet::Half => ty == Type::I16,
            TypeSet::Single => ty == Type::F32,
            TypeSet::None => false,
        }
    }
}

/// What an operation does beside computing its results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effects {
    /// Nothing; may be removed, shared and moved freely.
    Pure,
    /// Nothing, but its operands must satisfy a precondition that earlier checks
    /// established (a divisor that isn't zero): shared, not moved above checks.
    Guarded,
    /// Reads memory.
    Read,
    /// Writes memory.
    Write,
    /// May leave the function with an exception and is otherwise pure: an equal
    /// one that dominates it makes it redundant.
    Raise,
    /// Anything: reads, writes and raises (calls; an extern call is narrowed by
    /// its declaration).
    All,
    /// Ends its block.
    Terminator,
}

macro_rules! opcodes {
    ($( $(#[doc = $doc:literal])* $variant:ident $name:literal $shape:ident $types:ident $effects:ident; )*) => {
        /// An operation of the IR.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        pub enum Opcode { $( $(#[doc = $doc])* $variant, )* }

        impl Opcode {
            /// All operations in table order.
            pub const ALL: &'static [Opcode] = &[ $( Opcode::$variant, )* ];
            /// The name in the text form.
            pub const fn name(self) -> &'static str { match self { $( Opcode::$variant => $name, )* } }
            /// Operands and results.
            pub const fn shape(self) -> Shape { match self { $( Opcode::$variant => Shape::$shape, )* } }
            /// Which controlling types are allowed.
            pub const fn types(self) -> TypeSet { match self { $( Opcode::$variant => TypeSet::$types, )* } }
            /// Effects beside the results.
            pub const fn effects(self) -> Effects { match self { $( Opcode::$variant => Effects::$effects, )* } }
            /// The meaning, as documented in the table.
            pub const fn doc(self) -> &'static str { match self { $( Opcode::$variant => concat!($($doc, "\n",)*), )* } }
            /// The operation of a text-form name.
            pub fn from_name(name: &str) -> Option<Opcode> { match name { $( $name => Some(Opcode::$variant), )* _ => None } }
        }
    };
}

opcodes! {
    /// An integer, truth value or address constant.
    Iconst "iconst" IntConst IntBoolPtr Pure;
    /// A floating constant, given by its bits.
    Fconst "fconst" FloatConst Float Pure;

    /// Sum, wrapping.
    Iadd "iadd" Binary Int Pure;
    /// Difference, wrapping.
    Isub "isub" Binary Int Pure;
    /// Product, wrapping.
    Imul "imul" Binary Int Pure;
    /// Negation, wrapping.
    Ineg "ineg" Unary Int Pure;
    /// Signed quotient toward zero. The divisor isn't 0, and not -1 under the minimum.
    Sdiv "sdiv" Binary Int Guarded;
    /// Unsigned quotient. The divisor isn't 0.
    Udiv "udiv" Binary Int Guarded;
    /// Signed remainder, sign of the dividend. Same precondition as `sdiv`.
    Srem "srem" Binary Int Guarded;
    /// Unsigned remainder. The divisor isn't 0.
    Urem "urem" Binary Int Guarded;
    /// Signed quotient rounded to minus infinity (Python's `//`). Same precondition as `sdiv`.
    Sfloordiv "sfloordiv" Binary Int Guarded;
    /// Remainder with the divisor's sign (Python's `%`). Same precondition as `sdiv`.
    Sfloormod "sfloormod" Binary Int Guarded;
    /// Signed minimum.
    Smin "smin" Binary Int Pure;
    /// Signed maximum.
    Smax "smax" Binary Int Pure;
    /// Unsigned minimum.
    Umin "umin" Binary Int Pure;
    /// Unsigned maximum.
    Umax "umax" Binary Int Pure;
    /// Bitwise and.
    Band "band" Binary IntBool Pure;
    /// Bitwise or.
    Bor "bor" Binary IntBool Pure;
    /// Bitwise exclusive or.
    Bxor "bxor" Binary IntBool Pure;
    /// Bitwise complement (logical not for `bool`).
    Bnot "bnot" Unary IntBool Pure;
    /// Shift left. The amount is below the width (unsigned).
    Ishl "ishl" Binary Int Guarded;
    /// Arithmetic shift right. The amount is below the width (unsigned).
    Sshr "sshr" Binary Int Guarded;
    /// Logical shift right. The amount is below the width (unsigned).
    Ushr "ushr" Binary Int Guarded;
    /// Number of leading zero bits; the width for 0.
    Clz "clz" Unary Int Pure;
    /// Number of trailing zero bits; the width for 0.
    Ctz "ctz" Unary Int Pure;
    /// Number of one bits.
    Popcnt "popcnt" Unary Int Pure;
    /// High half of the signed double-width product.
    Smulhi "smulhi" Binary Int Pure;
    /// High half of the unsigned double-width product.
    Umulhi "umulhi" Binary Int Pure;
    /// Integer comparison (also of `bool` and `ptr`).
    Icmp "icmp" IntCompare IntBoolPtr Pure;

    /// Sum that raises OverflowError when the signed result doesn't fit.
    SaddChk "sadd_chk" Binary Int Raise;
    /// Difference that raises OverflowError when the signed result doesn't fit.
    SsubChk "ssub_chk" Binary Int Raise;
    /// Product that raises OverflowError when the signed result doesn't fit.
    SmulChk "smul_chk" Binary Int Raise;

    /// Floating sum.
    Fadd "fadd" Binary Float Pure;
    /// Floating difference.
    Fsub "fsub" Binary Float Pure;
    /// Floating product.
    Fmul "fmul" Binary Float Pure;
    /// Floating quotient.
    Fdiv "fdiv" Binary Float Pure;
    /// Sign flipped, also of zero and nan.
    Fneg "fneg" Unary Float Pure;
    /// Sign cleared.
    Fabs "fabs" Unary Float Pure;
    /// Square root, correctly rounded; nan below zero.
    Fsqrt "fsqrt" Unary Float Pure;
    /// Rounded to minus infinity.
    Ffloor "ffloor" Unary Float Pure;
    /// Rounded to plus infinity.
    Fceil "fceil" Unary Float Pure;
    /// Rounded to zero.
    Ftrunc "ftrunc" Unary Float Pure;
    /// Rounded to nearest, ties to even.
    Fnearest "fnearest" Unary Float Pure;
    /// First operand with the sign of the second.
    Fcopysign "fcopysign" Binary Float Pure;
    /// `a * b + c` rounded once.
    Fma "fma" Ternary Float Pure;
    /// Floating comparison.
    Fcmp "fcmp" FloatCompare Float Pure;

    /// Sign-extend to a wider integer.
    Sext "sext" Convert Int Pure;
    /// Zero-extend `bool` or an integer to a wider integer.
    Zext "zext" Convert Int Pure;
    /// Low bits of a wider integer.
    Trunc "trunc" Convert Int Pure;
    /// Signed integer to float, rounded to nearest.
    SintToF "sint_to_f" Convert Float Pure;
    /// Unsigned integer to float, rounded to nearest.
    UintToF "uint_to_f" Convert Float Pure;
    /// Float to signed integer toward zero. The value is in range and not nan.
    FToSint "f_to_sint" Convert Int Guarded;
    /// Float to unsigned integer toward zero. The value is in range and not nan.
    FToUint "f_to_uint" Convert Int Guarded;
    /// `f32` to `f64`.
    Fpromote "fpromote" Convert Float Pure;
    /// `f64` to `f32`, rounded to nearest.
    Fdemote "fdemote" Convert Float Pure;
    /// The IEEE binary16 number of an `i16` of its bits. Only kernels, and what they call, have
    /// this and the operations down to `native`.
    FOfHalf "f_of_half" Convert Single Pure;
    /// Bits of the binary16 number next to a float, ties to even.
    FToHalf "f_to_half" Convert Half Pure;
    /// `a * b + c` of binary16 numbers by their bits, rounded once.
    HalfFma "half_fma" Ternary Half Pure;
    /// Bits of the bfloat16 number (the upper half of an `f32`) next to a float, ties to even.
    FToBfloat "f_to_bfloat" Convert Half Pure;
    /// `a * b + c` of bfloat16 numbers by their bits, rounded once.
    BfloatFma "bfloat_fma" Ternary Half Pure;
    /// An instruction that devices have ([`NATIVES`]) of the first operands; elsewhere the last
    /// operand, which is what it gives, or comes close to.
    Native "native" Native Float Pure;
    /// Same bits in a type of the same size (`i32`/`f32`, `i64`/`f64`/`ptr`).
    Bitcast "bitcast" Convert Any Pure;

    /// Second operand if the first is true, else the third; both are evaluated.
    Select "select" Select Any Pure;

    /// Address of static data of the module.
    DataAddr "data_addr" DataAddr None Pure;
    /// Address of a function of the module that can be called from outside.
    FuncAddr "func_addr" FuncAddr None Pure;
    /// Address plus bytes.
    PtrAdd "ptr_add" PtrAdd None Pure;
    /// Read from address plus offset.
    Load "load" Load Memory Read;
    /// Write to address plus offset.
    Store "store" Store Memory Write;

    /// Adds to what is at an aligned address, in one step that no other thread comes between,
    /// wrapping; gives what was there. All of these are ordered as all threads see them.
    AtomicAdd "atomic_add" Atomic Atomic All;
    /// As `atomic_add`: bitwise and.
    AtomicAnd "atomic_and" Atomic AtomicInt All;
    /// As `atomic_add`: bitwise or.
    AtomicOr "atomic_or" Atomic AtomicInt All;
    /// As `atomic_add`: bitwise exclusive or.
    AtomicXor "atomic_xor" Atomic AtomicInt All;
    /// As `atomic_add`: the operand takes its place.
    AtomicExch "atomic_exch" Atomic AtomicInt All;
    /// As `atomic_add`: signed minimum.
    AtomicSmin "atomic_smin" Atomic AtomicInt All;
    /// As `atomic_add`: signed maximum.
    AtomicSmax "atomic_smax" Atomic AtomicInt All;
    /// As `atomic_add`: unsigned minimum.
    AtomicUmin "atomic_umin" Atomic AtomicInt All;
    /// As `atomic_add`: unsigned maximum.
    AtomicUmax "atomic_umax" Atomic AtomicInt All;
    /// As `atomic_add`: the second operand takes its place if it is the first one.
    AtomicCas "atomic_cas" AtomicSwap AtomicInt All;

    /// Where the thread is in its grid, and how large that is ([`GRID_QUERIES`]). Only
    /// kernels, and what they call, have this and the operations down to `fence_system`.
    GridQuery "grid_query" Query Word Pure;
    /// Address of a declared storage: the block's for shared, the thread's for local.
    StorageAddr "storage_addr" StorageAddr None Pure;
    /// Waits for all threads of the block; what they wrote before is seen after.
    Barrier "barrier" Effect None All;
    /// As `barrier`; gives the number of threads whose operand isn't 0.
    BarrierCount "barrier_count" Unary Word All;
    /// As `barrier`; gives 1 if no thread's operand is 0, else 0.
    BarrierAnd "barrier_and" Unary Word All;
    /// As `barrier`; gives 1 if a thread's operand isn't 0, else 0.
    BarrierOr "barrier_or" Unary Word All;
    /// As `barrier`, of all threads of the grid, whose blocks are there at once.
    GridBarrier "grid_barrier" Effect None All;
    /// Waits for the lanes of the mask; what they wrote before is seen after.
    WarpSync "warp_sync" UnaryEffect Word All;
    /// Mask, value, lane, width (a power of two up to 32): the value of that lane of one's
    /// own part of `width` lanes. All lanes of the mask take part.
    ShuffleIndex "shuffle_index" Quaternary Word All;
    /// Mask, value, distance, width: the value of the lane that far before, or one's own
    /// where the part of `width` lanes doesn't reach so far.
    ShuffleUp "shuffle_up" Quaternary Word All;
    /// As `shuffle_up`, of the lane that far behind.
    ShuffleDown "shuffle_down" Quaternary Word All;
    /// Mask, value, bits, width: the value of the lane whose number differs by these bits,
    /// or one's own where that lies behind the part of `width` lanes.
    ShuffleXor "shuffle_xor" Quaternary Word All;
    /// Mask, value: 1 if no lane's value is 0, else 0.
    VoteAll "vote_all" Binary Word All;
    /// Mask, value: 1 if a lane's value isn't 0, else 0.
    VoteAny "vote_any" Binary Word All;
    /// Mask, value: 1 if all lanes' values are 0 or none is, else 0.
    VoteEqual "vote_equal" Binary Word All;
    /// Mask, value: a bit for each lane whose value isn't 0.
    VoteBallot "vote_ballot" Binary Word All;
    /// Mask, value: a bit for each lane with the same value.
    MatchAny "match_any" Binary Word All;
    /// Mask, value: the mask if all lanes have the same value, else 0.
    MatchAll "match_all" Binary Word All;
    /// A bit for each lane that is here now.
    ActiveMask "active_mask" Nullary Word All;
    /// Says that all blocks of the grid are there at once: the launch sees to it.
    GridWhole "grid_whole" Effect None All;
    /// As `load`: kept in all caches. These are at aligned addresses, and in kernels alone.
    LoadCached "load_cached" Load Memory All;
    /// As `load_cached`: kept in the cache that all blocks have in common.
    LoadShared "load_shared" Load Memory All;
    /// As `load_cached`: likely not read again soon.
    LoadOnce "load_once" Load Memory All;
    /// As `load_cached`: not read again.
    LoadLast "load_last" Load Memory All;
    /// As `load_cached`: read anew from memory, whatever caches hold.
    LoadAnew "load_anew" Load Memory All;
    /// As `store`: kept in the caches, written back when they want.
    StoreCached "store_cached" Store Memory All;
    /// As `store_cached`: kept in the cache that all blocks have in common.
    StoreShared "store_shared" Store Memory All;
    /// As `store_cached`: likely not used again soon.
    StoreOnce "store_once" Store Memory All;
    /// As `store_cached`: written through to memory.
    StoreThrough "store_through" Store Memory All;
    /// What the thread wrote before is seen by its block before what it writes after.
    FenceBlock "fence_block" Effect None All;
    /// As `fence_block`, by the device.
    FenceDevice "fence_device" Effect None All;
    /// As `fence_block`, by the device and the host.
    FenceSystem "fence_system" Effect None All;

    /// One more reference to an owner record.
    Retain "retain" PtrEffect None Write;
    /// One reference less; the last one frees the allocation.
    Release "release" PtrEffect None Write;

    /// Python index against a length: a negative one counts from the end.
    /// Gives the position, at least 0 and below the length, or raises IndexError.
    /// The length is at least 0.
    Index "index" Index None Raise;
    /// As `index` for an index known not to be negative: only the upper check.
    /// (A negative one raises as well: the comparison is unsigned.)
    /// The length is at least 0.
    Bound "bound" Index None Raise;
    /// Raises unless the first operand is true.
    Guard "guard" Guard None Raise;
    /// Raises KeyboardInterrupt when an interrupt is pending; on loop latches.
    Poll "poll" Effect None All;
    /// Raises RecursionError when the native stack is nearly used up; on entry.
    StackCheck "stack_check" Effect None All;

    /// Call of a function of this module. Its exception passes through.
    Call "call" Call None All;
    /// Call of a declared runtime function.
    ExternCall "ecall" ExternCall None All;

    /// Makes an exception the pending one, without leaving the function.
    SetRaise "set_raise" SetRaise None All;
    /// The pending exception passed a call at this place: its traceback shows it.
    NoteCall "note_call" Effect None All;
    /// As `call`; an exception stays pending, and the last result is its status. Without
    /// one that is 0. The other results hold nothing of use after an exception.
    TryCall "try_call" TryCall None All;
    /// As `ecall` of a function that may raise; the last result as for `try_call`.
    TryExternCall "try_ecall" TryExternCall None All;
    /// As `poll`; gives the status.
    TryPoll "try_poll" TryEffect None All;

    /// As `poll`, at the end of a turn of loop number N. Where better code is there, the
    /// function leaves with the values, which are all that the loop needs to go on from
    /// its header there.
    OsrPoll "osr_poll" OsrPoll None All;

    /// To a block.
    Jump "jump" Jump None Terminator;
    /// To one of two blocks.
    Br "br" Branch None Terminator;
    /// Leave the function.
    Return "return" Return None Terminator;
    /// Leave the function with an exception.
    Raise "raise" Raise None Terminator;
    /// Leave the function with the pending exception, of this status.
    Rethrow "rethrow" Rethrow None Terminator;
}

/// What `grid_query` asks, by its immediate: indices of the thread in its block and of the
/// block in its grid, how many threads and blocks these have, the thread's lane in its warp, and how many bytes
/// of shared memory the launch gives besides.
pub const GRID_QUERIES: [&str; 14] = [
    "thread.x",
    "thread.y",
    "thread.z",
    "block.x",
    "block.y",
    "block.z",
    "threads.x",
    "threads.y",
    "threads.z",
    "blocks.x",
    "blocks.y",
    "blocks.z",
    "lane",
    "shared_bytes",
];

/// Instructions of devices, and how many operands each has. `approx` ones come close to the
/// function, within what `docs/cuda.md` says, and may end in `mul_rn`; the others are exact for
/// their rounding: `rm` down, `rp` up, `rz` toward zero.
pub const NATIVES: [(&str, usize); 26] = [
    ("sin_approx", 1),
    ("cos_approx", 1),
    ("tanh_approx", 1),
    ("exp2_approx", 1),
    ("log2_approx", 1),
    ("rsqrt_approx", 1),
    ("div_approx", 2),
    ("mul_rn", 2),
    ("add_rm", 2),
    ("add_rp", 2),
    ("add_rz", 2),
    ("mul_rm", 2),
    ("mul_rp", 2),
    ("mul_rz", 2),
    ("div_rm", 2),
    ("div_rp", 2),
    ("div_rz", 2),
    ("rcp_rm", 1),
    ("rcp_rp", 1),
    ("rcp_rz", 1),
    ("sqrt_rm", 1),
    ("sqrt_rp", 1),
    ("sqrt_rz", 1),
    ("fma_rm", 3),
    ("fma_rp", 3),
    ("fma_rz", 3),
];

/// The least and the largest answer of each of [`GRID_QUERIES`]: limits of all devices.
pub const GRID_RANGES: [(i64, i64); 14] = [
    (0, 1023),
    (0, 1023),
    (0, 63),
    (0, i32::MAX as i64 - 1),
    (0, 65_534),
    (0, 65_534),
    (1, 1024),
    (1, 1024),
    (1, 64),
    (1, i32::MAX as i64),
    (1, 65_535),
    (1, 65_535),
    (0, 31),
    (0, 256 << 10),
];

impl Opcode {
    /// Whether backends for processors have no code for it: several operations stand for it
    /// there.
    pub fn is_of_devices(self) -> bool {
        Opcode::FOfHalf <= self && self <= Opcode::Native
    }

    /// Whether only a kernel, and what it calls, can have the operation.
    pub fn is_of_kernels(self) -> bool {
        Opcode::GridQuery <= self && self <= Opcode::FenceSystem
    }

    /// Whether threads wait for each other here: the operation is over when all that take
    /// part have come to it.
    pub fn is_meeting(self) -> bool {
        Opcode::Barrier <= self && self <= Opcode::MatchAll
    }

    /// The plain operation of a load or store with a hint for caches, which is all of it where
    /// there are none to be told.
    pub fn without_hint(self) -> Option<Opcode> {
        use Opcode::*;
        match self {
            LoadCached | LoadShared | LoadOnce | LoadLast | LoadAnew => Some(Load),
            StoreCached | StoreShared | StoreOnce | StoreThrough => Some(Store),
            _ => None,
        }
    }

    /// Whether it needs a launch in which all blocks of the grid are there at once.
    pub fn is_of_whole_grids(self) -> bool {
        matches!(self, Opcode::GridBarrier | Opcode::GridWhole)
    }

    /// Whether the operation ends a block.
    pub fn is_terminator(self) -> bool {
        self.effects() == Effects::Terminator
    }

    /// Whether the two operands may be exchanged.
    pub fn is_commutative(self) -> bool {
        use Opcode::*;
        matches!(
            self,
            Iadd | Imul
                | Smin
                | Smax
                | Umin
                | Umax
                | Band
                | Bor
                | Bxor
                | Smulhi
                | Umulhi
                | SaddChk
                | SmulChk
                | Fadd
                | Fmul
        )
    }

    /// Whether the operation can leave the function with an exception (an
    /// `ecall` only if its declaration says so).
    pub fn may_raise(self) -> bool {
        use Opcode::*;
        self.effects() == Effects::Raise
            || matches!(self, Poll | OsrPoll | StackCheck | Call | ExternCall | Raise | Rethrow)
    }
}

macro_rules! conditions {
    ($(#[$doc:meta])* $enum:ident { $( $variant:ident $name:literal, )* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        #[allow(missing_docs)]
        pub enum $enum { $( $variant, )* }
        impl $enum {
            /// All conditions.
            pub const ALL: &'static [$enum] = &[ $( $enum::$variant, )* ];
            /// The name in the text form.
            pub const fn name(self) -> &'static str { match self { $( $enum::$variant => $name, )* } }
            /// The condition of a text-form name.
            pub fn from_name(name: &str) -> Option<Self> { match name { $( $name => Some($enum::$variant), )* _ => None } }
        }
    };
}

conditions! {
    /// Integer conditions; `s` signed, `u` unsigned.
    IntCond {
        Eq "eq", Ne "ne", Slt "slt", Sle "sle", Sgt "sgt", Sge "sge",
        Ult "ult", Ule "ule", Ugt "ugt", Uge "uge",
    }
}
conditions! {
    /// Floating conditions as in Python: all false with a nan, but `ne`, which is true.
    FloatCond { Eq "eq", Ne "ne", Lt "lt", Le "le", Gt "gt", Ge "ge", }
}

impl IntCond {
    /// The condition that holds exactly when this one doesn't.
    pub fn inverse(self) -> IntCond {
        use IntCond::*;
        match self {
            Eq => Ne,
            Ne => Eq,
            Slt => Sge,
            Sge => Slt,
            Sgt => Sle,
            Sle => Sgt,
            Ult => Uge,
            Uge => Ult,
            Ugt => Ule,
            Ule => Ugt,
        }
    }

    /// The condition with the operands exchanged.
    pub fn swapped(self) -> IntCond {
        use IntCond::*;
        match self {
            Eq => Eq,
            Ne => Ne,
            Slt => Sgt,
            Sgt => Slt,
            Sle => Sge,
            Sge => Sle,
            Ult => Ugt,
            Ugt => Ult,
            Ule => Uge,
            Uge => Ule,
        }
    }
}
