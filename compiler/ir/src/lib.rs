//! Typed SSA IR with block parameters.
//!
//! This crate defines what every other layer of the compiler speaks: the types,
//! the opcode table, functions and modules, a builder, the text form (printer and
//! parser), the verifier and the reference interpreter. It assumes nothing about
//! Python, NumPy or a backend, does no I/O and imports no other crate of cumbia.
//! `docs/ir.md` is the reader's description.

pub mod analysis;
pub mod bfloat;
mod builder;
mod cursor;
mod entities;
mod fast;
mod function;
pub mod half;
pub mod interp;
mod module;
mod opcode;
mod raise;
mod text;
mod types;
mod verify;

pub use builder::Builder;
pub use cursor::Cursor;
pub use entities::{Block, DataId, ExternId, FuncId, Inst, StorageId, Value};
pub use fast::FastMath;
pub use function::{
    ArrayParams, BlockData, Function, Imm, InstData, Loc, RaiseSpec, Region, Target, ValueDef,
    ValueList,
};
pub use module::{DataDecl, ExternDecl, ExternEffects, Module, StorageDecl, StorageSpace};
pub use opcode::{
    Effects, FloatCond, GRID_QUERIES, GRID_RANGES, IntCond, NATIVES, Opcode, Shape, TypeSet,
};
pub use raise::{ARGUMENT_MARK, MAX_MESSAGE_ARGS, Piece, message_pieces, standard_raise};
pub use text::FORM as TEXT_FORM;
pub use text::{
    FunctionDisplay, FunctionPlaces, InstDisplay, Numbering, ParseError, Places, float_text,
    parse_float, parse_module, parse_module_with_places,
};
pub use types::Type;
pub use verify::{Stage, VerifyError, verify_function, verify_module};
